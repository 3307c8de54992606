//! The golden scenarios hold under every kernel, and would notice if they did not.

use faultline_engine::finding::FindingKind;
use faultline_engine::policy::{PRESETS, Policy, SWITCHES, Switches};
use faultline_engine::world::{FreeOrder, PmapCopy};
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::model::{Claim, PageState, Rights, Scenario, Statement};
use faultline_scenario::player::{Scheduling, run};
use faultline_scenario::value::Value;

fn goldens() -> impl Iterator<Item = Scenario> {
    GALLERY.iter().filter(|e| e.name.starts_with('g')).map(|e| e.scenario().unwrap())
}

#[test]
fn every_golden_holds_under_every_preset() {
    assert!(goldens().count() >= 15);
    for scenario in goldens() {
        for preset in PRESETS {
            let report = run(&scenario, &Policy::preset(preset.name).unwrap(), &Scheduling::Default).unwrap();
            assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{} on {}", scenario.name, preset.name);
        }
    }
}

/// Every switch by itself, with what it needs (rulings R16), and all legal ones on and off again.
#[test]
fn every_golden_holds_under_every_switch_alone() {
    let alone = |s: &faultline_engine::policy::SwitchInfo| {
        let needs = if s.switch == Switches::SBUSY_SOFT { Switches::HOLD_COW_SRC } else { Switches::empty() };
        Policy { switches: s.switch | needs, enter_protocol: Default::default(), name: s.id.into() }
    };
    let changed = |s: &faultline_engine::policy::SwitchInfo| {
        let mut policy = Policy::preset("2020-01-fixed").unwrap();
        policy.switches.toggle(s.switch);
        policy
    };
    let policies = SWITCHES.iter().map(alone).chain(SWITCHES.iter().map(changed));
    let legal: Vec<Policy> = policies.filter(|p| p.check().is_ok()).collect();
    assert!(legal.len() >= SWITCHES.len() + 12, "{}", legal.len());
    for scenario in goldens() {
        for policy in &legal {
            let report = run(&scenario, policy, &Scheduling::Default).unwrap();
            assert_eq!(
                (report.outcome, report.findings),
                ("finished", vec![]),
                "{} on {} {:?}",
                scenario.name,
                policy.name,
                policy.switches
            );
        }
    }
}

#[test]
fn the_order_of_free_frames_makes_no_difference_to_a_golden() {
    for mut scenario in goldens() {
        let policy = Policy::preset("2020-01-fixed").unwrap();
        let lifo = run(&scenario, &policy, &Scheduling::Default).unwrap();
        scenario.header.free_order = FreeOrder::Fifo;
        let fifo = run(&scenario, &policy, &Scheduling::Default).unwrap();
        assert_eq!(fifo.findings, [], "{}", scenario.name);
        assert_eq!(fifo.fingerprint, lifo.fingerprint, "{}: frames have no names in a digest", scenario.name);
    }
}

#[test]
fn contents_are_the_same_where_fork_copies_page_tables() {
    for mut scenario in goldens() {
        scenario.header.pmap_copy = PmapCopy::All;
        // What is mapped differs then, and a page that is mapped already takes no fault.
        for statements in [&mut scenario.setup, &mut scenario.sequence] {
            statements.retain(|d| !matches!(d, Statement::Expect(e) if matches!(e.claim, Claim::Pte(..))));
        }
        if scenario.name == "g9" {
            continue; // With copied entries it is SH: see the comment in its file.
        }
        for preset in PRESETS {
            let report = run(&scenario, &Policy::preset(preset.name).unwrap(), &Scheduling::Default).unwrap();
            assert_eq!(report.findings, [], "{} on {}", scenario.name, preset.name);
        }
    }
}

/// The claim made false.
fn turned(claim: &Claim) -> Claim {
    match claim.clone() {
        Claim::Value(p, at, v) => Claim::Value(p, at, if v.is_some() { None } else { Some(Value(7)) }),
        Claim::Same(..) => panic!("no golden compares loads"),
        Claim::Count(what, o, n) => Claim::Count(what, o, n + 1),
        Claim::Chain(p, at, mut chain) => {
            chain.pop();
            Claim::Chain(p, at, chain)
        }
        Claim::Depth(p, at, n) => Claim::Depth(p, at, n + 1),
        Claim::Pte(p, at, r) => Claim::Pte(p, at, if r == Rights::Read { Rights::Write } else { Rights::Read }),
        Claim::Page(o, i, s) => {
            Claim::Page(o, i, if s == PageState::Invalid { PageState::Absent } else { PageState::Invalid })
        }
        Claim::OneMapping(o, b) => Claim::OneMapping(o, !b),
        Claim::NeedsCopy(p, at, b) => Claim::NeedsCopy(p, at, !b),
        Claim::Swapped(o, i, b) => Claim::Swapped(o, i, !b),
        Claim::Gone(o, b) => Claim::Gone(o, !b),
        Claim::Counter(c, n) => Claim::Counter(c, n + 1),
        Claim::Signal(s, at, p) => Claim::Signal(s, at + 9, p),
        Claim::Finding(kind, b) => Claim::Finding(kind, !b),
    }
}

#[test]
fn every_expectation_of_a_golden_is_checked() {
    let policy = Policy::preset("main").unwrap();
    let fails = |scenario: &Scenario, what: &dyn std::fmt::Display| {
        let report = run(scenario, &policy, &Scheduling::Default).unwrap();
        assert!(report.has(FindingKind::Expectation), "{}: {what} should fail", scenario.name);
    };
    let mut turned_over = 0;
    for scenario in goldens() {
        for at in 0..scenario.sequence.len() {
            let mut wrong = scenario.clone();
            if let Statement::Expect(expect) = &mut wrong.sequence[at] {
                expect.claim = turned(&expect.claim);
                fails(&wrong.clone(), &wrong.sequence[at]);
                turned_over += 1;
            }
        }
        for at in 0..scenario.expects.len() {
            let mut wrong = scenario.clone();
            wrong.expects[at].claim = turned(&scenario.expects[at].claim);
            fails(&wrong.clone(), &wrong.expects[at]);
            turned_over += 1;
        }
    }
    assert!(turned_over > 100, "{turned_over}");
}

#[test]
fn a_load_of_an_unexpected_value_is_a_finding() {
    for scenario in goldens() {
        let text = scenario.to_string();
        let Some(at) = text.rfind(" = X0").or_else(|| text.rfind(" = A0")) else { continue };
        let wrong = format!("{} = ZZ{}", &text[..at], &text[at + 5..]);
        let scenario = faultline_scenario::parse::parse("wrong", &wrong).unwrap();
        let report = run(&scenario, &Policy::preset("main").unwrap(), &Scheduling::Default).unwrap();
        assert!(report.has(FindingKind::Expectation), "{wrong}");
    }
}
