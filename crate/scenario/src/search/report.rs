//! What a search has established, for people and machines.

use super::{Method, SearchJob};
use crate::dates::{self, NotReproduced};
use crate::format_number::count;
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
use serde::Serialize;
use std::fmt;

/// A finding and the schedule that leads to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FoundReport {
    /// What sort.
    pub kind: FindingKind,
    /// The sort in words.
    pub words: &'static str,
    /// The property by its name.
    pub property: Property,
    /// In words.
    pub detail: String,
    /// The choices, up to the finding; the run goes on in task order.
    pub choices: String,
    /// Points passed by all tasks when it shows.
    pub steps: u64,
    /// Turns up to and with the one that breaks the property.
    pub turns: usize,
    /// How often a task is left that could have gone on.
    pub preemptions: u32,
    /// No schedule has fewer preemptions; otherwise none was found, which is less.
    pub fewest: bool,
    /// The scenario's text, where it is a smaller one than was asked for.
    pub scenario: Option<String>,
}

/// What came of a search.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SearchReport {
    /// The scenario's name.
    pub scenario: String,
    /// The kernel.
    pub policy: String,
    /// `exhaustive`, `preemptions`, `pct` or `random`.
    pub strategy: &'static str,
    /// `found`, `complete`, `bounded`, or `stopped` if there is none yet.
    pub verdict: &'static str,
    /// The verdict in a sentence that says exactly what it is.
    pub text: String,
    /// Runs that came to an end.
    pub executions: u64,
    /// Turns taken.
    pub steps: u64,
    /// Different states met.
    pub states: u64,
    /// Every interleaving was covered.
    pub complete: bool,
    /// Preemptions up to which every interleaving was covered, if they were bounded.
    pub preemption_bound: Option<u32>,
    /// Why nothing of this is to be believed, if the verdict is `unsound`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsound: Option<Unsound>,
    /// What was found: as it was met, or as short as it could be made.
    pub findings: Vec<FoundReport>,
    /// Changes of the routines that the scenario reaches which the engine does not have as the
    /// preset's kernel had them.
    pub not_reproduced: Vec<NotReproduced>,
}

/// Why a search is not to be believed: a mistake of this program, whatever the scenario is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Unsound {
    /// A task that had to be repeated went another way than it went at first.
    Diverged {
        /// The task by its name.
        task: String,
        /// In which of its steps, from 1.
        step: u32,
        /// The point from which that step began.
        at: Option<&'static str>,
        /// What it had done there.
        recorded: String,
        /// What it did when it was repeated.
        met: String,
    },
    /// What the search met does not come up where its schedule is played.
    Unconfirmed {
        /// What sort of thing it met.
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
                Method::Exhaustive => "exhaustive",
                Method::Preemptions(_) => "preemptions",
                Method::Pct(_) => "pct",
                Method::Random => "random",
            },
            verdict: match &job.verdict {
                _ if unsound.is_some() => "unsound",
                Some(Verdict::Unsound(_)) => "unsound",
                Some(Verdict::Found(_)) => "found",
                Some(Verdict::Complete) => "complete",
                Some(Verdict::Bounded(_)) => "bounded",
                None => "stopped",
            },
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

/// All that was found, each played once more.
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

/// What a search says that is not to be believed.
fn distrust(job: &SearchJob, why: &Unsound) -> String {
    format!(
        "unsound: nothing that this search covered is to be believed, for {why}. This is a mistake of Faultline; please \
         report it with the scenario and --policy {}",
        job.policy.name
    )
}

fn sentence(job: &SearchJob, first: Option<&FoundReport>) -> String {
    let (verdict, stats) = (job.verdict.as_ref(), &job.stats);
    // What was passed over is no proof that nothing breaks.
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
            format!("bounded: {none} in {covered} by chance, which proves nothing{extra_state}")
        }
        (Some(Verdict::Bounded(Bound::States(_))), _) => {
            format!("bounded: {none} in {covered}; there are more states than were allowed{extra_state}")
        }
        (Some(Verdict::Unsound(_)), _) => String::from("unsound"),
        (None, _) => format!("stopped: {none} so far in {covered}{extra_state}"),
    }
}

/// Plays a schedule once more and tells what it comes to: nothing is said to be found that does not
/// come up again.
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

/// Without the last `a`s, which are what a run does anyway.
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
    fn what_does_not_come_up_again_is_not_said_to_be_found() {
        let scenario = gallery::find("g1").unwrap().scenario().unwrap();
        let property = Property { kind: FindingKind::Stale as u8, which: 0 };
        let found = Found { choices: Choices::default(), turns: 1, preemptions: 0, property };
        let error = told(&scenario, &Policy::preset("main").unwrap(), &found, true).unwrap_err();
        assert!(error.to_string().starts_with("the search met stale, but"), "{error}");
    }
}
