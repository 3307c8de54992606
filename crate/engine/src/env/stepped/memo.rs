//! Turns taken by rote: what a task has done once it does again without running.
//!
//! A search takes a few different turns many times over: a task stands where it has stood before, after
//! reading what it has read before, meets the same values, and so does the same. A turn that
//! runs is recorded: what it looked at, what it was given, declared and changed, and how its task stood
//! afterwards. When a task comes to a turn that is known, because everything the turn looked at is
//! what it was then, its changes are made, declared and undone like any others, and only the
//! task's future does not run: it stays behind, and is made again (see `local`) for a turn that is not known.
//!
//! *Where a task stands* is a [`LocalStateId`]: two of its histories lead to the same one if it stands before the same
//! step and knows the same, things taken by their numbers (see [`super::LocalHash`]), for what it does next is a function
//! of these. Of what no word holds a turn may meet the oracle, whose state is looked at and changed as one
//! thing. One that meets anything else (the time, a finding) is never taken by rote.

use super::super::Kind;
use super::input::Input;
use super::side::{SideSnapshot, SideState};
use super::store::{Change, Slot};
use super::undo::Undo;
use super::{Rest, Stepped, Store, Task, TaskState};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::sync::Channel;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

mod record;

pub(super) use record::Recorder;

/// Memory for known turns, in bytes: once it is used up nothing is added.
const ROOM: usize = 64 << 20;

/// Where a task stands, by number; one that has not begun stands at 0.
pub(super) type LocalStateId = u32;

/// A spot that is not known: there was no room for it.
const UNKNOWN: LocalStateId = LocalStateId::MAX;

/// What a turn changed besides words. Done again it goes the way of every change, so digest and undo follow.
#[derive(Clone, Copy)]
pub(super) enum Effect {
    Frame(u32, u64),
    Entry(u32, u64, Option<(SpaceId, Vpn)>),
    Copy(FrameNo, FrameNo),
    Zero(FrameNo),
    Name(Kind, u32, u64),
    Translation(u32, (SpaceId, Vpn), u64, bool),
    Register(Channel),
    Wake(Channel),
    Start(TaskId),
}

/// A stretch of one of the rows in which known turns lie.
#[derive(Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// What is put at the end of a row.
    fn added<T>(row: &mut Vec<T>, new: impl IntoIterator<Item = T>) -> Span {
        let start = row.len();
        row.extend(new);
        Span { start: start as u32, len: (row.len() - start) as u32 }
    }
    /// As one number, and back.
    fn packed(self) -> u64 {
        u64::from(self.start) << 32 | u64::from(self.len)
    }
    #[inline]
    fn unpacked(packed: u64) -> Span {
        Span { start: (packed >> 32) as u32, len: packed as u32 }
    }
    #[inline]
    fn of<T>(self, row: &[T]) -> &[T] {
        row.get(self.start as usize..).and_then(|rest| rest.get(..self.len as usize)).unwrap_or_default()
    }
}

/// What it takes to take a known turn again. Its changes stand with its last look.
struct Transition {
    /// How its task stood afterwards; a tick counts from when it is taken.
    after: TaskState,
    effects: Span,
    /// The oracle afterwards, if it had changed.
    side: Option<SideSnapshot>,
    /// Whether it ended at a point, which counts as a step.
    steps: u32,
    /// Its task was over.
    done: bool,
}

/// What else is told of a known turn.
struct TransitionInfo {
    /// What its task was given, hidden things apart: its inputs.
    given: Span,
    accesses: Span,
}

/// One look of a known turn. What a turn looks at next is a function of what it has seen, so the turns
/// from a spot are a tree. The looks of a turn lie one after the other, from where it first sees what
/// none before it has seen.
struct ReadNode {
    /// What was seen. At the end the words that the turn changed, a [`Span`].
    value: u64,
    /// Where; or [`ReadNode::END`] behind the last.
    slot: Slot,
    /// If something else is seen: the same look with another value. At the end the turn, by number.
    other: u32,
}

impl ReadNode {
    /// There is nothing more to look at.
    const END: Slot = Slot::MAX;
}

/// No look.
const NONE: u32 = u32::MAX;

/// The turns that are known.
#[derive(Default)]
pub(super) struct Memo {
    /// The spot of a task that stands so; of when it began to wait nothing depends.
    local_states: HashMap<(TaskId, TaskState), LocalStateId>,
    /// By spots, from 1 on: the first look of the next turn, if no wakeup is to come and if one is.
    firsts: Vec<[u32; 2]>,
    /// Of each task the spot at which it begins, if it has begun.
    beginnings: Vec<LocalStateId>,
    reads: Vec<ReadNode>,
    /// By number, and what else is told of each.
    transitions: Vec<Transition>,
    infos: Vec<TransitionInfo>,
    /// What turns are made of, turn by turn: one that is taken is read in a row, and few lie far apart.
    changes: Vec<Change>,
    effects: Vec<Effect>,
    given: Vec<Input>,
    accesses: Vec<u64>,
    /// The turn that is being taken, as far as it is taken by rote.
    last: Option<u32>,
    /// Turns taken so far.
    taken: u64,
}

impl Memo {
    /// The first look of the next turn of a task that stands so.
    fn first(&self, task: TaskId, stands: &TaskState) -> Option<u32> {
        let local_state =
            if stands.local_state == 0 { *self.beginnings.get(task.0 as usize)? } else { stands.local_state };
        Some(self.firsts.get((local_state as usize).wrapping_sub(1))?[usize::from(stands.registered.is_some())])
    }
    /// Where a task begins.
    fn beginning(&mut self, task: TaskId) -> LocalStateId {
        let at = task.0 as usize;
        if self.beginnings.len() <= at {
            self.beginnings.resize(at + 1, 0);
        }
        if self.beginnings[at] == 0 {
            self.beginnings[at] = self.local_state(task, TaskState::NEW);
        }
        self.beginnings[at]
    }
    /// Where a task stands that stands so.
    fn local_state(&mut self, task: TaskId, stands: TaskState) -> LocalStateId {
        let has_room = self.has_room();
        match self.local_states.entry((task, TaskState { local_state: 0, ..stands })) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(_) if !has_room => UNKNOWN,
            Entry::Vacant(new) => {
                self.firsts.push([NONE; 2]);
                *new.insert(self.firsts.len() as LocalStateId)
            }
        }
    }
    fn has_room(&self) -> bool {
        let local_states = self.firsts.len() * size_of::<(TaskId, TaskState, [LocalStateId; 3])>();
        let transitions =
            self.transitions.len() * size_of::<(Transition, TransitionInfo)>() + size_of_val(&*self.reads);
        let rows = size_of_val(&*self.given) + size_of_val(&*self.accesses);
        local_states + transitions + rows + size_of_val(&*self.changes) + size_of_val(&*self.effects) < ROOM
    }
    /// From here on a turn is known that saw this, by a task of which a wakeup is to come or not. If
    /// a known one from the same spot has seen the same and then looked elsewhere, the two looks: then
    /// what a task does next does not follow from what it knows.
    fn insert(
        &mut self,
        (from, registered): (LocalStateId, bool),
        seen: &[(Slot, u64)],
        changes: Span,
        turn: (Transition, TransitionInfo),
    ) -> Result<(), (Slot, Option<Slot>)> {
        let first = &mut self.firsts[from as usize - 1][usize::from(registered)];
        // As far as another turn has seen the same, and the last look at which one saw something else.
        let (mut at, mut fork, mut known) = (*first, None, 0);
        while let Some(node) = self.reads.get(at as usize) {
            let next = seen.get(known).filter(|next| next.0 == node.slot);
            match next {
                None => return Err((node.slot, seen.get(known).map(|next| next.0))),
                Some(next) if next.1 == node.value => (at, known) = (at + 1, known + 1),
                Some(_) => (at, fork) = (node.other, Some(at)),
            }
        }
        let new = self.reads.len() as u32;
        *fork.map_or(first, |at| &mut self.reads[at as usize].other) = new;
        let reads = seen[known..].iter().map(|&(slot, value)| ReadNode { value, slot, other: NONE });
        let end = ReadNode { value: changes.packed(), slot: ReadNode::END, other: self.transitions.len() as u32 };
        self.reads.extend(reads.chain([end]));
        self.transitions.push(turn.0);
        self.infos.push(turn.1);
        Ok(())
    }
    /// The words that a turn changed are as they were before it.
    pub fn undo(&self, changes: Span, store: &mut Store) {
        changes.of(&self.changes).iter().for_each(|change| store.apply(change.back()));
    }
    /// A turn begins.
    pub fn begin_turn(&mut self) {
        self.last = None;
    }
    /// What it has touched by rote.
    pub fn touched(&self) -> &[u64] {
        self.last.map_or(&[], |turn| self.infos[turn as usize].accesses.of(&self.accesses))
    }
    /// All that a task was given, in order.
    pub fn inputs(&self, of: &Task, all: &mut Vec<Input>) {
        let mut at = 0;
        for &(before, turn) in &of.memoised {
            all.extend_from_slice(&of.inputs[at..before as usize]);
            all.extend_from_slice(self.infos[turn as usize].given.of(&self.given));
            at = before as usize;
        }
        all.extend_from_slice(&of.inputs[at..]);
    }
    /// The next turn of a task that stands so, if it is known, and what it changes.
    fn next(&self, task: TaskId, stands: &TaskState, values: &[u64]) -> Option<(u32, Span)> {
        let mut at = self.first(task, stands)?;
        'other: loop {
            // Beyond the last look there is none.
            for node in self.reads.get(at as usize..)? {
                match values.get(node.slot as usize) {
                    Some(&value) if value == node.value => {}
                    Some(_) => {
                        at = node.other;
                        continue 'other;
                    }
                    None => return Some((node.other, Span::unpacked(node.value))),
                }
            }
            return None;
        }
    }
}

impl Stepped {
    /// Where the task stands, to tell its futures apart.
    pub fn local_state(&self, task: TaskId) -> u32 {
        self.store.borrow().state(task).local_state
    }
    /// How many turns were taken by rote so far.
    pub fn memoised_turns(&self) -> u64 {
        self.memo.borrow().taken
    }
    /// The task whose turn it is takes it by rote, if it is known: then whether the task is over. The
    /// oracle is the world's; `start` is called for every task that the turn starts.
    #[inline]
    pub fn take_memoised(&self, side: &impl SideState, mut start: impl FnMut(TaskId)) -> Option<bool> {
        if !self.keep.memo {
            return None;
        }
        self.leave();
        let task = self.current.get();
        let (memo, store) = (&mut *self.memo.borrow_mut(), &mut *self.store.borrow_mut());
        let (known, changes) = memo.next(task, store.state(task), &store.values)?;
        let turn = &memo.transitions[known as usize];
        memo.taken += 1;
        if store.keep.undo {
            store.undo.push(Undo::Turn(changes));
        }
        changes.of(&memo.changes).iter().for_each(|&change| store.apply(change));
        for &effect in turn.effects.of(&memo.effects) {
            match effect {
                Effect::Frame(index, value) => store.set_frame_word(index as usize, value),
                Effect::Entry(index, value, leaf) => store.set_entry(index as usize, value, leaf, false),
                Effect::Copy(from, to) => store.copy_frame(from, to),
                Effect::Zero(frame) => store.zero_frame(frame),
                Effect::Name(kind, index, name) => store.set_name(kind, index, name, false),
                Effect::Translation(frame, page, key, present) => {
                    store.set_translation(frame, page, key, present, false)
                }
                Effect::Register(channel) => store.task(task).state.registered = Some(channel),
                Effect::Wake(channel) => self.wake_sleepers(store, channel),
                Effect::Start(child) => start(child),
            }
        }
        if let Some(after) = &turn.side {
            side.restore(after);
        }
        self.steps.set(self.steps.get() + u64::from(turn.steps));
        let task = store.task(task);
        task.memoised.push((task.inputs.len() as u32, known));
        task.state = turn.after;
        if let Rest::Tick(since) = &mut task.state.rest {
            *since = self.steps.get();
        }
        memo.last = Some(known);
        Some(turn.done)
    }
}
