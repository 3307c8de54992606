//! The race of January 2020: found before the fix, gone with it, and not by its name.

use faultline_engine::finding::FindingKind::{self, Foreign, FreedWhileMapped, Zeroed};
use faultline_engine::policy::{PRESETS, Policy, Switches};
use faultline_engine::property::Property;
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling, run};
use faultline_scenario::report::RunReport;
use faultline_scenario::search::{Established, Request, SearchJob};
use faultline_sched::Checks;
use proptest::prelude::*;

fn exhibit(name: &str) -> Scenario {
    gallery::find(name).unwrap().scenario().unwrap()
}

fn played(scenario: &Scenario, policy: &str) -> RunReport {
    run(scenario, &Policy::parse(policy).unwrap(), &Scheduling::Default).unwrap()
}

#[test]
fn t3_frees_a_mapped_page_and_loses_its_contents_before_the_fix() {
    let report = played(&exhibit("t3"), "2019-12");
    assert_eq!(report.kinds(), [FreedWhileMapped, Zeroed]);
    assert_eq!((report.outcome, report.parted), ("finished", vec![]));
    let freed = &report.findings[0];
    assert_eq!((freed.task.as_str(), freed.object.as_deref(), freed.page), ("G", Some("O"), Some(0)));
    assert!(freed.detail.contains("B maps it at va0"), "{}", freed.detail);
    let lost = report.findings.iter().find(|f| f.kind == Zeroed).unwrap();
    assert_eq!((lost.task.as_str(), lost.object.as_deref()), ("A1", Some("M")));
    assert!(lost.detail.contains("in A returned 0 and should have returned X0"), "{}", lost.detail);
}

#[test]
fn t3_story_exposes_the_data_of_another_process() {
    let report = played(&exhibit("t3-story"), "2019-12");
    assert_eq!(report.kinds(), [FreedWhileMapped, Foreign, Zeroed]);
    let foreign = report.findings.iter().find(|f| f.kind == Foreign).unwrap();
    assert_eq!(foreign.task, "B2");
    assert!(
        foreign.detail.contains("returned H3 and should have returned X0: stored by H at va3"),
        "{}",
        foreign.detail
    );
}

#[test]
fn on_every_other_kernel_the_same_schedule_finds_nothing() {
    for name in ["t3", "t3-story"] {
        let scenario = exhibit(name);
        for preset in PRESETS.iter().filter(|p| p.name != "2019-12") {
            let report = played(&scenario, preset.name);
            assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{name} on {}", preset.name);
        }
    }
}

#[test]
fn with_the_fix_the_exit_waits_for_the_busy_page_and_the_run_departs_there() {
    let report = played(&exhibit("t3"), "2020-01-fixed");
    let parted: Vec<_> = report.parted.iter().map(|p| (p.directive.as_str(), p.why)).collect();
    assert_eq!(parted, [("G until end", "blocked")]);
}

#[test]
fn either_half_of_what_t3_needs_is_enough_to_close_it() {
    let scenario = exhibit("t3");
    for closed in ["2019-12,-P03", "2019-12,-P06"] {
        assert_eq!(played(&scenario, closed).findings, [], "{closed}");
    }
    // P01 or P02 alone do not help where the page count decides.
    assert!(played(&scenario, "2019-12,+P02").has(FreedWhileMapped));
}

#[test]
fn in_task_order_nothing_goes_wrong_even_before_the_fix() {
    for name in ["t3", "t3-story"] {
        let report = run(&exhibit(name), &Policy::preset("2019-12").unwrap(), &Scheduling::TaskOrder).unwrap();
        assert_eq!(report.kinds(), [] as [FindingKind; 0]);
    }
}

#[test]
fn the_restart_hole_is_closed_by_deferred_validity_alone() {
    for name in ["rs", "p2-munmap"] {
        let scenario = exhibit(name);
        for open in ["2019-11", "2020-01-fixed", "2021", "2025-04,-P10", "main,-P10"] {
            assert_eq!(played(&scenario, open).kinds(), [FreedWhileMapped], "{name} on {open}");
        }
        for closed in ["2020-01-fixed,+P10", "2020-01-collapse,+P10", "2021,+P10", "2020-01-weakened-pip,+P10"] {
            assert_eq!(played(&scenario, closed).findings, [], "{name} on {closed}");
        }
    }
    // The count shortcut takes an invalid page for one with data.
    assert!(played(&exhibit("p2-munmap"), "2019-12,+P10").has(FreedWhileMapped));
    assert!(!played(&exhibit("rs"), "2019-12,+P10").has(FreedWhileMapped));
}

/// A copy that is not valid yet counts as a page: deferred validity is no use to who only counts.
#[test]
fn deferred_validity_does_not_help_where_a_fork_only_counts_pages() {
    let scenario = exhibit("rs-fork");
    for open in ["2021", "2025-04,-P10", "2025-04,+P03", "main,+P03", "2021,+P03,+P10"] {
        assert_eq!(played(&scenario, open).kinds(), [FreedWhileMapped], "{open}");
    }
    for closed in ["2025-04", "main", "2021,+P10", "2020-01-fixed,+P10"] {
        assert_eq!(played(&scenario, closed).findings, [], "{closed}");
    }
}

#[test]
fn counting_pages_frees_a_mapped_one_on_an_otherwise_correct_kernel() {
    let scenario = exhibit("rs-fork");
    let searched = |policy: &str| {
        let job = SearchJob::new(&scenario, &Policy::parse(policy).unwrap(), Request::default(), false);
        let mut job = job.unwrap();
        while !job.advance(100_000).unwrap() {}
        let report = job.report().unwrap();
        (report.verdict, report.findings.first().map(|f| f.kind))
    };
    assert_eq!(searched("2025-04"), (Established::Complete, None));
    assert_eq!(searched("2025-04,+P03"), (Established::Found, Some(FreedWhileMapped)));
}

/// P19: what keeps the object while it is busy as a whole goes first.
#[test]
fn an_object_is_destroyed_busy_where_the_fast_path_releases_the_map_first() {
    let scenario = exhibit("soft-busy");
    for preset in PRESETS {
        let mut policies = vec![Policy::from(preset)];
        policies.push(Policy::parse(&format!("{},-P19", preset.name)).unwrap());
        policies.push(Policy::parse(&format!("{},+P19", preset.name)).unwrap());
        for policy in policies {
            let mut job = SearchJob::new(&scenario, &policy, Request::default(), false).unwrap();
            while !job.advance(100_000).unwrap() {}
            let report = job.report().unwrap();
            if policy.on(Switches::UNBUSY_LAST) {
                assert_eq!(
                    (report.verdict, report.findings[0].property),
                    (Established::Found, Property::I01),
                    "{}",
                    policy.name
                );
                assert_eq!(report.findings[0].kind, FindingKind::Assertion, "{}", policy.name);
            } else {
                assert_eq!((report.verdict, report.findings.len()), (Established::Complete, 0), "{}", policy.name);
            }
        }
    }
}

#[test]
fn p2_is_closed_by_the_old_gate_or_by_both_halves_of_the_fix() {
    let scenario = exhibit("p2");
    for open in ["2020-01-weakened-pip", "2020-01-weakened-pip,+P01", "2020-01-weakened-pip,+P02"] {
        assert!(played(&scenario, open).has(FreedWhileMapped), "{open}");
    }
    for closed in ["2020-01-weakened-pip,+P04", "2020-01-weakened-pip,+P01,+P02"] {
        assert_eq!(played(&scenario, closed).findings, [], "{closed}");
    }
}

#[test]
fn read_ahead_meets_a_split_where_neither_lock_nor_flag_prevents_it() {
    let scenario = exhibit("of3");
    for open in ["2020-01-fixed,-P07", "2019-11,-P07", "2020-01-weakened-pip,-P05,-P07"] {
        let report = played(&scenario, open);
        assert_eq!(report.kinds(), [FindingKind::Assertion], "{open}");
        assert_eq!((report.findings[0].property, report.findings[0].page), (Property::APage4, Some(0)), "{open}");
    }
    for closed in ["2020-01-fixed", "2019-11", "2020-01-weakened-pip,-P07", "2020-01-weakened-pip,-P05"] {
        assert_eq!(played(&scenario, closed).findings, [], "{closed}");
    }
}

/// T3 by another name: other names, values, sizes, and the page that is lost elsewhere.
fn t3_like(who: &[String], pages: usize, lost: usize, frames: u32, values: &[String]) -> Scenario {
    let [g, a, b, c, b1, a1, at, go] = who else { panic!("eight names") };
    let all = |by: &str, first: usize, skip: Option<usize>| {
        let pages = (0..pages).filter(|&p| Some(p) != skip);
        let stores: Vec<_> = pages.map(|p| format!("store va{p} {}", values[first + p])).collect();
        format!("  {by}: {}\n", stores.join("; "))
    };
    let text = format!(
        "frames {frames}\npages {pages}\nsetup {{\n  process {g}\n  {g}: mmap va0\n{}  {g}: fork {a}\n{}  {a}: fork {b}\n{}  {b}: load va{lost}\n}}
task {b1} of {b}: store va{lost}
task {a1} of {a}: load va{lost}
task {at} of {a}: fork {c}
task {go} of {g}: exit
schedule s {{\n  {b1} until page_copy\n  {a1} until blocked\n  {b1} until pmap_enter\n  {at} until end\n  {go} until end\n}}\n",
        all(g, 0, None),
        all(a, pages, Some(lost)),
        all(b, 2 * pages, Some(lost)),
    );
    parse("t3-like", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn names(n: usize, prefix: char) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-z]{1,4}", n)
        .prop_shuffle_set()
        .prop_map(move |set| set.into_iter().map(|s| format!("{prefix}{s}")).collect())
}

trait ShuffleSet {
    fn prop_shuffle_set(self) -> BoxedStrategy<Vec<String>>;
}

impl<S: Strategy<Value = std::collections::BTreeSet<String>> + 'static> ShuffleSet for S {
    fn prop_shuffle_set(self) -> BoxedStrategy<Vec<String>> {
        self.prop_map(|set| set.into_iter().collect::<Vec<_>>()).prop_shuffle().boxed()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn t3_is_found_with_any_names_and_sizes(
        who in names(8, 'p'), values in names(15, 'V'), pages in 2usize..=5, lost in 0usize..5, frames in 40u32..80,
    ) {
        let lost = lost % pages;
        let scenario = t3_like(&who, pages, lost, frames, &values);
        let report = played(&scenario, "2019-12");
        prop_assert_eq!(report.kinds(), [FreedWhileMapped, Zeroed], "{}", scenario);
        prop_assert_eq!(report.findings[0].page, Some(lost as u64));
        for fixed in ["2020-01-fixed", "2020-01-collapse", "main"] {
            prop_assert_eq!(played(&scenario, fixed).findings, [], "{} {}", fixed, scenario);
        }
    }
}

#[test]
fn the_names_of_a_run_are_those_of_the_scenario() {
    let mut player = Player::new(&exhibit("t3"), &Policy::preset("2019-12").unwrap(), Checks::FULL).unwrap();
    player.play(&Scheduling::Default).unwrap();
    let names = player.names();
    assert_eq!(names.tasks, ["set-up", "B1", "A1", "A2", "C", "G"]);
    assert_eq!(names.processes, ["G", "A", "B", "C"]);
    let objects: Vec<_> = names.objects.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(objects, ["O", "M", "S"]);
    assert_eq!(names.pages.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["p0", "q0"]);
    assert_eq!(names.value(0x3058), "X0");
}

#[test]
fn a_report_has_the_documented_fields() {
    let json = serde_json::to_value(played(&exhibit("t3"), "2019-12")).unwrap();
    assert_eq!((json["scenario"].as_str(), json["policy"].as_str()), (Some("t3"), Some("2019-12")));
    assert!(json["steps"].as_u64() > Some(50) && json["counters"]["bypasses"] == 1);
    let choices: faultline_explore::Choices = json["choices"].as_str().unwrap().parse().unwrap();
    assert_eq!(json["choice_count"].as_u64(), Some(choices.len() as u64));
    let fingerprint = json["digest"].as_str().unwrap();
    assert!(fingerprint.len() == 16 && fingerprint.chars().all(|c| "0123456789abcdef".contains(c)), "{fingerprint}");
    let freed = &json["findings"][0];
    assert_eq!(freed["kind"], "freed-while-mapped");
    for field in ["property", "step", "task", "object", "page", "detail"] {
        assert!(!freed[field].is_null(), "{field} of {freed}");
    }
}
