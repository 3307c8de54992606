//! The beginning of the recording, stepped and on threads, with and without checks.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use faultline_engine::policy::Policy;
use faultline_recording::trace::{Plan, Replay, Report, Settings, StepReplay, Trace};
use std::path::Path;

/// Events of the recording that are replayed.
const EVENTS: usize = 20_000;

fn stepped(plan: Plan, settings: Settings) -> Option<Report> {
    let mut replay = StepReplay::new(plan, settings).ok()?;
    while !replay.advance(EVENTS).ok()? {}
    replay.report(0.0).ok()
}

fn threads(plan: Plan, settings: Settings, workers: u32) -> Option<Report> {
    let replay = Replay::new(plan, settings, workers).ok()?;
    std::thread::scope(|scope| {
        for index in 0..workers {
            let replay = &replay;
            scope.spawn(move || replay.worker(index));
        }
    });
    replay.report(workers, 0.0).ok()
}

fn replay(c: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/zlib.trace.gz");
    let (Ok(mut trace), Ok(policy)) = (Trace::open(&path, |_| {}), Policy::preset("main")) else {
        panic!("{} and the preset main are needed", path.display());
    };
    trace.truncate(EVENTS);
    let plan = Plan::new(trace);
    let settings = |checks| Settings { checks, frames: 16_384, ..Settings::new(policy.clone()) };
    let mut group = c.benchmark_group("replay");
    group.sample_size(10).throughput(Throughput::Elements(EVENTS as u64));
    for checks in [false, true] {
        let with = if checks { "checks" } else { "plain" };
        group.bench_function(format!("stepped/{with}"), |b| {
            b.iter_batched(|| plan.clone(), |plan| stepped(plan, settings(checks)), BatchSize::LargeInput);
        });
        for workers in [1, 2] {
            group.bench_function(format!("threads-{workers}/{with}"), |b| {
                b.iter_batched(|| plan.clone(), |plan| threads(plan, settings(checks), workers), BatchSize::LargeInput);
            });
        }
    }
    group.finish();
}

criterion_group!(benches, replay);
criterion_main!(benches);
