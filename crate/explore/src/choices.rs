//! A schedule as a list of choices, and its text for links and the command line.

use faultline_text::escape::quoted;
use std::fmt;
use std::str::FromStr;

// The packed text of a schedule.
//
// A choice is the index of the chosen task among the runnable ones, in task order; a turn where only one task can run
// is no choice. A letter is a choice: `a` to `z` the first to the 26th, `A` to `Z` the 27th to the 52nd. A decimal
// number after a letter repeats it: `a12bc3` is twelve times the first, then the second, then three times the third.
// Letters and digits need no escaping in a URL.

/// The most tasks of a run: each needs a letter.
pub const MAX_TASKS: usize = 52;
/// The most choices a text may encode, so that a link cannot fill memory.
pub const MAX_CHOICES: usize = 16_000_000;

/// The choices of a run, in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Choices(Vec<u8>);

/// Why a text does not encode a list of choices.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChoicesError {
    /// A character that is neither a letter nor part of a number after one.
    #[error(
        "choices: {} at offset {offset} is no choice; write letters, each with an optional count, like a12bc3",
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
    pub fn as_slice(&self) -> &[u8] {
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
    pub fn push(&mut self, choice: u8) {
        self.0.push(choice);
    }
    /// Drops all but the first `len` choices.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl From<Vec<u8>> for Choices {
    fn from(choices: Vec<u8>) -> Self {
        Choices(choices)
    }
}

fn letter(choice: u8) -> char {
    match choice {
        0..26 => char::from(b'a' + choice),
        26..52 => char::from(b'A' + choice - 26),
        // The executor never makes such a choice: see MAX_TASKS.
        _ => '?',
    }
}

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for run in self.0.chunk_by(|a, b| a == b) {
            match run.len() {
                1 => write!(f, "{}", letter(run[0]))?,
                n => write!(f, "{}{n}", letter(run[0]))?,
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
                'a'..='z' => found as u8 - b'a',
                'A'..='Z' => found as u8 - b'A' + 26,
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
