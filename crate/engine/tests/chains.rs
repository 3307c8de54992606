//! Chains grow and shrink as vm.md §17.8 says: one task, every preset, both environments.
#![allow(clippy::unwrap_used, missing_docs)]

use faultline_engine::check::structural;
use faultline_engine::env::stepped::Keep;
use faultline_engine::ids::{CpuId, ObjectId, ProcId, SpaceId, TaskId};
use faultline_engine::kern::Prot;
use faultline_engine::machine::addr::VirtAddr;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_engine::vm::map::{MapKind, MapRequest};
use faultline_engine::{Config, Cx, Env, Stepped, Threads, World};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("it never ends");
}

const VA0: VirtAddr = VirtAddr(0x10_0000);
const VA1: VirtAddr = VirtAddr(0x10_1000);

/// Runs as one process, then as another, on the same task.
async fn on<E: Env>(cx: &Cx<'_, E>, space: SpaceId) {
    cx.space.set(space);
    cx.pmap_activate(space).await;
}

async fn mapped<E: Env>(cx: &Cx<'_, E>, space: SpaceId, pages: u64) {
    let request = MapRequest { start: VA0, len: pages << 12, prot: Prot::RW, shared: false, kind: MapKind::Anon };
    cx.mmap(space, &request).await.unwrap();
}

async fn top<E: Env>(cx: &Cx<'_, E>, space: SpaceId) -> ObjectId {
    let lookup = cx.map_lookup(space, VA0, Prot::READ).await.unwrap();
    cx.map_read_unlock(space).await;
    lookup.object
}

fn clean<E: Env>(world: &World<E>) {
    let wrong = structural::check(world);
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// G1, G2: the last sibling's exit collapses the chain.
async fn collapse_after_exit<E: Env>(world: &World<E>) {
    let cx = Cx::new(world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0));
    let parent = cx.vmspace_new().await.unwrap();
    on(&cx, parent).await;
    mapped(&cx, parent, 2).await;
    cx.user_store(VA0, 10).await.unwrap();
    cx.user_store(VA1, 11).await.unwrap();
    clean(world);
    let o = top(&cx, parent).await;
    assert_eq!(cx.object(o).resident_page_count.get(&cx), 2);

    let child = cx.vmspace_fork(parent).await.unwrap();
    clean(world);
    assert_eq!(cx.object(o).ref_count.load(&cx), 2);
    on(&cx, child).await;
    cx.user_store(VA0, 20).await.unwrap();
    clean(world);
    let s = top(&cx, child).await;
    assert_ne!(s, o);
    assert_eq!(cx.object(s).backing_object.load(&cx), Some(o));
    on(&cx, parent).await;
    assert_eq!(cx.user_load(VA0).await, Ok(10));
    cx.user_store(VA0, 12).await.unwrap();
    let s2 = top(&cx, parent).await;
    assert_eq!(cx.object(o).shadow_count.load(&cx), 2);
    clean(world);

    cx.vmspace_drop(child).await;
    clean(world);
    assert_eq!(top(&cx, parent).await, s2);
    assert_eq!(cx.object(s2).backing_object.load(&cx), None, "O is gone");
    assert_eq!(cx.user_load(VA0).await, Ok(12));
    assert_eq!(cx.user_load(VA1).await, Ok(11));
    cx.vmspace_exit().await;
    clean(world);
    assert_eq!(world.objects.live(&world.env), 0);
    assert_eq!(world.free.count.peek(&world.env), world.config.frames - 1, "every frame is free again");
}

/// G4: a shadow that hides everything is linked past its backing object.
async fn bypass_when_all_is_shadowed<E: Env>(world: &World<E>) {
    let cx = Cx::new(world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0));
    let parent = cx.vmspace_new().await.unwrap();
    on(&cx, parent).await;
    mapped(&cx, parent, 2).await;
    cx.user_store(VA0, 10).await.unwrap();
    cx.user_store(VA1, 11).await.unwrap();
    let child = cx.vmspace_fork(parent).await.unwrap();
    on(&cx, child).await;
    cx.user_store(VA0, 20).await.unwrap();
    cx.user_store(VA1, 21).await.unwrap();
    let s = top(&cx, child).await;
    let grandchild = cx.vmspace_fork(child).await.unwrap();
    assert_eq!(cx.object(s).backing_object.load(&cx), None);
    clean(world);
    for space in [grandchild, child, parent] {
        on(&cx, space).await;
        assert_eq!(cx.user_load(VA0).await, Ok(if space == parent { 10 } else { 20 }));
        cx.vmspace_exit().await;
    }
    clean(world);
    assert_eq!(world.free.count.peek(&world.env), world.config.frames - 1);
}

fn worlds(policy: &Policy) -> (World<Stepped>, World<Threads>) {
    let config = Config::default();
    (
        World::new(Stepped::new(config.frames, Keep::ALL), policy.clone(), config.clone()),
        World::new(Threads::new(config.frames, config.cpus), policy.clone(), config),
    )
}

#[test]
fn the_last_siblings_exit_collapses_the_chain() {
    for preset in PRESETS {
        let (stepped, threads) = worlds(&Policy::preset(preset.name).unwrap());
        block_on(collapse_after_exit(&stepped));
        assert_eq!(stepped.env.findings(), [], "{}", preset.name);
        block_on(collapse_after_exit(&threads));
        assert_eq!(threads.env.findings(), [], "{}", preset.name);
    }
}

#[test]
fn an_object_that_hides_all_is_linked_past_its_backing_object() {
    for preset in PRESETS {
        let (stepped, threads) = worlds(&Policy::preset(preset.name).unwrap());
        block_on(bypass_when_all_is_shadowed(&stepped));
        assert_eq!(stepped.env.findings(), [], "{}", preset.name);
        block_on(bypass_when_all_is_shadowed(&threads));
        assert_eq!(threads.env.findings(), [], "{}", preset.name);
    }
}
