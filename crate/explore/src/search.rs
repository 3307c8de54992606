//! What every search has in common: how it advances, and what it establishes.
//!
//! A search advances by as many turns as its caller asks for, so it can be paused anywhere. Its [`Verdict`] says
//! exactly what it has established.

use crate::choices::Choices;
use crate::divergence::Divergence;
use crate::model::{Model, Property, Wanted};
use crate::task::{TaskId, TaskSet, Tasks};

/// A schedule that violates a property, up to the turn that does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The choices, up to the turn that violates the property.
    pub choices: Choices,
    /// Number of turns, that one included.
    pub turns: usize,
    /// How often a runnable task was preempted (rulings R9).
    pub preemptions: u32,
    /// The violated property, from [`Model::broken`].
    pub property: Property,
}

/// What a search has established.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// A schedule violates a property.
    Found(Found),
    /// No schedule does: all were explored.
    Complete,
    /// No explored schedule does, but not all were explored.
    Bounded(Bound),
    /// A replayed task diverged from its record: an error of the model, which invalidates everything that was explored.
    Unsound(Box<Divergence>),
}

impl From<Box<Divergence>> for Verdict {
    fn from(divergence: Box<Divergence>) -> Verdict {
        Verdict::Unsound(divergence)
    }
}

/// The verdict of a search that has a finding, unless recording its schedule has diverged.
pub(crate) fn found(found: Result<Found, Box<Divergence>>) -> Verdict {
    found.map_or_else(Verdict::Unsound, Verdict::Found)
}

/// The bound that kept a search from exploring everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// Schedules with more preemptions than this were not explored.
    Preemptions(u32),
    /// Only this many random runs were played.
    Executions(u64),
    /// The search ended at this number of states.
    States(u64),
    /// What would take more memory than so many bytes, or than there are.
    Memory(u64),
}

/// Statistics of a search so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// Number of runs that came to an end.
    pub executions: u64,
    /// Number of turns taken.
    pub steps: u64,
    /// Number of distinct states visited.
    pub states: u64,
    /// Number of turns that led to a visited state.
    pub known: u64,
    /// Number of turns not yet tried from states on the path.
    pub frontier: u64,
    /// Explored part of the search tree, in millionths: exact at the end, an estimate before.
    pub progress: u32,
    /// The number of preemptions allowed at present, if it is bounded.
    pub bound: Option<u32>,
    /// Whether a property was violated that is not wanted, and was passed over.
    pub passed_over: bool,
}

impl Stats {
    /// A wanted property that the run has violated so far; notes whether another one was passed over.
    pub(crate) fn broken<M: Model>(&mut self, model: &M, wanted: Wanted) -> Option<Property> {
        let first = model.broken(Wanted::Any)?;
        if wanted.is(first) {
            return Some(first);
        }
        self.passed_over = true;
        model.broken(wanted)
    }
}

/// A search method.
pub trait Search<M: Model> {
    /// Takes one turn, or one back. Not called once there is a verdict.
    fn turn(&mut self, model: &mut M);
    /// The verdict, once there is one.
    fn verdict(&self) -> Option<&Verdict>;
    /// Statistics so far.
    fn stats(&self) -> Stats;
    /// Takes about `turns` turns more. Returns the verdict once there is one, and the same one again after that.
    fn advance(&mut self, model: &mut M, turns: u64) -> Option<Verdict> {
        for _ in 0..turns {
            if self.verdict().is_some() {
                break;
            }
            self.turn(model);
        }
        self.verdict().cloned()
    }
}

/// Whether the turn `next` preempts `last`, a task that could have gone on.
pub fn is_preemption(runnable: &impl Tasks, last: Option<TaskId>, next: TaskId) -> bool {
    last.is_some_and(|last| last != next && runnable.contains(last))
}

/// [`is_preemption`] for turns of a model, of which one task may have several.
pub(crate) fn preempts<M: Model>(model: &M, runnable: TaskSet, last: Option<TaskId>, next: TaskId) -> bool {
    is_preemption(&runnable, last.map(|last| model.taker(last)), model.taker(next))
}

/// Explored part of a tree, in millionths, estimated as if every branch were as large as its siblings. `way` gives
/// for each node of the path the turns not yet tried, and how many there were.
pub(crate) fn progress(way: impl Iterator<Item = (TaskSet, usize)>) -> u32 {
    let (mut progress, mut part) = (0.0, 1.0);
    for (todo, width) in way {
        let (left, width) = (todo.len() as f64 + 1.0, width as f64);
        part /= width;
        progress += part * (width - left).max(0.0);
    }
    (progress * 1e6) as u32
}

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct IdentityHasher(u64);

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

/// A map with fingerprints of states as keys.
pub(crate) type ByState<T> = std::collections::HashMap<u64, T, std::hash::BuildHasherDefault<IdentityHasher>>;
