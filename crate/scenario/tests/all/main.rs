//! All tests of scenarios and searches in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod back;
mod budget;
mod cases;
mod dates;
mod defects;
mod event_json;
mod files;
mod fingerprints;
mod fixes;
mod forgetful;
mod format;
mod gallery;
mod goldens;
mod hints;
mod hostile;
mod jobs;
mod links;
mod many;
mod matrix;
mod messages;
mod narration;
mod narrator;
mod operations;
mod places;
mod primitive;
mod programs;
#[allow(dead_code, reason = "the scheduler's tests use the rest")]
#[path = "../../../sched/tests/all/proof.rs"]
mod proof;
mod races;
mod random;
mod random_runs;
mod replay;
mod searched;
mod shootdown;
mod shrinking;
mod slices;
mod touched;
mod unsound;
mod variants;
mod verdicts;
mod workers;
