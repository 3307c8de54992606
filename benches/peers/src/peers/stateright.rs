//! stateright: the model as its own trait has it.

use super::Search;
use crate::race::{Kernel, State, Task};
use stateright::{Checker, Model, Property};
use std::time::Instant;

/// In which order it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Breadth first.
    Breadth,
    /// Depth first.
    Depth,
}

struct Race(Kernel);

impl Model for Race {
    type State = State;
    type Action = Task;

    fn init_states(&self) -> Vec<State> {
        vec![State::START]
    }
    fn actions(&self, state: &State, actions: &mut Vec<Task>) {
        actions.extend(Task::ALL.into_iter().filter(|&task| state.can(task)));
    }
    fn next_state(&self, state: &State, task: Task) -> Option<State> {
        Some(state.step(task, self.0).0)
    }
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("nothing freed can be reached", |_, state: &State| !state.broken())]
    }
}

/// Searches everything, or until something is broken, with one thread.
pub fn search(order: Order, kernel: Kernel) -> Search {
    let begun = Instant::now();
    let checker = Race(kernel).checker().threads(1);
    let (states, found) = match order {
        Order::Breadth => ended(checker.spawn_bfs().join()),
        Order::Depth => ended(checker.spawn_dfs().join()),
    };
    Search { executions: 0, states, found, complete: !found, took: begun.elapsed() }
}

fn ended(checker: impl Checker<Race>) -> (u64, bool) {
    (checker.unique_state_count() as u64, !checker.discoveries().is_empty())
}
