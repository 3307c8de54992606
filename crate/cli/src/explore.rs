//! `faultline explore FILE|NAME`: searches every interleaving of a scenario.

use crate::args::{Explore as Options, Strategy};
use crate::interrupt::Interrupt;
use crate::output;
use crate::progress::Ticker;
use crate::{run, story};
use faultline_engine::policy::Policy;
use faultline_explore::Stats;
use faultline_explore::choices::ChoicesError;
use faultline_explore::parallel::ParallelSearch;
use faultline_scenario::link::{Link, Source};
use faultline_scenario::model::Scenario;
use faultline_scenario::narrate::{Story, story_of};
use faultline_scenario::search::report::{FoundReport, SearchReport};
use faultline_scenario::search::{KindFilter, MEMORY, Method, Phase, Request, SearchJob, executor_for};
use faultline_text::format_number::{count, grouped};
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

/// Turns between two looks at the clock and for Ctrl-C.
const SLICE: u64 = 2_000;

#[derive(Serialize)]
struct Timed<'a> {
    #[serde(flatten)]
    report: &'a SearchReport,
    /// Workers that searched.
    workers: usize,
    /// How long it took, in seconds.
    wall_s: f64,
    /// The part of it that the search took; the rest minimised its finding.
    search_s: f64,
}

/// A finding, the run that leads to it in words, and the link to it.
#[derive(Serialize)]
struct Linked<'a> {
    #[serde(flatten)]
    found: &'a FoundReport,
    #[serde(flatten)]
    story: Story,
    link: Option<String>,
    /// Why there is no link, which a finding does not need.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_link: Option<String>,
}

/// Tells a finding and makes a link to it. It may show in a smaller scenario than was asked for.
fn linked<'a>(found: &'a FoundReport, source: &Source, policy: &Policy) -> Result<Linked<'a>, String> {
    let source = found.scenario.as_ref().map_or_else(|| source.clone(), |text| Source::of(source.name(), text));
    let choices = found.choices.parse().map_err(|error: ChoicesError| error.to_string())?;
    let scenario = source.scenario().map_err(|error| error.to_string())?;
    let story = story_of(&scenario, policy, &choices, found.turns).map_err(|error| error.to_string())?;
    let (link, no_link) = match Link::played(source, policy, &choices, found.turns) {
        Ok(link) => (Some(link.to_string()), None),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(Linked { found, story, link, no_link })
}

/// Searches and reports what it has established, after Ctrl-C so far.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let (scenario, policy, source) = run::scenario_and_policy(&options.scenario, options.policy.as_deref())?;
    let request = request(options, &scenario)?;
    let workers = workers(options, &request);
    let interrupt = Interrupt::listen()?;
    let mut ticker = Ticker::new(options.progress);
    let began = Instant::now();
    let mut job = SearchJob::new(&scenario, &policy, request, options.shrink).map_err(|error| error.to_string())?;
    let mut stopped = false;
    if workers > 1 {
        let parallel = request.parallel(workers);
        together(&parallel, &scenario, &policy, request, &interrupt, &mut ticker, began)?;
        job.finish_with(parallel.verdict(), parallel.stats()).map_err(|error| error.to_string())?;
        stopped = parallel.verdict().is_none();
    }
    let mut present = (job.phase(), Instant::now());
    let mut searched = (present.0 != Phase::Searching).then(|| began.elapsed());
    while !job.advance(SLICE).map_err(|error| error.to_string())? {
        if present.0 != job.phase() {
            searched = searched.or_else(|| Some(began.elapsed()));
            present = (job.phase(), Instant::now());
        }
        if interrupt.asked() {
            stopped = true;
            break;
        }
        ticker.tick(|| progress(job.phase(), &job.stats(), present.1));
    }
    ticker.clear();
    let report = job.report().map_err(|error| error.to_string())?;
    let wall_s = began.elapsed().as_secs_f64();
    let search_s = searched.map_or(wall_s, |searched| searched.as_secs_f64());
    let findings = report.findings.iter().map(|found| linked(found, &source, &policy));
    let findings = findings.collect::<Result<Vec<_>, String>>()?;
    if options.json {
        let in_words = |error: serde_json::Error| error.to_string();
        let mut object =
            serde_json::to_value(Timed { report: &report, workers, wall_s, search_s }).map_err(in_words)?;
        object["findings"] = serde_json::to_value(&findings).map_err(in_words)?;
        output::json(&object)?;
    } else {
        let minimised = if !options.shrink || findings.is_empty() {
            String::new()
        } else {
            format!(", {search_s:.2} s of it searching")
        };
        let how = format!("{}, {wall_s:.2} s{minimised}", count(workers as u64, "worker"));
        output::write(|out| print(out, &scenario, &report, &findings, &how))?;
    }
    let end = if report.unsound.is_some() { output::UNSOUND } else { u8::from(!report.findings.is_empty()) };
    Ok(Interrupt::status(stopped, end))
}

fn request(options: &Options, scenario: &Scenario) -> Result<Request, String> {
    let kinds = KindFilter::asked(options.kind.as_deref(), scenario).map_err(|error| format!("--kind: {error}"))?;
    let method = match (options.strategy, options.preemptions) {
        (Strategy::Exhaustive, None) => Method::Exhaustive,
        (Strategy::Exhaustive, Some(most)) => Method::Preemptions(most),
        (_, Some(_)) => return Err("--preemptions bounds an exhaustive search; leave --strategy out".into()),
        (Strategy::Pct, None) => Method::Pct(options.depth),
        (Strategy::Random, None) => Method::Random,
    };
    let (executions, seed, states) = (options.executions, options.seed, options.states);
    let memory = options.memory.map_or(MEMORY, |mib| mib << 20);
    Ok(Request { method, kinds, executions, seed, states, memory })
}

/// Only an exhaustive search runs on several workers.
fn workers(options: &Options, request: &Request) -> usize {
    if request.method == Method::Exhaustive { options.workers.count() } else { 1 }
}

/// The search on several threads, until there is a verdict or Ctrl-C comes.
fn together(
    parallel: &ParallelSearch,
    scenario: &Scenario,
    policy: &Policy,
    request: Request,
    interrupt: &Interrupt,
    ticker: &mut Ticker,
    began: Instant,
) -> Result<(), String> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..parallel.workers())
            .map(|index| {
                scope.spawn(move || {
                    // A world belongs to one thread: each sets up its own.
                    let made = executor_for(&Rc::new(scenario.clone()), policy, request.keep());
                    made.map(|mut executor| parallel.work(index, &mut executor)).map_err(|error| error.to_string())
                })
            })
            .collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            if interrupt.asked() {
                parallel.stop();
            }
            ticker.tick(|| progress(Phase::Searching, &parallel.stats(), began));
            thread::sleep(Duration::from_millis(5));
        }
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err("a worker panicked".into())))
    })
}

/// What the phase has done since it began.
fn progress(phase: Phase, stats: &Stats, began: Instant) -> String {
    let seconds = began.elapsed().as_secs_f64().max(0.001);
    let what = match phase {
        Phase::Searching => "searching",
        Phase::Minimising => "minimising",
        // Many small searches, whose single figures mean little.
        Phase::Reducing => return format!("reducing the scenario: {seconds:.0} s"),
        Phase::Done => return String::from("done"),
    };
    let bound = stats.bound.map_or_else(String::new, |bound| format!(", up to {bound} preemptions"));
    format!(
        "{what}{bound}: {} states, {} steps, {:.0} states/s, {} to try, {:.0}% done",
        grouped(stats.states),
        grouped(stats.steps),
        stats.states as f64 / seconds,
        grouped(stats.frontier),
        f64::from(stats.progress) / 1e4
    )
}

fn print(
    out: &mut dyn Write,
    scenario: &Scenario,
    report: &SearchReport,
    findings: &[Linked<'_>],
    how: &str,
) -> io::Result<()> {
    writeln!(out, "{}: {}", report.scenario, scenario.header.title)?;
    writeln!(out, "kernel {}, {how}", report.policy)?;
    writeln!(out, "{}", report.text)?;
    if !report.not_reproduced.is_empty() {
        let ids: Vec<_> = report.not_reproduced.iter().map(|fix| fix.id).collect();
        writeln!(out, "not as on its date: {} (faultline list --fixes lists them)", ids.join(", "))?;
    }
    for (at, Linked { found, story, link, no_link }) in findings.iter().enumerate() {
        writeln!(out)?;
        if let Some(text) = &found.scenario {
            writeln!(out, "The smallest scenario that still shows it:\n")?;
            for line in text.lines() {
                writeln!(out, "  {line}")?;
            }
            writeln!(out)?;
        }
        writeln!(out, "{} ({}): {}", found.kind.name(), found.property, found.detail)?;
        let (steps, preemptions) =
            (count(found.turns as u64, "step"), count(u64::from(found.preemptions), "preemption"));
        writeln!(out, "{steps}, {preemptions}: --choices {}", found.choices)?;
        // Of a minimised finding only the last story is printed.
        if at + 1 == findings.len() {
            writeln!(out, "\nThe story, step by step:\n")?;
            story::print(out, story)?;
            writeln!(out)?;
        }
        if let Some(last) = link.as_ref().or(no_link.as_ref()) {
            writeln!(out, "{last}")?;
        }
    }
    Ok(())
}
