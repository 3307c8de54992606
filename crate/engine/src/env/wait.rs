//! Waiting.

use crate::ids::{CpuId, TaskId};
use crate::step::Step;
use crate::sync::Channel;
use std::future::Future;

/// How tasks let others run, and how they wait for each other.
///
/// Stepped, a point and a sleep are where the executor gets the task back, and it chooses which task goes on. With
/// threads a point is ready at once and a sleep blocks the thread. The bracket of an access belongs here because a
/// shootdown waits for it: it makes one access of a CPU atomic towards a change of its translation, where accesses of
/// CPUs run at the same time.
pub trait Wait {
    /// The future of a point.
    type Point<'a>: Future<Output = ()>
    where
        Self: 'a;
    /// The future of a sleep.
    type Sleep<'a>: Future<Output = ()>
    where
        Self: 'a;

    /// A yield point: the scheduler may run another task here.
    fn point<'a>(&'a self, task: TaskId, step: Step) -> Self::Point<'a>;
    /// Registers the task as a sleeper on a channel, so that later wakeups count; returns the ticket for
    /// [`Wait::sleep`].
    fn sleep_begin(&self, task: TaskId, channel: Channel) -> u64;
    /// Sleeps until a wakeup on the channel after [`Wait::sleep_begin`].
    fn sleep<'a>(&'a self, task: TaskId, channel: Channel, ticket: u64) -> Self::Sleep<'a>;
    /// Wakes all sleepers of a channel.
    fn wakeup(&self, channel: Channel);
    /// Waits briefly for a condition that needs no wakeup ("sleep one tick"): the task is runnable again once any
    /// other task has taken a step (rulings R8).
    fn tick<'a>(&'a self, task: TaskId) -> Self::Sleep<'a>;

    /// Begins an access of CPU `cpu` through its TLB (rulings R6).
    fn access_begin(&self, cpu: CpuId);
    /// Ends an access of CPU `cpu`.
    fn access_end(&self, cpu: CpuId);
    /// Waits until `cpu` is outside any access that was under way when called.
    fn access_wait(&self, cpu: CpuId);
}
