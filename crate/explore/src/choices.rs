//! A schedule as a list of choices, and its text for links and the command line.

use faultline_text::escape::quoted;
use std::fmt;
use std::str::FromStr;

// The packed text of a schedule.
//
// A choice is the index of the chosen task among the runnable ones, in task order; a turn where only one task can run
// is no choice. A letter is a choice: `a` to `z` the first to the 26th, `A` to `Z` the 27th to the 52nd; a later one is
// its index, counted from 0, between underscores: `_52_` is the 53rd. A decimal number after a choice repeats it:
// `a12bc3` is twelve times the first, then the second, then three times the third. Letters, digits and underscores
// need no escaping in a URL.

/// Choices that have a letter.
const LETTERS: u16 = 52;
/// The most choices a text may encode, so that a link cannot fill memory.
pub const MAX_CHOICES: usize = 16_000_000;

/// The choices of a run, in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Choices(Vec<u16>);

/// Why a text does not encode a list of choices.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChoicesError {
    /// A character that is neither a letter nor part of a number after one.
    #[error(
        "choices: {} at offset {offset} is no choice; write letters, or numbers between underscores, each with an \
         optional count, like a12bc3 or _60_2",
        quoted(&found.to_string())
    )]
    Letter {
        /// Its offset in bytes.
        offset: usize,
        /// The character.
        found: char,
    },
    /// A number without a letter before it.
    #[error("choices: the number at offset {offset} repeats nothing; put the letter it repeats before it")]
    Number {
        /// Its offset in bytes.
        offset: usize,
    },
    /// An index between underscores that is missing, too large, or not closed.
    #[error(
        "choices: the underscore at offset {offset} begins no choice; write an index up to 65535 and another \
         underscore after it, like _60_"
    )]
    Index {
        /// Offset of its first underscore, in bytes.
        offset: usize,
    },
    /// A count that is 0 or does not fit.
    #[error(
        "choices: the count at offset {offset} must be from 1 to {MAX_CHOICES}; leave out the letter to have none of it"
    )]
    Count {
        /// Its offset in bytes.
        offset: usize,
    },
    /// More than [`MAX_CHOICES`] choices.
    #[error("choices: more than {MAX_CHOICES} by offset {offset}; cut the text there")]
    TooMany {
        /// Offset of the letter that exceeds it, in bytes.
        offset: usize,
    },
}

impl Choices {
    /// The choices, each an index among the runnable tasks.
    pub fn as_slice(&self) -> &[u16] {
        &self.0
    }
    /// Number of choices.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Appends a choice.
    pub fn push(&mut self, choice: u16) {
        self.0.push(choice);
    }
    /// Drops all but the first `len` choices.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl From<Vec<u16>> for Choices {
    fn from(choices: Vec<u16>) -> Self {
        Choices(choices)
    }
}

/// A choice as it is written.
fn written(choice: u16, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match u8::try_from(choice) {
        Ok(low @ 0..26) => write!(f, "{}", char::from(b'a' + low)),
        Ok(low @ 26..52) => write!(f, "{}", char::from(b'A' + low - 26)),
        _ => write!(f, "_{choice}_"),
    }
}

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for run in self.0.chunk_by(|a, b| a == b) {
            written(run[0], f)?;
            if run.len() > 1 {
                write!(f, "{}", run.len())?;
            }
        }
        Ok(())
    }
}

impl FromStr for Choices {
    type Err = ChoicesError;

    fn from_str(text: &str) -> Result<Self, ChoicesError> {
        let mut choices = Vec::new();
        let mut chars = text.char_indices().peekable();
        while let Some((offset, found)) = chars.next() {
            let choice = match found {
                'a'..='z' => u16::from(found as u8 - b'a'),
                'A'..='Z' => u16::from(found as u8 - b'A') + LETTERS / 2,
                '_' => {
                    let mut index = None;
                    while let Some((_, digit)) = chars.next_if(|&(_, c)| c.is_ascii_digit()) {
                        let more = index.unwrap_or(0u16).checked_mul(10);
                        let more = more.and_then(|more| more.checked_add(u16::from(digit as u8 - b'0')));
                        index = Some(more.ok_or(ChoicesError::Index { offset })?);
                    }
                    let closed = chars.next_if(|&(_, c)| c == '_').is_some();
                    index.filter(|_| closed).ok_or(ChoicesError::Index { offset })?
                }
                '0'..='9' => return Err(ChoicesError::Number { offset }),
                _ => return Err(ChoicesError::Letter { offset, found }),
            };
            let mut count = None;
            while let Some((at, digit)) = chars.next_if(|&(_, c)| c.is_ascii_digit()) {
                let more = count.unwrap_or(0) * 10 + usize::from(digit as u8 - b'0');
                if more == 0 || more > MAX_CHOICES {
                    return Err(ChoicesError::Count { offset: at });
                }
                count = Some(more);
            }
            let count = count.unwrap_or(1);
            if choices.len() + count > MAX_CHOICES {
                return Err(ChoicesError::TooMany { offset });
            }
            choices.resize(choices.len() + count, choice);
        }
        Ok(Choices(choices))
    }
}
