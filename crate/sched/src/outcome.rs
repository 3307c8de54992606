//! How a turn ended, where a task stands, and how far a run is.

use crate::ids;
use faultline_engine::ids::TaskId;
use faultline_engine::step::Step;
use faultline_engine::sync::Channel;
use faultline_explore::strategy;

/// How a turn ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The task stands before a step.
    At(Step),
    /// It sleeps on a channel.
    Asleep(Channel),
    /// It waits until another task has taken a turn.
    Ticking,
    /// Its program has ended.
    Done,
}

impl From<Outcome> for strategy::Outcome {
    fn from(outcome: Outcome) -> strategy::Outcome {
        match outcome {
            Outcome::At(step) => strategy::Outcome::At(ids::point(step)),
            Outcome::Asleep(_) => strategy::Outcome::Asleep,
            Outcome::Ticking => strategy::Outcome::Ticking,
            Outcome::Done => strategy::Outcome::Done,
        }
    }
}

/// State of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// No task has started it yet.
    Unborn,
    /// It can run.
    Ready,
    /// It sleeps on a channel.
    Asleep(Channel),
    /// It waits until another task has taken a turn.
    Ticking,
    /// Its program has ended.
    Done,
}

/// Progress of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Some task can run.
    Going,
    /// Every task has ended.
    Finished,
    /// No task can ever run again, or none makes progress: see the findings. Or a replayed task diverged: see
    /// [`Executor::divergence`](crate::Executor::divergence).
    Stuck,
}

/// Error: the task cannot run now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("task {} cannot run now: it is {standing:?}; choose one that can", task.0)]
pub struct NotRunnable {
    /// The task.
    pub task: TaskId,
    /// Its state.
    pub standing: Standing,
}
