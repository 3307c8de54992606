//! What stores store: short names that fit a word, so that a dump of memory shows them.

use faultline_engine::detail::Piece;
use std::fmt;
use std::str::FromStr;

/// The longest name of a value, in bytes.
pub const MAX_LEN: usize = 8;

/// A value with a name: its ASCII text, first letter in the lowest byte; `0` is zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Value(pub u64);

/// Why a text is no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a value is a name of 1 to {MAX_LEN} letters, digits or signs, such as X0 or H!")]
pub struct ValueError;

fn is_sign(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!?_'+-*/.#$%&@^~<>|".contains(&byte)
}

impl FromStr for Value {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Value, ValueError> {
        let bytes = text.as_bytes();
        let fits = (1..=MAX_LEN).contains(&bytes.len()) && bytes[0] != b'#' && bytes.iter().all(|&b| is_sign(b));
        match text {
            "0" => Ok(Value(0)),
            _ if fits => Ok(Value(bytes.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b)))),
            _ => Err(ValueError),
        }
    }
}

impl Value {
    /// The value of a store without one: who stores, and which of its stores it is. A
    /// long name gives way to `number`.
    pub fn automatic(who: &str, number: usize, nth: usize) -> Value {
        let named = format!("{who}#{nth}").parse();
        named.or_else(|_| format!("~{number}#{nth}").parse()).unwrap_or(Value((number as u64 + 1) << 32 | nth as u64))
    }
    /// Its name, if it has one. What a file holds and what no scenario can write has none.
    pub fn name(self) -> Option<String> {
        let bytes = self.0.to_le_bytes();
        let text = bytes.split(|&b| b == 0).next().unwrap_or(&[]);
        let rest_is_zero = bytes[text.len()..].iter().all(|&b| b == 0);
        match self.0 {
            0 => Some("0".into()),
            _ if rest_is_zero && text.iter().all(|&b| is_sign(b)) => {
                Some(text.iter().map(|&b| char::from(b)).collect())
            }
            _ => None,
        }
    }
}

/// Its name; a word without one may still be what a file holds, which [`Names`](crate::names::Names) knows.
impl From<Value> for Piece {
    fn from(value: Value) -> Piece {
        value.name().map_or(Piece::Word(value.0), Piece::from)
    }
}

/// Its name, or the word in hexadecimal.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(&name),
            None => write!(f, "{:#x}", self.0),
        }
    }
}
