//! What a search has established, as text and as JSON.

use super::{Established, Method, SearchJob};
use crate::dates::{self, NotReproduced};
use crate::model::Scenario;
use crate::narrate::words;
use crate::player::{PlayError, Player, Scheduling};
use crate::roster::Roster;
use faultline_engine::finding::FindingKind;
use faultline_engine::policy::Policy;
use faultline_engine::property::Property;
use faultline_explore::{Bound, Choices, Divergence, Found, Verdict};
use faultline_sched::Checks;
use faultline_sched::model::{kind, property};
use faultline_text::format_number::{count, grouped};
use serde::Serialize;
use std::fmt;

/// A finding and the schedule that leads to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundReport {
    /// Its kind.
    pub kind: FindingKind,
    /// The kind in words.
    pub words: &'static str,
    /// The property by its name.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub property: Property,
    /// Description.
    pub detail: String,
    /// The choices up to the finding; the run continues in task order.
    pub choices: String,
    /// Points passed by all tasks when it was found.
    pub steps: u64,
    /// Scheduling steps up to and including the one with the finding.
    pub turns: usize,
    /// Preemptions: how often a runnable task is left.
    pub preemptions: u32,
    /// Proven: no schedule has fewer preemptions. Otherwise the search just found none.
    pub fewest: bool,
    /// Text of the reduced scenario, if it was reduced.
    pub scenario: Option<String>,
}

/// A [`Method`] without its numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// All interleavings.
    Exhaustive,
    /// Those with few preemptions.
    Preemptions,
    /// Random priorities.
    Pct,
    /// Random runs.
    Random,
}

/// Result of a search.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchReport {
    /// The scenario's name.
    pub scenario: String,
    /// The kernel.
    pub policy: String,
    /// How it searched.
    pub strategy: Strategy,
    /// What it established.
    pub verdict: Established,
    /// The verdict in a sentence that states exactly what is established.
    pub text: String,
    /// Runs that ended.
    pub executions: u64,
    /// Scheduling steps taken.
    pub steps: u64,
    /// Distinct states visited.
    pub states: u64,
    /// The search covered every interleaving.
    pub complete: bool,
    /// Preemption bound up to which it covered every interleaving, if bounded.
    pub preemption_bound: Option<u32>,
    /// Why the result is unsound, if the verdict is `unsound`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub unsound: Option<Unsound>,
    /// The findings, minimised as far as the job has come.
    pub findings: Vec<FoundReport>,
    /// Changes to routines that the scenario reaches which the engine does not reproduce as the preset's kernel had
    /// them.
    pub not_reproduced: Vec<NotReproduced>,
}

/// Why a result is unsound: a bug of this program, whatever the scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Unsound {
    /// A replayed task diverged from its log.
    Diverged {
        /// The task's name.
        task: String,
        /// Number of the step, from 1.
        step: u32,
        /// The point at which that step began.
        at: Option<&'static str>,
        /// The logged action.
        recorded: String,
        /// The action on replay.
        met: String,
    },
    /// Playing the schedule of a finding does not reproduce it.
    Unconfirmed {
        /// Kind of the finding.
        kind: &'static str,
        /// The schedule.
        choices: String,
    },
}

impl Unsound {
    fn diverged(divergence: &Divergence, scenario: &Scenario) -> Unsound {
        let Divergence { task, turn, at, recorded, met } = divergence.clone();
        let task_specs = Roster::of(scenario).task_specs;
        let task = task_specs
            .get((task.0 as usize).wrapping_sub(1))
            .map_or_else(|| format!("task {}", task.0), |p| p.name.clone());
        Unsound::Diverged { task, step: turn, at, recorded, met }
    }
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsound::Diverged { task, step, at, recorded, met } => {
                let at = at.unwrap_or("its beginning");
                write!(f, "{task} goes another way when it is repeated: in its step {step}, from {at} on, ")?;
                write!(f, "it {met}, where it {recorded} at first")
            }
            Unsound::Unconfirmed { kind, choices } => {
                write!(f, "the search met {kind}, but playing its schedule ({choices}) does not")
            }
        }
    }
}

impl SearchReport {
    pub(super) fn of(job: &SearchJob) -> Result<SearchReport, PlayError> {
        let stats = job.stats;
        let (findings, mut unsound) = match all_told(job) {
            Err(PlayError::Unconfirmed { kind, choices, .. }) => {
                (Vec::new(), Some(Unsound::Unconfirmed { kind, choices }))
            }
            findings => (findings?, None),
        };
        if let Some(Verdict::Unsound(divergence)) = &job.verdict {
            unsound = Some(Unsound::diverged(divergence, &job.scenario));
        }
        let bound = match (&job.verdict, job.request.method) {
            (Some(Verdict::Bounded(Bound::Preemptions(most))), _) => Some(*most),
            (Some(Verdict::Found(_)), Method::Preemptions(_)) => stats.bound,
            _ => None,
        };
        Ok(SearchReport {
            scenario: job.scenario.name.clone(),
            policy: job.policy.name.clone(),
            strategy: match job.request.method {
                Method::Exhaustive => Strategy::Exhaustive,
                Method::Preemptions(_) => Strategy::Preemptions,
                Method::Pct(_) => Strategy::Pct,
                Method::Random => Strategy::Random,
            },
            verdict: if unsound.is_some() { Established::Unsound } else { job.verdict.as_ref().into() },
            text: unsound.as_ref().map_or_else(|| sentence(job, findings.first()), |why| distrust(job, why)),
            executions: stats.executions,
            steps: stats.steps,
            states: stats.states,
            complete: unsound.is_none() && job.verdict == Some(Verdict::Complete),
            preemption_bound: bound,
            unsound,
            findings,
            not_reproduced: dates::not_reproduced(&job.scenario, &job.policy),
        })
    }
}

/// All findings, each confirmed by playing its schedule.
fn all_told(job: &SearchJob) -> Result<Vec<FoundReport>, PlayError> {
    let Some(found) = job.found() else { return Ok(Vec::new()) };
    let fewest = job.minimised.is_some() || found.preemptions == 0;
    let mut findings = vec![told(&job.scenario, &job.policy, found, fewest)?];
    if let Some((smaller, found)) = job.reducer.as_ref().and_then(|reducer| reducer.result()) {
        let told = told(smaller, &job.policy, found, fewest)?;
        findings.push(FoundReport { scenario: Some(smaller.to_string()), ..told });
    }
    Ok(findings)
}

/// The sentence for an unsound result.
fn distrust(job: &SearchJob, why: &Unsound) -> String {
    format!(
        "unsound: nothing that this search covered is to be believed, for {why}. This is a mistake of Faultline; please \
         report it with the scenario and --policy {}",
        job.policy.name
    )
}

fn sentence(job: &SearchJob, first: Option<&FoundReport>) -> String {
    let (verdict, stats) = (job.verdict.as_ref(), &job.stats);
    // Findings that the filter passed over leave no proof that there are none.
    let (none, extra_state) = match job.request.kinds.one() {
        Some(kind) if stats.passed_over => (format!("no {} comes up", kind.name()), "; other things break"),
        _ => ("nothing breaks".to_owned(), ""),
    };
    let onwards = if job.before.1 > 0 { " from there on" } else { "" };
    let covered = match stats.states {
        0 => format!("{}, {}", count(stats.executions, "run"), count(stats.steps, "step")),
        states => {
            let (states, steps, runs) =
                (count(states, "state"), count(stats.steps, "step"), count(stats.executions, "run"));
            format!("{states}, {steps}, {runs} to an end")
        }
    };
    match (verdict, first) {
        (Some(Verdict::Found(_)), Some(first)) => {
            let switches = count(u64::from(first.preemptions), "preemption");
            let fewest = match (first.preemptions, first.fewest) {
                (_, true) => ", the fewest there are",
                (1, false) => "",
                (_, false) => "; no smaller one found",
            };
            let fallback_from = match &job.fallback_from {
                Some((kind, Verdict::Complete)) => {
                    format!("; no {} comes up in any interleaving{onwards}", kind.name())
                }
                Some((kind, _)) => format!("; no {} was met", kind.name()),
                None => String::new(),
            };
            format!(
                "found: {} after {covered}; its schedule takes {} steps and {switches}{fewest}{fallback_from}",
                first.kind.name(),
                first.turns
            )
        }
        (Some(Verdict::Found(_)), None) => format!("found after {covered}"),
        (Some(Verdict::Complete), _) => {
            format!("complete: {none} in any interleaving{onwards}; {covered} cover all of them{extra_state}")
        }
        (Some(Verdict::Bounded(Bound::Preemptions(most))), _) => {
            format!("bounded: {none} with at most {most} preemptions{onwards}; {covered}{extra_state}")
        }
        (Some(Verdict::Bounded(Bound::Executions(_))), _) => {
            format!("bounded: {none} in {covered} at random, which proves nothing{extra_state}")
        }
        (Some(Verdict::Bounded(Bound::States(most))), _) => {
            let most = count(*most, "state");
            format!(
                "bounded: {none} in {covered}; there are more than the {most} that were allowed{extra_state}: {SMALLER}"
            )
        }
        (Some(Verdict::Bounded(Bound::Memory(most))), _) => {
            let most = grouped(most >> 20);
            format!(
                "bounded: {none} in {covered}; to go on would take more memory than the {most} MiB that were \
                 allowed{extra_state}: {SMALLER}"
            )
        }
        (Some(Verdict::Unsound(_)), _) => String::from("unsound"),
        (None, _) => format!("stopped: {none} so far in {covered}{extra_state}"),
    }
}

/// What to do where a search would take too much.
const SMALLER: &str = "allow more, or search with few preemptions or at random";

/// Plays a schedule and reports its finding: the report contains only findings that playing reproduces.
fn told(scenario: &Scenario, policy: &Policy, found: &Found, fewest: bool) -> Result<FoundReport, PlayError> {
    let mut player = Player::new(scenario, policy, Checks::default())?;
    player.play(&Scheduling::Choices(found.choices.clone()))?;
    let mut findings = player.findings().into_iter().zip(player.report().findings);
    let Some((_, finding)) = findings.find(|(f, _)| property(f) == found.property) else {
        return Err(PlayError::Unconfirmed {
            kind: kind(found.property).map_or("something", FindingKind::name),
            policy: policy.name.clone(),
            choices: spare(&found.choices).to_string(),
        });
    };
    Ok(FoundReport {
        kind: finding.kind,
        words: words(finding.kind),
        property: finding.property,
        detail: finding.detail,
        choices: spare(&found.choices).to_string(),
        steps: finding.step,
        turns: found.turns,
        preemptions: found.preemptions,
        fewest,
        scenario: None,
    })
}

/// The choices without trailing `a`s, which are the default.
fn spare(choices: &Choices) -> Choices {
    let mut choices = choices.clone();
    let kept = choices.as_slice().iter().rposition(|&c| c != 0).map_or(0, |at| at + 1);
    choices.truncate(kept);
    choices
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::gallery;
    use faultline_explore::model::Property;

    #[test]
    fn a_finding_that_does_not_replay_is_not_reported() {
        let scenario = gallery::find("g1").unwrap().scenario().unwrap();
        let property = Property { kind: FindingKind::Stale as u8, which: 0 };
        let found = Found { choices: Choices::default(), turns: 1, preemptions: 0, property };
        let error = told(&scenario, &Policy::preset("main").unwrap(), &found, true).unwrap_err();
        assert!(error.to_string().starts_with("the search met stale, but"), "{error}");
    }
}
