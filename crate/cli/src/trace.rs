//! `faultline trace FILE`: replays a recording.

use crate::args::Trace as Options;
use crate::interrupt::Interrupt;
use crate::output;
use crate::progress::Ticker;
use faultline_recording::trace::progress::Word;
use faultline_recording::trace::{
    Loading, Plan, Progress, Replay, ReplayError, Report, Settings, StepReplay, Trace, TraceError,
};
use faultline_text::format_number::{count, grouped};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Events of the stepped replay between two looks at the clock and for Ctrl-C: each may be followed by a check of the world.
const SLICE: usize = 32;
/// Between two looks at the threads that replay: how far they are, and whether Ctrl-C has come.
const LOOK: Duration = Duration::from_millis(50);
/// Findings that the plain summary spells out; JSON has them all.
const SHOWN: usize = 20;

/// Seconds since the program's first question for the time.
fn clock() -> f64 {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// Replays a recording and reports the result.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let policy = crate::policy::parse(&options.policy)?;
    let cpus = options.cpus.unwrap_or(options.threads.max(2));
    let settings = Settings { frames: options.frames, cpus, clock, ..Settings::new(policy) };
    if options.threads == 0 {
        return Err("--threads 0: a replay needs at least one thread".into());
    }
    settings.check(options.threads).map_err(|e| e.to_string())?;
    let file = options.file.display();
    let mut ticker = Ticker::new(options.progress);
    let trace = match Trace::open(&options.file, |loading| ticker.tick(|| reading(&loading))) {
        Err(error @ TraceError::Open { .. }) => return Err(error.to_string()),
        other => other.map_err(|error| format!("{file}: {error}"))?,
    };
    ticker.clear();
    if trace.events.is_empty() {
        return Err(format!(
            "{file}: a recording without an event; record a program that runs, or see that this is all of it"
        ));
    }
    let recorded = trace.faults() as u64;
    let plan = Plan::new(trace);
    // Before this there is no result to print, and Ctrl-C ends the program.
    let interrupt = Interrupt::listen()?;
    let report = if options.stepped {
        stepped(plan, settings, &interrupt, &mut ticker)
    } else {
        threads(plan, settings, options.threads, &interrupt, &mut ticker)
    };
    let report = report.map_err(|error| format!("{file}: {error}"))?;
    if options.json {
        output::json(&report)?;
    } else {
        output::write(|out| print(out, &report, recorded))?;
    }
    let wrong = !report.findings.is_empty() || !report.stopped && report.frames_at_end != 0;
    Ok(Interrupt::status(report.stopped, u8::from(wrong)))
}

fn stepped(plan: Plan, settings: Settings, interrupt: &Interrupt, ticker: &mut Ticker) -> Result<Report, ReplayError> {
    let mut replay = StepReplay::new(plan, settings)?;
    let begun = Instant::now();
    while !replay.advance(SLICE)? && !interrupt.asked() {
        ticker.tick(|| replaying(replay.progress()));
    }
    ticker.clear();
    replay.report(begun.elapsed().as_secs_f64())
}

fn threads(
    plan: Plan,
    settings: Settings,
    workers: u32,
    interrupt: &Interrupt,
    ticker: &mut Ticker,
) -> Result<Report, ReplayError> {
    let replay = Replay::new(plan, settings, workers)?;
    let begun = Instant::now();
    // Nothing is sent: the replay is over when its end of the channel is dropped.
    let (running, over) = channel::<()>();
    std::thread::scope(|scope| {
        let replay = &replay;
        scope.spawn(move || {
            while over.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if interrupt.asked() {
                    replay.stop();
                }
                ticker.tick(|| replaying(replay.progress()));
            }
            ticker.clear();
        });
        std::thread::scope(|scope| {
            for index in 1..workers {
                scope.spawn(move || replay.worker(index));
            }
            replay.worker(0);
        });
        drop(running);
    });
    replay.report(workers, begun.elapsed().as_secs_f64())
}

fn reading(loading: &Loading) -> String {
    let of = loading.of.map_or_else(String::new, |of| format!(" of {}", grouped(of)));
    format!("reading: {} events, {}{of} bytes", grouped(loading.events as u64), grouped(loading.bytes))
}

fn replaying(progress: &Progress) -> String {
    let (done, all) = (progress.get(Word::Events), progress.get(Word::EventsInAll).max(1));
    let percent = u64::from(done) * 100 / u64::from(all);
    format!("{percent:3} %  {} of {} events", grouped(done.into()), grouped(all.into()))
}

fn print(out: &mut dyn Write, report: &Report, recorded: u64) -> io::Result<()> {
    let faults = &report.faults;
    let taken = faults.soft + faults.zero_fill + faults.cow_copy + faults.cow_rename + faults.pager;
    let how = match report.mode {
        "stepped" => "stepped".into(),
        _ => count(report.threads.into(), "thread"),
    };
    let row = |out: &mut dyn Write, name: &str, value: u64, text: &str| {
        writeln!(out, "  {name:<22}{:>10}  {text}", grouped(value))
    };
    writeln!(
        out,
        "{} of {}, {} recorded",
        count(report.events, "event"),
        count(report.processes, "process|processes"),
        count(recorded, "fault")
    )?;
    writeln!(
        out,
        "kernel {}, {how}, {}, {}, {:.2} s",
        report.policy,
        count(report.cpus.into(), "CPU"),
        count(report.frames.into(), "frame"),
        report.wall_s
    )?;
    writeln!(out, "\nFaults taken            {:>10}", grouped(taken))?;
    row(out, "soft", faults.soft, "only the mapping was missing")?;
    row(out, "zero fill", faults.zero_fill, "a fresh zero page")?;
    row(out, "copy on write, copied", faults.cow_copy, "a copy from a backing object")?;
    row(out, "copy on write, renamed", faults.cow_rename, "a page moved up from a backing object")?;
    row(out, "pager", faults.pager, "read from a file")?;
    row(out, "protection, besides", faults.protection, "a present translation forbade it")?;
    writeln!(out, "\nObjects")?;
    row(out, "most at once", report.objects_peak.into(), "")?;
    row(out, "longest chain", report.max_chain, "objects, from the first to the end")?;
    row(out, "collapses", report.collapses, "")?;
    row(out, "bypasses", report.bypasses, "")?;
    row(out, "renames in collapses", report.renames_in_collapse, "pages")?;
    row(out, "splits", report.splits, "")?;
    writeln!(out, "\nChains met by faults")?;
    let most = report.chains.iter().copied().max().unwrap_or(0).max(1);
    for (at, &met) in report.chains.iter().enumerate().filter(|(_, met)| **met > 0) {
        let name = if at == 15 { "16 and more".into() } else { (at + 1).to_string() };
        row(out, &name, met, &"#".repeat((met * 40).div_ceil(most) as usize))?;
    }
    let checks = count(report.checks.count.into(), "check|checks");
    let left = match report.frames_at_end {
        used if report.stopped => format!("{} in use", count(used.max(0) as u64, "frame")),
        0 => "every frame is free".into(),
        left => format!("{left} frames are not free"),
    };
    writeln!(out, "\n{checks} of the whole world, {:.2} s; {left} at the end", report.checks.seconds)?;
    if report.checks.left_out > 0 {
        let all = count(report.checks.left_out.into(), "fork, exec or exit|forks, execs and exits");
        writeln!(out, "no check after {all}: there are too many in too large a world")?;
    }
    if report.stopped {
        writeln!(out, "stopped before its end: this is the result so far")?;
    }
    if report.findings.is_empty() {
        return writeln!(out, "no findings");
    }
    writeln!(out, "{}", count(report.findings.len() as u64, "finding"))?;
    for finding in report.findings.iter().take(SHOWN) {
        writeln!(out, "  {} {}: {}", finding.kind.name(), finding.property, finding.detail)?;
    }
    match report.findings.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more; --json lists them all"),
    }
}
