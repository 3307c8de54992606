//! Versions that are pinned only here.
//!
//! `Cargo.lock` pins crates, `package-lock.json` the page's packages. The `wasm-bindgen` tool follows the crate of
//! that name in `Cargo.lock`, since the protocol between the two changes with every release.

use crate::repo::Repo;
use anyhow::{Context, Result};

/// The runner that builds the wasm tests and opens them in a browser.
pub const WASM_PACK: &str = "0.15.1";

/// The oldest Node on which the page's tools run.
pub const NODE: (u32, u32) = (20, 19);

/// The oldest compiler for wasm: the workspace's `rust-version`.
pub const RUSTC: (u32, u32) = (1, 88);

/// Maximum size in bytes of the threaded build's shared memory, which must declare one.
pub const SHARED_MEMORY_MAX: u32 = 1 << 30;

/// The version of the crate `name` in `Cargo.lock`.
pub fn locked(repo: &Repo, name: &str) -> Result<String> {
    let path = repo.root.join("Cargo.lock");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let head = format!("name = \"{name}\"");
    let mut lines = text.lines().skip_while(|line| *line != head);
    lines
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \""))
        .and_then(|rest| rest.strip_suffix('"'))
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock names no crate {name}"))
}

/// The first two numbers of a version, or of a text such as `rustc 1.96.0 (…)`.
pub fn major_minor(text: &str) -> Option<(u32, u32)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let mut numbers = text[start..].split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{RUSTC, major_minor};

    #[test]
    fn the_oldest_compiler_is_the_one_that_the_workspace_declares() {
        let declared =
            include_str!("../../../Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = "));
        assert_eq!(declared.and_then(major_minor), Some(RUSTC));
    }

    #[test]
    fn versions_are_read_from_sentences() {
        assert_eq!(major_minor("v20.20.2"), Some((20, 20)));
        assert_eq!(major_minor("rustc 1.96.0 (ac68faa20 2026-05-25)"), Some((1, 96)));
        assert_eq!(major_minor("no number"), None);
    }
}
