//! Reads scenario files. `docs/scenarios.md` has the grammar.

mod claim;
mod lex;
mod op;
mod section;
mod unmodelled;

pub(crate) use claim::{COUNTS, RIGHTS, STATES};
pub(crate) use op::{ADVICES, INHERITS, PROTS};

use crate::error::{Refusal, ScenarioError, place};
use crate::model::{Expect, Group, Header, Line, MAX_PAGES, MAX_PREFAULT, Name, Scenario, Statement};
use crate::validate;
use faultline_engine::finding::FindingKind;
use faultline_engine::world::{FreeOrder, PmapCopy};
use lex::{Input, Parsed, end, more, number, one_of, refuse, rest, word};
use op::Ops;
use winnow::error::ErrMode;

/// What a fork does about page tables, by its words.
pub(crate) const PMAP_COPIES: &[(&str, PmapCopy)] =
    &[("none", PmapCopy::None), ("all", PmapCopy::All), ("choose", PmapCopy::Choose)];

/// What lines of the header begin with.
const KEYS: [&str; 18] = [
    "title",
    "about",
    "group",
    "when",
    "where",
    "who",
    "review",
    "watch",
    "seek",
    "frames",
    "swap",
    "cpus",
    "pages",
    "policy",
    "pmap-copy",
    "prefault",
    "free-order",
    "errors",
];

/// The longest file that is read, in bytes.
pub const MAX_LEN: usize = 1 << 20;

/// Reads a scenario; `name` is what it goes by in messages and lists.
pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let mut scenario = Scenario { name: name.into(), ..Scenario::default() };
    file(&mut Input::new(text), text, &mut scenario)
        .map_err(|error| match error {
            ErrMode::Backtrack(refusal) | ErrMode::Cut(refusal) => refusal,
            ErrMode::Incomplete(_) => Refusal::new(text.len(), "more text", "the file ends too early"),
        })
        .and_then(|()| validate::validate(&scenario))
        .map_err(|refusal| refusal.in_text(name, text))?;
    for expect in expects(&mut scenario) {
        expect.line = place(text, expect.at).0;
    }
    Ok(scenario)
}

fn file(input: &mut Input<'_>, text: &str, into: &mut Scenario) -> Parsed<()> {
    if text.len() > MAX_LEN {
        return refuse(0, "a smaller file", format!("a scenario has at most {MAX_LEN} bytes"));
    }
    let mut in_header = true;
    while more(input)? {
        let first = word(input, "a header line or a section", "begin with `title …`")?;
        if in_header && header(input, text, &first, &mut into.header)? {
            continue;
        }
        section::section(input, Ops { pages: into.header.pages, depth: 0 }, &first, in_header, into)?;
        in_header = false;
    }
    Ok(())
}

/// A line of the header, if its first word is one's.
fn header(input: &mut Input<'_>, text: &str, key: &Name, into: &mut Header) -> Parsed<bool> {
    match key.text.as_str() {
        "title" => into.title = rest(input)?.text,
        "about" => into.about = rest(input)?.text,
        "group" => {
            let said = word(input, "race, defect, golden or correct", "write where lists put the scenario")?;
            into.group = Some(one_of(&said, "race, defect, golden or correct", &Group::ALL.map(|g| (g.name(), g)))?);
        }
        "when" => into.when = rest(input)?.text,
        "where" => into.place = rest(input)?.text,
        "who" => into.who = rest(input)?.text,
        "review" => {
            let said = rest(input)?;
            no_other_scheme(&said)?;
            into.review = said.text;
        }
        "watch" => into.watch.push(rest(input)?.text),
        "seek" => {
            let said = word(input, "a kind of finding", "write what a search looks for first")?;
            into.seek = Some(one_of(&said, "a kind of finding", &FindingKind::ALL.map(|k| (k.name(), k)))?);
        }
        "frames" => {
            into.frames = number(input, 1 << 16, "frames")? as u32;
            into.frames_line = Line(place(text, key.at).0);
        }
        "swap" => into.swap = number(input, 1 << 16, "blocks of the swap device")? as u32,
        "cpus" => into.cpus = Some(number(input, 64, "CPUs")? as u32),
        "pages" => into.pages = number(input, MAX_PAGES, "pages")?,
        "policy" => into.policy = rest(input)?,
        "pmap-copy" => {
            let said = word(input, "none, all or choose", "write what fork does about page tables")?;
            into.pmap_copy = one_of(&said, "none, all or choose", PMAP_COPIES)?;
        }
        "free-order" => {
            let said = word(input, "lifo or fifo", "write which free frame goes first")?;
            into.free_order = one_of(&said, "lifo or fifo", &[("lifo", FreeOrder::Lifo), ("fifo", FreeOrder::Fifo)])?;
        }
        "prefault" => {
            let before = number(input, MAX_PREFAULT, "pages before the faulting one")?;
            let after = number(input, MAX_PREFAULT, "pages after the faulting one")?;
            into.prefault = (before as u32, after as u32);
        }
        "errors" => {
            let said = word(input, "strict or allowed", "write what unexpected signals and errors are")?;
            into.strict = one_of(&said, "strict or allowed", &[("strict", true), ("allowed", false)])?;
        }
        _ => return Ok(false),
    }
    end(input)?;
    Ok(true)
}

/// Addresses are shown as links, so none may be of a kind that does something else than to lead to a page.
fn no_other_scheme(said: &Name) -> Parsed<()> {
    for word in said.text.split_whitespace() {
        let Some((scheme, rest)) = word.split_once(':') else { continue };
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if is_scheme && !rest.is_empty() && !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            // Words of the text are slices of it.
            let at = said.at + (word.as_ptr() as usize - said.text.as_ptr() as usize);
            let remedy = format!("`{scheme}:` is none of them; write where to read about it, as https://…");
            return refuse(at, "an address that begins with https:// or http://", remedy);
        }
    }
    Ok(())
}

fn expects(scenario: &mut Scenario) -> impl Iterator<Item = &mut Expect> {
    let inside = scenario.setup.iter_mut().chain(&mut scenario.sequence).filter_map(|statement| match statement {
        Statement::Expect(expect) => Some(expect),
        _ => None,
    });
    inside.chain(&mut scenario.expects).chain(scenario.schedules.iter_mut().flat_map(|s| &mut s.expects))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Name;

    #[test]
    fn every_key_and_verb_in_messages_exists() {
        for key in KEYS {
            let read = header(&mut Input::new(" x"), " x", &Name::new(key), &mut Header::default());
            assert_ne!(read.ok(), Some(false), "{key}");
        }
        for verb in op::VERBS {
            let error = parse("t", &format!("setup {{ A: {verb} ! }}")).expect_err("`!` is nothing").to_string();
            assert!(!error.contains("an operation"), "{error}");
        }
        for (word, _) in unmodelled::OPERATIONS {
            assert!(!op::VERBS.contains(word), "{word}");
        }
        for (word, _) in unmodelled::ADVICES {
            assert!(op::ADVICES.iter().all(|(known, _)| known != word), "{word}");
        }
    }
}
