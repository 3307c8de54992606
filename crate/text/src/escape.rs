//! Foreign text, made safe to show: a scenario, a link, a recording or a file's name may contain control characters,
//! which a terminal obeys instead of showing them.

use std::borrow::Cow;

/// Whether a character acts on the display instead of being shown: control characters (C0, DEL and C1), those that
/// change the direction of writing, and invisible ones.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with every character that [`acts`] written out, so that it is one line: `\n`, `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if acts(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// The text, or of one with more than about `most` characters its beginning and its end, where a remedy stands.
pub fn brief(text: &str, most: usize) -> Cow<'_, str> {
    // Bytes are enough to know that it is short, and do not have to be counted.
    if text.len() <= most || text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let half = most / 2;
    let head = text.char_indices().nth(half).map_or(text.len(), |(at, _)| at);
    let tail = text.char_indices().rev().nth(half.saturating_sub(1)).map_or(0, |(at, _)| at);
    Cow::Owned(format!("{} … {}", &text[..head], &text[tail.max(head)..]))
}

/// Characters of a word that a message repeats; of a longer one the beginning.
const SHOWN: usize = 40;

/// A foreign word for a message: between backticks, shortened, with every character that [`acts`] written out.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    let more = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("`{}{more}`", escaped(&short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        let said = escaped("a\u{1b}[2J\u{9b}31m\u{202e}b\u{2066}\r\n\t\u{7f}\u{feff}\u{e0041}é→′");
        let shown = "a\\u{1b}[2J\\u{9b}31m\\u{202e}b\\u{2066}\\r\\n\\t\\u{7f}\\u{feff}\\u{e0041}é→′";
        assert_eq!(said, shown);
        assert!(matches!(escaped("no change"), Cow::Borrowed(_)));
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| c.is_control()) {
            assert!(acts(c), "{c:?}");
        }
    }

    #[test]
    fn a_quoted_word_is_short_and_has_no_control_characters() {
        assert_eq!(quoted("x\u{1b}[2J\u{9b}31m\n"), "`x\\u{1b}[2J\\u{9b}31m\\n`");
        assert_eq!(quoted(&"é".repeat(41)), format!("`{}…`", "é".repeat(40)));
    }

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end() {
        assert_eq!(brief("short", 5), "short");
        assert_eq!(brief("ééééé", 5), "ééééé");
        assert_eq!(brief("abcdefgh", 4), "ab … gh");
        let long = format!("the name {} is taken; choose another", "é".repeat(1 << 20));
        let said = brief(&long, 100);
        assert!(said.starts_with("the name é") && said.ends_with("is taken; choose another"), "{said}");
        assert!(said.chars().count() < 110, "{}", said.len());
    }
}
