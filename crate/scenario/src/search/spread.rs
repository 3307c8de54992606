//! Independent searches, spread over threads.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Calls `one` for each item, on up to `workers` threads at a time, until `stop` returns true, which is asked before
/// each item. Returns the results in the order of the items. A panic of `one` is passed on to the caller.
pub fn spread<I: Sync, T: Send>(
    items: &[I],
    workers: usize,
    stop: impl Fn() -> bool + Sync,
    one: impl Fn(&I) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        while !stop() {
            // Relaxed: each item has its own number, and the results come by joining the thread.
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            results.push((at, one(item)));
        }
        results
    };
    let mut results = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.clamp(1, items.len().max(1))).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.flatten().collect::<Vec<_>>()
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_with_any_number_of_workers() {
        let items: Vec<u32> = (0..100).collect();
        for workers in [0, 1, 3, 200] {
            assert_eq!(spread(&items, workers, || false, |item| item * 2), (0..100).map(|n| n * 2).collect::<Vec<_>>());
        }
        assert!(spread::<u32, u32>(&[], 2, || false, |item| *item).is_empty());
    }

    #[test]
    fn no_item_is_begun_after_the_stop() {
        let begun = AtomicUsize::new(0);
        let stop = || begun.load(Ordering::Relaxed) == 5;
        let results = spread(&[0; 100], 1, stop, |_| begun.fetch_add(1, Ordering::Relaxed));
        assert_eq!(results, [0, 1, 2, 3, 4]);
    }
}
