//! A run in plain words, made from its events: a sentence for each turn, and what came of it.
//!
//! An event becomes a phrase, in the terms of the picture: who copies which page, who waits for
//! whom, who still translates to what. A turn's phrases become its [`NarratedStep`], and the tellings of a
//! run its [`Story`]; the page [has the same phrases](told()) in paragraphs.

mod findings;
mod hints;
mod names;
mod objects;
mod operations;
mod pages;
mod paragraphs;
mod phrase;
mod scene;
mod sentences;
mod story;
mod tasks;

pub use findings::{ending, words};
pub use hints::hint;
pub use paragraphs::{NarratedSentence, Narration, Paragraph, narration};
pub use phrase::{marked, plain};
pub use story::{Interrupted, NarratedStep, Story, story, story_of};

use crate::player::Player;
use faultline_engine::event::{Event, Record};
use faultline_engine::ids::TaskId;
use names::Namer;
use phrase::{Phrase, Weight, strong};
use scene::Scene;

/// Steps that change nothing one can see, by their labels.
fn quiet(label: &str) -> String {
    match label {
        "begin" => "begins".into(),
        "access" => "reaches for memory".into(),
        "woken" => "wakes up".into(),
        "tick" => "looks again a tick later".into(),
        "page_copied" => "has copied the page".into(),
        "page_zeroed" => "has zeroed the page".into(),
        "pmap_entered" => "has entered the page".into(),
        label => format!("passes {}", phrase::code(label)),
    }
}

/// Tells the events of a stream, one after the other.
struct Narrator {
    namer: Namer,
    scene: Scene,
}

impl Narrator {
    /// One that has heard the set-up of a player's stream, and knows the names in all of it.
    fn of(player: &Player) -> Narrator {
        let mut narrator = Narrator { namer: Namer::of(player), scene: Scene::default() };
        player.events().take(player.setup_events()).for_each(|record| narrator.scene.apply(record));
        narrator
    }
    /// What the next event means to a reader; nothing for the many that matter to a picture alone.
    fn phrase_of(&mut self, record: &Record) -> Option<Phrase> {
        self.scene.apply(record);
        let (scene, namer) = (&self.scene, &self.namer);
        tasks::phrase_of(record, scene, namer)
            .or_else(|| objects::phrase_of(record, scene, namer))
            .or_else(|| pages::phrase_of(record, scene, namer))
    }
    /// Who acts in the operation that a task is in.
    fn actor(&self, task: TaskId) -> String {
        self.namer.actor(&self.scene, task)
    }
    /// What a turn's events say, one phrase after the other.
    fn hear(&mut self, records: &[Record]) -> Vec<Heard> {
        let mut heard = Vec::new();
        for record in records {
            if let Some(phrase) = self.phrase_of(record) {
                let begins = matches!(record.event, Event::OpStart { .. });
                heard.push(Heard { phrase, who: self.actor(record.task), begins });
            }
        }
        heard
    }
    /// Of a turn of `task`, which stood before the step with this label, what it did.
    fn turn(&self, task: TaskId, label: &str, heard: &[Heard]) -> Turn {
        let heaviest = heard.iter().map(|one| one.phrase.weight).max();
        let is_quiet = heaviest.is_none_or(|weight| weight == Weight::Quiet);
        let worth = |one: &&Heard| is_quiet || one.phrase.weight != Weight::Quiet;
        let worth_telling: Vec<&Heard> = heard.iter().filter(worth).collect();
        let mut said = Vec::new();
        for part in worth_telling.chunk_by(|one, next| one.who == next.who) {
            let phrases: Vec<_> = part.iter().map(|one| one.phrase.clone()).collect();
            let name = strong(&part[0].who);
            said.extend(sentences::sentences(&phrases, &name, &name).into_iter().map(|sentence| sentence.text));
        }
        if said.is_empty() {
            said.push(format!("{} {}.", strong(self.actor(task)), quiet(label)));
        }
        Turn { text: said.join(" "), is_quiet, is_wrong: heaviest == Some(Weight::Wrong) }
    }
}

/// A phrase, and who it is about.
struct Heard {
    phrase: Phrase,
    who: String,
    /// An operation begins with it.
    begins: bool,
}

/// A turn in words.
struct Turn {
    /// With its marks.
    text: String,
    /// Nothing happens in it that a story would tell.
    is_quiet: bool,
    /// Something goes wrong in it.
    is_wrong: bool,
}
