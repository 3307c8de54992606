//! Goes along a run by its choices, so that a search can begin in the middle of one.

use super::ScenarioExecutor;
use crate::player::PlayError;
use faultline_explore::{Choices, is_preemption};

/// How far along a run it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Walk {
    /// Turns taken.
    pub turns: usize,
    /// How often a task was left that could have gone on.
    pub preemptions: u32,
    /// Choices made.
    pub chosen: usize,
}

impl Walk {
    /// One turn as `choices` say, in task order where they say nothing. Whether there was one.
    pub fn turn(&mut self, executor: &mut ScenarioExecutor, choices: &Choices) -> Result<bool, PlayError> {
        let runnable = executor.runnable();
        // A turn that only one task can take is no choice.
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
        self.preemptions += u32::from(is_preemption(runnable, executor.last(), executor.taker(task)));
        executor.step(task)?;
        if let Some(divergence) = executor.divergence() {
            return Err(PlayError::Unsound(Box::new(divergence)));
        }
        self.turns += 1;
        Ok(true)
    }
}
