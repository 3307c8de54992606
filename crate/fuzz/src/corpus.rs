//! Inputs that were found once: `tests/corpus/TARGET/`, which every run takes first.

use crate::Target;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// An input with a name for messages.
pub struct Case {
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub input: Vec<u8>,
}

/// The folder of a target.
pub fn folder(target: &Target) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus")).join(target.name)
}

/// The inputs of a target, by name.
pub fn of(target: &Target) -> Result<Vec<Case>> {
    let folder = folder(target);
    let read = || format!("{} cannot be read", folder.display());
    let mut cases = Vec::new();
    for entry in fs::read_dir(&folder).with_context(read)? {
        let path = entry.with_context(read)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        cases.push(Case { name, input: fs::read(&path).with_context(read)? });
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}

/// Keeps an input that was found, and says where.
pub fn keep(target: &Target, input: &[u8]) -> Result<PathBuf> {
    let path = folder(target).join(format!("found-{:016x}", crate::targets::hash(input)));
    fs::write(&path, input).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}
