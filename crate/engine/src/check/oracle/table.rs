//! A table that grows and never moves its slots, so that finding a slot takes no lock.

use crate::primitive::{AtomicU32, Ordering};
use crate::segments::Segments;

/// Slots by number, created at first use.
pub(super) struct Table<T> {
    slots: Segments<T, 8>,
    used: AtomicU32,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { slots: Segments::new(), used: AtomicU32::new(0) }
    }
}

impl<T: Default> Table<T> {
    /// Slot `index`.
    pub(super) fn get(&self, index: u32) -> &T {
        let slot = self.slots.get(index, |_| T::default());
        // Relaxed, here and below: a bound for iterations over all slots while no other thread runs; the slots
        // themselves are published by their segment.
        if index >= self.used.load(Ordering::Relaxed) {
            self.used.fetch_max(index + 1, Ordering::Relaxed);
        }
        slot
    }
    /// Slots that were ever accessed, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..self.used.load(Ordering::Relaxed)).map(|i| (i, self.get(i)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stay_apart() {
        let table: Table<AtomicU32> = Table::default();
        for i in (0..200).rev() {
            table.get(i).store(i + 1, Ordering::Relaxed);
        }
        let seen: Vec<u32> = table.iter().map(|(_, c)| c.load(Ordering::Relaxed)).collect();
        assert_eq!(seen, (1..=200).collect::<Vec<u32>>());
    }
}
