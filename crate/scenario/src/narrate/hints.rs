//! What a task is about to do, for whoever decides which one goes next.

use super::phrase::{Weight, marked};
use super::{Narrator, quiet};
use crate::player::Player;

/// More than these would be a story, not a hint.
const PHRASES: usize = 2;

/// What the turn that a player has just taken does, as a phrase with marks and without who does
/// it: the first of its run's events is `from`, and the task stood before the step with this
/// label. It does not give away what goes wrong: that is for the reader to find.
pub fn hint(player: &Player, from: usize, label: &str) -> String {
    let mut narrator = Narrator::of(player);
    let (before, turn) = player.run().events().split_at(from);
    before.iter().for_each(|record| narrator.scene.apply(record));
    let heard = narrator.hear(turn);
    let of = |weight| heard.iter().filter(move |one| one.phrase.weight == weight).take(PHRASES);
    let mut said: Vec<_> = of(Weight::Narration).map(|one| one.phrase.text.as_str()).collect();
    if said.is_empty() {
        said.extend(of(Weight::Quiet).map(|one| one.phrase.text.as_str()));
    }
    marked(&if said.is_empty() { quiet(label) } else { said.join(" and ") })
}
