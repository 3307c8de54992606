//! The numbers of tasks and of points, from the engine's types to the explorer's and back.
//!
//! A task has the same number in both. The explorer has numbers that are turns of a task and no task of the engine:
//! see [`Executor::taker`](crate::Executor::taker).

use faultline_engine::ids::TaskId;
use faultline_engine::step::Step;
use faultline_explore::strategy::Point;

/// The task of the engine with the number of this task of the explorer.
#[inline]
pub const fn to_engine(task: faultline_explore::TaskId) -> TaskId {
    TaskId(task.0)
}
/// The task of the explorer with the number of this task of the engine.
#[inline]
pub const fn to_explorer(task: TaskId) -> faultline_explore::TaskId {
    faultline_explore::TaskId(task.0)
}
/// The point before a step, as strategies know it.
#[inline]
pub const fn point(step: Step) -> Point {
    Point(step as u32)
}
