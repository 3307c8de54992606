//! Findings in words.

use super::names::Namer;
use super::phrase::{Phrase, listed, plain, strong};
use super::scene::Scene;
use crate::report::{FindingReport, MappingReport};
use faultline_engine::finding::FindingKind;
use faultline_engine::ids::TaskId;

/// A kind of finding in words for a reader.
pub fn words(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::FreedWhileMapped => "a page is free while it is still mapped",
        FindingKind::Foreign => "a load got what another lineage wrote",
        FindingKind::Zeroed => "a load got zero where a value was stored",
        FindingKind::Stale => "a load got an older value",
        FindingKind::Future => "a load got a value stored after the processes parted",
        FindingKind::Assertion => "a kernel assertion failed",
        FindingKind::Tlb => "a CPU can still read the old page",
        FindingKind::Expectation => "the scenario expected something else",
        FindingKind::Deadlock => "all tasks wait for each other",
        FindingKind::LostWakeup => "a task sleeps although what it waits for has happened",
        FindingKind::Livelock => "tasks retry for ever",
    }
}

/// The finding as a phrase of its own; `None` if the load that follows states it, or if it was already stated of the
/// same page.
pub(super) fn phrase_of(kind: FindingKind, scene: &Scene, namer: &Namer) -> Option<Phrase> {
    if is_of_load(kind) || scene.before.same {
        return None;
    }
    let frame = scene.found.as_ref().and_then(|found| found.frame);
    let mut short = String::new();
    let text = match (kind, frame) {
        (FindingKind::FreedWhileMapped, Some(frame)) => {
            if !scene.before.free {
                short = format!("free {}", namer.bare(scene, frame));
            }
            let mapped = scene.mappings(frame);
            let who: Vec<_> = mapped
                .map(|(space, va)| format!("{}’s {}", namer.space(scene, space), namer.bare_address(va)))
                .collect();
            let page = namer.page(scene, frame);
            let what = if scene.before.free { "is free" } else { "is freed" };
            match who.len() {
                0 => format!("{page} {what} while it is still mapped"),
                1 => format!("{page} {what} while {} still leads to it", who[0]),
                _ => format!("{page} {what} while {} still lead to it", listed(&who)),
            }
        }
        _ => words(kind).into(),
    };
    Some(Phrase::of_thing(strong(plain(&text))).short(short).wrong())
}

/// Whether the kind is one that the oracle reports right before the load it is about.
fn is_of_load(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::Foreign | FindingKind::Zeroed | FindingKind::Stale | FindingKind::Future)
}

/// How the value that a load got is wrong.
pub(super) fn wrong_read(scene: &Scene, task: TaskId) -> Option<&'static str> {
    match scene.found.as_ref().filter(|found| found.task == task)?.kind {
        FindingKind::Foreign => Some("what another lineage wrote"),
        FindingKind::Stale => Some("an older value"),
        FindingKind::Future => Some("a value stored after the processes parted"),
        _ => None,
    }
}

/// Sentences about a finding for the end of a story: what it is, which mappings still translate to the page, and
/// which task held or waited for what.
pub fn ending(finding: &FindingReport) -> Vec<String> {
    let place = finding.object.as_ref().zip(finding.page).map(|(object, page)| format!("page {page} of {object}"));
    let page = finding.page_name.clone().or(place);
    let mappings: Vec<_> = finding.mappings.iter().map(mapping).collect();
    let lead = if mappings.len() == 1 { "leads" } else { "lead" };
    let mut said = Vec::new();
    match (finding.kind, page) {
        (FindingKind::FreedWhileMapped, Some(page)) if !mappings.is_empty() => {
            said.push(format!("{} is free, and {} still {lead} to it.", sentence(&page), listed(&mappings)));
        }
        (kind, page) => {
            // The page that a load read may differ from the page that the finding is about.
            let (text, page) = match (is_of_load(kind), page) {
                (true, _) => (finding.detail.clone(), "the page that was read".into()),
                (false, page) => {
                    (format!("{}: {}", words(kind), finding.detail), page.unwrap_or_else(|| "the page".into()))
                }
            };
            said.push(format!("{}.", sentence(&text)));
            if !mappings.is_empty() {
                said.push(format!("{} {lead} to {page}.", sentence(&listed(&mappings))));
            }
        }
    }
    said.extend(finding.tasks.iter().filter(|task| task.has_part()).map(|task| format!("{task}.")));
    said
}

fn mapping(mapping: &MappingReport) -> String {
    let MappingReport { process, va, writable, cpu } = mapping;
    let rights = if *writable { "writable" } else { "read-only" };
    match cpu {
        Some(cpu) => format!("{process}’s {va} in the TLB of CPU {cpu} ({rights})"),
        None => format!("{process}’s {va} ({rights})"),
    }
}

/// Capitalises a sentence's first word; names stay as they are.
pub(super) fn sentence(text: &str) -> String {
    let bare = plain(text);
    let word = bare.split(' ').next().unwrap_or_default();
    match (["a", "page", "all", "tasks", "the"].contains(&word), text.find(word)) {
        (true, Some(at)) => format!("{}{}{}", &text[..at], text[at..=at].to_uppercase(), &text[at + 1..]),
        _ => text.into(),
    }
}
