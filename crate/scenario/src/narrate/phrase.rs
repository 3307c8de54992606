//! What an event means to a reader, before it stands in a sentence.

/// Around what is set strong, and around what is set as code. No name and no value of a
/// scenario has such a character.
const STRONG: char = '\u{1}';
const CODE: char = '\u{2}';

/// A name that a reader should see at once.
pub(super) fn strong(text: impl AsRef<str>) -> String {
    format!("{STRONG}{}{STRONG}", text.as_ref())
}

/// A name as it stands in the picture.
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
    /// Left out of a story; said where nothing else happens.
    Quiet,
    /// Part of the story.
    #[default]
    Narration,
    /// Something is wrong.
    Wrong,
}

/// A phrase that is said once of several things: `goes down to M and O`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct List {
    /// Before and after the things: of one thing, and of several.
    before: [&'static str; 2],
    after: [&'static str; 2],
    things: Vec<String>,
}

/// Things that a list names before it only counts them.
const MOST: usize = 5;

impl List {
    fn text(&self) -> String {
        let number = usize::from(self.things.len() > 1);
        format!("{}{}{}", self.before[number], listed(&self.things), self.after[number])
    }
}

/// Things with commas and an `and`; of many, the first ones and how many more there are.
pub(super) fn listed(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if things.len() <= MOST => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", things[..MOST - 1].join(", "), things.len() + 1 - MOST),
    }
}

/// A phrase; who acts stands before it, unless it is about something else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Phrase {
    pub text: String,
    pub list: Option<List>,
    /// The same in a word or two, for the lanes; empty if it is not worth one.
    pub short: String,
    /// It begins a sentence.
    pub begins: bool,
    /// It has a subject of its own.
    pub own: bool,
    pub weight: Weight,
}

impl Phrase {
    /// What somebody does.
    pub fn new(text: impl Into<String>) -> Phrase {
        let (list, short) = (None, String::new());
        Phrase { text: text.into(), list, short, begins: false, own: false, weight: Weight::Narration }
    }
    /// What happens to a thing.
    pub fn of_thing(text: impl Into<String>) -> Phrase {
        Phrase { own: true, ..Phrase::new(text) }
    }
    /// What may be said of several things at once.
    pub fn list(before: [&'static str; 2], thing: String, after: [&'static str; 2]) -> Phrase {
        let list = List { before, things: vec![thing], after };
        Phrase { own: before[0].is_empty(), text: list.text(), list: Some(list), ..Phrase::new("") }
    }
    /// With these words for the lanes.
    pub fn short(self, short: impl Into<String>) -> Phrase {
        Phrase { short: short.into(), ..self }
    }
    /// At the head of a sentence.
    pub fn begins(self) -> Phrase {
        Phrase { begins: true, ..self }
    }
    /// Something that a story leaves out.
    pub fn quiet(self) -> Phrase {
        Phrase { weight: Weight::Quiet, ..self }
    }
    /// Something that is wrong.
    pub fn wrong(self) -> Phrase {
        Phrase { weight: Weight::Wrong, ..self.begins() }
    }
    /// Takes over the things of a phrase that says the same. Whether it does.
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
