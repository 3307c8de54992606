//! Memoised transitions: a turn whose inputs are unchanged is applied again without polling the task.
//!
//! A search takes a few different turns many times over: a task is in the same local state, meets the same values,
//! and so does the same. A turn that runs is recorded: what it read, which inputs it was given, what it declared and
//! changed, and the state of its task afterwards. When a later turn starts from the same local state and every value
//! that the recorded turn read is unchanged, the recorded changes are applied, declared and undone like any others,
//! but the task's future is not polled: it falls behind, and is replayed (see `replay`) before the next turn that has
//! to run.
//!
//! A *local state* is a [`LocalStateId`]: two histories of a task lead to the same one if it stands before the same
//! step with the same concrete local hash (see [`crate::word::LocalHash`]), because these determine what it does next. Of
//! the state outside words a memoised turn may use only the oracle, which it reads and changes as a whole. A turn
//! that uses anything else (the time, a finding) is never memoised.

use super::input::Input;
use super::side::{SideSnapshot, SideState};
use super::store::{Change, Slot};
use super::undo::Undo;
use super::{Rest, Stepped, Store, Task, TaskState};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::sync::Channel;
use crate::word::Kind;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

mod record;

pub(super) use record::Recorder;

/// Memory for transitions, in bytes: once it is used up no more are added.
const ROOM: usize = 64 << 20;

/// A local state, by number; 0 for a task that has not begun.
pub(super) type LocalStateId = u32;

/// A local state without a number: there was no room for it.
const UNKNOWN: LocalStateId = LocalStateId::MAX;

/// A change of a turn besides words. It is applied again like any change, so fingerprint and undo log follow.
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

/// A range of one of [`Memo`]'s arrays.
#[derive(Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// Appends to an array and returns the range.
    fn added<T>(row: &mut Vec<T>, new: impl IntoIterator<Item = T>) -> Span {
        let start = row.len();
        row.extend(new);
        Span { start: start as u32, len: (row.len() - start) as u32 }
    }
    /// Packs the range into one number.
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

/// What is needed to apply a turn again. The range of its changes is stored in the last node of its read set.
struct Transition {
    /// State of its task afterwards; a tick counts from when the turn is applied.
    after: TaskState,
    effects: Span,
    /// The oracle afterwards, if the turn changed it.
    side: Option<SideSnapshot>,
    /// 1 if the turn ended at a point, which counts as a step.
    steps: u32,
    /// Whether the task was over.
    done: bool,
}

/// What else is recorded of a turn, read less often.
struct TransitionInfo {
    /// The inputs of its task in this turn.
    given: Span,
    accesses: Span,
}

/// A node in the read sets of turns. What a turn reads next is a function of what it has read, so the turns from a
/// local state form a tree. The reads of a turn lie one after the other, from the first value that differs from those
/// of all earlier turns.
struct ReadNode {
    /// The value read. In an end node the range of the changes, a packed [`Span`].
    value: u64,
    /// The slot read; [`ReadNode::END`] in an end node.
    slot: Slot,
    /// The sibling: the same read with another value. In an end node the number of the turn.
    other: u32,
}

impl ReadNode {
    /// There is no further read.
    const END: Slot = Slot::MAX;
}

/// No node.
const NONE: u32 = u32::MAX;

/// The memoised transitions.
#[derive(Default)]
pub(super) struct Memo {
    /// Numbers of local states. When a task began to wait is not part of the key.
    local_states: HashMap<(TaskId, TaskState), LocalStateId>,
    /// By local state, from 1 on: the first read of the next turn, if the task is registered on no channel and if it
    /// is.
    firsts: Vec<[u32; 2]>,
    /// By task: the local state in which it begins, if it has begun.
    beginnings: Vec<LocalStateId>,
    reads: Vec<ReadNode>,
    /// By number of the turn, and what else is recorded of each.
    transitions: Vec<Transition>,
    infos: Vec<TransitionInfo>,
    /// The parts of turns, turn by turn: applying a turn reads them sequentially, and few lie far apart.
    changes: Vec<Change>,
    effects: Vec<Effect>,
    given: Vec<Input>,
    accesses: Vec<u64>,
    /// The turn being taken, if it is memoised.
    last: Option<u32>,
    /// How many memoised turns were taken so far.
    taken: u64,
}

impl Memo {
    /// The first read of the next turn of a task in state `stands`.
    fn first(&self, task: TaskId, stands: &TaskState) -> Option<u32> {
        let local_state =
            if stands.local_state == 0 { *self.beginnings.get(task.0 as usize)? } else { stands.local_state };
        Some(self.firsts.get((local_state as usize).wrapping_sub(1))?[usize::from(stands.registered.is_some())])
    }
    /// The local state in which a task begins.
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
    /// The local state of a task in state `stands`.
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
        self.held() < ROOM
    }
    /// How many bytes the known turns take.
    pub fn held(&self) -> usize {
        let local_states = self.firsts.len() * size_of::<(TaskId, TaskState, [LocalStateId; 3])>();
        let transitions =
            self.transitions.len() * size_of::<(Transition, TransitionInfo)>() + size_of_val(&*self.reads);
        let rows = size_of_val(&*self.given) + size_of_val(&*self.accesses);
        local_states + transitions + rows + size_of_val(&*self.changes) + size_of_val(&*self.effects)
    }
    /// Adds a turn with the read set `seen`, from local state `from`; `registered` says whether its task was
    /// registered on a channel. The error: a recorded turn from the same local state read the same values and then
    /// another slot, so the local state does not determine what the task does next; the two slots.
    fn insert(
        &mut self,
        (from, registered): (LocalStateId, bool),
        seen: &[(Slot, u64)],
        changes: Span,
        turn: (Transition, TransitionInfo),
    ) -> Result<(), (Slot, Option<Slot>)> {
        let first = &mut self.firsts[from as usize - 1][usize::from(registered)];
        // Follows the tree as far as the values agree; `fork` is the last node that has another value.
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
    /// The words that a turn changed.
    pub fn changes(&self, of: Span) -> &[Change] {
        of.of(&self.changes)
    }
    /// Undoes the changes of a turn to words.
    pub fn undo(&self, changes: Span, store: &mut Store) {
        changes.of(&self.changes).iter().for_each(|change| store.apply(change.back()));
    }
    /// Begins a turn.
    pub fn begin_turn(&mut self) {
        self.last = None;
    }
    /// The declared accesses of the turn being taken, if it is memoised.
    pub fn touched(&self) -> &[u64] {
        self.last.map_or(&[], |turn| self.infos[turn as usize].accesses.of(&self.accesses))
    }
    /// Collects all inputs of a task in order, those of memoised turns included.
    pub fn inputs(&self, of: &Task, all: &mut Vec<Input>) {
        let mut at = 0;
        for &(before, turn) in &of.memoised {
            all.extend_from_slice(&of.inputs[at..before as usize]);
            all.extend_from_slice(self.infos[turn as usize].given.of(&self.given));
            at = before as usize;
        }
        all.extend_from_slice(&of.inputs[at..]);
    }
    /// Looks up the memoised turn that a task in state `stands` takes next, and the range of its changes.
    fn next(&self, task: TaskId, stands: &TaskState, values: &[u64]) -> Option<(u32, Span)> {
        let mut at = self.first(task, stands)?;
        'other: loop {
            // `NONE` is out of range: there is no further node.
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
    /// The task's local state, to tell its futures apart.
    pub fn local_state(&self, task: TaskId) -> u32 {
        self.store.borrow().state(task).local_state
    }
    /// How many memoised turns were taken so far.
    pub fn memoised_turns(&self) -> u64 {
        self.memo.borrow().taken
    }
    /// Applies the current task's turn from the memo; returns whether the task is over, or `None` if no recorded turn
    /// matches. `oracle` is the world's; `start` is called for every task that the turn starts.
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
