//! Sets of tasks.

use faultline_engine::ids::TaskId;

/// Some of the tasks of a run, a bit each: there are never more than
/// [`MAX_TASKS`](crate::choices::MAX_TASKS).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct TaskSet(
    /// Bit *n* is set if task *n* is one of them.
    pub u64,
);

impl TaskSet {
    /// Nobody.
    pub const NONE: TaskSet = TaskSet(0);
    /// One task.
    #[inline]
    pub const fn of(task: TaskId) -> TaskSet {
        TaskSet(1 << task.0)
    }
    /// Nobody is.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// How many there are.
    #[inline]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }
    /// Whether the task is one of them; one with a number that no run has is not.
    #[inline]
    pub const fn contains(self, task: TaskId) -> bool {
        task.0 < u64::BITS && self.0 >> task.0 & 1 != 0
    }
    /// The task is one of them from here on.
    #[inline]
    pub fn insert(&mut self, task: TaskId) {
        self.0 |= 1 << task.0;
    }
    /// The task is none of them from here on.
    #[inline]
    pub fn remove(&mut self, task: TaskId) {
        self.0 &= !(1 << task.0);
    }
    /// Those of either.
    #[inline]
    pub const fn with(self, others: TaskSet) -> TaskSet {
        TaskSet(self.0 | others.0)
    }
    /// Those of both.
    #[inline]
    pub const fn among(self, others: TaskSet) -> TaskSet {
        TaskSet(self.0 & others.0)
    }
    /// Those that are not among `others`.
    #[inline]
    pub const fn without(self, others: TaskSet) -> TaskSet {
        TaskSet(self.0 & !others.0)
    }
    /// The one with the lowest number.
    #[inline]
    pub fn first(self) -> Option<TaskId> {
        (self.0 != 0).then(|| TaskId(self.0.trailing_zeros()))
    }
    /// The one with the highest number.
    #[inline]
    pub fn last(self) -> Option<TaskId> {
        (self.0 != 0).then(|| TaskId(self.0.ilog2()))
    }
    /// The one at a place, in task order, from 0: what a choice says.
    #[inline]
    pub fn nth(self, place: usize) -> Option<TaskId> {
        let mut rest = self.0;
        // Always as far as to the last one: with chance places no processor guesses when to stop.
        for at in 1..self.len() {
            rest &= if at <= place { rest.wrapping_sub(1) } else { u64::MAX };
        }
        TaskSet(rest).first().filter(|_| place < self.len())
    }
    /// The place of a task among them, if it is one.
    #[inline]
    pub fn place(self, task: TaskId) -> Option<usize> {
        self.contains(task).then(|| (self.0 & ((1 << task.0) - 1)).count_ones() as usize)
    }
    /// All of them, in task order.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = TaskId> {
        let mut rest = self;
        std::iter::from_fn(move || {
            let first = rest.first()?;
            rest.0 &= rest.0 - 1;
            Some(first)
        })
    }
}

impl FromIterator<TaskId> for TaskSet {
    fn from_iter<I: IntoIterator<Item = TaskId>>(tasks: I) -> Self {
        tasks.into_iter().fold(TaskSet::NONE, |set, task| set.with(TaskSet::of(task)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leads_to_the_task_that_has_it() {
        let set: TaskSet = [TaskId(5), TaskId(1), TaskId(51)].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [TaskId(1), TaskId(5), TaskId(51)]);
        for (place, task) in set.iter().enumerate() {
            assert_eq!((set.nth(place), set.place(task)), (Some(task), Some(place)));
        }
        assert_eq!((set.nth(3), set.place(TaskId(2)), set.place(TaskId(99))), (None, None, None));
        assert_eq!((set.first(), set.last(), set.len()), (Some(TaskId(1)), Some(TaskId(51)), 3));
    }
}
