//! A row of things that grows without moving any: indices stay good, and so do references.
//!
//! Segments double in size, and each is made when an index in it is first used, so finding a thing takes no lock and
//! costs a logarithm.

use std::sync::OnceLock;

/// Segments that a row may have: with the smallest first one, of 8, they hold every index of 32 bits.
const SEGMENTS: usize = 29;

/// Things numbered from 0; the first segment holds `FIRST` of them, a power of two of at least 8.
pub(crate) struct Segments<T, const FIRST: usize>([OnceLock<Box<[T]>>; SEGMENTS]);

impl<T, const FIRST: usize> Segments<T, FIRST> {
    /// A row of which nothing is made yet.
    pub(crate) fn new() -> Self {
        const { assert!(FIRST.is_power_of_two() && FIRST >= 8) };
        Segments([const { OnceLock::new() }; SEGMENTS])
    }
    /// The thing at `index`, made by `make` from its index, with its whole segment, if it is the first there.
    #[inline]
    pub(crate) fn get(&self, index: u32, make: impl Fn(u32) -> T) -> &T {
        let n = index as usize + FIRST;
        let segment = (n.ilog2() - FIRST.ilog2()) as usize;
        let len = FIRST << segment;
        let made = || (0..len).map(|i| make((len - FIRST + i) as u32)).collect();
        &self.0[segment].get_or_init(made)[n - len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn every_index_has_a_thing_of_its_own_and_it_is_made_once() {
        let made = Cell::new(0);
        let row = Segments::<u32, 8>::new();
        let get = |index| {
            row.get(index, |index| {
                made.set(made.get() + 1);
                index * 3
            })
        };
        let first: Vec<*const u32> = (0..200).rev().map(|i| std::ptr::from_ref(get(i))).collect();
        assert_eq!(made.get(), 8 + 16 + 32 + 64 + 128);
        assert!((0..200).all(|i| *get(i) == i * 3 && std::ptr::from_ref(get(i)) == first[199 - i as usize]));
        assert_eq!(made.get(), 248, "nothing is made again");
    }
}
