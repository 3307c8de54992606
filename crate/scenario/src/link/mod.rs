//! Links: a scenario, a kernel, a schedule and a place in it, in the part of an address
//! that follows its `#`.
//!
//! `#v1;scenario;policy;choices;revision;fingerprint;t=turn;sel=thing`
//!
//! - *scenario*: a name of the gallery; or, for one that somebody has written or edited, the
//!   name it was made of, `~`, and its text, deflated, in base64url.
//! - *policy*: its text with `.` for `,` and `~` for `+`, which do not survive everywhere.
//! - *choices*: those of the whole run that is known, as [`Choices`] writes them.
//! - *revision*: [`REVISION`] of the program that made the link.
//! - *digest*: of the state at `t`, sixteen hexadecimal digits.
//! - *t*: turns taken; without it the link stands at the end of its choices.
//! - *sel*: what is looked at, an object (`O`) or an address of a process (`B.va0`).
//!
//! Everything is a letter, a digit or one of `- . _ ~ ; =`; anything else is escaped with `%`.

mod error;
mod open;
mod pack;
mod read;

pub use error::{LinkError, OpenError};
pub use open::{Difference, Opened, open, open_text};
pub use pack::MAX_TEXT;
pub use read::MAX_LINK;

use crate::gallery::{self, GALLERY};
use crate::model::Scenario;
use crate::parse::parse;
use crate::player::Player;
use faultline_engine::REVISION;
use faultline_engine::event::Event;
use faultline_engine::policy::Policy;
use faultline_explore::Choices;
use faultline_explore::strategy::replay::Replay;
use faultline_sched::Checks;
use std::fmt;

/// Turns that a link can stand for; no gallery run comes near, and none fills memory.
pub const MAX_TURNS: usize = 100_000;

/// Where a link's scenario comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// The gallery, by name.
    Gallery(String),
    /// The link itself.
    Carried {
        /// What it goes by: the name of the scenario or file it was made of.
        name: String,
        /// Its text.
        text: String,
    },
}

impl Source {
    /// The source of this text: the gallery, if it is there to the letter.
    pub fn of(name: &str, text: &str) -> Source {
        match GALLERY.iter().find(|exhibit| exhibit.text == text) {
            Some(exhibit) => Source::Gallery(exhibit.name.into()),
            None => Source::Carried { name: name.into(), text: text.into() },
        }
    }
    /// What the scenario goes by.
    pub fn name(&self) -> &str {
        match self {
            Source::Gallery(name) | Source::Carried { name, .. } => name,
        }
    }
    /// The scenario's text, if there is such a scenario.
    pub fn text(&self) -> Option<&str> {
        match self {
            Source::Gallery(name) => gallery::find(name).map(|exhibit| exhibit.text),
            Source::Carried { text, .. } => Some(text),
        }
    }
    /// Reads the scenario.
    pub fn scenario(&self) -> Result<Scenario, OpenError> {
        let text = self.text().ok_or_else(|| OpenError::Scenario(self.name().into()))?;
        Ok(parse(self.name(), text)?)
    }
}

/// A link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The scenario.
    pub source: Source,
    /// The kernel, as [`Policy::parse`](faultline_engine::policy::Policy::parse) reads it.
    pub policy: String,
    /// The choices of the whole run that is known, what is ahead of `turn` included.
    pub choices: Choices,
    /// Which semantics the choices were made under.
    pub revision: u32,
    /// The digest of the state at `turn`.
    pub fingerprint: u64,
    /// Turns taken; none: all that the choices stand for.
    pub turn: Option<usize>,
    /// What is looked at: an object, or an address of a process.
    pub selection: Option<String>,
}

impl Link {
    /// A link to a player's run at `turn`. The player then stands there.
    pub fn to(player: &mut Player, source: Source, turn: usize, selection: Option<String>) -> Result<Link, LinkError> {
        if let Source::Carried { text, .. } = &source {
            pack::fits(text)?;
        }
        let run = player.run_mut();
        run.seek(turn);
        if run.trail().len() > MAX_TURNS {
            return Err(LinkError::turns(run.trail().len()));
        }
        Ok(Link {
            source,
            policy: run.system().scenario_world().world.policy.name.clone(),
            choices: run.trail().iter().filter_map(|taken| taken.choice).collect::<Vec<_>>().into(),
            revision: REVISION,
            fingerprint: run.fingerprint(),
            turn: Some(run.position()),
            selection,
        })
    }
}

impl Link {
    /// A link to the end of a run of `turns` turns: its choices, then task order.
    pub fn played(source: Source, policy: &Policy, choices: &Choices, turns: usize) -> Result<Link, OpenError> {
        let mut player = Player::new(&source.scenario()?, policy, Checks::default())?;
        let (run, mut replay) = (player.run_mut(), Replay::new(choices.clone()));
        while run.position() < turns && run.step(&mut replay).is_some() {}
        Ok(Link::to(&mut player, source, turns, None)?)
    }
}

/// The turn after which a run's first finding was there; none if there is none.
pub fn first_finding(player: &Player) -> Option<usize> {
    let found = |event: &Event| matches!(event, Event::Found { .. });
    if player.events().take(player.setup_events()).any(|record| found(&record.event)) {
        return Some(0);
    }
    let run = player.run();
    match run.events().iter().position(|record| found(&record.event)) {
        Some(event) => Some(run.trail().partition_point(|taken| taken.events <= event) + 1),
        // What was expected of the end is found when the run is over, without an event.
        None => (!player.findings().is_empty()).then(|| run.position()),
    }
}

/// A byte that needs no escape in any part of a link.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._=".contains(&byte)
}

fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.bytes().try_for_each(|byte| match byte {
        b if is_plain(b) => write!(f, "{}", char::from(b)),
        b => write!(f, "%{b:02X}"),
    })
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#v1;")?;
        escape(f, self.source.name())?;
        if let Source::Carried { text, .. } = &self.source {
            write!(f, "~{}", pack::pack(text))?;
        }
        f.write_str(";")?;
        for (nth, part) in self.policy.split(',').enumerate() {
            f.write_str(if nth > 0 { "." } else { "" })?;
            let (plus, rest) = part.strip_prefix('+').map_or(("", part), |rest| ("~", rest));
            f.write_str(plus)?;
            escape(f, rest)?;
        }
        write!(f, ";{};{};{:016x}", self.choices, self.revision, self.fingerprint)?;
        if let Some(turn) = self.turn {
            write!(f, ";t={turn}")?;
        }
        if let Some(selection) = &self.selection {
            f.write_str(";sel=")?;
            escape(f, selection)?;
        }
        Ok(())
    }
}
