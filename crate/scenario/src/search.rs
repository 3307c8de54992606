//! A scenario as something to search.

use crate::model::Scenario;
use crate::player::PlayError;
use crate::stage::{SETUP, Stage};
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_sched::{Checks, Executor, Progress, alone};
use std::rc::Rc;

/// A scenario after its set-up, with what it takes to go back step by step.
pub fn machine(scenario: &Rc<Scenario>, policy: &Policy, keep: Keep) -> Result<Executor<Stage>, PlayError> {
    policy.check()?;
    let checks = Checks::default();
    let stage = Stage::new(scenario.clone(), policy, keep);
    let env = &stage.theatre().world.env;
    if alone(&stage.theatre().world, SETUP, stage.set_up(), checks) != Progress::Finished {
        let why = env.findings().last().map(|f| f.detail.clone()).unwrap_or_default();
        return Err(PlayError::SetUp { scenario: scenario.name.clone(), why });
    }
    env.reset_tasks();
    env.forget();
    Ok(Executor::new(stage, checks))
}
