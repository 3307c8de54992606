//! The caller picks: a person, or a test.

use super::{Strategy, Turn};
use crate::task::{TaskId, Tasks};

/// Asks a function for a runnable task; `None` pauses.
pub struct Manual<F>(F);

impl<F> Manual<F> {
    /// Asks `pick` before every turn.
    pub fn new<T>(pick: F) -> Self
    where
        F: FnMut(&Turn<T>) -> Option<TaskId>,
    {
        Manual(pick)
    }
}

impl<T: Tasks, F: FnMut(&Turn<T>) -> Option<TaskId>> Strategy<T> for Manual<F> {
    fn begin(&mut self) -> bool {
        true
    }
    /// A task that cannot run pauses like `None`.
    fn choose(&mut self, turn: &Turn<T>) -> Option<TaskId> {
        (self.0)(turn).filter(|&task| turn.runnable.contains(task))
    }
}
