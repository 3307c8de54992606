//! Busy pages and busy objects: of two tasks that exclude each other one sees the other, and a waiter is woken.
//!
//! Fails with a plain load in `Page::object_busy`; with two steps, a load and a store, in `Page::set_freed`; with
//! relaxed exchanges.

use super::*;
use crate::ids::ObjectId;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::sync::Mode;

/// An object with one page, which is exclusively busy for task 0.
fn page(world: &World<Threads>) -> (ObjectId, FrameNo) {
    let cx = task(world, 0, SpaceId(0));
    let object = cx.object_allocate_anon(1, None, false);
    let lock = &cx.object(object).lock;
    done(lock.lock(&cx, Mode::Write));
    let page = cx.page_alloc(object, PageIndex(0)).expect("a free frame");
    lock.release(&cx);
    page.make_valid(&cx);
    (object, page.frame)
}

/// Task 1 makes the object busy and checks the page while task 0 makes the page busy by `take`.
fn exclusion(take: fn(&Cx<'_, Threads>, FrameNo) -> bool) {
    model(3, move || {
        let world = world();
        let (object, frame) = page(&world);
        let cx = task(&world, 0, SpaceId(0));
        cx.page(frame).xunbusy(&cx);
        let other = run(&world, 1, SpaceId(0), move |cx| {
            cx.object_busy(object);
            cx.page(frame).is_busy(cx)
        });
        let got = take(&cx, frame);
        let seen = other.join().expect("it ends");
        assert!(!got || seen, "the page is busy, and so is its object, and neither knows");
    });
}

#[test]
fn no_page_of_a_busy_object_becomes_exclusively_busy_unseen() {
    exclusion(|cx, frame| cx.page(frame).try_xbusy(cx));
}

#[test]
fn no_page_of_a_busy_object_becomes_shared_busy_unseen() {
    exclusion(|cx, frame| cx.page(frame).try_sbusy(cx));
}

/// Task 1 waits for the page while task 0, which holds it busy, releases it by `release`.
fn waiting(release: fn(&Cx<'_, Threads>, FrameNo)) {
    model(3, move || {
        let world = world();
        let (object, frame) = page(&world);
        let waiter = run(&world, 1, SpaceId(0), move |cx| {
            done(cx.object(object).lock.lock(cx, Mode::Read));
            done(cx.busy_sleep(cx.page(frame), object, false));
        });
        release(&task(&world, 0, SpaceId(0)), frame);
        waiter.join().expect("it ends");
    });
}

#[test]
fn who_waits_for_a_page_is_woken_by_its_holder() {
    waiting(|cx, frame| cx.page(frame).xunbusy(cx));
}

#[test]
fn who_waits_for_a_page_is_woken_when_it_is_freed() {
    // Only the object's lock, which task 0 does not take here, keeps a waiter from setting its bit in between.
    waiting(|cx, frame| cx.page(frame).set_freed(cx));
}

#[test]
fn who_waits_for_a_page_is_woken_when_others_may_share_it() {
    model(3, || {
        let world = world();
        let (object, frame) = page(&world);
        let waiter = run(&world, 1, SpaceId(0), move |cx| {
            done(cx.object(object).lock.lock(cx, Mode::Read));
            done(cx.busy_sleep(cx.page(frame), object, true));
        });
        let cx = task(&world, 0, SpaceId(0));
        cx.page(frame).busy_downgrade(&cx);
        waiter.join().expect("it ends");
    });
}

#[test]
fn who_waits_for_an_object_is_woken_by_the_last_that_has_it_busy() {
    model(3, || {
        let world = world();
        let (object, frame) = page(&world);
        let cx = task(&world, 0, SpaceId(0));
        cx.page(frame).xunbusy(&cx);
        cx.object_busy(object);
        let waiter = run(&world, 1, SpaceId(0), move |cx| {
            done(cx.object(object).lock.lock(cx, Mode::Read));
            done(cx.busy_sleep(cx.page(frame), object, false));
        });
        cx.object_unbusy(object);
        waiter.join().expect("it ends");
    });
}
