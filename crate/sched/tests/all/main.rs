//! All tests of the scheduler in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod deadlock;
mod fewest;
mod interleavings;
mod memo;
mod program;
mod proof;
mod reduction;
mod strategies;
mod toy;
#[path = "../../../explore/tests/all/verdict.rs"]
mod verdict;
mod workers;
