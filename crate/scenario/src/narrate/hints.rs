//! What a task is about to do, for a user who chooses the next task.

use super::phrase::{Weight, marked};
use super::{Phraser, quiet};
use crate::player::Player;

/// Maximum number of phrases in a hint.
const PHRASES: usize = 2;

/// The step that a player has just taken, as a phrase with marks and without its subject: `from` is the first of its
/// run's events, and `label` names the point at which the task had stopped. It does not reveal findings: those are
/// for the user to discover.
pub fn hint(player: &Player, from: usize, label: &str) -> String {
    let mut phraser = Phraser::of(player);
    let (before, turn) = player.run().events().split_at(from);
    before.iter().for_each(|record| phraser.scene.apply(record));
    let heard = phraser.hear(turn);
    let of = |weight| heard.iter().filter(move |one| one.phrase.weight == weight).take(PHRASES);
    let mut said: Vec<_> = of(Weight::Narration).map(|one| one.phrase.text.as_str()).collect();
    if said.is_empty() {
        said.extend(of(Weight::Quiet).map(|one| one.phrase.text.as_str()));
    }
    marked(&if said.is_empty() { quiet(label) } else { said.join(" and ") })
}
