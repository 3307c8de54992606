//! How texts and numbers are shown, wherever a program of Faultline shows any.
//!
//! [`escape`] escapes control characters in foreign text; [`format_number`] writes counts.

pub mod escape;
pub mod format_number;
