//! PCT: random priorities, lowered at a few change points. It finds a bug of depth *d* in a run of *k* turns of *n*
//! tasks with probability at least 1 / (2 n · k^(d-1)).
//!
//! S. Burckhardt and others, *A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs*, 2010. At a
//! change point the running task falls below all tasks that have not fallen; its order among those that have is
//! random there. In every second run it falls below all others instead: most races need this order, because each task
//! waits until the next has done its part, and so one of the (d-1)! orders is tried as often as all together. The
//! length of a run, counted in choices, is learnt from the runs before.
//!
//! A task that waits for a tick falls behind all others: otherwise two tasks that retry could keep the task for which
//! both wait from ever running, which no scheduler does.

use super::random::Dice;
use super::{Outcome, Strategy, Turn};
use crate::mix;
use crate::task::{TaskId, TaskSet, Tasks};

/// A change point: here the task that would run is lowered.
#[derive(Clone, Copy, Debug)]
struct Change {
    /// Index of the choice, from 0.
    at: u64,
    priority: u64,
}

/// The PCT strategy: runs 0, 1, 2 … of a seed.
#[derive(Clone, Debug)]
pub struct Pct<T = TaskSet> {
    seed: u64,
    depth: u32,
    run: u64,
    runs: u64,
    /// Tasks met in this run or before, by priority: the highest runs first.
    order: Vec<(u64, TaskId)>,
    met: T,
    /// The task that ran first last, and the tasks of higher priority, as long as no priority has changed: mostly it
    /// is first again.
    last: Option<(TaskId, T)>,
    /// Remaining change points of this run, the next one last.
    changes: Vec<Change>,
    /// Choices of this run so far, and of the longest run so far.
    number: u64,
    length: u64,
}

impl<T: Tasks> Pct<T> {
    /// `runs` runs that look for bugs of depth `depth`, at least 1.
    pub fn new(seed: u64, depth: u32, runs: u64) -> Self {
        let (order, changes) = (Vec::new(), Vec::new());
        Pct { seed, depth, run: 0, runs, order, met: T::default(), last: None, changes, number: 0, length: 0 }
    }
    /// A priority above all that have fallen; it depends only on the run and the task, not on other tasks.
    fn fresh(&self, task: TaskId) -> u64 {
        mix(mix(self.seed, self.run), u64::from(task.0)) | 1 << 63
    }
    /// Sets the priority of a task.
    fn put(&mut self, task: TaskId, priority: u64) {
        self.order.retain(|&(_, other)| other != task);
        let place = self.order.partition_point(|&(other, _)| other > priority);
        self.order.insert(place, (priority, task));
        self.last = None;
    }
    /// The runnable task of highest priority.
    #[inline]
    fn first(&mut self, runnable: &T) -> Option<TaskId> {
        match &self.last {
            Some((task, before)) if runnable.contains(*task) && runnable.is_disjoint(before) => Some(*task),
            _ => self.look(runnable),
        }
    }
    fn look(&mut self, runnable: &T) -> Option<TaskId> {
        let at = self.order.iter().position(|&(_, task)| runnable.contains(task))?;
        let (before, first) = (self.order[..at].iter().map(|&(_, task)| task).collect(), self.order[at].1);
        self.last = Some((first, before));
        Some(first)
    }
    /// Draws the change points of this run and their priorities.
    fn draw(&mut self) {
        let mut dice = Dice::new(mix(self.seed, self.run));
        self.changes.clear();
        let wanted = (self.depth - 1).min(self.length as u32);
        while self.changes.len() < wanted as usize {
            let at = dice.below(self.length as usize) as u64;
            if self.changes.iter().all(|change| change.at != at) {
                // In the order of the draws, which is independent of the positions.
                self.changes.push(Change { at, priority: self.changes.len() as u64 });
            }
        }
        self.changes.sort_unstable_by_key(|change| std::cmp::Reverse(change.at));
        if self.run.is_multiple_of(2) {
            for (priority, change) in self.changes.iter_mut().enumerate() {
                change.priority = priority as u64;
            }
        }
    }
}

impl<T: Tasks> Strategy<T> for Pct<T> {
    fn begin(&mut self) -> bool {
        self.run += 1;
        self.draw();
        for at in 0..self.order.len() {
            self.order[at].0 = self.fresh(self.order[at].1);
        }
        self.order.sort_unstable_by_key(|&(priority, _)| std::cmp::Reverse(priority));
        self.last = None;
        self.number = 0;
        self.run <= self.runs
    }
    #[inline]
    fn choose(&mut self, turn: &Turn<T>) -> Option<TaskId> {
        if !turn.is_choice() {
            return turn.runnable.first();
        }
        for task in turn.runnable.without(&self.met).iter() {
            self.put(task, self.fresh(task));
            self.met.insert(task);
        }
        let number = self.number;
        self.number += 1;
        self.length = self.length.max(self.number);
        let first = self.first(&turn.runnable)?;
        let Some(&change) = self.changes.last().filter(|change| change.at == number) else { return Some(first) };
        self.changes.pop();
        self.put(first, change.priority);
        self.first(&turn.runnable)
    }
    fn took(&mut self, _: u64, task: TaskId, outcome: Outcome) {
        if outcome == Outcome::Ticking {
            self.order.retain(|&(_, other)| other != task);
            self.order.push((0, task));
            self.last = None;
        }
    }
}
