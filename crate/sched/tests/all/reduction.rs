//! State matching and the partial-order reduction miss nothing (rulings R41, R42): whatever final states and
//! violations full enumeration of all orders of turns can reach, each of them and both together reach too. And they
//! depend on the accesses that the engine declares: with one of them hidden, something is missed.

use crate::program::{self, Act, Program, machine};
use crate::proof::{Outcomes, SLEEP, STATES, Watched};
use faultline_engine::finding::FindingKind;
use faultline_explore::exhaustive::Reduction;
use faultline_sched::model::kind;
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeSet;

fn outcomes(program: &Program, reduction: Reduction) -> Outcomes {
    Watched::new(machine(program)).walk(reduction).0.met
}

/// The same with fused turns.
fn fused(program: &Program, reduction: Reduction) -> Outcomes {
    Watched::new(machine(program).fused(true)).walk(reduction).0.met
}

#[test]
fn programs_have_the_same_final_states_with_and_without_reduction() {
    // Every kind of violation occurred in some program, so the comparison is not vacuous.
    let kinds = RefCell::new(BTreeSet::new());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(120));
    runner
        .run(&program::program(), |program| {
            let plain = outcomes(&program, Reduction::NONE);
            for reduction in [STATES, SLEEP, Reduction::FULL] {
                prop_assert_eq!(&outcomes(&program, reduction), &plain, "{:?} of {:?}", reduction, &program);
                prop_assert_eq!(&fused(&program, reduction), &plain, "{:?}, fused, of {:?}", reduction, &program);
            }
            kinds.borrow_mut().extend(plain.broken.iter().filter_map(|&p| kind(p)));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let all = [FindingKind::Assertion, FindingKind::Deadlock, FindingKind::LostWakeup];
    assert_eq!(kinds.into_inner(), BTreeSet::from(all));
}

fn binomial(n: u64, k: u64) -> u64 {
    (0..k).fold(1, |c, i| c * (n - i) / (i + 1))
}

#[test]
fn tasks_without_common_words_are_run_in_one_order() {
    for (m, n) in [(1, 1), (2, 3), (5, 2), (4, 4), (6, 6)] {
        // One turn more than acts: the first leads to the first point.
        let program = vec![vec![Act::Add(0, 1); m - 1], vec![Act::Add(1, 1); n - 1]];
        let executions = |reduction| Watched::new(machine(&program)).walk(reduction).1.executions;
        let (m, n) = (m as u64, n as u64);
        assert_eq!(executions(Reduction::NONE), binomial(m + n, n), "{m} and {n} points");
        assert_eq!(executions(SLEEP), 1, "{m} and {n} points");
        assert_eq!(executions(Reduction::FULL), 1, "{m} and {n} points");
        let words = Watched::new(machine(&program)).walk(STATES).1;
        assert_eq!(words.states, (m + 1) * (n + 1));
    }
}

#[test]
fn tasks_that_only_read_common_words_are_run_in_one_order() {
    let program = vec![vec![Act::Load(0); 4], vec![Act::Load(0); 4], vec![Act::Load(0); 2]];
    assert_eq!(Watched::new(machine(&program)).walk(SLEEP).1.executions, 1);
}

/// The number of words that, hidden from the search, make it miss something.
fn words_it_needs(program: &Program, reduction: Reduction) -> usize {
    let whole = Watched::new(machine(program)).walk(Reduction::NONE).0;
    assert_eq!(outcomes(program, reduction), whole.met);
    let blind = |word| {
        let mut watched = Watched::new(machine(program));
        watched.hidden = Some(word);
        let met = watched.walk(reduction).0.met;
        assert!(met.are_among(&whole.met), "a search does not make things up");
        met != whole.met
    };
    whole.shared().into_iter().filter(|&word| blind(word)).count()
}

#[test]
fn a_missing_declared_access_makes_the_search_miss_a_state() {
    use Act::*;
    let meets: [(&str, Program); 7] = [
        ("a lost update", vec![vec![Load(0), Write(0, 1)]; 2]),
        ("a compare and swap", vec![vec![Cas(0, 0, 1)], vec![Cas(0, 0, 2)]]),
        ("an addition that is read", vec![vec![Add(0, 1), Write(1, 0)], vec![Add(0, 1)]]),
        ("an assertion", vec![vec![Assert(0, 1)], vec![Store(0, 1), Store(0, 0)]]),
        ("a lock", vec![vec![Lock(0, true), Nothing, Unlock(0)], vec![TryLock(0, true), Sleep(1)]]),
        ("a wakeup", vec![vec![Sleep(0)], vec![Wakeup(0)]]),
        // Between the two stores only the first task can end the tick.
        ("a tick", vec![vec![Nothing], vec![Cas(0, 1, 2), Tick, Assert(0, 2)], vec![Store(0, 1), Store(0, 0)]]),
    ];
    for (what, program) in meets {
        let needs = (words_it_needs(&program, SLEEP), words_it_needs(&program, Reduction::FULL));
        assert!(needs.0 > 0 && needs.1 > 0, "{what}: {needs:?}");
    }
}
