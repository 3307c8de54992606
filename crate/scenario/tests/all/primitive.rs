//! The reduction on the engine itself (rulings R42): small scenarios in which two routines of the
//! kernel meet. Whatever few preemptions lead to when nothing is skipped and nothing
//! remembered, the reduced search reaches; and where everything can be tried, no more.

use crate::proof::{STATES, Watched};
use faultline_engine::env::stepped::Keep;
use faultline_engine::ids::TaskId;
use faultline_engine::policy::Policy;
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::search::machine;
use faultline_scenario::stage::Stage;
use faultline_sched::Subject;
use faultline_sched::explore::exhaustive::Reduction;
use faultline_sched::explore::is_preemption;
use faultline_sched::explore::model::Model;
use std::rc::Rc;

/// Every order of turns with at most so many preemptions, with no memory of any kind.
fn walk_plainly<S: Subject>(watched: &mut Watched<S>, last: Option<TaskId>, most: u32) -> u64 {
    let runnable = Model::runnable(watched);
    let mut runs = u64::from(runnable.is_empty());
    for task in runnable.iter() {
        let Some(left) = most.checked_sub(u32::from(is_preemption(runnable, last, task))) else { continue };
        Model::step(watched, task);
        runs += walk_plainly(watched, Some(task), left);
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
        let text = format!("frames 40\npages 2\nsetup {{\n  {}\n}}\n{}\n", self.setup, self.tasks);
        Rc::new(parse(self.name, &text).unwrap_or_else(|error| panic!("{error}")))
    }
}

fn watched(scenario: &Rc<Scenario>, preset: &str, fused: bool) -> Watched<Stage> {
    Watched::new(machine(scenario, &Policy::preset(preset).unwrap(), Keep::SEARCH).unwrap().fused(fused))
}

const PRESETS: [&str; 3] = ["2019-12", "2020-01-weakened-pip", "main"];

#[test]
fn what_few_preemptions_lead_to_the_reduced_search_reaches() {
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
fn what_one_preemption_leads_to_in_the_gallery_the_reduced_search_reaches() {
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
