//! Follows a run's choices, so that a search can begin in the middle of the run.

use super::ScenarioExecutor;
use crate::player::PlayError;
use faultline_explore::{Choices, is_preemption};

/// Position in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Walk {
    /// Steps taken.
    pub turns: usize,
    /// Preemptions: how often a runnable task was left.
    pub preemptions: u32,
    /// Choices made.
    pub chosen: usize,
}

impl Walk {
    /// Takes one step as `choices` say, in task order after their end. Returns whether there was one.
    pub fn turn(&mut self, executor: &mut ScenarioExecutor, choices: &Choices) -> Result<bool, PlayError> {
        let runnable = *executor.runnable();
        // A step with only one runnable task is not a choice.
        let choice = if runnable.len() > 1 {
            self.chosen += 1;
            choices.as_slice().get(self.chosen - 1).copied().unwrap_or(0)
        } else {
            0
        };
        let Some(task) = runnable.nth(choice.into()) else {
            let misfit = PlayError::Choice { at: self.chosen, choice: choice.into(), tasks: runnable.len() };
            return if runnable.is_empty() { Ok(false) } else { Err(misfit) };
        };
        self.preemptions += u32::from(is_preemption(&runnable, executor.last(), executor.taker(task)));
        executor.step(task)?;
        if let Some(divergence) = executor.divergence() {
            return Err(PlayError::Unsound(Box::new(divergence)));
        }
        self.turns += 1;
        Ok(true)
    }
}
