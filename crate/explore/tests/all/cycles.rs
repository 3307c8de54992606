//! Cyclic state spaces: the search terminates, and misses no final state and no violation, alone and in a parallel
//! search whose workers share closed states (rulings R8, R42, R44).

use crate::puzzle::{Program, Puzzle, forward, programs};
use faultline_explore::exhaustive::{Closed, Exhaustive, Reduction, SharedClosed};
use faultline_explore::model::Property;
use faultline_explore::strategy::random::Dice;
use faultline_explore::{Search, Verdict};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// State matching alone.
const STATES: Reduction = Reduction { states: true, sleep: false };

fn everything(programs: &[Program], reduction: Reduction) -> (BTreeSet<u64>, BTreeSet<Property>) {
    let mut puzzle = Puzzle::new(programs);
    assert_eq!(Exhaustive::new(reduction).advance(&mut puzzle, u64::MAX), Some(Verdict::Complete));
    (puzzle.met, puzzle.broke)
}

/// Workers that take turns in random order; what all have visited when the first of them is done.
fn parallel(programs: &[Program], walkers: usize, seed: u64) -> (BTreeSet<u64>, BTreeSet<Property>, usize) {
    let closed = Arc::<Closed>::default();
    let walker = |index| Exhaustive::new(Reduction::FULL).shared(SharedClosed::new(closed.clone(), index));
    let mut all: Vec<_> = (0..walkers).map(|i| (walker(i), Puzzle::new(programs))).collect();
    let mut dice = Dice::new(seed);
    loop {
        let index = dice.below(walkers);
        let (search, puzzle) = &mut all[index];
        if search.advance(puzzle, 1 + dice.below(9) as u64).is_some() {
            let met = all.iter().flat_map(|a| &a.1.met).copied().collect();
            let broke = all.iter().flat_map(|a| &a.1.broke).copied().collect();
            return (met, broke, index);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn sleep_sets_lose_no_final_state_and_no_violation_on_cycles(programs in programs()) {
        prop_assert_eq!(everything(&programs, Reduction::FULL), everything(&programs, STATES));
    }

    #[test]
    fn when_one_worker_is_done_all_final_states_have_been_visited(programs in programs(), walkers in 2usize..4, seed: u64) {
        let all = everything(&programs, STATES);
        for round in 0..4 {
            let (met, broke, by) = parallel(&programs, walkers, seed.wrapping_add(round));
            prop_assert_eq!((&met, &broke), (&all.0, &all.1), "walker {} of {}", by, walkers);
        }
    }

    #[test]
    fn the_finding_is_the_least_schedule_with_sleep_sets_too(programs in programs()) {
        // Without backward jumps: otherwise schedules that go round a cycle come first.
        let programs = forward(programs);
        let all = everything(&programs, STATES);
        let mut puzzle = Puzzle::stopping(&programs);
        let verdict = Exhaustive::new(Reduction::FULL).advance(&mut puzzle, u64::MAX).unwrap();
        match verdict {
            Verdict::Complete => prop_assert!(all.1.is_empty()),
            Verdict::Found(found) => {
                prop_assert!(all.1.contains(&found.property));
                let mut plain = Puzzle::stopping(&programs);
                let first = Exhaustive::new(STATES).advance(&mut plain, u64::MAX).unwrap();
                let Verdict::Found(first) = first else { panic!("it is there") };
                prop_assert_eq!(found.choices, first.choices, "skipping orders skips no first one");
            }
            Verdict::Bounded(_) | Verdict::Unsound(_) => panic!("nothing bounds it"),
        }
    }
}
