//! Checks that must pass before a change goes in, apart from the tests.

use crate::command::{answer, cargo, heading, run};
use crate::npm::npm;
use crate::repo::Repo;
use crate::versions::RUSTC;
use crate::{citations, licences, page, setup};
use anyhow::{Result, bail};
use std::process::Command;

/// Which half of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Formatting, lints and documentation of the crates, and what they cite.
    Rust,
    /// Types and lints of the page.
    Page,
}

/// Runs every check, even after one has failed, and names those that failed.
pub fn check(repo: &Repo, only: Option<Part>) -> Result<()> {
    let mut failed = Vec::new();
    let mut one = |name: &'static str, command: &mut Command| {
        heading(name);
        if let Err(error) = run(command) {
            eprintln!("  {error}");
            failed.push(name);
        }
    };
    if only != Some(Part::Page) {
        one("formatting", cargo().current_dir(&repo.root).args(["fmt", "--all", "--check"]));
        one("formatting of the peers", repo.peers("fmt").arg("--check"));
        let all = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        one("clippy", cargo().current_dir(&repo.root).args(all));
        one("clippy of the peers", repo.peers("clippy").args(["--all-targets", "--", "-D", "warnings"]));
        let mut doc = cargo();
        doc.current_dir(&repo.root).args(["doc", "--workspace", "--no-deps", "--document-private-items"]);
        one("documentation", doc.env("RUSTDOCFLAGS", "-D warnings"));
    }
    if only != Some(Part::Page) {
        match oldest(repo) {
            Some(mut oldest) => one("with the oldest compiler that is declared", &mut oldest),
            None => heading("the oldest compiler that is declared is not installed here, so it is not tried"),
        }
    }
    if only != Some(Part::Rust) {
        // The page's types come from the wasm packages.
        setup::ensure(repo, setup::TO_BUILD)?;
        page::build_packages(repo)?;
        one("types", &mut npm(repo, &["run", "--silent", "typecheck"]));
        one("eslint", &mut npm(repo, &["run", "--silent", "lint"]));
        heading("licences of third parties");
        if let Err(error) = licences::of_site(repo) {
            eprintln!("  {error:#}");
            failed.push("notices");
        }
    }
    if only != Some(Part::Page) {
        heading("citations");
        if let Err(error) = citations::check(repo) {
            eprintln!("  {error:#}");
            failed.push("citations");
        }
    }
    if failed.is_empty() {
        eprintln!("\nall checks hold");
        return Ok(());
    }
    bail!("failed: {}", failed.join(", "))
}

/// A check of all crates by the compiler of the workspace's `rust-version`, if rustup has it. It builds in a folder of
/// its own, so that two compilers do not undo each other's work.
fn oldest(repo: &Repo) -> Option<Command> {
    let version = format!("{}.{}", RUSTC.0, RUSTC.1);
    let installed = answer("rustup", &["toolchain", "list"])?;
    let toolchain = installed.lines().find(|line| line.starts_with(&version))?.split_whitespace().next()?;
    let mut command = Command::new("rustup");
    command.current_dir(&repo.root).args(["run", toolchain, "cargo", "check", "--workspace", "--all-targets"]);
    command.env("CARGO_TARGET_DIR", repo.target.join("oldest"));
    Some(command)
}
