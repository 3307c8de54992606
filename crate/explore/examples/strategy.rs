//! A strategy of one's own: in each run another task starves as long as any other can run.
//!
//! Run it with `cargo run -p faultline-explore --example strategy`.

use faultline_explore::model::{Property, Wanted};
use faultline_explore::sample::Sample;
use faultline_explore::{Model, Search, Strategy, TaskId, TaskSet, Turn, Verdict, mix};

/// Starves task 0 in the first run, task 1 in the second, and so on.
struct Starve {
    tasks: u32,
    next: u32,
    victim: TaskSet,
}

impl Strategy for Starve {
    fn begin(&mut self) -> bool {
        self.victim = TaskSet::of(TaskId(self.next));
        self.next += 1;
        self.next <= self.tasks
    }
    fn choose(&mut self, turn: &Turn) -> Option<TaskId> {
        // Tasks that can run take turns: the one behind the last, or else the first.
        let others = turn.runnable.difference(self.victim);
        let behind = |task: &TaskId| turn.last.is_some_and(|last| *task > last);
        others.iter().find(behind).or(others.first()).or(turn.runnable.first())
    }
}

const LOGGER: usize = 0;
const WORKER: usize = 1;
const WAITER: usize = 2;
/// How often the waiter looks before it gives up.
const PATIENCE: u64 = 3;

/// A worker needs two turns for its result; a waiter looks for it a few times and then gives up; a logger does
/// something else.
#[derive(Default)]
struct Timeout {
    /// Number of turns that each task has taken.
    turns: [u64; 3],
    past: Vec<[u64; 3]>,
    last: usize,
}

impl Timeout {
    fn is_done(&self) -> bool {
        self.turns[WORKER] == 2
    }
}

impl Model for Timeout {
    fn runnable(&self) -> TaskSet {
        let most = [4, 2, if self.is_done() { 0 } else { PATIENCE }];
        (0..3).filter(|&task| self.turns[task] < most[task]).map(|task| TaskId(task as u32)).collect()
    }
    fn step(&mut self, task: TaskId) {
        self.past.push(self.turns);
        self.last = task.0 as usize;
        self.turns[self.last] += 1;
    }
    fn back(&mut self) {
        self.turns = self.past.pop().unwrap_or_default();
    }
    fn state(&self) -> u64 {
        self.turns.into_iter().fold(0, mix)
    }
    fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
        // Word 0 is the result.
        if self.last != LOGGER {
            touched(0, self.last == WORKER);
        }
    }
    fn broken(&self, wanted: Wanted) -> Option<Property> {
        let gave_up = Property { kind: 0, which: 0 };
        (self.turns[WAITER] == PATIENCE && wanted.is(gave_up)).then_some(gave_up)
    }
}

fn main() {
    let starve = Starve { tasks: 3, next: 0, victim: TaskSet::NONE };
    let mut search = Sample::new(starve, u64::MAX);
    let verdict = search.advance(&mut Timeout::default(), u64::MAX);
    let played = Search::<Timeout>::stats(&search).executions;
    match verdict {
        Some(Verdict::Found(found)) => {
            println!("the waiter gives up in run {}, after {} turns: {}", played + 1, found.turns, found.choices)
        }
        verdict => println!("the waiter never gives up: {verdict:?}"),
    }
}
