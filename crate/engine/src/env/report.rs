//! Reports.

use crate::event::Event;
use crate::finding::{Finding, Involved};
use crate::ids::TaskId;
use crate::routine::Routine;

/// What a run reports: events as things happen, findings when something is wrong, and what a finding has to say about
/// the moment at which it was made.
///
/// Nothing here changes the world. How much of it is kept is up to the environment: see
/// [`Keep`](crate::env::stepped::Keep).
pub trait Report {
    /// Reports an event.
    fn emit(&self, task: TaskId, event: Event);
    /// Keeps a finding, at most one per property, object and page. Report through
    /// [`World::report`](crate::world::World::report).
    fn find(&self, finding: Finding);
    /// The running task enters a routine, or returns to it; gives the one that it was in. What lives over a point
    /// survives there: see [`Stepped::routine`](crate::env::stepped::Stepped::routine).
    #[inline]
    fn enter_routine(&self, routine: Routine) -> Routine {
        routine
    }
    /// What each task holds and sleeps on, for findings; empty in threads mode.
    fn involved(&self) -> Vec<Involved>;
    /// Number of steps so far (0 in threads mode).
    fn steps(&self) -> u64;
}
