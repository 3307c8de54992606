//! Sampling: whole runs, chosen by any [`Strategy`] that tries run after run.
//!
//! No state is kept between runs, so it proves nothing, but it finds bugs in scenarios whose state space is too large
//! to explore.

use crate::model::{Model, Path, Property, Wanted, step, unfused};
use crate::search::{self, Bound, Found, Search, Stats, Verdict, preempts};
use crate::strategy::{Outcome, Point, Strategy, Turn};
use crate::task::{TaskId, TaskSet};

/// A search by sampling: see [the module](self).
pub struct Sample<T> {
    strategy: T,
    wanted: Wanted,
    runs: u64,
    /// The turns of the present run, each with the runnable tasks before it.
    taken: Vec<(TaskSet, (TaskId, u32))>,
    running: bool,
    stats: Stats,
    verdict: Option<Verdict>,
}

impl<T: Strategy> Sample<T> {
    /// Creates a search of `runs` runs of the strategy.
    pub fn new(strategy: T, runs: u64) -> Self {
        let (wanted, running, stats, verdict) = (Wanted::Any, false, Stats::default(), None);
        Sample { strategy, wanted, runs, taken: Vec::new(), running, stats, verdict }
    }
    /// Looks for these properties only.
    pub fn wanted(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }
    /// The verdict for the present run; the model goes back to where it began.
    fn found<M: Model>(&self, model: &mut M, property: Property) -> Verdict {
        let before = std::iter::once(None).chain(self.taken.iter().map(|t| Some(t.1.0)));
        let with_last = self.taken.iter().zip(before);
        let preemptions =
            with_last.filter(|&(&(runnable, by), last)| preempts(model, runnable, last, by.0)).count() as u32;
        let path: Path = self.taken.iter().map(|t| t.1).collect();
        path.iter().for_each(|_| model.back());
        search::found(unfused(model, &path).map(|(choices, turns)| Found { choices, turns, preemptions, property }))
    }
    fn end<M: Model>(&mut self, model: &mut M) {
        self.stats.executions += 1;
        self.running = false;
        for _ in 0..self.taken.len() {
            model.back();
        }
        self.taken.clear();
    }
    fn take_turn<M: Model>(&mut self, model: &mut M) -> Option<Verdict> {
        if !self.running {
            if self.stats.executions >= self.runs || !self.strategy.begin() {
                return Some(Verdict::Bounded(Bound::Executions(self.stats.executions)));
            }
            self.running = true;
        }
        let runnable = model.runnable();
        if runnable.is_empty() {
            self.end(model);
            return None;
        }
        let number = self.taken.len() as u64;
        let last = self.taken.last().map(|t| model.taker(t.1.0));
        let turn = Turn { number, runnable, last };
        let Some(task) = self.strategy.choose(&turn) else {
            self.end(model);
            return None;
        };
        if let Err(divergence) = step(model, task) {
            return Some(divergence.into());
        }
        self.stats.steps += 1;
        self.taken.push((runnable, (task, model.unfused_len())));
        // The point at which the task stands is of no use to strategies for sampling.
        let outcome = if model.ticks() { Outcome::Ticking } else { Outcome::At(Point::default()) };
        self.strategy.took(number, task, outcome);
        let property = self.stats.broken(model, self.wanted)?;
        Some(self.found(model, property))
    }
}

impl<M: Model, T: Strategy> Search<M> for Sample<T> {
    fn turn(&mut self, model: &mut M) {
        self.verdict = self.take_turn(model);
    }
    fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }
    fn stats(&self) -> Stats {
        let progress = (self.stats.executions * 1_000_000).checked_div(self.runs).unwrap_or_default();
        Stats { progress: progress as u32, ..self.stats }
    }
}
