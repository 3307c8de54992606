//! A scenario, searched: no search is unsound, and on a kernel without known defects it finds only failed expectations.

use super::{SCENARIO, gallery, hash, small_scenario, sound_kernel};
use crate::Target;
use crate::memory::Bounds;
use faultline_engine::finding::FindingKind;
use faultline_scenario::player::PlayError;
use faultline_scenario::search::{KindFilter, MEMORY, Method, Request, SearchJob};

/// Searches scenarios.
pub const TARGET: Target = Target {
    name: "search",
    form: SCENARIO,
    seeds: gallery,
    check,
    cases: 6_000,
    bounds: Bounds { held: 128 << 20, asked: 16 << 30 },
};

/// States of a search at most.
const STATES: u64 = 2_000;

fn check(input: &[u8]) -> bool {
    let Some(scenario) = small_scenario(input) else { return false };
    let number = hash(input);
    let method = [Method::Exhaustive, Method::Preemptions(2), Method::Random, Method::Pct(3)][number as usize / 2 % 4];
    let request =
        Request { method, memory: MEMORY, kinds: KindFilter::Any, states: STATES, executions: 4, seed: number };
    let mut job = match SearchJob::new(&scenario, &sound_kernel(number), request, false) {
        Ok(job) => job,
        Err(PlayError::SetUp { .. }) => return false,
        Err(error) => panic!("{method:?}: {error}"),
    };
    while !job.advance(10_000).unwrap_or_else(|error| panic!("{method:?}: {error}")) {}
    let report = job.report().unwrap_or_else(|error| panic!("{method:?}: {error}"));
    assert!(report.unsound.is_none(), "{method:?} is unsound: {}", report.text);
    for found in &report.findings {
        assert_eq!(found.kind, FindingKind::Expectation, "{} on {}: {}", found.property, report.policy, found.detail);
    }
    true
}
