//! What was recorded elsewhere, and is played on the engine.
//!
//! [`trace`] replays what the processes of a real machine did to their address spaces, stepped or on threads.
//! [`vectors`] compares the page walker with what a real emulator's MMU did.

pub mod trace;
pub mod vectors;
