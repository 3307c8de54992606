//! Turns taken by rote: what a task has done once it does again without running.
//!
//! A search takes a few different turns many times over: a task stands where it has stood before, after
//! reading what it has read before, meets the same values, and so does the same. A turn that
//! runs is recorded: what it looked at, what it was given, declared and changed, and how its task stood
//! afterwards. When a task comes to a turn that is known, because everything the turn looked at is
//! what it was then, its changes are made, declared and undone like any others, and only the
//! task's future does not run: it stays behind, and is made again (see `local`) for a turn that is not known.
//!
//! *Where a task stands* is a [`Spot`]: two of its histories lead to the same one if each of their turns was given
//! the same values, for the future is a function of these. Of what no word holds a turn may meet the oracle, whose
//! state is looked at and changed as one thing. One that meets anything else (the time, a
//! finding, a child that is started) is never taken by rote; it is known only for where it leads.

use super::super::{Env, KINDS, Kind};
use super::{Rest, Stepped, Store, TaskState};
use crate::check::oracle::{Oracle, Snapshot};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::FRAME_WORDS;
use crate::sync::Channel;
use std::rc::Rc;

/// Memory for known turns, in bytes: once it is used up nothing is added.
const ROOM: usize = 64 << 20;

/// Where a task stands, by what it has read on the way; one that has not begun stands at 0.
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

/// Sorts of things.
const SORTS: usize = 4 + KINDS;

impl Thing {
    /// Its sort, and its number among those.
    fn place(self) -> (usize, usize) {
        match self {
            Thing::End | Thing::Registered => (0, 0),
            Thing::Oracle => (1, 0),
            Thing::Word(index) => (2, index as usize),
            Thing::Frame(index) => (3, index as usize),
            Thing::Name(kind, index) => (4 + kind as usize, index as usize),
        }
    }
}

/// What a turn changed. Done again it goes the way of every change, so digest and undo follow.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    Word(u32, u64),
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

struct Turn {
    /// What its task was given, hidden things apart: its inputs.
    given: Box<[u64]>,
    accesses: Box<[u64]>,
    deeds: Box<[Deed]>,
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

/// Where a task may stand.
struct Place {
    /// The first look of its next turn.
    first: u32,
    /// Each way to go on from here, by what the task was given.
    ways: Vec<Rc<Turn>>,
}

/// The turns that are known, and the one that is being recorded.
#[derive(Default)]
pub(super) struct Rote {
    /// By spots, from 1 on.
    places: Vec<Place>,
    /// Of each task the spot at which it begins, if it has begun.
    beginnings: Vec<Spot>,
    branches: Vec<Branch>,
    turns: Vec<Rc<Turn>>,
    /// Bytes in use, about.
    size: usize,
    /// Turns taken so far.
    taken: u64,
    /// A turn is being recorded.
    records: bool,
    seen: Vec<(Thing, u64)>,
    deeds: Vec<Deed>,
    /// Counts recorded turns.
    turn: u32,
    /// Of each sort, by number, the turn that met it last: from then on it tells nothing of the time before.
    met: [Vec<u32>; SORTS],
    /// Words that it has added to without looking: what is read there from then on is not accounted for.
    noted: Vec<u32>,
    /// Frames that it has filled, and from which, if not with zeroes.
    filled: Vec<(FrameNo, Option<FrameNo>)>,
    /// Everything that matters was seen.
    whole: bool,
    /// When it began: where the task stood, how many inputs it had, and the steps.
    from: Spot,
    inputs: usize,
    steps: u64,
}

impl Rote {
    /// Where a task stands whose state says `spot`.
    fn place(&self, task: TaskId, spot: Spot) -> Option<&Place> {
        let spot = if spot == 0 { *self.beginnings.get(task.0 as usize)? } else { spot };
        self.places.get((spot as usize).wrapping_sub(1))
    }
    fn new_place(&mut self) -> Spot {
        self.places.push(Place { first: NONE, ways: Vec::new() });
        self.size += size_of::<Place>();
        self.places.len() as Spot
    }
    fn link(&mut self, at: Link) -> &mut u32 {
        match at {
            Link::First(spot) => &mut self.places[spot as usize - 1].first,
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
    /// From here on the recorded turn is known.
    fn learn(&mut self, turn: Rc<Turn>) {
        let mut at = Link::First(self.from);
        for (thing, value) in std::mem::take(&mut self.seen) {
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
    /// The turn has looked at something.
    #[inline]
    pub fn look(&mut self, thing: Thing, value: u64) {
        if self.records {
            self.looked(thing, value);
        }
    }
    #[cold]
    fn looked(&mut self, thing: Thing, value: u64) {
        let filled = match thing {
            Thing::Frame(index) => self.filled.iter().rfind(|filled| filled.0.0 == index / FRAME_WORDS as u32),
            _ => None,
        };
        match (thing, filled.copied()) {
            // It shows what the other frame did, which has not been met otherwise.
            (Thing::Frame(index), Some((_, Some(from)))) => {
                let source = Thing::Frame(from.0 * FRAME_WORDS as u32 + index % FRAME_WORDS as u32);
                self.whole &= self.meet(thing) && self.meet(source);
                self.seen.push((source, value));
            }
            // Zeroes, whatever was there.
            (Thing::Frame(_), Some((_, None))) => self.whole &= self.meet(thing),
            (Thing::Word(index), _) if self.noted.contains(&index) => self.whole = false,
            _ if self.meet(thing) => self.seen.push((thing, value)),
            _ => {}
        }
    }
    /// Whether the turn meets it for the first time.
    fn meet(&mut self, thing: Thing) -> bool {
        let (sort, number) = thing.place();
        let met = &mut self.met[sort];
        if met.len() <= number {
            met.resize(number + 1, 0);
        }
        std::mem::replace(&mut met[number], self.turn) != self.turn
    }
    /// The turn changes something.
    #[inline]
    pub fn act(&mut self, deed: Deed) {
        if self.records {
            self.acted(deed);
        }
    }
    #[cold]
    fn acted(&mut self, deed: Deed) {
        match deed {
            Deed::Word(index, _) => _ = self.meet(Thing::Word(index)),
            Deed::Frame(index, _) | Deed::Entry(index, ..) => _ = self.meet(Thing::Frame(index)),
            Deed::Name(kind, index, _) => _ = self.meet(Thing::Name(kind, index)),
            Deed::Note(index, _) => self.noted.push(index),
            Deed::Copy(from, to) => self.filled.push((to, Some(from))),
            Deed::Zero(to) => self.filled.push((to, None)),
            Deed::Translation(..) | Deed::Register(_) | Deed::Wake(_) => {}
        }
        self.deeds.push(deed);
    }
    /// The turn looks at or changes what nobody can account for.
    #[inline]
    pub fn once(&mut self) {
        self.whole = false;
    }
    /// The turn meets the oracle, which is `what` before it.
    pub fn model(&mut self, what: impl FnOnce() -> u64) {
        if self.records && self.meet(Thing::Oracle) {
            self.seen.push((Thing::Oracle, what()));
        }
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
        let mut at = self.rote.place(task, state.spot)?.first;
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
    /// The running task takes its next turn by rote, if that is known: then whether it is over. The
    /// oracle is the world's.
    pub fn by_rote(&self, oracle: &Oracle) -> Option<bool> {
        if !self.keep.rote {
            return None;
        }
        let task = self.current.get();
        let turn = self.store.borrow().known_turn(task, oracle)?.clone();
        {
            let store = &mut *self.store.borrow_mut();
            store.rote.taken += 1;
            store.log.extend_from_slice(&turn.given);
            store.accesses.extend_from_slice(&turn.accesses);
        }
        for &deed in &turn.deeds {
            self.again(task, deed);
        }
        if let Some(after) = &turn.oracle {
            oracle.restore(after);
        }
        self.steps.set(self.steps.get() + turn.steps);
        self.know(turn.after.local);
        self.with_task(task, |state| {
            *state = turn.after;
            if let Rest::Tick(since) = &mut state.rest {
                *since = self.steps.get();
            }
        });
        Some(turn.done)
    }
    fn again(&self, task: TaskId, deed: Deed) {
        if let Deed::Wake(channel) = deed {
            return self.wake_sleepers(channel);
        }
        let store = &mut *self.store.borrow_mut();
        match deed {
            Deed::Word(index, value) => store.set(index, value),
            Deed::Note(index, delta) => store.set(index, store.peek(index).wrapping_add(delta as u64)),
            Deed::Frame(index, value) => store.set_frame_word(index as usize, value),
            Deed::Entry(index, value, leaf) => store.set_entry(index as usize, value, leaf, false),
            Deed::Copy(from, to) => store.copy_frame(from, to),
            Deed::Zero(frame) => store.zero_frame(frame),
            Deed::Name(kind, index, name) => store.set_name(kind, index, name, false),
            Deed::Translation(frame, page, key, present) => store.set_translation(frame, page, key, present, false),
            Deed::Register(channel) => store.task(task).state.registered = Some(channel),
            Deed::Wake(_) => {}
        }
    }
    /// The running task is about to take a turn that is not known.
    pub fn record(&self) {
        let store = &mut *self.store.borrow_mut();
        let state = store.state(self.current.get());
        if !self.keep.rote || state.spot == NOWHERE {
            return;
        }
        let rote = &mut store.rote;
        rote.seen.clear();
        rote.deeds.clear();
        rote.noted.clear();
        rote.filled.clear();
        rote.turn = rote.turn.wrapping_add(1);
        if rote.turn == 0 {
            rote.met = Default::default();
            rote.turn = 1;
        }
        let at = self.current.get().0 as usize;
        if rote.beginnings.len() <= at {
            rote.beginnings.resize(at + 1, 0);
        }
        rote.from = match state.spot {
            0 if rote.beginnings[at] == 0 => {
                rote.beginnings[at] = rote.new_place();
                rote.beginnings[at]
            }
            0 => rote.beginnings[at],
            spot => spot,
        };
        (rote.records, rote.whole) = (true, true);
        (rote.inputs, rote.steps) = (store.log.len(), self.steps.get());
        rote.look(Thing::Registered, channel(state.registered));
    }
    /// It has taken it: what it did is known from here on. `done` says that the task is over, and
    /// `alone` that nobody else was told of the turn.
    pub fn recorded(&self, oracle: &Oracle, done: bool, alone: bool) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        if !std::mem::take(&mut store.rote.records) {
            return;
        }
        let mut after = TaskState { local: self.local.known(), ..store.state(task) };
        if let Rest::Tick(since) = &mut after.rest {
            *since = 0;
        }
        let rote = &mut store.rote;
        let given = &store.log[rote.inputs..];
        let leads = |turn: &&Rc<Turn>| {
            let stands = TaskState { spot: after.spot, ..turn.after };
            turn.done == done && stands == after && *turn.given == *given
        };
        let known = rote.places[rote.from as usize - 1].ways.iter().find(leads);
        let (spot, is_new) = match known {
            Some(turn) => (turn.after.spot, false),
            None if rote.size < ROOM => (rote.new_place(), true),
            None => (NOWHERE, false),
        };
        let whole = rote.whole && alone && rote.size < ROOM;
        if whole || is_new {
            let before = rote.seen.iter().find(|seen| seen.0 == Thing::Oracle);
            let changed = before.is_some_and(|&(_, before)| oracle.identity() != before);
            let turn = Rc::new(Turn {
                given: given.into(),
                accesses: store.accesses.as_slice().into(),
                deeds: rote.deeds.as_slice().into(),
                oracle: changed.then(|| oracle.snapshot()),
                after: TaskState { spot, ..after },
                steps: self.steps.get() - rote.steps,
                done,
            });
            if is_new {
                rote.places[rote.from as usize - 1].ways.push(turn.clone());
            }
            if whole && spot != NOWHERE {
                rote.learn(turn);
            }
        }
        store.task(task).state.spot = spot;
    }
}
