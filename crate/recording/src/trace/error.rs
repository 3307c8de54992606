//! Why a recording can't be read: where, what was expected, what to do.

use std::fmt;
use std::path::PathBuf;

/// Why a recording was refused.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file can't be opened.
    #[error("{}: {source}; give the name of a readable recording", path.display())]
    Open {
        /// Its name.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file can't be read to its end.
    #[error("after line {line}: {source}; see that the file can be read to its end")]
    Read {
        /// The last whole line.
        line: u32,
        /// What the system says.
        source: std::io::Error,
    },
    /// The compressed data is damaged or ends early.
    #[error("after line {line}: the gzip data is {what}; fetch or record the file again")]
    Gzip {
        /// The last whole line.
        line: u32,
        /// `cut short` or `damaged`, with the reason.
        what: String,
    },
    /// A line says something that the format does not know.
    #[error(transparent)]
    Line(#[from] Box<LineError>),
}

impl TraceError {
    /// The line concerned, or the last one that was read whole.
    pub fn line(&self) -> u32 {
        match self {
            TraceError::Open { .. } => 0,
            TraceError::Read { line, .. } | TraceError::Gzip { line, .. } => *line,
            TraceError::Line(error) => error.line,
        }
    }
}

/// A line that can't be understood, or that contradicts the lines before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError {
    /// The line, from 1.
    pub line: u32,
    /// The field, from 1, and its name; none if the line as a whole is meant.
    pub field: Option<(u32, &'static str)>,
    /// What was expected there.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some((number, name)) = self.field {
            write!(f, ", field {number} ({name})")?;
        }
        write!(f, ": expected {}, found {}; {}", self.expected, self.found, self.remedy)
    }
}

impl std::error::Error for LineError {}
