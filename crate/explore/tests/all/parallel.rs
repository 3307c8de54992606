//! The verdict and the schedule do not depend on the number of workers (rulings R44); and a parallel search pauses,
//! resumes and stops when it is told to.

use crate::puzzle::{self, Op, Puzzle};
use crate::verdict::{alone, parallel};
use faultline_explore::bounded::Bounded;
use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::model::{Model, Property, Wanted};
use faultline_explore::parallel::ParallelSearch;
use faultline_explore::{Bound, Budget, Search, TaskId, TaskSet, Verdict};
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn any_number_of_workers_has_one_verdict_on_cyclic_models(programs in puzzle::programs()) {
        let make = || Puzzle::stopping(&programs);
        let verdict = alone(make());
        for workers in 1..=3 {
            prop_assert_eq!(parallel(workers, make), verdict.clone(), "{} workers", workers);
        }
    }
}

/// Some hundred thousand turns of search.
fn large() -> Vec<puzzle::Program> {
    (0..6).map(|task| (0..4).map(|_| Op::Add(task % puzzle::WORDS, 1)).collect()).collect()
}

#[test]
fn any_number_of_workers_has_one_verdict_on_a_large_model() {
    let verdict = alone(Puzzle::stopping(&large()));
    assert_eq!(verdict, Some(Verdict::Complete));
    for workers in 1..=3 {
        assert_eq!(parallel(workers, || Puzzle::stopping(&large())), verdict);
    }
}

#[test]
fn a_parallel_search_is_bounded_by_its_states() {
    for workers in 1..=4 {
        let parallel = ParallelSearch::new(workers, Wanted::Any).within(Budget::default().states(100));
        worked(&parallel);
        assert_eq!(parallel.verdict(), Some(Verdict::Bounded(Bound::States(100))));
        assert_eq!(parallel.stats().states, 100, "{workers} workers together");
    }
}

#[test]
fn a_parallel_search_is_bounded_by_its_memory() {
    for workers in 1..=4 {
        let parallel = ParallelSearch::new(workers, Wanted::Any).within(Budget::default().memory(200_000));
        worked(&parallel);
        assert_eq!(parallel.verdict(), Some(Verdict::Bounded(Bound::Memory(200_000))), "{workers} workers");
        // A state takes some forty bytes, and a table twice that while it grows.
        assert!(
            parallel.stats().states < workers as u64 * 200_000 / 40,
            "{} states of {workers} workers together",
            parallel.stats().states
        );
    }
    let enough = ParallelSearch::new(2, Wanted::Any).within(Budget::default().memory(1 << 30));
    worked(&enough);
    assert_eq!(enough.verdict(), Some(Verdict::Complete));
}

#[test]
fn preemption_bounding_and_a_deep_path_are_bounded_by_memory() {
    let bounded =
        Bounded::new(u32::MAX).within(Budget::default().memory(200_000)).advance(&mut Puzzle::new(&large()), u64::MAX);
    assert_eq!(bounded, Some(Verdict::Bounded(Bound::Memory(200_000))));
    // Without states nothing ends it but what it takes to come back.
    let endless =
        Exhaustive::new(Reduction::NONE).within(Budget::default().memory(1 << 20)).advance(&mut Endless(0), u64::MAX);
    assert_eq!(endless, Some(Verdict::Bounded(Bound::Memory(1 << 20))));
}

/// A task that goes on for ever, each time to another state.
struct Endless(u64);

impl Model for Endless {
    fn runnable(&self) -> TaskSet {
        TaskSet::of(TaskId(1))
    }
    fn step(&mut self, _: TaskId) {
        self.0 += 1;
    }
    fn back(&mut self) {
        self.0 -= 1;
    }
    fn state(&self) -> u64 {
        self.0
    }
    fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
        touched(0, true);
    }
    fn broken(&self, _: Wanted) -> Option<Property> {
        None
    }
}

/// All of a crew walk through the same large model.
fn worked(parallel: &ParallelSearch) {
    thread::scope(|scope| {
        for index in 0..parallel.workers() {
            scope.spawn(move || parallel.work(index, &mut Puzzle::stopping(&large())));
        }
    });
}

/// A model that signals when it has taken a given number of turns.
struct Telling<'a> {
    puzzle: Puzzle,
    turns: &'a AtomicU64,
    at: u64,
    tell: Sender<()>,
    pause: &'a ParallelSearch,
}

impl Model for Telling<'_> {
    fn runnable(&self) -> TaskSet {
        self.puzzle.runnable()
    }
    fn step(&mut self, task: TaskId) {
        if self.turns.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            self.pause.pause();
            self.tell.send(()).unwrap();
        }
        self.puzzle.step(task);
    }
    fn back(&mut self) {
        self.puzzle.back();
    }
    fn state(&self) -> u64 {
        self.puzzle.state()
    }
    fn accesses(&self, touched: impl FnMut(u64, bool)) {
        self.puzzle.accesses(touched);
    }
    fn broken(&self, wanted: Wanted) -> Option<Property> {
        self.puzzle.broken(wanted)
    }
}

/// Pauses a parallel search of one worker at its tenth turn and calls `then`. Returns the verdict, and the number of
/// turns taken when `then` was over.
fn interrupted(then: impl FnOnce(&ParallelSearch, &AtomicU64)) -> (Option<Verdict>, u64) {
    let parallel = ParallelSearch::new(1, Wanted::Any);
    let turns = AtomicU64::new(0);
    let (tell, told) = channel();
    thread::scope(|scope| {
        let mut model = Telling { puzzle: Puzzle::new(&large()), turns: &turns, at: 10, tell, pause: &parallel };
        let work = &parallel;
        let worker = scope.spawn(move || work.work(0, &mut model));
        told.recv().unwrap();
        // The worker comes to the end of its slice and waits, however often its statistics are read.
        let mut seen = (0, 0);
        while seen.1 < 200 && !worker.is_finished() {
            let now = parallel.stats().steps;
            seen = if now > 0 && now == seen.0 { (now, seen.1 + 1) } else { (now, 0) };
            thread::yield_now();
        }
        assert!(!worker.is_finished() && parallel.verdict().is_none());
        then(&parallel, &turns);
    });
    (parallel.verdict(), turns.load(Ordering::SeqCst))
}

#[test]
fn a_paused_parallel_search_resumes_to_the_same_verdict() {
    let mut waited = 0;
    let (verdict, turns) = interrupted(|parallel, turns| {
        waited = turns.load(Ordering::SeqCst);
        parallel.resume();
    });
    assert_eq!(verdict, Some(Verdict::Complete));
    assert!(waited < turns, "{waited} of {turns}");
}

#[test]
fn a_stopped_parallel_search_has_no_verdict() {
    let (verdict, turns) = interrupted(|parallel, _| parallel.stop());
    assert_eq!(verdict, None);
    assert!(turns > 0);
}

#[test]
fn a_stopped_parallel_search_cannot_be_resumed() {
    let parallel = ParallelSearch::new(2, Wanted::Any);
    parallel.stop();
    parallel.resume();
    parallel.work(0, &mut Puzzle::new(&large()));
    assert_eq!((parallel.verdict(), parallel.stats().steps), (None, 0));
}
