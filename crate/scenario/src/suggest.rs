//! What the writer may have meant: for messages about a word that means nothing where it stands.

use faultline_engine::policy::{PRESETS, PolicyError};
use strsim::osa_distance;

/// Longer than any word that is near to one that is known.
const LONGEST: usize = 64;

/// The candidate nearest to `text`, if one is near: by letters more, less, other, or changed in place.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (osa_distance(&text, &candidate.to_lowercase()), candidate))
        .min()
        // What has no letter in common is not near, however short it is.
        .filter(|&(edits, candidate)| edits < candidate.len() && edits <= candidate.len().max(3) / 3 + 1)
        .map(|(_, candidate)| candidate)
}

/// The preset that may have been meant, where none has the name.
pub fn preset(error: &PolicyError) -> Option<&'static str> {
    match error {
        PolicyError::Preset(name) => nearest(name, PRESETS.iter().map(|preset| preset.name)),
        _ => None,
    }
}

/// The question whether the nearest candidate was meant, to come before what else there is to say; empty where none is near.
pub(crate) fn meant<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(text, candidates).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default()
}

/// The question whether it was meant, to follow an error.
pub fn question(near: Option<&str>) -> String {
    near.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let names = ["t3", "t3-story", "collapse", "2019-12", "main"];
        assert_eq!(nearest("colapse", names), Some("collapse"));
        assert_eq!(nearest("T3-stroy", names), Some("t3-story"));
        assert_eq!(nearest("2019_12", names), Some("2019-12"));
        assert_eq!(nearest("something else", names), None);
        assert_eq!(nearest(&"a".repeat(1 << 20), names), None);
    }
}
