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
//! the same values, for the future is a function of these. A turn that looks at or changes what no
//! word holds (the oracle, the time, a finding, a child that is started) is never taken
//! by rote; it is known only for where it leads.

use super::super::{Env, Kind};
use super::{Rest, Stepped, Store, TaskState};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::FRAME_WORDS;
use crate::sync::Channel;
use std::collections::HashSet;
use std::rc::Rc;

/// Memory for known turns, in bytes: once it is used up nothing is added.
const ROOM: usize = 48 << 20;

/// Where a task stands, by what it has read on the way; one that has not begun stands at 0.
pub(super) type Spot = u32;

/// A spot that is not known: there was no room for it.
const NOWHERE: Spot = Spot::MAX;

/// What a turn looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    Word(u32),
    Frame(u32),
    Name(Kind, u32),
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
    /// What it looked at before it changed that itself, and what it saw.
    seen: Box<[(Thing, u64)]>,
    /// What its task was registered on before it.
    registered: Option<Channel>,
    /// What its task was given, hidden things apart: its inputs.
    given: Box<[u64]>,
    accesses: Box<[u64]>,
    deeds: Box<[Deed]>,
    /// How its task stood afterwards; a tick counts from when it is taken.
    after: TaskState,
    /// It ended at a point, which counts as a step.
    steps: u64,
    /// Its task was over.
    done: bool,
    /// It may be taken by rote.
    whole: bool,
}

impl Turn {
    fn size(&self) -> usize {
        size_of::<Turn>()
            + size_of_val(&*self.seen)
            + size_of_val(&*self.given)
            + size_of_val(&*self.accesses)
            + size_of_val(&*self.deeds)
    }
}

/// The turns that are known, and the one that is being recorded.
#[derive(Default)]
pub(super) struct Rote {
    /// Of each task's beginning, by its number, and then of each other spot.
    beginnings: Vec<Vec<Rc<Turn>>>,
    spots: Vec<Vec<Rc<Turn>>>,
    size: usize,
    /// A turn is being recorded.
    records: bool,
    seen: Vec<(Thing, u64)>,
    deeds: Vec<Deed>,
    /// What the turn has looked at or changed: from then on it tells nothing of the time before.
    met: HashSet<Thing>,
    /// Words, and frames by their first words, that it has changed by what it has not looked at: what is read there
    /// from then on is not accounted for.
    blurred: HashSet<Thing>,
    whole: bool,
    /// When it began: the task's inputs so far, its steps, its channel.
    inputs: usize,
    steps: u64,
    registered: Option<Channel>,
}

impl Rote {
    fn known(&self, task: TaskId, spot: Spot) -> &[Rc<Turn>] {
        let turns = match spot {
            0 => self.beginnings.get(task.0 as usize),
            _ => self.spots.get(spot as usize - 1),
        };
        turns.map_or(&[], Vec::as_slice)
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
        let whole_frame = |index: u32| index - index % FRAME_WORDS as u32;
        let blurred = match thing {
            Thing::Frame(index) => Thing::Frame(whole_frame(index)),
            thing => thing,
        };
        self.whole &= !self.blurred.contains(&blurred);
        if self.met.insert(thing) {
            self.seen.push((thing, value));
        }
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
            Deed::Word(index, _) => _ = self.met.insert(Thing::Word(index)),
            Deed::Frame(index, _) | Deed::Entry(index, ..) => _ = self.met.insert(Thing::Frame(index)),
            Deed::Name(kind, index, _) => _ = self.met.insert(Thing::Name(kind, index)),
            Deed::Note(index, _) => _ = self.blurred.insert(Thing::Word(index)),
            Deed::Copy(_, to) | Deed::Zero(to) => _ = self.blurred.insert(Thing::Frame(to.0 * FRAME_WORDS as u32)),
            Deed::Translation(..) | Deed::Register(_) | Deed::Wake(_) => {}
        }
        self.deeds.push(deed);
    }
    /// The turn looks at or changes what no word holds.
    #[inline]
    pub fn once(&mut self) {
        self.whole = false;
    }
}

impl Store {
    fn shows(&self, (thing, value): (Thing, u64)) -> bool {
        value
            == match thing {
                Thing::Word(index) => self.peek(index),
                Thing::Frame(index) => self.frames[index as usize],
                Thing::Name(kind, index) => self.name_of(kind, index),
            }
    }
    /// The task's next turn, if it is known.
    fn known_turn(&self, task: TaskId) -> Option<&Rc<Turn>> {
        let state = self.state(task);
        self.rote.known(task, state.spot).iter().find(|turn| {
            turn.whole && turn.registered == state.registered && turn.seen.iter().all(|&seen| self.shows(seen))
        })
    }
}

impl Stepped {
    /// Where the task stands, to tell its futures apart.
    pub fn spot(&self, task: TaskId) -> u32 {
        self.store.borrow().state(task).spot
    }
    /// The running task takes its next turn by rote, if that is known: then whether it is over.
    pub fn by_rote(&self) -> Option<bool> {
        if !self.keep.rote {
            return None;
        }
        let task = self.current.get();
        let turn = self.store.borrow().known_turn(task)?.clone();
        {
            let store = &mut *self.store.borrow_mut();
            store.log.extend_from_slice(&turn.given);
            store.accesses.extend_from_slice(&turn.accesses);
        }
        for &deed in &turn.deeds {
            self.again(task, deed);
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
        rote.met.clear();
        rote.blurred.clear();
        (rote.records, rote.whole, rote.registered) = (true, true, state.registered);
        (rote.inputs, rote.steps) = (store.log.len(), self.steps.get());
    }
    /// It has taken it: what it did is known from here on. `done` says that the task is over, and
    /// `alone` that nobody else was told of the turn.
    pub fn recorded(&self, done: bool, alone: bool) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        if !std::mem::take(&mut store.rote.records) {
            return;
        }
        let mut after = TaskState { local: self.local.known(), ..store.state(task) };
        if let Rest::Tick(since) = &mut after.rest {
            *since = 0;
        }
        let from = after.spot;
        let rote = &mut store.rote;
        let given = &store.log[rote.inputs..];
        let leads = |turn: &&Rc<Turn>| {
            let stands = TaskState { spot: after.spot, ..turn.after };
            turn.done == done && stands == after && *turn.given == *given
        };
        let known = rote.known(task, from).iter().find(leads).map(|turn| turn.after.spot);
        let whole = rote.whole && alone;
        let spot = match known {
            Some(spot) => spot,
            None if rote.size < ROOM => {
                rote.spots.push(Vec::new());
                rote.spots.len() as Spot
            }
            None => NOWHERE,
        };
        if rote.size < ROOM && (whole || known.is_none()) {
            let turn = Turn {
                seen: if whole { rote.seen.as_slice().into() } else { Box::default() },
                registered: rote.registered,
                given: given.into(),
                accesses: if whole { store.accesses.as_slice().into() } else { Box::default() },
                deeds: if whole { rote.deeds.as_slice().into() } else { Box::default() },
                after: TaskState { spot, ..after },
                steps: self.steps.get() - rote.steps,
                done,
                whole,
            };
            rote.size += turn.size();
            let turns = match from {
                0 => {
                    let at = task.0 as usize;
                    if rote.beginnings.len() <= at {
                        rote.beginnings.resize_with(at + 1, Vec::new);
                    }
                    &mut rote.beginnings[at]
                }
                _ => &mut rote.spots[from as usize - 1],
            };
            turns.push(Rc::new(turn));
        }
        store.task(task).state.spot = spot;
    }
}
