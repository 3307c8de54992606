//! The explorers, each on the same model.

pub mod loom;
pub mod ours;
pub mod shuttle;
pub mod spin;
pub mod stateright;

use std::time::Duration;

/// What an explorer did.
#[derive(Clone, Copy, Default, Debug)]
pub struct Search {
    /// Executions from the first state to an end.
    pub executions: u64,
    /// Different states seen, where it keeps them.
    pub states: u64,
    /// It has found a broken state.
    pub found: bool,
    /// It has been everywhere.
    pub complete: bool,
    /// How long it took.
    pub took: Duration,
}

impl Search {
    /// Executions a second.
    pub fn executions_a_second(&self) -> f64 {
        self.executions as f64 / self.took.as_secs_f64()
    }
    /// States a second.
    pub fn states_a_second(&self) -> f64 {
        self.states as f64 / self.took.as_secs_f64()
    }
}
