//! The caller picks: a person, or a test.

use super::{Strategy, Turn};
use crate::task::TaskId;

/// Asks a function for a runnable task; `None` pauses.
pub struct Manual<F>(F);

impl<F: FnMut(&Turn) -> Option<TaskId>> Manual<F> {
    /// Asks `pick` before every turn.
    pub fn new(pick: F) -> Self {
        Manual(pick)
    }
}

impl<F: FnMut(&Turn) -> Option<TaskId>> Strategy for Manual<F> {
    fn begin(&mut self) -> bool {
        true
    }
    /// A task that cannot run pauses like `None`.
    fn choose(&mut self, turn: &Turn) -> Option<TaskId> {
        (self.0)(turn).filter(|&task| turn.runnable.contains(task))
    }
}
