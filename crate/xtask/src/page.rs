//! The static site in `dist/`.

use crate::command::{heading, run, timed};
use crate::compiler::Compiler;
use crate::licences;
use crate::npm::npm;
use crate::repo::Repo;
use crate::wasm::{self, Variant};
use anyhow::{Context, Result, anyhow};
use std::fs;

/// Builds both packages and the site that uses them.
pub fn build(repo: &Repo) -> Result<()> {
    build_packages(repo)?;
    heading("the site");
    let notices = licences::of_site(repo)?;
    timed("dist", || run(&mut npm(repo, &["run", "--silent", "build"])))?;
    let place = repo.dist().join(licences::FILE);
    fs::write(&place, notices).with_context(|| format!("writing {}", place.display()))
}

/// Builds both packages only.
pub fn build_packages(repo: &Repo) -> Result<()> {
    let compiler = Compiler::find().map_err(|lacks| anyhow!("{}", lacks.join("; ")))?;
    wasm::build(repo, &compiler, &Variant::ALL)
}
