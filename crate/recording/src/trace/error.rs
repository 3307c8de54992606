//! Why a recording cannot be read: the position, what was expected, and a remedy.

use faultline_text::format_number::grouped;
use std::fmt;
use std::path::PathBuf;

/// Why a recording was rejected.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file can't be opened.
    #[error("{}: {source}; give the name of a readable recording", path.display())]
    Open {
        /// Its name.
        path: PathBuf,
        /// The system's message.
        source: std::io::Error,
    },
    /// The file can't be read to its end.
    #[error("after line {line}: {source}; see that the file can be read to its end")]
    Read {
        /// The last whole line.
        line: u32,
        /// The system's message.
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
    /// There is more of something than a recording may have.
    #[error("line {line}: more than {} {what}, the most that a recording may have; record less at a time, or leave out the lines from here on", grouped(*.most))]
    TooLarge {
        /// The line that is one too many.
        line: u32,
        /// How many there may be.
        most: u64,
        /// Of what.
        what: &'static str,
    },
    /// A line says something that the format does not know.
    #[error(transparent)]
    Line(#[from] Box<LineError>),
}

impl TraceError {
    /// The line of the error, or the last complete line.
    pub fn line(&self) -> u32 {
        match self {
            TraceError::Open { .. } => 0,
            TraceError::Read { line, .. } | TraceError::Gzip { line, .. } | TraceError::TooLarge { line, .. } => *line,
            TraceError::Line(error) => error.line,
        }
    }
}

/// A line that is invalid, or that contradicts the lines before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError {
    /// The line, from 1.
    pub line: u32,
    /// The field, from 1, and its name; `None` if the error concerns the whole line.
    pub field: Option<(u32, &'static str)>,
    /// What was expected there.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// How to fix it.
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
