//! The meaning of an event to a reader, before it becomes part of a sentence.

/// Characters around strong text and around code. No name and no value of a scenario contains them.
const STRONG: char = '\u{1}';
const CODE: char = '\u{2}';

/// A name that should stand out.
pub(super) fn strong(text: impl AsRef<str>) -> String {
    format!("{STRONG}{}{STRONG}", text.as_ref())
}

/// A name as the picture shows it.
pub(super) fn code(text: impl AsRef<str>) -> String {
    format!("{CODE}{}{CODE}", text.as_ref())
}

/// The text without its marks.
pub fn plain(text: &str) -> String {
    text.replace([STRONG, CODE], "")
}

/// The text with its marks as the page reads them: `code` in backticks, *strong* in asterisks.
pub fn marked(text: &str) -> String {
    text.replace(STRONG, "*").replace(CODE, "`")
}

/// How important a phrase is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) enum Weight {
    /// Left out of a story, unless nothing else happens in the step.
    Quiet,
    /// Part of the story.
    #[default]
    Narration,
    /// A finding.
    Wrong,
}

/// A phrase that lists several things: `goes down to M and O`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct List {
    /// Text before and after the things: for one thing, and for several.
    before: [&'static str; 2],
    after: [&'static str; 2],
    things: Vec<String>,
}

/// Maximum number of things that a list names before it counts the rest.
const MOST: usize = 5;

impl List {
    fn text(&self) -> String {
        let number = usize::from(self.things.len() > 1);
        format!("{}{}{}", self.before[number], listed(&self.things), self.after[number])
    }
}

/// Things with commas and an `and`; of many, the first ones and the number of the rest.
pub(super) fn listed(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if things.len() <= MOST => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", things[..MOST - 1].join(", "), things.len() + 1 - MOST),
    }
}

/// A phrase; its subject precedes it, unless it has its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Phrase {
    pub text: String,
    pub list: Option<List>,
    /// A short form for the lanes; empty if it deserves none.
    pub short: String,
    /// It begins a sentence.
    pub begins: bool,
    /// It has its own subject.
    pub own: bool,
    pub weight: Weight,
}

impl Phrase {
    /// A phrase about what a task does.
    pub fn new(text: impl Into<String>) -> Phrase {
        let (list, short) = (None, String::new());
        Phrase { text: text.into(), list, short, begins: false, own: false, weight: Weight::Narration }
    }
    /// A phrase about what happens to a thing.
    pub fn of_thing(text: impl Into<String>) -> Phrase {
        Phrase { own: true, ..Phrase::new(text) }
    }
    /// A phrase that can list several things.
    pub fn list(before: [&'static str; 2], thing: String, after: [&'static str; 2]) -> Phrase {
        let list = List { before, things: vec![thing], after };
        Phrase { own: before[0].is_empty(), text: list.text(), list: Some(list), ..Phrase::new("") }
    }
    /// With this short form for the lanes.
    pub fn short(self, short: impl Into<String>) -> Phrase {
        Phrase { short: short.into(), ..self }
    }
    /// At the beginning of a sentence.
    pub fn begins(self) -> Phrase {
        Phrase { begins: true, ..self }
    }
    /// As one that a story leaves out.
    pub fn quiet(self) -> Phrase {
        Phrase { weight: Weight::Quiet, ..self }
    }
    /// As one that states a finding.
    pub fn wrong(self) -> Phrase {
        Phrase { weight: Weight::Wrong, ..self.begins() }
    }
    /// Takes over the things of an otherwise equal phrase. Returns whether it is equal.
    pub fn takes(&mut self, other: &Phrase) -> bool {
        let (Some(mine), Some(others)) = (&mut self.list, &other.list) else { return false };
        if (mine.before, mine.after) != (others.before, others.after) {
            return false;
        }
        mine.things.extend(others.things.iter().cloned());
        self.text = mine.text();
        true
    }
}
