//! `cargo xtask fuzz`: runs the fuzz targets for a given time.

use anyhow::{Context, Result, bail};
use clap::Parser;
use faultline_fuzz::memory::{Counting, Meter, counting};
use faultline_fuzz::run::{Outcome, Run, run};
use faultline_fuzz::{TARGETS, Target, corpus};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: Counting = counting();

/// Mutates inputs at random and checks that nothing breaks.
#[derive(Parser)]
struct Arguments {
    /// The target to try alone
    #[arg(long)]
    target: Option<String>,
    /// Cases of each target; without, as many as a run of all tests has
    #[arg(long)]
    cases: Option<u64>,
    /// Minutes for each target, instead of a number of cases
    #[arg(long, conflicts_with = "cases")]
    minutes: Option<f64>,
    /// The seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    run_all(&Arguments::parse()).unwrap_or_else(|error| {
        // Without a backtrace of this program.
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

fn run_all(arguments: &Arguments) -> Result<ExitCode> {
    let targets: Vec<&Target> = match &arguments.target {
        None => TARGETS.iter().collect(),
        Some(name) => vec![Target::find(name).with_context(|| {
            format!("there is no target `{name}`; the targets are {}", TARGETS.map(|target| target.name).join(", "))
        })?],
    };
    let limit = match arguments.minutes.map(|minutes| Duration::try_from_secs_f64(minutes * 60.0)) {
        Some(Err(_)) => bail!("--minutes takes a number of minutes, such as 5 or 0.5"),
        Some(Ok(limit)) => Some(limit),
        None => None,
    };
    let mut failed = false;
    for target in targets {
        failed |= !tried(target, arguments, limit)?;
    }
    Ok(ExitCode::from(u8::from(failed)))
}

/// Runs one target, keeps failing inputs, and returns whether there was none.
fn tried(target: &Target, arguments: &Arguments, limit: Option<Duration>) -> Result<bool> {
    // Should an input end the program, it is here.
    let last = Path::new("target/fuzz");
    fs::create_dir_all(last).with_context(|| format!("{} cannot be made", last.display()))?;
    let last = last.join(target.name);
    let start = Instant::now();
    let cases = arguments.cases.unwrap_or(target.cases);
    let Outcome { tried, good, failure } = run(
        target,
        Run {
            seed: arguments.seed,
            goes_on: &mut |case| limit.map_or(case < cases, |limit| start.elapsed() < limit),
            before: &mut |input| {
                if let Err(error) = fs::write(&last, input) {
                    eprintln!("{}: {error}", last.display());
                }
            },
            meter: Meter(Some(&ALLOCATOR)),
        },
    )?;
    println!("{:<9} {tried} inputs, {good} taken for good, {:.1} s", target.name, start.elapsed().as_secs_f64());
    let Some(failure) = failure else {
        _ = fs::remove_file(&last);
        return Ok(true);
    };
    println!("  {}: {}", failure.from, failure.why);
    println!("  kept as {}", corpus::keep(target, &failure.input)?.display());
    Ok(false)
}
