//! The real engine with a task that leaves out of what it knows all that it reads in one of its turns.
//!
//! Used natively, in release and in WebAssembly: such a search must say that it is not to be believed.

use faultline_engine::env::Env;
use faultline_engine::env::stepped::Keep;
use faultline_engine::ids::TaskId;
use faultline_engine::policy::Policy;
use faultline_engine::{Stepped, World};
use faultline_scenario::gallery;
use faultline_scenario::stage::{SETUP, Stage};
use faultline_sched::explore::exhaustive::{Exhaustive, Reduction};
use faultline_sched::explore::{Search, Verdict};
use faultline_sched::{Body, Checks, Executor, Starter, Subject, alone};
use std::future::poll_fn;
use std::rc::Rc;

/// A stage on which one turn of one task is run without being observed.
struct Forgetful {
    stage: Stage,
    task: TaskId,
    turn: u32,
}

impl Subject for Forgetful {
    fn world(&self) -> &World<Stepped> {
        self.stage.world()
    }
    fn tasks(&self) -> u32 {
        self.stage.tasks()
    }
    fn starts(&self, task: TaskId) -> bool {
        self.stage.starts(task)
    }
    fn besides(&self) -> u64 {
        self.stage.besides()
    }
    fn make(&self, task: TaskId, starter: &Starter) -> Body {
        let (stage, forgotten) = (self.stage.clone(), (task == self.task).then_some(self.turn));
        let mut body = stage.make(task, starter);
        let mut turn = 0;
        Box::pin(poll_fn(move |context| {
            turn += 1;
            let env = &stage.world().env;
            if Some(turn) == forgotten {
                env.quiet(|| body.as_mut().poll(context))
            } else {
                body.as_mut().poll(context)
            }
        }))
    }
}

/// What a search of a gallery scenario comes to if `task` forgets what it reads in its turn number `turn`.
pub fn verdict(name: &str, policy: &str, task: u32, turn: u32) -> Verdict {
    let scenario = Rc::new(gallery::find(name).expect("it is there").scenario().expect("it is one"));
    let policy = Policy::preset(policy).expect("it is one");
    let stage = Stage::new(scenario, &policy, Keep::SEARCH).expect("it is valid");
    alone(stage.world(), SETUP, stage.set_up(), Checks::default());
    stage.world().env.reset_tasks();
    stage.world().env.forget();
    let mut machine = Executor::new(Forgetful { stage, task: TaskId(task), turn }, Checks::default());
    Exhaustive::new(Reduction::FULL).limit(200_000).advance(&mut machine, u64::MAX).expect("it ends")
}
