//! How texts and numbers are shown, wherever a program of Faultline shows any.
//!
//! [`escape`] keeps text that others have written from acting on a terminal; [`format_number`] writes counts.

pub mod escape;
pub mod format_number;
