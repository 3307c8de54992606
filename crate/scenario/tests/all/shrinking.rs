//! What is taken away from a scenario is not missed: the smaller one can be read from its text and
//! shows the same finding by the same choices; nothing more can be taken away from it; and it is the
//! same one every time.

use faultline_engine::env::stepped::Keep;
use faultline_engine::finding::FindingKind;
use faultline_engine::policy::Policy;
use faultline_explore::bounded::Bounded;
use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::model::{Property, Wanted};
use faultline_explore::{Choices, Found, Search, Verdict};
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::search::shrink::{Reducer, minimise_schedule};
use faultline_scenario::search::{ScenarioExecutor, executor_for};
use faultline_sched::System;
use faultline_sched::model::property;
use std::rc::Rc;

/// A load that expects what a store of another thread takes away, among much that has
/// nothing to do with it.
const STALE: &str = "frames 40
pages 3
setup {
  process P
  P: mmap va0; store va0 X0; store va1 Y0
  P: fork Q
  Q: store va1 Y1
  name O = object P va0
  expect ref(O) = 2
}
task W of P: load va1; store va0 Z0; load va0
task R of P: load va0 = X0; load va2
task N of Q: load va0; exit
schedule s {
  R until end
}
";

/// Two that fork while a third exits: a signal that nobody expects.
const SIGNAL: &str = "frames 40
pages 2
setup {
  process P
  P: mmap va0; store va0 X0
}
task A of P: load va0; munmap va0
task B of P: store va0 Z0; load va1
";

fn open(scenario: &Scenario, policy: &Policy) -> ScenarioExecutor {
    executor_for(&Rc::new(scenario.clone()), policy, Keep::SEARCH).unwrap()
}

fn first(scenario: &Scenario, policy: &Policy) -> Found {
    let mut search = Exhaustive::new(Reduction::FULL);
    match search.advance(&mut open(scenario, policy), u64::MAX) {
        Some(Verdict::Found(found)) => found,
        other => panic!("{}: {other:?}", scenario.name),
    }
}

/// What stands broken after a schedule, and whether the run is over.
fn played(scenario: &Scenario, policy: &Policy, choices: &Choices, turns: usize) -> (Vec<Property>, Vec<Property>) {
    let mut executor = open(scenario, policy).fused(false);
    let mut left = choices.as_slice().iter();
    let broken = |executor: &ScenarioExecutor| {
        let mut findings = executor.env().findings();
        if executor.runnable().is_empty() {
            let ended = executor.system().final_findings(&findings);
            findings.extend(ended);
        }
        findings.iter().map(property).collect::<Vec<_>>()
    };
    let mut before = Vec::new();
    for _ in 0..turns {
        before = broken(&executor);
        let runnable = executor.runnable();
        let at = if runnable.len() > 1 { usize::from(*left.next().unwrap()) } else { 0 };
        executor.step(runnable.nth(at).unwrap()).unwrap();
    }
    assert_eq!(left.next(), None, "every choice was made");
    (before, broken(&executor))
}

fn trimmed(scenario: &Scenario, policy: &Policy, found: &Found, slice: u64) -> (String, Found) {
    let mut trim = Reducer::new(scenario, policy, found.clone());
    while !trim.advance(slice) {}
    let (smaller, found) = trim.result().expect("there is much to take away");
    (smaller.to_string(), found.clone())
}

fn operations(scenario: &Scenario) -> usize {
    scenario.tasks.iter().map(|t| t.ops.len()).sum()
}

#[test]
fn the_reduced_scenario_reproduces_the_finding_and_is_deterministic() {
    for (name, text, preset) in [("stale", STALE, "main"), ("stale", STALE, "2019-12"), ("signal", SIGNAL, "main")] {
        let (scenario, policy) = (parse(name, text).unwrap(), Policy::preset(preset).unwrap());
        let found = first(&scenario, &policy);
        assert!(played(&scenario, &policy, &found.choices, found.turns).1.contains(&found.property));
        let shorter = match minimise_schedule(&found).advance(&mut open(&scenario, &policy), u64::MAX) {
            Some(Verdict::Found(shorter)) => shorter,
            other => panic!("what was found can be found: {other:?}"),
        };
        assert!((shorter.preemptions, shorter.turns) <= (found.preemptions, found.turns));
        assert_eq!(shorter.property, found.property);

        let (text, least) = trimmed(&scenario, &policy, &shorter, u64::MAX);
        for slice in [1000, 100_000] {
            assert_eq!(trimmed(&scenario, &policy, &shorter, slice), (text.clone(), least.clone()), "{name}");
        }
        let smaller = parse(name, &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(operations(&smaller) < operations(&scenario) && smaller.tasks.len() <= 2, "{text}");
        assert!(least.preemptions <= shorter.preemptions && least.property == found.property);
        let (before, after) = played(&smaller, &policy, &least.choices, least.turns);
        assert!(!before.contains(&least.property) && after.contains(&least.property), "{text}");
        // None of what is left can go.
        let mut again = Reducer::new(&smaller, &policy, least.clone());
        while !again.advance(u64::MAX) {}
        assert!(again.result().is_none(), "{text}");
        // It is found again from scratch, with nothing else in its way.
        let mut search = minimise_schedule(&least).wanted(Wanted::This(least.property));
        let verdict = search.advance(&mut open(&smaller, &policy), u64::MAX);
        assert_eq!(verdict, Some(Verdict::Found(least)));
    }
}

#[test]
fn a_race_is_not_reduced_to_a_bug_without_preemptions() {
    // Any load that nothing is mapped for makes the same signal, and so would a scenario of one load.
    let exhibit = gallery::find("of2-signal").unwrap();
    let (scenario, policy) = (exhibit.scenario().unwrap(), Policy::parse("2020-01-weakened-pip,+OF2").unwrap());
    let mut search = Bounded::new(2).wanted(Wanted::Kind(FindingKind::Expectation as u8));
    let Some(Verdict::Found(found)) = search.advance(&mut open(&scenario, &policy), u64::MAX) else {
        panic!("it is in the gallery for it")
    };
    let (text, least) = trimmed(&scenario, &policy, &found, u64::MAX);
    assert!(found.preemptions > 0 && least.preemptions > 0, "{text}");
    let mut by_itself = Bounded::new(0).wanted(Wanted::This(least.property));
    let verdict = by_itself.advance(&mut open(&parse("smaller", &text).unwrap(), &policy), u64::MAX);
    assert!(!matches!(verdict, Some(Verdict::Found(_))), "{text}");
}

#[test]
fn names_are_kept_while_they_name_something_distinct() {
    let scenario = gallery::find("t3").unwrap().scenario().unwrap();
    let policy = Policy::preset("2019-12").unwrap();
    let mut search = Bounded::new(2).wanted(Wanted::Kind(FindingKind::FreedWhileMapped as u8));
    let Some(Verdict::Found(found)) = search.advance(&mut open(&scenario, &policy), u64::MAX) else {
        panic!("it takes two preemptions")
    };
    let (text, _) = trimmed(&scenario, &policy, &found, u64::MAX);
    for kept in ["name O = ", "name M = ", "name p0 = "] {
        assert!(text.contains(kept), "{text}");
    }
    // Page 1 of O is gone, and without a store of B before it M is what B has on top.
    for gone in ["name q0 = ", "name S = "] {
        assert!(!text.contains(gone), "{text}");
    }
}
