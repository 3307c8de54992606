//! All tests of scenarios, searches and recordings in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod back;
mod cases;
mod chance;
mod defects;
mod digests;
mod format;
mod gallery;
mod goldens;
mod hints;
mod hostile;
mod hunts;
mod links;
mod matrix;
mod mending;
mod narration;
mod operations;
mod primitive;
#[allow(dead_code, reason = "the scheduler's tests use the rest")]
#[path = "../../../sched/tests/all/proof.rs"]
mod proof;
mod races;
mod random;
mod recording;
mod replay;
mod shootdown;
mod shrinking;
mod variants;
mod vectors;
mod workers;
