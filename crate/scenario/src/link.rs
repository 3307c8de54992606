//! Links: a scenario, a kernel, a schedule and a position in it, in the part of an address after its `#`.
//!
//! `#v1;scenario;policy;choices;revision;digest;t=turn;sel=thing;view=view;before=policy;after=policy`
//!
//! - *scenario*: a name in the gallery; or, for one that a user has written or edited, the name it was made from,
//!   `~`, and its text, deflated, in base64url; where that is shorter, `~~` and what it differs in from the gallery's.
//! - *policy*: its text with `.` for `,` and `~` for `+`, which do not survive everywhere.
//! - *choices*: those of the whole known run, as [`Choices`] writes them.
//! - *revision*: [`REVISION`] of the program that made the link.
//! - *digest*: the fingerprint of the state at `t`, sixteen hexadecimal digits.
//! - *t*: steps taken; without it the position is the end of the choices.
//! - *sel*: the selection, an object (`O`) or an address of a process (`B.va0`).
//! - *view*: what a page shows beside the run: `compare` or `search`; without it the run alone.
//! - *before*, *after*: the two kernels that `compare` shows, written as *policy* is.
//!
//! A link consists of letters, digits and `- . _ ~ ; =`; all other characters are escaped with `%`.

mod edit;
mod error;
mod open;
mod pack;
mod read;

pub use error::{LinkError, OpenError};
pub use open::{Difference, Opened, open, open_text, open_watched};
pub use pack::MAX_TEXT;
pub use read::MAX_LINK;

use crate::gallery::{self, GALLERY};
use crate::model::{MAX_NAME, Scenario};
use crate::parse::parse;
use crate::player::Player;
use faultline_engine::REVISION;
use faultline_engine::event::Event;
use faultline_engine::policy::Policy;
use faultline_explore::Choices;
use faultline_explore::strategy::replay::Replay;
use faultline_sched::Checks;
use std::fmt;

/// Maximum number of steps of a link; no gallery run comes near it, and it bounds memory.
pub const MAX_TURNS: usize = 100_000;

/// Where a link's scenario comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A scenario in the gallery, by name.
    Gallery(String),
    /// A scenario that the link itself carries.
    Carried {
        /// Its name: that of the scenario or file it was made from.
        name: String,
        /// Its text.
        text: String,
    },
}

impl Source {
    /// The source of this text: the gallery, if it has exactly this text.
    pub fn of(name: &str, text: &str) -> Source {
        match GALLERY.iter().find(|exhibit| exhibit.text == text) {
            Some(exhibit) => Source::Gallery(exhibit.name.into()),
            None => Source::Carried { name: printable(name), text: text.into() },
        }
    }
    /// The scenario's name.
    pub fn name(&self) -> &str {
        match self {
            Source::Gallery(name) | Source::Carried { name, .. } => name,
        }
    }
    /// The scenario's text; `None` if the gallery has no such scenario.
    pub fn text(&self) -> Option<&str> {
        match self {
            Source::Gallery(name) => gallery::find(name).map(|exhibit| exhibit.text),
            Source::Carried { text, .. } => Some(text),
        }
    }
    /// Parses the scenario.
    pub fn scenario(&self) -> Result<Scenario, OpenError> {
        let text = self.text().ok_or_else(|| gallery::Unknown::of(self.name()))?;
        Ok(parse(self.name(), text)?)
    }
}

/// The beginning of a scenario's name that a link may carry: messages repeat it.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

/// A link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The scenario.
    pub source: Source,
    /// The kernel, as [`Policy::parse`](faultline_engine::policy::Policy::parse) reads it.
    pub policy: String,
    /// The choices of the whole known run, also after `turn`.
    pub choices: Choices,
    /// The [`REVISION`] under which the choices were made.
    pub revision: u32,
    /// The fingerprint of the state at `turn`.
    pub fingerprint: u64,
    /// Steps taken; `None`: all that the choices describe.
    pub turn: Option<usize>,
    /// The selection: an object, or an address of a process.
    pub selection: Option<String>,
    /// What a page shows beside the run, and the kernels that it compares. A program without a page ignores them.
    pub view: View,
}

/// What a page shows beside a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// Its name; `None`: the run alone.
    pub name: Option<String>,
    /// The kernel on the left of a comparison, as [`Policy::parse`](faultline_engine::policy::Policy::parse) reads it.
    pub before: Option<String>,
    /// The kernel on its right.
    pub after: Option<String>,
}

impl Link {
    /// A link to a player's run at step `turn`, to which the player moves.
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
            view: View::default(),
        })
    }
}

impl Link {
    /// A link to the end of a run of `turns` steps: its choices, then task order.
    pub fn played(source: Source, policy: &Policy, choices: &Choices, turns: usize) -> Result<Link, OpenError> {
        let mut player = Player::new(&source.scenario()?, policy, Checks::default())?;
        let (run, mut replay) = (player.run_mut(), Replay::new(choices.clone()));
        while run.position() < turns && run.step(&mut replay).is_some() {}
        Ok(Link::to(&mut player, source, turns, None)?)
    }
}

/// The step after which the run's first finding existed; `None` if it has none.
pub fn first_finding(player: &Player) -> Option<usize> {
    let found = |event: &Event| matches!(event, Event::Found { .. });
    if player.events().take(player.setup_events()).any(|record| found(&record.event)) {
        return Some(0);
    }
    let run = player.run();
    match run.events().iter().position(|record| found(&record.event)) {
        Some(event) => Some(run.trail().partition_point(|taken| taken.events <= event) + 1),
        // Expectations of the end become findings when the run is over, without an event.
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

/// A policy with `.` for `,` and `~` for `+`.
fn escape_policy(f: &mut fmt::Formatter<'_>, policy: &str) -> fmt::Result {
    for (nth, part) in policy.split(',').enumerate() {
        f.write_str(if nth > 0 { "." } else { "" })?;
        let (plus, rest) = part.strip_prefix('+').map_or(("", part), |rest| ("~", rest));
        f.write_str(plus)?;
        escape(f, rest)?;
    }
    Ok(())
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#v1;")?;
        escape(f, self.source.name())?;
        if let Source::Carried { text, .. } = &self.source {
            let whole = pack::pack(text);
            match edit::write(self.source.name(), text).filter(|edit| edit.len() < whole.len()) {
                Some(edit) => write!(f, "~~{edit}")?,
                None => write!(f, "~{whole}")?,
            }
        }
        f.write_str(";")?;
        escape_policy(f, &self.policy)?;
        write!(f, ";{};{};{:016x}", self.choices, self.revision, self.fingerprint)?;
        if let Some(turn) = self.turn {
            write!(f, ";t={turn}")?;
        }
        if let Some(selection) = &self.selection {
            f.write_str(";sel=")?;
            escape(f, selection)?;
        }
        if let Some(view) = &self.view.name {
            f.write_str(";view=")?;
            escape(f, view)?;
        }
        for (side, policy) in [("before", &self.view.before), ("after", &self.view.after)] {
            if let Some(policy) = policy {
                write!(f, ";{side}=")?;
                escape_policy(f, policy)?;
            }
        }
        Ok(())
    }
}
