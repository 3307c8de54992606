//! Words and signs: what lines are made of.

use super::unmodelled::DOCS;
use crate::error::Refusal;
use crate::model::{MAX_NAME, MAX_PAGES, Name};
use crate::suggest::meant;
use faultline_text::escape::quoted;
use winnow::error::{ErrMode, ParserError};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location};
use winnow::token::take_while;

/// The text that is being read, which knows how far it is.
pub(super) type Input<'a> = LocatingSlice<&'a str>;
/// What a parser of this module returns. Every refusal is final: a keyword decides
/// what follows, so nothing is tried twice.
pub(super) type Parsed<T> = Result<T, ErrMode<Refusal>>;

impl ParserError<Input<'_>> for Refusal {
    type Inner = Refusal;

    fn from_input(input: &Input<'_>) -> Self {
        Refusal::new(input.current_token_start(), "something else", "see docs/scenarios.md for the grammar")
    }
    fn into_inner(self) -> Result<Refusal, Self> {
        Ok(self)
    }
}

/// Stops here: `expected` should stand at `at`.
pub(super) fn refuse<T>(at: usize, expected: impl Into<String>, remedy: impl Into<String>) -> Parsed<T> {
    Err(ErrMode::Backtrack(Refusal::new(at, expected, remedy)).cut())
}

/// Stops at a word that is none of the `known`, and says which is near; `remedy` names them all.
pub(super) fn unknown<'k, T>(
    word: &Name,
    expected: &str,
    known: impl IntoIterator<Item = &'k str>,
    remedy: &str,
) -> Parsed<T> {
    if word.text.is_empty() {
        return refuse(word.at, expected, remedy);
    }
    let expected = format!("{expected}, not {}", quoted(&word.text));
    refuse(word.at, expected, meant(&word.text, known) + remedy)
}

/// Stops at a word of FreeBSD's that would need `what`, which is not modelled.
pub(super) fn not_modelled<T>(word: &Name, expected: &str, what: &str) -> Parsed<T> {
    let said = quoted(&word.text);
    let remedy = format!("not modelled yet: {what} ({DOCS} says what is and what is not)");
    refuse(word.at, format!("{expected}, not {said}"), remedy)
}

fn is_delimiter(c: char) -> bool {
    c.is_whitespace() || ";{}()[]=:,".contains(c)
}

/// Blanks and, if it comes next, a comment: a `#` that no digit follows, to the end of the line.
fn gap(input: &mut Input<'_>) -> Parsed<()> {
    take_while(0.., (' ', '\t', '\r')).void().parse_next(input)?;
    if input.starts_with('#') && !input[1..].starts_with(|c: char| c.is_ascii_digit()) {
        take_while(0.., |c| c != '\n').void().parse_next(input)?;
    }
    Ok(())
}

/// What comes next on this line is `sign`; it is passed.
pub(super) fn sees(input: &mut Input<'_>, sign: char) -> Parsed<bool> {
    gap(input)?;
    let seen = input.starts_with(sign);
    if seen {
        take_while(1, sign).void().parse_next(input)?;
    }
    Ok(seen)
}

/// What comes next on this line must be `sign`.
pub(super) fn sign(input: &mut Input<'_>, sign: char, remedy: &str) -> Parsed<()> {
    if sees(input, sign)? { Ok(()) } else { refuse(input.current_token_start(), format!("`{sign}`"), remedy) }
}

/// The statement ends: a line's end, `;`, or before the `}` of its block.
pub(super) fn end(input: &mut Input<'_>) -> Parsed<()> {
    gap(input)?;
    if input.is_empty() || input.starts_with('}') {
        return Ok(());
    }
    let at = input.current_token_start();
    match take_while::<_, _, Refusal>(1, ('\n', ';')).parse_next(input) {
        Ok(_) => Ok(()),
        Err(_) => refuse(at, "the end of the line", "put what follows on a line of its own, or a `;` before it"),
    }
}

/// Passes empty statements; whether there is more.
pub(super) fn more(input: &mut Input<'_>) -> Parsed<bool> {
    loop {
        gap(input)?;
        if !input.starts_with(['\n', ';']) {
            return Ok(!input.is_empty());
        }
        take_while(1.., ('\n', ';')).void().parse_next(input)?;
    }
}

/// The statement has nothing more to say.
pub(super) fn at_end(input: &mut Input<'_>) -> Parsed<bool> {
    gap(input)?;
    Ok(input.is_empty() || input.starts_with(['\n', ';', '}']))
}

/// The next word, whatever it is; empty at a delimiter.
pub(super) fn any_word(input: &mut Input<'_>) -> Parsed<Name> {
    gap(input)?;
    let at = input.current_token_start();
    let text: &str = take_while(0.., |c| !is_delimiter(c)).parse_next(input)?;
    Ok(Name { text: text.into(), at })
}

/// The next word, without passing it.
pub(super) fn peek_word(input: &mut Input<'_>) -> Parsed<Name> {
    gap(input)?;
    let mut ahead = *input;
    any_word(&mut ahead)
}

/// A word that must be there.
pub(super) fn word(input: &mut Input<'_>, expected: &str, remedy: &str) -> Parsed<Name> {
    let word = any_word(input)?;
    if word.text.is_empty() { refuse(word.at, expected, remedy) } else { Ok(word) }
}

/// A kernel: a preset, changes, or both, without blanks: `2019-12,-P03,P16=write-first`.
pub(super) fn kernel(input: &mut Input<'_>, remedy: &str) -> Parsed<Name> {
    gap(input)?;
    let at = input.current_token_start();
    let text: &str = take_while(0.., |c| !is_delimiter(c) || ",=".contains(c)).parse_next(input)?;
    if text.is_empty() { refuse(at, "a kernel", remedy) } else { Ok(Name { text: text.into(), at }) }
}

/// This very word.
pub(super) fn keyword(input: &mut Input<'_>, text: &str, remedy: &str) -> Parsed<()> {
    let word = any_word(input)?;
    if word.text == text { Ok(()) } else { refuse(word.at, format!("`{text}`"), remedy) }
}

/// The name of a process, task, object, file or schedule.
pub(super) fn name(input: &mut Input<'_>, of: &str) -> Parsed<Name> {
    let name = any_word(input)?;
    if name.text.len() > MAX_NAME {
        return refuse(name.at, format!("a shorter name of {of}"), format!("a name has at most {MAX_NAME} characters"));
    }
    let fits = name.text.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.text.chars().all(|c| c.is_ascii_alphanumeric() || "_'-+".contains(c));
    match fits {
        true => Ok(name),
        false => refuse(name.at, format!("the name of {of}"), "a name is a letter, then letters, digits, _, -, + or '"),
    }
}

/// A decimal number of at most `most`.
pub(super) fn number(input: &mut Input<'_>, most: u64, of: &str) -> Parsed<u64> {
    let word = any_word(input)?;
    match word.text.parse() {
        Ok(n) if n <= most => Ok(n),
        _ => refuse(word.at, format!("a number of {of}"), format!("write a whole number from 0 to {most}")),
    }
}

/// A number if there is one before the statement's next word.
pub(super) fn maybe_number(input: &mut Input<'_>, most: u64, of: &str) -> Parsed<Option<u64>> {
    let is_one = peek_word(input)?.text.starts_with(|c: char| c.is_ascii_digit());
    is_one.then(|| number(input, most, of)).transpose()
}

fn page_digits(word: &str) -> Option<&str> {
    word.strip_prefix("va").filter(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
}

/// Whether a word is a page's: `va` and a number.
pub(super) fn is_page(word: &str) -> bool {
    page_digits(word).is_some()
}

/// A page, `va0`.
pub(super) fn page(input: &mut Input<'_>) -> Parsed<u64> {
    let word = any_word(input)?;
    match page_digits(&word.text).and_then(|digits| digits.parse().ok()) {
        Some(n) if n < MAX_PAGES => Ok(n),
        _ => refuse(word.at, "a page", format!("write va0, va1 … up to va{}", MAX_PAGES - 1)),
    }
}

/// The rest of the line as it stands.
pub(super) fn rest(input: &mut Input<'_>) -> Parsed<Name> {
    take_while(0.., (' ', '\t')).void().parse_next(input)?;
    let at = input.current_token_start();
    let text: &str = take_while(0.., |c| c != '\n').parse_next(input)?;
    let text = text.trim_end();
    // Terminals would obey them.
    if let Some(control) = text.find(|c: char| c.is_control() && c != '\t') {
        return refuse(at + control, "text without control characters", "take the character out");
    }
    Ok(Name { text: text.into(), at })
}

/// One of some words.
pub(super) fn one_of<T: Copy>(word: &Name, of: &str, known: &[(&str, T)]) -> Parsed<T> {
    match known.iter().find(|(text, _)| *text == word.text) {
        Some(&(_, value)) => Ok(value),
        None => {
            let list: Vec<_> = known.iter().map(|(text, _)| *text).collect();
            unknown(word, of, list.iter().copied(), &format!("write one of {}", list.join(", ")))
        }
    }
}
