//! The way back: every change is logged, so that it can be taken from what it was added to.

use super::super::Kind;
use super::rote::{Rote, Span};
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
pub(super) struct Stood {
    task: TaskId,
    state: TaskState,
    inputs: u32,
    by_rote: u32,
}

/// A moment to come back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    words: usize,
    tasks: usize,
    findings: usize,
    steps: u64,
}

impl Stepped {
    /// A mark to come back to with [`Stepped::undo_to`].
    pub fn mark(&self) -> Mark {
        self.mark_of(&self.store.borrow())
    }
    pub(super) fn mark_of(&self, store: &Store) -> Mark {
        let findings = self.findings.borrow().len();
        Mark { words: store.undo.len(), tasks: store.stood.len(), findings, steps: self.steps.get() }
    }
    /// Puts back what has changed since `mark`: the world, what was found, how many steps there were, and
    /// with [`super::Keep::inputs`] also where tasks stood. Those of the first 64 that stood elsewhere
    /// or were woken since, a bit each. Futures are not undone: the caller makes them again.
    pub fn undo_to(&self, mark: Mark) -> u64 {
        self.leave();
        self.steps.set(mark.steps);
        self.findings.borrow_mut().truncate(mark.findings);
        self.store.borrow_mut().undo_to(mark, &self.rote.borrow()) | self.take_woken()
    }
}

impl Store {
    fn undo_to(&mut self, mark: Mark, rote: &Rote) -> u64 {
        let mut moved = 0;
        while self.stood.len() > mark.tasks {
            let Some(Stood { task, state, inputs, by_rote }) = self.stood.pop() else { break };
            moved |= 1u64.checked_shl(task.0).unwrap_or_default();
            let task = self.task(task);
            task.state = state;
            task.inputs.truncate(inputs as usize);
            task.by_rote.truncate(by_rote as usize);
        }
        while self.undo.len() > mark.words {
            match self.undo.pop() {
                Some(Undo::Change(change)) => self.take_back(change),
                Some(Undo::Name { kind, index, name }) => self.put_name(kind, index, name),
                Some(Undo::Translation { frame, key }) => self.put_translation(frame, key),
                Some(Undo::Turn(changes)) => rote.undo(changes, self),
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
            let Task { state, inputs, by_rote } = self.task(task);
            let stood = Stood { task, state: *state, inputs: inputs.len() as u32, by_rote: by_rote.len() as u32 };
            self.stood.push(stood);
        }
    }
}
