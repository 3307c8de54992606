//! Going back is exact: after any walk forth and back a machine is what a fresh one is that
//! took the same turns, every one by running it, and whatever it does next is what that one does next.
//!
//! This is what a search stands on: a turn taken back leaves nothing behind in the world, and a
//! task that is made again by what it has read stands where it stood.

use crate::random::{ALL, Dice as Die, cases, concurrent};
use faultline_engine::env::stepped::Keep;
use faultline_engine::env::{Names, Report};
use faultline_engine::finding::Finding;
use faultline_engine::ids::SpaceId;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_engine::step::Step;
use faultline_engine::word::Kind;
use faultline_explore::model::Model;
use faultline_explore::strategy::random::Dice;
use faultline_explore::{TaskId, TaskSet};
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::search::{ScenarioExecutor, executor_for};
use faultline_sched::{Progress, Standing};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::rc::Rc;

/// All that can be seen of a machine.
#[derive(PartialEq, Eq, Debug)]
struct Sight {
    world: u64,
    oracle: u64,
    state: u64,
    turns: u64,
    steps: u64,
    last: Option<TaskId>,
    progress: Progress,
    runnable: TaskSet,
    standing: Vec<(Standing, Step, u64)>,
    findings: Vec<Finding>,
}

fn sight(executor: &ScenarioExecutor) -> Sight {
    use faultline_sched::System;
    let (env, world) = (executor.env(), executor.system().world());
    let stand = |task| (executor.standing(task), executor.at(task), env.local_fingerprint(task));
    Sight {
        world: env.fingerprint(),
        oracle: world.oracle.fingerprint(|space: SpaceId| env.name_of(Kind::Space, space.0)),
        state: executor.state(),
        turns: executor.turns(),
        steps: env.steps(),
        last: executor.last(),
        progress: executor.progress(),
        runnable: *executor.runnable(),
        standing: executor.tasks().map(stand).collect(),
        findings: env.findings(),
    }
}

/// The accesses of the last turn, as a search sees them.
fn touched(executor: &ScenarioExecutor) -> BTreeSet<(u64, bool)> {
    let mut all = BTreeSet::new();
    executor.accesses(|word, write| _ = all.insert((word, write)));
    all
}

/// Memory that was given up reads as it was or as zero, and the first load decides it.
const FREED: &str = "pages 1
    setup { process P; P: mmap va0; store va0 a; name O = object P va0; P: madvise va0 1 free }
    task R of P: reclaim O 0
    task B of P { load va0; load va0 }
    task C of P { load va0; store va0 b }";

/// Entries that go together had one object: its references are dropped one after the other.
const TWICE: &str = "errors allowed
    setup { process P; P: mmap va0 4; P: store va0; P: store va1; P: mprotect va2 1 none; P: store va3 }
    task A of P { munmap va2 2; load va0; load va3 }
    task B of P { fork Q { load va0; exit }; load va1; load va2 }
    task C of P { mprotect va0 4 rw; load va0; load va3 }";

/// A file's page is stored to, written, given up and mapped again.
const FILE: &str = "errors allowed
    setup { process P; process Q; file f 2; P: mmap va0 2 file f shared; store va0 a; name F = object P va0 }
    task A of P { store va1 b; store va0 c; munmap va0 2 }
    task L of P { pageout F 0; reclaim F 0; reclaim F 0; reclaim }
    task B of Q { mmap va0 2 file f shared; load va0; store va0 d; pageout va0; munmap va0 2; reclaim; mmap va4 2 file f; load va4; load va5 }";

/// A fork is asked for each page whether the child gets its entry.
const ASKED: &str = "pages 2\npmap-copy choose
    setup { process P; P: mmap va0; P: store va0; P: store va1 }
    task A of P { fork Q { load va0; store va1; exit }; store va0 }
    task B of P { fork R; load va1 }";

fn scenario(name: &str) -> Rc<Scenario> {
    match name {
        "file" => Rc::new(parse(name, FILE).unwrap()),
        "asked" => Rc::new(parse(name, ASKED).unwrap()),
        "twice" => Rc::new(parse(name, TWICE).unwrap()),
        "freed" => Rc::new(parse(name, FREED).unwrap()),
        _ => Rc::new(gallery::find(name).unwrap().scenario().unwrap()),
    }
}

fn open(scenario: &Rc<Scenario>, policy: &Policy, fused: bool) -> ScenarioExecutor {
    executor_for(scenario, policy, Keep::SEARCH).unwrap().fused(fused)
}

/// One that runs every turn.
fn plain(scenario: &Rc<Scenario>, policy: &Policy, fused: bool) -> ScenarioExecutor {
    executor_for(scenario, policy, Keep { memo: false, ..Keep::SEARCH }).unwrap().fused(fused)
}

fn fresh(scenario: &Rc<Scenario>, policy: &Policy, fused: bool, turns: &[TaskId]) -> ScenarioExecutor {
    let mut executor = plain(scenario, policy, fused);
    for &task in turns {
        executor.step(task).unwrap();
    }
    executor
}

/// A move of a walk: some turns forth, each a choice among those that can run, or some back.
#[derive(Clone, Debug)]
enum Move {
    Forth(Vec<u8>),
    Stay(u8, u8),
    Back(u8),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 1..12).prop_map(Move::Forth),
        3 => (any::<u8>(), 1u8..30).prop_map(|(who, turns)| Move::Stay(who, turns)),
        3 => (1u8..25).prop_map(Move::Back),
        // To the very beginning.
        1 => Just(Move::Back(u8::MAX)),
    ];
    prop::collection::vec(one, 1..14)
}

/// Who took each turn, and the state before it: asked for on the way, as a search does.
type Taken = Vec<(TaskId, u64)>;

fn forth(executor: &mut ScenarioExecutor, taken: &mut Taken, choice: u8) {
    let runnable = executor.runnable();
    if !runnable.is_empty() {
        let task = runnable.nth(usize::from(choice) % runnable.len()).unwrap();
        taken.push((task, executor.state()));
        executor.step(task).unwrap();
    }
}

fn walk(executor: &mut ScenarioExecutor, moves: &[Move]) -> Vec<TaskId> {
    let mut taken = Taken::new();
    for a_move in moves {
        match a_move {
            Move::Forth(choices) => choices.iter().for_each(|&c| forth(executor, &mut taken, c)),
            // The same task for a while: what few preemptions lead to.
            &Move::Stay(who, turns) => (0..turns).for_each(|_| forth(executor, &mut taken, who)),
            &Move::Back(turns) => {
                for _ in 0..turns {
                    let before = taken.pop();
                    assert_eq!(executor.back(), before.is_some());
                    assert!(before.is_none_or(|(_, state)| executor.state() == state), "back at another state");
                }
            }
        }
    }
    taken.into_iter().map(|(task, _)| task).collect()
}

/// The walk, then both on to the end by the same choices.
fn check(
    scenario: &Rc<Scenario>,
    preset: &str,
    (moves, fused): (&[Move], bool),
    mut seed: u64,
) -> Result<(), TestCaseError> {
    let (name, policy) = (&scenario.name, Policy::parse(preset).unwrap());
    let mut walked = open(scenario, &policy, fused);
    let taken = walk(&mut walked, moves);
    let mut other = fresh(scenario, &policy, fused, &taken);
    prop_assert_eq!(sight(&walked), sight(&other), "{} on {} after {:?}", name, preset, &taken);
    while let Some(last) = walked.runnable().len().checked_sub(1) {
        seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let task = walked.runnable().nth((seed >> 40) as usize % (last + 1)).unwrap();
        let outcomes = (walked.step(task), other.step(task));
        prop_assert_eq!(outcomes.0, outcomes.1);
        prop_assert_eq!(touched(&walked), touched(&other));
        prop_assert_eq!(sight(&walked), sight(&other), "{} on {}: going on from {:?}", name, preset, &taken);
    }
    prop_assert!(other.runnable().is_empty());
    Ok(())
}

/// A kernel, every other one with a defect: where much is found, much is told, and telling leaves no trace.
fn policy() -> impl Strategy<Value = String> {
    let defects = [",+OF1", ",+OF2", ",+OF4", ",+OF5", ",+P17", ",+P18", ",P16=write-first"];
    (0..PRESETS.len(), prop::option::of(0..defects.len())).prop_map(move |(preset, defect)| {
        let kernel = format!("{}{}", PRESETS[preset].name, defect.map_or("", |nth| defects[nth]));
        if Policy::parse(&kernel).is_ok() { kernel } else { PRESETS[preset].name.into() }
    })
}

const SCENARIOS: [&str; 14] = [
    "t3",
    "t3-story",
    "t3s",
    "sh",
    "iv",
    "k5",
    "g1",
    "g3",
    "lost-wakeup",
    "deadlock",
    "freed",
    "twice",
    "file",
    "asked",
];

proptest! {
    #![proptest_config(cases(160))]
    #[test]
    fn after_any_walk_an_executor_equals_a_fresh_one(
        scenario in 0..SCENARIOS.len(), policy in policy(), moves in moves(), fused: bool, seed: u64,
    ) {
        check(&self::scenario(SCENARIOS[scenario]), &policy, (&moves, fused), seed)?;
    }
}

proptest! {
    #![proptest_config(cases(160))]
    #[test]
    fn after_any_walk_an_executor_equals_a_fresh_one_in_random_scenarios(
        before in prop::collection::vec(any::<Die>(), 1..14),
        tasks in prop::collection::vec(prop::collection::vec(any::<Die>(), 1..4), 2..4),
        policy in policy(), moves in moves(), fused: bool, seed: u64,
    ) {
        let text = concurrent(ALL, &before, &tasks);
        check(&Rc::new(parse("random", &text).unwrap()), &policy, (&moves, fused), seed)?;
    }
}

/// Many random runs, each from a state of the last one, beside an executor that runs every turn.
#[test]
fn memoised_turns_do_what_unmemoised_turns_do() {
    for (name, preset) in SCENARIOS.into_iter().zip(PRESETS.iter().cycle()) {
        let (scenario, policy) = (scenario(name), Policy::preset(preset.name).unwrap());
        let (mut memoised, mut run) = (open(&scenario, &policy, true), plain(&scenario, &policy, true));
        let (mut dice, mut taken) = (Dice::new(7), 0);
        for _ in 0..60 {
            while !memoised.runnable().is_empty() {
                // Mostly the same task goes on, as in a search.
                let stays = memoised.last().filter(|&last| memoised.runnable().contains(last) && dice.below(6) > 0);
                let task = stays.or_else(|| memoised.runnable().nth(dice.below(memoised.runnable().len()))).unwrap();
                assert_eq!(memoised.step(task), run.step(task));
                assert_eq!(touched(&memoised), touched(&run), "{name} on {}", preset.name);
                assert_eq!(sight(&memoised), sight(&run), "{name} on {}", preset.name);
                taken += 1;
            }
            for _ in 0..1 + dice.below(memoised.turns() as usize) {
                assert_eq!((memoised.back(), run.back()), (true, true));
            }
            assert_eq!(sight(&memoised), sight(&run), "{name} on {}: back", preset.name);
        }
        // Where a scenario counts what happens every turn is run.
        let (known, counts) = (memoised.env().memoised_turns(), run.env().keeps().counters);
        assert_eq!((run.env().memoised_turns(), counts), (0, known == 0), "{name}");
        assert!(counts || known > taken / 2, "{name}: {known} of {taken}");
    }
}

/// Whole random runs, each beside a fresh executor that runs the same turns.
fn runs(scenario: &Rc<Scenario>, kernel: &str, fused: bool, runs: usize, seed: u64) -> Result<(), TestCaseError> {
    let policy = Policy::parse(kernel).unwrap();
    let (mut memoised, mut dice) = (open(scenario, &policy, fused), Dice::new(seed));
    for nth in 0..runs {
        let mut turns = Vec::new();
        while !memoised.runnable().is_empty() {
            let runnable = memoised.runnable();
            let stays = memoised.last().filter(|&last| runnable.contains(last) && dice.below(8) > 0);
            turns.extend(stays.or_else(|| runnable.nth(dice.below(runnable.len()))));
            memoised.step(turns[turns.len() - 1]).unwrap();
        }
        let run = fresh(scenario, &policy, fused, &turns);
        prop_assert_eq!(sight(&memoised), sight(&run), "{} on {}: run {}", scenario.name, kernel, nth);
        while memoised.back() {}
    }
    Ok(())
}

#[test]
fn memoised_runs_end_like_unmemoised_runs() {
    for (name, preset) in SCENARIOS.into_iter().zip(PRESETS.iter().cycle()) {
        runs(&scenario(name), preset.name, true, 60, 7).unwrap();
    }
}

/// Who has loaded a wrong value tells where that was: this is no part of what its program has read.
#[test]
fn a_task_that_has_loaded_a_wrong_value_replays_exactly() {
    let text = "frames 120
        swap 5
        setup { process P; P: mmap va0 4; file f 2; P: mmap va6 2 file f; P: store va0; P: fork Q
            Q: minherit va0 4 share; Q: fork R }
        task T of P { pageout va1; load va0; load va1; load va2; load va3; load va6; load va7 }
        task U of Q { pageout va3; mprotect va0 2 r; load va0; load va1; load va2; load va3; load va6 }
        task V of R { store va6; store va0; load va0; load va1; load va2; load va3; load va6 }";
    runs(&Rc::new(parse("wrong", text).unwrap()), "2019-11", true, 200, 7).unwrap();
}

/// What is said of a wrong value goes by what this run has mapped, not by what was met in others.
#[test]
fn a_wrong_value_is_described_as_in_a_fresh_world() {
    let text = "frames 120
        swap 5
        errors allowed
        setup { process P0; P0: mmap va0 4; P0: mmap va4 2 shared; file f 2; P0: mmap va6 2 file f
            P0: fork P1; P0: store va5; P0: store va1; P1: store va2; P1: store va4 }
        task T0 of P0 { fork P2 { pageout va7; load va0; exit }; store va3
            load va0; load va1; load va2; load va3; load va4; load va5; load va6; load va7 }
        task T1 of P1 { fork P3 { store va7; load va6; exit }; fork P4 { store va4; load va1; exit }; store va5
            load va0; load va1; load va2; load va3; load va4; load va5; load va6; load va7 }
        task T2 of P1 { fork P5 { minherit va3 1 copy; load va6; exit }; munmap va0 2
            load va0; load va1; load va2; load va3; load va4; load va5; load va6; load va7 }";
    let scenario = Rc::new(parse("told", text).unwrap());
    runs(&scenario, "2020-01-collapse,+OF1", true, 20, 13_191_709_025_592_382_543).unwrap();
}

/// An entry that is cut keeps its number: how far it went when it was looked up is what prefault goes by.
#[test]
fn a_prefaulting_fault_remembers_the_range_of_its_map_entry() {
    let text = "frames 120
        swap 5
        errors allowed
        prefault 4 4
        setup { process P; P: mmap va0 4; mmap va4 2 shared; file f 2; P: mmap va6 2 file f
            P: load va4; store va2; store va6; pageout va2 }
        task T of P { mprotect va1 1 none; load va0; load va1; load va2; load va3; load va4; load va5; load va6; load va7 }
        task U of P { store va2; load va0; load va1; load va2; load va3; load va4; load va5; load va6; load va7 }";
    let scenario = Rc::new(parse("cut", text).unwrap());
    for preset in PRESETS {
        runs(&scenario, preset.name, true, 60, 4_091_485_833_557_143_323).unwrap();
    }
}

proptest! {
    #![proptest_config(cases(100))]
    #[test]
    fn memoised_runs_of_random_scenarios_end_like_unmemoised_runs(
        before in prop::collection::vec(any::<Die>(), 1..14),
        tasks in prop::collection::vec(prop::collection::vec(any::<Die>(), 1..4), 2..4),
        kernel in policy(), fused: bool, seed: u64,
    ) {
        let text = concurrent(ALL, &before, &tasks);
        runs(&Rc::new(parse("random", &text).unwrap()), &kernel, fused, 20, seed)?;
    }
}

#[test]
fn every_turn_of_a_run_can_be_undone_and_redone() {
    for name in SCENARIOS {
        let scenario = scenario(name);
        let policy = Policy::preset("2019-12").unwrap();
        let mut executor = executor_for(&scenario, &policy, Keep::SEARCH).unwrap();
        let (mut sights, mut taken) = (vec![sight(&executor)], Vec::new());
        while !executor.runnable().is_empty() {
            let choice = (taken.len() / 5) as u8;
            forth(&mut executor, &mut taken, choice);
            sights.push(sight(&executor));
        }
        for at in (0..taken.len()).rev() {
            assert!(executor.back());
            assert_eq!(sight(&executor), sights[at], "{name}: back to turn {at}");
        }
        assert!(!executor.back(), "there is nothing before the beginning");
        for (at, &(task, _)) in taken.iter().enumerate() {
            executor.step(task).unwrap();
            assert_eq!(sight(&executor), sights[at + 1], "{name}: again turn {at}");
        }
    }
}

/// The oracle remembers more than it answers by: a fork that is over names children to come, and stores
/// of those that are gone stand before others. What is known of a turn holds for exactly one past.
#[test]
fn a_memoised_fork_depends_on_all_state_of_the_oracle() {
    let text = "frames 120
        errors allowed
        setup { process P0; P0: mmap va0 4; P0: mmap va4 2 shared; file f 2; P0: mmap va6 2 file f; store va6; P0: fork P1 }
        task T0 of P0 { store va0; exit }
        task T1 of P1 { mprotect va0 1 none; fork P2 { mmap va0 1; load va0; exit }; load va0; load va6 }
        task T2 of P1 { pageout va7; load va0; load va1; load va2; load va3; load va6 }";
    let scenario = Rc::new(parse("fork", text).unwrap());
    let moves = [Move::Stay(69, 9), Move::Stay(44, 23), Move::Stay(63, 29), Move::Back(3)];
    check(&scenario, "2019-11", (&moves, true), 0).unwrap();
}
