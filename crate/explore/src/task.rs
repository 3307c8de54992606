//! Tasks and sets of tasks.

/// A task, by its number in the model: below [`MAX_TASKS`](crate::choices::MAX_TASKS).
///
/// A task that could take one of several turns has a number for each of them: see
/// [`Model::taker`](crate::Model::taker).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TaskId(
    /// The number.
    pub u32,
);

/// A set of tasks of a run, one bit each: a run never has more than [`MAX_TASKS`](crate::choices::MAX_TASKS).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct TaskSet(
    /// Bit *n* is set if task *n* is in the set.
    pub u64,
);

impl TaskSet {
    /// The empty set.
    pub const NONE: TaskSet = TaskSet(0);
    /// A set of one task.
    #[inline]
    pub const fn of(task: TaskId) -> TaskSet {
        TaskSet(1 << task.0)
    }
    /// Whether the set is empty.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Number of tasks in the set.
    #[inline]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }
    /// Whether the task is in the set; false for a number that no run has.
    #[inline]
    pub const fn contains(self, task: TaskId) -> bool {
        task.0 < u64::BITS && self.0 >> task.0 & 1 != 0
    }
    /// Adds the task.
    #[inline]
    pub fn insert(&mut self, task: TaskId) {
        self.0 |= 1 << task.0;
    }
    /// Removes the task.
    #[inline]
    pub fn remove(&mut self, task: TaskId) {
        self.0 &= !(1 << task.0);
    }
    /// The union.
    #[inline]
    pub const fn union(self, others: TaskSet) -> TaskSet {
        TaskSet(self.0 | others.0)
    }
    /// The intersection.
    #[inline]
    pub const fn intersection(self, others: TaskSet) -> TaskSet {
        TaskSet(self.0 & others.0)
    }
    /// The difference: tasks that are not in `others`.
    #[inline]
    pub const fn difference(self, others: TaskSet) -> TaskSet {
        TaskSet(self.0 & !others.0)
    }
    /// The task with the lowest number.
    #[inline]
    pub fn first(self) -> Option<TaskId> {
        (self.0 != 0).then(|| TaskId(self.0.trailing_zeros()))
    }
    /// The task with the highest number.
    #[inline]
    pub fn last(self) -> Option<TaskId> {
        (self.0 != 0).then(|| TaskId(self.0.ilog2()))
    }
    /// The task at an index, in task order, from 0: the task that a choice stands for.
    #[inline]
    pub fn nth(self, place: usize) -> Option<TaskId> {
        let mut rest = self.0;
        // The trip count does not depend on `place`: with random places a branch predictor could not guess the exit.
        for at in 1..self.len() {
            rest &= if at <= place { rest.wrapping_sub(1) } else { u64::MAX };
        }
        TaskSet(rest).first().filter(|_| place < self.len())
    }
    /// The index of a task in the set, if it is in it.
    #[inline]
    pub fn place(self, task: TaskId) -> Option<usize> {
        self.contains(task).then(|| (self.0 & ((1 << task.0) - 1)).count_ones() as usize)
    }
    /// Iterates over the tasks, in task order.
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
        tasks.into_iter().fold(TaskSet::NONE, |set, task| set.union(TaskSet::of(task)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_and_nth_are_inverse() {
        let set: TaskSet = [TaskId(5), TaskId(1), TaskId(51)].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [TaskId(1), TaskId(5), TaskId(51)]);
        for (place, task) in set.iter().enumerate() {
            assert_eq!((set.nth(place), set.place(task)), (Some(task), Some(place)));
        }
        assert_eq!((set.nth(3), set.place(TaskId(2)), set.place(TaskId(99))), (None, None, None));
        assert_eq!((set.first(), set.last(), set.len()), (Some(TaskId(1)), Some(TaskId(51)), 3));
    }
}
