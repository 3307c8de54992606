//! Strategies: which task takes the next turn; one strategy per file, behind one small trait.

pub mod directive;
pub mod manual;
pub mod order;
pub mod pct;
pub mod random;
pub mod replay;

use crate::task::{TaskId, TaskSet, Tasks};

/// A point between two turns at which a task can stand, as the model numbers its points. A model whose points nobody
/// asks for has only the default one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Point(
    /// The number.
    pub u32,
);

/// How a turn ended, as a strategy sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The task stands at a point, and can go on.
    At(Point),
    /// It sleeps until another task wakes it.
    Asleep,
    /// It waits until another task has taken a turn.
    Ticking,
    /// Its program has ended.
    Done,
}

/// What a strategy sees before a turn; `T` is the set of tasks of a search or of a run.
#[derive(Clone, Copy, Debug)]
pub struct Turn<T = TaskSet> {
    /// Number of turns taken so far.
    pub number: u64,
    /// Tasks that can run; never empty.
    pub runnable: T,
    /// The task that took the last turn.
    pub last: Option<TaskId>,
}

impl<T: Tasks> Turn<T> {
    /// Whether more than one task can run, so that the turn is a choice.
    pub fn is_choice(&self) -> bool {
        self.runnable.len() > 1
    }
}

/// Chooses the task of every turn, and so the interleaving: of a search, or, with [`TaskBits`](crate::TaskBits), of a
/// run with any number of tasks.
pub trait Strategy<T = TaskSet> {
    /// Begins a run; `false` if the strategy has no run left to try.
    fn begin(&mut self) -> bool;
    /// Chooses the task of this turn, one of [`Turn::runnable`]. It is asked before every turn, even if only one task
    /// can run. `None` pauses the run here.
    fn choose(&mut self, turn: &Turn<T>) -> Option<TaskId>;
    /// Tells the strategy that the task has taken turn `number`, and how it ended.
    fn took(&mut self, number: u64, task: TaskId, outcome: Outcome) {
        let _ = (number, task, outcome);
    }
}
