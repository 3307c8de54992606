//! All tests of the scheduler and the explorer in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod chances;
mod cycles;
mod deadlock;
mod fewest;
mod interleavings;
mod memo;
mod parallel;
mod program;
mod proof;
mod puzzle;
mod reduction;
mod strategies;
mod toy;
