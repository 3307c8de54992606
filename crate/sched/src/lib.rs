//! Scheduler and model checker for the engine.
//!
//! It controls every interleaving, as shuttle and loom do, and searches a state space, as stateright and TLC do. The
//! code under test is the engine itself: kernel routines are futures that yield at named points
//! ([`Step`](faultline_engine::step::Step)), and the whole state of a world can be fingerprinted, undone and replayed
//! ([`faultline_engine::env::stepped`]).
//!
//! # Running
//!
//! A [`System`] is a world after its set-up and a factory for the futures of its tasks. The [`Executor`] polls
//! exactly one of them at a time. One poll is a *turn*, which documents for users call a step: the task runs from
//! where it stands to its next point, or until it sleeps, waits a tick or ends. No other task runs meanwhile, so an
//! interleaving is a sequence of turns, and words are sequentially consistent; weaker memory orderings are left to
//! the engine's loom models (`crate/engine/src/models/`). After every turn the [`Checks`] report violated invariants,
//! and where no task can run, or none makes progress, the executor reports a deadlock, a lost wakeup or a livelock.
//! Such findings are data, not panics.
//!
//! A [`Strategy`] chooses the task of every turn, like shuttle's `Scheduler`: there are random and PCT, task order,
//! stored schedules, recorded choices, and one that asks the caller. A turn is a *choice* only if more than one task
//! is runnable. The choices of a run, in order, are its schedule: [`Choices`] have a compact text for links and the
//! command line, and [`strategy::replay`] reproduces the run from them. A [`Run`] adds history to an executor: it
//! steps, goes back, and seeks to any position.
//!
//! # Going back
//!
//! A search goes back one turn at a time. Futures cannot be cloned, so states are not copied, as in stateright; nor
//! does every execution start from the beginning, as in shuttle and loom. [`Executor::back`] undoes the world by the
//! engine's undo log. The future of the task whose turn was undone is recreated when it is next polled, and a fresh
//! future then runs through the task's own log of inputs, without touching the world
//! ([`Stepped::replay`](faultline_engine::Stepped::replay)). The engine also memoises transitions: if a task is in a
//! local state from which a recorded turn started, and every value that this turn read is unchanged, its effects are
//! applied without polling the task ([`Stepped::take_memoised`](faultline_engine::Stepped::take_memoised)). Each
//! entry of a replay is compared with the log, in every build; a divergence ends the search as unsound.
//!
//! # Searching
//!
//! [`explore`] walks an executor, or any other [`Model`](explore::model::Model): exhaustively, by preemption
//! bounding, by sampling, and with several workers.

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
