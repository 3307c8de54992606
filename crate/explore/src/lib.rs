//! A model checker that owns every interleaving: it steps a model forwards and backwards, one task at a time.
//!
//! It has much in common with three others. As in *shuttle* a [`Strategy`] may choose the task of every turn. As in
//! *loom* orders that no task can tell apart are explored once. As in *stateright* a model is an abstract transition
//! system, and states that were visited are not explored again. But a [`Model`] is one mutable object with
//! [`Model::step`] and [`Model::back`]: it is neither cloned for each successor nor run from the beginning for each
//! schedule. So it can be large, if it can undo one turn.
//!
//! # How the search works
//!
//! *Exhaustive.* [`exhaustive`] is a depth-first search with state matching: it stores the 64-bit fingerprint of
//! every visited state, as TLC does, and does not explore a state twice. Partial-order reduction comes on top. Two
//! turns are independent, and commute, if neither writes a word that the other touches ([`footprint`]). Sleep sets
//! skip a schedule that differs from an explored one only in the order of independent turns, and a turn that touches
//! nothing is a persistent set of its own. A model may also *fuse* such a turn with the turn that follows
//! ([`Model::unfused_len`]). Tests switch the reductions off and compare. Choices are tried in task order, so the
//! first finding is the least schedule in that order.
//!
//! *Preemption bounding.* [`bounded`] explores all schedules without a preemption, then all with one, with two, and
//! so on up to a bound. It matches states, but takes a state up again if it is reached with more preemptions left,
//! and uses no sleep sets, because two orders that lead to the same state may differ in preemptions. So its finding
//! has the fewest preemptions possible, and on request the fewest turns among these.
//!
//! *Sampling.* [`sample`] plays whole runs of a [`Strategy`], such as [`strategy::random`] or [`strategy::pct`],
//! without any state between runs. It proves nothing, but reaches bugs in state spaces too large to explore.
//!
//! *Parallel search.* [`parallel`] runs one exhaustive search on several workers, each with a model of its own. They
//! share the set of closed states, from which everything has been explored. The first worker does not use it, so the
//! finding is the same with any number of workers; the others start from the last choice and skip what is closed.
//!
//! # What a verdict says
//!
//! A search advances by as many turns as its caller asks for, so it can be paused anywhere, and its [`Verdict`] says
//! exactly what it has established: a finding, complete coverage, a bound that it reached, or that the model is unsound
//! because a replayed task diverged from its record ([`Divergence`]). A finding comes as a schedule of single turns
//! ([`model::unfused`]), which [`strategy::replay`] plays again.
//!
//! All of it is deterministic, random strategies included: the same model and the same seed give the same verdict and
//! the same schedule on every platform.

pub mod bounded;
pub mod choices;
mod divergence;
pub mod exhaustive;
pub mod footprint;
mod mix;
pub mod model;
pub mod parallel;
pub mod sample;
mod search;
pub mod strategy;
mod task;

pub use choices::Choices;
pub use divergence::Divergence;
pub use mix::mix;
pub use model::Model;
pub use search::{Bound, Found, Search, Stats, Verdict, is_preemption};
pub use strategy::{Strategy, Turn};
pub use task::{TaskId, TaskSet};
