//! What long work says on standard error while it goes on.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// To whom it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    /// One line, over and over.
    Terminal,
    /// A line now and then.
    File,
    Nobody,
}

/// Tells how far something is, not too often.
pub struct Ticker {
    to: To,
    told: Option<Instant>,
}

impl Ticker {
    /// Tells a terminal; anything else if it is `wanted` there.
    pub fn new(wanted: bool) -> Ticker {
        let to = match (io::stderr().is_terminal(), wanted) {
            (true, _) => To::Terminal,
            (false, true) => To::File,
            (false, false) => To::Nobody,
        };
        Ticker { to, told: None }
    }
    /// Somebody is told.
    pub fn is_heard(&self) -> bool {
        self.to != To::Nobody
    }
    /// Tells a line of figures, if it is time for one.
    pub fn tick(&mut self, line: impl FnOnce() -> String) {
        let (every, begin, end) = match self.to {
            To::Terminal => (Duration::from_millis(100), "\r\x1b[K", ""),
            To::File => (Duration::from_secs(2), "", "\n"),
            To::Nobody => return,
        };
        if self.told.is_none_or(|at| at.elapsed() >= every) {
            self.told = Some(Instant::now());
            // Nobody reads progress that cannot be written.
            _ = write!(io::stderr(), "{begin}{}{end}", line());
        }
    }
    /// Takes the line from the terminal.
    pub fn clear(&mut self) {
        if self.told.take().is_some() && self.to == To::Terminal {
            _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
