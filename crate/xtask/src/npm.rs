//! The page's packages: checks whether `node_modules` matches `package-lock.json`.

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::fs;
use std::path::Path;
use std::process::Command;

/// An `npm` command in the checkout.
pub fn npm(repo: &Repo, args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(&repo.root).args(args);
    command
}

/// Compares the installed packages with the lock file; the error names the first difference.
pub fn compare(repo: &Repo) -> Result<usize> {
    let wanted = packages(&repo.root.join("package-lock.json"))?;
    let modules = repo.root.join("node_modules");
    // npm's own record of what it has installed.
    let there = packages(&modules.join(".package-lock.json")).context("not installed")?;
    for (path, package) in &wanted {
        let optional = package.get("optional").is_some_and(|flag| flag == true);
        match there.get(path) {
            // The root itself, and packages for other systems.
            None if path.is_empty() || optional => {}
            None => bail!("{path} is missing"),
            Some(found) if found.get("version") != package.get("version") => bail!("{path} has another version"),
            Some(_) if !repo.root.join(path).join("package.json").is_file() => bail!("{path} is missing"),
            Some(_) => {}
        }
    }
    Ok(there.len())
}

/// The packages that a lock file lists, by where they lie.
pub fn packages(path: &Path) -> Result<Map<String, Value>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let lock: Value = serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
    lock.get("packages")
        .and_then(Value::as_object)
        .cloned()
        .with_context(|| format!("{} lists no packages", path.display()))
}
