//! The log of a task's inputs and actions, and what it means when a replay differs from it.
//!
//! A replayed task runs through its log: its reads are answered from the log, and its actions must match the entries
//! there. So a routine whose live state the log does not determine (it read something that is no cell, or dropped too
//! much from its local hash) is caught at the first entry that differs, in every build. Such a replay proves nothing:
//! see [`Divergence`].

use super::store::Slot;
use super::{Stepped, Store, mode};
use crate::ids::TaskId;
use crate::machine::memory::FRAME_WORDS;
use crate::step::Step;
use crate::word::Kind;

/// Kind and target of a log entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// A word, read or written.
    Read(u32),
    Write(u32),
    /// A word of a frame.
    Load(u32),
    Store(u32),
    /// A whole frame is filled: with zeroes, or from the frame given by the value.
    Zero(u32),
    Copy(u32),
    /// A container's name, read or set.
    NameOf(Kind, u32),
    SetName(Kind, u32),
    /// A translation to a frame is added or removed.
    Translation(u32),
    /// A fresh name.
    Fresh,
    /// The result of an opaque lookup ([`crate::env::Observe::opaque`]).
    Answer,
    /// The task's local hash: the canonical part, then the concrete one.
    LocalHash,
    /// The number of steps so far.
    Steps,
    /// Whether a sleeper still waits.
    Waits,
    /// The task registers as a sleeper on a channel, or wakes the sleepers of one.
    Register,
    Wake,
    /// A point, by its step.
    Point,
    /// A tick.
    Tick,
    /// An operation begins.
    Operation,
}

/// One entry of a task's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Input {
    pub what: What,
    pub value: u64,
}

/// A replayed task diverged from its log.
///
/// A search relies on replay: after a divergence neither the world nor any result of the search is to be trusted. The
/// task read something that its log does not hold, or used a value that it had dropped from its local hash: an error
/// in the engine or in the task's program, never in the scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// The replayed task.
    pub task: TaskId,
    /// The turn in which it diverged, counted from 1; 0 if it differs from a recorded transition that started from
    /// the same local state after another history.
    pub turn: u32,
    /// The step from which that turn began, or at which it ended if `turn` is 0; `None` for the first one.
    pub at: Option<Step>,
    /// What comes next in the log.
    pub recorded: String,
    /// What the task did instead.
    pub met: String,
}

impl Stepped {
    /// The logged value for this read of a replayed task. `None` if the task is not being replayed, and from a
    /// divergence on: the task then continues in the present world up to its next point, and the executor ends the
    /// run there.
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
    /// Whether the task is being replayed and its log has this action next; the action then has no effect.
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
    /// Logs something that the running task does for the first time.
    #[inline]
    pub(super) fn record(&self, store: &mut Store, what: What, value: u64) {
        if self.local.mode() & mode::LOGS != 0 {
            store.log.push(Input { what, value });
        }
    }
    /// Whether this action takes effect: the running task does it for the first time, and it is logged. During a
    /// replay it does not.
    #[inline]
    pub(super) fn does(&self, what: What, value: u64) -> bool {
        if self.replays(what, value) {
            return false;
        }
        self.record(&mut self.store.borrow_mut(), what, value);
        true
    }
    /// Reports a divergence: the replayed task does not do what is `recorded` next. `met` is what it does instead;
    /// `None` if it has ended.
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
    /// Whether any replay has diverged: see [`Stepped::divergence`].
    #[inline]
    pub fn has_diverged(&self) -> bool {
        self.diverged.borrow().is_some()
    }
    /// The first divergence of a replay, if there was one.
    pub fn divergence(&self) -> Option<Divergence> {
        self.diverged.borrow().clone()
    }
}

impl Store {
    /// Describes an entry in words; `whole` includes the value that was read.
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
    /// Describes the read of a slot in words.
    pub fn slot_said(&self, slot: Slot) -> String {
        let what = match (self.frame_word_at(slot), self.word_at(slot)) {
            (Some(index), _) => What::Load(index as u32),
            (None, Some(word)) => What::Read(word),
            (None, None) => return "looks at nothing more".to_owned(),
        };
        self.said(Input { what, value: 0 }, false)
    }
    /// Describes a word by its container.
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
