//! Ctrl-C: the first asks long work to end with its result so far, the second ends the program at once.

use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit status of work that was ended by Ctrl-C, as shells give it: 128 and the signal's number.
pub const STATUS: u8 = 130;

/// Whether the user has pressed Ctrl-C.
#[derive(Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on; before, Ctrl-C ends the program.
    pub fn listen() -> Result<Interrupt, String> {
        let asked = Arc::new(AtomicBool::new(false));
        // In this order: the first handler tests the flag that the second one set at an earlier signal.
        flag::register_conditional_shutdown(SIGINT, STATUS.into(), asked.clone())
            .and_then(|_| flag::register(SIGINT, asked.clone()))
            .map_err(|error| format!("cannot listen for Ctrl-C: {error}; see what handles signals here"))?;
        Ok(Interrupt(asked))
    }
    /// Whether Ctrl-C was pressed.
    pub fn asked(&self) -> bool {
        // Relaxed: it orders nothing, and a worker that sees it late does a little more.
        self.0.load(Ordering::Relaxed)
    }
    /// The exit status of work that was `stopped` or has come to `end`.
    pub fn status(stopped: bool, end: u8) -> ExitCode {
        ExitCode::from(if stopped { STATUS } else { end })
    }
}
