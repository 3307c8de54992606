//! Correct worlds at every step, and worlds with invariants broken on purpose.
#![allow(clippy::unwrap_used)]

mod broken;
mod running;

use super::*;
use crate::env::stepped::{Keep, Stepped};
use crate::ids::{CpuId, FileId, ProcId, TaskId};
use crate::kern::Prot;
use crate::machine::addr::{PAGE_SIZE, VirtAddr};
use crate::policy::Policy;
use crate::vm::map::{MapKind, MapRequest};
use crate::world::{Config, Cx};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn world(preset: &str, cpus: u32) -> World<Stepped> {
    let config = Config { frames: 96, cpus, ..Config::default() };
    World::new(Stepped::new(config.frames, Keep::ALL), Policy::preset(preset).unwrap(), config)
}

/// The view of task `n` on a CPU of its own.
fn task<E: Env>(world: &World<E>, n: u32) -> Cx<'_, E> {
    Cx::new(world, TaskId(n), CpuId(n), ProcId(n), SpaceId(0))
}

fn at(page: u64) -> VirtAddr {
    VirtAddr(0x10_0000 + page * PAGE_SIZE)
}

fn request(page: u64, pages: u64, kind: MapKind, shared: bool) -> MapRequest {
    MapRequest { start: at(page), len: pages * PAGE_SIZE, prot: Prot::RW, shared, kind }
}

/// Runs a future whose task is alone; `after` checks the world after each step.
fn run<T>(future: impl Future<Output = T>, mut after: impl FnMut()) -> T {
    let mut future = pin!(future);
    for _ in 0..1_000_000 {
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        after();
        if let Poll::Ready(value) = polled {
            return value;
        }
    }
    panic!("it never ends");
}

async fn enter<E: Env>(cx: &Cx<'_, E>, space: SpaceId) {
    cx.space.set(space);
    cx.pmap_activate(space).await;
}

/// A parent with four private pages and two pages of a file, shared, and a child that has copied one page. Returns
/// both; the task runs in the parent.
async fn family<E: Env>(cx: &Cx<'_, E>) -> (SpaceId, SpaceId) {
    let parent = cx.vmspace_new().await.unwrap();
    enter(cx, parent).await;
    let file = MapKind::File { file: FileId(1), offset: PageIndex(0), pages: Some(2) };
    cx.mmap(parent, &request(0, 4, MapKind::Anon, false)).await.unwrap();
    cx.mmap(parent, &request(8, 2, file, true)).await.unwrap();
    for page in [0, 1, 2, 8] {
        cx.user_store(at(page), 10 + page).await.unwrap();
    }
    let child = cx.vmspace_fork(parent).await.unwrap();
    enter(cx, child).await;
    cx.user_store(at(0), 20).await.unwrap();
    assert_eq!(cx.user_load(at(1)).await, Ok(11));
    enter(cx, parent).await;
    assert_eq!(cx.user_load(at(2)).await, Ok(12));
    (parent, child)
}
