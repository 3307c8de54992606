//! Joins phrases into sentences.

use super::findings::sentence;
use super::phrase::{Phrase, Weight, listed};

/// Maximum number of phrases in a sentence.
const PER_SENTENCE: usize = 3;

/// A sentence and its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sentence {
    /// With its marks and its full stop.
    pub text: String,
    /// It states a finding.
    pub wrong: bool,
    /// Index of its first phrase.
    pub first: usize,
    /// Part of it is about a thing.
    of_thing: bool,
}

/// Sentences about an actor. The first one begins with `subject`, which may be empty if a heading names the actor;
/// the others with `It`, or with `name` if `It` would be ambiguous.
pub(super) fn sentences(phrases: &[Phrase], subject: &str, name: &str) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    for group in groups(phrases) {
        let subject = match sentences.last() {
            None => subject,
            // After a thing, `It` would mean that thing.
            Some(last) if last.of_thing => name,
            Some(_) => "It",
        };
        let (first, own) = (&group[0], |(_, phrase): &(usize, Phrase)| phrase.own);
        let mut text = joined(&group, subject, name);
        // The actor is named at least once.
        if sentences.is_empty() && !subject.is_empty() && group.iter().all(own) && !is_wrong(&group) {
            text = format!("{subject}: {text}");
        }
        let text = format!("{}.", sentence(&text));
        sentences.push(Sentence { text, wrong: is_wrong(&group), first: first.0, of_thing: group.iter().any(own) });
    }
    sentences
}

/// The phrases of each sentence, with their indices.
fn groups(phrases: &[Phrase]) -> Vec<Vec<(usize, Phrase)>> {
    let mut groups: Vec<Vec<(usize, Phrase)>> = Vec::new();
    for (at, phrase) in merged(phrases) {
        match groups.last_mut() {
            Some(group) if !phrase.begins && group.len() < PER_SENTENCE && !is_wrong(group) => group.push((at, phrase)),
            _ => groups.push(vec![(at, phrase)]),
        }
    }
    groups
}

fn is_wrong(group: &[(usize, Phrase)]) -> bool {
    group.iter().any(|(_, phrase)| phrase.weight == Weight::Wrong)
}

/// Merges consecutive phrases that say the same of several things; drops repeated findings.
fn merged(phrases: &[Phrase]) -> Vec<(usize, Phrase)> {
    let mut out: Vec<(usize, Phrase)> = Vec::new();
    for (at, phrase) in phrases.iter().enumerate() {
        let said = |(_, other): &(usize, Phrase)| other.weight == Weight::Wrong && other.text == phrase.text;
        if out.iter().any(said) || out.last_mut().is_some_and(|(_, last)| last.takes(phrase)) {
            continue;
        }
        out.push((at, phrase.clone()));
    }
    out
}

/// One sentence without its full stop: what the subject does, then, after a semicolon, what happens to things.
fn joined(group: &[(usize, Phrase)], subject: &str, name: &str) -> String {
    let mut clauses: Vec<String> = Vec::new();
    for run in group.chunk_by(|(_, one), (_, other)| one.own == other.own) {
        let texts: Vec<_> = run.iter().map(|(_, phrase)| phrase.text.clone()).collect();
        match (run[0].1.own, clauses.is_empty()) {
            (true, _) => clauses.extend(texts),
            (false, true) if subject.is_empty() => clauses.push(listed(&texts)),
            (false, true) => clauses.push(format!("{subject} {}", listed(&texts))),
            (false, false) => clauses.push(format!("{name} {}", listed(&texts))),
        }
    }
    clauses.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_narrated_once_however_often_it_occurs() {
        let wrong = || Phrase::of_thing("a kernel assertion failed").wrong();
        let other = Phrase::of_thing("a page is free while it is still mapped").wrong();
        let phrases = [wrong(), Phrase::new("goes on"), wrong(), other, wrong()];
        let said: Vec<_> = sentences(&phrases, "P", "P").into_iter().map(|s| s.text).collect();
        let expected = ["A kernel assertion failed.", "P goes on.", "A page is free while it is still mapped."];
        assert_eq!(said, expected);
    }
}
