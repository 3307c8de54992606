//! Progress of a replay, as plain numbers that other threads can read while it runs.

use faultline_engine::event::Counters;
use std::sync::atomic::{AtomicU32, Ordering};

/// The words of a [`Progress`], by index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Word {
    /// Recorded events performed.
    Events = 0,
    /// Total number of recorded events.
    EventsInAll,
    /// Faults taken.
    Faults,
    /// Faults where only the mapping was missing.
    Soft,
    /// Faults resolved with a fresh zero page.
    ZeroFill,
    /// Faults resolved by a copy.
    CowCopy,
    /// Faults resolved by moving a page up.
    CowRename,
    /// Faults resolved by a pager.
    Pager,
    /// Faults that a present translation caused.
    Protection,
    /// Collapses done.
    Collapses,
    /// Bypasses done.
    Bypasses,
    /// Pages that a collapse moved up.
    RenamesInCollapse,
    /// Objects split.
    Splits,
    /// The longest chain that a fault met.
    MaxChain,
    /// Frames that are not free.
    Frames,
    /// Total number of frames.
    FramesInAll,
    /// Objects in use.
    Objects,
    /// Address spaces in use.
    Spaces,
    /// Findings.
    Findings,
    /// Checks of the whole world.
    Checks,
    /// 1 when the replay is over.
    Done,
    /// Faults by length of their chain: this word counts those of length 1, the next
    /// length 2, …, the last one 16 and more.
    Chains,
}

/// Number of words of a [`Progress`].
pub const WORDS: usize = Word::Chains as usize + 16;

/// The numbers. Counts are modulo 2³².
///
/// Every access is relaxed: the numbers are for display, and each is correct by itself.
///
/// It is one array of `u32`, so a page can view it as a `Uint32Array` on shared memory, at [`Progress::as_ptr`].
#[repr(C, align(64))]
pub struct Progress {
    words: [AtomicU32; WORDS],
}

impl Default for Progress {
    fn default() -> Self {
        Progress { words: [const { AtomicU32::new(0) }; WORDS] }
    }
}

impl Progress {
    /// One number.
    pub fn get(&self, word: Word) -> u32 {
        self.words[word as usize].load(Ordering::Relaxed)
    }
    /// All numbers.
    pub fn all(&self) -> [u32; WORDS] {
        std::array::from_fn(|at| self.words[at].load(Ordering::Relaxed))
    }
    /// Address of the [`WORDS`] words, for a view on shared memory.
    pub fn as_ptr(&self) -> *const u32 {
        self.words.as_ptr().cast()
    }
    pub(super) fn set(&self, word: Word, value: impl TryInto<u32>) {
        self.words[word as usize].store(value.try_into().unwrap_or(u32::MAX), Ordering::Relaxed);
    }
    pub(super) fn add(&self, word: Word, delta: u32) -> u32 {
        self.words[word as usize].fetch_add(delta, Ordering::Relaxed).wrapping_add(delta)
    }
    pub(super) fn take(&self, counters: &Counters) {
        let counts = [
            (Word::Faults, counters.faults_resolved()),
            (Word::Soft, counters.soft),
            (Word::ZeroFill, counters.zero_fill),
            (Word::CowCopy, counters.cow_copy),
            (Word::CowRename, counters.cow_rename),
            (Word::Pager, counters.pager),
            (Word::Protection, counters.protection),
            (Word::Collapses, counters.collapses),
            (Word::Bypasses, counters.bypasses),
            (Word::RenamesInCollapse, counters.renames_in_collapse),
            (Word::Splits, counters.splits),
            (Word::MaxChain, counters.max_chain),
        ];
        for (word, count) in counts {
            self.set(word, count as u32);
        }
        for (at, &count) in counters.chains.iter().enumerate() {
            self.words[Word::Chains as usize + at].store(count as u32, Ordering::Relaxed);
        }
    }
}
