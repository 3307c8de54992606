//! Page tables when memory is short.

use super::*;
use crate::kern::Kern;
use crate::property::Property;

/// A world whose free list has `left` frames, with one space and one page.
fn short(left: u32) -> (World<Stepped>, SpaceId, FrameNo) {
    // Frame 0, the root, the page.
    let world = stepped(config(3 + left, 2));
    let s = space(&world);
    let page = page(&world, 1).frame;
    (world, s, page)
}

#[test]
fn without_sleeping_a_shortage_is_reported_and_leaves_nothing() {
    let (world, s, page) = short(2);
    let cx = task(&world, 0, s);
    let fingerprint = world.env.fingerprint();
    for (nosleep, waits) in [(true, 0), (false, 3)] {
        let mut result = None;
        let mut hand = Hand::new(&cx, async {
            result = Some(cx.pmap_enter(s, VA, cx.page(page), Prot::READ, Prot::READ, false, nosleep).await);
        });
        let passed = hand.finish();
        drop(hand);
        assert_eq!(result, Some(Err(Kern::ResourceShortage)));
        assert_eq!(
            passed.iter().filter(|s| **s == Step::MemoryWait).count(),
            2 * waits,
            "a point and a tick each: {passed:?}"
        );
        assert_eq!(passed.last(), Some(&Step::PmapEntered));
    }
    block_on(cx.pmap_enter_quick(s, VA, cx.page(page), Prot::READ));
    assert!(!cx.page(page).is_mapped(&cx));
    assert_eq!(world.free.count.peek(&world.env), 2);
    assert_eq!(world.env.fingerprint(), fingerprint);
    audit(&world, &[s]);
    assert_no_findings(&world);
}

#[test]
fn a_waiting_enter_goes_on_when_memory_comes() {
    let (world, s, page) = short(2);
    let extra = super::page(&world, 2).frame;
    let (cx, giver) = (task(&world, 0, s), task(&world, 1, s));
    let mut hand = Hand::new(&cx, cx.pmap_enter(s, VA, cx.page(page), Prot::READ, Prot::READ, false, false));
    hand.until(Step::MemoryWait);
    hand.step();
    assert!(!hand.ready());
    let object = giver.page(extra).object.load(&giver).expect("an owner");
    let mut free = Hand::new(&giver, async {
        giver.object(object).lock.lock(&giver, Mode::Write).await;
        giver.page(extra).free(&giver, Property::APage2);
        giver.object(object).lock.unlock(&giver).await;
    });
    free.finish();
    // One frame more is still one too few; the test frees the last.
    assert_eq!(world.free.count.peek(&world.env), 2);
    assert!(hand.ready());
    hand.until(Step::MemoryWait);
    assert!(!hand.done);
}

#[test]
fn a_table_that_exists_needs_no_memory() {
    let (world, s, page) = short(3);
    let cx = task(&world, 0, s);
    enter(&cx, VA, cx.page(page), Prot::READ, Prot::READ);
    assert_eq!(world.free.count.peek(&world.env), 0);
    enter(&cx, NEXT, cx.page(page), Prot::READ, Prot::READ);
    let far = block_on(cx.pmap_enter(s, FAR, cx.page(page), Prot::READ, Prot::READ, false, true));
    assert_eq!(far, Err(Kern::ResourceShortage));
    block_on(cx.pmap_remove(s, VA, FAR));
    enter(&cx, FAR, cx.page(page), Prot::READ, Prot::READ);
    audit(&world, &[s]);
}

#[test]
fn a_frame_that_held_data_becomes_an_empty_table() {
    let world = stepped(config(16, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let a = page(&world, 1);
    let used = page(&world, 2);
    // Words that would be entries for frame 2 if the frame were not zeroed.
    (0..512).for_each(|word| world.env.frame_store(used.frame, word, 0x2007));
    let object = used.object.load(&cx).expect("an owner");
    block_on(cx.object(object).lock.lock(&cx, Mode::Write));
    used.free(&cx, Property::APage2);
    cx.object(object).lock.release(&cx);
    enter(&cx, VA, a, Prot::READ, Prot::READ);
    assert_eq!(used.ref_count.load(&cx), 1, "the last one freed is the first one taken");
    audit(&world, &[s]);
    assert!(block_on(cx.user_load(NEXT)).is_err());
}
