//! The environment: how words are stored, where tasks may switch, how they wait.
//!
//! Every mutable word of the world sits in a [`Cell`] or a [`Guarded`] cell, and every frame in the environment's
//! [`Memory`]. The *stepped* environment declares each access, logs how to undo it and maintains a fingerprint; in
//! the *threads* environment a cell is a plain field under its lock, or an atomic.
//!
//! An [`Env`] is the sum of its parts, one trait each; code is generic over the sum. Things that are part of the world
//! but know nothing of it ([`Cell`], [`Lock`](crate::lock::Lock), [`Pool`](crate::pool::Pool), …) take an [`In`]: the
//! acting task and its environment.

mod cell;
mod context;
mod dependence;
mod forget;
mod memory;
mod names;
mod observe;
mod report;
pub mod stepped;
pub mod threads;
mod wait;
mod words;

pub use cell::{Cell, Guarded};
pub use context::In;
pub use dependence::Dependence;
pub use forget::{Forget, Scope};
pub use memory::Memory;
pub use names::Names;
pub use observe::Observe;
pub use report::Report;
pub use wait::Wait;
pub use words::{Atomics, Words};

/// An environment: one of the two ways to run the engine.
pub trait Env: Memory + Atomics + Names + Wait + Report + Observe + Forget + Dependence + Sized + 'static {
    /// Whether events and extra bookkeeping for checkers are produced.
    const TRACING: bool;
}
