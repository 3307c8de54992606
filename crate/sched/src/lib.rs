//! Schedulers for the engine.
//!
//! The [`executor`] steps tasks, a [`strategy`] says which one goes on, and a [`run`]
//! is both with a memory: it goes back, forward and to any place.

pub mod check;
pub mod choices;
pub mod completion;
mod deadlock;
pub mod executor;
pub mod explore;
mod fingerprints;
mod oracle_history;
pub mod run;
pub mod strategy;
pub mod task;
pub mod tasks;

pub use check::Checks;
pub use choices::Choices;
pub use completion::run_to_completion;
pub use executor::{Executor, NotRunnable, Outcome, Progress, Standing};
pub use run::Run;
pub use strategy::{Strategy, Turn};
pub use task::{Spawner, System, TaskFuture};
pub use tasks::TaskSet;
