//! Makes a finding's story short: fewer preemptions, fewer turns, then a smaller scenario.
//!
//! The same finding is one of the same kind and property. All of it is decided by
//! searches that look at everything in their bounds, so the result is the same every time.

use super::{ScenarioExecutor, set_up};
use crate::model::{Op, Scenario, Statement, Task};
use crate::parse;
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_explore::bounded::Bounded;
use faultline_explore::model::Wanted;
use faultline_explore::{Divergence, Found, Search, Verdict};
use std::collections::HashSet;
use std::rc::Rc;

/// States that one search may meet while shrinking.
const STATES: u64 = 3_000_000;

/// Turns that all attempts to take something away may take together. The last one is
/// always brought to its end.
const TURNS: u64 = 50_000_000;

/// The search for the same finding with the fewest preemptions, in the fewest turns.
pub fn minimise_schedule(found: &Found) -> Bounded {
    Bounded::new(found.preemptions).wanted(Wanted::This(found.property)).shortest().limit(STATES)
}

/// Takes away, piece by piece, what a finding does not need.
///
/// A piece is a task, an operation, or a line of the set-up; it stays away if the smaller
/// scenario is still one and the same finding is still reached with no more preemptions, but not without any
/// if it took some: what then goes wrong by itself is another story. Names of
/// objects and pages are none: the story tells of them, so they stay as long as they name something. The
/// pieces are gone through in turn, over and over, until each of them has been needed since the
/// last one that was not: then no single piece can go.
pub struct Reducer {
    scenario: Scenario,
    policy: Policy,
    found: Found,
    /// The piece that is tried next, in the order of `without`.
    next: usize,
    /// Pieces in a row before that one that were needed, where the first follows the last.
    needed: usize,
    /// Turns that the attempts have taken.
    spent: u64,
    /// A smaller scenario whose search is under way.
    attempt: Option<(Scenario, ScenarioExecutor, Bounded)>,
    smaller: bool,
    /// An attempt showed that no search is to be believed.
    unsound: Option<Box<Divergence>>,
}

impl Reducer {
    /// Of a scenario in which `found` was found.
    pub fn new(scenario: &Scenario, policy: &Policy, found: Found) -> Reducer {
        let mut scenario = scenario.clone();
        // They speak of tasks that may go, and of things that may come out differently.
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
    /// The smaller scenario and the finding in it; nothing if none could be taken away.
    pub fn result(&self) -> Option<(&Scenario, &Found)> {
        self.smaller.then_some((&self.scenario, &self.found))
    }
    /// Why it ended before its time: a search of a smaller scenario diverged.
    pub fn unsound(&self) -> Option<&Divergence> {
        self.unsound.as_deref()
    }
    /// Takes about `turns` turns more. Whether it is over.
    pub fn advance(&mut self, turns: u64) -> bool {
        if let Some((scenario, executor, search)) = &mut self.attempt {
            let Some(verdict) = search.advance(executor, turns) else { return false };
            self.spent += Search::<ScenarioExecutor>::stats(search).steps;
            match verdict {
                Verdict::Found(found) if found.preemptions > 0 || self.found.preemptions == 0 => {
                    (self.scenario, self.found, self.smaller) = (scenario.clone(), found, true);
                    // What was needed before may no longer be.
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
    /// How many pieces there are now.
    fn pieces(&self) -> usize {
        (0..).take_while(|&n| without(&self.scenario, n).is_some()).count()
    }
    /// The piece that was tried is needed.
    fn keep(&mut self) {
        self.next += 1;
        self.needed += 1;
    }
    /// A search of a smaller scenario, if it is one.
    fn try_out(&self, smaller: Scenario) -> Option<(Scenario, ScenarioExecutor, Bounded)> {
        if let Some(attempt) = self.as_it_is(&smaller) {
            return Some(attempt);
        }
        // A name may stand for nothing now: those stay that still hold, the first ones first.
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
        // Whoever reads it has to be able to.
        let smaller = parse::parse(&smaller.name, &smaller.to_string()).ok()?;
        let (executor, wrong) = set_up(&Rc::new(smaller.clone()), &self.policy, Keep::SEARCH).ok()?;
        let sound = wrong.is_empty() && executor.system().scenario_world().has_one_name_each();
        sound.then(|| (smaller, executor, minimise_schedule(&self.found)))
    }
}

fn is_name(statement: &Statement) -> bool {
    matches!(statement, Statement::NameObject(..) | Statement::NamePage(..))
}

/// How many pieces operations are, their children's included.
fn size(ops: &[Op]) -> usize {
    ops.iter().map(|op| 1 + child(op).map_or(0, size)).sum()
}

fn child(op: &Op) -> Option<&[Op]> {
    match op {
        Op::Fork(_, body) | Op::Vfork(_, body) => Some(body),
        _ => None,
    }
}

/// The scenario without its piece number `n`: tasks first, then their operations, then the
/// lines of the set-up. Nothing if there are not so many.
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
            // A task without operations is none.
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

/// Takes operation `n` away, counted with children's right after their fork. Whether it did.
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
