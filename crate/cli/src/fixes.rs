//! `faultline fixes`: which smallest sets of switches fix a scenario.

use crate::args::Fixes as Options;
use crate::interrupt::Interrupt;
use crate::output;
use crate::progress::Ticker;
use crate::run;
use faultline_scenario::search::fixes::{self, Attempt, Fixes};
use faultline_scenario::search::{Established, Method, Request};
use faultline_text::format_number::grouped;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct FixesReport<'a> {
    scenario: &'a str,
    policy: &'a str,
    most: u8,
    fixes: Vec<&'a Attempt>,
    undecided: usize,
    /// It was ended before every set was tried.
    stopped: bool,
    #[serde(flatten)]
    all: &'a Fixes,
}

/// How an answer was established, in words.
fn how(attempt: &Attempt) -> String {
    let (states, steps) = (grouped(attempt.states), grouped(attempt.steps));
    match (attempt.how, attempt.kind) {
        (Established::Complete, _) => format!("nothing breaks in any interleaving: {states} states, {steps} steps"),
        (Established::Found, Some(kind)) => format!("breaks: {} after {states} states", kind.name()),
        (Established::Found, None) => format!("breaks after {states} states"),
        (Established::Unsound, _) => {
            "unsound: a replayed task diverged from its record; a bug in Faultline, please report it".into()
        }
        (Established::Stopped, _) => format!("not decided: the search was ended after {states} states"),
        (Established::Bounded, _) => format!("not decided: the search reached its bounds after {states} states"),
    }
}

/// Which smallest sets of switches make a scenario clean.
pub fn fixes(options: &Options) -> Result<ExitCode, String> {
    let (scenario, policy, _) = run::scenario_and_policy(&options.scenario, options.policy.as_deref())?;
    let method = options.preemptions.map_or(Method::Exhaustive, Method::Preemptions);
    let request = Request { method, states: options.states, ..Request::default() };
    let workers = options.workers.count();
    let heard = Ticker::new(options.progress).is_heard();
    let report = |attempt: &Attempt, done: usize, of: usize| {
        if heard {
            output::tell(&format!("{done} of {of}: {} {}", attempt.switches.join(" with "), how(attempt)));
        }
    };
    let most = usize::from(options.most);
    let interrupt = Interrupt::listen()?;
    let stop = || interrupt.asked();
    let all =
        fixes::fixes(&scenario, &policy, most, request, workers, report, stop).map_err(|error| error.to_string())?;
    let clean: Vec<&Attempt> = all.clean().collect();
    let stopped = interrupt.asked();
    let undecided = all.count(Established::Bounded);
    if options.json {
        let (scenario, policy) = (scenario.name.as_str(), policy.name.as_str());
        output::json(&FixesReport {
            scenario,
            policy,
            most: options.most,
            fixes: clean,
            undecided,
            stopped,
            all: &all,
        })?;
        return Ok(status(&all, stopped));
    }
    output::write(|out| {
        writeln!(
            out,
            "{} on kernel {}, smallest sets of up to {most} switches that make it clean:",
            scenario.name, policy.name
        )?;
        for fix in &clean {
            writeln!(out, "  {:<16}{}", fix.switches.join(" with "), how(fix))?;
        }
        match (clean.len(), undecided) {
            (0, _) if stopped => writeln!(out, "  none so far")?,
            (0, 0) => writeln!(out, "  there is none")?,
            (0, _) => writeln!(out, "  none is proven")?,
            _ => {}
        }
        if undecided > 0 {
            writeln!(
                out,
                "{undecided} sets are not decided: allow more --states, or leave out --preemptions, which proves nothing"
            )?;
        }
        if stopped {
            writeln!(out, "stopped: there are more sets to try")?;
        }
        writeln!(
            out,
            "tried {} sets: {} clean, {} break, {undecided} not decided; left out {} that no kernel could have and {} of which a part is enough",
            all.tried.len(),
            clean.len(),
            all.count(Established::Found),
            all.illegal,
            all.implied
        )?;
        for attempt in all.tried.iter().filter(|attempt| !attempt.clean()) {
            writeln!(out, "  {:<16}{}", attempt.switches.join(" with "), how(attempt))?;
        }
        Ok(())
    })?;
    Ok(status(&all, stopped))
}

fn status(all: &Fixes, stopped: bool) -> ExitCode {
    Interrupt::status(stopped, if all.count(Established::Unsound) > 0 { output::UNSOUND } else { 0 })
}
