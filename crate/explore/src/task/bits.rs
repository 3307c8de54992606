//! A set of tasks without a limit, for plain runs.

use super::{TaskId, TaskSet, Tasks};

/// A set of tasks with any numbers: a bit set that grows. Equal sets have equal words, since no last word is 0.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TaskBits(Vec<u64>);

impl TaskBits {
    /// The word and the bit of a task.
    fn at(task: TaskId) -> (usize, u64) {
        ((task.0 / u64::BITS) as usize, 1 << (task.0 % u64::BITS))
    }
    /// The tasks of one word.
    fn members(nth: usize, word: u64) -> impl Iterator<Item = TaskId> {
        TaskSet(word).iter().map(move |task| TaskId(nth as u32 * u64::BITS + task.0))
    }
    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

impl Tasks for TaskBits {
    const MAX: u32 = u32::MAX;

    fn from_set(tasks: TaskSet) -> Self {
        let mut set = TaskBits(vec![tasks.0]);
        set.trim();
        set
    }
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
    fn contains(&self, task: TaskId) -> bool {
        let (word, bit) = TaskBits::at(task);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
    fn insert(&mut self, task: TaskId) {
        let (word, bit) = TaskBits::at(task);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }
    fn remove(&mut self, task: TaskId) {
        let (word, bit) = TaskBits::at(task);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
        self.trim();
    }
    fn extend_by(&mut self, others: &Self) {
        if self.0.len() < others.0.len() {
            self.0.resize(others.0.len(), 0);
        }
        self.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word |= other);
    }
    fn without(&self, others: &Self) -> Self {
        let mut rest = self.clone();
        rest.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word &= !other);
        rest.trim();
        rest
    }
    fn is_disjoint(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).all(|(word, other)| word & other == 0)
    }
    fn nth(&self, mut place: usize) -> Option<TaskId> {
        for (nth, &word) in self.0.iter().enumerate() {
            let here = word.count_ones() as usize;
            if place < here {
                return TaskBits::members(nth, word).nth(place);
            }
            place -= here;
        }
        None
    }
    fn place(&self, task: TaskId) -> Option<usize> {
        let (word, bit) = TaskBits::at(task);
        let before: u32 = self.0.iter().take(word).map(|word| word.count_ones()).sum();
        self.contains(task).then(|| (before + (self.0[word] & (bit - 1)).count_ones()) as usize)
    }
    fn iter(&self) -> impl Iterator<Item = TaskId> {
        self.0.iter().enumerate().flat_map(|(nth, &word)| TaskBits::members(nth, word))
    }
}

impl FromIterator<TaskId> for TaskBits {
    fn from_iter<I: IntoIterator<Item = TaskId>>(tasks: I) -> Self {
        let mut set = TaskBits::default();
        tasks.into_iter().for_each(|task| set.insert(task));
        set
    }
}
