//! Checks that must pass before a change goes in, apart from the tests.

use crate::command::{cargo, heading, run};
use crate::npm::npm;
use crate::repo::Repo;
use crate::{citations, page, setup};
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
    if only != Some(Part::Rust) {
        // The page's types come from the wasm packages.
        setup::ensure(repo, setup::TO_BUILD)?;
        page::build_packages(repo)?;
        one("types", &mut npm(repo, &["run", "--silent", "typecheck"]));
        one("eslint", &mut npm(repo, &["run", "--silent", "lint"]));
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
