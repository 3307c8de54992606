//! Mutates inputs: bytes, words, and whole statements.

use fastrand::Rng;

/// The longest input that is made, in bytes.
const LONGEST: usize = 1 << 15;

/// How inputs are changed.
#[derive(Clone, Copy)]
pub enum Form {
    /// Text, and words that mean something in it.
    Text {
        /// Words to put in.
        words: &'static [&'static str],
        /// What ends a statement, other than the end of a line.
        ends: &'static [char],
    },
    /// Bytes, compressed in half of the inputs.
    Bytes {
        /// Bytes of one record.
        record: usize,
        /// Compresses.
        packed: fn(&[u8]) -> Vec<u8>,
    },
    /// Lines of text that may also come compressed.
    Lines {
        /// Words to put in.
        words: &'static [&'static str],
        /// Compresses.
        packed: fn(&[u8]) -> Vec<u8>,
    },
}

/// Numbers at which something ends.
const NUMBERS: [&str; 18] = [
    "0",
    "1",
    "2",
    "3",
    "16",
    "17",
    "52",
    "53",
    "63",
    "64",
    "255",
    "256",
    "65535",
    "65536",
    "1048575",
    "1048576",
    "4294967296",
    "18446744073709551615",
];

/// One of the seeds, changed a few times.
pub fn input(rng: &mut Rng, form: Form, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = one(rng, seeds).to_vec();
    let changes = 1 + rng.usize(0..4) * rng.usize(0..4);
    for _ in 0..changes {
        let other = one(rng, seeds);
        match form {
            Form::Text { words, ends } => text(rng, &mut bytes, other, words, ends),
            Form::Lines { words, .. } => text(rng, &mut bytes, other, words, &[]),
            Form::Bytes { record, .. } => records(rng, &mut bytes, other, record),
        }
        bytes.truncate(LONGEST);
    }
    if let Form::Bytes { packed, .. } | Form::Lines { packed, .. } = form
        && rng.bool()
    {
        bytes = packed(&bytes);
        if rng.bool() {
            (0..rng.usize(1..4)).for_each(|_| plain(rng, &mut bytes));
        }
    }
    bytes
}

fn one<'s>(rng: &mut Rng, seeds: &'s [Vec<u8>]) -> &'s [u8] {
    rng.choice(seeds).map_or(&[], Vec::as_slice)
}

/// A place in a text or behind it.
fn place(rng: &mut Rng, len: usize) -> usize {
    rng.usize(0..=len)
}

/// A part of something of `len`, most often a short one.
fn part(rng: &mut Rng, len: usize) -> std::ops::Range<usize> {
    let from = place(rng, len);
    let longest = if rng.u8(..) < 32 { len - from } else { (len - from).min(8) };
    from..from + rng.usize(0..=longest)
}

/// A mutation that ignores what the bytes mean.
fn plain(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let at = place(rng, bytes.len());
    match rng.u8(0..6) {
        0 => bytes.insert(at, rng.u8(..)),
        1 if at < bytes.len() => bytes[at] ^= 1 << rng.u8(0..8),
        2 if at < bytes.len() => {
            bytes[at] = *rng.choice(&[0, 1, b' ', b'\n', b';', b'#', 0x7f, 0x80, 0xff]).unwrap_or(&0)
        }
        3 => _ = bytes.drain(part(rng, bytes.len())),
        4 => bytes.truncate(at),
        _ => {
            let copied = bytes[part(rng, bytes.len())].to_vec();
            bytes.splice(at..at, copied);
        }
    }
}

/// A change of records of the same length.
fn records(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8], len: usize) {
    let count = bytes.len() / len;
    if count == 0 || rng.u8(0..4) == 0 {
        return plain(rng, bytes);
    }
    let at = rng.usize(0..count) * len;
    match rng.u8(0..6) {
        0 => _ = bytes.drain(at..at + len),
        1 if other.len() >= len => {
            let from = rng.usize(0..other.len() / len) * len;
            bytes.splice(at..at, other[from..from + len].to_vec());
        }
        2 => bytes[at + rng.usize(0..len)] = rng.u8(..),
        // A word somewhere, as hardware likes them: one bit, all bits, or few.
        _ => {
            let word = match rng.u8(0..5) {
                0 => 1 << rng.u32(0..64),
                1 => u64::MAX << rng.u32(0..64),
                2 => rng.u64(..),
                3 => 0,
                _ => rng.u64(..) & 0x8000_000f_ffff_f1ff,
            };
            let from = at + rng.usize(0..len / 8) * 8;
            bytes[from..from + 8].copy_from_slice(&word.to_le_bytes());
        }
    }
}

/// A change of a text: as bytes, by words, or by statements.
fn text(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8], words: &[&str], ends: &[char]) {
    let (Ok(own), Ok(theirs)) = (std::str::from_utf8(bytes), std::str::from_utf8(other)) else {
        return plain(rng, bytes);
    };
    *bytes = match rng.u8(0..8) {
        0 => return plain(rng, bytes),
        1..=4 => by_words(rng, own, theirs, words),
        _ => by_statements(rng, own, theirs, ends),
    }
    .into_bytes();
}

/// A text in pieces: words, and what stands between them.
fn pieces(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || "_'-+#".contains(c);
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut last = None;
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last: bool| last != is_word(c) || !last) {
            pieces.push(&text[from..at]);
            from = at;
        }
        last = Some(is_word(c));
    }
    pieces.push(&text[from..]);
    pieces
}

fn by_words(rng: &mut Rng, text: &str, other: &str, words: &[&str]) -> String {
    let mut own = pieces(text);
    let at = rng.usize(0..own.len());
    let another = match rng.u8(0..4) {
        0 => own[rng.usize(0..own.len())],
        1 => rng.choice(pieces(other)).unwrap_or(""),
        2 => rng.choice(NUMBERS).unwrap_or("0"),
        _ => rng.choice(words).unwrap_or(&"0"),
    };
    // A number replaces a number more often than at random.
    let number = own.iter().skip(at).position(|piece| piece.starts_with(|c: char| c.is_ascii_digit()));
    match (rng.u8(0..8), number) {
        (0, _) => _ = own.remove(at),
        (1, _) => own.insert(at, another),
        (2, _) => own.insert(at, own[at]),
        (3, Some(later)) => own[at + later] = rng.choice(NUMBERS).unwrap_or("0"),
        _ => own[at] = another,
    }
    own.concat()
}

/// Statements, each with what ends it.
fn statements<'t>(text: &'t str, ends: &[char]) -> Vec<&'t str> {
    text.split_inclusive(|c| c == '\n' || ends.contains(&c)).collect()
}

fn by_statements(rng: &mut Rng, text: &str, other: &str, ends: &[char]) -> String {
    let mut own = statements(text, ends);
    let theirs = statements(other, ends);
    if own.is_empty() {
        return other.into();
    }
    let (at, to) = (rng.usize(0..own.len()), rng.usize(0..own.len()));
    match rng.u8(0..7) {
        0 => _ = own.remove(at),
        1 => own.insert(to, own[at]),
        2 => own.swap(at, to),
        3 => {
            let moved = own.remove(at);
            own.insert(to.min(own.len()), moved);
        }
        4 => own.insert(to, rng.choice(&theirs).unwrap_or(&"\n")),
        // Many times the same: what is quadratic shows.
        5 if rng.u8(0..8) == 0 => own = [&own[..at], &vec![own[at]; 64], &own[at..]].concat(),
        _ => own[at] = rng.choice(&theirs).unwrap_or(&"\n"),
    }
    own.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Form = Form::Text { words: &["store", "va0"], ends: &[';'] };

    #[test]
    fn inputs_depend_on_the_seed_alone() {
        let seeds = [b"A: store va0; load va1\nB: exit\n".to_vec(), b"x 1 2 3".to_vec()];
        let made = |seed: u64| (0..200).map(|n| input(&mut Rng::with_seed(seed + n), FORM, &seeds)).collect::<Vec<_>>();
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(1000));
        let different = made(1).into_iter().collect::<std::collections::BTreeSet<_>>();
        assert!(different.len() > 150, "{}", different.len());
    }

    #[test]
    fn pieces_and_statements_make_up_the_whole_text() {
        let text = "A: store va0 X#1; \u{e9}  load\n\n};";
        assert_eq!(pieces(text).concat(), text);
        assert_eq!(statements(text, &[';']).concat(), text);
        assert!(pieces(text).contains(&"va0"));
        assert_eq!(statements(text, &[';']).len(), 4);
    }
}
