//! Searches of scenarios by chance, on every kernel and in every way: no repeat diverges, and what a
//! search that leaves things out establishes is what one establishes that leaves out nothing.

use crate::random::{ALL, Dice, cases, concurrent};
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::parse::parse;
use faultline_scenario::search::{Hunt, Kinds, Request, Way};
use proptest::prelude::*;

/// States that a search of one scenario may meet.
const STATES: u64 = 15_000;

fn dice(most: usize) -> impl Strategy<Value = Vec<Dice>> {
    prop::collection::vec(any::<Dice>(), 0..most)
}

/// A kernel; now and then one with a defect or another order of `pmap_enter`.
fn kernel() -> impl Strategy<Value = String> {
    let changes = ["", "", "", "", ",+OF1", ",+OF2", ",+OF3", ",+OF4", ",+P17", ",+P18", ",+P16=write-first"];
    (0..PRESETS.len(), 0..changes.len()).prop_map(move |(preset, change)| {
        let kernel = format!("{}{}", PRESETS[preset].name, changes[change]);
        if Policy::parse(&kernel).is_ok() { kernel } else { PRESETS[preset].name.into() }
    })
}

fn searched(text: &str, kernel: &str, way: Way, shrinks: bool) -> Result<String, TestCaseError> {
    let scenario = parse("random", text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
    let policy = Policy::parse(kernel).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let request = Request { way, kinds: Kinds::Any, states: STATES, executions: 20, ..Request::default() };
    let mut hunt = Hunt::new(&scenario, &policy, request, shrinks)
        .map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
    loop {
        match hunt.advance(10_000) {
            Ok(false) => {}
            Ok(true) => break,
            Err(error) => return Err(TestCaseError::fail(format!("{error} on {kernel}\n{text}"))),
        }
    }
    let report = hunt.report().map_err(|error| TestCaseError::fail(format!("{error} on {kernel}\n{text}")))?;
    prop_assert!(report.unsound.is_none(), "{} on {kernel}\n{text}", report.text);
    Ok(report.verdict.into())
}

proptest! {
    #![proptest_config(cases(1000))]
    #[test]
    fn no_repeat_diverges_in_a_search_with_two_preemptions(
        before in dice(16), tasks in prop::collection::vec(dice(4), 2..5), kernel in kernel(),
    ) {
        searched(&concurrent(ALL, &before, &tasks), &kernel, Way::Preemptions(2), false)?;
    }
}
