//! Finds the smallest sets of switches with which a scenario has no finding.
//!
//! Searches with every legal flip of one switch of a kernel, then with every pair, and so on; skips a set that
//! contains a sufficient one. A set is sufficient only if its search covered all interleavings.

use super::spread::spread;
use super::{Established, KindFilter, Request, matrix};
use crate::model::Scenario;
use crate::player::PlayError;
use faultline_engine::finding::FindingKind;
use faultline_engine::policy::{DEFECTS, Policy, SWITCHES, SwitchInfo};
use faultline_explore::{Stats, Verdict};
use faultline_sched::model::kind;
use serde::Serialize;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Switches to flip, in order of their numbers.
pub type Set = Vec<&'static SwitchInfo>;

/// A set of switches and what a search with them established.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Attempt {
    /// The switches, as `--policy` takes them: `+P01`, `-P03`.
    pub switches: Vec<String>,
    /// The kernel with them.
    pub policy: String,
    /// What a search with them established.
    pub how: Established,
    /// Kind of the finding, if there is one.
    pub kind: Option<FindingKind>,
    /// Distinct states visited.
    pub states: u64,
    /// Scheduling steps taken.
    pub steps: u64,
}

impl Attempt {
    /// Whether the set is proven to be sufficient.
    pub fn clean(&self) -> bool {
        self.how == Established::Complete
    }
}

/// Results of all sets up to a size.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Fixes {
    /// Every set searched with, smallest first.
    pub tried: Vec<Attempt>,
    /// Number of sets that no kernel could have (rulings R16).
    pub illegal: usize,
    /// Number of sets that contain a sufficient one.
    pub implied: usize,
}

impl Fixes {
    /// The smallest sufficient sets.
    pub fn clean(&self) -> impl Iterator<Item = &Attempt> {
        self.tried.iter().filter(|attempt| attempt.clean())
    }
    /// Number of attempts with this result.
    pub fn count(&self, how: Established) -> usize {
        self.tried.iter().filter(|attempt| attempt.how == how).count()
    }
}

/// All sets of `size` switches of a kernel, legal or not; with a defect if the kernel has it.
fn sets(policy: &Policy, size: usize) -> Vec<Set> {
    let defects = DEFECTS.iter().filter(|defect| policy.on(defect.switch));
    let switches: Vec<&'static SwitchInfo> = SWITCHES.iter().chain(defects).collect();
    fn pick(from: &[&'static SwitchInfo], size: usize) -> Vec<Set> {
        if size == 0 {
            return vec![Vec::new()];
        }
        let first_is = |at: usize| {
            let rest = pick(&from[at + 1..], size - 1).into_iter();
            rest.map(move |rest| [vec![from[at]], rest].concat())
        };
        (0..from.len()).flat_map(first_is).collect()
    }
    pick(&switches, size)
}

/// The switches as in a policy's text.
fn words(policy: &Policy, set: &Set) -> Vec<String> {
    set.iter().map(|s| format!("{}{}", if policy.on(s.switch) { '-' } else { '+' }, s.id)).collect()
}

/// The kernel with these switches flipped; `None` if it is illegal.
fn flip(policy: &Policy, set: &Set) -> Option<Policy> {
    Policy::parse(&format!("{},{}", policy.name, words(policy, set).join(","))).ok()
}

/// Searches with one set flipped; `None` if no kernel could have it. Any finding counts, whatever kind the request
/// asks for: a set that only replaces one finding by another is not a fix.
pub fn attempt(
    scenario: &Scenario,
    policy: &Policy,
    set: &Set,
    request: Request,
    stop: impl Fn() -> bool,
) -> Result<Option<Attempt>, PlayError> {
    let Some(kernel) = flip(policy, set) else { return Ok(None) };
    let whole = Request { kinds: KindFilter::Any, ..request };
    let (verdict, Stats { states, steps, .. }) = matrix::search(&Rc::new(scenario.clone()), &kernel, whole, stop)?;
    let how = verdict.as_ref().into();
    let kind =
        verdict.and_then(|verdict| if let Verdict::Found(found) = verdict { kind(found.property) } else { None });
    Ok(Some(Attempt { switches: words(policy, set), policy: kernel.name, how, kind, states, steps }))
}

/// Searches with every set of up to `most` switches, on `workers` threads. Calls `told` after each attempt, with the
/// attempt, the number of sets of its size that are done, and their total.
pub fn fixes(
    scenario: &Scenario,
    policy: &Policy,
    most: usize,
    request: Request,
    workers: usize,
    told: impl Fn(&Attempt, usize, usize) + Sync,
    stop: impl Fn() -> bool + Sync,
) -> Result<Fixes, PlayError> {
    let mut fixes = Fixes::default();
    for size in 1..=most {
        if stop() {
            break;
        }
        let mut sets = sets(policy, size);
        let all = sets.len();
        sets.retain(|set| flip(policy, set).is_some());
        fixes.illegal += all - sets.len();
        let legal = sets.len();
        let enough = |set: &Set| {
            let words = words(policy, set);
            fixes.clean().any(|smaller| smaller.switches.iter().all(|word| words.contains(word)))
        };
        sets.retain(|set| !enough(set));
        fixes.implied += legal - sets.len();
        // Sets of one size are no part of each other, so they can be tried in any order.
        let one = |set: &Set| attempt(scenario, policy, set, request, &stop);
        fixes.tried.extend(at_once(&sets, workers, one, &told, &stop)?);
    }
    Ok(fixes)
}

/// Tries all sets on several threads; returns the results in the order of the sets.
fn at_once(
    sets: &[Set],
    workers: usize,
    one: impl Fn(&Set) -> Result<Option<Attempt>, PlayError> + Sync,
    told: &(impl Fn(&Attempt, usize, usize) + Sync),
    stop: &(impl Fn() -> bool + Sync),
) -> Result<Vec<Attempt>, PlayError> {
    let done = AtomicUsize::new(0);
    let answers = spread(sets, workers, stop, |set| {
        let answer = one(set);
        // Relaxed: the number is only reported.
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Ok(Some(attempt)) = &answer {
            told(attempt, done, sets.len());
        }
        answer
    });
    answers.into_iter().filter_map(Result::transpose).collect()
}
