//! Goes along a run by its choices, so that a search can begin in the middle of one.

use super::Machine;
use crate::player::PlayError;
use faultline_sched::Choices;
use faultline_sched::explore::is_preemption;

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
    pub fn turn(&mut self, machine: &mut Machine, choices: &Choices) -> Result<bool, PlayError> {
        let task = match *machine.runnable() {
            [] => return Ok(false),
            // A turn that only one task can take is no choice.
            [only] => only,
            ref several => {
                let choice = choices.as_slice().get(self.chosen).copied().unwrap_or(0);
                let misfit = PlayError::Choice { at: self.chosen + 1, choice: choice.into(), tasks: several.len() };
                self.chosen += 1;
                *several.get(usize::from(choice)).ok_or(misfit)?
            }
        };
        self.preemptions += u32::from(is_preemption(machine.runnable_mask(), machine.last(), task));
        machine.step(task)?;
        self.turns += 1;
        Ok(true)
    }
}
