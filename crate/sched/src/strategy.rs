//! Who goes on: one strategy a file, behind one small trait.

pub mod directive;
pub mod manual;
pub mod order;
pub mod pct;
pub mod random;
pub mod replay;

use crate::executor::Outcome;
use crate::tasks::TaskSet;
use faultline_engine::ids::TaskId;

/// What a strategy sees before a turn.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// Turns taken so far.
    pub number: u64,
    /// Tasks that can run; never empty.
    pub runnable: TaskSet,
    /// Who took the last turn.
    pub last: Option<TaskId>,
}

impl Turn {
    /// More than one task can run, so that going on is a choice.
    pub fn is_choice(&self) -> bool {
        self.runnable.len() > 1
    }
}

/// Decides every interleaving.
pub trait Strategy {
    /// A run begins. `false` if this strategy has none left to try.
    fn begin(&mut self) -> bool;
    /// Who takes the turn, one of [`Turn::runnable`]; asked before every turn, even where it is
    /// no choice. Nobody: the run pauses here.
    fn choose(&mut self, turn: &Turn) -> Option<TaskId>;
    /// The task has taken the turn.
    fn took(&mut self, number: u64, task: TaskId, outcome: Outcome) {
        let _ = (number, task, outcome);
    }
}
