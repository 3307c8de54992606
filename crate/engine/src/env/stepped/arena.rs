//! The words of a world, by number: an array that grows and never moves.

use super::super::{Kind, Place};
use std::cell::{Cell, OnceCell};

const FIRST: usize = 1024;
const SEGMENTS: usize = 22;

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

#[derive(Default)]
pub(super) struct Arena {
    /// Each twice as long as the one before.
    segments: [OnceCell<Box<[Word]>>; SEGMENTS],
    used: Cell<u32>,
}

fn place(index: u32) -> (usize, usize) {
    let n = index as usize + FIRST;
    let segment = (n.ilog2() - FIRST.ilog2()) as usize;
    (segment, n - (FIRST << segment))
}

impl Arena {
    /// The word with this number.
    #[inline]
    pub fn get(&self, index: u32) -> &Word {
        let (segment, offset) = place(index);
        &self.segments[segment].get_or_init(|| (0..FIRST << segment).map(|_| Word::new()).collect())[offset]
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
