//! What somebody may have meant.

/// Longer than any name by far: what it is compared with would be no nearer than anything else.
const LONGEST: usize = 64;

/// The candidate nearest to `text`, if one is near.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&text, &candidate.to_lowercase()), candidate))
        .min()
        .filter(|&(edits, candidate)| edits <= candidate.len().max(3) / 3 + 1)
        .map(|(_, candidate)| candidate)
}

/// The question whether it was meant, to follow an error.
pub fn question(near: Option<&str>) -> String {
    near.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// Edits that make `b` of `a`: a letter more, less, other, or two that change places.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let other = usize::from(a[i - 1] != b[j - 1]);
                    let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + other);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(rows[i - 2][j - 2] + 1);
                    }
                    best
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_far_ones_are_not() {
        let names = ["t3", "t3-story", "collapse", "2019-12", "main"];
        assert_eq!(nearest("colapse", names), Some("collapse"));
        assert_eq!(nearest("T3-stroy", names), Some("t3-story"));
        assert_eq!(nearest("2019_12", names), Some("2019-12"));
        assert_eq!(nearest("something else", names), None);
    }
}
