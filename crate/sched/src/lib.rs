//! Scheduler for the engine: it controls every interleaving, as shuttle and loom do.
//!
//! The code under test is the engine itself: kernel routines are futures that yield at named points
//! ([`Step`](faultline_engine::step::Step)), and the whole state of a world can be fingerprinted, undone and replayed
//! ([`faultline_engine::env::stepped`]). [`faultline_explore`], which knows no kernel, has the strategies that choose
//! the task of every turn and the searches of all interleavings.
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
//! A [`Strategy`](faultline_explore::Strategy) chooses the task of every turn, like shuttle's `Scheduler`. A turn is a
//! *choice* only if more than one task is runnable. The choices of a run, in order, are its schedule:
//! [`Choices`](faultline_explore::Choices) have a compact text for links and the command line, and
//! [`faultline_explore::strategy::replay`] reproduces the run from them. A [`Run`] adds history to an executor: it
//! steps, goes back, and seeks to any position.
//!
//! The engine and the explorer each have a `TaskId`. [`ids`] converts between them.
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
//! An [`Executor`] is a [`Model`](faultline_explore::Model) ([`mod@model`]), so every search of [`faultline_explore`]
//! can walk it.

pub mod check;
pub mod completion;
mod deadlock;
pub mod executor;
mod fingerprints;
pub mod ids;
pub mod model;
mod oracle_history;
mod outcome;
pub mod run;
pub mod slice;
mod standings;
pub mod task;

pub use check::Checks;
pub use completion::run_to_completion;
pub use executor::Executor;
pub use outcome::{NotRunnable, Outcome, Progress, Standing};
pub use run::Run;
pub use task::{Spawner, System, TaskFuture};
