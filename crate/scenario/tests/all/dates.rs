//! The table of `docs/spec/dates.md`, and what verdicts say of it.
//!
//! `faultline list --fixes` prints the table.

use faultline_engine::policy::fixes::{Fix, How, NEVER_SHIPPED, Side, Since, all};
use faultline_engine::policy::{DEFECTS, PRESETS, PROTOCOL_ID, PROTOCOLS, Policy, SWITCHES, Switches};
use faultline_scenario::dates::{not_reproduced, table};
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use std::collections::BTreeSet;

const DOCS: &str = include_str!("../../../../docs/spec/dates.md");

/// Scenarios that reach little, and one thing more.
fn scenario(ops: &str) -> Scenario {
    let text = format!("title t\npages 2\npolicy main\n\nsequence {{\n  process P\n  P: mmap va0; {ops}\n}}\n");
    parse("t", &text).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

fn missed(ops: &str, policy: &str) -> Vec<&'static str> {
    let policy = Policy::parse(policy).unwrap();
    not_reproduced(&scenario(ops), &policy).into_iter().map(|fix| fix.id).collect()
}

fn switch(id: &str) -> Option<Switches> {
    SWITCHES.iter().chain(DEFECTS).find(|s| s.id == id).map(|s| s.switch)
}

#[test]
fn the_docs_have_the_table_that_the_program_prints() {
    let made = table();
    let stale: Vec<_> = made.lines().filter(|line| !DOCS.lines().any(|l| l == *line)).collect();
    assert_eq!(stale, Vec::<&str>::new(), "lines that docs/spec/dates.md lacks");
    assert!(DOCS.contains(&made), "the same lines in another order, or more of them");
}

#[test]
fn every_row_is_well_formed() {
    let hash = |text: &str| {
        let revision = text.strip_prefix('r').is_some_and(|n| n.len() == 6 && n.bytes().all(|b| b.is_ascii_digit()));
        let commit = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        text.is_empty() || revision || commit
    };
    let date = |text: &str| {
        let numbers: Option<Vec<u32>> = text.split('-').map(|n| n.parse().ok()).collect();
        let month = |m: &u32| (1..=12).contains(m);
        text.is_empty()
            || numbers.is_some_and(|n| match n.as_slice() {
                [year] => (2018..2027).contains(year),
                [year, m] => (2018..2027).contains(year) && month(m),
                [year, m, day] => (2018..2027).contains(year) && month(m) && (1..=31).contains(day),
                _ => false,
            })
    };
    let mut ids = BTreeSet::new();
    for fix in all() {
        assert!(ids.insert(fix.id), "{} stands twice", fix.id);
        assert!(hash(fix.commit), "{}: commit {}", fix.id, fix.commit);
        assert!(date(fix.date), "{}: date {}", fix.id, fix.date);
        assert!(!fix.areas.is_empty() && !fix.routines.is_empty(), "{} reaches nothing", fix.id);
        let cells = [fix.text, fix.routines, fix.id];
        assert!(cells.iter().all(|t| !t.is_empty() && !t.contains('|') && !t.ends_with('.')), "{}", fix.id);
        if let Since::Preset(name) | Since::Until(name) = fix.since {
            assert!(PRESETS.iter().any(|p| p.name == name), "{}: no preset {name}", fix.id);
        }
    }
    // A month or a year comes before the days in it, which is where it belongs if it is not known
    // better.
    let by_file = all().collect::<Vec<_>>();
    for task_spec in by_file.chunk_by(|a, b| a.file == b.file) {
        let years: Vec<_> = task_spec.iter().map(|fix| fix.date.get(..7).unwrap_or(fix.date)).collect();
        let ordered = years.windows(2).all(|w| w[0].len().min(w[1].len()) < 7 || w[0] <= w[1]);
        let (undated, dated): (Vec<_>, Vec<_>) = task_spec.iter().partition(|fix| fix.date.is_empty());
        assert!(ordered && task_spec.iter().take(undated.len()).all(|fix| fix.date.is_empty()), "{years:?}");
        let first = |fix: &&Fix| fix.date.get(..4).map(str::to_owned);
        assert!(dated.iter().map(first).is_sorted(), "{years:?}");
    }
    assert!(ids.len() >= 45, "{} rows", ids.len());
}

#[test]
fn every_switch_has_a_row_and_every_row_a_switch() {
    let mut named = BTreeSet::new();
    for fix in all() {
        match fix.how {
            How::Switches(switches) => {
                for &(id, _) in switches {
                    assert!(switch(id).is_some(), "{}: no switch {id}", fix.id);
                    named.insert(id);
                }
            }
            How::Undone(change) => {
                // Read as a policy reads it.
                assert!(Policy::parse(&format!("main,{change}")).is_ok(), "{}: {change}", fix.id);
                named.insert(change.trim_start_matches(['+', '-']).split('=').next().unwrap());
            }
            _ => {}
        }
    }
    // P17 and P18 are mistakes that no kernel made.
    let defects = DEFECTS.iter().map(|s| s.id).filter(|id| id.starts_with("OF"));
    let wanted = SWITCHES.iter().map(|s| s.id).chain([PROTOCOL_ID]).chain(defects);
    let lacking: Vec<_> = wanted.filter(|id| !named.contains(id)).collect();
    assert_eq!(lacking, Vec::<&str>::new());
    let undone: Vec<_> = all().filter_map(|fix| if let How::Undone(by) = fix.how { Some(by) } else { None }).collect();
    for old in &PROTOCOLS[..PROTOCOLS.len() - 1] {
        assert!(undone.contains(&format!("{PROTOCOL_ID}={}", old.name).as_str()), "{}", old.name);
    }
}

#[test]
fn presets_have_the_switches_of_their_kernels() {
    for preset in PRESETS.iter().filter(|p| p.name != NEVER_SHIPPED) {
        for fix in all() {
            let How::Switches(switches) = fix.how else { continue };
            let has = switches.iter().all(|&(id, on)| preset.switches.contains(switch(id).unwrap()) == on);
            assert_eq!(has, fix.in_kernel(preset), "{} under {}", fix.id, preset.name);
        }
    }
}

#[test]
fn a_verdict_names_what_its_preset_does_not_reproduce() {
    // The fast path of FreeBSD 13 let go of the map first.
    let soft = all().find(|fix| fix.id == "D38527").unwrap();
    let expected = matches!(soft.how, How::NotReproduced(Side::After, _));
    assert_eq!(missed("store va0", "2021").contains(&"D38527"), expected);
    assert!(!missed("store va0", "main").contains(&"D38527"), "that kernel has it");
    assert!(!missed("munmap va0", "2021").contains(&"D38527"), "nothing is touched");
    // Changed switches do not change the date.
    assert_eq!(missed("store va0", "2021,+P10"), missed("store va0", "2021"));
}

#[test]
fn a_verdict_names_no_change_to_a_routine_it_does_not_reach() {
    let files = |ops: &str| {
        let ids = missed(ops, "2019-11");
        let of = |id: &&str| all().find(|fix| fix.id == *id).unwrap().file;
        ids.iter().map(of).collect::<BTreeSet<_>>()
    };
    assert!(!files("store va0; fork C; store va0").contains("swap_pager.c"), "nothing is paged out");
    assert!(files("store va0; pageout va0; load va0").contains("swap_pager.c"));
    let stack = |ops: &str| missed(ops, "2021").contains(&"D41089") || missed(ops, "2021").contains(&"D41099");
    assert!(!stack("store va0"), "there is no stack");
    let chain = |ops: &str| missed(ops, "2019-11").contains(&"vm_fault_busy_sleep");
    assert!(chain("store va0; fork C; store va0") && !chain("store va0; load va0"), "no fork, no chain");
    // No kernel has that date.
    assert_eq!(missed("store va0; fork C; store va0; pageout va0", NEVER_SHIPPED), Vec::<&str>::new());
}
