//! What is said of a scenario is true of that scenario: whatever its processes come to, and in
//! whatever way it is searched.

use faultline_engine::event::{Absent, Event};
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::model::{MAX_TASKS, Name, Op, Scenario, Task};
use faultline_scenario::narrate::story;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{PlayError, Player, Scheduling};
use faultline_scenario::search::report::SearchReport;
use faultline_scenario::search::{Established, KindFilter, Method, Request, SearchJob};
use faultline_sched::Checks;

fn policy(name: &str) -> Policy {
    Policy::preset(name).unwrap()
}

fn searched(scenario: &Scenario, policy: &Policy, request: Request) -> SearchReport {
    let mut job = SearchJob::new(scenario, policy, request, false).unwrap();
    while !job.advance(u64::MAX).unwrap() {}
    job.report().unwrap()
}

/// Scenarios whose searches once went another way than their tasks.
const DIVERGED: [(&str, &str, &str, Established); 4] = [
    ("expect-in-sequence", include_str!("../cases/expect-in-sequence.scn"), "main", Established::Found),
    ("read-around", include_str!("../cases/read-around.scn"), "main", Established::Bounded),
    ("clipped-entry", include_str!("../cases/clipped-entry.scn"), "main", Established::Bounded),
    // Whoever came first to the 33rd PV entry looked at more than all who came later.
    ("four-readers", include_str!("../cases/four-readers.scn"), "2019-11", Established::Bounded),
];

#[test]
fn searches_that_once_diverged_have_their_verdicts() {
    for (name, text, kernel, verdict) in DIVERGED {
        let scenario = parse(name, text).unwrap();
        let request =
            Request { method: Method::Preemptions(2), kinds: KindFilter::Any, states: 300_000, ..Request::default() };
        let report = searched(&scenario, &policy(kernel), request);
        assert_eq!((report.verdict, report.unsound), (verdict, None), "{name}: {}", report.text);
    }
}

#[test]
fn every_search_method_has_a_verdict_for_every_scenario_of_the_gallery() {
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().unwrap();
        let own = Policy::parse(&scenario.header.policy.text).unwrap();
        for kernel in [own, policy("main")] {
            for method in [Method::Exhaustive, Method::Preemptions(1), Method::Random, Method::Pct(3)] {
                let request =
                    Request { method, kinds: KindFilter::Any, executions: 40, states: 4_000, ..Request::default() };
                let report = searched(&scenario, &kernel, request);
                assert_eq!(report.unsound, None, "{} on {}: {}", exhibit.name, kernel.name, report.text);
            }
        }
    }
}

/// Ids of objects are used again: a name means the object that got it, with or without digests.
#[test]
fn a_random_search_keeps_the_names_that_an_exhaustive_one_keeps() {
    let text = include_str!("../cases/gone.scn");
    let scenario = parse("gone", text).unwrap();
    for method in [Method::Exhaustive, Method::Random, Method::Pct(4)] {
        for seed in 0..8 {
            let request = Request { method, kinds: KindFilter::Any, executions: 20, seed, ..Request::default() };
            let report = searched(&scenario, &policy("main"), request);
            assert!(report.findings.is_empty() && report.unsound.is_none(), "{method:?}: {}", report.text);
        }
    }
}

fn played(text: &str, kernel: &str) -> Player {
    let mut player = Player::new(&parse("gone", text).unwrap(), &policy(kernel), Checks::FULL).unwrap();
    player.play(&Scheduling::TaskOrder).unwrap();
    player
}

/// Operations that were passed over, and why.
fn passed_over(player: &Player) -> Vec<(u32, Absent)> {
    let over = |event| match event {
        Event::OpSkip { op, why, .. } => Some((op, why)),
        _ => None,
    };
    player.events().filter_map(|record| over(record.event)).collect()
}

#[test]
fn operations_of_a_terminated_process_have_no_effect() {
    let killed = include_str!("../cases/killed.scn");
    for preset in PRESETS {
        let mut player = played(killed, preset.name);
        let over = passed_over(&player);
        assert!(over.iter().all(|&(_, why)| why == Absent::Killed) && !over.is_empty(), "{}: {over:?}", preset.name);
        let kinds: Vec<_> = player.report().findings.iter().map(|f| f.detail.clone()).collect();
        assert!(kinds.iter().all(|detail| detail.contains("B got SIGKILL")) && kinds.len() == 1, "{kinds:?}");
        let told: Vec<_> = story(&mut player).story.iter().map(|t| t.text.clone()).collect();
        let said = told.iter().any(|text| text.contains("an operation of B, which was killed before"));
        assert!(said, "{told:?}");
    }
}

/// The store that is one too many for 16 frames: its process is killed.
const FULL: &str = "B: store va0; store va1; store va2; store va3; store va4; store va5; store va6";

#[test]
fn a_process_killed_in_the_set_up_does_nothing_in_the_run() {
    let text = format!(
        "frames 16\nerrors allowed\nsetup {{ process A; A: mmap va0; store va0 A0; process B; B: mmap va0 9; {FULL} }}
         task T of B {{ munmap va0 9; fork C {{ store va0 }}; exit }}\n task U of A {{ load va0 = A0 }}"
    );
    for preset in PRESETS {
        let player = played(&text, preset.name);
        assert_eq!(passed_over(&player).len(), 3, "{}", preset.name);
        assert_eq!(player.report().findings, [], "{}", preset.name);
    }
}

#[test]
fn children_of_a_killed_process_are_not_started() {
    for fork in ["fork", "vfork"] {
        let text = format!(
            "frames 16\nerrors allowed\nsetup {{ process A; A: mmap va0; store va0 A0; process B; B: mmap va0 9 }}
             sequence {{ {FULL}; {fork} C {{ store va0 EVIL; exit }}; load va0\n A: load va0 = A0 }}"
        );
        for preset in PRESETS {
            let player = played(&text, preset.name);
            let over: Vec<_> = passed_over(&player).into_iter().map(|(_, why)| why).collect();
            assert_eq!(over, [Absent::Killed, Absent::Unborn, Absent::Unborn, Absent::Killed], "{fork}");
            assert_eq!(player.report().findings, [], "{}", preset.name);
        }
    }
}

#[test]
fn a_scenario_built_without_text_is_validated_too() {
    let mut scenario = parse("many", "setup { process P; P: mmap va0 }\ntask T of P: load va0").unwrap();
    let task = |nth: usize| Task {
        name: Name::new(format!("T{nth}")),
        process: Name::new("P"),
        cpu: None,
        ops: vec![Op::Load(0, None, None)],
    };
    scenario.tasks = (0..=MAX_TASKS).map(task).collect();
    let refused = |scenario: &Scenario| match Player::new(scenario, &policy("main"), Checks::FULL) {
        Err(PlayError::Invalid(invalid)) => invalid.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it is played"),
    };
    let said = refused(&scenario);
    assert!(said.contains("4096 tasks, forked ones included, are the most"), "{said}");
    scenario.tasks.truncate(2);
    scenario.tasks[1].process = Name::new("Q");
    let said = refused(&scenario);
    assert!(said.contains("the name of a process, not `Q`; known are P"), "{said}");
}

/// The limit is looked at before any work that grows faster than the text.
#[test]
fn too_many_tasks_are_refused_at_the_first_beyond_the_limit() {
    let tasks: String = (0..30_000).map(|nth| format!("task T{nth} of P: load va0\n")).collect();
    let error = parse("many", &format!("setup {{ process P }}\n{tasks}")).unwrap_err();
    assert_eq!(error.line, 2 + MAX_TASKS, "{error}");
}
