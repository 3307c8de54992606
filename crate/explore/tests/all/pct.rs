//! PCT keeps its guarantee: a bug of depth *d* among *n* tasks of *k* turns shows in at least one of n · k^(d-1) runs
//! (Burckhardt and others, 2010). Counted, by seed.

use crate::puzzle::Op::*;
use crate::puzzle::{Program, Puzzle};
use faultline_explore::model::Model;
use faultline_explore::strategy::pct::Pct;
use faultline_explore::strategy::{Outcome, Point};
use faultline_explore::{Strategy, Turn};

/// The number of violating runs, of `runs`; and the turns of the longest run.
fn breaks(programs: &[Program], depth: u32, seed: u64, runs: u64) -> (u64, u64) {
    let mut pct = Pct::new(seed, depth, runs);
    let (mut broken, mut longest) = (0, 0);
    while pct.begin() {
        let mut puzzle = Puzzle::new(programs);
        let (mut number, mut last) = (0, None);
        loop {
            let runnable = puzzle.runnable();
            if runnable.is_empty() {
                break;
            }
            let task = pct.choose(&Turn { number, runnable, last }).unwrap();
            puzzle.step(task);
            pct.took(number, task, Outcome::At(Point::default()));
            (number, last) = (number + 1, Some(task));
        }
        longest = longest.max(number);
        broken += u64::from(!puzzle.broken_now().is_empty());
    }
    (broken, longest)
}

/// Turns that touch nothing relevant.
fn idle(turns: usize) -> Program {
    vec![If(2, 2, 0); turns]
}

fn joined(parts: &[Program]) -> Program {
    parts.concat()
}

#[test]
fn a_bug_is_found_as_often_as_its_depth_promises() {
    let scanner = joined(&[idle(3), vec![Set(0, 1), Set(0, 0)], idle(3)]);
    let bugs: [(&str, u32, Vec<Program>); 3] = [
        ("one before the other", 1, vec![joined(&[idle(3), vec![Set(0, 1)]]), joined(&[idle(3), vec![Assert(0, 0)]])]),
        ("one in the midst of the other", 2, vec![scanner.clone(), vec![Assert(0, 1)], idle(2)]),
        // It sees the 1, and then no longer.
        ("both in the midst of each other", 3, vec![scanner, joined(&[vec![If(0, 1, 2), Goto(9), Assert(0, 0)]])]),
    ];
    for (what, depth, programs) in bugs {
        for seed in 0..2 {
            let runs = 20_000;
            let (broken, turns) = breaks(&programs, depth, seed, runs);
            let among = programs.len() as u64 * turns.pow(depth - 1);
            // Where the bound is tight, a sample falls a little below it as often as above.
            assert!(broken * among * 4 >= runs * 3, "{what}: {broken} of {runs}, which is less than one of {among}");
            assert!(broken < runs, "{what}: it needs its order");
        }
    }
}

#[test]
fn a_bug_deeper_than_the_requested_depth_is_not_found() {
    let programs = [vec![Set(0, 1), Set(0, 0)], vec![Assert(0, 1)]];
    assert_eq!(breaks(&programs, 1, 1, 2000).0, 0);
    assert!(breaks(&programs, 2, 1, 2000).0 > 0);
}

/// The first two tasks are preempted; then the one preempted last goes on first.
fn last_left_goes_on_first() -> [Program; 3] {
    [
        vec![Set(0, 1), Assert(0, 2)],
        vec![If(0, 1, 2), Goto(9), Set(1, 1), If(1, 2, 5), Goto(9), Set(0, 2)],
        vec![If(1, 1, 2), Goto(9), Set(1, 2)],
    ]
}

/// The same, but the task preempted first goes on first.
fn first_left_goes_on_first() -> [Program; 3] {
    [
        vec![Set(0, 1), If(1, 2, 3), Goto(9), Set(0, 2)],
        vec![If(0, 1, 2), Goto(9), Set(1, 1), Assert(0, 2)],
        vec![If(1, 1, 2), Goto(9), Set(1, 2)],
    ]
}

#[test]
fn any_of_the_lowered_tasks_may_run_first() {
    assert!(breaks(&last_left_goes_on_first(), 3, 1, 20_000).0 > 0);
}

#[test]
fn a_race_in_lowering_order_is_found_more_often_than_in_reverse_order() {
    let broken = |programs: [Program; 3]| breaks(&programs, 3, 1, 20_000).0;
    let (waits, other) = (broken(first_left_goes_on_first()), broken(last_left_goes_on_first()));
    assert!(waits > 2 * other, "{waits} against {other}");
}
