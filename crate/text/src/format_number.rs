//! Numbers as people read them.

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun, whose plural may follow a bar: `process|processes`.
pub fn count(number: u64, noun: &str) -> String {
    let (one, many) = noun.split_once('|').map_or_else(|| (noun, format!("{noun}s")), |(one, many)| (one, many.into()));
    format!("{} {}", grouped(number), if number == 1 { one } else { &many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let texts = [0, 12, 999, 1000, 123_456, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "12", "999", "1,000", "123,456", "1,234,567"]);
        let texts = [count(1, "thread"), count(2, "thread"), count(2, "process|processes")];
        assert_eq!(texts, ["1 thread", "2 threads", "2 processes"]);
    }
}
