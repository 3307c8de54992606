//! A run in paragraphs, for the page: one paragraph per operation, or per stretch of it without a task switch.

use super::phrase::{Phrase, Weight, marked, plain};
use super::sentences::sentences;
use super::strong;
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

/// Maximum number of short forms for the lanes.
const SHORT: usize = 3;

/// Paragraphs that grow step by step: all but the last are as they stay.
#[derive(Clone, Default)]
pub(super) struct Paragraphs {
    closed: Vec<Closed>,
    open: Option<Open>,
    /// Task and shape of the last paragraph that was told in full.
    full: Option<(u32, String)>,
}

/// A paragraph that is over.
#[derive(Clone)]
struct Closed {
    paragraph: Paragraph,
    /// It began with its step: what was told before is over with the step before.
    starts_step: bool,
    /// It says only that the one before it is repeated.
    abridged: bool,
}

/// The last paragraph, without sentences as long as phrases may follow.
#[derive(Clone)]
struct Open {
    paragraph: Paragraph,
    starts_step: bool,
    /// Its phrases, each with the steps taken before.
    phrases: Vec<(usize, Phrase)>,
}

impl Paragraphs {
    /// Number of paragraphs that are over, and index of the last one, which is not.
    pub fn closed(&self) -> usize {
        self.closed.len()
    }
    /// Whether the next step of `task` begins a paragraph.
    pub fn begins_with(&self, task: TaskId) -> bool {
        self.open.as_ref().is_none_or(|open| open.paragraph.task != task.0)
    }
    /// Whether the last paragraph says something already.
    pub fn says_something(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.phrases.is_empty())
    }
    /// Begins a paragraph after `at` steps, for another task or another operation.
    pub fn begin(&mut self, task: TaskId, at: usize, who: String, starts_step: bool) {
        self.close();
        let short = String::new();
        let paragraph = Paragraph { task: task.0, who, from: at, to: at, sentences: Vec::new(), short, wrong: false };
        self.open = Some(Open { paragraph, starts_step, phrases: Vec::new() });
    }
    /// Adds a phrase of the step that follows `at` others.
    pub fn add(&mut self, at: usize, phrase: Phrase) {
        if let Some(open) = self.open.as_mut() {
            open.phrases.push((at, phrase));
        }
    }
    /// The last paragraph goes on up to `to` steps; `who` acts now.
    pub fn reach(&mut self, to: usize, who: String) {
        if let Some(open) = self.open.as_mut() {
            (open.paragraph.to, open.paragraph.who) = (to, who);
        }
    }
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let starts_step = open.starts_step;
        let (paragraph, full) = self.told(open.told());
        let abridged = full.is_none();
        self.full = full.or_else(|| self.full.take());
        self.closed.push(Closed { paragraph, starts_step, abridged });
    }
    /// A paragraph, and if it is told in full its task and shape: an operation that repeats the one before it is
    /// reduced to one sentence.
    fn told(&self, paragraph: Paragraph) -> (Paragraph, Option<(u32, String)>) {
        let known = (paragraph.task, shape(&paragraph));
        let again = !paragraph.wrong && self.full.as_ref() == Some(&known);
        if !again || paragraph.sentences.len() < 2 {
            return (paragraph, Some(known));
        }
        let first = &paragraph.sentences[0];
        let text = match first.text.split('`').find(|word| word.starts_with("va")) {
            Some(va) => format!("does the same at `{va}`."),
            None => "does the same again.".into(),
        };
        let sentences = vec![NarratedSentence { text, ..first.clone() }];
        (Paragraph { sentences, ..paragraph }, None)
    }
    /// The paragraphs from an index on.
    pub fn tail(&self, from: usize) -> Vec<Paragraph> {
        let closed = self.closed.get(from..).unwrap_or_default().iter().map(|closed| closed.paragraph.clone());
        let open = self.open.as_ref().filter(|_| from <= self.closed.len()).map(|open| self.told(open.told()).0);
        closed.chain(open).collect()
    }
    /// Goes back to before a paragraph that began with its step, one of the first `steps`; returns how many steps were
    /// taken then. The last of those paragraphs is taken back too, since it may go on otherwise.
    pub fn rewind(&mut self, steps: usize) -> usize {
        self.close();
        while let Some(last) = self.closed.pop() {
            if last.starts_step && last.paragraph.from < steps {
                let full = self.closed.iter().rfind(|closed| !closed.abridged);
                self.full = full.map(|closed| (closed.paragraph.task, shape(&closed.paragraph)));
                return last.paragraph.from;
            }
        }
        *self = Paragraphs::default();
        0
    }
}

impl Open {
    /// The paragraph with its sentences.
    fn told(&self) -> Paragraph {
        let (turns, phrases): (Vec<usize>, Vec<Phrase>) = self.phrases.iter().cloned().unzip();
        let who = &self.paragraph.who;
        let sentences = sentences(&phrases, "", &strong(who)).into_iter();
        Paragraph {
            short: short(&phrases),
            wrong: phrases.iter().any(|phrase| phrase.weight == Weight::Wrong),
            sentences: sentences
                .map(|said| NarratedSentence { text: marked(&said.text), wrong: said.wrong, at: turns[said.first] })
                .collect(),
            ..self.paragraph.clone()
        }
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
