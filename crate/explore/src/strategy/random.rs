//! Uniformly random choice among the runnable tasks, the same for the same seed on every platform.

use super::{Strategy, Turn};
use crate::mix;
use crate::task::{TaskId, Tasks};

/// A small random number generator (SplitMix64), seeded, without entropy or anything platform-dependent.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// A generator with this seed.
    pub fn new(seed: u64) -> Self {
        Dice { state: seed }
    }
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state, 0)
    }
    /// A number from 0 to `n` - 1; `n` is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.roll()) * n as u128) >> 64) as usize
    }
}

/// The random strategy: runs 0, 1, 2 … of a seed, each different.
#[derive(Clone, Debug)]
pub struct Random {
    seed: u64,
    run: u64,
    runs: u64,
    dice: Dice,
}

impl Random {
    /// `runs` runs from this seed.
    pub fn new(seed: u64, runs: u64) -> Self {
        Random { seed, run: 0, runs, dice: Dice::new(seed) }
    }
}

impl<T: Tasks> Strategy<T> for Random {
    fn begin(&mut self) -> bool {
        self.dice = Dice::new(mix(self.seed, self.run));
        self.run += 1;
        self.run <= self.runs
    }
    #[inline]
    fn choose(&mut self, turn: &Turn<T>) -> Option<TaskId> {
        turn.runnable.nth(if turn.is_choice() { self.dice.below(turn.runnable.len()) } else { 0 })
    }
}
