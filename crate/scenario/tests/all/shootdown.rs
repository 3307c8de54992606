//! P16: the hazard of 2018 is found under the old protocol alone, whoever schedules.

use faultline_engine::finding::FindingKind::{self, Stale, Tlb};
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::player::{Scheduling, run};

fn tlb() -> Scenario {
    gallery::find("tlb").unwrap().scenario().unwrap()
}

#[test]
fn writing_first_lets_a_locked_variable_change_under_its_owner() {
    for preset in PRESETS {
        let policy = Policy::parse(&format!("{},P16=write-first", preset.name)).unwrap();
        let report = run(&tlb(), &policy, &Scheduling::Default).unwrap();
        assert_eq!(report.kinds(), [Stale, Tlb], "{}: {:#?}", policy.name, report.findings);
        assert_eq!((report.outcome, report.parted), ("finished", vec![]), "{}", policy.name);
        let old = report.findings.iter().find(|f| f.kind == Stale).unwrap();
        assert!(old.detail.contains("returned X0 and should have returned X1"), "{}", old.detail);
        assert_eq!(old.task, "C");
        let hazard = report.findings.iter().find(|f| f.kind == Tlb).unwrap();
        assert_eq!((hazard.task.as_str(), hazard.object.as_deref()), ("A", Some("O")));
        assert!(hazard.step < old.step, "the invariant breaks before anybody notices");
    }
}

#[test]
fn the_safe_protocols_have_no_finding_on_the_schedule_and_in_random_runs() {
    for protocol in ["read-only-first", "clear-first"] {
        for preset in PRESETS {
            let policy = Policy::parse(&format!("{},P16={protocol}", preset.name)).unwrap();
            let hows = (0..40).map(Scheduling::Random).chain([Scheduling::Default, Scheduling::TaskOrder]);
            for how in hows {
                let report = run(&tlb(), &policy, &how).unwrap();
                assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{} {how:?}", policy.name);
            }
        }
    }
}

#[test]
fn random_runs_find_the_hazard() {
    let policy = Policy::parse("main,P16=write-first").unwrap();
    let kinds = |seed| run(&tlb(), &policy, &Scheduling::Random(seed)).unwrap().kinds();
    let found: Vec<Vec<FindingKind>> = (0..40).map(kinds).filter(|kinds| kinds.contains(&Tlb)).collect();
    assert!(!found.is_empty());
}
