//! A text that is nearly one of the gallery's, in a link: what stands between their common beginning and end.
//!
//! `f412.96.1c291ca3.packed`: the text begins with the first 412 bytes of the gallery's file (`f`; `p` is the same
//! scenario as it is printed, to which manual operations are added), ends with its last 96, and has the packed text
//! in between. The third number is the CRC of the gallery's text, so that an edit of another one is not taken for it.

use super::pack::{MAX_TEXT, pack, unpack};
use crate::gallery;
use std::borrow::Cow;
use std::iter::zip;

/// The texts of a scenario of the gallery that an edit may begin with, and their letters.
fn bases(name: &str) -> Vec<(char, Cow<'static, str>)> {
    let Some(exhibit) = gallery::find(name) else { return Vec::new() };
    let printed = exhibit.scenario().map(|scenario| ('p', Cow::Owned(scenario.to_string())));
    std::iter::once(('f', Cow::Borrowed(exhibit.text))).chain(printed).collect()
}

/// How many bytes two texts have in common at the beginning, in whole characters.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    zip(one, other).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

/// Writes the text as an edit of the gallery's scenario of this name, the shortest there is; `None` if there is none.
pub(super) fn write(name: &str, text: &str) -> Option<String> {
    let edits = bases(name).into_iter().map(|(letter, base)| {
        let start = common(base.chars(), text.chars());
        let end = common(base[start..].chars().rev(), text[start..].chars().rev());
        let middle = pack(&text[start..text.len() - end]);
        format!("{letter}{start}.{end}.{:08x}.{middle}", crc32fast::hash(base.as_bytes()))
    });
    edits.min_by_key(String::len)
}

/// Reads what [`write()`] writes; the error says what was expected.
pub(super) fn read(name: &str, edit: &str) -> Result<String, &'static str> {
    const EXPECTED: &str = "an edit of the gallery’s text, whole";
    let (letter, rest) = edit.split_at_checked(1).ok_or(EXPECTED)?;
    let mut parts = rest.splitn(4, '.');
    let mut part = || parts.next().ok_or(EXPECTED);
    let number = |text: &str| text.parse::<usize>().map_err(|_| EXPECTED);
    let (start, end) = (number(part()?)?, number(part()?)?);
    let crc = u32::from_str_radix(part()?, 16).map_err(|_| EXPECTED)?;
    let middle = unpack(part()?)?;
    let base = bases(name).into_iter().find(|(known, _)| letter.starts_with(*known));
    let base = base.map(|(_, base)| base).filter(|base| crc32fast::hash(base.as_bytes()) == crc);
    let base = base.ok_or("an edit of a text that this gallery has: the link comes from another Faultline")?;
    let ends = base.len().checked_sub(end).ok_or(EXPECTED)?;
    let (begin, end) = (base.get(..start).ok_or(EXPECTED)?, base.get(ends..).ok_or(EXPECTED)?);
    let text = [begin, &middle, end].concat();
    if text.len() > MAX_TEXT { Err("a text of at most 65536 bytes") } else { Ok(text) }
}
