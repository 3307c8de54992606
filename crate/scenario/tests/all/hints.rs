//! `pmap-copy choose` (rulings R47): whether a fork copies an entry is decided page by page, by
//! whoever decides the interleaving.

use crate::proof::Watched;
use faultline_engine::env::stepped::Keep;
use faultline_engine::finding::FindingKind::Expectation;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::{Search, Verdict};
use faultline_scenario::link::{Link, Source, open_text};
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling, run};
use faultline_scenario::search::report::SearchReport;
use faultline_scenario::search::{Established, Method, Request, SearchJob, executor_for};
use faultline_sched::Checks;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A fork of two pages that the parent maps.
fn fork(copy: &str, expect: &str) -> String {
    format!(
        "pages 2\npmap-copy {copy}
        setup {{ process P; P: mmap va0; store va0 X0; store va1 Y0 }}
        task T of P: fork C
        {expect}"
    )
}

fn read(text: &str) -> Scenario {
    parse("hints", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn main() -> Policy {
    Policy::preset("main").unwrap()
}

fn searched(text: &str, policy: &Policy, method: Method) -> SearchReport {
    let request = Request { method, executions: 200, ..Request::default() };
    let mut job = SearchJob::new(&read(text), policy, request, method == Method::Exhaustive).unwrap();
    while !job.advance(100_000).unwrap() {}
    job.report().unwrap()
}

#[test]
fn every_entry_is_copied_in_some_run_and_left_in_another() {
    // Following a hint leaves nobody who could have gone on.
    let ways = [Method::Exhaustive, Method::Preemptions(0), Method::Random, Method::Pct(3)];
    for (page, method) in (0..2).flat_map(|page| ways.map(|method| (page, method))) {
        for (copy, wrong) in [("none", ["r"].as_slice()), ("all", &["none"]), ("choose", &["none", "r"])] {
            for rights in ["none", "r"] {
                let text = fork(copy, &format!("expect pte(C va{page}) = {rights}"));
                let report = searched(&text, &main(), method);
                let found = report.findings.first().map(|f| f.kind);
                assert_eq!(found, wrong.contains(&rights).then_some(Expectation), "{method:?} {text}");
                let fewest = matches!(method, Method::Exhaustive | Method::Preemptions(_));
                assert!(!fewest || report.findings.iter().all(|f| f.preemptions == 0), "{method:?} {text}");
            }
        }
    }
}

#[test]
fn hints_of_two_pages_lead_to_four_final_states() {
    for preset in PRESETS {
        for reduction in [Reduction::FULL, Reduction { states: true, sleep: false }, Reduction::NONE] {
            // In a sequence there is one task, and the child has nothing to do.
            let scenario = Rc::new(read(&fork("choose", "").replace("task T of P: fork C", "sequence { P: fork C }")));
            let mut executor = executor_for(&scenario, &Policy::from(preset), Keep::SEARCH).unwrap().fused(true);
            let mut search = Exhaustive::new(reduction);
            assert_eq!(search.advance(&mut executor, 100_000), Some(Verdict::Complete));
            assert_eq!(
                Search::<faultline_scenario::search::ScenarioExecutor>::stats(&search).executions,
                4,
                "{}",
                preset.name
            );
        }
    }
}

/// Both ways read and write one word: kept from the search, it takes one for the other.
#[test]
fn following_a_hint_and_not_following_it_are_dependent() {
    let scenario = Rc::new(read(&fork("choose", "").replace("task T of P: fork C", "sequence { P: fork C }")));
    let walk = |hidden| {
        let mut watched = Watched::new(executor_for(&scenario, &main(), Keep::SEARCH).unwrap().fused(true));
        watched.hidden = hidden;
        watched.walk(Reduction::FULL).0
    };
    let whole = walk(None);
    assert_eq!(whole.met.ends.len(), 4);
    let missed = |word: &u64| walk(Some(*word)).met.ends.len() < 4;
    assert_eq!(whole.shared().iter().filter(|word| missed(word)).count(), 1);
}

#[test]
fn a_stored_schedule_and_task_order_follow_no_hint() {
    let text = fork("choose", "expect pte(C va0) = none\nexpect pte(C va1) = none\nschedule s { T until end }");
    for how in [Scheduling::Default, Scheduling::TaskOrder] {
        assert_eq!(run(&read(&text), &main(), &how).unwrap().findings, []);
    }
    let ends = |seed| run(&read(&text), &main(), &Scheduling::Random(seed)).unwrap().fingerprint;
    assert_eq!((0..40).map(ends).collect::<BTreeSet<_>>().len(), 4, "chance follows some");
}

#[test]
fn a_finding_with_hints_replays_and_can_be_linked() {
    let text = fork("choose", "expect pte(C va1) = none");
    let found = searched(&text, &main(), Method::Exhaustive).findings.remove(0);
    let mut player = Player::new(&read(&text), &main(), Checks::FULL).unwrap();
    player.play(&Scheduling::Choices(found.choices.parse().unwrap())).unwrap();
    assert_eq!(player.report().kinds(), [Expectation], "{}", found.choices);
    let (end, fingerprint) = (player.run().trail().len(), player.run().fingerprint());
    let link = Link::to(&mut player, Source::of("hints", &text), end, None).unwrap();
    let opened = open_text(&link.to_string()).unwrap();
    assert_eq!((opened.differs, opened.player.run().fingerprint()), (vec![], fingerprint));
    // To and fro along it.
    let run = player.run_mut();
    assert!(run.seek(end / 2) && run.seek(0) && run.seek(end));
    assert_eq!(run.fingerprint(), fingerprint);
}

#[test]
fn a_search_has_room_for_both_turns_of_every_task() {
    let searched = |copy: &str, count: usize| {
        let tasks: String = (0..count).map(|nth| format!("task T{nth} of P: load va0\n")).collect();
        let text = format!("frames 200\npmap-copy {copy}\nsetup {{ process P; P: mmap va0 }}\n{tasks}");
        let scenario = Rc::new(parse("many", &text).unwrap());
        executor_for(&scenario, &Policy::preset("main").unwrap(), Keep::SEARCH)
            .map(|executor| executor.runnable().len())
    };
    assert_eq!((searched("choose", 31), searched("none", 63)), (Ok(31), Ok(63)));
    let refused = |copy, count| searched(copy, count).unwrap_err().to_string();
    assert!(refused("choose", 32).contains("a search takes at most 31 where fork may copy entries or not"));
    assert!(refused("none", 64).contains("has 64 tasks, forked ones included, and a search takes at most 63"));
}

/// What a fork may leave out no program notices.
#[test]
fn hints_change_no_loaded_value() {
    let text = "pages 2\npmap-copy choose
        setup { process P; P: mmap va0; store va0 X0; store va1 Y0 }
        task T of P { fork C { load va0 = X0; store va1 Y1; load va1 = Y1 }; load va1 = Y0 }
        task U of P: load va0 = X0
        expect no finding";
    for name in ["2021", "2025-04", "main"] {
        let report = searched(text, &Policy::preset(name).unwrap(), Method::Preemptions(1));
        assert_eq!((report.verdict, report.findings), (Established::Bounded, vec![]), "{name}");
    }
}
