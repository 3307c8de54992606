//! The fields of one line, taken in order.

use super::error::LineError;
use super::event::USER_END;
use faultline_engine::kern::Prot;
use faultline_engine::machine::addr::PAGE_SIZE;
use faultline_text::escape::escaped;
use std::str::Split;

/// A field, or the error in it.
type Field<T> = Result<T, Box<LineError>>;

/// The usual remedy.
pub(super) const REMEDY: &str = "correct the line, or record the file again";

/// The rest of a line.
pub(super) struct Fields<'a> {
    line: u32,
    rest: Split<'a, char>,
    at: u32,
}

/// A text for an error message: quoted, shortened, without control characters.
pub(super) fn quoted(text: &str) -> String {
    let (short, more) = match text.char_indices().nth(40) {
        Some((at, _)) => (&text[..at], "…"),
        None => (text, ""),
    };
    format!("`{}{more}`", escaped(short))
}

impl<'a> Fields<'a> {
    /// The fields of line number `line`.
    pub(super) fn new(line: u32, text: &'a str) -> Self {
        Fields { line, rest: text.split('\t'), at: 0 }
    }
    /// An error about the field taken last.
    pub(super) fn error(
        &self,
        name: &'static str,
        expected: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Box<LineError> {
        Box::new(LineError {
            line: self.line,
            field: Some((self.at, name)),
            expected: expected.into(),
            found: found.into(),
            remedy: remedy.into(),
        })
    }
    /// The next field.
    pub(super) fn text(&mut self, name: &'static str, expected: &str) -> Field<&'a str> {
        self.at += 1;
        match self.rest.next() {
            Some(text) if !text.is_empty() => Ok(text),
            found => {
                let found = if found.is_some() { "an empty field" } else { "the end of the line" };
                Err(self.error(name, expected, found, "fields are separated by one tab each; see that none is missing"))
            }
        }
    }
    /// Checks that the line ends here.
    pub(super) fn end(&mut self) -> Field<()> {
        self.at += 1;
        match self.rest.next() {
            None => Ok(()),
            Some(text) => Err(self.error("none", "the end of the line", quoted(text), "take the surplus field out")),
        }
    }
    /// The rest of the line, tabs included.
    pub(super) fn tail(&mut self, name: &'static str, expected: &str) -> Field<String> {
        let mut text = self.text(name, expected)?.to_string();
        for more in self.rest.by_ref() {
            text.push('\t');
            text.push_str(more);
        }
        Ok(text)
    }
    /// A decimal number.
    pub(super) fn decimal<T: std::str::FromStr>(&mut self, name: &'static str) -> Field<T> {
        let text = self.text(name, "a decimal number")?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits => Ok(number),
            _ => Err(self.error(name, "a decimal number", quoted(text), REMEDY)),
        }
    }
    /// A hexadecimal number, with `0x` or without.
    fn hexadecimal(&mut self, name: &'static str) -> Field<(u64, &'a str)> {
        let text = self.text(name, "a hexadecimal number of bytes")?;
        let digits = text.strip_prefix("0x").unwrap_or(text);
        match u64::from_str_radix(digits, 16) {
            Ok(number) if !digits.starts_with('+') => Ok((number, text)),
            _ => Err(self.error(name, "a hexadecimal number of bytes", quoted(text), REMEDY)),
        }
    }
    /// A number of bytes that is a multiple of the page size.
    pub(super) fn pages(&mut self, name: &'static str) -> Field<u64> {
        let (number, text) = self.hexadecimal(name)?;
        if number % PAGE_SIZE == 0 {
            return Ok(number);
        }
        let remedy = format!("round it to {:#x}, or record the file again", number - number % PAGE_SIZE);
        Err(self.error(name, "a multiple of the page size 0x1000", quoted(text), remedy))
    }
    /// A range of whole pages among user addresses; `some` if it must not be empty.
    pub(super) fn range(&mut self, start: &'static str, len: &'static str, some: bool) -> Field<(u64, u64)> {
        let first = self.pages(start)?;
        let bytes = self.pages(len)?;
        if some && bytes == 0 {
            return Err(self.error(len, "at least one page", "0", REMEDY));
        }
        if first.checked_add(bytes).is_none_or(|end| end > USER_END) {
            let expected = format!("a range that ends at or below {USER_END:#x}");
            return Err(self.error(len, expected, format!("{first:#x} + {bytes:#x}"), REMEDY));
        }
        Ok((first, bytes))
    }
    /// A user address, aligned or not.
    pub(super) fn address(&mut self, name: &'static str) -> Field<u64> {
        let (number, text) = self.hexadecimal(name)?;
        if number < USER_END {
            return Ok(number);
        }
        Err(self.error(name, format!("an address below {USER_END:#x}"), quoted(text), REMEDY))
    }
    /// `rwx`, each letter or `-`.
    pub(super) fn protection(&mut self) -> Field<Prot> {
        const EXPECTED: &str = "a protection such as `rw-` or `r-x`";
        let text = self.text("protection", EXPECTED)?;
        let letters = [(b'r', Prot::READ), (b'w', Prot::WRITE), (b'x', Prot::EXECUTE)];
        let mut prot = Prot::empty();
        for (at, (letter, right)) in letters.into_iter().enumerate() {
            match text.as_bytes().get(at) {
                Some(&found) if found == letter => prot |= right,
                Some(b'-') => {}
                _ => return Err(self.error("protection", EXPECTED, quoted(text), REMEDY)),
            }
        }
        if text.len() != letters.len() {
            return Err(self.error("protection", EXPECTED, quoted(text), REMEDY));
        }
        Ok(prot)
    }
    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Field<T> {
        let known: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let expected = known.join(" or ");
        let text = self.text(name, &expected)?;
        match words.iter().find(|(word, _)| *word == text) {
            Some(&(_, value)) => Ok(value),
            None => Err(self.error(name, expected, quoted(text), REMEDY)),
        }
    }
}
