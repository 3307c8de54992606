//! One search, by one worker or by several.

use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::model::{Model, Wanted};
use faultline_explore::parallel::ParallelSearch;
use faultline_explore::{Search, Verdict};
use std::thread;

/// Runs `workers` workers, each with a model of its own.
pub fn parallel<M: Model>(workers: usize, make: impl Fn() -> M + Sync) -> Option<Verdict> {
    let parallel = ParallelSearch::new(workers, Wanted::Any);
    assert_eq!(parallel.workers(), workers);
    thread::scope(|scope| {
        for index in 0..workers {
            let (parallel, make) = (&parallel, &make);
            scope.spawn(move || parallel.work(index, &mut make()));
        }
    });
    parallel.verdict()
}

/// Searches by itself.
pub fn alone<M: Model>(mut model: M) -> Option<Verdict> {
    Exhaustive::new(Reduction::FULL).advance(&mut model, u64::MAX)
}
