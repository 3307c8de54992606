//! Opens links as far as possible, and reports every difference from the state that they describe.

use crate::link::{Link, MAX_TURNS, OpenError, Source};
use crate::model::MAX_PAGES;
use crate::player::{PlayError, Player};
use crate::watch::{Doing, Watch};
use faultline_engine::REVISION;
use faultline_engine::policy::{Policy, PolicyError};
use faultline_explore::Tasks;
use faultline_sched::Checks;
use faultline_text::escape::quoted;

/// A difference between what a link says and what this build reproduces.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Difference {
    /// This build has no kernel with the link's policy, so the choices mean nothing.
    #[error("the link's kernel {} is not available in this build ({why}): this is {instead}, before its first step", quoted(.policy))]
    Policy {
        /// The link's policy.
        policy: String,
        /// Why it was rejected.
        why: PolicyError,
        /// The kernel used instead.
        instead: String,
    },
    /// The link was made under another `REVISION`.
    #[error("the link was made by revision {link} of the engine, and this is revision {here}{}", if *.same { ", which comes to the same state here" } else { "" })]
    Revision {
        /// The link's.
        link: u32,
        /// This program's.
        here: u32,
        /// The state is the link's nevertheless.
        same: bool,
    },
    /// A choice names a task that is not runnable: the run stops there.
    #[error(
        "choice {choice} of the link's {of} names a task that cannot run here: the run stops before it, at step {turn}"
    )]
    Choice {
        /// Number of the choice, from 1.
        choice: usize,
        /// Number of choices in the link.
        of: usize,
        /// Steps taken before it.
        turn: usize,
    },
    /// The run ends before the choices do.
    #[error("the run is over after {played} of the link's {of} choices")]
    Over {
        /// Choices made.
        played: usize,
        /// Number of choices in the link.
        of: usize,
    },
    /// The run does not reach the link's position.
    #[error("the link stands at step {turn}, and here the run comes no further than step {reached}")]
    Turn {
        /// The link's position, in steps.
        turn: usize,
        /// Steps that the run has.
        reached: usize,
    },
    /// The state's fingerprint is not the link's.
    #[error(
        "the state at step {turn} is not the one that the link was made in: its digest was {link:016x} and is {here:016x}"
    )]
    Fingerprint {
        /// The step.
        turn: usize,
        /// The link's.
        link: u64,
        /// The run's.
        here: u64,
    },
    /// The selection does not exist.
    #[error("there is no {} at this step, which the link looks at", quoted(.0))]
    Selection(String),
}

impl Difference {
    /// Whether the run shown is not the link's.
    pub fn is_another_story(&self) -> bool {
        !matches!(self, Difference::Revision { same: true, .. } | Difference::Selection(_))
    }
}

/// An opened link: a player at the link's position, or as near as it gets.
pub struct Opened {
    /// The player; its run has all steps that the link describes.
    pub player: Player,
    /// Where the scenario comes from.
    pub source: Source,
    /// The selection, if it exists.
    pub selection: Option<String>,
    /// The differences.
    pub differs: Vec<Difference>,
}

/// Reads and opens a link.
pub fn open_text(text: &str) -> Result<Opened, OpenError> {
    open(&text.parse()?)
}

/// Opens a link.
pub fn open(link: &Link) -> Result<Opened, OpenError> {
    open_watched(link, &Watch::default())
}

/// Opens a link, followed by somebody.
pub fn open_watched(link: &Link, watch: &Watch) -> Result<Opened, OpenError> {
    let scenario = link.source.scenario()?;
    let mut differs = Vec::new();
    let policy = match Policy::parse(&link.policy) {
        Ok(policy) => policy,
        Err(why) => {
            let own = Policy::parse(&scenario.header.policy.text).map_err(PlayError::from)?;
            let (policy, instead) = (link.policy.clone(), own.name.clone());
            differs.push(Difference::Policy { policy, why, instead });
            own
        }
    };
    let mut player = Player::watched(&scenario, &policy, Checks::FULL, watch)?;
    let mut same = false;
    if differs.is_empty() {
        follow(&mut player, link, &mut differs, watch)?;
        same = stand(&mut player, link, &mut differs);
    }
    if link.revision != REVISION {
        differs.insert(0, Difference::Revision { link: link.revision, here: REVISION, same });
    }
    let selection = link.selection.clone().filter(|selection| {
        let known = is_there(&player, selection);
        if !known {
            differs.push(Difference::Selection(selection.clone()));
        }
        known
    });
    Ok(Opened { player, source: link.source.clone(), selection, differs })
}

/// Takes the turns that the link knows: its choices, and turns where there is none to make.
/// Beyond that nothing is known, and a choice that does not fit is not replaced by another.
fn follow(player: &mut Player, link: &Link, differs: &mut Vec<Difference>, watch: &Watch) -> Result<(), PlayError> {
    let most = player.most_turns();
    let (run, of) = (player.run_mut(), link.choices.len());
    let mut choices = link.choices.as_slice().iter().map(|&choice| usize::from(choice));
    while run.position() < MAX_TURNS {
        let runnable = run.runnable();
        let place = match runnable.len() {
            1 => Some(0),
            _ => choices.next(),
        };
        let Some(place) = place else { return Ok(()) };
        if run.position() as u64 == most {
            return Err(player.too_much());
        }
        watch.tell(Doing::Run, run.position() as u64, None);
        let task = match runnable.nth(place) {
            Some(task) => task,
            None if runnable.is_empty() => {
                let played = of - choices.len() - 1;
                differs.push(Difference::Over { played, of });
                return Ok(());
            }
            None => {
                let (choice, turn) = (of - choices.len(), run.position());
                differs.push(Difference::Choice { choice, of, turn });
                return Ok(());
            }
        };
        if run.step_task(task).is_err() {
            break;
        }
    }
    Ok(())
}

/// Moves to the link's position; returns whether the fingerprint is the link's.
fn stand(player: &mut Player, link: &Link, differs: &mut Vec<Difference>) -> bool {
    let run = player.run_mut();
    let reached = run.trail().len();
    let turn = link.turn.unwrap_or(reached);
    if !run.seek(turn) {
        differs.push(Difference::Turn { turn, reached });
        return false;
    }
    let here = run.fingerprint();
    if here != link.fingerprint {
        differs.push(Difference::Fingerprint { turn, link: link.fingerprint, here });
    }
    here == link.fingerprint
}

/// Whether an object, an address of a process (`B.va0`), a process (`B.map`) or a frame (`frame7`) exists.
fn is_there(player: &Player, selection: &str) -> bool {
    let names = player.names();
    match selection.split_once('.') {
        Some((process, page)) => {
            let number = page.strip_prefix("va").and_then(|n| n.parse::<u64>().ok());
            let is_known = page == "map" || number.is_some_and(|n| n < MAX_PAGES);
            names.processes.iter().any(|known| known == process) && is_known
        }
        None => {
            let frame = selection.strip_prefix("frame").and_then(|n| n.parse::<u64>().ok());
            frame.is_some_and(|n| n < MAX_PAGES) || names.objects.iter().any(|born| born.name == selection)
        }
    }
}

impl Opened {
    /// Whether the run shown is not the link's.
    pub fn is_another_story(&self) -> bool {
        self.differs.iter().any(Difference::is_another_story)
    }
}
