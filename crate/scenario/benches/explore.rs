//! The explorer on the real engine: what a step costs, and how long the gallery's race takes to be
//! found and to be proven absent.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_scenario::gallery;
use faultline_scenario::search::{Machine, Request, machine};
use faultline_sched::explore::Verdict;
use faultline_sched::explore::model::Model;
use faultline_sched::strategy::random::Dice;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Turns that a search takes between two looks at its verdict.
const STRETCH: u64 = 1 << 16;
/// Steps of one kernel before it is the other's turn.
const STEPS: u64 = 1 << 12;

/// A gallery scenario after its set-up, with everything that a search keeps.
fn stage(name: &str, preset: &str, keep: Keep) -> Machine {
    let scenario = gallery::find(name).and_then(|exhibit| exhibit.scenario().ok());
    let (Some(scenario), Ok(policy)) = (scenario, Policy::preset(preset)) else {
        panic!("the gallery needs {name}, and {preset} has to be a preset");
    };
    machine(&Rc::new(scenario), &policy, keep).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A machine that takes steps of runs by chance.
struct Walk {
    engine: Machine,
    dice: Dice,
}

impl Walk {
    fn new(preset: &str, keep: Keep) -> Walk {
        let mut engine = stage("t3", preset, keep);
        // A search may take several turns as one.
        Model::plainly(&mut engine, true);
        Walk { engine, dice: Dice::new(1) }
    }
    /// How long so many steps take, from one point to the next with declared accesses, undo, digest, E06
    /// and the oracle on (rulings R45). Going back to the beginning is not a step.
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

/// The mean over both kernels, which go turn about: what disturbs the machine for a while disturbs both.
fn stepping(walks: &mut [Walk; 2], steps: u64) -> Duration {
    let stretches = (0..steps).step_by(STEPS as usize).map(|done| STEPS.min(steps - done));
    stretches.zip([0, 1].into_iter().cycle()).map(|(steps, at)| walks[at].steps(steps)).sum()
}

/// From a fresh world to the verdict of an exhaustive search, as `faultline explore` does it.
fn search(name: &str, preset: &str) -> Verdict {
    let mut engine = stage(name, preset, Keep::SEARCH);
    let mut search = Request::default().search();
    loop {
        if let Some(verdict) = search.advance(&mut engine, STRETCH) {
            return verdict;
        }
    }
}

fn explore(c: &mut Criterion) {
    let mut group = c.benchmark_group("explore");
    group.throughput(Throughput::Elements(1));
    for (what, rote) in [("step", true), ("step that runs", false)] {
        let mut walks = ["2019-12", "2020-01-fixed"].map(|preset| Walk::new(preset, Keep { rote, ..Keep::SEARCH }));
        group.bench_function(format!("{what}/t3"), |b| b.iter_custom(|steps| stepping(&mut walks, steps)));
    }
    group.sample_size(10);
    group.bench_function("found/t3/2019-12", |b| {
        b.iter(|| {
            let verdict = search("t3", "2019-12");
            assert!(matches!(verdict, Verdict::Found(_)), "{verdict:?}");
        });
    });
    group.bench_function("proven/t3/2020-01-fixed", |b| {
        b.iter(|| assert_eq!(search("t3", "2020-01-fixed"), Verdict::Complete));
    });
    group.finish();
}

criterion_group!(benches, explore);
criterion_main!(benches);
