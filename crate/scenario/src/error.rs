//! What is wrong with a scenario file: where, what was expected, what to do.

use crate::model::Scenario;
use faultline_text::escape::brief;

/// A scenario's names may be as long as the scenario: what is said of them is not.
const LONGEST: usize = 600;

/// A file that is no scenario.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{name}:{line}:{column}: expected {expected}; {remedy}")]
pub struct ScenarioError {
    /// The scenario.
    pub name: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What should stand there.
    pub expected: String,
    /// What to do about it.
    pub remedy: String,
}

/// A scenario that was not read from a text, or was changed since, and cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the scenario {name} is none: expected {expected}; {remedy}")]
pub struct Invalid {
    /// The scenario.
    pub name: String,
    /// What it should have.
    pub expected: String,
    /// What to do about it.
    pub remedy: String,
}

impl Invalid {
    pub(crate) fn of(scenario: &Scenario, Refusal { expected, remedy, .. }: Refusal) -> Invalid {
        Invalid { name: scenario.name.clone(), expected, remedy }
    }
}

/// Line and column, from 1, of a byte of a text.
pub(crate) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rfind('\n').map_or(before, |newline| &before[newline + 1..]);
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// What is wrong at a byte of the text that is being read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refusal {
    pub at: usize,
    pub expected: String,
    pub remedy: String,
}

impl Refusal {
    pub fn new(at: usize, expected: impl Into<String>, remedy: impl Into<String>) -> Refusal {
        let short = |text: String| brief(&text, LONGEST).into_owned();
        Refusal { at, expected: short(expected.into()), remedy: short(remedy.into()) }
    }
    pub fn in_text(self, name: &str, text: &str) -> ScenarioError {
        let (line, column) = place(text, self.at);
        ScenarioError { name: name.into(), line, column, expected: self.expected, remedy: self.remedy }
    }
}
