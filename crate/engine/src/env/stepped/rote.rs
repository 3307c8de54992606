//! Turns taken by rote: what a task has done once it does again without running.
//!
//! A search takes a few different turns many times over: a task stands where it has stood before, after
//! reading what it has read before, meets the same values, and so does the same. A turn that
//! runs is recorded: what it looked at, what it was given, declared and changed, and how its task stood
//! afterwards. When a task comes to a turn that is known, because everything the turn looked at is
//! what it was then, its changes are made, declared and undone like any others, and only the
//! task's future does not run: it stays behind, and is made again (see `local`) for a turn that is not known.
//!
//! *Where a task stands* is a [`Spot`]: two of its histories lead to the same one if it stands before the same
//! step and knows the same, things taken by their numbers (see [`super::Known`]), for what it does next is a function
//! of these. Of what no word holds a turn may meet the oracle, whose state is looked at and changed as one
//! thing. One that meets anything else (the time, a finding) is never taken by rote.

use super::super::Kind;
use super::{Rest, Stepped, Store, TaskState};
use crate::check::oracle::{Oracle, Snapshot};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::sync::Channel;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

mod record;

pub(super) use record::Recorder;

/// Memory for known turns, in bytes: once it is used up nothing is added.
const ROOM: usize = 64 << 20;

/// Where a task stands, by number; one that has not begun stands at 0.
pub(super) type Spot = u32;

/// A spot that is not known: there was no room for it.
const NOWHERE: Spot = Spot::MAX;

/// What a turn looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Thing {
    /// Nothing more: its turn, by number, is in place of a next look.
    End,
    /// On which channel its task is registered.
    Registered,
    /// The oracle.
    Oracle,
    Word(u32),
    Frame(u32),
    Name(Kind, u32),
}

/// What a turn changed. Done again it goes the way of every change, so digest and undo follow.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    /// The word, its value, and what that adds to its container's sum.
    Word(u32, u64, u64),
    Note(u32, i64),
    Frame(u32, u64),
    Entry(u32, u64, Option<(SpaceId, Vpn)>),
    Copy(FrameNo, FrameNo),
    Zero(FrameNo),
    Name(Kind, u32, u64),
    Translation(u32, (SpaceId, Vpn), u64, bool),
    Register(Channel),
    Wake(Channel),
}

pub(super) struct Turn {
    /// What its task was given, hidden things apart: its inputs.
    given: Box<[u64]>,
    pub accesses: Box<[u64]>,
    deeds: Box<[Deed]>,
    /// Tasks that it started.
    starts: Box<[TaskId]>,
    /// The oracle afterwards, if it had changed.
    oracle: Option<Snapshot>,
    /// How its task stood afterwards; a tick counts from when it is taken.
    after: TaskState,
    /// Whether it ended at a point, which counts as a step.
    steps: u64,
    /// Its task was over.
    done: bool,
}

impl Turn {
    fn size(&self) -> usize {
        size_of::<Turn>() + size_of_val(&*self.given) + size_of_val(&*self.accesses) + size_of_val(&*self.deeds)
    }
}

/// One look of a known turn. What a turn looks at next is a function of what it has seen, so the turns
/// from a place are a tree, and one way through it is enough to find a turn.
struct Branch {
    thing: Thing,
    /// What was seen.
    value: u64,
    /// If it is seen again: the next look.
    next: u32,
    /// Otherwise: the same look with another value.
    other: u32,
}

/// No branch.
const NONE: u32 = u32::MAX;

/// Where in the tree.
#[derive(Clone, Copy)]
enum Link {
    /// The first look from a spot.
    First(Spot),
    Next(u32),
    Other(u32),
}

/// The turns that are known.
#[derive(Default)]
pub(super) struct Rote {
    /// The spot of a task that stands so; of when it began to wait nothing depends.
    spots: HashMap<(TaskId, TaskState), Spot>,
    /// By spots, from 1 on: the first look of the next turn.
    firsts: Vec<u32>,
    /// Of each task the spot at which it begins, if it has begun.
    beginnings: Vec<Spot>,
    branches: Vec<Branch>,
    turns: Vec<Rc<Turn>>,
    /// Bytes in use, about.
    size: usize,
    /// Turns taken so far.
    taken: u64,
}

impl Rote {
    /// The first look of the next turn of a task whose state says `spot`.
    fn first(&self, task: TaskId, spot: Spot) -> Option<u32> {
        let spot = if spot == 0 { *self.beginnings.get(task.0 as usize)? } else { spot };
        self.firsts.get((spot as usize).wrapping_sub(1)).copied()
    }
    /// Where a task begins.
    fn beginning(&mut self, task: TaskId) -> Spot {
        let at = task.0 as usize;
        if self.beginnings.len() <= at {
            self.beginnings.resize(at + 1, 0);
        }
        if self.beginnings[at] == 0 {
            self.beginnings[at] = self.spot(task, TaskState::NEW);
        }
        self.beginnings[at]
    }
    /// Where a task stands that stands so.
    fn spot(&mut self, task: TaskId, stands: TaskState) -> Spot {
        let has_room = self.has_room();
        match self.spots.entry((task, TaskState { spot: 0, ..stands })) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(_) if !has_room => NOWHERE,
            Entry::Vacant(new) => {
                self.firsts.push(NONE);
                self.size += size_of::<(TaskId, TaskState, [Spot; 2])>();
                *new.insert(self.firsts.len() as Spot)
            }
        }
    }
    fn has_room(&self) -> bool {
        self.size < ROOM
    }
    fn link(&mut self, at: Link) -> &mut u32 {
        match at {
            Link::First(spot) => &mut self.firsts[spot as usize - 1],
            Link::Next(branch) => &mut self.branches[branch as usize].next,
            Link::Other(branch) => &mut self.branches[branch as usize].other,
        }
    }
    /// A new branch at the end of a link that leads nowhere.
    fn grow(&mut self, at: Link, thing: Thing, value: u64, next: u32) -> u32 {
        let branch = self.branches.len() as u32;
        *self.link(at) = branch;
        self.branches.push(Branch { thing, value, next, other: NONE });
        self.size += size_of::<Branch>();
        branch
    }
    /// From here on a turn is known that saw this.
    fn learn(&mut self, from: Spot, seen: &[(Thing, u64)], turn: Rc<Turn>) {
        let mut at = Link::First(from);
        for &(thing, value) in seen {
            at = loop {
                let branch = *self.link(at);
                if branch == NONE {
                    break Link::Next(self.grow(at, thing, value, NONE));
                }
                let here = &self.branches[branch as usize];
                debug_assert_eq!(here.thing, thing, "what a turn looks at follows from what it has seen");
                if here.value == value {
                    break Link::Next(branch);
                }
                at = Link::Other(branch);
            };
        }
        debug_assert_eq!(*self.link(at), NONE, "it was not known");
        self.size += turn.size();
        self.grow(at, Thing::End, 0, self.turns.len() as u32);
        self.turns.push(turn);
    }
}

/// A channel as a value.
fn channel(registered: Option<Channel>) -> u64 {
    registered.map_or(0, |channel| channel.hash() | 1)
}

impl Store {
    /// The task's next turn, if it is known.
    fn known_turn(&self, task: TaskId, oracle: &Oracle) -> Option<&Rc<Turn>> {
        let state = self.state(task);
        let mut at = self.rote.first(task, state.spot)?;
        // Beyond the last branch there is none.
        while let Some(branch) = self.rote.branches.get(at as usize) {
            let value = match branch.thing {
                Thing::Word(index) => self.peek(index),
                Thing::Frame(index) => self.frames[index as usize],
                Thing::Name(kind, index) => self.name_of(kind, index),
                Thing::Registered => channel(state.registered),
                Thing::Oracle => oracle.identity(),
                Thing::End => return self.rote.turns.get(branch.next as usize),
            };
            at = if value == branch.value { branch.next } else { branch.other };
        }
        None
    }
}

impl Stepped {
    /// Where the task stands, to tell its futures apart.
    pub fn spot(&self, task: TaskId) -> u32 {
        self.store.borrow().state(task).spot
    }
    /// How many turns were taken by rote so far.
    pub fn turns_by_rote(&self) -> u64 {
        self.store.borrow().rote.taken
    }
    /// The task whose turn it is takes it by rote, if it is known: then whether the task is over. The
    /// oracle is the world's; `start` is called for every task that the turn starts.
    pub fn by_rote(&self, oracle: &Oracle, start: impl FnMut(TaskId)) -> Option<bool> {
        if !self.keep.rote {
            return None;
        }
        self.leave();
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        let turn = store.known_turn(task, oracle)?.clone();
        store.rote.taken += 1;
        store.task(task).inputs.extend_from_slice(&turn.given);
        for &deed in &turn.deeds {
            match deed {
                Deed::Word(index, value, share) => store.set(index, value, share),
                Deed::Note(index, delta) => store.note(index, delta),
                Deed::Frame(index, value) => store.set_frame_word(index as usize, value),
                Deed::Entry(index, value, leaf) => store.set_entry(index as usize, value, leaf, false),
                Deed::Copy(from, to) => store.copy_frame(from, to),
                Deed::Zero(frame) => store.zero_frame(frame),
                Deed::Name(kind, index, name) => store.set_name(kind, index, name, false),
                Deed::Translation(frame, page, key, present) => store.set_translation(frame, page, key, present, false),
                Deed::Register(channel) => store.task(task).state.registered = Some(channel),
                Deed::Wake(channel) => self.wake_sleepers(store, channel),
            }
        }
        if let Some(after) = &turn.oracle {
            oracle.restore(after);
        }
        self.steps.set(self.steps.get() + turn.steps);
        let state = &mut store.task(task).state;
        *state = turn.after;
        if let Rest::Tick(since) = &mut state.rest {
            *since = self.steps.get();
        }
        turn.starts.iter().copied().for_each(start);
        let done = turn.done;
        store.known = Some(turn);
        Some(done)
    }
}
