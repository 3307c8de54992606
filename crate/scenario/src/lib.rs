//! Scenarios: their text format, the gallery, how they are played, searched and told.

pub mod dates;
pub mod error;
mod expectations;
pub mod format_number;
pub mod gallery;
pub mod inspect;
mod interpreter;
pub mod link;
pub mod model;
pub mod names;
pub mod narrate;
pub mod parse;
pub mod player;
mod print;
pub mod report;
pub mod roster;
pub mod search;
pub mod system;
mod validate;
pub mod value;
