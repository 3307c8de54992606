//! The reduction on the engine itself (rulings R42): small scenarios in which two routines of the
//! kernel meet. Whatever few preemptions lead to when nothing is skipped and nothing
//! remembered, the reduced search reaches; and where everything can be tried, no more.

use crate::proof::{STATES, Watched};
use crate::random::{Dice, Hints, RIGHT, cases};
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::{self, Policy};
use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::model::Model;
use faultline_explore::{Budget, Search, TaskId, Verdict, is_preemption};
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::search::executor_for;
use faultline_scenario::system::ScenarioSystem;
use faultline_sched::System;
use proptest::prelude::*;
use std::fmt::Write;
use std::rc::Rc;

/// Every order of turns with at most so many preemptions, with no memory of any kind.
fn walk_plainly<S: System>(watched: &mut Watched<S>, last: Option<TaskId>, most: u32) -> u64 {
    let runnable = Model::runnable(watched);
    let mut runs = u64::from(runnable.is_empty());
    for task in runnable.iter() {
        let taker = Model::taker(watched, task);
        let Some(left) = most.checked_sub(u32::from(is_preemption(&runnable, last, taker))) else { continue };
        Model::step(watched, task);
        runs += walk_plainly(watched, Some(taker), left);
        Model::back(watched);
    }
    runs
}

/// A process that has stored to its pages.
const ONE: &str = "process P\n  P: mmap va0; store va0 X0; store va1 Y0";
/// A process, and two that were forked from it: all read one object.
const FAMILY: &str =
    "process P\n  P: mmap va0; store va0 X0; store va1 Y0\n  P: fork A\n  A: store va1 Y1\n  A: fork B";

struct Meeting {
    name: &'static str,
    setup: &'static str,
    tasks: &'static str,
    /// All orders of its turns can be tried.
    whole: bool,
    preemptions: u32,
}

const MEETINGS: &[Meeting] = &[
    Meeting {
        name: "load-load",
        setup: ONE,
        tasks: "task L of P: load va0\ntask M of P: load va0",
        whole: true,
        preemptions: 2,
    },
    Meeting {
        name: "store-load",
        setup: FAMILY,
        tasks: "task S of A: store va0 Z0\ntask L of A: load va0",
        whole: false,
        preemptions: 2,
    },
    Meeting {
        name: "copy-copy",
        setup: FAMILY,
        tasks: "task S of A: store va0 Z0\ntask T of B: store va0 Z1",
        whole: false,
        preemptions: 2,
    },
    Meeting {
        name: "fork-fork",
        setup: ONE,
        tasks: "task F of P: fork A\ntask G of P: fork B",
        whole: false,
        preemptions: 1,
    },
    Meeting {
        name: "fork-fault",
        setup: ONE,
        tasks: "task F of P: fork A\ntask S of P: store va0 Z0",
        whole: false,
        preemptions: 1,
    },
    Meeting {
        name: "exit-exit",
        setup: FAMILY,
        tasks: "task E of A: exit\ntask D of B: exit",
        whole: false,
        preemptions: 1,
    },
    Meeting {
        name: "collapse-collapse",
        setup: FAMILY,
        tasks: "task E of P: exit\ntask F of A: fork C",
        whole: false,
        preemptions: 1,
    },
    Meeting { name: "hints-alone", setup: ONE, tasks: "task F of P { fork A; load va0 }", whole: true, preemptions: 0 },
    Meeting {
        name: "hints-fault",
        setup: ONE,
        tasks: "task F of P: fork A\ntask S of P: store va0 Z0",
        whole: false,
        preemptions: 1,
    },
    Meeting {
        name: "hints-hints",
        setup: FAMILY,
        tasks: "task F of A: fork C\ntask G of B: fork D",
        whole: false,
        preemptions: 0,
    },
    Meeting {
        name: "loads-that-are-compared",
        setup: ONE,
        tasks: "task S of P: store va0 Z0\ntask L of P { load va0 as x; load va0 as y }\nexpect x = y",
        whole: false,
        preemptions: 2,
    },
    Meeting {
        name: "exit-fault",
        setup: FAMILY,
        tasks: "task E of A: exit\ntask S of B: store va0 Z0",
        whole: false,
        preemptions: 1,
    },
];

impl Meeting {
    fn scenario(&self) -> Rc<Scenario> {
        let copy = if self.name.starts_with("hints") { "choose" } else { "none" };
        let (setup, tasks) = (self.setup, self.tasks);
        let text = format!("frames 60\npages 2\npmap-copy {copy}\nsetup {{\n  {setup}\n}}\n{tasks}\n");
        Rc::new(parse(self.name, &text).unwrap_or_else(|error| panic!("{error}")))
    }
}

fn watched(scenario: &Rc<Scenario>, preset: &str, fused: bool) -> Watched<ScenarioSystem> {
    Watched::new(executor_for(scenario, &Policy::preset(preset).unwrap(), Keep::SEARCH).unwrap().fused(fused))
}

const PRESETS: [&str; 3] = ["2019-12", "2020-01-weakened-pip", "main"];

#[test]
fn the_reduced_search_reaches_all_states_of_few_preemptions() {
    for meeting in MEETINGS {
        for preset in PRESETS {
            let at = format!("{} on {preset}", meeting.name);
            let scenario = meeting.scenario();
            let reduced = watched(&scenario, preset, true).walk(Reduction::FULL).0;
            assert_eq!(reduced.met, watched(&scenario, preset, false).walk(STATES).0.met, "{at}");
            let mut plain = watched(&scenario, preset, false);
            let most = if meeting.whole { u32::MAX } else { meeting.preemptions };
            let runs = walk_plainly(&mut plain, None, most);
            assert!(plain.met.are_among(&reduced.met), "{at}: {runs} runs");
            if meeting.whole {
                assert_eq!(plain.met, reduced.met, "{at}: {runs} runs");
            }
        }
    }
}

#[test]
fn the_reduced_search_reaches_all_states_of_one_preemption_in_the_gallery() {
    for name in ["sh", "t3s", "iv"] {
        for preset in ["2019-12", "2020-01-fixed"] {
            let scenario = Rc::new(gallery::find(name).unwrap().scenario().unwrap());
            let reduced = watched(&scenario, preset, true).walk(Reduction::FULL).0;
            let mut plain = watched(&scenario, preset, false);
            let runs = walk_plainly(&mut plain, None, 1);
            assert!(plain.met.are_among(&reduced.met), "{name} on {preset}: {runs} runs");
        }
    }
}

/// An operation of a task of process `who`, which may have children that nobody has named yet.
fn operation(who: usize, nth: &mut usize, [op, page, more, _]: Dice) -> String {
    let at = page % 3;
    match op % 16 {
        0..=2 => format!("store va{at}"),
        3 | 4 => format!("load va{at}"),
        5 => {
            *nth += 1;
            format!("fork C{nth} {{ {} va{at}; exit }}", ["load", "store"][usize::from(more) % 2])
        }
        6 => format!("munmap va{at} 1"),
        7 => format!("mprotect va{at} 1 {}", ["none", "r", "rw"][usize::from(more) % 3]),
        8 => format!("madvise va{at} 1 {}", ["free", "dontneed", "random", "normal"][usize::from(more) % 4]),
        9 => format!("mmap va{at} 1"),
        10 | 11 => format!("pageout va{at}"),
        12 | 13 => format!("reclaim va{at}"),
        14 if who > 0 => "exit".into(),
        14 => format!("minherit va{at} 1 {}", ["none", "zero", "copy"][usize::from(more) % 3]),
        _ => format!("madvise va{at} 1 free"),
    }
}

/// Tasks with an operation or two each, in a family of processes.
fn meeting(before: &[Dice], tasks: &[Vec<Dice>]) -> String {
    let mut text = format!("frames 60\npages 3\nswap 3\nerrors allowed\n{}", Hints::of(before).lines());
    text.push_str("setup {\n  process P0\n  P0: mmap va0 2; mmap va2 1 shared; store va0; store va1\n");
    let (mut nth, mut born) = (0, 1);
    for &[who, op, page, more] in before {
        let who = usize::from(who) % born;
        if op % 3 == 0 && born < 4 {
            let _ = writeln!(text, "  P{who}: fork P{born}");
            born += 1;
        } else {
            // Nobody forks or goes before it begins.
            let op = [0, 3, 6, 7, 8, 10, 12, 15][usize::from(op) % 8];
            let _ = writeln!(text, "  P{who}: {}", operation(who, &mut nth, [op, page, more, 0]));
        }
    }
    text.push_str("}\n");
    for (at, dice) in tasks.iter().enumerate() {
        let who = usize::from(dice[0][3]) % born;
        let mut ops: Vec<String> = dice.iter().map(|&d| operation(who, &mut nth, d)).collect();
        ops.truncate(ops.iter().position(|op| op == "exit").map_or(ops.len(), |exit| exit + 1));
        let _ = writeln!(text, "task T{at} of P{who} {{ {} }}", ops.join("; "));
    }
    text
}

proptest! {
    #![proptest_config(cases(24))]
    #[test]
    fn the_reduced_search_misses_nothing_in_random_two_task_programs(
        before in prop::collection::vec(any::<Dice>(), 0..6),
        tasks in prop::collection::vec(prop::collection::vec(any::<Dice>(), 1..3), 2..3),
        preset in 0..policy::PRESETS.len(),
    ) {
        let text = meeting(&before, &tasks);
        let scenario = Rc::new(parse("meeting", &text).unwrap_or_else(|error| panic!("{error}\n{text}")));
        let preset = policy::PRESETS[preset].name;
        // Now and then two have too many orders for a test.
        let walk = |fused, reduction| {
            let mut met = watched(&scenario, preset, fused);
            let verdict = Exhaustive::new(reduction).within(Budget::default().states(30_000)).advance(&mut met, u64::MAX);
            (verdict == Some(Verdict::Complete)).then_some(met)
        };
        let (Some(reduced), Some(whole)) = (walk(true, Reduction::FULL), walk(false, STATES)) else { return Ok(()) };
        prop_assert_eq!(&reduced.met, &whole.met, "{} on\n{}", preset, text);
        prop_assert!(reduced.met.broken.is_empty() || !RIGHT.contains(&preset), "{:?} {} on\n{}", reduced.met.broken, preset, text);
        let mut plain = watched(&scenario, preset, false);
        walk_plainly(&mut plain, None, 1);
        prop_assert!(plain.met.are_among(&reduced.met), "{} on\n{}", preset, text);
    }
}
