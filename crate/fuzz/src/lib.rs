//! Randomly mutated inputs of every kind that comes from outside: scenarios, links, choices, policies, recordings, page-walk
//! vectors, and what the page asks for.
//!
//! A [`Target`] takes bytes and panics where something is wrong. [`run`] makes inputs of what is known to be
//! good, by [`mutate`], always the same ones for a seed, and looks besides at the memory that they take. What was found once
//! lies in `tests/corpus/TARGET/` and comes first. `fuzz/` hands the same targets to libFuzzer.

pub mod corpus;
pub mod memory;
pub mod minimise;
pub mod mutate;
pub mod run;
pub mod targets;

/// What takes bytes from outside.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, and its folder's in the corpus.
    pub name: &'static str,
    /// How its inputs are changed.
    pub form: mutate::Form,
    /// Inputs that are good, to be changed.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Takes an input and panics where something is wrong; whether it was taken for a good one.
    pub check: fn(&[u8]) -> bool,
    /// Cases of a run of all tests: all targets together take about a minute.
    pub cases: u64,
    /// What one input may take.
    pub bounds: memory::Bounds,
}

/// All of them.
pub const TARGETS: [Target; 9] = [
    targets::scenario::TARGET,
    targets::link::TARGET,
    targets::words::CHOICES,
    targets::words::POLICY,
    targets::trace::TARGET,
    targets::vectors::TARGET,
    targets::page::TARGET,
    targets::play::TARGET,
    targets::search::TARGET,
];

impl Target {
    /// The target with this name.
    pub fn find(name: &str) -> Option<&'static Target> {
        TARGETS.iter().find(|target| target.name == name)
    }
}
