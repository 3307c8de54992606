//! Searching all interleavings (rulings R41 to R45).
//!
//! A [`model::Model`] is walked by a [`Search`]: [`exhaustive`] visits every state once and
//! skips orders of turns that cannot differ; [`bounded`] visits what few preemptions
//! lead to, fewest first; [`sample`] plays whole runs by chance. Each advances by as
//! much as it is asked to, so that it can be paused anywhere, and says in the end
//! exactly what it has established: a [`Verdict`].

pub mod bounded;
pub mod engine;
pub mod exhaustive;
pub mod footprint;
pub mod model;
pub mod parallel;
pub mod sample;

use crate::choices::Choices;
use crate::tasks::TaskSet;
use faultline_engine::env::stepped::Divergence;
use faultline_engine::ids::TaskId;
use model::{Model, Property, Wanted};

/// A schedule that breaks a property: where it does, the run is at its last choice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The choices, up to the turn that breaks it.
    pub choices: Choices,
    /// Turns up to and with that one.
    pub turns: usize,
    /// How often a task was left that could have gone on (rulings R9).
    pub preemptions: u32,
    /// The property, as [`Model::broken`] says it.
    pub property: Property,
}

/// What a search has established.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// A schedule breaks a property.
    Found(Found),
    /// No schedule does: all were covered.
    Complete,
    /// None of those that were covered does; there are others.
    Bounded(Bound),
    /// A task that had to be repeated went another way than it went at first: a mistake of the model, after
    /// which nothing that was covered means anything.
    Unsound(Box<Divergence>),
}

impl From<Box<Divergence>> for Verdict {
    fn from(divergence: Box<Divergence>) -> Verdict {
        Verdict::Unsound(divergence)
    }
}

/// What a search that may have come upon a schedule says of it.
pub(crate) fn found(found: Result<Found, Box<Divergence>>) -> Verdict {
    found.map_or_else(Verdict::Unsound, Verdict::Found)
}

/// What kept a search from covering everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// Schedules with more preemptions than this.
    Preemptions(u32),
    /// More runs than this, by chance.
    Executions(u64),
    /// More states than this.
    States(u64),
}

/// What a search has done so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// Runs that came to an end.
    pub executions: u64,
    /// Turns taken.
    pub steps: u64,
    /// Different states met.
    pub states: u64,
    /// Turns that led to a state known before.
    pub known: u64,
    /// Turns that are yet to be tried, of those known.
    pub frontier: u64,
    /// Share of the tree that is done, in millionths: exact at the end, a guess before.
    pub progress: u32,
    /// Preemptions that are allowed at present, if they are bounded.
    pub bound: Option<u32>,
    /// Something broke that was not wanted, and was passed over.
    pub passed_over: bool,
}

impl Stats {
    /// What the run has broken so far of what is wanted; anything else is noted.
    pub(crate) fn broken<M: Model>(&mut self, model: &M, wanted: Wanted) -> Option<Property> {
        let first = model.broken(Wanted::Any)?;
        if wanted.is(first) {
            return Some(first);
        }
        self.passed_over = true;
        model.broken(wanted)
    }
}

/// A way of searching.
pub trait Search<M: Model> {
    /// Takes about `turns` turns more. The verdict, once there is one; a search that has
    /// given one gives it again.
    fn advance(&mut self, model: &mut M, turns: u64) -> Option<Verdict>;
    /// What it has done so far.
    fn stats(&self) -> Stats;
}

/// Whether a task is left that could have gone on, by the turn `next`.
pub fn is_preemption(runnable: TaskSet, last: Option<TaskId>, next: TaskId) -> bool {
    last.is_some_and(|last| last != next && runnable.contains(last))
}

/// The same where `last` and `next` are turns of a model, of which one task may have several.
pub(crate) fn preempts<M: Model>(model: &M, runnable: TaskSet, last: Option<TaskId>, next: TaskId) -> bool {
    is_preemption(runnable, last.map(|last| model.taker(last)), model.taker(next))
}

/// Share of a tree that is done, in millionths, if every branch were as large as its siblings:
/// of each node on the way the turns yet to be tried, and how many there were.
pub(crate) fn progress(way: impl Iterator<Item = (TaskSet, usize)>) -> u32 {
    let (mut progress, mut part) = (0.0, 1.0);
    for (todo, width) in way {
        let (left, width) = (todo.len() as f64 + 1.0, width as f64);
        part /= width;
        progress += part * (width - left).max(0.0);
    }
    (progress * 1e6) as u32
}

/// A hasher for numbers that are hashes already.
#[derive(Clone, Copy, Default, Debug)]
pub struct IdentityHasher(u64);

impl std::hash::Hasher for IdentityHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A map from states.
pub(crate) type ByState<T> = std::collections::HashMap<u64, T, std::hash::BuildHasherDefault<IdentityHasher>>;
