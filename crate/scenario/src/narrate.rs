//! A run in plain words, made from its events: a sentence for each step, and its findings.
//!
//! An event becomes a phrase about tasks, pages and objects: which task copies which page, which one waits for which
//! lock, which mapping still translates to a page. The phrases of a step become its [`NarratedStep`], and the steps
//! of a run its [`Story`]; the page shows the same phrases [in paragraphs](narration()).

mod findings;
mod hints;
mod names;
mod narrator;
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
pub use narrator::{Changes, Narration, Narrator, TurnInWords, narration};
pub use paragraphs::{NarratedSentence, Paragraph};
pub use phrase::{marked, plain};
pub use story::{Interrupted, NarratedStep, Story, story, story_of};

use crate::player::Player;
use faultline_engine::event::{Event, Record};
use faultline_engine::ids::TaskId;
use names::Namer;
use phrase::{Phrase, Weight, strong};
use scene::Scene;

/// Phrase for a step with no visible effect, by the label of its point.
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

/// Turns the events of a stream into phrases, in order.
struct Phraser {
    namer: Namer,
    scene: Scene,
}

impl Phraser {
    /// One that has processed the set-up of a player's stream, and knows the names in all of it.
    fn of(player: &Player) -> Phraser {
        let mut phraser = Phraser { namer: Namer::of(player), scene: Scene::default() };
        player.events().take(player.setup_events()).for_each(|record| phraser.scene.apply(record));
        phraser
    }
    /// The next event as a phrase; `None` for the many that only a picture needs.
    fn phrase_of(&mut self, record: &Record) -> Option<Phrase> {
        self.scene.apply(record);
        let (scene, namer) = (&self.scene, &self.namer);
        tasks::phrase_of(record, scene, namer)
            .or_else(|| objects::phrase_of(record, scene, namer))
            .or_else(|| pages::phrase_of(record, scene, namer))
    }
    /// The actor of the operation that a task is in.
    fn actor(&self, task: TaskId) -> String {
        self.namer.actor(&self.scene, task)
    }
    /// The phrases of a step's events, in order.
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
    /// A step of `task`, which had stopped at the point with this label, in words.
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

/// A phrase and its subject.
struct Heard {
    phrase: Phrase,
    who: String,
    /// It begins an operation.
    begins: bool,
}

/// A step in words.
struct Turn {
    /// The text with its marks.
    text: String,
    /// It has nothing that a story would mention.
    is_quiet: bool,
    /// It has a finding.
    is_wrong: bool,
}
