//! Writing results: who closes the pipe early has seen enough.

use serde::Serialize;
use std::io::{self, BufWriter, Write};

/// Writes with `print` to standard output.
pub fn write(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let mut out = BufWriter::new(io::stdout().lock());
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output: {error}; give it somewhere to go"))
        }
        // A writer that is dropped would try once more.
        Err(_) => {
            let _ = out.into_parts();
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Writes one JSON object on one line.
pub fn json(value: &impl Serialize) -> Result<(), String> {
    write(|out| {
        serde_json::to_writer(&mut *out, value)?;
        writeln!(out)
    })
}

/// Says on standard error what is wrong.
pub fn complain(error: &str) {
    let _ = writeln!(io::stderr(), "faultline: {error}");
}

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun, whose plural may follow a bar: `process|processes`.
pub fn count(number: u64, noun: &str) -> String {
    let (one, many) = noun.split_once('|').map_or_else(|| (noun, format!("{noun}s")), |(one, many)| (one, many.into()));
    format!("{} {}", grouped(number), if number == 1 { one } else { &many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let texts = [0, 12, 999, 1000, 123_456, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "12", "999", "1,000", "123,456", "1,234,567"]);
        let texts = [count(1, "thread"), count(2, "thread"), count(2, "process|processes")];
        assert_eq!(texts, ["1 thread", "2 threads", "2 processes"]);
    }
}
