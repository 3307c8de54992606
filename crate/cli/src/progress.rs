//! Progress of long work, on standard error.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Where progress is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    /// One line, overwritten each time.
    Terminal,
    /// A line now and then.
    File,
    /// Nothing is written.
    Silent,
}

/// Writes progress at a bounded rate.
pub struct Ticker {
    to: To,
    last: Option<Instant>,
}

impl Ticker {
    /// Writes to a terminal; to anything else only if progress is `wanted` there.
    pub fn new(wanted: bool) -> Ticker {
        let to = match (io::stderr().is_terminal(), wanted) {
            (true, _) => To::Terminal,
            (false, true) => To::File,
            (false, false) => To::Silent,
        };
        Ticker { to, last: None }
    }
    /// Whether progress is written at all.
    pub fn is_heard(&self) -> bool {
        self.to != To::Silent
    }
    /// Writes a line of figures, if it is time for one.
    pub fn tick(&mut self, line: impl FnOnce() -> String) {
        let (every, begin, end) = match self.to {
            To::Terminal => (Duration::from_millis(100), "\r\x1b[K", ""),
            To::File => (Duration::from_secs(2), "", "\n"),
            To::Silent => return,
        };
        if self.last.is_none_or(|at| at.elapsed() >= every) {
            self.last = Some(Instant::now());
            // Failing to write progress does not stop the work.
            _ = write!(io::stderr(), "{begin}{}{end}", line());
        }
    }
    /// Clears the line on the terminal.
    pub fn clear(&mut self) {
        if self.last.take().is_some() && self.to == To::Terminal {
            _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
