//! A search that is not to be believed says so in WebAssembly too, where nothing unwinds and no debug assertion is left.

use crate::forgetful::verdict;
use faultline_explore::Verdict;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn a_task_that_forgets_what_it_reads_makes_a_search_unsound() {
    // In the first of them a repeat diverges, in the second a turn that another history leads to.
    for (turn, repeats) in [(5, true), (3, false)] {
        let verdict = verdict("sh", "main", 1, turn);
        let Verdict::Unsound(divergence) = verdict else { panic!("turn {turn}: {verdict:?}") };
        assert_eq!(divergence.turn > 0, repeats, "{divergence}");
    }
}
