//! Minimises a finding's schedule, first in preemptions, then in steps, and reduces the scenario (delta debugging).
//!
//! The same finding is one of the same kind and property. Only searches that cover everything within their bounds
//! decide, so the result is always the same.

use super::{MEMORY, ScenarioExecutor, set_up};
use crate::model::{Op, Scenario, Statement, Task};
use crate::parse;
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_explore::bounded::Bounded;
use faultline_explore::model::Wanted;
use faultline_explore::{Budget, Divergence, Found, Search, Verdict};
use std::collections::HashSet;
use std::rc::Rc;

/// Maximum number of states that one search visits while minimising.
const STATES: u64 = 3_000_000;

/// Maximum number of steps of all reduction attempts together. The last attempt always runs to its end.
const TURNS: u64 = 50_000_000;

/// The search for the same finding with the fewest preemptions, then in the fewest steps.
pub fn minimise_schedule(found: &Found) -> Bounded {
    let budget = Budget::default().states(STATES).memory(MEMORY);
    Bounded::new(found.preemptions).wanted(Wanted::This(found.property)).shortest().within(budget)
}

/// Removes the pieces of a scenario that a finding does not need, one by one.
///
/// A piece is a task, an operation, or a line of the set-up. It stays removed if the smaller scenario is valid and a
/// search still reaches the same finding with no more preemptions, but at least one if it needed any: a finding
/// without a race is a different one. Names of objects and pages are not pieces: the narration uses them, so they
/// stay as long as they name something. The reducer cycles through the pieces until all of them have been needed
/// since the last removal: then no single piece can be removed.
pub struct Reducer {
    scenario: Scenario,
    policy: Policy,
    found: Found,
    /// The piece to try next, in the order of `without`.
    next: usize,
    /// Length of the run of needed pieces just before `next`, cyclically.
    needed: usize,
    /// Steps of all attempts so far.
    spent: u64,
    /// A smaller scenario and its running search.
    attempt: Option<(Scenario, ScenarioExecutor, Bounded)>,
    smaller: bool,
    /// An attempt's search was unsound.
    unsound: Option<Box<Divergence>>,
}

impl Reducer {
    /// Starts with a scenario in which a search found `found`.
    pub fn new(scenario: &Scenario, policy: &Policy, found: Found) -> Reducer {
        let mut scenario = scenario.clone();
        // They name tasks that may be removed, and results that may change.
        scenario.schedules.clear();
        scenario.expects.clear();
        scenario.setup.retain(|statement| !matches!(statement, Statement::Expect(_)));
        Reducer {
            scenario,
            policy: policy.clone(),
            found,
            next: 0,
            needed: 0,
            spent: 0,
            attempt: None,
            smaller: false,
            unsound: None,
        }
    }
    /// The smaller scenario and its finding; `None` if no piece could be removed.
    pub fn result(&self) -> Option<(&Scenario, &Found)> {
        self.smaller.then_some((&self.scenario, &self.found))
    }
    /// Why it stopped early: the search of a smaller scenario diverged.
    pub fn unsound(&self) -> Option<&Divergence> {
        self.unsound.as_deref()
    }
    /// Takes about `turns` more steps. Returns whether it is done.
    pub fn advance(&mut self, turns: u64) -> bool {
        if let Some((scenario, executor, search)) = &mut self.attempt {
            let Some(verdict) = search.advance(executor, turns) else { return false };
            self.spent += Search::<ScenarioExecutor>::stats(search).steps;
            match verdict {
                Verdict::Found(found) if found.preemptions > 0 || self.found.preemptions == 0 => {
                    (self.scenario, self.found, self.smaller) = (scenario.clone(), found, true);
                    // Pieces that were needed before may no longer be.
                    self.needed = 0;
                }
                Verdict::Unsound(divergence) => self.unsound = Some(divergence),
                _ => self.keep(),
            }
            self.attempt = None;
            return self.unsound.is_some();
        }
        while self.spent < TURNS && self.needed < self.pieces() {
            let Some(smaller) = without(&self.scenario, self.next) else {
                self.next = 0;
                continue;
            };
            match self.try_out(smaller) {
                Some(attempt) => {
                    self.attempt = Some(attempt);
                    return false;
                }
                None => self.keep(),
            }
        }
        true
    }
    /// Present number of pieces.
    fn pieces(&self) -> usize {
        (0..).take_while(|&n| without(&self.scenario, n).is_some()).count()
    }
    /// Keeps the piece just tried: it is needed.
    fn keep(&mut self) {
        self.next += 1;
        self.needed += 1;
    }
    /// Starts the search of a smaller scenario; `None` if that is not valid.
    fn try_out(&self, smaller: Scenario) -> Option<(Scenario, ScenarioExecutor, Bounded)> {
        if let Some(attempt) = self.as_it_is(&smaller) {
            return Some(attempt);
        }
        // A name may be undefined now: keeps the names that are still valid, trying the first ones first.
        let mut nameless = smaller.clone();
        nameless.setup.retain(|statement| !is_name(statement));
        let mut attempt = self.as_it_is(&nameless)?;
        let mut dropped = HashSet::new();
        for at in (0..smaller.setup.len()).filter(|&at| is_name(&smaller.setup[at])) {
            let later = |statement: usize| statement > at && is_name(&smaller.setup[statement]);
            let mut named = smaller.clone();
            let mut statement = 0..;
            named.setup.retain(|_| {
                statement.next().is_some_and(|statement| !later(statement) && !dropped.contains(&statement))
            });
            match self.as_it_is(&named) {
                Some(holds) => attempt = holds,
                None => _ = dropped.insert(at),
            }
        }
        Some(attempt)
    }
    fn as_it_is(&self, smaller: &Scenario) -> Option<(Scenario, ScenarioExecutor, Bounded)> {
        // The text must parse again.
        let smaller = parse::parse(&smaller.name, &smaller.to_string()).ok()?;
        let (executor, wrong) = set_up(&Rc::new(smaller.clone()), &self.policy, Keep::SEARCH).ok()?;
        let sound = wrong.is_empty() && executor.system().scenario_world().has_one_name_each();
        sound.then(|| (smaller, executor, minimise_schedule(&self.found)))
    }
}

fn is_name(statement: &Statement) -> bool {
    matches!(statement, Statement::NameObject(..) | Statement::NamePage(..))
}

/// Number of pieces that operations are, children's included.
fn size(ops: &[Op]) -> usize {
    ops.iter().map(|op| 1 + child(op).map_or(0, size)).sum()
}

fn child(op: &Op) -> Option<&[Op]> {
    match op {
        Op::Fork(_, body) | Op::Vfork(_, body) => Some(body),
        _ => None,
    }
}

/// The scenario without piece number `n`: tasks first, then their operations, then lines of the set-up. `None` if
/// there are not so many.
fn without(scenario: &Scenario, mut n: usize) -> Option<Scenario> {
    let mut smaller = scenario.clone();
    if n < smaller.tasks.len() {
        if smaller.tasks.len() == 1 {
            return without_op(smaller, 0);
        }
        smaller.tasks.remove(n);
        return Some(smaller);
    }
    n -= smaller.tasks.len();
    without_op(smaller, n)
}

fn without_op(mut scenario: Scenario, mut n: usize) -> Option<Scenario> {
    for Task { ops, .. } in &mut scenario.tasks {
        let here = size(ops);
        if n < here {
            take(ops, &mut n);
            // A task needs operations.
            scenario.tasks.retain(|task| !task.ops.is_empty());
            return Some(scenario);
        }
        n -= here;
    }
    for at in 0..scenario.setup.len() {
        let whole = matches!(scenario.setup[at], Statement::Process(_) | Statement::File(..));
        let Statement::Do(_, ops) = &mut scenario.setup[at] else {
            if whole && n == 0 {
                scenario.setup.remove(at);
                return Some(scenario);
            }
            n = n.checked_sub(usize::from(whole))?;
            continue;
        };
        let here = size(ops);
        if n < here {
            take(ops, &mut n);
            if ops.is_empty() {
                scenario.setup.remove(at);
            }
            return Some(scenario);
        }
        n -= here;
    }
    None
}

/// Removes operation `n`, where a child's operations count right after its fork. Returns whether it did.
fn take(ops: &mut Vec<Op>, n: &mut usize) -> bool {
    for at in 0..ops.len() {
        if *n == 0 {
            ops.remove(at);
            return true;
        }
        *n -= 1;
        if let Op::Fork(_, body) | Op::Vfork(_, body) = &mut ops[at]
            && take(body, n)
        {
            return true;
        }
    }
    false
}
