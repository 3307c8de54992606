//! A watched executor: it collects what a search has visited, and can hide accesses from the search.

use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::model::{Model, Property, Wanted};
use faultline_explore::{Search, Stats, TaskId, TaskSet, Verdict};
use faultline_sched::model::property;
use faultline_sched::{Executor, System};
use std::collections::BTreeSet;

pub const STATES: Reduction = Reduction { states: true, sleep: false };
pub const SLEEP: Reduction = Reduction { states: false, sleep: true };

/// The possible outcomes of a program: the states in which no task can run, and all violated properties.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcomes {
    pub ends: BTreeSet<u64>,
    pub broken: BTreeSet<Property>,
}

impl Outcomes {
    pub fn are_among(&self, others: &Outcomes) -> bool {
        self.ends.is_subset(&others.ends) && self.broken.is_subset(&others.broken)
    }
}

/// An executor whose search goes on after a violation, so that it visits everything.
pub struct Watched<S: System> {
    pub machine: Executor<S>,
    pub met: Outcomes,
    /// A word whose accesses are hidden from the search, as if the engine forgot to declare them.
    pub hidden: Option<u64>,
    /// Touched words, each with the task.
    pub touched: BTreeSet<(u64, TaskId)>,
}

impl<S: System> Watched<S> {
    pub fn new(machine: Executor<S>) -> Self {
        Watched { machine, met: Outcomes::default(), hidden: None, touched: BTreeSet::new() }
    }
    /// Words that more than one task touches.
    pub fn shared(&self) -> BTreeSet<u64> {
        let by = |word| self.touched.iter().filter(|t| t.0 == word).count();
        self.touched.iter().map(|t| t.0).filter(|&word| by(word) > 1).collect()
    }
    fn search(mut self, mut search: impl Search<Self>, turns: u64) -> (Self, Verdict, Stats) {
        let verdict = search.advance(&mut self, turns).expect("it fits the turns it has");
        let stats = search.stats();
        (self, verdict, stats)
    }
    /// Explores everything.
    pub fn walk(self, reduction: Reduction) -> (Self, Stats) {
        let (it, verdict, stats) = self.search(Exhaustive::new(reduction), 50_000_000);
        assert_eq!(verdict, Verdict::Complete);
        (it, stats)
    }
}

impl<S: System> Model for Watched<S> {
    fn runnable(&self) -> TaskSet {
        Model::runnable(&self.machine)
    }
    fn step(&mut self, task: TaskId) {
        Model::step(&mut self.machine, task);
        let over = Model::runnable(&self.machine).is_empty();
        let mut findings = self.machine.env().findings();
        if over {
            self.met.ends.insert(self.machine.state());
            findings.extend(self.machine.system().final_findings(&findings));
        }
        self.met.broken.extend(findings.iter().map(property));
        let touched = &mut self.touched;
        self.machine.accesses(|word, _| _ = touched.insert((word, task)));
    }
    fn taker(&self, turn: TaskId) -> TaskId {
        Model::taker(&self.machine, turn)
    }
    fn back(&mut self) {
        Model::back(&mut self.machine);
    }
    fn state(&self) -> u64 {
        self.machine.state()
    }
    fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
        self.machine.accesses(|word, write| {
            if self.hidden != Some(word) {
                touched(word, write);
            }
        });
    }
    fn broken(&self, _: Wanted) -> Option<Property> {
        None
    }
}
