//! The real engine: what a step costs, and how long the gallery's races take to be found and to be
//! proven absent.

use crate::peers::{Search as Did, ours};
use anyhow::{Result, anyhow};
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_explore::model::Model;
use faultline_explore::strategy::random::Dice;
use faultline_scenario::gallery;
use faultline_scenario::search::{Request, ScenarioExecutor, executor_for};
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Steps of one kernel before it is the other's turn.
const STEPS: u64 = 1 << 12;

/// A gallery scenario after its set-up, with everything that is to be kept.
fn system(name: &str, preset: &str, keep: Keep) -> Result<ScenarioExecutor> {
    let exhibit = gallery::find(name).ok_or_else(|| anyhow!("the gallery has no scenario {name}"))?;
    Ok(executor_for(&Rc::new(exhibit.scenario()?), &Policy::preset(preset)?, keep)?)
}

/// An executor that takes steps of random runs.
struct Walk {
    engine: ScenarioExecutor,
    dice: Dice,
}

impl Walk {
    fn new(preset: &str, keep: Keep) -> Result<Walk> {
        let mut engine = system("t3", preset, keep)?;
        // A search may take several turns as one.
        Model::set_unfused(&mut engine, true);
        Ok(Walk { engine, dice: Dice::new(1) })
    }
    /// How long so many steps take. Going back to the beginning is not a step.
    fn steps(&mut self, steps: u64) -> Duration {
        let (mut took, mut taken) = (Duration::ZERO, 0);
        while taken < steps {
            let begun = Instant::now();
            let mut here = 0;
            while taken + here < steps {
                let runnable = Model::runnable(&self.engine);
                let chosen = if runnable.is_empty() { None } else { runnable.nth(self.dice.below(runnable.len())) };
                let Some(task) = chosen else { break };
                Model::step(&mut self.engine, task);
                black_box(self.engine.state());
                here += 1;
            }
            took += begun.elapsed();
            taken += here;
            (0..here).for_each(|_| Model::back(&mut self.engine));
        }
        took
    }
}

/// `t3` on the kernel before the fix and on the one with it, turn about: what disturbs the machine for
/// a while disturbs both.
pub struct Walks([Walk; 2]);

impl Walks {
    /// With everything that a search keeps; with `memo`, known transitions are memoised, as a search
    /// takes them.
    pub fn new(memo: bool) -> Result<Walks> {
        let keep = Keep { memo, ..Keep::SEARCH };
        Ok(Walks([Walk::new("2019-12", keep)?, Walk::new("2020-01-fixed", keep)?]))
    }
    /// What a step costs in nanoseconds, the mean of so many: from one point of a task to the next with declared
    /// accesses, undo, digest, E06 and the oracle on (rulings R45).
    pub fn nanoseconds(&mut self, steps: u64) -> f64 {
        let stretches = (0..steps).step_by(STEPS as usize).map(|done| STEPS.min(steps - done));
        let took: Duration = stretches.enumerate().map(|(nth, steps)| self.0[nth % 2].steps(steps)).sum();
        took.as_nanos() as f64 / steps as f64
    }
}

/// From a fresh world to the verdict of an exhaustive search with one worker, as `faultline explore` does it.
pub fn search(name: &str, preset: &str) -> Result<Did> {
    let begun = Instant::now();
    let mut engine = system(name, preset, Keep::SEARCH)?;
    let did = ours::run(&mut *Request::default().search(), &mut engine);
    Ok(Did { took: begun.elapsed(), ..did })
}
