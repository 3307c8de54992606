//! What is wrong with a link, and why one cannot be opened.

use crate::error::ScenarioError;
use crate::gallery::GALLERY;
use crate::link::{MAX_LINK, MAX_TURNS};
use crate::player::PlayError;
use faultline_explore::choices::ChoicesError;

/// A text that is no link, or a state that no link can hold.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// One of its parts is not what it should be.
    #[error("link, {part} at character {at}: expected {expected}; {remedy}")]
    Part {
        /// Which part.
        part: &'static str,
        /// Characters from the beginning of what was given, from 1.
        at: usize,
        /// What should stand there.
        expected: String,
        /// What to do about it.
        remedy: String,
    },
    /// Its choices are none.
    #[error("link, {0}")]
    Choices(#[from] ChoicesError),
    /// It is longer than any link.
    #[error("link: {0} bytes are too many; a link has at most {MAX_LINK}, see that nothing else was copied with it")]
    Long(usize),
    /// More turns than a link stands for.
    #[error("link: {0} turns are too many; a link stands for at most {MAX_TURNS}, make one to an earlier place")]
    Turns(usize),
    /// A scenario that is too long to travel in a link.
    #[error("link: a scenario of {0} bytes does not fit in; keep it in a file, or below {max} bytes", max = crate::link::MAX_TEXT)]
    Text(usize),
}

impl LinkError {
    pub(super) fn turns(turns: usize) -> LinkError {
        LinkError::Turns(turns)
    }
}

/// Why a link cannot be opened at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpenError {
    /// It is none.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The gallery has no such scenario.
    #[error("link: the gallery has no scenario `{0}`; it has {names}: the link may come from a newer Faultline", names = names())]
    Scenario(String),
    /// The scenario that it carries cannot be read.
    #[error("the link's scenario: {0}")]
    Text(#[from] ScenarioError),
    /// The scenario cannot be set up.
    #[error("the link's scenario: {0}")]
    Play(#[from] PlayError),
}

fn names() -> String {
    GALLERY.iter().map(|exhibit| exhibit.name).collect::<Vec<_>>().join(", ")
}
