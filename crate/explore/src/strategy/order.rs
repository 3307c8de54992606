//! Task order: every turn is taken by the first task that can run.

use super::{Strategy, Turn};
use crate::task::{TaskId, Tasks};

/// Runs the first runnable task. Stored schedules and replays fall back on it: every choice is `a`, so a packed
/// schedule without its last `a`s is the same schedule.
#[derive(Clone, Copy, Debug, Default)]
pub struct TaskOrder;

impl<T: Tasks> Strategy<T> for TaskOrder {
    fn begin(&mut self) -> bool {
        true
    }
    fn choose(&mut self, turn: &Turn<T>) -> Option<TaskId> {
        turn.runnable.first()
    }
}
