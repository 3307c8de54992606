//! shuttle: a thread a task.
//!
//! A turn is one operation on one of shuttle's atomics, its cheapest scheduling point, and then
//! the turn of the model: until the next such operation no other thread runs, so that the state
//! itself needs none of shuttle's care.

use super::Search;
use crate::race::{Kernel, State, Task};
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Schedule, Scheduler, TaskId};
use shuttle::sync::atomic::AtomicU64 as Point;
use shuttle::{Config, FailurePersistence, Runner, thread};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// Who decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strategy {
    /// Chance, from a seed.
    Random(u64),
    /// Probabilistic concurrency testing, from a seed and with this many priorities changed.
    Pct(u64, usize),
    /// Depth first.
    Dfs,
}

/// A scheduler that ends the test once something is broken.
struct Until<S> {
    inner: Option<S>,
    broken: Arc<AtomicBool>,
}

impl<S: Scheduler> Scheduler for Until<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        if self.broken.load(Ordering::Relaxed) {
            // Dropped before its last execution it would print that the test had failed.
            std::mem::forget(self.inner.take());
        }
        self.inner.as_mut()?.new_execution()
    }
    fn next_task(
        &mut self,
        runnable: &[&shuttle::scheduler::Task],
        current: Option<TaskId>,
        yielding: bool,
    ) -> Option<TaskId> {
        self.inner.as_mut()?.next_task(runnable, current, yielding)
    }
    fn next_u64(&mut self) -> u64 {
        self.inner.as_mut().map_or(0, Scheduler::next_u64)
    }
}

/// At most `executions` executions; fewer if one of them breaks something.
pub fn search(strategy: Strategy, kernel: Kernel, executions: usize) -> Search {
    match strategy {
        Strategy::Random(seed) => run(RandomScheduler::new_from_seed(seed, executions), kernel, executions),
        Strategy::Pct(seed, depth) => run(PctScheduler::new_from_seed(seed, depth, executions), kernel, executions),
        Strategy::Dfs => run(DfsScheduler::new(Some(executions), false), kernel, executions),
    }
}

fn run(scheduler: impl Scheduler + 'static, kernel: Kernel, limit: usize) -> Search {
    let broken = Arc::new(AtomicBool::new(false));
    let scheduler = Until { inner: Some(scheduler), broken: broken.clone() };
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.silence_warnings = true;
    let found = broken.clone();
    let begun = Instant::now();
    let executions = Runner::new(scheduler, config).run(move || execution(kernel, &broken));
    let (took, found) = (begun.elapsed(), found.load(Ordering::Relaxed));
    Search { executions: executions as u64, states: 0, found, complete: !found && executions < limit, took }
}

fn execution(kernel: Kernel, broken: &Arc<AtomicBool>) {
    let shared = Arc::new((Point::new(0), AtomicU64::new(State::START.0)));
    let task = |task: Task| {
        let (shared, broken) = (shared.clone(), broken.clone());
        thread::spawn(move || {
            let (point, state) = &*shared;
            // The task's own program counter: no other task changes it.
            while State(state.load(Ordering::Relaxed)).can(task) {
                point.fetch_add(1, Ordering::Relaxed);
                let next = State(state.load(Ordering::Relaxed)).step(task, kernel).0;
                state.store(next.0, Ordering::Relaxed);
                if next.broken() {
                    broken.store(true, Ordering::Relaxed);
                }
            }
        })
    };
    // Their handles are dropped: shuttle waits for the threads itself.
    let _ = Task::ALL.map(task);
}
