//! The assertions on locks, violated on purpose: a run that keeps the rules never triggers them.

use super::*;
use crate::env::stepped::{Keep, Stepped};
use crate::lock::Lock;
use crate::sync::LockClass;
use crate::word::Kind;

/// Takes locks of these classes one after the other, and comes to a point.
fn take(classes: &[LockClass]) {
    let config = Config::default();
    let policy = Policy::preset("main").expect("a preset");
    let world = World::new(Stepped::new(config.frames, Keep::NOTHING), policy, config);
    let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0));
    for (index, &class) in (0..).zip(classes) {
        let lock = Lock::new(&world.env, LockId { class, index }, Kind::None);
        assert!(lock.try_lock(&cx, Mode::Write));
    }
    // The assertion is checked when the point is created, before it is awaited.
    let _point = cx.point(Step::Access);
}

#[test]
fn locks_in_order_are_fine() {
    use LockClass::*;
    take(&[]);
    take(&[Map, Map, Vnode, Object, Object, Pmap]);
}

#[test]
#[should_panic(expected = "locks out of order")]
fn an_object_below_a_pmap_is_noticed() {
    take(&[LockClass::Pmap, LockClass::Object]);
}

#[test]
#[should_panic(expected = "locks out of order")]
fn a_map_below_an_object_is_noticed() {
    take(&[LockClass::Map, LockClass::Object, LockClass::Map]);
}

#[test]
#[should_panic(expected = "locks out of order")]
fn a_vnode_below_an_object_is_noticed() {
    take(&[LockClass::Object, LockClass::Vnode]);
}

/// A task that holds a lock, and the lock's name.
fn holding(mode: Mode, f: impl FnOnce(&Cx<'_, Stepped>, &Lock<Stepped>)) {
    let config = Config::default();
    let policy = Policy::preset("main").expect("a preset");
    let world = World::new(Stepped::new(config.frames, Keep::NOTHING), policy, config);
    let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0));
    let lock = Lock::new(&world.env, LockId { class: LockClass::Object, index: 0 }, Kind::None);
    assert!(lock.try_lock(&cx, mode));
    f(&cx, &lock);
}

#[test]
fn a_lock_that_is_held_satisfies_assertions() {
    holding(Mode::Write, |cx, lock| {
        cx.assert_locked(lock.id(), Mode::Read);
        cx.assert_locked(lock.id(), Mode::Write);
        lock.release(cx);
        cx.assert_unlocked();
    });
}

#[test]
#[should_panic(expected = "must be held for Write")]
fn a_reader_is_no_writer() {
    holding(Mode::Read, |cx, lock| cx.assert_locked(lock.id(), Mode::Write));
}

#[test]
#[should_panic(expected = "must be held for Read")]
fn who_has_let_go_holds_nothing() {
    holding(Mode::Read, |cx, lock| {
        lock.release(cx);
        cx.assert_locked(lock.id(), Mode::Read);
    });
}

#[test]
#[should_panic(expected = "still holds")]
fn a_lock_left_behind_is_noticed() {
    holding(Mode::Read, |cx, _| cx.assert_unlocked());
}

#[test]
#[should_panic(expected = "is not held by task")]
fn a_lock_is_not_let_go_twice() {
    holding(Mode::Write, |cx, lock| {
        lock.release(cx);
        lock.release(cx);
    });
}
