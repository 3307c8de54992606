//! The scenarios that come with the program.

use crate::error::ScenarioError;
use crate::model::Scenario;
use crate::parse::parse;
use crate::suggest;
use faultline_text::escape::quoted;

macro_rules! gallery {
    ($($name:literal)*) => {
        &[$(Exhibit { name: $name, text: include_str!(concat!("../gallery/", $name, ".scn")) },)*]
    };
}

/// A scenario of the gallery, as text.
#[derive(Clone, Copy, Debug)]
pub struct Exhibit {
    /// What it goes by.
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

impl Exhibit {
    /// Reads it.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        parse(self.name, self.text)
    }
}

/// All of them, by group: the races (vm.md §15), defects, the golden tests (§17.8), correct programs.
pub const GALLERY: &[Exhibit] = gallery! {
    "t3" "t3-story"
    "t3s"
    "p2" "p2-munmap"
    "rs" "rs-fork"
    "sh"
    "iv"
    "k5"
    "soft-busy"
    "of1" "of2" "of2-signal" "of3" "of4" "of5"
    "tlb"
    "deadlock" "lost-wakeup"
    "g1" "g2" "g3" "g4" "g5" "g6" "g7" "g8" "g9" "g10" "g11" "g13" "g14" "g15" "g16" "free-shared"
    "clean-fork" "clean-server" "clean-share" "clean-file" "clean-stack" "clean-laundry"
};

/// A name that no scenario of the gallery has.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the gallery has no scenario {}", quoted(name))]
pub struct Unknown {
    /// The name.
    pub name: String,
    /// The name that may have been meant.
    pub near: Option<&'static str>,
}

impl Unknown {
    /// The error for a name that [`find`] does not find.
    pub fn of(name: &str) -> Unknown {
        Unknown { name: name.into(), near: suggest::nearest(name, GALLERY.iter().map(|exhibit| exhibit.name)) }
    }
}

/// The scenario with this name.
pub fn find(name: &str) -> Option<&'static Exhibit> {
    GALLERY.iter().find(|e| e.name == name)
}
