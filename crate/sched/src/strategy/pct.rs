//! Priorities by chance, lowered at a few places: finds a bug of depth *d* in a run of *k*
//! turns of *n* tasks with a chance of at least 1 / (n · k^(d-1)).
//!
//! S. Burckhardt and others, *A Randomized Scheduler with Probabilistic Guarantees of
//! Finding Bugs*, 2010. The length of a run, counted in choices, is learnt from the runs before.

use super::random::Dice;
use super::{Strategy, Turn};
use crate::executor::Outcome;
use faultline_engine::env::mix;
use faultline_engine::ids::TaskId;

/// The strategy of this file: runs 0, 1, 2 … of a seed.
#[derive(Clone, Debug)]
pub struct Pct {
    seed: u64,
    depth: u32,
    run: u64,
    runs: u64,
    dice: Dice,
    /// Of each task by its number. Higher goes first.
    priorities: Vec<u64>,
    /// Choices at which who would go on falls behind all others. The place in the list is its
    /// priority from there on, so of those that fell behind any may go first.
    changes: Vec<u64>,
    /// Choices of this run so far, and of the longest so far.
    number: u64,
    length: u64,
}

impl Pct {
    /// `runs` runs that look for bugs of this depth, which is at least 1.
    pub fn new(seed: u64, depth: u32, runs: u64) -> Self {
        let (priorities, changes) = (Vec::new(), Vec::new());
        Pct { seed, depth, run: 0, runs, dice: Dice::new(seed), priorities, changes, number: 0, length: 0 }
    }
    /// Above all that have fallen behind; the same for the same run, whoever else there is.
    fn fresh(&self, at: usize) -> u64 {
        mix(mix(self.seed, self.run), at as u64 + 1) | 1 << 63
    }
    /// The place of the one that goes before all others.
    fn first(&mut self, runnable: &[TaskId]) -> usize {
        let (mut first, mut highest) = (0, 0);
        for (at, &task) in runnable.iter().enumerate() {
            while self.priorities.len() <= task.0 as usize {
                self.priorities.push(self.fresh(self.priorities.len()));
            }
            let priority = self.priorities[task.0 as usize];
            if priority > highest {
                (first, highest) = (at, priority);
            }
        }
        first
    }
}

impl Strategy for Pct {
    fn begin(&mut self) -> bool {
        self.dice = Dice::new(mix(self.seed, self.run));
        self.run += 1;
        for at in 0..self.priorities.len() {
            self.priorities[at] = self.fresh(at);
        }
        self.number = 0;
        self.changes.clear();
        let wanted = (self.depth as usize - 1).min(self.length as usize);
        while self.changes.len() < wanted {
            let at = self.dice.below(self.length as usize) as u64;
            if !self.changes.contains(&at) {
                self.changes.push(at);
            }
        }
        self.run <= self.runs
    }
    fn choose(&mut self, turn: &Turn<'_>) -> Option<usize> {
        if !turn.is_choice() {
            return Some(0);
        }
        let at = self.first(turn.runnable);
        let number = self.number;
        self.number += 1;
        self.length = self.length.max(self.number);
        let Some(change) = self.changes.iter().position(|&place| place == number) else { return Some(at) };
        self.priorities[turn.runnable[at].0 as usize] = change as u64 + 1;
        Some(self.first(turn.runnable))
    }
    fn took(&mut self, _: u64, _: TaskId, _: Outcome) {}
}
