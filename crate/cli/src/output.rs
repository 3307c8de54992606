//! Writing results: a closed pipe is no error, and control characters in foreign text are escaped.

use faultline_text::escape::{acts, brief, escaped};
use serde::Serialize;
use std::io::{self, BufWriter, Write};

/// Exit status of an unsound search.
pub const UNSOUND: u8 = 3;

/// The most characters of an error; a name in it may be as long as a file.
const LONGEST: usize = 2_000;

/// How a control character is written.
#[derive(Clone, Copy)]
enum Escape {
    /// `\u{1b}`, for people.
    Text,
    /// `\u001b`: such characters stand in JSON's strings alone, and mean the same there.
    Json,
}

/// Passes text on with every character that [`acts`] escaped, except line ends and tabs. Every write is whole characters.
struct Shown<W> {
    inner: W,
    escape: Escape,
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let hidden = |c: char| acts(c) && c != '\n' && c != '\t';
        let mut rest = text.as_ref();
        while let Some(at) = rest.find(hidden) {
            self.inner.write_all(&rest.as_bytes()[..at])?;
            let c = rest[at..].chars().next().unwrap_or_default();
            match self.escape {
                Escape::Text => write!(self.inner, "{}", c.escape_default())?,
                Escape::Json => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(self.inner, "\\u{unit:04x}")?;
                    }
                }
            }
            rest = &rest[at + c.len_utf8()..];
        }
        self.inner.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn show(escape: Escape, print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let mut out = Shown { inner: BufWriter::new(io::stdout().lock()), escape };
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output: {error}; give it somewhere to go"))
        }
        // A writer that is dropped would try once more.
        Err(_) => {
            let _ = out.inner.into_parts();
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Writes with `print` to standard output.
pub fn write(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    show(Escape::Text, print)
}

/// Writes one JSON object on one line.
pub fn json(value: &impl Serialize) -> Result<(), String> {
    show(Escape::Json, |out| {
        serde_json::to_writer(&mut *out, value)?;
        writeln!(out)
    })
}

/// Prints an error on standard error, in one line.
pub fn complain(error: &str) {
    let _ = writeln!(io::stderr(), "faultline: {}", escaped(&brief(error, LONGEST)));
}

/// Writes lines to standard error.
pub fn tell(lines: &str) {
    let mut err = Shown { inner: io::stderr(), escape: Escape::Text };
    let _ = writeln!(err, "{}", brief(lines.trim_end(), 2 * LONGEST));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_read_back_as_json() {
        let text = "a\u{1b}\u{9b}\u{202e}\u{e0041}\u{7f}\tb";
        let mut bytes = Vec::new();
        let mut out = Shown { inner: &mut bytes, escape: Escape::Json };
        serde_json::to_writer(&mut out, text).expect("a vector takes everything");
        assert!(bytes.is_ascii(), "{bytes:?}");
        assert_eq!(serde_json::from_slice::<String>(&bytes).expect("JSON"), text);
        let mut bytes = Vec::new();
        writeln!(Shown { inner: &mut bytes, escape: Escape::Text }, "{text}").expect("a vector takes everything");
        let shown = "a\\u{1b}\\u{9b}\\u{202e}\\u{e0041}\\u{7f}\tb\n";
        assert_eq!(String::from_utf8(bytes).expect("text"), shown);
    }
}
