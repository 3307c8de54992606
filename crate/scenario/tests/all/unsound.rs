//! A search whose repeats go another way than the tasks went says so, in every build.

use crate::forgetful::verdict;
use faultline_explore::Verdict;

#[test]
fn a_task_that_forgets_what_it_reads_makes_a_search_unsound() {
    let (mut repeated, mut known) = (0, 0);
    for turn in 1..25 {
        let Verdict::Unsound(divergence) = verdict("sh", "main", 1, turn) else { continue };
        let said = divergence.to_string();
        assert!(said.starts_with("task 1 ") && said.contains(" reads "), "{said}");
        assert_ne!(divergence.recorded, divergence.met);
        // It is met in a repeat, or before that: another history has led to the same place.
        *if divergence.turn > 0 { &mut repeated } else { &mut known } += 1;
    }
    assert!(repeated > 0 && known > 0, "{repeated} {known}");
}
