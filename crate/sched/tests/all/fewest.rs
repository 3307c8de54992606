//! Preemption bounding finds the least schedules: as few preemptions as any order of turns needs, and the shortest of
//! these schedules, as full enumeration counts them (rulings R9).

use crate::program::{self, Act, Program, machine};
use crate::toy::Toy;
use faultline_explore::bounded::Bounded;
use faultline_explore::model::{Model, Property, Wanted};
use faultline_explore::{Bound, Choices, Found, Search, TaskId, Verdict, is_preemption};
use faultline_sched::Executor;
use faultline_sched::model::property;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The best way to violate a property: preemptions, turns, choices.
type Best = BTreeMap<Property, (u32, usize, Vec<u16>)>;

/// Position of a run.
#[derive(Clone, Default)]
struct Path {
    last: Option<TaskId>,
    preemptions: u32,
    turns: usize,
    choices: Vec<u16>,
}

/// Enumerates every order of turns from here on.
fn enumerate(machine: &mut Executor<Toy>, path: &Path, best: &mut Best) {
    let runnable = Model::runnable(machine);
    let before: BTreeSet<_> = machine.env().findings().iter().map(property).collect();
    for task in runnable.iter() {
        let mut next = path.clone();
        next.preemptions += u32::from(is_preemption(&runnable, path.last, task));
        next.turns += 1;
        next.last = Some(task);
        if runnable.len() > 1 {
            next.choices.push(runnable.place(task).unwrap() as u16);
        }
        Model::step(machine, task);
        for broken in machine.env().findings().iter().map(property).filter(|p| !before.contains(p)) {
            let how = (next.preemptions, next.turns, next.choices.clone());
            let known = best.entry(broken).or_insert_with(|| how.clone());
            *known = how.min(known.clone());
        }
        enumerate(machine, &next, best);
        Model::back(machine);
    }
}

fn search(program: &Program, fused: bool, search: Bounded) -> Verdict {
    let mut machine = machine(program).fused(fused);
    let mut search = search;
    search.advance(&mut machine, u64::MAX).unwrap()
}

fn found(verdict: Verdict) -> Found {
    let Verdict::Found(found) = verdict else { panic!("it is there: {verdict:?}") };
    found
}

/// The properties that a schedule violates with its last turn, played choice by choice.
fn played(program: &Program, choices: &Choices, turns: usize) -> BTreeSet<Property> {
    let mut machine = machine(program);
    let mut left = choices.as_slice().iter();
    let mut before = 0;
    for _ in 0..turns {
        let runnable = machine.runnable();
        let at = if runnable.len() > 1 { usize::from(*left.next().unwrap()) } else { 0 };
        before = machine.env().finding_count();
        machine.step(runnable.nth(at).unwrap()).unwrap();
    }
    assert_eq!(left.next(), None, "every choice was made");
    machine.env().findings()[before..].iter().map(property).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]
    #[test]
    fn the_finding_has_the_fewest_preemptions_and_turns(program in program::small()) {
        let mut best = Best::new();
        enumerate(&mut machine(&program), &Path::default(), &mut best);
        for (&broken, (preemptions, turns, choices)) in &best {
            let wanted = || Bounded::new(99).wanted(Wanted::This(broken));
            for fused in [false, true] {
                let first = found(search(&program, fused, wanted()));
                prop_assert_eq!((first.preemptions, first.property), (*preemptions, broken));
                prop_assert!(played(&program, &first.choices, first.turns).contains(&broken));
                let shortest = found(search(&program, fused, wanted().shortest()));
                prop_assert_eq!((shortest.preemptions, shortest.turns), (*preemptions, *turns), "fused: {}", fused);
                prop_assert!(played(&program, &shortest.choices, shortest.turns).contains(&broken));
                if !fused {
                    prop_assert_eq!(shortest.choices.as_slice(), &choices[..], "and the least of these");
                }
            }
            if let Some(fewer) = preemptions.checked_sub(1) {
                let bounded = search(&program, true, Bounded::new(fewer).wanted(Wanted::This(broken)));
                prop_assert_eq!(bounded, Verdict::Bounded(Bound::Preemptions(fewer)));
            }
        }
        if best.is_empty() {
            prop_assert_eq!(search(&program, true, Bounded::new(99)), Verdict::Complete);
        }
    }
}

#[test]
fn the_shortest_of_several_paths_to_one_state_is_found() {
    // The first task reads until the second has stored, and both have to end; the order of choices tries the longer
    // schedule first.
    let first = vec![Act::Retry(0), Act::Add(1, 1)];
    let program = vec![first, vec![Act::Store(0, 1), Act::Add(1, 1)], vec![Act::Assert(1, 2)]];
    let mut best = Best::new();
    enumerate(&mut machine(&program), &Path::default(), &mut best);
    let (preemptions, turns, _) = best.values().next().unwrap().clone();
    for fused in [false, true] {
        let first = found(search(&program, fused, Bounded::new(9)));
        let shortest = found(search(&program, fused, Bounded::new(9).shortest()));
        assert_eq!((shortest.preemptions, shortest.turns), (preemptions, turns), "fused: {fused}");
        assert!(first.turns > turns, "the first one is longer: fused: {fused}");
    }
}

#[test]
fn a_fused_turn_counts_as_its_unfused_turns() {
    // The first task's only turn consists of four; the other task needs three.
    let program = vec![vec![Act::Nothing, Act::Nothing, Act::Assert(0, 0)], vec![Act::Wakeup(0), Act::Assert(0, 0)]];
    for fused in [false, true] {
        let shortest = found(search(&program, fused, Bounded::new(0).wanted(Wanted::Any).shortest()));
        assert_eq!((shortest.preemptions, shortest.turns), (0, 3), "fused: {fused}");
    }
}
