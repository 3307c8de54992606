//! Randomly mutated inputs of every kind that comes from outside: by the project's own program on any machine, and by what an
//! input reaches where a nightly compiler and cargo-fuzz are.

use crate::command::{self, cargo, heading};
use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::Command;

/// How long, and what.
#[derive(clap::Args)]
pub struct Options {
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
    #[arg(long, conflicts_with = "coverage")]
    seed: Option<u64>,
    /// Go by what an input reaches, with libFuzzer: needs a nightly compiler and cargo-fuzz
    #[arg(long)]
    coverage: bool,
}

/// Runs the targets and says whether nothing was found. What is found is kept in `tests/corpus`.
pub fn fuzz(repo: &Repo, options: &Options) -> Result<bool> {
    if options.coverage {
        return coverage(repo, options);
    }
    heading("mutated inputs");
    let mut command = cargo();
    command.current_dir(&repo.root).args(["run", "--quiet", "-p", "faultline-fuzz", "--"]);
    let mut give = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            command.arg(name).arg(value);
        }
    };
    give("--target", options.target.clone());
    give("--cases", options.cases.map(|cases| cases.to_string()));
    give("--minutes", options.minutes.map(|minutes| minutes.to_string()));
    give("--seed", options.seed.map(|seed| seed.to_string()));
    command::show(&command);
    Ok(command.status().context("cargo cannot be run")?.success())
}

/// Runs libFuzzer on each target in turn, from the corpus of the project on.
fn coverage(repo: &Repo, options: &Options) -> Result<bool> {
    heading("inputs by what they reach");
    lacks_nothing(repo)?;
    let mut targets = Vec::new();
    let corpus = repo.root.join("tests/corpus");
    for entry in fs::read_dir(&corpus).with_context(|| format!("{} cannot be read", corpus.display()))? {
        targets.push(entry?.file_name().to_string_lossy().into_owned());
    }
    targets.sort();
    if let Some(only) = &options.target {
        if !targets.contains(only) {
            bail!("there is no target `{only}`; the targets are {}", targets.join(", "));
        }
        targets.retain(|target| target == only);
    }
    let mut found_nothing = true;
    for target in targets {
        // libFuzzer writes what is new into the first folder, and only reads the second.
        let (new, known) = (repo.root.join("target/fuzz/corpus").join(&target), corpus.join(&target));
        fs::create_dir_all(&new).with_context(|| format!("{} cannot be made", new.display()))?;
        let mut command = cargo_fuzz(repo);
        // Almost nothing is unsafe: what a sanitizer would see, ThreadSanitizer and Miri do (`cargo xtask test tsan`).
        command.args(["run", "--sanitizer", "none", &target]).args([&new, &known]).arg("--").args(limits(options));
        command::show(&command);
        found_nothing &= command.status().context("cargo fuzz cannot be run")?.success();
    }
    if !found_nothing {
        eprintln!(
            "  make what was found small by `cargo +nightly fuzz tmin TARGET FILE`, and keep it in tests/corpus/TARGET"
        );
    }
    Ok(found_nothing)
}

fn limits(options: &Options) -> [String; 2] {
    let memory = "-rss_limit_mb=3072".into();
    match (options.cases, options.minutes) {
        (Some(cases), _) => [memory, format!("-runs={cases}")],
        (None, minutes) => [memory, format!("-max_total_time={:.0}", minutes.unwrap_or(1.0) * 60.0)],
    }
}

fn cargo_fuzz(repo: &Repo) -> Command {
    // Without the compiler that runs this program: the nightly one brings its own cargo.
    let mut command = Command::new("cargo");
    command.current_dir(repo.root.join("fuzz")).args(["+nightly", "fuzz"]);
    ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"].iter().for_each(|name| _ = command.env_remove(name));
    command
}

/// Says what is missing for libFuzzer and how to get it.
fn lacks_nothing(repo: &Repo) -> Result<()> {
    let works = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let mut nightly = Command::new("rustc");
    nightly.args(["+nightly", "--version"]).env_remove("RUSTUP_TOOLCHAIN");
    if !works(&mut nightly) {
        bail!("there is no nightly compiler, which libFuzzer needs; `rustup toolchain install nightly` gets one");
    }
    if !works(cargo_fuzz(repo).arg("--version")) {
        bail!("there is no cargo-fuzz; `cargo install cargo-fuzz` gets it");
    }
    Ok(())
}
