//! Shootdown against access: once an entry is gone and flushed, no CPU goes by it any more.
//!
//! Fails with a relaxed begin or end of an access; with `access_wait` that looks by a load; with a shootdown that
//! looks once; with a relaxed look at `pm_active`.

use super::*;
use crate::env::{Env, Memory};
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr};
use crate::sync::Mode;
use crate::vm::kern::Prot;

const VA: VirtAddr = VirtAddr(0x40_0000);
const NEXT: VirtAddr = VirtAddr(0x40_1000);
/// What a page holds once it is someone else's.
const POISON: u64 = 0xdead;

/// An address space that maps a page with 1 in it at [`VA`].
fn mapped(world: &World<Threads>) -> (SpaceId, FrameNo) {
    let cx = task(world, 0, SpaceId(0));
    let space = SpaceId(world.spaces.alloc(&cx));
    done(cx.pmap_pinit(space)).expect("memory for a root");
    let object = cx.object_allocate_anon(1, None);
    let lock = &cx.object(object).lock;
    done(lock.lock(&cx, Mode::Write));
    let page = cx.page_alloc(object, PageIndex(0)).expect("a free frame");
    lock.release(&cx);
    cx.env.frame_store(page.frame, 0, 1);
    page.make_valid(&cx);
    done(cx.pmap_enter(space, VA, page, Prot::RW, Prot::WRITE, false, false)).expect("memory for tables");
    (space, page.frame)
}

/// Task 1 accesses the page while task 0 unmaps it and gives it away. `warm` says whether
/// CPU 1 runs on the space already and has the translation.
fn unmapped_while_accessed(warm: bool, access: fn(&Cx<'_, Threads>)) {
    model(2, move || {
        let world = world();
        let (space, frame) = mapped(&world);
        if warm {
            done(task(&world, 1, space).user_load(VA)).expect("it is mapped");
        }
        let other = run(&world, 1, space, access);
        let cx = task(&world, 0, space);
        done(cx.pmap_remove(space, VA, NEXT));
        let last = cx.env.frame_load(frame, 0);
        assert!(last == 1 || cx.page(frame).dirty.load(&cx), "{last} was written and nobody knows");
        cx.env.frame_store(frame, 0, POISON);
        other.join().expect("it ends");
        assert_eq!(cx.env.frame_load(frame, 0), POISON, "written after it was given away");
        assert_eq!(world.env.findings(), []);
    });
}

fn load(cx: &Cx<'_, Threads>) {
    if let Ok(value) = done(cx.user_load(VA)) {
        assert_eq!(value, 1, "read after it was given away");
    }
}

fn store(cx: &Cx<'_, Threads>) {
    _ = done(cx.user_store(VA, 2));
}

#[test]
fn a_load_by_a_cached_translation() {
    unmapped_while_accessed(true, load);
}

#[test]
fn a_store_by_a_cached_translation() {
    unmapped_while_accessed(true, store);
}

#[test]
fn a_load_that_walks_on_a_cpu_that_just_came() {
    unmapped_while_accessed(false, load);
}

#[test]
fn a_store_that_walks_on_a_cpu_that_just_came() {
    unmapped_while_accessed(false, store);
}
