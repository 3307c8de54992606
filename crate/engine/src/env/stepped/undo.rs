//! The undo log: every change is logged as a difference, which undoing subtracts again.

use super::memo::{Memo, Span};
use super::store::Change;
use super::{Stepped, Store, Task, TaskState};
use crate::ids::TaskId;
use crate::machine::addr::FrameNo;
use crate::machine::memory::FRAME_WORDS;
use crate::word::Kind;

pub(super) enum Undo {
    Change(Change),
    Name {
        kind: Kind,
        index: u32,
        name: u64,
    },
    Translation {
        frame: u32,
        key: u64,
    },
    /// The words changed by a memoised turn.
    Turn(Span),
}

/// State of a task at a checkpoint, and how many inputs it had logged.
pub(super) struct TaskCheckpoint {
    task: TaskId,
    state: TaskState,
    inputs: u32,
    memoised: u32,
}

/// A moment to which [`Stepped::undo_to`] can return.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    words: usize,
    tasks: usize,
    findings: usize,
    steps: u64,
}

/// How far the way back has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Journal {
    /// How often something was taken back.
    undone: u64,
    len: usize,
}

impl Journal {
    /// Nothing was taken back in between.
    pub fn goes_on_from(self, earlier: Journal) -> bool {
        self.undone == earlier.undone && self.len >= earlier.len
    }
}

/// What has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changed {
    /// A word, by where its value lies.
    Word(u32),
    /// A word of a frame, by its number in the frame.
    Frame(FrameNo, usize),
}

impl Stepped {
    /// How far the way back has come; nothing if none is kept.
    pub fn journal(&self) -> Option<Journal> {
        let store = self.store.borrow();
        store.keep.undo.then_some(Journal { undone: store.undone, len: store.undo.len() })
    }
    /// Calls `f` with everything that has changed since, as often as it has. Nothing was taken back since.
    pub fn each_change(&self, since: Journal, mut f: impl FnMut(Changed)) {
        let (store, memo) = (self.store.borrow(), self.memo.borrow());
        let mut changed = |change: &Change| {
            let frame = store.frame_word_at(change.slot);
            f(frame.map_or(Changed::Word(change.slot), |index| {
                Changed::Frame(FrameNo((index / FRAME_WORDS) as u32), index % FRAME_WORDS)
            }));
        };
        for undo in &store.undo[since.len..] {
            match undo {
                Undo::Change(change) => changed(change),
                Undo::Turn(changes) => memo.changes(*changes).iter().for_each(&mut changed),
                // Digests alone go by these.
                Undo::Name { .. } | Undo::Translation { .. } => {}
            }
        }
    }
    /// Returns a checkpoint for [`Stepped::undo_to`].
    pub fn checkpoint(&self) -> Checkpoint {
        self.checkpoint_of(&self.store.borrow())
    }
    pub(super) fn checkpoint_of(&self, store: &Store) -> Checkpoint {
        let findings = self.findings.borrow().len();
        Checkpoint { words: store.undo.len(), tasks: store.task_checkpoints.len(), findings, steps: self.steps.get() }
    }
    /// Undoes all changes since `checkpoint`: the world, the findings, the step count, and with
    /// [`super::Keep::inputs`] the task states too. Returns a set of the first 64 tasks, one bit each: those whose
    /// state was restored or that were woken since. Futures are not undone: the caller recreates them.
    pub fn undo_to(&self, checkpoint: Checkpoint) -> u64 {
        self.leave();
        self.steps.set(checkpoint.steps);
        self.findings.borrow_mut().truncate(checkpoint.findings);
        self.store.borrow_mut().undo_to(checkpoint, &self.memo.borrow()) | self.take_woken()
    }
}

impl Store {
    fn undo_to(&mut self, checkpoint: Checkpoint, memo: &Memo) -> u64 {
        self.undone += 1;
        let mut moved = 0;
        while self.task_checkpoints.len() > checkpoint.tasks {
            let Some(TaskCheckpoint { task, state, inputs, memoised }) = self.task_checkpoints.pop() else { break };
            moved |= 1u64.checked_shl(task.0).unwrap_or_default();
            let task = self.task(task);
            task.state = state;
            task.inputs.truncate(inputs as usize);
            task.memoised.truncate(memoised as usize);
        }
        while self.undo.len() > checkpoint.words {
            match self.undo.pop() {
                Some(Undo::Change(change)) => self.take_back(change),
                Some(Undo::Name { kind, index, name }) => self.put_name(kind, index, name),
                Some(Undo::Translation { frame, key }) => self.put_translation(frame, key),
                Some(Undo::Turn(changes)) => memo.undo(changes, self),
                None => break,
            }
        }
        moved
    }
    /// Logs the state of a task that is about to change or to read on, if tasks can be replayed.
    #[inline]
    pub fn log_task(&mut self, task: TaskId) {
        if self.keep.inputs && self.keep.undo {
            let Task { state, inputs, memoised, .. } = self.task(task);
            let task_checkpoints =
                TaskCheckpoint { task, state: *state, inputs: inputs.len() as u32, memoised: memoised.len() as u32 };
            self.task_checkpoints.push(task_checkpoints);
        }
    }
}
