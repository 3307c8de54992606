//! Spaces are created, shared and freed (rulings R34).

use super::*;
use crate::env::Cell;
use crate::env::stepped::Rest;
use crate::env::threads::Threads;
use crate::kern::Kern;
use crate::word::Place;

#[test]
fn exec_leaves_a_borrowed_space_to_its_owner() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 1, Prot::RW)).await.unwrap();
        cx.user_store(at(0), 1).await.unwrap();
        cx.vmspace_share(space);
        let new = cx.vmspace_exec().await.unwrap();
        assert_eq!((cx.space.get(), layout(cx, new), layout(cx, space)), (new, vec![], vec![(0, 1)]));
        assert_eq!(cx.space_of(space).tasks.load(cx), 1);
        // The last task leaves the space.
        let newer = cx.vmspace_exec().await.unwrap();
        assert!(newer != space && cx.spaces.live(&cx.env) == 2);
        cx.vmspace_exit().await;
        go_on(cx, space).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(1));
    });
}

#[test]
fn a_vfork_parent_waits_for_its_child() {
    let world = World::new(Stepped::new(16, Keep::ALL), main_policy(), Config::default());
    let cx = |task| Cx::new(&world, TaskId(task), CpuId(0), ProcId(task), NOBODY);
    let (parent, child) = (cx(0), cx(1));
    let done = Cell::new(&world.env, Place::NOWHERE, false);
    let mut waiting = pin!(parent.vfork_wait(&done));
    for _ in 0..5 {
        assert!(poll_once(waiting.as_mut()).is_pending());
    }
    assert!(matches!(world.env.rest(TaskId(0)), Rest::On(_)));
    child.vfork_done(TaskId(0), &done);
    assert_eq!(world.env.rest(TaskId(0)), Rest::Ready);
    run(waiting, || {});
    // Done before any task waits.
    run(parent.vfork_wait(&done), || {});
}

#[test]
fn no_space_without_memory_for_its_tables() {
    let config = Config { frames: 1, ..Config::default() };
    let world = World::new(Stepped::new(1, Keep::ALL), main_policy(), config);
    let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), NOBODY);
    assert_eq!(run(cx.vmspace_new(), || {}), Err(Kern::ResourceShortage));
    assert_eq!(world.spaces.live(&world.env), 0);
}

/// Names of spaces and entries, so that equal states have equal fingerprints.
#[test]
fn the_digest_sees_the_map_and_forgets_it() {
    let world = World::new(Stepped::new(32, Keep::ALL), main_policy(), Config::default());
    let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), NOBODY);
    let fingerprint = || world.env.fingerprint();
    let space = run(cx.vmspace_new(), || {}).unwrap();
    let set = async |first, pages| {
        cx.mmap(space, &anon(first, pages, Prot::RW)).await.unwrap();
        cx.space_of(space).timestamp.set(&cx, 0);
    };
    cx.space_of(space).timestamp.set(&cx, 0);
    let empty = fingerprint();
    run(set(0, 2), || {});
    let low = fingerprint();
    run(cx.munmap(space, at(0), at(2)), || {}).unwrap();
    assert_ne!(fingerprint(), empty, "the timestamp counts");
    cx.space_of(space).timestamp.set(&cx, 0);
    assert_eq!(fingerprint(), empty);
    run(set(1, 2), || {});
    assert_ne!(fingerprint(), low, "an entry goes by its address");
    run(cx.munmap(space, at(1), at(3)), || {}).unwrap();
    run(set(9, 1), || {});
    run(set(0, 2), || {});
    run(cx.munmap(space, at(9), at(10)), || {}).unwrap();
    cx.space_of(space).timestamp.set(&cx, 0);
    assert_eq!(fingerprint(), low, "another entry in the pool, the same map");
}

/// With threads a map keeps the entry that was looked up last.
#[test]
fn the_hint_of_a_map_does_not_outlive_its_entry() {
    let config = Config::default();
    let world = World::new(Threads::new(config.frames, config.cpus), main_policy(), config);
    let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), NOBODY);
    let body = async {
        let (one, two) = (cx.vmspace_new().await.unwrap(), cx.vmspace_new().await.unwrap());
        cx.mmap(one, &anon(0, 1, Prot::RW)).await.unwrap();
        cx.mmap(one, &anon(4, 1, Prot::READ)).await.unwrap();
        for n in [0, 4, 0, 0] {
            let found = cx.map_lookup(one, at(n), Prot::READ).await.unwrap();
            assert_eq!(found.start, at(n));
            cx.map_read_unlock(one).await;
        }
        cx.munmap(one, at(0), at(1)).await.unwrap();
        // The same entry from the pool, in another space.
        cx.mmap(two, &anon(0, 1, Prot::RW)).await.unwrap();
        assert_eq!(cx.map_lookup(one, at(0), Prot::READ).await.err(), Some(Kern::InvalidAddress));
        cx.vmspace_drop(one).await;
        cx.vmspace_drop(two).await;
    };
    run(body, || references_are_none(&world));
    references(&world);
    assert_eq!(world.entries.live(&world.env), 0);
}

/// With threads transient references are not counted: nothing to check in between.
fn references_are_none(_: &World<Threads>) {}
