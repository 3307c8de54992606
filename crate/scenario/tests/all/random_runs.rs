//! Random scenarios against the oracle and the invariants, on every kernel (rulings R43).

use crate::random::{ALL, Dice, PLAIN, RIGHT, cases, concurrent, sequential};
use faultline_engine::check::structural::leaks;
use faultline_engine::event::Event;
use faultline_engine::finding::FindingKind;
use faultline_engine::policy::{PRESETS, Policy, Switches};
use faultline_engine::property::Property;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling};
use faultline_scenario::report::FindingReport;
use faultline_sched::{Checks, System};
use proptest::prelude::*;

fn dice(most: usize) -> impl Strategy<Value = Vec<Dice>> {
    prop::collection::vec(any::<Dice>(), 1..most)
}

/// The known bug that explains a finding on a kernel, by its name in the specification.
fn class(policy: &Policy, player: &Player, finding: &FindingReport) -> Option<&'static str> {
    use FindingKind::{Foreign, FreedWhileMapped, Future, Stale, Zeroed};
    let on = |s| policy.on(s);
    let data = matches!(finding.kind, FreedWhileMapped | Zeroed | Foreign | Stale | Future);
    match finding.property {
        // The fast path has released the map, and with it what keeps the object.
        Property::I01 if on(Switches::UNBUSY_LAST) && finding.detail.contains("object busy") => Some("P19"),
        // The old collapse frees its backing object under a fault that met it dead.
        Property::I01 | Property::E10 if !on(Switches::COLLAPSING_FLAG) => Some("K5"),
        // A leftover placeholder is renamed, and that makes it dirty.
        Property::APage6 if on(Switches::LEAVE_INVALID) && !on(Switches::SCAN_REJ_INVALID) => Some("IV"),
        // The count shortcut takes placeholders for pages.
        _ if data && on(Switches::COUNT_SHORTCUT) && on(Switches::LEAVE_INVALID) => Some("T3"),
        // Nothing keeps a collapse from a fault that has copied but not entered.
        _ if data && on(Switches::COLLAPSING_FLAG) && !on(Switches::HOLD_COW_SRC) => Some("P2"),
        // A fault has started over after its copy, which was valid already: a pager was asked.
        _ if data && !on(Switches::DEFER_VALID) && relookup_failed(player, finding.step) => Some("RS"),
        _ => None,
    }
}

fn relookup_failed(player: &Player, until: u64) -> bool {
    let run = player.events().skip(player.setup_events()).take_while(|r| r.step <= until);
    run.into_iter().any(|r| matches!(r.event, Event::FaultRelookup { ok: false }))
}

fn play(text: &str, policy: &Policy, how: &Scheduling, checks: Checks) -> Player {
    let scenario = parse("random", text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let mut player = Player::new(&scenario, policy, checks).unwrap_or_else(|e| panic!("{e}\n{text}"));
    player.play(how).unwrap();
    player
}

fn preset(name: &str) -> Policy {
    Policy::preset(name).unwrap()
}

/// A sequence on a kernel: nothing is found, and nothing but the file's pages is left.
fn nothing_wrong(text: &str, name: &str) -> Result<(), TestCaseError> {
    let player = play(text, &preset(name), &Scheduling::TaskOrder, Checks::FULL);
    let report = player.report();
    prop_assert_eq!((report.outcome, &report.findings[..]), ("finished", &[][..]), "{} on\n{}", name, text);
    let left = leaks(player.run().system().world());
    let files = if text.contains("file f") { 4 } else { 0 };
    let fine = left.frames <= files && left.entries == 0 && left.pvs == 0 && left.spaces == 0 && left.blocks == 0;
    prop_assert!(fine, "{:?} {} on\n{}", left, name, text);
    Ok(())
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn sequential_programs_have_no_finding_on_any_kernel(dice in dice(60)) {
        let text = sequential(PLAIN, &dice);
        for p in PRESETS {
            nothing_wrong(&text, p.name)?;
        }
    }

    #[test]
    fn sequential_programs_that_share_memory_have_no_finding_on_new_kernels(dice in dice(60)) {
        let text = sequential(ALL, &dice);
        for name in RIGHT {
            nothing_wrong(&text, name)?;
        }
    }

    #[test]
    fn all_kernels_agree_on_what_memory_holds(dice in dice(60)) {
        let text = sequential(PLAIN, &dice);
        let loads = |name: &str| {
            let player = play(&text, &preset(name), &Scheduling::TaskOrder, Checks::default());
            let names = player.names();
            let accesses = player.events().filter_map(|r| match r.event {
                Event::Access { va, write: false, value, .. } => Some((va, names.value(value))),
                _ => None,
            });
            accesses.collect::<Vec<_>>()
        };
        let first = loads(PRESETS[0].name);
        for p in &PRESETS[1..] {
            prop_assert_eq!(&loads(p.name), &first, "{} on\n{}", p.name, text);
        }
    }

    #[test]
    fn concurrent_programs_have_no_finding_on_new_kernels(
        before in dice(20), tasks in prop::collection::vec(dice(6), 2..5), seed in any::<u64>(),
    ) {
        let text = concurrent(ALL, &before, &tasks);
        for name in RIGHT {
            let report = play(&text, &preset(name), &Scheduling::Random(seed), Checks::FULL).report();
            let fine = report.outcome == "finished" && report.findings.is_empty();
            prop_assert!(fine, "{:?} {} {} on\n{}", report.findings, report.choices, name, text);
        }
    }

    #[test]
    fn concurrent_programs_on_old_kernels_have_only_known_findings(
        before in dice(20), tasks in prop::collection::vec(dice(6), 2..5), seed in any::<u64>(),
    ) {
        let text = concurrent(PLAIN, &before, &tasks);
        for p in PRESETS.iter().filter(|p| !RIGHT.contains(&p.name)) {
            let policy = preset(p.name);
            let player = play(&text, &policy, &Scheduling::Random(seed), Checks::FULL);
            let report = player.report();
            prop_assert_eq!(report.outcome, "finished", "{} {} on\n{}", report.choices, p.name, text);
            for finding in &report.findings {
                let known = class(&policy, &player, finding).is_some();
                prop_assert!(known, "{:?} {} {} on\n{}", finding, report.choices, p.name, text);
            }
        }
    }

    #[test]
    fn stepping_back_in_random_scenarios_restores_the_states(
        before in dice(12),
        tasks in prop::collection::vec(dice(4), 2..4),
        seed in any::<u64>(),
        jumps in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
    ) {
        let text = concurrent(PLAIN, &before, &tasks);
        let mut player = play(&text, &preset("2021"), &Scheduling::Random(seed), Checks::default());
        let end = player.run().position();
        let (fingerprint, events) = (player.run().fingerprint(), player.events().copied().collect::<Vec<_>>());
        for jump in jumps {
            prop_assert!(player.run_mut().seek(jump.index(end + 1)));
            prop_assert!(player.events().eq(&events[..player.events().count()]));
        }
        prop_assert!(player.run_mut().seek(end));
        prop_assert_eq!(player.run().fingerprint(), fingerprint, "{}", text);
        prop_assert!(player.events().eq(&events));
    }
}
