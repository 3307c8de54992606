//! The way back: every change is logged, so that it can be taken from what it was added to.

use super::super::Kind;
use super::memo::{Memo, Span};
use super::store::Change;
use super::{Stepped, Store, Task, TaskState};
use crate::ids::TaskId;

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
    /// The words of a turn that was taken by rote.
    Turn(Span),
}

/// Where a task stood, and how much it had read.
pub(super) struct TaskCheckpoint {
    task: TaskId,
    state: TaskState,
    inputs: u32,
    memoised: u32,
}

/// A moment to come back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    words: usize,
    tasks: usize,
    findings: usize,
    steps: u64,
}

impl Stepped {
    /// A mark to come back to with [`Stepped::undo_to`].
    pub fn checkpoint(&self) -> Checkpoint {
        self.checkpoint_of(&self.store.borrow())
    }
    pub(super) fn checkpoint_of(&self, store: &Store) -> Checkpoint {
        let findings = self.findings.borrow().len();
        Checkpoint { words: store.undo.len(), tasks: store.task_checkpoints.len(), findings, steps: self.steps.get() }
    }
    /// Puts back what has changed since `checkpoint`: the world, what was found, how many steps there were, and
    /// with [`super::Keep::inputs`] also where tasks stood. Those of the first 64 that stood elsewhere
    /// or were woken since, a bit each. Futures are not undone: the caller makes them again.
    pub fn undo_to(&self, checkpoint: Checkpoint) -> u64 {
        self.leave();
        self.steps.set(checkpoint.steps);
        self.findings.borrow_mut().truncate(checkpoint.findings);
        self.store.borrow_mut().undo_to(checkpoint, &self.memo.borrow()) | self.take_woken()
    }
}

impl Store {
    fn undo_to(&mut self, checkpoint: Checkpoint, memo: &Memo) -> u64 {
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
    /// A task that does not run is about to change or to read on: logged where tasks can
    /// be made again.
    #[inline]
    pub fn log_task(&mut self, task: TaskId) {
        if self.keep.inputs && self.keep.undo {
            let Task { state, inputs, memoised } = self.task(task);
            let task_checkpoints =
                TaskCheckpoint { task, state: *state, inputs: inputs.len() as u32, memoised: memoised.len() as u32 };
            self.task_checkpoints.push(task_checkpoints);
        }
    }
}
