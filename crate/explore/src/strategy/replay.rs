//! Replays recorded choices exactly; afterwards the run goes on in task order.

use super::order::TaskOrder;
use super::{Strategy, Turn};
use crate::choices::Choices;
use crate::task::{TaskId, Tasks};

/// Replays recorded choices.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    choices: Choices,
    next: usize,
    misfit: Option<usize>,
}

impl Replay {
    /// A strategy that replays these choices.
    pub fn new(choices: Choices) -> Self {
        Replay { choices, next: 0, misfit: None }
    }
    /// Index of the first choice for a task that could not run: the choices belong to another scenario, policy or
    /// revision. They are ignored from there on.
    pub fn misfit(&self) -> Option<usize> {
        self.misfit
    }
    /// Number of choices left over.
    pub fn left(&self) -> usize {
        self.choices.len().saturating_sub(self.next)
    }
}

impl<T: Tasks> Strategy<T> for Replay {
    fn begin(&mut self) -> bool {
        self.next = 0;
        self.misfit = None;
        true
    }
    fn choose(&mut self, turn: &Turn<T>) -> Option<TaskId> {
        let asked = turn.is_choice() && self.misfit.is_none();
        let choice = self.choices.as_slice().get(self.next).filter(|_| asked);
        let Some(&choice) = choice else { return TaskOrder.choose(turn) };
        let task = turn.runnable.nth(usize::from(choice));
        match task {
            Some(_) => self.next += 1,
            None => self.misfit = Some(self.next),
        }
        task.or_else(|| TaskOrder.choose(turn))
    }
}
