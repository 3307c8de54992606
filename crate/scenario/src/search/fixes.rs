//! Which smallest sets of switches make a scenario clean?
//!
//! Every legal way to flip one switch of a kernel, then every pair, is searched through;
//! a pair is not tried where one of its switches is enough by itself.

use super::{Request, machine};
use crate::model::Scenario;
use crate::player::PlayError;
use faultline_engine::policy::{Policy, SWITCHES, SwitchInfo};
use faultline_sched::explore::Verdict;
use serde::Serialize;
use std::rc::Rc;

/// A set of switches and what they come to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Fix {
    /// The switches, as `--policy` takes them: `+P01`, `-P03`.
    pub switches: Vec<String>,
    /// The kernel with them.
    pub policy: String,
    /// Nothing breaks in any interleaving.
    pub clean: bool,
    /// It was proven or found; otherwise the search came to its bounds.
    pub certain: bool,
}

/// The sets of up to `most` switches that are tried, smallest first.
pub fn sets(policy: &Policy, most: usize) -> Vec<Vec<&'static SwitchInfo>> {
    let singles: Vec<Vec<_>> = SWITCHES.iter().map(|s| vec![s]).collect();
    let mut sets = singles.clone();
    for _ in 1..most {
        let longer: Vec<Vec<_>> = sets
            .iter()
            .filter(|set| set.len() + 1 > 1)
            .flat_map(|set| {
                let last = set.last().map_or("", |s| s.id);
                let more = SWITCHES.iter().filter(move |s| s.id > last);
                more.map(move |s| set.iter().copied().chain([s]).collect::<Vec<_>>())
            })
            .collect();
        sets.extend(longer);
    }
    sets.sort_by_key(Vec::len);
    sets.dedup_by(|a, b| a.iter().map(|s| s.id).eq(b.iter().map(|s| s.id)));
    sets.retain(|set| flip(policy, set).is_some());
    sets
}

/// The kernel with these switches flipped, if there could be one.
fn flip(policy: &Policy, set: &[&SwitchInfo]) -> Option<(Policy, Vec<String>)> {
    let words = set.iter().map(|s| format!("{}{}", if policy.on(s.switch) { '-' } else { '+' }, s.id));
    let words: Vec<String> = words.collect();
    let text = format!("{},{}", policy.name, words.join(","));
    Policy::parse(&text).ok().map(|policy| (policy, words))
}

/// Searches through one set.
pub fn attempt(
    scenario: &Scenario,
    policy: &Policy,
    set: &[&SwitchInfo],
    request: Request,
) -> Result<Option<Fix>, PlayError> {
    let Some((kernel, switches)) = flip(policy, set) else { return Ok(None) };
    let mut machine = machine(&Rc::new(scenario.clone()), &kernel, request.keep())?;
    let mut search = request.search();
    let verdict = loop {
        if let Some(verdict) = search.advance(&mut machine, u64::MAX) {
            break verdict;
        }
    };
    let clean = verdict == Verdict::Complete;
    let certain = !matches!(verdict, Verdict::Bounded(_));
    Ok(Some(Fix { switches, policy: kernel.name, clean, certain }))
}

/// All smallest sets of up to `most` switches that make the scenario clean. `told` hears of
/// every set as it is done.
pub fn fixes(
    scenario: &Scenario,
    policy: &Policy,
    most: usize,
    request: Request,
    mut told: impl FnMut(&Fix),
) -> Result<Vec<Fix>, PlayError> {
    let mut clean: Vec<Fix> = Vec::new();
    for set in sets(policy, most) {
        let words: Vec<&str> = set.iter().map(|s| s.id).collect();
        let enough = |fix: &Fix| fix.switches.iter().all(|s| words.contains(&&s[1..]));
        if clean.iter().any(enough) {
            continue;
        }
        if let Some(fix) = attempt(scenario, policy, &set, request)? {
            told(&fix);
            if fix.clean {
                clean.push(fix);
            }
        }
    }
    Ok(clean)
}
