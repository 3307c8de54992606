//! Preemption bounding finds the least schedules: as few preemptions as any order of turns needs, and the shortest of
//! these schedules, as full enumeration counts them (rulings R9).

use crate::puzzle::{Program, Puzzle, small};
use faultline_explore::bounded::Bounded;
use faultline_explore::model::{Model, Property, Wanted};
use faultline_explore::{Bound, Found, Search, TaskId, Verdict, is_preemption};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The best way to violate a property: preemptions, turns, choices.
type Best = BTreeMap<Property, (u32, usize, Vec<u16>)>;

/// Position of a run.
#[derive(Clone, Default)]
struct Path {
    last: Option<TaskId>,
    preemptions: u32,
    turns: usize,
    choices: Vec<u16>,
}

/// Enumerates every order of turns from here on.
fn enumerate(puzzle: &mut Puzzle, path: &Path, best: &mut Best) {
    let runnable = puzzle.runnable();
    let before = puzzle.broken_now().clone();
    for task in runnable.iter() {
        let mut next = path.clone();
        next.preemptions += u32::from(is_preemption(&runnable, path.last, task));
        next.turns += 1;
        next.last = Some(task);
        if runnable.len() > 1 {
            next.choices.push(runnable.place(task).unwrap() as u16);
        }
        puzzle.step(task);
        for &broken in puzzle.broken_now().difference(&before) {
            let how = (next.preemptions, next.turns, next.choices.clone());
            let known = best.entry(broken).or_insert_with(|| how.clone());
            *known = how.min(known.clone());
        }
        enumerate(puzzle, &next, best);
        puzzle.back();
    }
}

fn search(programs: &[Program], mut search: Bounded) -> Verdict {
    search.advance(&mut Puzzle::stopping(programs), u64::MAX).unwrap()
}

fn found(verdict: Verdict) -> Found {
    let Verdict::Found(found) = verdict else { panic!("it is there: {verdict:?}") };
    found
}

proptest! {
    #[test]
    fn the_finding_has_the_fewest_preemptions_and_turns(programs in small()) {
        let mut best = Best::new();
        enumerate(&mut Puzzle::new(&programs), &Path::default(), &mut best);
        for (&broken, (preemptions, turns, choices)) in &best {
            let wanted = || Bounded::new(99).wanted(Wanted::This(broken));
            let first = found(search(&programs, wanted()));
            prop_assert_eq!((first.preemptions, first.property), (*preemptions, broken));
            let shortest = found(search(&programs, wanted().shortest()));
            prop_assert_eq!((shortest.preemptions, shortest.turns), (*preemptions, *turns));
            prop_assert_eq!(shortest.choices.as_slice(), &choices[..], "and the least of these");
            if let Some(fewer) = preemptions.checked_sub(1) {
                let bounded = search(&programs, Bounded::new(fewer).wanted(Wanted::This(broken)));
                prop_assert_eq!(bounded, Verdict::Bounded(Bound::Preemptions(fewer)));
            }
        }
        if best.is_empty() {
            prop_assert_eq!(search(&programs, Bounded::new(99)), Verdict::Complete);
        }
    }
}
