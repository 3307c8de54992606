//! The program as it is called, for every test file.

use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

/// What a call came to.
pub struct Called {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// Calls the program.
pub fn faultline<A: AsRef<OsStr>>(args: &[A]) -> Called {
    let output = Command::new(env!("CARGO_BIN_EXE_faultline")).args(args).output().expect("the program starts");
    Called {
        status: output.status.code().expect("no signal"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

impl Called {
    /// What it printed, as JSON.
    pub fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one object on one line");
        serde_json::from_str(&self.out).expect("JSON")
    }
    /// It was bad input: nothing on standard output, one line that says all of `said`.
    pub fn refused(&self, said: &[&str]) {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{}", self.err);
        assert!(self.err.starts_with("faultline: ") && self.err.lines().count() == 1, "{}", self.err);
        for text in said {
            assert!(self.err.contains(text), "{}\n  lacks {text:?}", self.err);
        }
    }
}

/// A file of its own for each test.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Writes it.
    pub fn new(name: impl AsRef<OsStr>, content: &[u8]) -> Scratch {
        let mut own = OsString::from(format!("faultline-{}-", std::process::id()));
        own.push(name);
        let path = std::env::temp_dir().join(own);
        std::fs::write(&path, content).expect("a temporary file");
        Scratch(path)
    }
    /// Its path, which need not be text.
    pub fn path(&self) -> &OsStr {
        self.0.as_os_str()
    }
    /// Its path.
    pub fn name(&self) -> &str {
        self.0.to_str().expect("a name in UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
