//! Every scenario on every kernel: what a search establishes.

use super::{Request, machine};
use crate::gallery::Exhibit;
use crate::player::PlayError;
use faultline_engine::policy::{PRESETS, Policy, Preset};
use faultline_sched::explore::{Stats, Verdict, engine};
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
    /// `found`, `complete` or `bounded`.
    pub how: &'static str,
    /// States that were met.
    pub states: u64,
    /// Turns that were taken.
    pub steps: u64,
}

impl Cell {
    /// As it stands in a table: `X` where something breaks, `.` where nothing does, `?` where
    /// that is not established.
    pub fn mark(&self) -> &'static str {
        match self.how {
            "found" => "X",
            "complete" => ".",
            _ => "?",
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
    let mut machine = machine(&scenario, &policy, request.keep())?;
    let mut search = request.search();
    let verdict = loop {
        if let Some(verdict) = search.advance(&mut machine, u64::MAX) {
            break verdict;
        }
    };
    let Stats { states, steps, .. } = search.stats();
    let kinds = match &verdict {
        Verdict::Found(found) => engine::kind(found.property).into_iter().map(|kind| kind.name()).collect(),
        _ => Vec::new(),
    };
    let how = match verdict {
        Verdict::Found(_) => "found",
        Verdict::Complete => "complete",
        Verdict::Bounded(_) => "bounded",
    };
    Ok(Cell { scenario: exhibit.name, policy: preset.name, kinds, how, states, steps })
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
            let mark = row.iter().find(|c| c.policy == preset.name).map_or(" ", Cell::mark);
            text += &format!(" {mark} |");
        }
        text.push('\n');
    }
    text
}
