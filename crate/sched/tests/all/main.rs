//! All tests of the scheduler and the explorer in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod chances;
mod crew;
mod cycles;
mod fewest;
mod interleavings;
mod program;
mod proof;
mod puzzle;
mod reduction;
mod rote;
mod strategies;
mod stuck;
mod toy;
