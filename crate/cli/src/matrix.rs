//! `faultline matrix`: every scenario on every kernel.

use crate::args::Matrix;
use crate::interrupt::Interrupt;
use crate::output;
use crate::progress::Ticker;
use faultline_engine::policy::PRESETS;
use faultline_scenario::gallery::{GALLERY, Unknown, find};
use faultline_scenario::search::matrix::{self, Cell};
use faultline_scenario::search::spread::spread;
use faultline_scenario::search::{Established, Request};
use faultline_scenario::suggest::question;
use faultline_text::format_number::grouped;
use serde::Serialize;
use std::process::ExitCode;

/// Searches every scenario on every kernel and prints the table.
pub fn matrix(options: &Matrix) -> Result<ExitCode, String> {
    let wanted = |name: &str| options.scenarios.is_empty() || options.scenarios.iter().any(|s| s == name);
    if let Some(unknown) = options.scenarios.iter().find(|name| find(name).is_none()) {
        let unknown = Unknown::of(unknown);
        return Err(format!("{unknown}; `faultline list` names the scenarios{}", question(unknown.near)));
    }
    let jobs: Vec<_> = GALLERY
        .iter()
        .filter(|e| wanted(e.name))
        .flat_map(|exhibit| PRESETS.iter().map(move |preset| (exhibit, preset)))
        .collect();
    let request = Request { states: options.states, ..Request::default() };
    let workers = options.workers.count();
    let heard = Ticker::new(options.progress).is_heard();
    let interrupt = Interrupt::listen()?;
    let stop = || interrupt.asked();
    let cells = spread(&jobs, workers, stop, |&(exhibit, preset)| {
        let cell = matrix::cell(exhibit, preset, request, stop).map_err(|error| error.to_string())?;
        if heard {
            let Cell { scenario, policy, how, states, .. } = &cell;
            output::tell(&format!("{scenario} under {policy}: {how} after {} states", grouped(*states)));
        }
        Ok(cell)
    });
    let cells = cells.into_iter().collect::<Result<Vec<Cell>, String>>()?;
    if options.json {
        output::json(&Cells { cells: &cells })?;
    } else {
        output::write(|out| {
            write!(out, "{}", matrix::table(&cells))?;
            writeln!(
                out,
                "\nX: some schedule has a finding. `.`: no interleaving has one. ≤1: none with at most one preemption has one; there are too many others. !: the search is unsound. ?: not decided.\n"
            )?;
            for cell in &cells {
                let (states, steps) = (grouped(cell.states), grouped(cell.steps));
                let kinds: Vec<_> = cell.kinds.iter().map(|kind| kind.name()).collect();
                let kinds = if kinds.is_empty() { String::new() } else { format!(" {}", kinds.join(", ")) };
                writeln!(
                    out,
                    "{} under {}: {}{kinds} after {states} states, {steps} steps",
                    cell.scenario, cell.policy, cell.how
                )?;
            }
            Ok(())
        })?;
    }
    let unsound = cells.iter().any(|cell| cell.how == Established::Unsound);
    let stopped = cells.len() < jobs.len() || cells.iter().any(|cell| cell.how == Established::Stopped);
    Ok(Interrupt::status(stopped, if unsound { output::UNSOUND } else { 0 }))
}

#[derive(Serialize)]
struct Cells<'a> {
    cells: &'a [Cell],
}
