//! Digests of where tasks stand, and their sum: made anew only for those that moved.

use crate::tasks::TaskSet;
use faultline_engine::ids::TaskId;
use std::cell::Cell;

/// One digest a task, by its number.
#[derive(Default)]
pub(crate) struct Fingerprints {
    each: Vec<Cell<u64>>,
    /// Of all, wrapping; right for those that are not stale.
    sum: Cell<u64>,
    /// Tasks whose digest has to be made anew.
    stale: Cell<TaskSet>,
}

impl Fingerprints {
    /// Of tasks with numbers below `count`, all to be made.
    pub(crate) fn new(count: usize) -> Self {
        let stale = (1..count as u32).map(TaskId).collect();
        Fingerprints { each: vec![Cell::new(0); count], sum: Cell::new(0), stale: Cell::new(stale) }
    }
    /// These stand elsewhere from here on.
    pub(crate) fn moved(&self, tasks: TaskSet) {
        self.stale.set(self.stale.get().with(tasks));
    }
    /// The sum, with what `fingerprint` says of those that have moved.
    pub(crate) fn sum(&self, fingerprint: impl Fn(TaskId) -> u64) -> u64 {
        for task in self.stale.take().iter() {
            let now = fingerprint(task);
            let before = self.each[task.0 as usize].replace(now);
            self.sum.set(self.sum.get().wrapping_add(now).wrapping_sub(before));
        }
        self.sum.get()
    }
}
