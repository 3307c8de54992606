//! The verdict and the schedule of programs on the engine do not depend on the number of workers (rulings R44).

use crate::program;
use crate::program::Act::*;
use crate::verdict::{alone, parallel};
use faultline_explore::Verdict;

#[test]
fn programs_have_the_same_verdict_with_any_number_of_workers() {
    let programs = [
        vec![vec![Lock(0, true), Lock(1, true)], vec![Lock(1, true), Lock(0, true)]],
        vec![vec![Lock(0, true), Lock(1, true)], vec![Lock(0, true), Lock(1, false)]],
        vec![vec![AwaitLate(0, 0)], vec![Store(0, 1), Wakeup(0)]],
        vec![vec![Await(0, 0)], vec![Store(0, 1), Wakeup(0)]],
        vec![vec![Load(0), Write(0, 1)], vec![Load(0), Write(0, 1)], vec![Tick, Tick, Assert(0, 1)]],
    ];
    let mut found = 0;
    for program in programs {
        let make = || program::machine(&program).fused(true);
        let verdict = alone(make());
        found += usize::from(matches!(verdict, Some(Verdict::Found(_))));
        for workers in 1..=3 {
            assert_eq!(parallel(workers, make), verdict, "{workers} workers, {program:?}");
        }
    }
    assert_eq!(found, 3);
}
