//! The table of `docs/exploring.md`: which smallest sets of switches fix a scenario.
//!
//! `faultline fixes` prints a row of it. Here all of it is searched through again.

use faultline_engine::policy::{Policy, SWITCHES};
use faultline_scenario::gallery::find;
use faultline_scenario::parse::parse;
use faultline_scenario::search::fixes::{Fixes, fixes};
use faultline_scenario::search::{Established, Request};

/// Those of the gallery that a kernel of the table shows.
const RACES: [&str; 10] = ["t3", "t3s", "p2", "p2-munmap", "rs", "rs-fork", "sh", "iv", "k5", "soft-busy"];

const DOCS: &str = include_str!("../../../../docs/exploring.md");

/// Scenario, kernel and the sets of a row.
fn rows() -> Vec<(&'static str, &'static str, Vec<Vec<String>>)> {
    let section = DOCS.split("## Which switches fix it").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let set = |set: &str| set.split(" with ").map(|word| word.trim().trim_matches('`').to_owned()).collect();
        (cells[0].trim_matches('`'), cells[1], cells[2].split(';').map(set).collect())
    })
    .collect()
}

fn searched(name: &str, policy: &str, most: usize, request: Request, workers: usize) -> Fixes {
    let scenario = find(name).unwrap().scenario().unwrap();
    fixes(&scenario, &Policy::parse(policy).unwrap(), most, request, workers, |_, _, _| {}, || false).unwrap()
}

fn clean(fixes: &Fixes) -> Vec<Vec<String>> {
    fixes.clean().map(|fix| fix.switches.clone()).collect()
}

#[test]
fn every_row_lists_the_fixes_among_all_single_switches_and_pairs() {
    let rows = rows();
    assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), RACES);
    let request = Request { states: 5_000_000, ..Request::default() };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    for (name, policy, sets) in rows {
        assert_eq!(find(name).unwrap().scenario().unwrap().header.policy.text, policy, "{name}");
        let fixes = searched(name, policy, 2, request, workers);
        assert_eq!(clean(&fixes), sets, "{name}");
        assert_eq!(
            fixes.count(Established::Complete) + fixes.count(Established::Found),
            fixes.tried.len(),
            "{name}: all is decided"
        );
        let (singles, pairs) = (SWITCHES.len(), SWITCHES.len() * (SWITCHES.len() - 1) / 2);
        assert_eq!(fixes.tried.len() + fixes.illegal + fixes.implied, singles + pairs, "{name}");
    }
}

#[test]
fn a_bounded_search_establishes_no_fix() {
    let fixes = searched("sh", "2020-01-collapse", 1, Request { states: 10, ..Request::default() }, 1);
    assert_eq!(clean(&fixes), Vec::<Vec<String>>::new());
    assert!(fixes.tried.iter().any(|attempt| attempt.switches == ["+P09"] && attempt.how == Established::Bounded));
}

#[test]
fn removing_the_defect_is_a_fix_and_the_order_does_not_depend_on_the_workers() {
    let text = find("of1").unwrap().text;
    let scenario = parse("of1", text).unwrap();
    let policy = Policy::parse(&scenario.header.policy.text).unwrap();
    let with = |workers| fixes(&scenario, &policy, 2, Request::default(), workers, |_, _, _| {}, || false).unwrap();
    let one = with(1);
    assert!(clean(&one).contains(&vec!["-OF1".to_owned()]), "{:?}", clean(&one));
    assert_eq!(one, with(3));
}

#[test]
fn illegal_sets_of_switches_are_left_out() {
    // P11 needs P01, which this kernel has, and P07 off, which it is.
    let tried = |policy: &str| searched("sh", policy, 1, Request::default(), 1);
    let has = |fixes: &Fixes, word: &str| fixes.tried.iter().any(|attempt| attempt.switches == [word]);
    assert!(has(&tried("2020-01-collapse"), "+P11"));
    let old = tried("2020-01-fixed");
    assert!(!has(&old, "+P11") && !has(&old, "+P13") && old.illegal == 2, "{old:?}");
}
