//! The races of shared memory by other names: renamed tasks, longer objects, other values (rulings R40).

use faultline_engine::finding::FindingKind::{self, FreedWhileMapped, Stale};
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Scheduling, run};
use proptest::prelude::*;

/// Kernels on which a copy unmaps a source that others share (P09).
const CLOSED: [&str; 3] = ["2021", "2025-04", "main"];

fn stores(by: &str, pages: usize, skip: Option<usize>, values: &[String]) -> String {
    let pages = (0..pages).filter(|&p| Some(p) != skip);
    let stores: Vec<_> = pages.zip(values).map(|(p, value)| format!("store va{p} {value}")).collect();
    format!("  {by}: {}\n", stores.join("; "))
}

fn read(text: &str) -> Scenario {
    parse("variant", text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// T3s: an object that two share stands in the middle of a third one's chain.
fn t3s_like(who: &[String], pages: usize, lost: usize, values: &[String]) -> Scenario {
    let [g, a, sharer, b, t1, t2] = who else { panic!("six names") };
    read(&format!(
        "frames 80\npages {pages}\nsetup {{\n  process {g}\n  {g}: mmap va0\n{}  {g}: fork {a}\n{}  {a}: minherit va0 share; fork {sharer}
  {a}: minherit va0 copy; fork {b}\n{}  {b}: load va{lost}\n}}
task {t1} of {sharer}: store va{lost}
task {t2} of {g}: exit
schedule s {{\n  {t1} until end\n  {t2} until end\n}}\n",
        stores(g, pages, None, values),
        stores(a, pages, Some(lost), &values[pages..]),
        stores(b, pages, Some(lost), &values[2 * pages..]),
    ))
}

/// SH: both map the old page, one stores, the other looks, the last one besides them goes.
fn sh_like(who: &[String], pages: usize, lost: usize, values: &[String]) -> Scenario {
    let [g, a, sharer, t1, t2, t3] = who else { panic!("six names") };
    read(&format!(
        "frames 80\npages {pages}\nsetup {{\n  process {g}\n  {g}: mmap va0\n{}  {g}: fork {a}
  {a}: minherit va0 share; fork {sharer}\n  {a}: load va{lost}\n  {sharer}: load va{lost}\n}}
task {t1} of {a}: store va{lost}
task {t2} of {sharer}: load va{lost}
task {t3} of {g}: exit
schedule s {{\n  {t1} until end\n  {t2} until end\n  {t3} until end\n}}\n",
        stores(g, pages, None, values),
    ))
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let set = prop::collection::btree_set("[a-z]{1,4}", 6);
    set.prop_map(|set| set.into_iter().map(|s| format!("n{s}")).collect::<Vec<_>>()).prop_shuffle()
}

fn values() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("V[A-Za-z0-9]{1,5}", 15).prop_map(|set| set.into_iter().collect())
}

/// These kinds, about this page, on the kernels before P09, and nothing afterwards.
fn found_before_p09(scenario: &Scenario, kinds: &[FindingKind], lost: usize) -> Result<(), TestCaseError> {
    for preset in PRESETS {
        let report = run(scenario, &Policy::preset(preset.name).unwrap(), &Scheduling::Default).unwrap();
        let expected = if CLOSED.contains(&preset.name) { &[][..] } else { kinds };
        prop_assert_eq!(&report.kinds()[..], expected, "{} {}", preset.name, scenario);
        prop_assert!(report.findings.iter().all(|f| f.page == Some(lost as u64)), "{:?}", report.findings);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn t3s_is_found_with_any_names_and_lengths(
        who in names(), values in values(), pages in 2usize..=5, lost in 0usize..5,
    ) {
        let lost = lost % pages;
        found_before_p09(&t3s_like(&who, pages, lost, &values), &[FreedWhileMapped], lost)?;
    }

    #[test]
    fn sh_is_found_with_any_names_and_lengths(
        who in names(), values in values(), pages in 1usize..=5, lost in 0usize..5,
    ) {
        let lost = lost % pages;
        found_before_p09(&sh_like(&who, pages, lost, &values), &[FreedWhileMapped, Stale], lost)?;
    }
}
