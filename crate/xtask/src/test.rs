//! The rings of tests: native, loom's models, wasm in a headless browser, the page in a real one; and on request
//! ThreadSanitizer and Miri.

use crate::browser::{self, Browser};
use crate::command::{self, cargo, heading, spoken};
use crate::compiler::Compiler;
use crate::npm::npm;
use crate::repo::Repo;
use crate::serve::Running;
use crate::tally::Tally;
use crate::wasm::Variant;
use crate::{ordering, page, setup, versions};
use anyhow::{Result, anyhow};
use std::env;
use std::fs;
use std::process::Command;
use std::time::Instant;

/// One ring of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Ring {
    /// `cargo test` for every crate, the core of it as it is released too, and the bench of the explorer's peers.
    Native,
    /// The engine's memory orderings, in models that loom tries in every order.
    Loom,
    /// Both wasm builds in a headless browser.
    Wasm,
    /// The page's units, and the page itself in a browser.
    Page,
    /// What has threads under ThreadSanitizer, if the toolchain has it. Not part of a run of all rings.
    Tsan,
    /// What has threads or `unsafe` under Miri, if there is one. Not part of a run of all rings.
    Miri,
}

impl Ring {
    const ALL: [Self; 4] = [Self::Native, Self::Loom, Self::Wasm, Self::Page];

    fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Loom => "loom",
            Self::Wasm => "wasm",
            Self::Page => "page",
            Self::Tsan => "tsan",
            Self::Miri => "miri",
        }
    }

    fn needs(self) -> &'static [setup::Need] {
        match self {
            Self::Native | Self::Loom | Self::Tsan | Self::Miri => &[],
            Self::Wasm => setup::TO_TEST_WASM,
            Self::Page => setup::TO_TEST_PAGE,
        }
    }
}

/// Runs one ring or all, prints the sum on the last line, and returns whether every test passed.
pub fn test(repo: &Repo, only: Option<Ring>) -> Result<bool> {
    let rings = only.map_or(Ring::ALL.to_vec(), |ring| vec![ring]);
    setup::ensure(repo, only.map_or(setup::ALL, Ring::needs))?;
    let mut sum = Tally::default();
    let mut report = Vec::new();
    for ring in rings {
        let start = Instant::now();
        // A ring that cannot run counts as one failure, and the others still run.
        let tally = match ring {
            Ring::Native => native(repo),
            Ring::Loom => ordering::loom(repo),
            Ring::Wasm => wasm(repo),
            Ring::Page => page(repo),
            Ring::Tsan => ordering::tsan(repo),
            Ring::Miri => ordering::miri(repo),
        }
        .unwrap_or_else(|error| {
            eprintln!("  {error:#}");
            Tally::one_failure()
        });
        report.push(format!("{:<8} {tally}, {}", ring.name(), spoken(start.elapsed())));
        sum += tally;
    }
    println!("\n{}\n{sum}", report.join("\n"));
    Ok(sum.failed == 0)
}

fn native(repo: &Repo) -> Result<Tally> {
    heading("native tests");
    let mut sum = Tally::of(cargo().current_dir(&repo.root).args(["test", "--workspace", "--no-fail-fast"]))?;
    // The tests above run with debug assertions, which the released programs lack.
    heading("native tests of what is released");
    let released = |args: &[&str]| {
        let mut command = cargo();
        command.current_dir(&repo.root).args(["test", "--profile", "release-test", "--no-fail-fast"]);
        Tally::of(command.args(args))
    };
    sum += released(&["-p", "faultline-engine", "-p", "faultline-explore", "-p", "faultline-sched", "--lib"])?;
    sum += released(&[
        "-p",
        "faultline-scenario",
        "--test",
        "all",
        "--",
        "fingerprints::",
        "races::",
        "back::",
        "unsound::",
        "verdicts::",
    ])?;
    heading("the explorer and its peers, on one small model");
    sum += Tally::of(repo.peers("test").arg("--no-fail-fast"))?;
    Ok(sum)
}

/// Runs the property tests of whole scenarios with many more cases than the rings have time for. Returns whether all
/// passed.
pub fn soak(repo: &Repo, cases: u32) -> Result<bool> {
    heading(&format!("searches and runs of {cases} scenarios of each sort"));
    let mut command = cargo();
    command.current_dir(&repo.root).args(["test", "-p", "faultline-scenario", "--test", "all", "--"]);
    command.args(["searched::", "random_runs::"]).env("PROPTEST_CASES", cases.to_string());
    let tally = Tally::of(&mut command)?;
    println!("\n{tally}");
    Ok(tally.failed == 0)
}

fn wasm(repo: &Repo) -> Result<Tally> {
    let compiler = Compiler::find().map_err(|lacks| anyhow!("{}", lacks.join("; ")))?;
    let browser = Browser::find().map_err(|lack| anyhow!(lack))?;
    let mut sum = Tally::default();
    for variant in Variant::ALL {
        heading(&format!("wasm tests, {}", variant.name()));
        sum += Tally::of(&mut wasm_pack_test(repo, &compiler, &browser, variant)?)?;
    }
    Ok(sum)
}

/// The command that runs the wasm tests of one variant.
fn wasm_pack_test(repo: &Repo, compiler: &Compiler, browser: &Browser, variant: Variant) -> Result<Command> {
    let program = setup::tool(repo, "wasm-pack", versions::WASM_PACK).join("wasm-pack");
    let mut command = Command::new(program);
    command.current_dir(&repo.root);
    command.args(["test", "--release", "--headless", "--chrome", "--mode", "no-install", "--chromedriver"]);
    command.arg(&browser.driver).arg("crate/wasm");
    command.args(variant.cargo_args(compiler, true));
    variant.apply(repo, compiler, &mut command);
    command.env("PATH", wasm_path(repo, compiler)?);
    // A search over many schedules takes longer than the default of twenty seconds.
    if env::var_os("WASM_BINDGEN_TEST_TIMEOUT").is_none() {
        command.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    }
    Ok(command)
}

/// The search path on which `wasm-pack` finds the compiler and the runner for this `wasm-bindgen`.
pub fn wasm_path(repo: &Repo, compiler: &Compiler) -> Result<std::ffi::OsString> {
    let bindgen = setup::tool(repo, "wasm-bindgen-cli", &setup::bindgen_version(repo)?);
    let named = compiler.environment().into_iter().find_map(|(name, value)| (name == "PATH").then_some(value));
    let rest = named.or_else(|| env::var_os("PATH")).unwrap_or_default();
    Ok(env::join_paths(std::iter::once(bindgen).chain(env::split_paths(&rest)))?)
}

fn page(repo: &Repo) -> Result<Tally> {
    page::build(repo)?;
    heading("the page's units");
    let mut sum = Tally::of(&mut npm(repo, &["run", "--silent", "test:unit"]))?;

    heading("the page in a browser");
    let mut files: Vec<_> = fs::read_dir(repo.root.join("tests/page"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    if files.is_empty() {
        eprintln!("  tests/page holds no *.test.mjs");
        return Ok(sum);
    }
    let browser = Browser::find().map_err(|lack| anyhow!(lack))?;
    let isolated = Running::start(&repo.dist(), "127.0.0.1", 0, true)?;
    let plain = Running::start(&repo.dist(), "127.0.0.1", 0, false)?;
    let mut command = Command::new("node");
    command.current_dir(&repo.root);
    // One file at a time: each drives a browser, and two would slow each other down.
    command.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(&files);
    command.env("FAULTLINE_URL", isolated.url()).env("FAULTLINE_URL_PLAIN", plain.url());
    let (firefox, _) = browser::firefox().map_err(|lack| anyhow!(lack))?;
    command.env("FAULTLINE_CHROMIUM", &browser.chromium).env("FAULTLINE_FIREFOX", firefox);
    eprintln!("  FAULTLINE_URL={} FAULTLINE_URL_PLAIN={}", isolated.url(), plain.url());
    command::show(&command);
    sum += Tally::of_shown(&mut command)?;
    Ok(sum)
}
