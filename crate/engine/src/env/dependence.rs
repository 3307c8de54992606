//! Dependence: what a transition reads and changes besides words.

/// What a step depends on that is no word of the world.
///
/// A search swaps two steps if neither accesses what the other writes, and takes a step from the memo if what it read
/// is as it was. For words the environment sees to both by itself. Whatever else a task reads or changes is declared
/// here: a whole tree as one property, the oracle, state outside cells. With threads no step is ever swapped or
/// repeated, and all of this does nothing.
pub trait Dependence {
    /// Declares an access to a property that is no word of the world: steps that access it do not commute, unless
    /// both only read it. `about` is a hash that identifies the property.
    #[inline]
    fn declare(&self, about: u64, write: bool) {
        let _ = (about, write);
    }
    /// Marks the current transition as not memoisable, because it reads or changes state outside cells.
    #[inline]
    fn uncacheable(&self) {}
    /// Declares that the current transition reads or changes the oracle.
    #[inline]
    fn touch_oracle(&self) {}
    /// Whether the task is being replayed, without effect: callers that keep state outside cells must leave it alone.
    #[inline]
    fn is_replaying(&self) -> bool {
        false
    }
}
