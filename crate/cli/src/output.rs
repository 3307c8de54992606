//! Writing results: who closes the pipe early has seen enough.

use serde::Serialize;
use std::io::{self, BufWriter, Write};

/// Exit status of a search that is not to be believed.
pub const UNSOUND: u8 = 3;

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
