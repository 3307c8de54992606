//! The text of a scenario: read, written, read again.

use super::{SCENARIO, gallery, is_helpful};
use crate::Target;
use crate::memory::Bounds;
use faultline_scenario::parse::parse;

/// Reads scenarios.
pub const TARGET: Target = Target {
    name: "scenario",
    form: SCENARIO,
    seeds: gallery,
    check,
    cases: 20_000,
    bounds: Bounds { held: 4 << 20, asked: 64 << 20 },
};

fn check(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    match parse("fuzz", text) {
        Err(error) => {
            let line = text.split('\n').nth(error.line - 1);
            assert!(line.is_some_and(|l| error.column <= l.chars().count() + 1), "there is no such place: {error}");
            assert!(!error.remedy.is_empty(), "no remedy: {error}");
            is_helpful(&error.to_string());
            false
        }
        Ok(scenario) => {
            let written = scenario.to_string();
            let again =
                parse("fuzz", &written).unwrap_or_else(|error| panic!("what is written cannot be read: {error}"));
            assert_eq!(again.to_string(), written, "what is written reads as something else");
            true
        }
    }
}
