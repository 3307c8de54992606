//! The explorer on the real engine: what a step costs, and how long the gallery's race takes to be
//! found and to be proven absent.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use faultline_engine::env::stepped::Keep;
use faultline_engine::ids::TaskId;
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

/// A gallery scenario after its set-up, with everything that a search keeps.
fn stage(name: &str, preset: &str, keep: Keep) -> Machine {
    let scenario = gallery::find(name).and_then(|exhibit| exhibit.scenario().ok());
    let (Some(scenario), Ok(policy)) = (scenario, Policy::preset(preset)) else {
        panic!("the gallery needs {name}, and {preset} has to be a preset");
    };
    machine(&Rc::new(scenario), &policy, keep).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Steps runs by chance until at least `steps` steps are taken, and gives how long these take: from one
/// point to the next with declared accesses, undo, digest, E06 and the oracle on (rulings R45). Going
/// back to the beginning is not a step.
fn stepping(engine: &mut Machine, steps: u64) -> Duration {
    // A search may take several turns as one.
    Model::plainly(engine, true);
    let (mut dice, mut took, mut taken) = (Dice::new(1), Duration::ZERO, 0);
    let mut chosen: Vec<TaskId> = Vec::new();
    while taken < steps {
        let begun = Instant::now();
        let mut here = 0;
        loop {
            let runnable = Model::runnable(engine);
            if runnable.is_empty() || taken + here == steps {
                break;
            }
            let Some(task) = runnable.nth(dice.below(runnable.len())) else { break };
            Model::step(engine, task);
            black_box(engine.state());
            chosen.push(task);
            here += 1;
        }
        took += begun.elapsed();
        taken += here;
        for _ in chosen.drain(..) {
            Model::back(engine);
        }
    }
    took
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
    for preset in ["2019-12", "2020-01-fixed"] {
        group.throughput(Throughput::Elements(1));
        for (what, rote) in [("step", true), ("step that runs", false)] {
            let mut engine = stage("t3", preset, Keep { rote, ..Keep::SEARCH });
            group
                .bench_function(format!("{what}/t3/{preset}"), |b| b.iter_custom(|steps| stepping(&mut engine, steps)));
        }
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
