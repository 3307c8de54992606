//! Models of the interaction of threads, for loom: `cargo xtask test loom`.
//!
//! Each runs the engine's own routines on a small world, again and again, until loom has explored every schedule of
//! two or three preemptions and every value that the orderings let a load return. A thread that waits forever is a
//! deadlock, which loom reports. The head of each model names what it guards: the weaker orderings with which it has
//! been seen to fail.

mod access;
mod busy;
mod lock;
mod oracle;
mod sleep;

use crate::env::threads::Threads;
use crate::ids::{CpuId, ProcId, SpaceId, TaskId};
use crate::policy::Policy;
use crate::world::{Config, Cx, World};
use loom::thread::{Builder, JoinHandle};
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Stack of a task's thread, in words: a whole fault runs on it.
const STACK: usize = 1 << 15;

type Shared = Arc<World<Threads>>;

/// Explores every execution with at most this many preemptions.
fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(preemptions);
    builder.max_branches = 20_000;
    builder.check(run);
}

/// A world of a few frames and two CPUs. Loom's words exist only inside a model, so each execution creates one.
fn world() -> Shared {
    let config = Config { frames: 12, cpus: 2, ..Config::default() };
    let policy = Policy::preset("main").expect("a preset");
    Arc::new(World::new(Threads::new(config.frames, config.cpus), policy, config))
}

/// The view of task `n`, which runs on CPU `n`.
fn task(world: &World<Threads>, n: u32, space: SpaceId) -> Cx<'_, Threads> {
    Cx::new(world, TaskId(n), CpuId(n), ProcId(n), space)
}

/// Runs `f` as task `n` on a thread of its own.
fn run<T: Send + 'static>(
    world: &Shared,
    n: u32,
    space: SpaceId,
    f: impl FnOnce(&Cx<'_, Threads>) -> T + Send + 'static,
) -> JoinHandle<T> {
    let world = world.clone();
    let builder = Builder::new().stack_size(STACK);
    builder.spawn(move || f(&task(&world, n, space))).expect("loom has room for a thread")
}

/// The result of an operation: with threads every point and every wait is over when it returns. The operation's state
/// is on the heap and its caller's frame holds no other operation's, because loom's stacks are small.
#[inline(never)]
fn done<T>(future: impl Future<Output = T>) -> T {
    match Box::pin(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("threads wait inside"),
    }
}
