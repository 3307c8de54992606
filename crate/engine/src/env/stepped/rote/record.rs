//! How turns become known: what the running one looks at and changes is written down.

use super::super::{Rest, Stepped, TaskState};
use super::{Deed, NOWHERE, Spot, Thing, Turn, channel};
use crate::check::oracle::Oracle;
use crate::env::KINDS;
use crate::ids::TaskId;
use crate::machine::addr::FrameNo;
use crate::machine::memory::FRAME_WORDS;
use std::rc::Rc;

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

/// The turn that is being recorded.
#[derive(Default)]
pub(in super::super) struct Recorder {
    /// There is one.
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

impl Recorder {
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
            Deed::Word(index, ..) => _ = self.meet(Thing::Word(index)),
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

impl Recorder {
    fn begin(&mut self, from: Spot, inputs: usize, steps: u64) {
        self.seen.clear();
        self.deeds.clear();
        self.noted.clear();
        self.filled.clear();
        self.turn = self.turn.wrapping_add(1);
        if self.turn == 0 {
            self.met = Default::default();
            self.turn = 1;
        }
        (self.records, self.whole) = (true, true);
        (self.from, self.inputs, self.steps) = (from, inputs, steps);
    }
    /// The oracle has changed since the turn met it.
    fn has_changed(&self, oracle: &Oracle) -> bool {
        let met = self.seen.iter().find(|seen| seen.0 == Thing::Oracle);
        met.is_some_and(|&(_, before)| oracle.identity() != before)
    }
}

impl Stepped {
    /// The task whose turn it is runs from here on, and what it does is written down.
    pub fn run(&self) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        self.enter(store);
        let state = *store.state(task);
        if !self.keep.rote || state.spot == NOWHERE {
            return;
        }
        let from = if state.spot == 0 { store.rote.beginning(task) } else { state.spot };
        store.recorder.begin(from, store.log.len(), self.steps.get());
        store.recorder.look(Thing::Registered, channel(state.registered));
    }
    /// It has taken it: what it did is known from here on. `done` says that the task is over, and
    /// `starts` which tasks it has started.
    pub fn recorded(&self, oracle: &Oracle, done: bool, starts: &[TaskId]) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        let (recorder, rote) = (&mut store.recorder, &mut store.rote);
        if !std::mem::take(&mut recorder.records) {
            return;
        }
        let running = &mut store.tasks[task.0 as usize];
        let mut after = TaskState { local: self.local.known(), ..running.state };
        if let Rest::Tick(since) = &mut after.rest {
            *since = 0;
        }
        after.spot = rote.spot(task, after);
        running.state.spot = after.spot;
        if !recorder.whole || after.spot == NOWHERE || !rote.has_room() {
            return;
        }
        let turn = Rc::new(Turn {
            given: store.log[recorder.inputs..].into(),
            accesses: store.accesses.as_slice().into(),
            deeds: recorder.deeds.as_slice().into(),
            starts: starts.into(),
            oracle: recorder.has_changed(oracle).then(|| oracle.snapshot()),
            after,
            steps: self.steps.get() - recorder.steps,
            done,
        });
        rote.learn(recorder.from, &recorder.seen, turn);
    }
}
