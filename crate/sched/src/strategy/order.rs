//! In task order: at every turn the first task that can run.

use super::{Strategy, Turn};
use faultline_engine::ids::TaskId;

/// The strategy of this file. What stored schedules and replays fall back on: every
/// choice is `a`, so a packed schedule without its last `a`s is the same schedule.
#[derive(Clone, Copy, Debug, Default)]
pub struct TaskOrder;

impl Strategy for TaskOrder {
    fn begin(&mut self) -> bool {
        true
    }
    fn choose(&mut self, turn: &Turn) -> Option<TaskId> {
        turn.runnable.first()
    }
}
