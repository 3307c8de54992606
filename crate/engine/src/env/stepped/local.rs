//! What a task knows, and how it is made again (rulings R3).
//!
//! A task's locals are a function of its operation, its steps and what it read, so a
//! hash of these is the digest of where it stands. Two routines with the same
//! answer know the same, whatever they read on the way: [`super::Env::quiet`],
//! [`super::Env::learn`] and [`super::Env::know`] say so, always at places where the
//! answer is all that lives on.
//!
//! A future cannot be copied. But a task that is given the same values again does the
//! same again: with [`super::Keep::inputs`] whatever a task reads is logged, and
//! [`Stepped::repeat`] lets a fresh future run through its log without touching the
//! world. So going one turn back costs undoing that turn and, once its task is
//! wanted again, one run through what that task alone has read.

use super::super::{Kind, mix};
use super::Stepped;
use crate::ids::TaskId;
use std::cell::{Cell as Std, RefCell};

#[derive(Default)]
pub(super) struct Local {
    /// A task runs: everything that happens is its doing.
    inside: Std<bool>,
    /// Digest of what the running task knows.
    known: Std<u64>,
    quiet: Std<u32>,
    hidden: Std<u32>,
    /// What each task has read.
    inputs: RefCell<Vec<Vec<u64>>>,
    repeating: Std<bool>,
    /// While repeating: the next input, and turns left.
    cursor: Std<usize>,
    turns: Std<u32>,
}

impl Local {
    pub fn quietly<R>(&self, f: impl FnOnce() -> R) -> R {
        self.quiet.set(self.quiet.get() + 1);
        let result = f();
        self.quiet.set(self.quiet.get() - 1);
        result
    }
    pub fn hiding<R>(&self, f: impl FnOnce() -> R) -> R {
        self.hidden.set(self.hidden.get() + 1);
        let result = self.quietly(f);
        self.hidden.set(self.hidden.get() - 1);
        result
    }
    #[inline]
    pub fn is_hidden(&self) -> bool {
        self.hidden.get() > 0
    }
    #[inline]
    pub fn is_repeating(&self) -> bool {
        self.repeating.get()
    }
    #[inline]
    pub fn known(&self) -> u64 {
        self.known.get()
    }
    #[inline]
    pub fn know(&self, digest: u64) {
        self.known.set(digest);
    }
    /// One turn of the task that repeats is over: it goes on at once, unless it was the last.
    pub fn repeat_turn(&self) -> bool {
        let left = self.turns.get().saturating_sub(1);
        self.turns.set(left);
        left > 0
    }
}

impl Stepped {
    pub(super) fn enter(&self, task: TaskId) {
        let state = self.task(task);
        self.log_task(task, state);
        self.local.known.set(state.local);
        self.local.inside.set(true);
        if self.keep.inputs {
            let mut inputs = self.local.inputs.borrow_mut();
            let index = task.0 as usize;
            if inputs.len() <= index {
                inputs.resize_with(index + 1, Vec::new);
            }
            let count = inputs[index].len() as u32;
            drop(inputs);
            self.log_inputs(task, count);
        }
    }
    /// The running task has stopped: what happens from here on is nobody's doing.
    pub fn leave(&self) {
        if self.local.inside.replace(false) {
            let known = self.local.known.get();
            self.with_task(self.current.get(), |t| t.local = known);
        }
    }
    pub(super) fn live_local(&self, task: TaskId) -> Option<u64> {
        (self.local.inside.get() && self.current.get() == task).then(|| self.local.known.get())
    }
    /// The digest of what a task knows where it stands (rulings R3).
    pub fn local_digest(&self, task: TaskId) -> u64 {
        let t = self.task(task);
        mix(t.local, t.at.map_or(0, |s| s as u64 + 1))
    }
    /// The same with what its future names depend on, for the digest of a state.
    pub fn standing_digest(&self, task: TaskId) -> u64 {
        let t = self.task(task);
        let place = t.at.map_or(0, |s| s as u64 + 1) << 1 | u64::from(t.registered.is_some());
        mix(mix(t.local, place), t.created)
    }

    /// A value that a task is given: logged, or given again.
    #[inline]
    pub(super) fn input(&self, value: impl FnOnce() -> u64) -> u64 {
        if self.local.repeating.get() && !self.local.is_hidden() {
            return self.next_input();
        }
        let value = value();
        self.log_input(value);
        value
    }
    /// The running task was given this value.
    #[inline]
    pub(super) fn log_input(&self, value: u64) {
        if self.keep.inputs && self.local.inside.get() && !self.local.is_hidden() {
            self.local.inputs.borrow_mut()[self.current.get().0 as usize].push(value);
        }
    }
    /// What the task that repeats was given here.
    #[inline]
    pub(super) fn next_input(&self) -> u64 {
        let inputs = self.local.inputs.borrow();
        let log = &inputs[self.current.get().0 as usize];
        let at = self.local.cursor.replace(self.local.cursor.get() + 1);
        debug_assert!(at < log.len(), "a repeated task reads more than it did");
        log.get(at).copied().unwrap_or_default()
    }
    #[inline]
    pub(super) fn learn_value(&self, value: u64, refers: Option<Kind>) {
        if self.keep.digest && self.local.quiet.get() == 0 && !self.local.repeating.get() {
            let seen = self.canonical(value, refers);
            self.local.known.set(mix(self.local.known.get(), seen));
        }
    }
    pub(super) fn truncate_inputs(&self, task: TaskId, count: u32) {
        if let Some(log) = self.local.inputs.borrow_mut().get_mut(task.0 as usize) {
            log.truncate(count as usize);
        }
    }
    pub(super) fn forget_inputs(&self) {
        self.local.inputs.borrow_mut().iter_mut().for_each(Vec::clear);
    }
    /// Lets `run` poll a fresh future of `task` through its first `turns` turns by what it
    /// read then; the world stays as it is. The future then stands where the task stands.
    pub fn repeat(&self, task: TaskId, turns: u32, run: impl FnOnce()) {
        self.forget_held(task);
        if turns == 0 {
            return;
        }
        self.leave();
        self.current.set(task);
        let known = self.task(task).local;
        self.local.inside.set(true);
        self.local.repeating.set(true);
        self.local.cursor.set(0);
        self.local.turns.set(turns);
        run();
        debug_assert!(
            self.local.inputs.borrow().get(task.0 as usize).is_none_or(|log| log.len() == self.local.cursor.get()),
            "a repeated task reads less than it did"
        );
        self.local.repeating.set(false);
        self.local.inside.set(false);
        self.local.known.set(known);
    }
}
