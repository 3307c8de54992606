//! loom: a thread a task, the reader on the first thread, since loom allows five.
//!
//! A turn is one read-modify-write of one of loom's atomics and then the turn of the model, as
//! for shuttle. loom explores by running again and again and keeps no states: the whole model is
//! out of its reach, so it also gets one with two tasks, which it can finish.

use super::Search;
use crate::race::{Kernel, State, Task};
use loom::sync::atomic::AtomicUsize as Point;
use loom::thread;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The tasks of the model that loom can finish.
pub const SMALL: [Task; 2] = [Task::B, Task::K];

/// Executions between two looks at the clock.
const PATIENCE: usize = 64;

/// Searches with these tasks for at most `limit`, with at most so many preemptions.
pub fn search(tasks: &'static [Task], kernel: Kernel, preemptions: Option<usize>, limit: Duration) -> Search {
    let executions = Arc::new(AtomicU64::new(0));
    let broken = Arc::new(AtomicBool::new(false));
    let mut model = loom::model::Builder::new();
    model.checkpoint_interval = PATIENCE;
    model.max_duration = Some(limit);
    model.preemption_bound = preemptions;
    let (count, found) = (executions.clone(), broken.clone());
    let begun = Instant::now();
    model.check(move || {
        count.fetch_add(1, Ordering::Relaxed);
        execution(tasks, kernel, &found);
    });
    let took = begun.elapsed();
    let (executions, found) = (executions.load(Ordering::Relaxed), broken.load(Ordering::Relaxed));
    Search { executions, states: 0, found, complete: took < limit, took }
}

fn execution(tasks: &'static [Task], kernel: Kernel, broken: &Arc<AtomicBool>) {
    let shared = Arc::new((Point::new(0), AtomicU64::new(State::start(tasks).0)));
    let program = |task: Task| {
        let (shared, broken) = (shared.clone(), broken.clone());
        move || {
            let (point, state) = &*shared;
            while State(state.load(Ordering::Relaxed)).can(task) {
                point.fetch_add(1, Ordering::Relaxed);
                let next = State(state.load(Ordering::Relaxed)).step(task, kernel).0;
                state.store(next.0, Ordering::Relaxed);
                if next.broken() {
                    broken.store(true, Ordering::Relaxed);
                }
            }
        }
    };
    let Some((&last, others)) = tasks.split_last() else { return };
    for &task in others {
        thread::spawn(program(task));
    }
    program(last)();
}
