//! What went wrong, as the page shows it.

use faultline_engine::policy::PolicyError;
use faultline_recording::trace::{ReplayError, TraceError};
use faultline_scenario::error::ScenarioError;
use faultline_scenario::gallery::Unknown;
use faultline_scenario::link::{LinkError, OpenError};
use faultline_scenario::player::PlayError;
use faultline_scenario::suggest;
use faultline_sched::NotRunnable;
use serde::Serialize;

/// An error: what, where in the text if it stands in one, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Problem {
    /// In one sentence.
    pub message: String,
    /// Line of the source, from 1.
    pub line: Option<usize>,
    /// Column of the source, from 1.
    pub column: Option<usize>,
    /// What to do.
    pub remedy: Option<String>,
    /// The scenario that may have been meant, where the gallery has none of the name.
    pub near: Option<String>,
}

impl Problem {
    /// One that stands in no text.
    pub fn new(message: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem { message: message.into(), remedy: Some(remedy.into()), ..Problem::default() }
    }
}

impl From<ScenarioError> for Problem {
    fn from(e: ScenarioError) -> Problem {
        let message = format!("expected {}", e.expected);
        Problem { message, line: Some(e.line), column: Some(e.column), remedy: Some(e.remedy), near: None }
    }
}

impl From<OpenError> for Problem {
    fn from(e: OpenError) -> Problem {
        match e {
            OpenError::Text(e) => {
                let problem = Problem::from(e);
                Problem { message: format!("the link's scenario: {}", problem.message), ..problem }
            }
            OpenError::Scenario(unknown) => {
                let remedy = Some("the link may come from a newer Faultline".into());
                Problem { remedy, ..unknown.into() }
            }
            e => Problem { message: e.to_string(), ..Problem::default() },
        }
    }
}

impl From<Unknown> for Problem {
    fn from(e: Unknown) -> Problem {
        Problem { message: e.to_string(), near: e.near.map(str::to_owned), ..Problem::default() }
    }
}

impl From<PolicyError> for Problem {
    fn from(e: PolicyError) -> Problem {
        let remedy = suggest::preset(&e).map(|name| format!("did you mean `{name}`?"));
        Problem { message: e.to_string(), remedy, ..Problem::default() }
    }
}

macro_rules! said {
    ($($error:ty),*) => {
        $(impl From<$error> for Problem {
            fn from(e: $error) -> Problem {
                Problem { message: e.to_string(), ..Problem::default() }
            }
        })*
    };
}

// These say what to do in their own words.
said!(LinkError, PlayError, NotRunnable, TraceError, ReplayError);
