//! What a run came to, for people and machines.

use crate::names::Names;
use faultline_engine::event::Counters;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_sched::Progress;
use faultline_sched::strategy::directive::Obstacle;
use serde::Serialize;

/// A finding with the scenario's names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FindingReport {
    /// What sort.
    pub kind: FindingKind,
    /// The property by its name: `I13`, `E06`, `A-page-2`, `oracle`, `expect` …
    pub property: &'static str,
    /// Points passed by all tasks when it showed.
    pub step: u64,
    /// The task that ran.
    pub task: String,
    /// The object concerned.
    pub object: Option<String>,
    /// The index of the page concerned, in that object.
    pub page: Option<u64>,
    /// In words.
    pub detail: String,
}

impl FindingReport {
    /// A finding of which `events` events of the stream had happened.
    pub(crate) fn of(finding: &Finding, names: &Names, events: usize) -> FindingReport {
        FindingReport {
            kind: finding.kind,
            property: finding.property,
            step: finding.step,
            task: names.task(finding.task),
            object: finding.object.map(|o| names.object(o, events)),
            page: finding.page.map(|p| p.0),
            detail: names.translate(&finding.detail, events),
        }
    }
}

/// A place where a run parted from its stored schedule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartingReport {
    /// The directive that could not be met, as the file says it.
    pub directive: String,
    /// Turns of the run before.
    pub turn: u64,
    /// `blocked`, `finished` or `absent`.
    pub why: &'static str,
}

/// Why a directive could not be met, in a word.
pub(crate) fn obstacle(why: Obstacle) -> &'static str {
    match why {
        Obstacle::Blocked => "blocked",
        Obstacle::Finished => "finished",
        Obstacle::Absent => "absent",
    }
}

/// How far a run is, in a word.
pub(crate) fn outcome(progress: Progress) -> &'static str {
    match progress {
        Progress::Going => "going",
        Progress::Finished => "finished",
        Progress::Stuck => "stuck",
    }
}

/// What a run came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RunReport {
    /// The scenario's name.
    pub scenario: String,
    /// The kernel: a preset, perhaps with changes.
    pub policy: String,
    /// `finished`, `stuck` or `going`.
    pub outcome: &'static str,
    /// Points passed by all tasks.
    pub steps: u64,
    /// The choices as the text that `--choices` takes.
    pub choices: String,
    /// How many choices there were.
    pub choice_count: usize,
    /// The digest of the final state: 16 hexadecimal digits.
    pub digest: String,
    /// What went wrong.
    pub findings: Vec<FindingReport>,
    /// What happened, in numbers, set-up included.
    pub counters: Counters,
    /// Where the run parted from its stored schedule.
    pub parted: Vec<PartingReport>,
}

impl RunReport {
    /// A finding of this kind is among them.
    pub fn has(&self, kind: FindingKind) -> bool {
        self.findings.iter().any(|f| f.kind == kind)
    }
    /// The kinds of findings, each once, sorted.
    pub fn kinds(&self) -> Vec<FindingKind> {
        let mut kinds: Vec<_> = self.findings.iter().map(|f| f.kind).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }
}
