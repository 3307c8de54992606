//! Recordings from other machines, replayed on the engine.
//!
//! [`trace`] replays the activity of a real machine's processes in their address spaces, stepped or on threads.
//! [`vectors`] compares the page walker with the MMU of a real emulator.

mod counted;
pub mod trace;
pub mod vectors;
