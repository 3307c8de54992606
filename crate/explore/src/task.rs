//! Tasks and sets of tasks: of a search in one word, of a plain run without a limit.

mod bits;

pub use bits::TaskBits;

/// The most tasks of a model: each has a bit of a [`TaskSet`].
pub const MAX_TASKS: usize = u64::BITS as usize;

/// A task, by its number: below [`MAX_TASKS`] in a model.
///
/// A task that could take one of several turns has a number for each of them: see
/// [`Model::taker`](crate::Model::taker).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TaskId(
    /// The number.
    pub u32,
);

/// A set of tasks, as schedulers and strategies need it: [`TaskSet`] in searches, which keep very many,
/// [`TaskBits`] in runs, which may have more than [`MAX_TASKS`] tasks.
pub trait Tasks: Clone + Default + PartialEq + std::fmt::Debug + FromIterator<TaskId> {
    /// The largest number that a member can have.
    const MAX: u32;
    /// A set with these members.
    fn from_set(tasks: TaskSet) -> Self;
    /// Whether the set is empty.
    fn is_empty(&self) -> bool;
    /// Number of tasks in the set.
    fn len(&self) -> usize;
    /// Whether the task is in the set; false for a number that no run has.
    fn contains(&self, task: TaskId) -> bool;
    /// Adds the task.
    fn insert(&mut self, task: TaskId);
    /// Removes the task.
    fn remove(&mut self, task: TaskId);
    /// Adds the tasks of another set.
    fn extend_by(&mut self, others: &Self);
    /// Tasks that are not in `others`.
    fn without(&self, others: &Self) -> Self;
    /// Whether no task is in both sets.
    fn is_disjoint(&self, others: &Self) -> bool;
    /// The task at an index, in task order, from 0: the task that a choice stands for.
    fn nth(&self, place: usize) -> Option<TaskId>;
    /// The index of a task in the set, if it is in it.
    fn place(&self, task: TaskId) -> Option<usize>;
    /// Iterates over the tasks, in task order.
    fn iter(&self) -> impl Iterator<Item = TaskId>;
    /// The task with the lowest number.
    #[inline]
    fn first(&self) -> Option<TaskId> {
        self.iter().next()
    }
}

/// A set of tasks of a model, one bit each: a model never has more than [`MAX_TASKS`].
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

impl Tasks for TaskSet {
    const MAX: u32 = u64::BITS - 1;

    #[inline]
    fn from_set(tasks: TaskSet) -> Self {
        tasks
    }
    #[inline]
    fn is_empty(&self) -> bool {
        TaskSet::is_empty(*self)
    }
    #[inline]
    fn len(&self) -> usize {
        TaskSet::len(*self)
    }
    #[inline]
    fn contains(&self, task: TaskId) -> bool {
        TaskSet::contains(*self, task)
    }
    #[inline]
    fn insert(&mut self, task: TaskId) {
        TaskSet::insert(self, task);
    }
    #[inline]
    fn remove(&mut self, task: TaskId) {
        TaskSet::remove(self, task);
    }
    #[inline]
    fn extend_by(&mut self, others: &Self) {
        *self = self.union(*others);
    }
    #[inline]
    fn without(&self, others: &Self) -> Self {
        self.difference(*others)
    }
    #[inline]
    fn is_disjoint(&self, others: &Self) -> bool {
        self.intersection(*others).is_empty()
    }
    #[inline]
    fn nth(&self, place: usize) -> Option<TaskId> {
        TaskSet::nth(*self, place)
    }
    #[inline]
    fn place(&self, task: TaskId) -> Option<usize> {
        TaskSet::place(*self, task)
    }
    #[inline]
    fn iter(&self) -> impl Iterator<Item = TaskId> {
        TaskSet::iter(*self)
    }
    #[inline]
    fn first(&self) -> Option<TaskId> {
        TaskSet::first(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a set of tasks has to do, on numbers that every sort of set takes.
    fn check<T: Tasks>(numbers: &[u32]) {
        let mut set: T = numbers.iter().map(|&n| TaskId(n)).collect();
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable();
        assert_eq!(set.iter().map(|task| task.0).collect::<Vec<_>>(), sorted);
        assert_eq!((set.len(), set.first().map(|task| task.0)), (sorted.len(), sorted.first().copied()));
        for (place, &n) in sorted.iter().enumerate() {
            assert_eq!(
                (set.nth(place), set.place(TaskId(n)), set.contains(TaskId(n))),
                (Some(TaskId(n)), Some(place), true)
            );
        }
        assert_eq!((set.nth(sorted.len()), set.place(TaskId(3)), set.contains(TaskId(3))), (None, None, false));
        let (last, mut others) = (TaskId(sorted[sorted.len() - 1]), T::from_set(TaskSet::of(TaskId(3))));
        assert!(set.is_disjoint(&others));
        others.insert(last);
        assert!(!set.is_disjoint(&others));
        let mut rest = set.without(&others);
        assert_eq!((rest.len(), rest.contains(last)), (sorted.len() - 1, false));
        set.remove(last);
        assert_eq!(set, rest, "sets with the same members are equal");
        rest.extend_by(&others);
        assert_eq!((rest.len(), rest.contains(last)), (sorted.len() + 1, true));
    }

    #[test]
    fn both_sorts_of_sets_do_the_same() {
        check::<TaskSet>(&[5, 1, 51, 63]);
        check::<TaskBits>(&[5, 1, 51, 63]);
        check::<TaskBits>(&[64, 1, 300, 65, 4_095]);
        assert!(TaskBits::from_set(TaskSet::NONE).is_empty());
    }

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
