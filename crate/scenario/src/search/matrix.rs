//! Every scenario on every kernel: what a search establishes.

use super::{Method, Request, executor_for};
use crate::gallery::Exhibit;
use crate::model::Scenario;
use crate::player::PlayError;
use faultline_engine::policy::{PRESETS, Policy, Preset};
use faultline_explore::{Bound, Stats, Verdict};
use faultline_sched::model::kind;
use serde::Serialize;
use std::rc::Rc;

/// What one scenario comes to on one kernel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Cell {
    /// The scenario.
    pub scenario: &'static str,
    /// The kernel.
    pub policy: &'static str,
    /// What the first schedule that breaks something breaks; empty if none does.
    pub kinds: Vec<&'static str>,
    /// `found`, `complete` or `bounded`; `unsound` where a repeated task diverged.
    pub how: &'static str,
    /// Preemptions up to which nothing breaks, where that is all that is established.
    pub preemptions: Option<u32>,
    /// States that were met.
    pub states: u64,
    /// Turns that were taken.
    pub steps: u64,
}

impl Cell {
    /// As it stands in a table: `X` where something breaks, `.` where nothing does, `≤1` where
    /// nothing does with at most one preemption, `?` where not even that is established, `!` where the search itself is wrong.
    pub fn mark(&self) -> String {
        match (self.how, self.preemptions) {
            ("found", _) => "X".into(),
            ("complete", _) => ".".into(),
            ("unsound", _) => "!".into(),
            (_, Some(most)) => format!("≤{most}"),
            _ => "?".into(),
        }
    }
}

/// Preemptions that a scenario is searched with if it is too large to be walked through.
pub const PREEMPTIONS: u32 = 1;

/// Searches until there is a verdict.
pub(super) fn search(
    scenario: &Rc<Scenario>,
    policy: &Policy,
    request: Request,
) -> Result<(Verdict, Stats), PlayError> {
    let mut executor = executor_for(scenario, policy, request.keep())?;
    let mut search = request.search();
    loop {
        if let Some(verdict) = search.advance(&mut executor, u64::MAX) {
            return Ok((verdict, search.stats()));
        }
    }
}

/// Searches one scenario on one kernel.
pub fn cell(exhibit: &Exhibit, preset: &'static Preset, request: Request) -> Result<Cell, PlayError> {
    let policy = Policy::preset(preset.name)?;
    let scenario = Rc::new(
        exhibit
            .scenario()
            .map_err(|error| PlayError::SetUp { scenario: exhibit.name.into(), why: error.to_string() })?,
    );
    let (mut verdict, mut stats) = search(&scenario, &policy, request)?;
    if matches!(verdict, Verdict::Bounded(_)) {
        // Too large to be walked through: what few preemptions lead to says something too.
        (verdict, stats) = search(&scenario, &policy, Request { method: Method::Preemptions(PREEMPTIONS), ..request })?;
    }
    let Stats { states, steps, .. } = stats;
    let preemptions = match &verdict {
        Verdict::Bounded(Bound::Preemptions(most)) => Some(*most),
        _ => None,
    };
    let kinds = match &verdict {
        Verdict::Found(found) => kind(found.property).into_iter().map(|kind| kind.name()).collect(),
        _ => Vec::new(),
    };
    let how = match verdict {
        Verdict::Found(_) => "found",
        Verdict::Complete => "complete",
        Verdict::Bounded(_) => "bounded",
        Verdict::Unsound(_) => "unsound",
    };
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
