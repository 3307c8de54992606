//! What a search may use: states, and memory for what it keeps. All its workers have one together.
//!
//! Memory is an estimate by the sizes of the tables that grow, which are nearly all of it. A table asks before it
//! grows, since old and new then stand beside each other, and where the allocator says no, nobody aborts: either
//! way the search is bounded.

use crate::search::{Bound, ByState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bounds of a search, and how far they are used up. The default has none.
pub struct Budget {
    states: u64,
    memory: u64,
    /// States met so far, and bytes held now. Relaxed: each count is all that there is to know.
    met: AtomicU64,
    held: AtomicU64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { states: u64::MAX, memory: u64::MAX, met: AtomicU64::new(0), held: AtomicU64::new(0) }
    }
}

impl Budget {
    /// A search with it gives up after so many states; one bounded in preemptions, after so many with as many of them.
    #[must_use]
    pub fn states(self, states: u64) -> Self {
        Budget { states, ..self }
    }
    /// A search with it gives up before it holds more than so many bytes.
    #[must_use]
    pub fn memory(self, bytes: u64) -> Self {
        Budget { memory: bytes, ..self }
    }
    /// A new state is met, unless that is one too many.
    pub(super) fn meet(&self) -> Result<(), Bound> {
        if self.met.fetch_add(1, Ordering::Relaxed) < self.states {
            return Ok(());
        }
        self.met.fetch_sub(1, Ordering::Relaxed);
        Err(Bound::States(self.states))
    }
    /// There are no more states to be met.
    pub(super) fn is_used_up(&self) -> Option<Bound> {
        (self.met.load(Ordering::Relaxed) >= self.states).then_some(Bound::States(self.states))
    }
    /// No state was met yet.
    pub(super) fn begin_anew(&self) {
        self.met.store(0, Ordering::Relaxed);
    }
    fn hold(&self, bytes: u64) -> Result<(), Bound> {
        if self.held.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.memory {
            return Ok(());
        }
        self.release(bytes);
        Err(Bound::Memory(self.memory))
    }
    fn release(&self, bytes: u64) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }
    /// Room for one more in a table from which nothing is taken: by how many bytes it grew.
    #[inline]
    pub(super) fn room<T>(&self, table: &mut ByState<T>) -> Result<u64, Bound> {
        if table.len() < table.capacity() { Ok(0) } else { self.grow(table) }
    }
    #[cold]
    fn grow<T>(&self, table: &mut ByState<T>) -> Result<u64, Bound> {
        let before = bytes(table, table.capacity());
        let expected = bytes(table, (table.capacity() * 2).max(3));
        self.hold(expected)?;
        if table.try_reserve(1).is_err() {
            self.release(expected);
            return Err(Bound::Memory(self.memory));
        }
        let more = bytes(table, table.capacity()) - before;
        self.held.fetch_add(more, Ordering::Relaxed);
        self.release(expected);
        Ok(more)
    }
}

/// What a table with room for so many takes: the next power of two above eight sevenths of it, with a byte each.
fn bytes<T>(_: &ByState<T>, capacity: usize) -> u64 {
    let buckets = if capacity == 0 { 0 } else { (capacity * 8 / 7).next_power_of_two() };
    (buckets * (size_of::<(u64, T)>() + 1)) as u64
}

/// What one searcher holds of a budget; it is given back with the searcher.
#[derive(Default)]
pub(super) struct Holding {
    budget: Arc<Budget>,
    tables: u64,
    /// What is weighed from time to time.
    others: u64,
}

impl Holding {
    pub fn of(budget: Arc<Budget>) -> Self {
        Holding { budget, tables: 0, others: 0 }
    }
    pub fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }
    /// Room for one more in one of its tables.
    #[inline]
    pub fn room<T>(&mut self, table: &mut ByState<T>) -> Result<(), Bound> {
        self.tables += self.budget.room(table)?;
        Ok(())
    }
    /// Besides its tables it holds so many bytes.
    pub fn weigh(&mut self, others: u64) -> Result<(), Bound> {
        self.budget.release(std::mem::take(&mut self.others));
        self.budget.hold(others)?;
        self.others = others;
        Ok(())
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.budget.release(self.tables + self.others);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_estimated_memory_and_grows_up_to_the_bound() {
        let budget = Arc::new(Budget::default().memory(100_000));
        let mut holding = Holding::of(budget.clone());
        let mut table = ByState::<u64>::default();
        let bound = (0..).find_map(|state| {
            let room = holding.room(&mut table);
            room.is_ok().then(|| table.insert(state, 0));
            room.err()
        });
        assert_eq!(bound, Some(Bound::Memory(100_000)));
        assert_eq!(holding.tables, bytes(&table, table.capacity()), "as it stands after all its growing");
        assert!(table.len() > 1_000 && table.len() == table.capacity(), "{}", table.len());
        assert!(holding.weigh(100_000).is_err() && holding.weigh(1_000).is_ok());
        drop(holding);
        assert_eq!(budget.held.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_failed_allocation_bounds_a_search_without_an_abort() {
        // More than any machine has: the table would be asked for and refused.
        let mut table = ByState::<[u8; 1 << 40]>::default();
        assert_eq!(Budget::default().room(&mut table), Err(Bound::Memory(u64::MAX)));
    }
}
