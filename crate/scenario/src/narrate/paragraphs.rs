//! A run in paragraphs, for the page: one paragraph per operation, or per stretch of it without a task switch.

use super::phrase::{Phrase, Weight, marked, plain};
use super::sentences::sentences;
use super::{Narrator, strong};
use crate::player::Player;
use faultline_engine::ids::TaskId;
use serde::Serialize;

/// A sentence of a paragraph.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NarratedSentence {
    /// With `code` in backticks and *strong* in asterisks.
    pub text: String,
    /// It states a finding.
    pub wrong: bool,
    /// Steps taken before the one that it begins with.
    pub at: usize,
}

/// What one task did without interruption.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Paragraph {
    /// Its number.
    pub task: u32,
    /// The actor: the task, or in a sequence a process. The first sentence leaves it out.
    pub who: String,
    /// Steps taken before its first step.
    pub from: usize,
    /// Steps taken after its last step.
    pub to: usize,
    /// What happens; empty if there is nothing to narrate.
    pub sentences: Vec<NarratedSentence>,
    /// The same in a few words, for the lanes.
    pub short: String,
    /// It has a finding.
    pub wrong: bool,
}

/// A run in words, as the page shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Narration {
    /// Each step in a sentence with marks and subject; empty if there is nothing to narrate.
    pub turns: Vec<String>,
    /// The same in paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// Maximum number of short forms for the lanes.
const SHORT: usize = 3;

/// Narrates the run of a player up to its present position.
pub fn narration(player: &Player) -> Narration {
    let run = player.run();
    let mut narrator = Narrator::of(player);
    let (mut turns, mut book, mut from) = (Vec::new(), ParagraphBuilder::default(), 0);
    for (at, taken) in run.trail()[..run.position()].iter().enumerate() {
        let heard = narrator.hear(&run.events()[from..taken.events]);
        from = taken.events;
        let turn = narrator.turn(taken.task, "", &heard);
        turns.push(if turn.is_quiet { String::new() } else { marked(&turn.text) });
        if book.done.last().is_none_or(|last| last.task != taken.task.0) {
            book.begin(taken.task, at, narrator.actor(taken.task));
        }
        for one in heard {
            if one.begins && !book.phrases.is_empty() {
                book.begin(taken.task, at, narrator.actor(taken.task));
            }
            if one.phrase.weight != Weight::Quiet {
                book.phrases.push((at, one.phrase));
            }
        }
        if let Some(last) = book.done.last_mut() {
            (last.to, last.who) = (at + 1, narrator.actor(taken.task));
        }
    }
    book.close();
    Narration { turns, paragraphs: abridged(book.done) }
}

/// Finished paragraphs, the last of them still open, and the phrases for that.
#[derive(Default)]
struct ParagraphBuilder {
    done: Vec<Paragraph>,
    phrases: Vec<(usize, Phrase)>,
}

impl ParagraphBuilder {
    /// Begins a paragraph, for another task or another operation.
    fn begin(&mut self, task: TaskId, at: usize, who: String) {
        self.close();
        let short = String::new();
        self.done.push(Paragraph { task: task.0, who, from: at, to: at, sentences: Vec::new(), short, wrong: false });
    }
    fn close(&mut self) {
        let phrases = std::mem::take(&mut self.phrases);
        let Some(last) = self.done.last_mut() else { return };
        let (turns, phrases): (Vec<usize>, Vec<Phrase>) = phrases.into_iter().unzip();
        last.short = short(&phrases);
        last.wrong = phrases.iter().any(|phrase| phrase.weight == Weight::Wrong);
        let sentences = sentences(&phrases, "", &strong(&last.who)).into_iter();
        last.sentences = sentences
            .map(|said| NarratedSentence { text: marked(&said.text), wrong: said.wrong, at: turns[said.first] })
            .collect();
    }
}

fn short(phrases: &[Phrase]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for phrase in phrases {
        if !phrase.short.is_empty() && !words.contains(&phrase.short.as_str()) {
            words.push(&phrase.short);
        }
    }
    words.truncate(SHORT);
    plain(&words.join(", ")).replace(", →", " →")
}

/// Reduces an operation that repeats the one before it to one sentence.
fn abridged(paragraphs: Vec<Paragraph>) -> Vec<Paragraph> {
    let mut full: Option<(u32, String)> = None;
    let mut abridge = |paragraph: Paragraph| {
        let known = (paragraph.task, shape(&paragraph));
        let again = !paragraph.wrong && full.as_ref() == Some(&known);
        if !again || paragraph.sentences.len() < 2 {
            full = Some(known);
            return paragraph;
        }
        let first = &paragraph.sentences[0];
        let text = match first.text.split('`').find(|word| word.starts_with("va")) {
            Some(va) => format!("does the same at `{va}`."),
            None => "does the same again.".into(),
        };
        let sentences = vec![NarratedSentence { text, ..first.clone() }];
        Paragraph { sentences, ..paragraph }
    };
    paragraphs.into_iter().map(&mut abridge).collect()
}

/// A paragraph's text with all numbers replaced.
fn shape(paragraph: &Paragraph) -> String {
    let mut shape = String::new();
    for letter in paragraph.sentences.iter().flat_map(|said| said.text.chars()) {
        match letter.is_ascii_digit() {
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
            false => shape.push(letter),
        }
    }
    shape
}
