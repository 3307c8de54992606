//! The map layer by itself and, for what only an access can show, with faults.
#![allow(clippy::unwrap_used)]

mod advise;
mod exec;
mod fork;
mod insert;
mod merge;
mod programs;
mod random;
mod remap;
mod shrink;
mod stack;

use super::{MapKind, MapRequest};
use crate::env::Env;
use crate::env::stepped::{Keep, Stepped};
use crate::event::{EntryView, Event};
use crate::ids::{CpuId, ObjectId, ProcId, SpaceId, TaskId};
use crate::kern::ObjectFlags;
use crate::kern::Prot;
use crate::machine::addr::{PAGE_SIZE, VirtAddr};
use crate::policy::{PRESETS, Policy};
use crate::vm::object::Object;
use crate::world::{Config, Cx, World};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

type TestCx<'w> = Cx<'w, Stepped>;

const NOBODY: SpaceId = SpaceId(u32::MAX - 1);

fn main_policy() -> Policy {
    Policy::preset("main").unwrap()
}

/// Page `n` of the range in which tests map.
fn at(n: u64) -> VirtAddr {
    VirtAddr(0x4000_0000 + n * PAGE_SIZE)
}

fn anon(first: u64, pages: u64, prot: Prot) -> MapRequest {
    MapRequest { start: at(first), len: pages * PAGE_SIZE, prot, shared: false, kind: MapKind::Anon }
}

fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Runs a future whose task is the only one; `after` checks the world after each step.
fn run<T>(future: impl Future<Output = T>, mut after: impl FnMut()) -> T {
    let mut future = pin!(future);
    for _ in 0..100_000 {
        let polled = poll_once(future.as_mut());
        after();
        if let Poll::Ready(value) = polled {
            return value;
        }
    }
    panic!("it never ends");
}

/// Only E01: the references of an object are those of entries, links and running operations. While a map is being
/// changed an object may be on its way into an entry, and the references of one that is being collapsed away belong
/// to the collapse.
fn references<E: Env>(world: &World<E>) {
    if (0..world.spaces.used(&world.env)).any(|i| world.spaces.peek(&world.env, i).lock.is_written(&world.env)) {
        return;
    }
    let mut held: BTreeMap<ObjectId, u32> = BTreeMap::new();
    for i in 0..world.entries.used(&world.env) {
        if let Some(o) = world.entries.peek(&world.env, i).object.peek(&world.env) {
            *held.entry(o).or_default() += 1;
        }
    }
    for i in 0..world.objects.used(&world.env) {
        let o = world.objects.peek(&world.env, i);
        *held.entry(ObjectId(i)).or_default() += o.transient_refs.peek(&world.env);
        if let Some(b) = o.backing_object.peek(&world.env) {
            *held.entry(b).or_default() += 1;
        }
    }
    for (id, held) in held {
        let o = world.objects.peek(&world.env, id.0);
        if o.flags.peek(&world.env).intersects(ObjectFlags::DEAD) {
            continue;
        }
        let count = o.ref_count.peek(&world.env);
        assert_eq!(count, held, "references of {id:?}");
    }
}

/// Runs a test under every preset, on a space of its own, which the task leaves at the end, when nothing may be left
/// over.
fn everywhere(test: impl AsyncFn(&TestCx<'_>, SpaceId)) {
    for preset in PRESETS {
        let config = Config { frames: 96, ..Config::default() };
        let policy = Policy::preset(preset.name).unwrap();
        let world = World::new(Stepped::new(config.frames, Keep::ALL), policy, config);
        let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), NOBODY);
        let body = async {
            let space = cx.vmspace_new().await.unwrap();
            go_on(&cx, space).await;
            test(&cx, space).await;
            go_on(&cx, space).await;
            cx.vmspace_exit().await;
            cx.vnode_reclaim_all().await;
        };
        run(body, || references(&world));
        cx.assert_unlocked();
        let env = &world.env;
        assert_eq!(env.findings(), [], "preset {}", preset.name);
        let live = [world.objects.live(env), world.entries.live(env), world.spaces.live(env), world.pvs.live(env)];
        assert_eq!(live, [0; 4], "objects, entries, spaces, PV entries left with preset {}", preset.name);
        assert_eq!(world.free.count.peek(env), world.config.frames - 1, "all frames are free");
    }
}

/// Moves the task to another space, as if it were another process.
async fn go_on<E: Env>(cx: &Cx<'_, E>, space: SpaceId) {
    cx.space.set(space);
    cx.pmap_activate(space).await;
}

/// The mapped ranges of a space, as (first page, end page).
fn layout(cx: &TestCx<'_>, space: SpaceId) -> Vec<(u64, u64)> {
    let page = |va: VirtAddr| (va.0 - at(0).0) / PAGE_SIZE;
    views(cx, space).iter().map(|v| (page(v.start), page(v.end))).collect()
}

fn views(cx: &TestCx<'_>, space: SpaceId) -> Vec<EntryView> {
    cx.map_entries(space).iter().map(|&id| cx.entry(id).view(&cx.env)).collect()
}

/// The object behind page `n`, which is mapped.
fn object<'w>(cx: &TestCx<'w>, space: SpaceId, n: u64) -> &'w Object<Stepped> {
    let id = cx.map_entry_at(space, at(n)).unwrap();
    cx.object(cx.entry(id).object.get(cx).unwrap())
}

/// The events of an operation.
async fn events_of<T>(cx: &TestCx<'_>, operation: impl Future<Output = T>) -> (T, Vec<Event>) {
    cx.env.take_events();
    let value = operation.await;
    (value, cx.env.take_events().into_iter().map(|r| r.event).collect())
}
