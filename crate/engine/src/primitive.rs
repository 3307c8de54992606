//! The primitives that threads share words and wait with: the standard library's types, or loom's.
//!
//! Everything through which threads of one world communicate goes through this module, so that `--cfg loom` runs the
//! very same code under loom, which explores the interleavings and the stale values that the orderings permit
//! (`src/models/`, `cargo xtask test loom`). What never synchronises anything else (counts of events, findings) stays
//! with `std`: in a model it would only add executions.
//!
//! **The orderings of this crate.** Nothing here needs [`Ordering::SeqCst`] or a fence. Where one side writes
//! word A and then reads word B while the other writes B and then reads A, one of the two words is read by a
//! read-modify-write that changes nothing ([`AtomicU64::fetch_add`] of 0). Then both sides have a
//! read-modify-write of that word, and these have an order: if the reader's is first, the writer acquires from
//! it and sees what the reader did before; if it is second, the reader sees the write. Such places are listed in
//! `docs/architecture.md`.

#[cfg(loom)]
use loom::sync as base;
#[cfg(not(loom))]
use std::sync as base;
use std::sync::PoisonError;

pub use base::MutexGuard;
pub use base::atomic::{AtomicBool, AtomicU32, AtomicU64};
#[cfg(loom)]
pub use loom::{hint::spin_loop, thread::yield_now};
pub use std::sync::atomic::Ordering;
#[cfg(not(loom))]
pub use std::{hint::spin_loop, thread::yield_now};

/// A mutex without poison: the data it guards interrupts no thread, so a panic elsewhere leaves them consistent.
#[derive(Default, Debug)]
pub struct Mutex<T>(base::Mutex<T>);

impl<T> Mutex<T> {
    /// Creates a free mutex around `data`.
    pub fn new(data: T) -> Self {
        Mutex(base::Mutex::new(data))
    }
    /// Acquires the mutex, blocking while another thread holds it.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A condition variable for changes of what a [`Mutex`] guards.
#[derive(Default, Debug)]
pub struct Condvar(base::Condvar);

impl Condvar {
    /// Releases the mutex until notified or woken spuriously; the caller checks its condition again.
    #[inline]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }
    /// Wakes one waiting thread.
    #[inline]
    pub fn notify_one(&self) {
        self.0.notify_one();
    }
    /// Wakes all waiting threads.
    #[inline]
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}
