//! A model checker that owns every interleaving: it steps a model forwards and backwards, one task at a time.
//!
//! It has much in common with three others. As in *shuttle* a [`Strategy`] may choose the task of every turn. As in
//! *loom* orders that no task can tell apart are explored once. As in *stateright* a model is an abstract transition
//! system, and states that were visited are not explored again. But a [`Model`] is one mutable object with
//! [`Model::step`] and [`Model::back`]: it is neither cloned for each successor nor run from the beginning for each
//! schedule. So it can be large, if it can undo one turn.
//!
//! # A race
//!
//! Two tasks increment a counter. Each loads it in one turn and stores it in the next, so one increment can be lost.
//!
//! ```
//! use faultline_explore::bounded::Bounded;
//! use faultline_explore::exhaustive::{Exhaustive, Reduction};
//! use faultline_explore::model::{Property, Wanted};
//! use faultline_explore::{Model, Search, TaskId, TaskSet, Verdict, mix};
//!
//! #[derive(Clone, Default)]
//! struct State {
//!     counter: u64,
//!     /// For each task the value that it has loaded, and how many turns it has taken.
//!     loaded: [u64; 2],
//!     turns: [u64; 2],
//!     /// Whether the last turn stored the counter.
//!     stored: bool,
//! }
//!
//! #[derive(Default)]
//! struct Race {
//!     /// Whether a task increments the counter in one turn.
//!     atomic: bool,
//!     now: State,
//!     past: Vec<State>,
//! }
//!
//! impl Model for Race {
//!     /// The tasks that can take a turn; the run is over when none can.
//!     fn runnable(&self) -> TaskSet {
//!         (0..2).filter(|&task| self.now.turns[task as usize] < 2).map(TaskId).collect()
//!     }
//!     fn step(&mut self, TaskId(task): TaskId) {
//!         let task = task as usize;
//!         self.past.push(self.now.clone());
//!         let now = &mut self.now;
//!         if now.turns[task] == 0 {
//!             now.loaded[task] = now.counter;
//!         }
//!         now.stored = self.atomic || now.turns[task] == 1;
//!         now.turns[task] = if now.stored { 2 } else { 1 };
//!         if now.stored {
//!             now.counter = now.loaded[task] + 1;
//!         }
//!     }
//!     fn back(&mut self) {
//!         self.now = self.past.pop().unwrap_or_default();
//!     }
//!     /// Equal states have equal fingerprints, and different ones different fingerprints.
//!     fn state(&self) -> u64 {
//!         let State { counter, loaded, turns, .. } = &self.now;
//!         loaded.iter().chain(turns).copied().fold(*counter, mix)
//!     }
//!     /// The words that the last turn touched, and whether it wrote them. Word 0 is the counter, the only one that
//!     /// two tasks share.
//!     fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
//!         touched(0, self.now.stored);
//!     }
//!     /// Asked after every turn, and so at the end of the run.
//!     fn broken(&self, wanted: Wanted) -> Option<Property> {
//!         let lost_update = Property { kind: 0, which: 0 };
//!         let broken = self.runnable().is_empty() && self.now.counter < 2;
//!         (broken && wanted.is(lost_update)).then_some(lost_update)
//!     }
//! }
//!
//! // Every interleaving, in the order of choices: the first finding is the least schedule.
//! let verdict = Exhaustive::new(Reduction::FULL).advance(&mut Race::default(), u64::MAX);
//! let Some(Verdict::Found(found)) = verdict else { panic!("{verdict:?}") };
//! assert_eq!((found.choices.to_string().as_str(), found.turns, found.preemptions), ("aba", 4, 2));
//!
//! // Fewest preemptions first: the finding that is easiest to understand.
//! let verdict = Bounded::new(2).advance(&mut Race::default(), u64::MAX);
//! let Some(Verdict::Found(found)) = verdict else { panic!("{verdict:?}") };
//! assert_eq!((found.choices.to_string().as_str(), found.preemptions), ("ab2", 1));
//!
//! // With atomic increments no schedule loses one.
//! let mut fixed = Race { atomic: true, ..Race::default() };
//! let verdict = Exhaustive::new(Reduction::FULL).advance(&mut fixed, u64::MAX);
//! assert_eq!(verdict, Some(Verdict::Complete));
//! ```
//!
//! A turn is a *choice* only if more than one task can run. A schedule is the list of its [`Choices`]: `ab2` runs the
//! first runnable task, then the second one twice, and after that only one task is left.
//!
//! `examples/puzzle.rs` asks a model for each of several properties and prints the schedules; `examples/strategy.rs`
//! has a strategy of its own.
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
//!
//! # What a model owes to the search
//!
//! - From equal fingerprints the same turns lead to equal fingerprints. A variable that is missing from
//!   [`Model::state`] makes the search skip states that it has not seen.
//! - [`Model::accesses`] names every word that the turn read or wrote and another task may touch, also those that
//!   decide which tasks can run. A missing one makes the search skip orders that differ.
//! - A violated property stays violated for the rest of the run, because some states between independent turns are not
//!   visited.
//! - There are at most [`MAX_TASKS`] tasks.

pub mod bounded;
pub mod budget;
pub mod choices;
mod divergence;
pub mod exhaustive;
pub mod footprint;
mod lock;
mod mix;
pub mod model;
pub mod parallel;
pub mod sample;
mod search;
pub mod strategy;
mod task;

pub use budget::Budget;
pub use choices::Choices;
pub use divergence::Divergence;
pub use mix::mix;
pub use model::Model;
pub use search::{Bound, Found, Search, Stats, Verdict, is_preemption};
pub use strategy::{Strategy, Turn};
pub use task::{MAX_TASKS, TaskBits, TaskId, TaskSet, Tasks};
