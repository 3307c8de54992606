//! Shootdown against access: once an entry is cleared and flushed, no CPU uses it any more.
//!
//! Fails with a relaxed begin or end of an access; with an `access_wait` that reads by a load, or whose wait loop
//! loads relaxed; with a shootdown that reads once; with a read of `pm_active` by a load; with a relaxed exchange of
//! entries or relaxed loads of them.

use super::*;
use crate::env::Memory;
use crate::kern::Prot;
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr};
use crate::sync::Mode;

const VA: VirtAddr = VirtAddr(0x40_0000);
const NEXT: VirtAddr = VirtAddr(0x40_1000);
/// The content of a page once it has another owner.
const POISON: u64 = 0xdead;

/// An address space that maps a page with 1 in it at [`VA`].
fn mapped(world: &World<Threads>) -> (SpaceId, FrameNo) {
    let cx = task(world, 0, SpaceId(0));
    let space = SpaceId(world.spaces.alloc(&cx));
    done(cx.pmap_pinit(space)).expect("memory for a root");
    let frame = page(&task(world, 0, space), 1);
    enter(&task(world, 0, space), VA, frame);
    (space, frame)
}

/// A page of a new object, with `value` in it.
fn page(cx: &Cx<'_, Threads>, value: u64) -> FrameNo {
    let object = cx.object_allocate_anon(1, None, false);
    let lock = &cx.object(object).lock;
    done(lock.lock(cx, Mode::Write));
    let page = cx.page_alloc(object, PageIndex(0)).expect("a free frame");
    lock.release(cx);
    cx.env.frame_store(page.frame, 0, value);
    page.make_valid(cx);
    page.frame
}

fn enter(cx: &Cx<'_, Threads>, va: VirtAddr, frame: FrameNo) {
    let space = cx.space.get();
    done(cx.pmap_enter(space, va, cx.page(frame), Prot::RW, Prot::WRITE, false, false)).expect("memory for tables");
}

/// A world with one page mapped. `warm` says whether CPU 1 already runs on the space and has cached the translation.
fn prepared(warm: bool) -> (Shared, SpaceId, FrameNo) {
    let world = world();
    // The words that the model reads are created here, not by the thread that happens to come first.
    (0..world.config.frames).for_each(|frame| world.env.frame_store(FrameNo(frame), 0, 0));
    let (space, frame) = mapped(&world);
    if warm {
        done(task(&world, 1, space).user_load(VA)).expect("it is mapped");
    }
    (world, space, frame)
}

/// Task 1 loads twice while task 0 unmaps the page and reuses its frame.
fn unmapped_while_read(warm: bool) {
    model(2, move || {
        let (world, space, frame) = prepared(warm);
        let other = run(&world, 1, space, |cx| {
            for _ in 0..2 {
                if let Ok(value) = done(cx.user_load(VA)) {
                    assert_eq!(value, 1, "read after it was given away");
                }
            }
        });
        let cx = task(&world, 0, space);
        done(cx.pmap_remove(space, VA, NEXT));
        cx.env.frame_store(frame, 0, POISON);
        other.join().expect("it ends");
        assert_eq!(world.env.findings(), []);
    });
}

/// Task 1 stores while task 0 unmaps the page and reads its contents, as a task that copies it does.
fn unmapped_while_written(warm: bool) {
    model(2, move || {
        let (world, space, frame) = prepared(warm);
        world.page_of(frame).undirty(&task(&world, 0, space));
        let cpu = run(&world, 1, space, |cx| done(cx.user_store(VA, 2)).is_ok());
        // Two threads besides this one, which has seen the page: after a yield, as in `access_wait`, loom does not
        // let a thread read again a value that it saw before.
        let kernel = run(&world, 0, space, move |cx| {
            done(cx.pmap_remove(space, VA, NEXT));
            let seen = (cx.env.frame_load(frame, 0), cx.page(frame).dirty.load(cx));
            cx.env.frame_store(frame, 0, POISON);
            seen
        });
        let stored = cpu.join().expect("it ends");
        let (copy, dirty) = kernel.join().expect("it ends");
        assert_eq!(copy, if stored { 2 } else { 1 }, "what was stored is not in the copy");
        assert!(dirty || !stored, "written, and nobody knows");
        assert_eq!(world.env.frame_load(frame, 0), POISON, "written after it was given away");
        assert_eq!(world.env.findings(), []);
    });
}

/// Task 1 loads twice while task 0 replaces the page by another one and reuses the frame of the old one.
fn replaced_while_read(warm: bool) {
    model(2, move || {
        let (world, space, old) = prepared(warm);
        let other = run(&world, 1, space, |cx| {
            let mut last = 0;
            for _ in 0..2 {
                // A hole, while the entry is cleared and not yet set again, is a fault without a mapping.
                if let Ok(value) = done(cx.user_load(VA)) {
                    assert!((1..=2).contains(&value), "{value} was never in the page");
                    assert!(value >= last, "the old page after the new one");
                    last = value;
                }
            }
        });
        let cx = task(&world, 0, space);
        enter(&cx, VA, page(&cx, 2));
        cx.env.frame_store(old, 0, POISON);
        other.join().expect("it ends");
        assert_eq!(world.env.findings(), []);
    });
}

#[test]
fn loads_by_a_cached_translation_while_the_page_is_unmapped() {
    unmapped_while_read(true);
}

#[test]
fn loads_of_a_cpu_that_just_came_while_the_page_is_unmapped() {
    unmapped_while_read(false);
}

#[test]
fn a_store_by_a_cached_translation_while_the_page_is_unmapped() {
    unmapped_while_written(true);
}

#[test]
fn a_store_of_a_cpu_that_just_came_while_the_page_is_unmapped() {
    unmapped_while_written(false);
}

#[test]
fn loads_by_a_cached_translation_while_the_page_is_replaced() {
    replaced_while_read(true);
}

#[test]
fn loads_of_a_cpu_that_just_came_while_the_page_is_replaced() {
    replaced_while_read(false);
}

#[test]
fn what_was_made_before_an_entry_is_seen_through_it() {
    model(3, || {
        let (world, space, _) = prepared(true);
        // Nothing is mapped there; this load creates the entry's own word. It fails by a whole fault, for which the
        // stack of the model itself is too small.
        let absent = run(&world, 1, space, |cx| done(cx.user_load(NEXT)).is_err());
        assert!(absent.join().expect("it ends"));
        let other = run(&world, 1, space, |cx| {
            if let Ok(value) = done(cx.user_load(NEXT)) {
                assert_eq!(value, 2, "the page before it was filled");
            }
        });
        let cx = task(&world, 0, space);
        enter(&cx, NEXT, page(&cx, 2));
        other.join().expect("it ends");
        assert_eq!(world.env.findings(), []);
    });
}

#[test]
fn stores_of_a_cpu_are_seen_in_order() {
    model(3, || {
        let world = world();
        let frames = [FrameNo(1), FrameNo(2)];
        frames.iter().for_each(|&frame| world.env.frame_store(frame, 0, 0));
        let other =
            run(&world, 1, SpaceId(0), move |cx| frames.iter().for_each(|&frame| cx.env.frame_store(frame, 0, 1)));
        let [second, first] = [frames[1], frames[0]].map(|frame| world.env.frame_load(frame, 0));
        assert!(first >= second);
        other.join().expect("it ends");
    });
}
