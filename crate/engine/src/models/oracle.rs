//! The oracle beside real words: it reports no value that memory may hold, and it reports an old one.
//!
//! Fails with relaxed tickets (`Oracle::ticket`), and with relaxed counts of stores to private pages, of stores to
//! shared pages, or of changes.

use super::*;
use crate::check::oracle::Backing;
use crate::env::Memory;
use crate::kern::Inherit;
use crate::machine::addr::{FrameNo, PAGE_SIZE, VirtAddr};

const PARENT: SpaceId = SpaceId(0);
const CHILD: SpaceId = SpaceId(1);
const START: VirtAddr = VirtAddr(10 * PAGE_SIZE);
const END: VirtAddr = VirtAddr(11 * PAGE_SIZE);
const FRAME: FrameNo = FrameNo(1);

/// A store as a CPU does it (`store_word` of an access).
fn store(cx: &Cx<'_, Threads>, value: u64) {
    let ticket = cx.oracle.store_begin(cx, START, value);
    cx.env.frame_store(FRAME, 0, value);
    cx.oracle.store_end(cx, START, ticket, value);
}

/// A load as a CPU does it.
fn load(cx: &Cx<'_, Threads>) -> u64 {
    let ticket = cx.oracle.load_begin(cx, START);
    let value = cx.env.frame_load(FRAME, 0);
    cx.oracle.load_end(cx, START, ticket, value);
    value
}

/// One space stores twice while another one, or the same, loads twice.
fn stores_and_loads(storing: SpaceId, loading: SpaceId) {
    model(3, move || {
        let world = world();
        world.env.frame_store(FRAME, 0, 0);
        world.oracle.mapped(PARENT, START, END, Backing::Anon, false);
        if storing != loading {
            world.oracle.forked(PARENT, CHILD, START, END, Inherit::Share);
        }
        let other = run(&world, 1, storing, |cx| (1..=2).for_each(|value| store(cx, value)));
        let cx = task(&world, 0, loading);
        let (first, second) = (load(&cx), load(&cx));
        assert!(first <= second, "memory itself goes backwards");
        other.join().expect("it ends");
        assert_eq!(load(&cx), 2);
        assert_eq!(world.env.findings(), []);
        // The oracle does not accept every value.
        world.env.frame_store(FRAME, 0, 1);
        load(&cx);
        assert_eq!(world.env.findings().len(), 1, "an old value came back");
    });
}

#[test]
fn a_page_that_is_mapped_anew() {
    model(3, || {
        let world = world();
        world.env.frame_store(FRAME, 0, 0);
        world.oracle.mapped(PARENT, START, END, Backing::Anon, false);
        let cx = task(&world, 0, PARENT);
        store(&cx, 1);
        let other = run(&world, 1, PARENT, |cx| {
            cx.oracle.unmapped(PARENT, START, END);
            cx.env.frame_store(FRAME, 0, 0);
            cx.oracle.mapped(PARENT, START, END, Backing::Anon, false);
        });
        load(&cx);
        other.join().expect("it ends");
        assert_eq!(load(&cx), 0);
        assert_eq!(world.env.findings(), []);
    });
}

#[test]
fn a_private_page() {
    stores_and_loads(PARENT, PARENT);
}

#[test]
fn a_shared_page() {
    stores_and_loads(PARENT, CHILD);
}
