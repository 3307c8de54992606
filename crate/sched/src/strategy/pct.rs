//! Priorities by chance, lowered at a few places: finds a bug of depth *d* in a run of *k*
//! turns of *n* tasks with a chance of at least 1 / (n · k^(d-1)).
//!
//! S. Burckhardt and others, *A Randomized Scheduler with Probabilistic Guarantees of
//! Finding Bugs*, 2010. The length of a run is learnt from the runs before.

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
    /// Of each task by its number; 0 is none yet. Higher goes first.
    priorities: Vec<u64>,
    /// Turns after which the running task falls behind all others.
    changes: Vec<u64>,
    /// Changes so far: each puts its task below the one before.
    changed: u64,
    /// The longest run so far.
    length: u64,
}

impl Pct {
    /// `runs` runs that look for bugs of this depth, which is at least 1.
    pub fn new(seed: u64, depth: u32, runs: u64) -> Self {
        let (priorities, changes) = (Vec::new(), Vec::new());
        Pct { seed, depth, run: 0, runs, dice: Dice::new(seed), priorities, changes, changed: 0, length: 64 }
    }
    fn priority(&mut self, task: TaskId) -> u64 {
        let at = task.0 as usize;
        if self.priorities.len() <= at {
            self.priorities.resize(at + 1, 0);
        }
        if self.priorities[at] == 0 {
            // Above all that have fallen behind.
            self.priorities[at] = self.dice.roll() | 1 << 63;
        }
        self.priorities[at]
    }
}

impl Strategy for Pct {
    fn begin(&mut self) -> bool {
        self.dice = Dice::new(mix(self.seed, self.run));
        self.run += 1;
        self.priorities.clear();
        self.changed = 0;
        let length = self.length as usize;
        self.changes = (1..self.depth).map(|_| self.dice.below(length) as u64).collect();
        self.run <= self.runs
    }
    fn choose(&mut self, turn: &Turn<'_>) -> Option<usize> {
        self.length = self.length.max(turn.number + 1);
        let first = |pct: &mut Self| (0..turn.runnable.len()).max_by_key(|&at| pct.priority(turn.runnable[at]));
        let at = first(self)?;
        if !self.changes.contains(&turn.number) {
            return Some(at);
        }
        self.changed += 1;
        self.priorities[turn.runnable[at].0 as usize] = u64::from(self.depth) - self.changed + 1;
        first(self)
    }
    fn took(&mut self, _: u64, _: TaskId, _: Outcome) {}
}
