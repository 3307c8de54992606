//! Which smallest sets of switches make a scenario clean?
//!
//! Every legal way to flip one switch of a kernel, then every pair, is searched through;
//! a set is not tried where a part of it is enough by itself. Only a search that covered all
//! interleavings says that a set is enough.

use super::{KindFilter, Request, matrix};
use crate::model::Scenario;
use crate::player::PlayError;
use faultline_engine::policy::{DEFECTS, Policy, SWITCHES, SwitchInfo};
use faultline_explore::{Stats, Verdict};
use faultline_sched::model::kind;
use serde::Serialize;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Switches to be flipped, in order of their numbers.
pub type Set = Vec<&'static SwitchInfo>;

/// A set of switches and what a search with them established.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Attempt {
    /// The switches, as `--policy` takes them: `+P01`, `-P03`.
    pub switches: Vec<String>,
    /// The kernel with them.
    pub policy: String,
    /// `complete`: nothing breaks in any interleaving. `found`: something does. `bounded`: the
    /// search came to its bounds, and nothing is established. `unsound`: a repeated task diverged.
    pub how: &'static str,
    /// What breaks, where something does.
    pub kind: Option<&'static str>,
    /// States that were met.
    pub states: u64,
    /// Turns that were taken.
    pub steps: u64,
}

impl Attempt {
    /// The set is enough: proven.
    pub fn clean(&self) -> bool {
        self.how == "complete"
    }
}

/// What came of all sets up to a size.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Fixes {
    /// Every set that was searched with, smallest first.
    pub tried: Vec<Attempt>,
    /// Sets that no kernel could have (rulings R16).
    pub illegal: usize,
    /// Sets of which a part is enough already.
    pub implied: usize,
}

impl Fixes {
    /// The smallest sets that are enough.
    pub fn clean(&self) -> impl Iterator<Item = &Attempt> {
        self.tried.iter().filter(|attempt| attempt.clean())
    }
    /// How many came out so: `complete`, `found`, `bounded` or `unsound`.
    pub fn count(&self, how: &str) -> usize {
        self.tried.iter().filter(|attempt| attempt.how == how).count()
    }
}

/// All sets of `size` switches of a kernel, legal or not. A defect is among them if the kernel has it.
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

/// The switches as a policy's text has them.
fn words(policy: &Policy, set: &Set) -> Vec<String> {
    set.iter().map(|s| format!("{}{}", if policy.on(s.switch) { '-' } else { '+' }, s.id)).collect()
}

/// The kernel with these switches flipped, if there could be one.
fn flip(policy: &Policy, set: &Set) -> Option<Policy> {
    Policy::parse(&format!("{},{}", policy.name, words(policy, set).join(","))).ok()
}

/// Searches with one set flipped; nothing if no kernel could have it. Whatever breaks counts,
/// whatever kind the request is about: a set that only trades one finding for another is no fix.
pub fn attempt(
    scenario: &Scenario,
    policy: &Policy,
    set: &Set,
    request: Request,
) -> Result<Option<Attempt>, PlayError> {
    let Some(kernel) = flip(policy, set) else { return Ok(None) };
    let whole = Request { kinds: KindFilter::Any, ..request };
    let (verdict, Stats { states, steps, .. }) = matrix::search(&Rc::new(scenario.clone()), &kernel, whole)?;
    let (how, kind) = match verdict {
        Verdict::Complete => ("complete", None),
        Verdict::Found(found) => ("found", kind(found.property).map(|kind| kind.name())),
        Verdict::Bounded(_) => ("bounded", None),
        Verdict::Unsound(_) => ("unsound", None),
    };
    Ok(Some(Attempt { switches: words(policy, set), policy: kernel.name, how, kind, states, steps }))
}

/// Searches with every set of up to `most` switches, with so many workers at a time. `told` hears of
/// every attempt as it is done, of how many of its size are done, and how many there are.
pub fn fixes(
    scenario: &Scenario,
    policy: &Policy,
    most: usize,
    request: Request,
    workers: usize,
    told: impl Fn(&Attempt, usize, usize) + Sync,
) -> Result<Fixes, PlayError> {
    let mut fixes = Fixes::default();
    for size in 1..=most {
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
        let one = |set: &Set| attempt(scenario, policy, set, request);
        fixes.tried.extend(at_once(&sets, workers, one, &told)?);
    }
    Ok(fixes)
}

/// Tries all of them on several threads; the answers are in the order of the sets.
fn at_once(
    sets: &[Set],
    workers: usize,
    one: impl Fn(&Set) -> Result<Option<Attempt>, PlayError> + Sync,
    told: &(impl Fn(&Attempt, usize, usize) + Sync),
) -> Result<Vec<Attempt>, PlayError> {
    let (next, done, answers) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..workers.clamp(1, sets.len().max(1)) {
            scope.spawn(|| {
                // Relaxed: the number alone decides who does what, and how many are done is only told.
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(set) = sets.get(at) else { break };
                    let answer = one(set);
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if let Ok(Some(attempt)) = &answer {
                        told(attempt, done, sets.len());
                    }
                    answers.lock().unwrap_or_else(|poison| poison.into_inner()).push((at, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(|poison| poison.into_inner());
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().filter_map(|(_, answer)| answer.transpose()).collect()
}
