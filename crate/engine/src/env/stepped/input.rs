//! What a task has been given and has done, entry by entry, and what it means when a repeat
//! differs from it.
//!
//! A task that is made again runs through its record: what it reads comes from there, and what
//! it does must stand there. So a routine that keeps something which the record does not determine
//! (it looked at something that is no cell, or declared too much to be forgotten) is caught at
//! the first entry that differs, in every build. Such a repeat proves nothing: see [`Divergence`].

use super::super::Kind;
use super::store::Slot;
use super::{Stepped, Store, mode};
use crate::ids::TaskId;
use crate::machine::memory::FRAME_WORDS;
use crate::step::Step;
use std::fmt;

/// What one entry of a record is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// A word, read or written.
    Read(u32),
    Write(u32),
    /// A word of a frame.
    Load(u32),
    Store(u32),
    /// A whole frame is filled: with zeroes, or from the frame that the value tells.
    Zero(u32),
    Copy(u32),
    /// A container's name, read or set.
    NameOf(Kind, u32),
    SetName(Kind, u32),
    /// A translation to a frame comes or goes.
    Translation(u32),
    /// A fresh name.
    Fresh,
    /// The answer of something that is looked up as one.
    Answer,
    /// What the task knew, by name and by number.
    LocalHash,
    /// The number of steps so far.
    Steps,
    /// Whether a sleeper still waits.
    Waits,
    /// The task registers as a sleeper, wakes those of a channel.
    Register,
    Wake,
    /// A point, by its step.
    Point,
    /// A tick.
    Tick,
    /// An operation begins.
    Operation,
}

/// One entry of a task's record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Input {
    pub what: What,
    pub value: u64,
}

/// A task that was made again went another way than it went at first.
///
/// What a search says rests on repeats: after this one neither the world nor anything that was
/// established is to be believed. The task looked at something that its record does not
/// hold, or kept something that it had declared to be forgotten: a mistake in the engine or in
/// the program of the task, never in the scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// Who was repeated.
    pub task: TaskId,
    /// In which of its turns it diverged, counted from 1; 0 where it did so against another of its
    /// histories after which it knows the same.
    pub turn: u32,
    /// The step from which that turn began, or to which it came; none for the first one.
    pub at: Option<Step>,
    /// What its record says comes next.
    pub recorded: String,
    /// What it did instead.
    pub met: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Divergence { task, turn, at, recorded, met } = self;
        let at = at.map_or("its beginning", Step::label);
        if *turn == 0 {
            write!(f, "task {} takes a turn to {at} that what it knows does not determine: ", task.0)?;
            return write!(f, "it {met}, where it {recorded} after another history");
        }
        write!(f, "task {} goes another way when it is repeated: in its turn {turn}, from {at} on, ", task.0)?;
        write!(f, "it {met}, where its record says that it {recorded}")
    }
}

impl Stepped {
    /// What the task that repeats was given here. Nothing where none repeats, and from the
    /// moment on at which one diverges: it then runs on in the world as it is, up to its next
    /// point, and the executor ends the run there.
    #[inline]
    pub(super) fn replayed(&self, what: What) -> Option<u64> {
        if self.local.mode() & mode::REPLAYS == 0 {
            return None;
        }
        let next = self.store.borrow_mut().next_input();
        match next {
            Some(input) if input.what == what => Some(input.value),
            recorded => {
                self.diverge(recorded, Some(Input { what, value: 0 }));
                None
            }
        }
    }
    /// Whether the running task only repeats this, which then has no effect.
    #[inline]
    pub(super) fn replays(&self, what: What, value: u64) -> bool {
        if self.local.mode() & mode::REPLAYS == 0 {
            return false;
        }
        let met = Input { what, value };
        let next = self.store.borrow_mut().next_input();
        match next {
            Some(input) if input == met => true,
            recorded => {
                self.diverge(recorded, Some(met));
                false
            }
        }
    }
    /// The running task does this for the first time.
    #[inline]
    pub(super) fn record(&self, store: &mut Store, what: What, value: u64) {
        if self.local.mode() & mode::LOGS != 0 {
            store.log.push(Input { what, value });
        }
    }
    /// Whether this takes effect: the running task does it for the first time, and it is recorded. While the
    /// task repeats, it does not.
    #[inline]
    pub(super) fn does(&self, what: What, value: u64) -> bool {
        if self.replays(what, value) {
            return false;
        }
        self.record(&mut self.store.borrow_mut(), what, value);
        true
    }
    /// The task that repeats does not do what its record says comes next. Without `met` it has ended.
    #[cold]
    pub(super) fn diverge(&self, recorded: Option<Input>, met: Option<Input>) {
        let store = self.store.borrow();
        let before = &store.log[..store.cursor.saturating_sub(1).min(store.log.len())];
        let ends =
            |input: &&Input| matches!((input.what, input.value), (What::Point | What::Tick, _) | (What::Waits, 1));
        let last = before.iter().rfind(|input| input.what == What::Point);
        let divergence = Divergence {
            task: self.current.get(),
            turn: before.iter().filter(ends).count() as u32 + 1,
            at: last.and_then(|input| Step::ALL.get(input.value as usize).copied()),
            recorded: recorded.map_or_else(|| "does nothing more".to_owned(), |input| store.said(input, true)),
            met: met.map_or_else(|| "ends".to_owned(), |input| store.said(input, false)),
        };
        drop(store);
        self.local.stop_replaying();
        self.diverged.borrow_mut().get_or_insert(divergence);
    }
    /// Some repeat went another way: see [`Stepped::divergence`].
    #[inline]
    pub fn has_diverged(&self) -> bool {
        self.diverged.borrow().is_some()
    }
    /// Whether, and where first, a task that was repeated went another way than it went at first.
    pub fn divergence(&self) -> Option<Divergence> {
        self.diverged.borrow().clone()
    }
}

impl Store {
    /// An entry in words, what it read or was given included if that is known.
    fn said(&self, Input { what, value }: Input, whole: bool) -> String {
        let given = if whole { format!(" and is given {value:#x}") } else { String::new() };
        let frame = |at: u32| (at as usize / FRAME_WORDS, at as usize % FRAME_WORDS);
        match what {
            What::Read(word) => format!("reads {}{given}", self.place(word)),
            What::Write(word) => format!("writes {value:#x} to {}", self.place(word)),
            What::Load(at) => format!("loads word {} of frame {}{given}", frame(at).1, frame(at).0),
            What::Store(at) => format!("stores {value:#x} to word {} of frame {}", frame(at).1, frame(at).0),
            What::Zero(to) => format!("zeroes frame {to}"),
            What::Copy(to) => format!("copies frame {value} to frame {to}"),
            What::NameOf(kind, index) => format!("looks at the name of {kind:?} {index}{given}"),
            What::SetName(kind, index) => format!("names {kind:?} {index} {value:#x}"),
            What::Translation(frame) => format!("changes a translation to frame {frame}"),
            What::Fresh => "takes a fresh name".into(),
            What::Answer => format!("looks something up{given}"),
            What::LocalHash => "keeps what it knows".into(),
            What::Steps => format!("looks at the number of steps{given}"),
            What::Waits => "sleeps".into(),
            What::Register => "registers as a sleeper".into(),
            What::Wake => "wakes the sleepers of a channel".into(),
            What::Point => format!("comes to {}", Step::ALL.get(value as usize).map_or("a point", |s| s.label())),
            What::Tick => "waits a tick".into(),
            What::Operation => "begins an operation".into(),
        }
    }
    /// A look at what lies there, in words.
    pub fn slot_said(&self, slot: Slot) -> String {
        match slot.checked_sub(self.slot(0)) {
            _ if slot == Slot::MAX => "looks at nothing more".to_owned(),
            None => self.said(Input { what: What::Load(slot), value: 0 }, false),
            Some(word) => self.said(Input { what: What::Read(word), value: 0 }, false),
        }
    }
    /// A word by its container, in words.
    fn place(&self, word: u32) -> String {
        self.words.get(word as usize).map_or_else(
            || format!("word {word}"),
            |w| match self.container_of(w.container) {
                Some((kind, index)) => format!("field {} of {kind:?} {index}", w.field),
                None => format!("word {word}"),
            },
        )
    }
}
