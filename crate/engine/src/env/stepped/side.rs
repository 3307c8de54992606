//! State that a transition may read and change besides the words of the world, as one thing: the oracle's. The
//! environment keeps copies of it with memoised transitions, and knows nothing else about it.

use std::any::Any;

/// A copy of a [`SideState`], which only that state can read.
pub type SideSnapshot = Box<dyn Any + Send + Sync>;

/// State outside the cells of the world that is saved and restored with transitions.
pub trait SideState {
    /// Grows with every change, restoring included.
    fn version(&self) -> u64;
    /// A hash of the whole state: equal states give equal numbers, and nothing is left out.
    fn identity(&self) -> u64;
    /// A copy to come back to; cheap, since transitions are memoised often.
    fn save(&self) -> SideSnapshot;
    /// Makes the state what `to` was taken of. `to` comes from [`SideState::save`] of the same state.
    fn restore(&self, to: &SideSnapshot);
}
