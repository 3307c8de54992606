//! All tests of the explorer in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod choices;
mod cycles;
mod fewest;
mod parallel;
mod pct;
mod puzzle;
mod verdict;
