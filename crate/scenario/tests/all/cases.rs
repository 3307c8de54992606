//! Scenarios after bug reports, reviews and stress tests of several kernels, as they were written
//! down from those: every expectation holds on every kernel it speaks of, by the stored schedule
//! and wherever few preemptions lead.

use faultline_engine::finding::FindingKind::{self, Assertion, Expectation, FreedWhileMapped, Stale};
use faultline_engine::policy::{PRESETS, Policy, Switches};
use faultline_engine::property::Property;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Scheduling, run};
use faultline_scenario::search::{Established, KindFilter, Method, Request, SearchJob};

struct Case {
    name: &'static str,
    text: &'static str,
    /// With how many preemptions it is searched.
    preemptions: u32,
}

macro_rules! cases {
    ($($name:literal $preemptions:literal)*) => {
        &[$(Case { name: $name, text: include_str!(concat!("../cases/", $name, ".scn")), preemptions: $preemptions },)*]
    };
}

const CASES: &[Case] = cases! {
    "of4-file" 3
    "prefault" 3
    "soft-busy" 3
    "split-dead" 2
    "stack-prot" 1
    "lost-modify" 2
    "low-memory" 2
    "collapse-tiny" 0
};

fn case(name: &str) -> (&'static Case, Scenario) {
    let case = CASES.iter().find(|case| case.name == name).unwrap();
    (case, parse(case.name, case.text).unwrap_or_else(|error| panic!("{error}")))
}

/// What a search finds of these kinds.
fn found(name: &str, policy: &Policy, kinds: KindFilter) -> Option<(FindingKind, Property)> {
    let (case, scenario) = case(name);
    let request = Request { method: Method::Preemptions(case.preemptions), kinds, ..Request::default() };
    let mut job = SearchJob::new(&scenario, policy, request, false).unwrap();
    while !job.advance(100_000).unwrap() {}
    let report = job.report().unwrap();
    assert!(
        [Established::Found, Established::Bounded, Established::Complete].contains(&report.verdict),
        "{name} on {}",
        policy.name
    );
    report.findings.first().map(|finding| (finding.kind, finding.property))
}

#[test]
fn every_expectation_holds_on_the_stored_schedule_and_in_task_order() {
    for Case { name, .. } in CASES {
        let (_, scenario) = case(name);
        let schedules = scenario.schedules.iter().map(|s| Scheduling::Schedule(s.name.text.clone()));
        for how in schedules.chain([Scheduling::TaskOrder]) {
            for preset in PRESETS {
                let report = run(&scenario, &Policy::from(preset), &how).unwrap();
                let broken: Vec<_> = report.findings.iter().filter(|f| f.kind == Expectation).collect();
                assert!(broken.is_empty(), "{name} on {}: {broken:?}", preset.name);
                assert_eq!(report.outcome, "finished", "{name} on {}", preset.name);
            }
        }
    }
}

/// A tree of processes that share ranges and copy them: before P09 a copy left the source mapped
/// where others shared the object, which takes no preemption.
fn is_known(name: &str, policy: &Policy) -> bool {
    name == "collapse-tiny" && !policy.on(Switches::COW_UNMAP_SHARED)
}

#[test]
fn every_expectation_holds_in_all_schedules_with_few_preemptions() {
    for Case { name, .. } in CASES {
        for policy in PRESETS.iter().map(Policy::from) {
            let broken = found(name, &policy, KindFilter::Only(Expectation)).is_some();
            assert_eq!(broken, is_known(name, &policy), "{name} on {}", policy.name);
        }
    }
}

#[test]
fn every_case_is_found_on_its_kernel_and_on_no_other() {
    let defect = |preset: &str, defect: &str| Policy::parse(&format!("{preset},+{defect}")).unwrap();
    for preset in PRESETS {
        let policy = Policy::from(preset);
        let busy = policy.on(Switches::UNBUSY_LAST).then_some((Assertion, Property::I01));
        assert_eq!(found("soft-busy", &policy, KindFilter::Any), busy, "{}", preset.name);
        let shared = (!policy.on(Switches::COW_UNMAP_SHARED)).then_some(FreedWhileMapped);
        let freed = found("collapse-tiny", &policy, KindFilter::Only(FreedWhileMapped)).map(|f| f.0);
        assert_eq!(freed, shared, "{}", preset.name);
        let rewound = found("of4-file", &defect(preset.name, "OF4"), KindFilter::Any).map(|f| f.0);
        assert_eq!(rewound, Some(Stale), "{}", preset.name);
        let dead = found("split-dead", &defect(preset.name, "OF5"), KindFilter::Only(Assertion)).map(|f| f.0);
        assert_eq!(dead, (!policy.on(Switches::COLLAPSING_FLAG)).then_some(Assertion), "{}", preset.name);
        for name in ["prefault", "stack-prot", "lost-modify", "low-memory", "split-dead"] {
            assert_eq!(found(name, &policy, KindFilter::Any), None, "{name} on {}", preset.name);
        }
    }
}
