//! Which findings follow from others: one cause is often seen several times.
//!
//! The rule, which `docs/scenarios.md` tells: a finding follows from the first one before it that is about the same frame,
//! or the same page of the same object; within one turn the same object is enough; and what was expected of the end follows from
//! the first thing that went wrong before. What follows from something that follows is put under the first.

use crate::system::AT_END;
use faultline_engine::finding::{Finding, FindingKind};

/// For each finding the number of the one that it follows from; the first `of_setup` are the set-up's, whose steps are counted
/// apart.
pub(crate) fn follows(findings: &[Finding], of_setup: usize) -> Vec<Option<usize>> {
    let mut heads: Vec<Option<usize>> = Vec::with_capacity(findings.len());
    for (at, finding) in findings.iter().enumerate() {
        let same_turn = |earlier: usize| {
            let before = &findings[earlier];
            (earlier < of_setup) == (at < of_setup) && (before.step, before.task) == (finding.step, finding.task)
        };
        let cause = (0..at).find(|&earlier| follows_from(finding, &findings[earlier], same_turn(earlier)));
        heads.push(cause.map(|cause| heads[cause].unwrap_or(cause)));
    }
    heads
}

fn follows_from(finding: &Finding, before: &Finding, same_turn: bool) -> bool {
    let same_frame = finding.frame.is_some() && finding.frame == before.frame;
    let same_object = finding.object.is_some() && finding.object == before.object;
    let same_page = same_object && finding.page.is_some() && finding.page == before.page;
    let of_the_end = finding.task == AT_END && before.kind != FindingKind::Expectation;
    same_frame || same_page || (same_turn && same_object) || of_the_end
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline_engine::finding::About;
    use faultline_engine::ids::{ObjectId, TaskId};
    use faultline_engine::machine::addr::{FrameNo, PageIndex};
    use faultline_engine::property::Property;

    fn finding(kind: FindingKind, task: TaskId, step: u64, about: (u32, u64, Option<u32>)) -> Finding {
        let (object, page, frame) = (Some(ObjectId(about.0)), Some(PageIndex(about.1)), about.2.map(FrameNo));
        let finding = Finding::new(kind, Property::E01, task, About { object, page, frame }, "");
        Finding { step, ..finding }
    }

    #[test]
    fn findings_with_one_cause_follow_the_first() {
        use FindingKind::{Assertion, Expectation, Foreign, FreedWhileMapped, Stale};
        let (one, other) = (TaskId(1), TaskId(2));
        let found = [
            finding(FreedWhileMapped, one, 7, (3, 0, Some(9))),
            // The same frame, elsewhere and later.
            finding(Foreign, other, 20, (5, 1, Some(9))),
            // Another page of the same object in the same turn.
            finding(Assertion, one, 7, (3, 1, None)),
            // Another page of it in another turn.
            finding(Assertion, one, 8, (3, 2, None)),
            // The page of something that followed.
            finding(Stale, other, 30, (5, 1, None)),
            // Another page in the same turn as the last.
            finding(Stale, other, 30, (6, 4, None)),
            finding(Expectation, AT_END, 40, (8, 8, None)),
        ];
        assert_eq!(follows(&found, 0), [None, Some(0), Some(0), None, Some(0), None, Some(0)]);
        let of_setup = [finding(Assertion, one, 1, (1, 0, None)), finding(Assertion, one, 1, (1, 1, None))];
        assert_eq!(follows(&of_setup, 1), [None, None], "steps of the set-up are counted apart");
        let expected = [finding(Expectation, AT_END, 4, (1, 0, None)), finding(Expectation, AT_END, 4, (2, 1, None))];
        assert_eq!(follows(&expected, 0), [None, None], "one expectation does not follow from another");
    }
}
