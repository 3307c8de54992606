//! What a search established, in a word.

use faultline_explore::Verdict;
use serde::Serialize;
use std::fmt;

/// A verdict without what belongs to it, or that there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Established {
    /// Some interleaving has a finding.
    Found,
    /// No interleaving has one: all were covered.
    Complete,
    /// Those that were covered, up to a bound, have none.
    Bounded,
    /// Nothing: a replayed task diverged, or a finding does not replay.
    Unsound,
    /// Nothing: the search was ended before it had a verdict.
    Stopped,
}

impl Established {
    /// The word, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Established::Found => "found",
            Established::Complete => "complete",
            Established::Bounded => "bounded",
            Established::Unsound => "unsound",
            Established::Stopped => "stopped",
        }
    }
}

impl fmt::Display for Established {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<&Verdict> for Established {
    fn from(verdict: &Verdict) -> Established {
        match verdict {
            Verdict::Found(_) => Established::Found,
            Verdict::Complete => Established::Complete,
            Verdict::Bounded(_) => Established::Bounded,
            Verdict::Unsound(_) => Established::Unsound,
        }
    }
}

/// Without a verdict the search was stopped.
impl From<Option<&Verdict>> for Established {
    fn from(verdict: Option<&Verdict>) -> Established {
        verdict.map_or(Established::Stopped, Established::from)
    }
}
