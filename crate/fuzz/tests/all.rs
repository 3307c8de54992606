//! Every target with its corpus, then with a fixed number of mutated inputs.
#![allow(clippy::unwrap_used, reason = "tests")]

use faultline_fuzz::memory::{Counting, Meter, counting};
use faultline_fuzz::run::{Failure, Outcome, Run, run};
use faultline_fuzz::{TARGETS, Target, corpus};
use std::sync::{Mutex, PoisonError};

#[global_allocator]
static ALLOCATOR: Counting = counting();

/// One at a time: memory is counted for the whole program.
static TURN: Mutex<()> = Mutex::new(());

fn holds(name: &str) {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = Target::find(name).unwrap();
    let goes_on = &mut |case| case < target.cases;
    let meter = Meter(Some(&ALLOCATOR));
    let Outcome { good, failure, .. } = run(target, Run { seed: 1, goes_on, before: &mut |_| {}, meter }).unwrap();
    drop(turn);
    if let Some(Failure { from, input, why }) = failure {
        let input = String::from_utf8_lossy(&input);
        panic!("{from}: {why}\n{input}\n`cargo xtask fuzz --target {name}` keeps it in tests/corpus/{name}");
    }
    assert!(good > target.cases / 40, "only {good} inputs were taken for good ones: changes are too wild");
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { holds(stringify!($name)); })*
        #[test]
        fn every_target_has_its_corpus() {
            assert_eq!(TARGETS.map(|target| target.name), [$(stringify!($name)),*]);
            for target in &TARGETS {
                assert!(!corpus::of(target).unwrap().is_empty(), "{} has none", target.name);
            }
        }
    };
}

targets! { scenario link choices policy trace vectors page play search }
