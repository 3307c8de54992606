//! The real engine with a task that leaves out of what it knows all that it reads in one of its turns.
//!
//! Used natively, in release and in WebAssembly: such a search must say that it is not to be believed.

use faultline_engine::env::Observe;
use faultline_engine::env::stepped::Keep;
use faultline_engine::ids::TaskId;
use faultline_engine::policy::Policy;
use faultline_engine::{Stepped, World};
use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::{Budget, Search, Verdict};
use faultline_scenario::gallery;
use faultline_scenario::system::{SETUP, ScenarioSystem};
use faultline_sched::{Checks, Executor, Spawner, System, TaskFuture, run_to_completion};
use std::future::poll_fn;
use std::rc::Rc;

/// A stage on which one turn of one task is run without being observed.
struct Forgetful {
    system: ScenarioSystem,
    task: TaskId,
    turn: u32,
}

impl System for Forgetful {
    fn world(&self) -> &World<Stepped> {
        self.system.world()
    }
    fn tasks(&self) -> u32 {
        self.system.tasks()
    }
    fn starts(&self, task: TaskId) -> bool {
        self.system.starts(task)
    }
    fn extra_state(&self) -> u64 {
        self.system.extra_state()
    }
    fn make(&self, task: TaskId, spawner: &Spawner) -> TaskFuture {
        let (system, forgotten) = (self.system.clone(), (task == self.task).then_some(self.turn));
        let mut body = system.make(task, spawner);
        let mut turn = 0;
        Box::pin(poll_fn(move |context| {
            turn += 1;
            let env = &system.world().env;
            if Some(turn) == forgotten {
                env.untracked(|| body.as_mut().poll(context))
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
    let system = ScenarioSystem::new(scenario, &policy, Keep::SEARCH).expect("it is valid");
    run_to_completion(system.world(), SETUP, system.set_up(), Checks::default());
    system.world().env.reset_tasks();
    system.world().env.forget();
    let mut executor = Executor::new(Forgetful { system, task: TaskId(task), turn }, Checks::default());
    Exhaustive::new(Reduction::FULL)
        .within(Budget::default().states(200_000))
        .advance(&mut executor, u64::MAX)
        .expect("it ends")
}
