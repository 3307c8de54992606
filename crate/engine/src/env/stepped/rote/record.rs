//! How turns become known: what the running one looks at and changes is written down.

use super::super::store::{Change, ORACLE};
use super::super::{Divergence, Rest, Stepped, TaskState};
use super::{Deed, NOWHERE, Slot, Span, Spot, Told, Turn};
use crate::check::oracle::Oracle;
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
    deeds: Vec<Deed>,
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
    from: (Spot, bool),
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
    pub fn look(&mut self, slot: Slot, value: u64) {
        if self.records {
            self.looked(slot, value);
        }
    }
    #[cold]
    fn looked(&mut self, slot: Slot, value: u64) {
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
            Some(Change { value, share, .. }) => {
                (*value, *share) = (value.wrapping_add(change.value), share.wrapping_add(change.share));
            }
            None => self.changes.push(change),
        }
    }
    /// The turn changes something else.
    #[inline]
    pub fn act(&mut self, deed: Deed) {
        if self.records {
            self.acted(deed);
        }
    }
    /// The same, and what stands at `slot` is its own doing from here on.
    #[inline]
    pub fn act_on(&mut self, slot: Slot, deed: Deed) {
        if self.records {
            self.meet(slot);
            self.acted(deed);
        }
    }
    #[cold]
    fn acted(&mut self, deed: Deed) {
        match deed {
            Deed::Copy(from, to) => self.filled.push((to, Some(from))),
            Deed::Zero(to) => self.filled.push((to, None)),
            _ => {}
        }
        self.deeds.push(deed);
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
    fn begin(&mut self, from: (Spot, bool), inputs: usize, steps: u64) {
        self.seen.clear();
        self.changes.clear();
        self.deeds.clear();
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
    pub fn run(&self, oracle: &Oracle) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        self.enter(store);
        let state = *store.state(task);
        store.recorder.edits = oracle.edits();
        if !self.keep.rote || state.spot == NOWHERE {
            return;
        }
        let from = if state.spot == 0 { self.rote.borrow_mut().beginning(task) } else { state.spot };
        store.recorder.begin((from, state.registered.is_some()), store.log.len(), self.steps.get());
    }
    /// It has taken it: what it did is known from here on. `done` says that the task is over, and
    /// `starts` which tasks it has started.
    pub fn recorded(&self, oracle: &Oracle, done: bool, starts: &[TaskId]) {
        let task = self.current.get();
        let store = &mut *self.store.borrow_mut();
        let changed = self.keep.rote && oracle.edits() != store.recorder.edits;
        if changed {
            store.write(ORACLE, oracle.identity());
        }
        let (recorder, rote) = (&mut store.recorder, &mut *self.rote.borrow_mut());
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
        let deeds = recorder.deeds.drain(..).chain(starts.iter().copied().map(Deed::Start));
        let turn = Turn {
            after,
            deeds: Span::added(&mut rote.deeds, deeds),
            oracle: changed.then(|| oracle.snapshot()),
            steps: (self.steps.get() - recorder.steps) as u32,
            done,
        };
        let given = store.log[recorder.inputs..].iter().copied();
        let accesses = store.accesses.iter().copied();
        let told =
            Told { given: Span::added(&mut rote.given, given), accesses: Span::added(&mut rote.accesses, accesses) };
        let changes = recorder.changes.iter().copied().filter(Change::is_one);
        let changes = Span::added(&mut rote.changes, changes);
        if let Err((slot, other)) = rote.learn(recorder.from, &recorder.seen, changes, (turn, told)) {
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
