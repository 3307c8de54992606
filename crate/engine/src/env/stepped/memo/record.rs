//! How turns become known: what the running one looks at and changes is written down.

use super::super::side::SideState;
use super::super::store::{Change, ORACLE};
use super::super::{Divergence, Rest, Stepped, TaskState};
use super::{Effect, LocalStateId, Slot, Span, Transition, TransitionInfo, UNKNOWN};
use crate::ids::TaskId;
use crate::machine::addr::FrameNo;
use crate::machine::memory::FRAME_WORDS;

/// The turn that is being recorded.
#[derive(Default)]
pub(in super::super) struct Recorder {
    /// There is one.
    records: bool,
    /// Where the words of frames end.
    frames: Slot,
    seen: Vec<(Slot, u64)>,
    /// The words that it has written, each once: what has become of it in all.
    changes: Vec<Change>,
    effects: Vec<Effect>,
    /// Counts recorded turns.
    turn: u32,
    /// Of each slot the turn that met it last: from then on it tells nothing of the time before.
    met: Vec<u32>,
    /// Words that it has added to without looking: what is read there from then on is not accounted for.
    noted: Vec<u32>,
    /// Frames that it has filled, and from which, if not with zeroes.
    filled: Vec<(FrameNo, Option<FrameNo>)>,
    /// Everything that matters was seen.
    whole: bool,
    /// When it began: where the task stood and whether a wakeup was to come, how many inputs it
    /// had, the steps, and the changes of the oracle.
    from: (LocalStateId, bool),
    inputs: usize,
    steps: u64,
    edits: u64,
}

impl Recorder {
    /// For memory whose frames have so many words.
    pub fn new(frames: Slot) -> Self {
        Recorder { frames, ..Recorder::default() }
    }
    /// The turn has looked at something.
    #[inline]
    pub fn note_read(&mut self, slot: Slot, value: u64) {
        if self.records {
            self.noted_read(slot, value);
        }
    }
    #[cold]
    fn noted_read(&mut self, slot: Slot, value: u64) {
        let filled = self.filled.iter().rfind(|filled| slot < self.frames && filled.0.0 == slot / FRAME_WORDS as Slot);
        match filled.copied() {
            // It shows what the other frame did, which has not been met otherwise.
            Some((_, Some(from))) => {
                let source = from.0 * FRAME_WORDS as Slot + slot % FRAME_WORDS as Slot;
                self.whole &= self.meet(slot) && self.meet(source);
                self.seen.push((source, value));
            }
            // Zeroes, whatever was there.
            Some((_, None)) => self.whole &= self.meet(slot),
            None if self.noted.contains(&slot) => self.whole = false,
            None if self.meet(slot) => self.seen.push((slot, value)),
            None => {}
        }
    }
    /// Whether the turn meets it for the first time.
    fn meet(&mut self, slot: Slot) -> bool {
        let at = slot as usize;
        if self.met.len() <= at {
            self.met.resize(at + 1, 0);
        }
        std::mem::replace(&mut self.met[at], self.turn) != self.turn
    }
    /// The turn changes a word.
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
    /// The turn changes something else.
    #[inline]
    pub fn note_effect(&mut self, effect: Effect) {
        if self.records {
            self.noted_effect(effect);
        }
    }
    /// The same, and what stands at `slot` is its own doing from here on.
    #[inline]
    pub fn note_effect_on(&mut self, slot: Slot, effect: Effect) {
        if self.records {
            self.meet(slot);
            self.noted_effect(effect);
        }
    }
    #[cold]
    fn noted_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Copy(from, to) => self.filled.push((to, Some(from))),
            Effect::Zero(to) => self.filled.push((to, None)),
            _ => {}
        }
        self.effects.push(effect);
    }
    /// The turn adds to a word without looking.
    #[inline]
    pub fn note(&mut self, change: Change) {
        if self.records {
            self.noted.push(change.slot);
            self.changed(change);
        }
    }
    /// The turn looks at or changes what nobody can account for.
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
    /// The task whose turn it is runs from here on, and what it does is written down.
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
    /// It has taken it: what it did is known from here on. `done` says that the task is over, and
    /// `starts` which tasks it has started.
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
