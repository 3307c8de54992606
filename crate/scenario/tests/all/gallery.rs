//! The gallery as an exhibition: every file says what it shows, and shows it.

use faultline_engine::finding::FindingKind;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery::{self, GALLERY};
use faultline_scenario::model::{Claim, Expect, Group, Scenario};
use faultline_scenario::player::{Scheduling, run};
use std::collections::BTreeSet;

fn exhibits(group: Group) -> impl Iterator<Item = Scenario> {
    GALLERY.iter().map(|e| e.scenario().unwrap()).filter(move |s| s.header.group == Some(group))
}

#[test]
fn every_scenario_has_a_complete_header() {
    for exhibit in GALLERY {
        let header = exhibit.scenario().unwrap_or_else(|e| panic!("{e}")).header;
        let name = exhibit.name;
        assert!(!header.title.is_empty() && !header.watch.is_empty(), "{name}");
        assert!(header.about.ends_with('.') && header.about.matches(". ").count() == 0, "{name}: one sentence");
        assert!(header.group.is_some(), "{name}");
        if let Some(Group::Race | Group::Defect) = header.group {
            assert!(!header.when.is_empty() && !header.place.is_empty(), "{name}: when and where");
        }
    }
}

#[test]
fn groups_stand_together_and_names_are_unique() {
    let groups: Vec<_> = GALLERY.iter().map(|e| e.scenario().unwrap().header.group.unwrap()).collect();
    assert!(groups.is_sorted(), "{groups:?}");
    assert!(Group::ALL.iter().all(|g| groups.contains(g)));
    assert_eq!(GALLERY.iter().map(|e| e.name).collect::<BTreeSet<_>>().len(), GALLERY.len());
}

/// The kinds that an exhibit's schedule promises on a preset.
fn promised(expects: &[Expect], preset: &str) -> BTreeSet<FindingKind> {
    let policy = Policy::preset(preset).unwrap();
    let fits = |text: &str| policy.fits(text).unwrap();
    let here = expects.iter().filter(|e| e.under.is_empty() || e.under.iter().any(|name| fits(&name.text)));
    let kind = |e: &Expect| if let Claim::Finding(kind, true) = e.claim { kind } else { None };
    here.filter_map(kind).collect()
}

#[test]
fn a_race_has_exactly_its_expected_findings_on_every_preset() {
    for scenario in exhibits(Group::Race) {
        for schedule in &scenario.schedules {
            for preset in PRESETS {
                let at = format!("{} {} on {}", scenario.name, schedule.name, preset.name);
                let how = Scheduling::Schedule(schedule.name.text.clone());
                let report = run(&scenario, &Policy::preset(preset.name).unwrap(), &how).unwrap();
                let found: BTreeSet<_> = report.kinds().into_iter().collect();
                assert_eq!(found, promised(&schedule.expects, preset.name), "{at}: {:?}", report.findings);
                assert_eq!(report.outcome, "finished", "{at}");
            }
        }
    }
}

#[test]
fn an_older_defect_is_found_with_its_switch_on() {
    use FindingKind::{Assertion, Expectation, FreedWhileMapped, Stale};
    let all: Vec<_> = PRESETS.iter().map(|p| p.name).collect();
    // The old collapse keeps away from a fault that is under way.
    let ungated = ["2020-01-weakened-pip", "2020-01-collapse", "2021", "2025-04", "main"];
    // A copying fault holds its source until it is over: there a collapse has to sleep.
    let holding = ["2020-01-fixed", "2020-01-collapse", "2021", "2025-04", "main"];
    // The rewritten collapse marks the upper object as well, and a split waits for it.
    let unmarked = ["2019-11", "2019-12", "2020-01-fixed"];
    let cases: [(&str, &str, &[&str], FindingKind); 5] = [
        ("of1", "OF1", &ungated, FreedWhileMapped),
        ("of2", "OF2", &["2020-01-fixed"], Assertion),
        ("of2-signal", "OF2", &holding, Expectation),
        ("of4", "OF4", &all, Stale),
        ("of5", "OF5", &unmarked, Assertion),
    ];
    for (name, switch, presets, kind) in cases {
        let scenario = gallery::find(name).unwrap().scenario().unwrap();
        for preset in PRESETS {
            let policy = Policy::parse(&format!("{},+{switch}", preset.name)).unwrap();
            let report = run(&scenario, &policy, &Scheduling::Default).unwrap();
            let kinds = if presets.contains(&preset.name) { vec![kind] } else { vec![] };
            assert_eq!(report.kinds(), kinds, "{name} on {}: {:?}", report.policy, report.findings);
        }
    }
}

/// Random orders of a correct program.
const SEEDS: u64 = 60;

#[test]
fn correct_programs_have_no_finding_on_kernels_without_races() {
    for scenario in exhibits(Group::Correct) {
        for preset in PRESETS {
            let policy = Policy::preset(preset.name).unwrap();
            let report = run(&scenario, &policy, &Scheduling::TaskOrder).unwrap();
            assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{} on {}", scenario.name, preset.name);
        }
        for (preset, seed) in ["2025-04", "main"].into_iter().flat_map(|p| (0..SEEDS).map(move |s| (p, s))) {
            let report = run(&scenario, &Policy::preset(preset).unwrap(), &Scheduling::Random(seed)).unwrap();
            assert_eq!(
                (report.outcome, report.findings),
                ("finished", vec![]),
                "{} on {preset}: {seed}",
                scenario.name
            );
        }
    }
}
