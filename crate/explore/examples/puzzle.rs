//! An old puzzle: two tasks add 1 to a counter five times each, and load and store it in two turns. It can end at 10.
//! What is the least value at which it can end?
//!
//! Run it with `cargo run -p faultline-explore --example puzzle`.

use faultline_explore::bounded::Bounded;
use faultline_explore::model::{Property, Wanted};
use faultline_explore::strategy::replay::Replay;
use faultline_explore::{Choices, Model, Search, Strategy, TaskId, TaskSet, Turn, Verdict, mix};

const TASKS: u32 = 2;
const ADDITIONS: u64 = 5;

#[derive(Clone, Copy, Default)]
struct State {
    counter: u64,
    /// For each task the value that it has loaded, and how many turns it has taken.
    loaded: [u64; TASKS as usize],
    turns: [u64; TASKS as usize],
    /// Whether the last turn stored the counter.
    stored: bool,
}

#[derive(Default)]
struct Puzzle {
    now: State,
    past: Vec<State>,
}

/// The property that is violated if the counter ends at `value`: it is what the search looks for.
fn ends_at(value: u64) -> Property {
    Property { kind: 0, which: value }
}

impl Model for Puzzle {
    fn runnable(&self) -> TaskSet {
        (0..TASKS).filter(|&task| self.now.turns[task as usize] < 2 * ADDITIONS).map(TaskId).collect()
    }
    fn step(&mut self, task: TaskId) {
        let task = task.0 as usize;
        self.past.push(self.now);
        let now = &mut self.now;
        now.stored = now.turns[task] % 2 == 1;
        if now.stored {
            now.counter = now.loaded[task] + 1;
            // The value is dead, so states that differ in it alone are the same.
            now.loaded[task] = 0;
        } else {
            now.loaded[task] = now.counter;
        }
        now.turns[task] += 1;
    }
    fn back(&mut self) {
        self.now = self.past.pop().unwrap_or_default();
    }
    fn state(&self) -> u64 {
        self.now.loaded.iter().chain(&self.now.turns).copied().fold(self.now.counter, mix)
    }
    fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
        touched(0, self.now.stored);
    }
    fn broken(&self, wanted: Wanted) -> Option<Property> {
        let end = ends_at(self.now.counter);
        (self.runnable().is_empty() && wanted.is(end)).then_some(end)
    }
}

/// Plays a schedule and returns the value at which each task loads and stores, in order.
fn played(choices: &Choices) -> Vec<String> {
    let (mut puzzle, mut replay) = (Puzzle::default(), Replay::new(choices.clone()));
    let (mut number, mut last, mut told) = (0, None, Vec::new());
    while let Some(task) = {
        let runnable = puzzle.runnable();
        if runnable.is_empty() { None } else { replay.choose(&Turn { number, runnable, last }) }
    } {
        puzzle.step(task);
        let verb = if puzzle.now.stored { "stores" } else { "loads" };
        told.push(format!("{} {verb} {}", if task.0 == 0 { "A" } else { "B" }, puzzle.now.counter));
        (number, last) = (number + 1, Some(task));
    }
    told
}

fn main() {
    for value in 0..=ADDITIONS * u64::from(TASKS) {
        // Of all schedules that end there one with the fewest preemptions.
        let mut search = Bounded::new(u32::MAX).wanted(Wanted::This(ends_at(value)));
        match search.advance(&mut Puzzle::default(), u64::MAX) {
            Some(Verdict::Found(found)) => {
                println!("{value:2}: by {}, preemptions: {}", found.choices, found.preemptions);
                if value == 2 {
                    println!("    {}", played(&found.choices).join(", "));
                }
            }
            verdict => println!("{value:2}: no schedule ends there ({verdict:?})"),
        }
    }
}
