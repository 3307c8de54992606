//! A run in paragraphs, as the page tells it: one for each stretch in which one task was at one operation.

use super::phrase::{Phrase, Weight, marked, plain};
use super::sentences::sentences;
use super::{Narrator, strong};
use crate::player::Player;
use faultline_engine::ids::TaskId;
use serde::Serialize;

/// A sentence of a paragraph.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NarratedSentence {
    /// With `code` in backticks and *strong* in asterisks.
    pub text: String,
    /// It says that something is wrong.
    pub wrong: bool,
    /// Turns taken before the one that it begins with.
    pub at: usize,
}

/// What one task did in one stretch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Paragraph {
    /// Its number.
    pub task: u32,
    /// Who acts: the task, or in a sequence a process. The first sentence does not say it again.
    pub who: String,
    /// Turns taken before its first turn.
    pub from: usize,
    /// Turns taken after its last turn.
    pub to: usize,
    /// What happens; nothing if nobody would tell about it.
    pub sentences: Vec<NarratedSentence>,
    /// The same in a few words, for the lanes.
    pub short: String,
    /// Something goes wrong in it.
    pub wrong: bool,
}

/// A run as the page tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Narration {
    /// What each turn does, with marks and with who does it; empty if nobody would tell about it.
    pub turns: Vec<String>,
    /// The same in paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// Words for the lanes at most.
const SHORT: usize = 3;

/// Tells the run of a player up to where it stands.
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

/// Paragraphs, of which the last is being written, and what goes into that.
#[derive(Default)]
struct ParagraphBuilder {
    done: Vec<Paragraph>,
    phrases: Vec<(usize, Phrase)>,
}

impl ParagraphBuilder {
    /// Another task, or another operation: another paragraph.
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

/// An operation that goes as the one before it did is told in a sentence.
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

/// What a paragraph says, whatever the numbers are.
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
