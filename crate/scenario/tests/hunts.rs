//! Hunts that begin in the middle of a run.

#![allow(clippy::unwrap_used, reason = "tests")]

use faultline_engine::policy::Policy;
use faultline_scenario::gallery;
use faultline_scenario::player::{How, PlayError, Player};
use faultline_scenario::search::report::HuntReport;
use faultline_scenario::search::{Hunt, Request};
use faultline_sched::explore::crew::Crew;
use faultline_sched::{Checks, Choices};

fn hunt(policy: &str) -> Hunt {
    let scenario = gallery::find("t3").unwrap().scenario().unwrap();
    Hunt::new(&scenario, &Policy::parse(policy).unwrap(), Request::default(), false).unwrap()
}

fn report(mut hunt: Hunt) -> HuntReport {
    while !hunt.advance(50_000).unwrap() {}
    hunt.report().unwrap()
}

fn first(count: usize, choices: &str) -> Choices {
    let mut choices: Choices = choices.parse().unwrap();
    choices.truncate(count);
    choices
}

#[test]
fn what_is_found_from_there_on_begins_with_the_choices_that_led_there() {
    // Somebody else goes first, so it is another finding than from the beginning.
    let before = first(3, "bab");
    let report = report(hunt("2019-12").from(&before).unwrap());
    assert_eq!(report.verdict, "found");
    let found = &report.findings[0];
    let choices: Choices = found.choices.parse().unwrap();
    assert_eq!(&choices.as_slice()[..3], before.as_slice());

    let scenario = gallery::find("t3").unwrap().scenario().unwrap();
    let mut player = Player::new(&scenario, &Policy::parse("2019-12").unwrap(), Checks::default()).unwrap();
    player.play(&How::Choices(choices)).unwrap();
    let played = player.report();
    assert!(played.findings.iter().any(|f| f.kind == found.kind && f.detail == found.detail), "{found:?}");
    let trail = &player.run().trail()[..found.turns];
    let leaves = |at: usize| at > 0 && trail[at].task != trail[at - 1].task && trail[at].choice.is_some();
    // Not every change of task leaves one that could have gone on, but every preemption changes the task.
    assert!(found.preemptions as usize <= (0..trail.len()).filter(|&at| leaves(at)).count());
}

#[test]
fn where_it_has_come_up_already_there_is_nothing_to_search() {
    let whole = report(hunt("2019-12")).findings.remove(0);
    let again = report(hunt("2019-12").from(&first(usize::MAX, &format!("{}a40", whole.choices))).unwrap());
    assert_eq!((again.verdict, again.states), ("found", 0));
    assert_eq!((again.findings[0].turns, again.findings[0].preemptions), (whole.turns, whole.preemptions));
}

#[test]
fn with_the_fix_the_proof_is_of_what_follows_the_choices() {
    let report = report(hunt("2020-01-fixed").from(&first(12, "a6b6")).unwrap());
    assert_eq!((report.verdict, report.complete), ("complete", true));
    assert!(report.text.contains("from there on"), "{}", report.text);
}

#[test]
fn choices_among_more_tasks_than_can_run_are_refused() {
    assert!(matches!(hunt("main").from(&first(1, "z")), Err(PlayError::Choice { at: 1, choice: 25, .. })));
}

#[test]
fn a_crew_from_there_on_finds_what_one_alone_finds() {
    let before = first(3, "bab");
    let request = Request::default();
    let crew = Crew::new(2, request.states, request.wanted());
    std::thread::scope(|scope| {
        for index in 0..2 {
            let (crew, before) = (&crew, &before);
            scope.spawn(move || hunt("2019-12").from(before).unwrap().help(crew, index));
        }
    });
    let mut together = hunt("2019-12").from(&before).unwrap();
    together.settle(crew.verdict(), crew.stats()).unwrap();
    assert_eq!(report(together).findings, report(hunt("2019-12").from(&before).unwrap()).findings);
}

#[test]
fn a_hunt_that_was_stopped_says_how_far_it_came() {
    let mut stopped = hunt("2020-01-fixed");
    assert!(!stopped.advance(500).unwrap());
    let report = stopped.report().unwrap();
    assert_eq!(report.verdict, "stopped");
    assert!(report.states > 100 && report.findings.is_empty(), "{report:?}");
}
