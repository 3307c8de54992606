//! The words of a world, by number: an array that grows and never moves.

use super::super::{Kind, Place};
use std::cell::{Cell, OnceCell};

/// Words of the first segment: small worlds have no more.
const FIRST: usize = 8192;
const SEGMENTS: usize = 18;

/// A word, and what digests need to know of it.
pub(super) struct Word {
    pub value: Cell<u64>,
    /// What it adds to its container's sum.
    pub share: Cell<u64>,
    /// The turn that touched it last, twice, and whether that one wrote it.
    pub touched: Cell<u64>,
    pub place: Cell<Place>,
    pub refers: Cell<Option<Kind>>,
}

impl Word {
    fn new() -> Self {
        let zero = || Cell::new(0);
        Word {
            value: zero(),
            share: zero(),
            touched: zero(),
            place: Cell::new(Place::NOWHERE),
            refers: Cell::new(None),
        }
    }
}

pub(super) struct Arena {
    first: Box<[Word]>,
    /// Each twice as long as the one before, from the second on.
    segments: [OnceCell<Box<[Word]>>; SEGMENTS],
    used: Cell<u32>,
}

fn segment(words: usize) -> Box<[Word]> {
    (0..words).map(|_| Word::new()).collect()
}

impl Default for Arena {
    fn default() -> Self {
        Arena { first: segment(FIRST), segments: Default::default(), used: Cell::default() }
    }
}

impl Arena {
    /// The word with this number.
    #[inline]
    pub fn get(&self, index: u32) -> &Word {
        match self.first.get(index as usize) {
            Some(word) => word,
            None => self.further(index),
        }
    }
    #[cold]
    fn further(&self, index: u32) -> &Word {
        let n = index as usize + FIRST;
        let at = (n.ilog2() - FIRST.ilog2()) as usize;
        &self.segments[at].get_or_init(|| segment(FIRST << at))[n - (FIRST << at)]
    }
    /// One more word.
    pub fn add(&self, value: u64, share: u64, place: Place, refers: Option<Kind>) -> u32 {
        let index = self.used.replace(self.used.get() + 1);
        let word = self.get(index);
        word.value.set(value);
        word.share.set(share);
        word.place.set(place);
        word.refers.set(refers);
        index
    }
}
