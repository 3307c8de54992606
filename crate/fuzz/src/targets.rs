//! The targets: what takes bytes from outside, and the properties that have to hold.

pub mod link;
pub mod page;
pub mod play;
pub mod scenario;
pub mod search;
pub mod trace;
pub mod vectors;
pub mod words;

use crate::mutate::Form;
use faultline_engine::policy::Policy;
use faultline_engine::world::PmapCopy;
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A message is no longer, whatever it is about.
const LONGEST_MESSAGE: usize = 4096;

/// Words of the scenario language.
const SCENARIO: Form = Form::Text {
    words: &[
        "va0",
        "va1",
        "va2",
        "va3",
        "rw",
        "r",
        "none",
        "rx",
        "shared",
        "private",
        "anon",
        "stack",
        "file",
        "from",
        "store",
        "load",
        "as",
        "mmap",
        "munmap",
        "mprotect",
        "minherit",
        "madvise",
        "fork",
        "vfork",
        "exec",
        "exit",
        "collapse",
        "pageout",
        "reclaim",
        "copy",
        "share",
        "zero",
        "free",
        "dontneed",
        "process",
        "name",
        "object",
        "page",
        "expect",
        "under",
        "main",
        "P16=write-first",
        "no",
        "finding",
        "signal",
        "SEGV",
        "KILL",
        "at",
        "in",
        "ref",
        "res",
        "chain",
        "depth",
        "pte",
        "gone",
        "onemapping",
        "needs_copy",
        "swapped",
        "count",
        "soft",
        "nothing",
        "until",
        "end",
        "blocked",
        "pmap_enter",
        "#2",
        "all",
        "choose",
        "prefault",
        "errors",
        "allowed",
        "swap",
        "frames",
        "cpus",
        "task",
        "of",
        "on",
        "cpu1",
        "setup",
        "sequence",
        "schedule",
        "{",
        "}",
        ":",
        "=",
        "A",
        "B",
        "C",
        "O",
        "S",
        "p0",
        "f",
    ],
    ends: &[';', '{', '}'],
};

/// A number that goes by the input alone.
pub(crate) fn hash(input: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    hasher.finish()
}

/// The texts of the gallery.
fn gallery() -> Vec<Vec<u8>> {
    GALLERY.iter().map(|exhibit| exhibit.text.as_bytes().to_vec()).collect()
}

/// A message helps: it is short, and nothing in it moves a terminal's cursor.
fn is_helpful(message: &str) {
    assert!(!message.is_empty(), "a message without words");
    assert!(message.len() <= LONGEST_MESSAGE, "a message of {} bytes: {}…", message.len(), &message[..60]);
    assert!(!message.contains(|c: char| c.is_control()), "a message with control characters: {message:?}");
}

/// A scenario that can be played in a short time, if the input is one.
fn small_scenario(input: &[u8]) -> Option<Scenario> {
    let mut scenario = parse("fuzz", std::str::from_utf8(input).ok()?).ok()?;
    let header = &mut scenario.header;
    header.frames = header.frames.min(200);
    header.swap = header.swap.min(64);
    header.cpus = header.cpus.map(|cpus| cpus.min(16));
    // A child that shares what its parent copied early is out of the order in which FreeBSD does it (rulings R47).
    let inherits = scenario.to_string().contains("minherit");
    let cpus = scenario.tasks.iter().all(|task| task.cpu < Some(16));
    (cpus && (scenario.header.pmap_copy == PmapCopy::None || !inherits)).then_some(scenario)
}

/// A kernel without a known defect in what scenarios may do, by a number.
fn sound_kernel(number: u64) -> Policy {
    let preset = if number.is_multiple_of(2) { "main" } else { "2025-04" };
    Policy::preset(preset).expect("a preset")
}
