//! Scenarios: their text format, the gallery, how they are played, searched and told.

pub mod cast;
mod claims;
pub mod dates;
pub mod error;
pub mod figures;
pub mod gallery;
pub mod inspect;
pub mod link;
pub mod model;
pub mod names;
pub mod narrate;
pub mod parse;
pub mod player;
mod print;
mod program;
pub mod report;
pub mod search;
pub mod stage;
mod validate;
pub mod value;
