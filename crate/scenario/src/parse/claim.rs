//! Expectations.

use super::lex::{
    Input, Parsed, any_word, end, kernel, keyword, name, number, one_of, page, peek_word, sees, sign, unknown, word,
};
use super::op::value;
use crate::model::{Claim, Count, Expect, Name, PageState, Rights};
use faultline_engine::finding::FindingKind;
use faultline_engine::kern::Signal;

/// Numbers of objects by their words.
pub(crate) const COUNTS: &[(&str, Count)] = &[
    ("ref", Count::Ref),
    ("res", Count::Res),
    ("shadows", Count::Shadows),
    ("size", Count::Size),
    ("pip", Count::Pip),
];
/// What translates an address, by its words.
pub(crate) const RIGHTS: &[(&str, Rights)] = &[("none", Rights::None), ("r", Rights::Read), ("rw", Rights::Write)];
/// What an object has at an index, by its words.
pub(crate) const STATES: &[(&str, PageState)] = &[
    ("none", PageState::Absent),
    ("invalid", PageState::Invalid),
    ("clean", PageState::Clean),
    ("dirty", PageState::Dirty),
];
/// Signals by their words.
const SIGNALS: [(&str, Signal); 3] = {
    let [segv, bus, kill] = Signal::ALL;
    [(segv.name(), segv), (bus.name(), bus), (kill.name(), kill)]
};

const CLAIMS: &str = "write `A va0 = X0`, `x = y` of two loads with names, ref(O) = 2, res, shadows, size or pip(O) = 1, chain(A va0) = [S O], \
    depth(A va0) = 2, pte(A va0) = r, page(O 0) = dirty, count(cow_copy) = 1, [no] onemapping(O), \
    [no] needs_copy(A va0), [no] swapped(O 0), [no] gone(O), signal SIGSEGV at va0 or [no] finding KIND";

/// What is measured besides the numbers of objects.
const OTHERS: [&str; 5] = ["chain", "depth", "pte", "page", "count"];
/// What holds or does not.
const PREDICATES: [&str; 5] = ["onemapping", "needs_copy", "swapped", "gone", "finding"];

const CLOSE: &str = "close the parenthesis";

/// What follows `expect`, to the end of its line.
pub(super) fn expect(input: &mut Input<'_>, at: usize) -> Parsed<Expect> {
    let mut under = Vec::new();
    if peek_word(input)?.text == "under" {
        any_word(input)?;
        while !sees(input, ':')? {
            under.push(kernel(input, "write `under 2019-12 2020-01-fixed: …` or `under P16=write-first: …`")?);
        }
    }
    let claim = claim(input)?;
    end(input)?;
    Ok(Expect { line: 0, at, under, claim })
}

fn claim(input: &mut Input<'_>) -> Parsed<Claim> {
    let first = word(input, "an expectation", CLAIMS)?;
    if first.text == "no" {
        let what = word(input, "an expectation", CLAIMS)?;
        return predicate(input, &what, false);
    }
    if first.text == "signal" {
        let signal = signal(&any_word(input)?)?;
        keyword(input, "at", "write `signal SIGSEGV at va0`")?;
        let at = page(input)?;
        let process = match peek_word(input)?.text.as_str() {
            "in" => {
                any_word(input)?;
                Some(name(input, "a process")?)
            }
            _ => None,
        };
        return Ok(Claim::Signal(signal, at, process));
    }
    if PREDICATES.contains(&first.text.as_str()) {
        return predicate(input, &first, true);
    }
    if peek_word(input)?.text.starts_with("va") {
        let at = page(input)?;
        sign(input, '=', "write `A va0 = X0`")?;
        if peek_word(input)?.text == "nothing" {
            any_word(input)?;
            return Ok(Claim::Value(first, at, None));
        }
        return Ok(Claim::Value(first, at, Some(value(input)?)));
    }
    if sees(input, '=')? {
        return Ok(Claim::Same(first, name(input, "a load")?));
    }
    measure(input, &first)
}

/// A signal; links carry texts that leave out `SIG`.
fn signal(said: &Name) -> Parsed<Signal> {
    let short = SIGNALS.iter().find(|(name, _)| name.strip_prefix("SIG") == Some(&said.text));
    short.map_or_else(|| one_of(said, "a signal", &SIGNALS), |&(_, signal)| Ok(signal))
}

/// `finding KIND`, or what holds of an object or an address or does not.
fn predicate(input: &mut Input<'_>, what: &Name, holds: bool) -> Parsed<Claim> {
    if what.text == "finding" {
        let kind = peek_word(input)?;
        if kind.text.is_empty() && !holds {
            return Ok(Claim::Finding(None, false));
        }
        any_word(input)?;
        let known = FindingKind::ALL.map(|k| (k.name(), k));
        return Ok(Claim::Finding(Some(one_of(&kind, "a kind of finding", &known)?), holds));
    }
    if !PREDICATES.contains(&what.text.as_str()) {
        let remedy = "`no` goes with finding, onemapping(O), needs_copy(A va0), swapped(O 0) and gone(O)";
        return unknown(what, "what is not to be", PREDICATES, remedy);
    }
    sign(input, '(', "write what it is about in parentheses")?;
    let about = name(input, "an object or a process")?;
    let claim = match what.text.as_str() {
        "onemapping" => Claim::OneMapping(about, holds),
        "gone" => Claim::Gone(about, holds),
        "swapped" => Claim::Swapped(about, number(input, u64::MAX, "pages")?, holds),
        _ => Claim::NeedsCopy(about, page(input)?, holds),
    };
    sign(input, ')', CLOSE)?;
    Ok(claim)
}

/// `ref(O) = 2` and its like.
fn measure(input: &mut Input<'_>, what: &Name) -> Parsed<Claim> {
    let count = COUNTS.iter().find(|(text, _)| *text == what.text).map(|&(_, count)| count);
    if count.is_none() && !OTHERS.contains(&what.text.as_str()) {
        let known = COUNTS.iter().map(|(text, _)| *text).chain(OTHERS).chain(PREDICATES);
        return unknown(what, "an expectation", known, CLAIMS);
    }
    sign(input, '(', "write what it is about in parentheses")?;
    let about = name(input, "an object, a process or a count")?;
    let claim = match (count, what.text.as_str()) {
        (Some(count), _) => {
            result(input)?;
            Claim::Count(count, about, number(input, u64::MAX, "them")?)
        }
        (_, "count") => {
            result(input)?;
            Claim::Counter(about, number(input, u64::MAX, "them")?)
        }
        (_, "page") => {
            let index = number(input, u64::MAX, "pages")?;
            result(input)?;
            Claim::Page(about, index, one_of(&any_word(input)?, "a state of a page", STATES)?)
        }
        (_, verb) => {
            let at = page(input)?;
            result(input)?;
            match verb {
                "chain" => Claim::Chain(about, at, names(input)?),
                "depth" => Claim::Depth(about, at, number(input, u64::MAX, "objects")?),
                _ => Claim::Pte(about, at, one_of(&any_word(input)?, "rights", RIGHTS)?),
            }
        }
    };
    Ok(claim)
}

fn result(input: &mut Input<'_>) -> Parsed<()> {
    sign(input, ')', CLOSE)?;
    sign(input, '=', "write what it should be after `=`")
}

fn names(input: &mut Input<'_>) -> Parsed<Vec<Name>> {
    sign(input, '[', "write the chain in brackets, top first")?;
    let mut names = Vec::new();
    while !sees(input, ']')? {
        names.push(name(input, "an object")?);
    }
    Ok(names)
}
