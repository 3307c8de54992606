//! Faultline's own explorer, on the model as a plain state machine (rulings R45).

use super::Search as Did;
use crate::race::{Kernel, Seen, State, Task, Word};
use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::model::{Model, Property, Wanted};
use faultline_explore::sample::Sample;
use faultline_explore::strategy::pct::Pct;
use faultline_explore::strategy::random::Random;
use faultline_explore::{Search, Strategy, TaskId, TaskSet, Verdict};
use std::time::Instant;

/// Turns between two looks at the verdict.
const STRETCH: u64 = 1 << 20;

/// The model, and the states it has come through.
pub struct Race {
    kernel: Kernel,
    state: State,
    seen: Seen,
    trail: Vec<(State, Seen)>,
}

impl Race {
    /// At its beginning, with these tasks.
    pub fn new(kernel: Kernel, tasks: &[Task]) -> Self {
        Race { kernel, state: State::start(tasks), seen: Seen::default(), trail: Vec::with_capacity(64) }
    }
}

impl Model for Race {
    fn runnable(&self) -> TaskSet {
        TaskSet(self.state.all_that_can())
    }
    fn step(&mut self, task: TaskId) {
        self.trail.push((self.state, self.seen));
        (self.state, self.seen) = self.state.step(Task::ALL[task.0 as usize], self.kernel);
    }
    fn back(&mut self) {
        if let Some(before) = self.trail.pop() {
            (self.state, self.seen) = before;
        }
    }
    fn state(&self) -> u64 {
        // The bits of a state spread over the whole number, one to one: maps take it as a hash.
        self.state.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
    fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
        let touches = self.seen.read | self.seen.written;
        for word in Word::ALL.into_iter().map(|word| word as u64).filter(|word| touches >> word & 1 != 0) {
            touched(word, self.seen.written >> word & 1 != 0);
        }
    }
    fn broken(&self, wanted: Wanted) -> Option<Property> {
        let broken = Property { kind: 0, which: 1 };
        (self.state.broken() && wanted.is(broken)).then_some(broken)
    }
}

/// Searches everything, or until something is broken.
pub fn exhaustive(kernel: Kernel, tasks: &[Task], reduction: Reduction) -> Did {
    run(&mut Exhaustive::new(reduction), &mut Race::new(kernel, tasks))
}
/// At most `runs` random runs.
pub fn random(kernel: Kernel, seed: u64, runs: u64) -> Did {
    sample(Random::new(seed, runs), kernel, runs)
}
/// At most `runs` runs by priorities that change `depth` - 1 times.
pub fn pct(kernel: Kernel, seed: u64, depth: u32, runs: u64) -> Did {
    sample(Pct::new(seed, depth, runs), kernel, runs)
}

fn sample(strategy: impl Strategy, kernel: Kernel, runs: u64) -> Did {
    run(&mut Sample::new(strategy, runs), &mut Race::new(kernel, &Task::ALL))
}

/// A search of any model, to its verdict.
pub fn run<M: Model>(search: &mut (impl Search<M> + ?Sized), model: &mut M) -> Did {
    let begun = Instant::now();
    let verdict = loop {
        if let Some(verdict) = search.advance(model, STRETCH) {
            break verdict;
        }
    };
    let (took, stats) = (begun.elapsed(), search.stats());
    // The run that breaks something does not come to its end.
    let found = matches!(verdict, Verdict::Found(_));
    let executions = stats.executions + u64::from(found);
    Did { executions, states: stats.states, found, complete: verdict == Verdict::Complete, took }
}
