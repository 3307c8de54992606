//! Searches of random scenarios, on every kernel: no replay diverges, and what a search says that
//! memoises, repeats, fuses and skips is what one says that does nothing of the sort.

use crate::programs::{Dice, Plan, mutated, program};
use crate::random::{ALL, cases, concurrent};
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_engine::world::PmapCopy;
use faultline_explore::{TaskId, Tasks, is_preemption};
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::player::Player;
use faultline_scenario::search::report::SearchReport;
use faultline_scenario::search::{KindFilter, Method, Request, SearchJob};
use faultline_sched::{Checks, System};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// States that a search of one scenario may meet.
const STATES: u64 = 15_000;

fn dice(counts: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Dice>> {
    prop::collection::vec(any::<Dice>(), counts)
}

fn plan(before: usize, tasks: std::ops::Range<usize>, ops: usize) -> impl Strategy<Value = Plan> {
    let tasks = prop::collection::vec(dice(1..ops), tasks);
    (any::<Dice>(), dice(0..before), tasks).prop_map(|(head, before, tasks)| Plan { head, before, tasks })
}

/// A kernel; now and then one with a defect or another order of `pmap_enter`.
fn kernel() -> impl Strategy<Value = String> {
    let changes = ["", "", "", "", ",+OF1", ",+OF2", ",+OF3", ",+OF4", ",+P17", ",+P18", ",+P16=write-first"];
    (0..PRESETS.len(), 0..changes.len()).prop_map(move |(preset, change)| {
        let kernel = format!("{}{}", PRESETS[preset].name, changes[change]);
        if Policy::parse(&kernel).is_ok() { kernel } else { PRESETS[preset].name.into() }
    })
}

fn read(text: &str) -> Result<Scenario, TestCaseError> {
    parse("changed", text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))
}

fn searched(text: &str, kernel: &str, request: Request, shrinks: bool) -> Result<SearchReport, TestCaseError> {
    let failed = |error: &dyn std::fmt::Display| TestCaseError::fail(format!("{error}\n{kernel}\n{text}"));
    let (scenario, policy) = (read(text)?, Policy::parse(kernel).map_err(|error| failed(&error))?);
    let mut job = SearchJob::new(&scenario, &policy, request, shrinks).map_err(|error| failed(&error))?;
    while !job.advance(10_000).map_err(|error| failed(&error))? {}
    let report = job.report().map_err(|error| failed(&error))?;
    if report.unsound.is_some() {
        return Err(failed(&report.text));
    }
    Ok(report)
}

fn request(method: Method) -> Request {
    Request { method, kinds: KindFilter::Any, states: STATES, executions: 10, ..Request::default() }
}

proptest! {
    #![proptest_config(cases(600))]
    #[test]
    fn no_replay_diverges_with_two_preemptions(plan in plan(14, 2..5, 4), kernel in kernel()) {
        searched(&program(&plan), &kernel, request(Method::Preemptions(2)), false)?;
    }

    #[test]
    fn no_replay_diverges_in_random_families_of_processes(
        before in dice(0..16), tasks in prop::collection::vec(dice(0..4), 2..5), kernel in kernel(),
    ) {
        searched(&concurrent(ALL, &before, &tasks), &kernel, request(Method::Preemptions(2)), false)?;
    }
}

proptest! {
    #![proptest_config(cases(150))]
    #[test]
    fn no_replay_diverges_with_any_search_method(plan in plan(10, 2..4, 3), kernel in kernel(), shrinks: bool) {
        for method in [Method::Exhaustive, Method::Random, Method::Pct(3)] {
            // To make a finding small takes many searches: of few states.
            let few = Request { states: 3_000, ..request(method) };
            searched(&program(&plan), &kernel, few, shrinks && method == Method::Pct(3))?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: u32::MAX, ..cases(300) })]
    #[test]
    fn no_replay_diverges_in_mutated_scenarios_of_the_gallery(
        exhibit in 0..GALLERY.len(), changes in dice(1..5), kernel in kernel(), method in 0..4usize,
    ) {
        let text = mutated(GALLERY[exhibit].text, &changes);
        // Most changes make no scenario; and rulings R47.
        let fits = |s: Scenario| s.header.pmap_copy == PmapCopy::None || !text.contains("minherit");
        prop_assume!(parse("changed", &text).is_ok_and(fits));
        let method = [Method::Exhaustive, Method::Preemptions(1), Method::Random, Method::Pct(4)][method];
        let request = Request { states: 2_000, executions: 10, ..request(method) };
        match searched(&text, &kernel, request, false) {
            // Its set-up may come to nothing: that is an answer too.
            Err(TestCaseError::Fail(why)) if why.message().starts_with("the set-up of changed") => {}
            other => _ = other?,
        }
    }
}

/// What every schedule with at most so many preemptions breaks; nothing if there are more than `most` schedules.
/// Each is a run from the end of the set-up that polls every task at every turn: nothing is memoised,
/// repeated, fused or skipped.
fn enumerated(scenario: &Scenario, policy: &Policy, preemptions: u32, most: usize) -> Option<BTreeSet<String>> {
    let keep = Keep { undo: true, ..Keep::NOTHING };
    let checks = Checks::default();
    let mut player =
        Player::keeping(scenario, policy, checks, Keep { counters: false, fingerprint: true, ..keep }).ok()?;
    let (mut broken, mut runs) = (BTreeSet::new(), 0);
    // Beginnings of schedules that are yet to be run, with the preemptions that they leave.
    let mut open: Vec<(Vec<TaskId>, u32)> = vec![(Vec::new(), preemptions)];
    while let Some((beginning, left)) = open.pop() {
        runs += 1;
        if runs > most {
            return None;
        }
        player.run_mut().seek(0);
        for &task in &beginning {
            player.run_mut().step_task(task).ok()?;
        }
        let mut trail = beginning;
        loop {
            let runnable = player.run().runnable().clone();
            let last = trail.last().copied();
            let Some(next) = last.filter(|&last| runnable.contains(last)).or(runnable.first()) else { break };
            for other in runnable.iter().filter(|&other| other != next) {
                let cost = u32::from(is_preemption(&runnable, last, other));
                if let Some(left) = left.checked_sub(cost) {
                    open.push((trail.iter().copied().chain([other]).collect(), left));
                }
            }
            player.run_mut().step_task(next).ok()?;
            trail.push(next);
        }
        let findings = player.run().findings();
        let of_the_end = player.run().system().final_findings(&findings);
        broken.extend(findings.iter().chain(&of_the_end).map(|f| format!("{} {}", f.kind.name(), f.property)));
    }
    Some(broken)
}

proptest! {
    #![proptest_config(cases(60))]
    #[test]
    fn a_search_has_a_finding_exactly_where_full_enumeration_has_one(
        plan in plan(6, 2..3, 2), kernel in kernel(), defect in prop::sample::select(vec!["", ",-P01", ",-P02,-P09"]),
    ) {
        let text = program(&plan);
        let kernel = Some(format!("{kernel}{defect}")).filter(|k| Policy::parse(k).is_ok()).unwrap_or(kernel);
        let (scenario, policy) = (read(&text)?, Policy::parse(&kernel).unwrap());
        let Some(broken) = enumerated(&scenario, &policy, 1, 1_500) else { return Ok(()) };
        let whole = |method| Request { states: 2_000_000, ..request(method) };
        let bounded = searched(&text, &kernel, whole(Method::Preemptions(1)), false)?;
        let found: BTreeSet<_> = bounded.findings.iter().map(|f| format!("{} {}", f.kind.name(), f.property)).collect();
        prop_assert_eq!(found.is_empty(), broken.is_empty(), "{:?} {:?} {}\n{}", found, broken, kernel, text);
        prop_assert!(found.is_subset(&broken), "{:?} {:?} {}\n{}", found, broken, kernel, text);
        let exhaustive = searched(&text, &kernel, whole(Method::Exhaustive), false)?;
        prop_assert!(!exhaustive.complete || broken.is_empty(), "{:?} {}\n{}", broken, kernel, text);
    }
}
