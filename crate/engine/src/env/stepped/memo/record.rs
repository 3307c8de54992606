//! Recording of turns for the memo: what the running one reads and changes.

use super::super::side::SideState;
use super::super::store::{Change, ORACLE};
use super::super::{Divergence, Rest, Stepped, TaskState};
use super::{Effect, LocalStateId, Slot, Span, Transition, TransitionInfo, UNKNOWN};
use crate::ids::TaskId;
use crate::machine::memory::FRAME_WORDS;

/// Records the current turn.
#[derive(Default)]
pub(in super::super) struct Recorder {
    /// Whether a turn is being recorded.
    records: bool,
    seen: Vec<(Slot, u64)>,
    /// The words written, one entry each with the sum of its changes.
    changes: Vec<Change>,
    effects: Vec<Effect>,
    /// Epoch: counts recorded turns.
    turn: u32,
    /// Epoch of the last turn that accessed each slot; only the first access in an epoch enters the read set.
    met: Vec<u32>,
    /// Words added to without being read; a later read of one of them cannot be accounted for.
    noted: Vec<u32>,
    /// Frames that it has filled, and from which, if not with zeroes: where their words begin.
    filled: Vec<(Slot, Option<Slot>)>,
    /// Everything that matters was seen.
    whole: bool,
    /// Its start: the local state and whether the task was registered on a channel; the number of inputs; the number
    /// of steps; the oracle's edit count.
    from: (LocalStateId, bool),
    inputs: usize,
    steps: u64,
    edits: u64,
}

impl Recorder {
    /// A turn is being recorded.
    #[inline]
    pub fn records(&self) -> bool {
        self.records
    }
    /// Notes a read of the turn.
    #[inline]
    pub fn note_read(&mut self, slot: Slot, value: u64) {
        if self.records {
            self.noted_read(slot, value);
        }
    }
    #[cold]
    fn noted_read(&mut self, slot: Slot, value: u64) {
        let within = slot % FRAME_WORDS as Slot;
        let filled = self.filled.iter().rfind(|filled| filled.0 == slot - within);
        match filled.copied() {
            // The value is that of the source frame. It must be accessed here for the first time, otherwise it is not
            // accounted for.
            Some((_, Some(from))) => {
                let source = from + within;
                self.whole &= self.meet(slot) && self.meet(source);
                self.seen.push((source, value));
            }
            // Zero, whatever was there before.
            Some((_, None)) => self.whole &= self.meet(slot),
            None if self.noted.contains(&slot) => self.whole = false,
            None if self.meet(slot) => self.seen.push((slot, value)),
            None => {}
        }
    }
    /// Marks the slot as accessed; whether this is its first access in the turn.
    fn meet(&mut self, slot: Slot) -> bool {
        let at = slot as usize;
        if self.met.len() <= at {
            self.met.resize(at + 1, 0);
        }
        std::mem::replace(&mut self.met[at], self.turn) != self.turn
    }
    /// Notes a change of a word.
    #[inline]
    pub fn change(&mut self, change: Change) {
        if self.records {
            self.changed(change);
        }
    }
    #[cold]
    fn changed(&mut self, change: Change) {
        match self.changes.iter_mut().find(|earlier| earlier.slot == change.slot) {
            Some(Change { value, term, .. }) => {
                (*value, *term) = (value.wrapping_add(change.value), term.wrapping_add(change.term));
            }
            None => self.changes.push(change),
        }
    }
    /// Notes a change of something else.
    #[inline]
    pub fn note_effect(&mut self, effect: Effect) {
        if self.records {
            self.noted_effect(effect);
        }
    }
    /// [`Recorder::note_effect`]; what `slot` holds from here on is the turn's own doing.
    #[inline]
    pub fn note_effect_on(&mut self, slot: Slot, effect: Effect) {
        if self.records {
            self.meet(slot);
            self.noted_effect(effect);
        }
    }
    #[cold]
    fn noted_effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
    /// The turn fills a frame, from another one or with zeroes: where the words of both begin.
    #[inline]
    pub fn fill(&mut self, to: Slot, from: Option<Slot>, effect: Effect) {
        if self.records {
            self.filled.push((to, from));
            self.noted_effect(effect);
        }
    }
    /// Notes an addition to a word that was not read.
    #[inline]
    pub fn note(&mut self, change: Change) {
        if self.records {
            self.noted.push(change.slot);
            self.changed(change);
        }
    }
    /// Marks the turn as not memoisable: it reads or changes state that is not accounted for.
    #[inline]
    pub fn once(&mut self) {
        self.whole = false;
    }
}

impl Recorder {
    fn begin(&mut self, from: (LocalStateId, bool), inputs: usize, steps: u64) {
        self.seen.clear();
        self.changes.clear();
        self.effects.clear();
        self.noted.clear();
        self.filled.clear();
        self.turn = self.turn.wrapping_add(1);
        if self.turn == 0 {
            self.met.clear();
            self.turn = 1;
        }
        (self.records, self.whole) = (true, true);
        (self.from, self.inputs, self.steps) = (from, inputs, steps);
    }
}

impl Stepped {
    /// Lets the task whose turn it is run from here on, and records the turn.
    pub fn run(&self, side: &impl SideState) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        self.enter(store);
        let state = *store.state(task);
        store.recorder.edits = side.version();
        if !self.keep.memo || state.local_state == UNKNOWN {
            return;
        }
        let from = if state.local_state == 0 { self.memo.borrow_mut().beginning(task) } else { state.local_state };
        store.recorder.begin((from, state.registered.is_some()), store.log.len(), self.steps.get());
    }
    /// Ends the turn and adds it to the memo. `done` says that the task is over; `starts` are the tasks it has
    /// started.
    pub fn recorded(&self, side: &impl SideState, done: bool, starts: &[TaskId]) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        let changed = self.keep.memo && side.version() != store.recorder.edits;
        if changed {
            store.write(ORACLE, side.identity());
        }
        let (recorder, memo) = (&mut store.recorder, &mut *self.memo.borrow_mut());
        if !std::mem::take(&mut recorder.records) {
            return;
        }
        let running = &mut store.tasks[task.0 as usize];
        let mut after = TaskState { local: self.local.local_hash(), ..running.state };
        if let Rest::Tick(since) = &mut after.rest {
            *since = 0;
        }
        after.local_state = memo.local_state(task, after);
        running.state.local_state = after.local_state;
        if !recorder.whole || after.local_state == UNKNOWN || !memo.has_room() {
            return;
        }
        let effects = recorder.effects.drain(..).chain(starts.iter().copied().map(Effect::Start));
        let turn = Transition {
            after,
            effects: Span::added(&mut memo.effects, effects),
            side: changed.then(|| side.save()),
            steps: (self.steps.get() - recorder.steps) as u32,
            done,
        };
        let given = store.log[recorder.inputs..].iter().copied();
        let accesses = store.accesses.iter().copied();
        let info = TransitionInfo {
            given: Span::added(&mut memo.given, given),
            accesses: Span::added(&mut memo.accesses, accesses),
        };
        let changes = recorder.changes.iter().copied().filter(Change::is_one);
        let changes = Span::added(&mut memo.changes, changes);
        if let Err((slot, other)) = memo.insert(recorder.from, &recorder.seen, changes, (turn, info)) {
            let of = |slot: Slot| store.slot_said(slot);
            self.diverged.borrow_mut().get_or_insert(Divergence {
                task,
                turn: 0,
                at: after.at,
                recorded: of(slot),
                met: other.map_or_else(|| "looks at nothing more".to_owned(), of),
            });
        }
    }
}
