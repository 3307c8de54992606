//! Fingerprints of the tasks and their sum, recomputed only for tasks whose state changed.

use crate::ids;
use faultline_engine::ids::TaskId;
use faultline_explore::Tasks;
use std::cell::Cell;

/// One fingerprint per task, by its number.
#[derive(Default)]
pub(crate) struct Fingerprints<T> {
    each: Vec<Cell<u64>>,
    /// Their sum, wrapping; correct for tasks that are not stale.
    sum: Cell<u64>,
    /// Tasks whose fingerprint has to be recomputed.
    stale: Cell<T>,
}

impl<T: Tasks> Fingerprints<T> {
    /// For tasks with numbers below `count`, all stale.
    pub(crate) fn new(count: usize) -> Self {
        let stale = (1..count as u32).map(faultline_explore::TaskId).collect();
        Fingerprints { each: vec![Cell::new(0); count], sum: Cell::new(0), stale: Cell::new(stale) }
    }
    /// Marks tasks as stale.
    pub(crate) fn moved(&self, tasks: &T) {
        self.mark(|stale| stale.extend_by(tasks));
    }
    /// Marks a task as stale.
    pub(crate) fn moved_one(&self, task: faultline_explore::TaskId) {
        self.mark(|stale| stale.insert(task));
    }
    #[inline]
    fn mark(&self, add: impl FnOnce(&mut T)) {
        let mut stale = self.stale.take();
        add(&mut stale);
        self.stale.set(stale);
    }
    /// The sum; `fingerprint` recomputes those that are stale.
    pub(crate) fn sum(&self, fingerprint: impl Fn(TaskId) -> u64) -> u64 {
        for task in self.stale.take().iter() {
            let now = fingerprint(ids::to_engine(task));
            let before = self.each[task.0 as usize].replace(now);
            self.sum.set(self.sum.get().wrapping_add(now).wrapping_sub(before));
        }
        self.sum.get()
    }
}
