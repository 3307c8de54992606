//! P17 and P18: a deadlock and a lost wakeup, found with the defect and absent without.

use faultline_engine::finding::FindingKind::{self, Deadlock, LostWakeup};
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::player::{Scheduling, run};
use faultline_scenario::report::RunReport;

fn exhibit(name: &str) -> Scenario {
    gallery::find(name).unwrap().scenario().unwrap()
}

fn played(name: &str, policy: &str, how: &Scheduling) -> RunReport {
    run(&exhibit(name), &Policy::parse(policy).unwrap(), how).unwrap()
}

#[test]
fn locking_upwards_deadlocks_with_a_fault_on_its_way_down() {
    let report = played("deadlock", "main,+P17", &Scheduling::Default);
    assert_eq!((report.outcome, report.kinds()), ("stuck", vec![Deadlock]));
    assert_eq!(report.parted.len(), 1, "A1 never comes to its end");
    let found = &report.findings[0];
    let tasks: Vec<_> = found.tasks.iter().map(|t| (t.task.as_str(), t.waits_for.as_deref())).collect();
    assert_eq!(tasks, [("A1", Some("object O")), ("G", Some("object M"))]);
    let holds = |task: usize, lock: &str| found.tasks[task].holds.iter().any(|held| held.starts_with(lock));
    assert!(holds(0, "object M (write)") && holds(1, "object O (write)"), "{:#?}", found.tasks);
    assert!(found.detail.contains("A1 waits for the lock of O"), "{}", found.detail);
}

#[test]
fn a_late_sleeper_misses_its_wakeup() {
    let report = played("lost-wakeup", "main,+P18", &Scheduling::Default);
    assert_eq!((report.outcome, report.kinds()), ("stuck", vec![LostWakeup]));
    let found = &report.findings[0];
    assert_eq!(found.task, "T2");
    let tasks: Vec<_> = found.tasks.iter().map(|t| (t.task.as_str(), t.waits_for.as_deref())).collect();
    assert_eq!(tasks, [("T2", Some("page 1 of O"))], "T1 holds nothing any more");
}

#[test]
fn random_runs_find_the_defect_on_every_kernel_and_nothing_without_it() {
    for (name, defect, kind) in [("deadlock", "P17", Deadlock), ("lost-wakeup", "P18", LostWakeup)] {
        for preset in PRESETS {
            let hows = || (0..30).map(Scheduling::Random).chain([Scheduling::Default, Scheduling::TaskOrder]);
            let kinds = |policy: &str| -> Vec<FindingKind> {
                hows().flat_map(|how| played(name, policy, &how).kinds()).collect()
            };
            assert_eq!(kinds(preset.name), [], "{name} on {}", preset.name);
            let found = kinds(&format!("{},+{defect}", preset.name));
            assert!(found.contains(&kind) && found.iter().all(|k| *k == kind), "{name} on {}: {found:?}", preset.name);
        }
    }
}
