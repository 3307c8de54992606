//! Words: one number each.

use crate::word::{Kind, Place};

/// Storage of words, and access to those that a lock protects.
///
/// A word is made once, at a [`Place`], and is never given back. The environment decides what it is: an index into the
/// array of all words (*stepped*), or an atomic number (*threads*). A task that reads or writes one here holds its
/// lock, so nothing is ordered by the access itself; checkers read words without a lock, and without a trace.
pub trait Words {
    /// Storage of one word.
    type Raw;

    /// Creates a word at `place` that holds `init`; `refers` is the kind of container its value refers to.
    fn word(&self, init: u64, place: Place, refers: Option<Kind>) -> Self::Raw;

    /// Reads a word that a lock protects.
    fn read(&self, raw: &Self::Raw) -> u64;
    /// Writes a word that a lock protects.
    fn write(&self, raw: &Self::Raw, value: u64);
    /// Reads without declaring an access: for checkers, events and views.
    fn peek(&self, raw: &Self::Raw) -> u64;
    /// Adds to a bookkeeping word that only checkers read. A no-op in threads mode.
    fn note(&self, raw: &Self::Raw, delta: i64);
}

/// Words that tasks share without a lock.
///
/// Each access is atomic, and a task that reads what another stored here sees what the other did before the store.
/// The words of locks are of this sort, and so is what a routine looks at before it takes a lock.
pub trait Atomics: Words {
    /// Atomic load, acquire.
    fn load(&self, raw: &Self::Raw) -> u64;
    /// Atomic store, release.
    fn store(&self, raw: &Self::Raw, value: u64);
    /// Atomic exchange, acquire and release; returns the previous value.
    fn swap(&self, raw: &Self::Raw, value: u64) -> u64;
    /// Atomic compare-and-swap, acquire and release; on failure returns the present value.
    fn cas(&self, raw: &Self::Raw, old: u64, new: u64) -> Result<(), u64>;
    /// Atomic addition (wrapping), acquire and release; returns the previous value.
    fn add(&self, raw: &Self::Raw, delta: u64) -> u64;
    /// Atomic load that takes part in the order of the word's read-modify-writes. The caller has changed something
    /// else; another task changes this word by a read-modify-write and then reads that something. Either this load
    /// returns the other task's change, or the other task sees the caller's (`crate::primitive`).
    #[inline]
    fn load_last(&self, raw: &Self::Raw) -> u64 {
        self.load(raw)
    }
}
