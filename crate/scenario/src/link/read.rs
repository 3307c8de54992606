//! Parses links. For any text this returns a link or an error, in bounded memory.

use crate::link::{Link, LinkError, MAX_TURNS, Source, View, edit, pack, printable};
use crate::model::MAX_NAME;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::str::FromStr;

/// The longest link that is parsed, in bytes.
pub const MAX_LINK: usize = 1 << 17;

/// Remedy for an incomplete link.
const WHOLE: &str = "copy the whole link, from `#v1;` to its end";

/// A part of a link: its name, its text, and the characters before it.
#[derive(Clone, Copy)]
struct Part<'a> {
    name: &'static str,
    text: &'a str,
    at: usize,
}

impl Part<'_> {
    fn refuse<T>(self, expected: impl Into<String>, remedy: impl Into<String>) -> Result<T, LinkError> {
        let (expected, remedy) = (expected.into(), remedy.into());
        Err(LinkError::Part { part: self.name, at: self.at + 1, expected, remedy })
    }
    /// The text with its escapes decoded.
    fn plain(self) -> Result<String, LinkError> {
        match decode(self.text) {
            Some(text) => Ok(text.into_owned()),
            None => self.refuse("text, or `%` and two digits", WHOLE),
        }
    }
    /// A kernel: `.` stands for `,` and `~` for `+`.
    fn policy(self) -> Result<String, LinkError> {
        Part { text: &self.text.replace('.', ",").replace('~', "+"), ..self }.plain()
    }
    fn number<T: FromStr>(self, most: usize) -> Result<T, LinkError> {
        let number = Some(self.text).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
        match number.and_then(|text| text.parse::<usize>().ok()).filter(|&n| n <= most) {
            Some(_) => self.text.parse().or_else(|_| self.refuse("a number", WHOLE)),
            None => self.refuse(format!("a number from 0 to {most}"), WHOLE),
        }
    }
}

/// Decodes `%xx`; `None` if a `%` stands without two digits behind it, or if the result is not UTF-8.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(is_escape) {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok()
}

/// The text after the `#` of an address, or all of it, with `;` restored: some programs escape them on the way.
fn body(text: &str) -> (Cow<'_, str>, usize) {
    let (body, at) = match text.find('#') {
        Some(sign) => (&text[sign + 1..], text[..sign].chars().count() + 1),
        None => (text, 0),
    };
    let escaped = !body.contains(';');
    (escaped.then(|| decode(body)).flatten().unwrap_or(body.into()), at)
}

/// Takes the parts in order.
struct Parts<'a> {
    rest: Option<&'a str>,
    at: usize,
}

impl<'a> Parts<'a> {
    fn next(&mut self, name: &'static str) -> Option<Part<'a>> {
        let rest = self.rest?;
        let (text, rest) = rest.split_once(';').map_or((rest, None), |(text, rest)| (text, Some(rest)));
        let part = Part { name, text, at: self.at };
        (self.rest, self.at) = (rest, self.at + text.chars().count() + 1);
        Some(part)
    }
    fn must(&mut self, name: &'static str) -> Result<Part<'a>, LinkError> {
        let end = Part { name, text: "", at: self.at.saturating_sub(1) };
        self.next(name).map_or_else(|| end.refuse("more: the link ends before it", WHOLE), Ok)
    }
}

impl FromStr for Link {
    type Err = LinkError;

    /// Parses a link: a whole address, or the part after its `#`, with or without that.
    fn from_str(text: &str) -> Result<Link, LinkError> {
        if text.len() > MAX_LINK {
            return Err(LinkError::Long(text.len()));
        }
        let text = text.trim();
        let (body, at) = body(text);
        let mut parts = Parts { rest: Some(&body), at };
        let version = parts.must("version")?;
        match version.text.strip_prefix('v').filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())) {
            Some("1") => {}
            Some(_) => return version.refuse("`v1`", "this link comes from a newer Faultline: open it there"),
            None => return version.refuse("`v1`", WHOLE),
        }
        let source = source(parts.must("scenario")?)?;
        let policy = parts.must("policy")?;
        let policy = policy.policy()?;
        let choices = parts.must("choices")?;
        let revision = parts.must("revision")?.number(u32::MAX as usize)?;
        let fingerprint = fingerprint(parts.must("digest")?)?;
        // Last, since errors in other parts say more clearly that a link is cut off.
        let choices: faultline_explore::Choices = choices.text.parse()?;
        if choices.len() > MAX_TURNS {
            return Err(LinkError::turns(choices.len()));
        }
        let mut link =
            Link { source, policy, choices, revision, fingerprint, turn: None, selection: None, view: View::default() };
        while let Some(part) = parts.next("option") {
            let value = |name, text| Part { name, text, at: part.at + 1 + name_len(part.text) };
            match part.text.split_once('=') {
                Some(("t", text)) if link.turn.is_none() => link.turn = Some(value("t", text).number(MAX_TURNS)?),
                Some(("sel", text)) if link.selection.is_none() => {
                    link.selection = Some(value("sel", text).plain()?);
                }
                Some(("view", text)) if link.view.name.is_none() => {
                    link.view.name = Some(value("view", text).plain()?);
                }
                Some(("before", text)) if link.view.before.is_none() => {
                    link.view.before = Some(value("before", text).policy()?);
                }
                Some(("after", text)) if link.view.after.is_none() => {
                    link.view.after = Some(value("after", text).policy()?);
                }
                _ => return part.refuse("`t=`, `sel=`, `view=`, `before=` or `after=`, each once", WHOLE),
            }
        }
        Ok(link)
    }
}

fn name_len(option: &str) -> usize {
    option.find('=').unwrap_or(0)
}

fn source(part: Part<'_>) -> Result<Source, LinkError> {
    let (name, packed) = part.text.split_once('~').map_or((part.text, None), |(name, packed)| (name, Some(packed)));
    let name = Part { text: name, ..part }.plain()?;
    match packed {
        None if name.is_empty() => part.refuse("the name of a scenario", WHOLE),
        None => Ok(Source::Gallery(name)),
        Some(_) if name != printable(&name) => {
            part.refuse(format!("a name of at most {MAX_NAME} characters that can be printed"), WHOLE)
        }
        Some(packed) => {
            match packed.strip_prefix('~').map_or_else(|| pack::unpack(packed), |edit| edit::read(&name, edit)) {
                Ok(text) => Ok(Source::Carried { name, text }),
                Err(expected) => {
                    let at = part.at + part.text.chars().count() - packed.chars().count();
                    Part { at, ..part }.refuse(format!("after `~` {expected}"), WHOLE)
                }
            }
        }
    }
}

fn fingerprint(part: Part<'_>) -> Result<u64, LinkError> {
    let whole = part.text.len() == 16 && part.text.bytes().all(|b| b.is_ascii_hexdigit());
    match u64::from_str_radix(part.text, 16) {
        Ok(fingerprint) if whole => Ok(fingerprint),
        _ => part.refuse("sixteen hexadecimal digits", WHOLE),
    }
}
