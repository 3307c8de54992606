//! Schedulers for the engine.
//!
//! The [`executor`] steps tasks, a [`strategy`] says which one goes on, and a [`run`]
//! is both with a memory: it goes back, forward and to any place.

pub mod alone;
pub mod check;
pub mod choices;
mod digests;
pub mod executor;
pub mod explore;
mod models;
pub mod run;
pub mod strategy;
mod stuck;
pub mod task;
pub mod tasks;

pub use alone::alone;
pub use check::Checks;
pub use choices::Choices;
pub use executor::{Executor, NotRunnable, Outcome, Progress, Standing};
pub use run::Run;
pub use strategy::{Strategy, Turn};
pub use task::{Body, Starter, Subject};
pub use tasks::TaskSet;
