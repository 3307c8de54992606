//! The matrix: what a search establishes for every scenario on every kernel.

use super::{Established, Method, Request, executor_for};
use crate::gallery::Exhibit;
use crate::model::Scenario;
use crate::player::PlayError;
use faultline_engine::finding::FindingKind;
use faultline_engine::policy::{PRESETS, Policy, Preset};
use faultline_explore::{Bound, Stats, Verdict};
use faultline_sched::model::kind;
use serde::Serialize;
use std::rc::Rc;

/// Result of one scenario on one kernel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Cell {
    /// The scenario.
    pub scenario: &'static str,
    /// The kernel.
    pub policy: &'static str,
    /// Kind of the first finding; empty if there is none.
    pub kinds: Vec<FindingKind>,
    /// What the search established.
    pub how: Established,
    /// Preemption bound up to which there is no finding, if that is all that is established.
    pub preemptions: Option<u32>,
    /// Distinct states visited.
    pub states: u64,
    /// Scheduling steps taken.
    pub steps: u64,
}

impl Cell {
    /// The mark in the table: `X` for a finding, `.` for none, `≤1` for none with at most one preemption, `?` if not
    /// even that is established, `!` if the search is unsound.
    pub fn mark(&self) -> String {
        match (self.how, self.preemptions) {
            (Established::Found, _) => "X".into(),
            (Established::Complete, _) => ".".into(),
            (Established::Unsound, _) => "!".into(),
            (_, Some(most)) => format!("≤{most}"),
            _ => "?".into(),
        }
    }
}

/// Preemption bound for a scenario that is too large for an exhaustive search.
pub const PREEMPTIONS: u32 = 1;

/// Turns between two looks at whether the search is to end.
const SLICE: u64 = 2_000;

/// Searches until there is a verdict; without one if `stop` says so before.
pub(super) fn search(
    scenario: &Rc<Scenario>,
    policy: &Policy,
    request: Request,
    stop: impl Fn() -> bool,
) -> Result<(Option<Verdict>, Stats), PlayError> {
    let mut executor = executor_for(scenario, policy, request.keep())?;
    let mut search = request.search();
    loop {
        let verdict = search.advance(&mut executor, SLICE);
        if verdict.is_some() || stop() {
            return Ok((verdict, search.stats()));
        }
    }
}

/// Searches one scenario on one kernel, or until `stop` says that it is to end.
pub fn cell(
    exhibit: &Exhibit,
    preset: &'static Preset,
    request: Request,
    stop: impl Fn() -> bool,
) -> Result<Cell, PlayError> {
    let policy = Policy::preset(preset.name)?;
    let scenario = Rc::new(
        exhibit
            .scenario()
            .map_err(|error| PlayError::SetUp { scenario: exhibit.name.into(), why: error.to_string() })?,
    );
    let (mut verdict, mut stats) = search(&scenario, &policy, request, &stop)?;
    if matches!(verdict, Some(Verdict::Bounded(_))) {
        // Too large to be walked through: what few preemptions lead to says something too.
        let few = Request { method: Method::Preemptions(PREEMPTIONS), ..request };
        (verdict, stats) = search(&scenario, &policy, few, &stop)?;
    }
    let Stats { states, steps, .. } = stats;
    let preemptions = match &verdict {
        Some(Verdict::Bounded(Bound::Preemptions(most))) => Some(*most),
        _ => None,
    };
    let kinds = match &verdict {
        Some(Verdict::Found(found)) => kind(found.property).into_iter().collect(),
        _ => Vec::new(),
    };
    let how = verdict.as_ref().into();
    Ok(Cell { scenario: exhibit.name, policy: preset.name, kinds, how, preemptions, states, steps })
}

/// The table as Markdown: a row for each scenario, a column for each kernel.
pub fn table(cells: &[Cell]) -> String {
    let mut text = String::from("| scenario |");
    for preset in PRESETS {
        text += &format!(" {} |", preset.name);
    }
    text += "\n| --- |";
    text += &" :-: |".repeat(PRESETS.len());
    text.push('\n');
    for row in cells.chunk_by(|a, b| a.scenario == b.scenario) {
        text += &format!("| `{}` |", row[0].scenario);
        for preset in PRESETS {
            let mark = row.iter().find(|c| c.policy == preset.name).map_or_else(|| " ".into(), Cell::mark);
            text += &format!(" {mark} |");
        }
        text.push('\n');
    }
    text
}
