//! Several workers at one exhaustive search (rulings R44).
//!
//! The first walks as if it were alone, in the order of choices, so what is reported is the
//! least finding however many help. The others walk from the other end and believe what
//! anybody has closed; when one of them has come through, everything is covered. The
//! caller brings the threads: each calls [`ParallelSearch::work`] with a model of its own.

use super::exhaustive::{Closed, Exhaustive, Reduction, SharedClosed};
use super::model::{Model, Wanted};
use super::{Search, Stats, Verdict};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Turns between two looks at what the others say.
const SLICE: u64 = 20_000;

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Command {
    Walk,
    Pause,
    Stop,
}

/// Counts of one worker, read by anybody.
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

/// What the workers share.
pub struct ParallelSearch {
    closed: Arc<Closed>,
    worker_stats: Vec<WorkerStats>,
    command: Mutex<Command>,
    changed: Condvar,
    verdict: Mutex<Option<Verdict>>,
    limit: u64,
    wanted: Wanted,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ParallelSearch {
    /// For so many workers, at least one. The search gives up after `limit` states of one.
    pub fn new(workers: usize, limit: u64, wanted: Wanted) -> Self {
        ParallelSearch {
            closed: Arc::default(),
            worker_stats: (0..workers.max(1)).map(|_| WorkerStats::default()).collect(),
            command: Mutex::new(Command::Walk),
            changed: Condvar::new(),
            verdict: Mutex::default(),
            limit,
            wanted,
        }
    }
    /// How many workers it is for.
    pub fn workers(&self) -> usize {
        self.worker_stats.len()
    }
    /// Worker `index`, from 0, walks until there is a verdict or it is told to stop.
    pub fn work<M: Model>(&self, index: usize, model: &mut M) {
        let shared = SharedClosed::new(self.closed.clone(), index);
        let mut search = Exhaustive::new(Reduction::FULL).wanted(self.wanted).limit(self.limit).shared(shared);
        while self.may_go_on() {
            let verdict = search.advance(model, SLICE);
            self.worker_stats[index].show(&Search::<M>::stats(&search));
            match verdict {
                None => {}
                // Only the first says which finding it is; it will come to one.
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
            // It takes everything back that others have established.
            Verdict::Unsound(_) => *decided = Some(verdict),
            _ => _ = decided.get_or_insert(verdict),
        }
        drop(decided);
        self.tell(Command::Stop);
    }
    /// Waits while there is a pause.
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
    /// All workers wait.
    pub fn pause(&self) {
        self.tell(Command::Pause);
    }
    /// They go on.
    pub fn resume(&self) {
        self.tell(Command::Walk);
    }
    /// They come back without a verdict, unless there is one.
    pub fn stop(&self) {
        self.tell(Command::Stop);
    }
    /// What was established; nothing before the end, or if it was stopped.
    pub fn verdict(&self) -> Option<Verdict> {
        lock(&self.verdict).clone()
    }
    /// What all have done so far. Several may have met the same state.
    pub fn stats(&self) -> Stats {
        let mut sum = Stats::default();
        for board in &self.worker_stats {
            // Relaxed: numbers to look at. Whoever goes by them has waited for all workers to come back, and each
            // shows its own last.
            let get = |word: &AtomicU64| word.load(Ordering::Relaxed);
            sum.executions += get(&board.executions);
            sum.steps += get(&board.steps);
            sum.states += get(&board.states);
            sum.known += get(&board.known);
            sum.frontier += get(&board.frontier);
            sum.progress += board.progress.load(Ordering::Relaxed);
            sum.passed_over |= board.passed_over.load(Ordering::Relaxed);
        }
        // They walk towards each other.
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
