//! Report of a run, as text and as JSON.

use crate::names::Names;
use crate::narrate::ending;
use faultline_engine::event::Counters;
use faultline_engine::finding::{Finding, FindingKind, Involved, Mapping};
use faultline_engine::property::Property;
use faultline_engine::sync::Mode;
use faultline_explore::strategy::directive::Obstacle;
use faultline_sched::Progress;
use serde::Serialize;
use std::fmt;

/// A finding with the scenario's names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FindingReport {
    /// Its kind.
    pub kind: FindingKind,
    /// The property by its name: `I13`, `E06`, `A-page-2`, `oracle`, `expect` …
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub property: Property,
    /// Points passed by all tasks when it was found.
    pub step: u64,
    /// The task that was running.
    pub task: String,
    /// The object concerned.
    pub object: Option<String>,
    /// The index of the page concerned, in that object.
    pub page: Option<u64>,
    /// The scenario's name for the page.
    pub page_name: Option<String>,
    /// The mappings of the page at that moment.
    pub mappings: Vec<MappingReport>,
    /// The tasks that held or waited for something at that moment.
    pub tasks: Vec<InvolvedReport>,
    /// The number of the earlier finding that it follows from, from 0: they have one cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub follows: Option<usize>,
    /// Description.
    pub detail: String,
    /// The same in sentences, with the mappings of the page and the tasks that held or waited for something.
    pub told: Vec<String>,
}

/// A mapping of the page of a finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MappingReport {
    /// The process whose address space maps it.
    pub process: String,
    /// The address of the mapping: `va0`.
    pub va: String,
    /// It permits writes.
    pub writable: bool,
    /// The CPU whose TLB has it; `None` for the page-table entry.
    pub cpu: Option<u32>,
}

/// What a task held or waited for when a finding was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InvolvedReport {
    /// The task.
    pub task: String,
    /// The point at which it had stopped, or from which it was running.
    pub at: Option<&'static str>,
    /// Locks it held and pages it had busied: `object O (write)`, `page 0 of O (busy)`.
    pub holds: Vec<String>,
    /// What it slept on: `object O`, `page 0 of O`.
    pub waits_for: Option<String>,
}

impl MappingReport {
    fn of(mapping: &Mapping, names: &Names, events: usize) -> MappingReport {
        let Mapping { space, va, writable, cpu } = *mapping;
        MappingReport { process: names.space(space, events), va: names.address(va), writable, cpu: cpu.map(|c| c.0) }
    }
}

impl fmt::Display for MappingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.process, self.va)?;
        if let Some(cpu) = self.cpu {
            write!(f, " in the TLB of CPU {cpu}")?;
        }
        f.write_str(if self.writable { " (rw)" } else { " (r)" })
    }
}

impl InvolvedReport {
    fn of(involved: &Involved, names: &Names, events: usize) -> InvolvedReport {
        let mode = |mode| if mode == Mode::Read { "read" } else { "write" };
        let locks = involved.locks.iter().map(|&(lock, how)| format!("{} ({})", names.lock(lock, events), mode(how)));
        let pages = involved.busy.iter().map(|page| format!("{} (busy)", names.busy_page(page, events)));
        let waits_for = match (&involved.waits_page, involved.waits_for) {
            (Some(page), _) => Some(names.busy_page(page, events)),
            (None, channel) => channel.map(|channel| names.channel(channel, events)),
        };
        InvolvedReport {
            task: names.task(involved.task),
            at: involved.at.map(|step| step.label()),
            holds: locks.chain(pages).collect(),
            waits_for,
        }
    }
    /// Whether it held or waited for something.
    pub fn has_part(&self) -> bool {
        !self.holds.is_empty() || self.waits_for.is_some()
    }
}

impl fmt::Display for InvolvedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.task)?;
        if !self.holds.is_empty() {
            write!(f, " holds {}", self.holds.join(", "))?;
        }
        if let Some(awaited) = &self.waits_for {
            let and = if self.holds.is_empty() { "" } else { " and" };
            write!(f, "{and} waits for {awaited}")?;
        }
        Ok(())
    }
}

impl FindingReport {
    /// A finding, made after `events` events of the stream.
    pub(crate) fn of(finding: &Finding, names: &Names, events: usize) -> FindingReport {
        let report = FindingReport {
            kind: finding.kind,
            property: finding.property,
            step: finding.step,
            task: names.task(finding.task),
            object: finding.object.map(|o| names.object(o, events)),
            page: finding.page.map(|p| p.0),
            page_name: finding.frame.and_then(|frame| names.page_name(frame, events)).map(String::from),
            mappings: finding.mappings.iter().map(|m| MappingReport::of(m, names, events)).collect(),
            tasks: finding.tasks.iter().map(|t| InvolvedReport::of(t, names, events)).collect(),
            follows: None,
            detail: names.say(&finding.detail, events),
            told: Vec::new(),
        };
        FindingReport { told: ending(&report), ..report }
    }
}

/// A place at which a run departed from its stored schedule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PartingReport {
    /// The directive that was impossible, as in the file.
    pub directive: String,
    /// Steps of the run before it.
    pub turn: u64,
    /// `blocked`, `finished` or `absent`.
    pub why: &'static str,
}

/// Why a directive was impossible, in a word.
pub(crate) fn obstacle(why: Obstacle) -> &'static str {
    match why {
        Obstacle::Blocked => "blocked",
        Obstacle::Finished => "finished",
        Obstacle::Absent => "absent",
    }
}

/// State of a run, in a word.
pub(crate) fn outcome(progress: Progress) -> &'static str {
    match progress {
        Progress::Going => "going",
        Progress::Finished => "finished",
        Progress::Stuck => "stuck",
    }
}

/// Report of a run.
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
    /// Number of choices.
    pub choice_count: usize,
    /// The fingerprint of the final state, in JSON as `digest`: 16 hexadecimal digits.
    #[serde(rename = "digest")]
    pub fingerprint: String,
    /// The findings.
    pub findings: Vec<FindingReport>,
    /// Event counts, set-up included.
    pub counters: Counters,
    /// Places at which the run departed from its stored schedule.
    pub parted: Vec<PartingReport>,
}

impl RunReport {
    /// The findings that follow from no other, each with those that follow from it.
    pub fn causes(&self) -> impl Iterator<Item = (&FindingReport, impl Iterator<Item = &FindingReport>)> {
        let heads = self.findings.iter().enumerate().filter(|(_, finding)| finding.follows.is_none());
        heads.map(|(at, head)| (head, self.findings.iter().filter(move |finding| finding.follows == Some(at))))
    }
    /// Whether there is a finding of this kind.
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
