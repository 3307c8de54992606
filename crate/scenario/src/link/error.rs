//! Malformed links, and links that cannot be opened.

use crate::error::ScenarioError;
use crate::gallery::{GALLERY, Unknown};
use crate::link::{MAX_LINK, MAX_TURNS};
use crate::player::PlayError;
use crate::suggest::question;
use faultline_explore::choices::ChoicesError;

/// A text that is not a link, or a state that no link can represent.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// A part is malformed.
    #[error("link, {part} at character {at}: expected {expected}; {remedy}")]
    Part {
        /// Name of the part.
        part: &'static str,
        /// Position in the given text, in characters from 1.
        at: usize,
        /// What is expected there.
        expected: String,
        /// How to fix it.
        remedy: String,
    },
    /// The choices are malformed.
    #[error("link, {0}")]
    Choices(#[from] ChoicesError),
    /// Longer than any link, in bytes.
    #[error("link: {0} bytes are too many; a link has at most {MAX_LINK}, see that nothing else was copied with it")]
    Long(usize),
    /// More steps than a link can represent.
    #[error("link: {0} turns are too many; a link stands for at most {MAX_TURNS}, make one to an earlier place")]
    Turns(usize),
    /// A scenario too long for a link, in bytes.
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
    /// It is not a link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The gallery has no such scenario.
    #[error("link: {0}; it may come from a newer Faultline, this one has {names}{near}", names = names(), near = question(.0.near))]
    Scenario(#[from] Unknown),
    /// The scenario in the link is invalid.
    #[error("the link's scenario: {0}")]
    Text(#[from] ScenarioError),
    /// The scenario cannot be set up.
    #[error("the link's scenario: {0}")]
    Play(#[from] PlayError),
}

fn names() -> String {
    GALLERY.iter().map(|exhibit| exhibit.name).collect::<Vec<_>>().join(", ")
}
