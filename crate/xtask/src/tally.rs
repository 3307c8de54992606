//! Counts the tests that different runners report, while passing their output through.

use crate::command::{line, show};
use anyhow::{Context, Result};
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

/// Numbers of tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that passed.
    pub passed: u64,
    /// Those that failed.
    pub failed: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// The tally of a run that ended before it could count.
    pub fn one_failure() -> Self {
        Self { passed: 0, failed: 1 }
    }

    /// Shows the command, runs it and counts.
    pub fn of(command: &mut Command) -> Result<Self> {
        show(command);
        Self::of_shown(command)
    }

    /// Runs the command, passes its output through and counts. A failing exit status without a failed test counts as
    /// one failure.
    pub fn of_shown(command: &mut Command) -> Result<Self> {
        let words = line(command);
        let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("could not start `{words}`"))?;
        let output = child.stdout.take().context("the output is piped")?;
        let mut sum = Self::default();
        let mut stdout = std::io::stdout().lock();
        for bytes in BufReader::new(output).split(b'\n') {
            let bytes = bytes?;
            stdout.write_all(&bytes)?;
            stdout.write_all(b"\n")?;
            stdout.flush()?;
            sum += Self::read(&plain(&String::from_utf8_lossy(&bytes)));
        }
        let status = child.wait()?;
        if !status.success() && sum.failed == 0 {
            eprintln!("  `{words}` failed ({status}) without naming a test");
            sum += Self::one_failure();
        }
        Ok(sum)
    }

    /// The tally of one line of output.
    fn read(line: &str) -> Self {
        let line = line.trim();
        // cargo and wasm-bindgen: `test result: ok. 3 passed; 0 failed; …`; vitest: `Tests  1 failed | 2 passed (3)`.
        if line.starts_with("test result:") || line.starts_with("Tests  ") {
            return Self { passed: before(line, "passed"), failed: before(line, "failed") };
        }
        // node: `ℹ pass 3`, or `# pass 3` where it writes TAP.
        let total = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "));
        match total.and_then(|total| total.split_once(' ')).map(|(what, count)| (what, count.parse())) {
            Some(("pass", Ok(passed))) => Self { passed, failed: 0 },
            Some(("fail" | "cancelled", Ok(failed))) => Self { passed: 0, failed },
            _ => Self::default(),
        }
    }
}

/// The number before a word.
fn before(line: &str, word: &str) -> u64 {
    let mut last = 0;
    for part in line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        if part == word {
            return last;
        }
        last = part.parse().unwrap_or(0);
    }
    0
}

/// A line without colour codes.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((head, tail)) = rest.split_once("\x1b[") {
        text.push_str(head);
        rest = tail.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &tail[end + 1..]);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::{Tally, plain};

    fn read(line: &str) -> (u64, u64) {
        let tally = Tally::read(&plain(line));
        (tally.passed, tally.failed)
    }

    #[test]
    fn the_totals_of_every_test_runner_are_parsed() {
        assert_eq!(read("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured"), (12, 0));
        assert_eq!(read("test result: FAILED. 2 passed; 3 failed; 0 ignored"), (2, 3));
        assert_eq!(
            read("\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m | \x1b[32m4 passed\x1b[39m (5)"),
            (4, 1)
        );
        assert_eq!(read("      Tests  7 passed (7)"), (7, 0));
        assert_eq!(read("\x1b[34mℹ pass 9\x1b[39m"), (9, 0));
        assert_eq!(read("# fail 2"), (0, 2));
        assert_eq!(read("a test that says 5 passed"), (0, 0));
    }
}
