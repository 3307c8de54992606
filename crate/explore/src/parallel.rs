//! Parallel search: several workers on one exhaustive search (rulings R44).
//!
//! The first worker explores as if it were alone, in the order of choices, so the reported finding is the least one
//! with any number of workers. The others explore in the opposite order and skip what any worker has closed; when one
//! of them is done, everything is covered. The caller provides the threads: each calls [`ParallelSearch::work`] with
//! a model of its own.

use crate::budget::Budget;
use crate::exhaustive::{Closed, Exhaustive, Reduction, SharedClosed};
use crate::lock::lock;
use crate::model::{Model, Wanted};
use crate::search::{Search, Stats, Verdict};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Number of turns after which a worker checks the command.
const SLICE: u64 = 20_000;

/// What the workers are to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Command {
    Walk,
    Pause,
    Stop,
}

/// Statistics of one worker, which any thread may read.
#[derive(Default)]
struct WorkerStats {
    executions: AtomicU64,
    steps: AtomicU64,
    states: AtomicU64,
    known: AtomicU64,
    frontier: AtomicU64,
    progress: AtomicU32,
    passed_over: AtomicBool,
}

/// A parallel search: the state that its workers share.
pub struct ParallelSearch {
    closed: Arc<Closed>,
    worker_stats: Vec<WorkerStats>,
    command: Mutex<Command>,
    changed: Condvar,
    verdict: Mutex<Option<Verdict>>,
    budget: Arc<Budget>,
    wanted: Wanted,
}

impl ParallelSearch {
    /// For so many workers, at least one, without bounds.
    pub fn new(workers: usize, wanted: Wanted) -> Self {
        ParallelSearch {
            closed: Arc::default(),
            worker_stats: (0..workers.max(1)).map(|_| WorkerStats::default()).collect(),
            command: Mutex::new(Command::Walk),
            changed: Condvar::new(),
            verdict: Mutex::default(),
            budget: Arc::default(),
            wanted,
        }
    }
    /// Gives up when all together have used up this budget.
    pub fn within(self, budget: impl Into<Arc<Budget>>) -> Self {
        ParallelSearch { budget: budget.into(), ..self }
    }
    /// Number of workers.
    pub fn workers(&self) -> usize {
        self.worker_stats.len()
    }
    /// Runs worker `index`, from 0, until there is a verdict or it is told to stop.
    pub fn work<M: Model>(&self, index: usize, model: &mut M) {
        let shared = SharedClosed::new(self.closed.clone(), index);
        let mut search =
            Exhaustive::new(Reduction::FULL).wanted(self.wanted).within(self.budget.clone()).shared(shared);
        while self.may_go_on() {
            let verdict = search.advance(model, SLICE);
            self.worker_stats[index].show(&Search::<M>::stats(&search));
            match verdict {
                None => {}
                // Only the first worker decides which finding is reported; it will reach one.
                Some(Verdict::Found(_) | Verdict::Bounded(_)) if index > 0 => return,
                Some(verdict) => {
                    self.decide(verdict);
                    return;
                }
            }
        }
    }
    fn decide(&self, verdict: Verdict) {
        let mut decided = lock(&self.verdict);
        match verdict {
            // It invalidates everything that other workers have established.
            Verdict::Unsound(_) => *decided = Some(verdict),
            _ => _ = decided.get_or_insert(verdict),
        }
        drop(decided);
        self.tell(Command::Stop);
    }
    /// Waits during a pause; returns whether to go on.
    fn may_go_on(&self) -> bool {
        let paused = |command: &mut Command| *command == Command::Pause;
        let command = self.changed.wait_while(lock(&self.command), paused).unwrap_or_else(PoisonError::into_inner);
        *command == Command::Walk
    }
    fn tell(&self, command: Command) {
        let mut now = lock(&self.command);
        if *now != Command::Stop {
            *now = command;
        }
        drop(now);
        self.changed.notify_all();
    }
    /// Makes all workers wait.
    pub fn pause(&self) {
        self.tell(Command::Pause);
    }
    /// Lets them go on.
    pub fn resume(&self) {
        self.tell(Command::Walk);
    }
    /// Makes them return, without a verdict unless there is one.
    pub fn stop(&self) {
        self.tell(Command::Stop);
    }
    /// The verdict; `None` before the end, or if the search was stopped.
    pub fn verdict(&self) -> Option<Verdict> {
        lock(&self.verdict).clone()
    }
    /// Sum of the statistics of all workers. Several may have visited the same state.
    pub fn stats(&self) -> Stats {
        let mut sum = Stats::default();
        for board in &self.worker_stats {
            // Relaxed: the numbers are for display. A caller that relies on them has joined all workers first, and
            // each stores its own last.
            let get = |word: &AtomicU64| word.load(Ordering::Relaxed);
            sum.executions += get(&board.executions);
            sum.steps += get(&board.steps);
            sum.states += get(&board.states);
            sum.known += get(&board.known);
            sum.frontier += get(&board.frontier);
            sum.progress += board.progress.load(Ordering::Relaxed);
            sum.passed_over |= board.passed_over.load(Ordering::Relaxed);
        }
        // The workers explore from both ends, so their progress adds up.
        sum.progress = if self.verdict() == Some(Verdict::Complete) { 1_000_000 } else { sum.progress.min(999_999) };
        sum
    }
}

impl WorkerStats {
    fn show(&self, stats: &Stats) {
        self.executions.store(stats.executions, Ordering::Relaxed);
        self.steps.store(stats.steps, Ordering::Relaxed);
        self.states.store(stats.states, Ordering::Relaxed);
        self.known.store(stats.known, Ordering::Relaxed);
        self.frontier.store(stats.frontier, Ordering::Relaxed);
        self.progress.store(stats.progress, Ordering::Relaxed);
        self.passed_over.store(stats.passed_over, Ordering::Relaxed);
    }
}
