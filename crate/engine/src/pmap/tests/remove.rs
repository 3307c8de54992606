//! `pmap_remove`, `pmap_remove_all`, `pmap_release`: nothing is left over, and no task takes a page for unmapped too
//! early.

use super::*;
use crate::page::PageFlags;
use crate::property::Property;

#[test]
fn removing_harvests_flushes_and_gives_tables_back() {
    for whole in [true, false] {
        let world = stepped(config(64, 2));
        let s = space(&world);
        let (cx, other) = (task(&world, 0, s), task(&world, 1, s));
        let (a, b, c) = (page(&world, 1), page(&world, 2), page(&world, 3));
        let free = world.free.count.peek(&world.env);
        enter(&cx, VA, a, Prot::RW, Prot::READ);
        enter(&cx, NEXT, b, Prot::READ, Prot::READ);
        enter(&cx, FAR, c, Prot::RW, Prot::WRITE);
        assert_eq!(free - world.free.count.peek(&world.env), 6, "two paths of three tables");
        assert_eq!(block_on(other.user_store(VA, 9)), Ok(()));
        audit(&world, &[s]);
        let on = |cx: &Cx<'_, Stepped>| [a, b, c].map(|p| (p.dirty.load(cx), p.is_mapped(cx)));
        assert_eq!(on(&cx), [(false, true), (false, true), (false, true)]);
        if whole {
            block_on(cx.pmap_remove(s, VirtAddr(0), VirtAddr(1 << 47)));
        } else {
            for va in [VA, NEXT, FAR] {
                block_on(cx.pmap_remove(s, va, VirtAddr(va.0 + 0x1000)));
                audit(&world, &[s]);
            }
        }
        assert_eq!(on(&cx), [(true, false), (false, false), (true, false)]);
        assert!([a, b, c].iter().all(|p| p.flags.load(&cx) == PageFlags::REFERENCED), "no longer writable");
        assert!(block_on(other.user_load(VA)).is_err(), "the other CPU had it cached");
        assert_eq!(world.free.count.peek(&world.env), free);
        audit(&world, &[s]);
        block_on(cx.pmap_deactivate());
        block_on(other.pmap_deactivate());
        block_on(cx.pmap_release(s));
        assert_eq!(world.free.count.peek(&world.env), free + 1);
        assert_no_findings(&world);
    }
}

#[test]
fn a_range_removes_what_lies_in_it() {
    let world = stepped(config(64, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    // Around the border between two page tables.
    let va = |i: u64| VirtAddr(0x60_0000 - 0x2000 + i * 0x1000);
    let pages: Vec<_> = (0..4).map(|i| page(&world, i)).collect();
    for (i, page) in pages.iter().enumerate() {
        enter(&cx, va(i as u64), page, Prot::RW, Prot::READ);
    }
    block_on(cx.pmap_remove(s, va(1), va(3)));
    let mapped: Vec<_> = pages.iter().map(|p| p.is_mapped(&cx)).collect();
    assert_eq!(mapped, [true, false, false, true]);
    audit(&world, &[s]);
    block_on(cx.pmap_remove(s, va(0), va(4)));
    audit(&world, &[s]);
    assert_eq!(world.spaces.peek(&world.env, s.0).pmap.resident_count.peek(&world.env), 1);
}

#[test]
fn points_stand_where_the_rulings_want_them() {
    let world = stepped(config(64, 3));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let (a, b) = (page(&world, 1), page(&world, 2));
    let map = || {
        enter(&cx, VA, a, Prot::RW, Prot::WRITE);
        enter(&cx, NEXT, b, Prot::RW, Prot::WRITE);
    };
    let remove = |end| Hand::new(&cx, cx.pmap_remove(s, VA, VirtAddr(end))).finish();
    use Step::*;
    map();
    assert_eq!(remove(NEXT.0 + 0x1000), [PmapRemove, PteCleared, PteCleared, PmapUnlocked], "alone");
    map();
    for n in [1, 2] {
        block_on(task(&world, n, s).pmap_activate(s));
    }
    let flush = [Shootdown, ShootdownAck, Shootdown, ShootdownAck];
    let expected = [&[PmapRemove, PteCleared, PteCleared][..], &flush, &[PmapUnlocked]].concat();
    assert_eq!(remove(NEXT.0 + 0x1000), expected, "one flush for all");
    map();
    let passed = Hand::new(&cx, cx.pmap_remove_all(a)).finish();
    assert_eq!(passed, [&[PmapRemoveAll, PteCleared][..], &flush, &[PmapUnlocked]].concat());
    let passed = Hand::new(&cx, cx.pmap_remove_all(a)).finish();
    assert_eq!(passed, [PmapRemoveAll, PmapUnlocked], "nothing to do");
    let passed = Hand::new(&cx, cx.pmap_protect(s, VA, FAR, Prot::READ)).finish();
    assert_eq!(passed, [&[PmapProtect][..], &flush, &[PmapUnlocked]].concat());
    let passed = Hand::new(&cx, cx.pmap_protect(s, VA, FAR, Prot::READ)).finish();
    assert_eq!(passed, [PmapProtect, PmapUnlocked], "nothing changed, nothing to flush");
}

#[test]
fn remove_all_takes_every_mapping() {
    let world = stepped(config(64, 3));
    let spaces: Vec<_> = (0..3).map(|_| space(&world)).collect();
    let a = page(&world, 1);
    for (n, &s) in spaces.iter().enumerate() {
        let cx = task(&world, n as u32, s);
        enter(&cx, VA, a, Prot::RW, Prot::READ);
        enter(&cx, FAR, a, Prot::READ, Prot::READ);
        assert_eq!(block_on(cx.user_load(VA)), Ok(1));
        assert_eq!(block_on(cx.user_load(FAR)), Ok(1));
    }
    let one = task(&world, 1, spaces[1]);
    assert_eq!(block_on(one.user_store(VA, 2)), Ok(()));
    assert!(!a.dirty.load(&one));
    audit(&world, &spaces);
    block_on(one.pmap_remove_all(a));
    assert!(a.dirty.load(&one) && !a.is_mapped(&one));
    for (n, &s) in spaces.iter().enumerate() {
        let cx = task(&world, n as u32, s);
        assert!(block_on(cx.user_load(VA)).is_err() && block_on(cx.user_load(FAR)).is_err());
    }
    audit(&world, &spaces);
    assert_no_findings(&world);
}

#[test]
fn remove_all_waits_for_a_removal_that_has_not_flushed_yet() {
    // The delayed-invalidation hole: the entry is gone, a TLB still has it.
    let world = stepped(config(64, 3));
    let s = space(&world);
    let a = page(&world, 1);
    let (cx, reader, daemon) = (task(&world, 0, s), task(&world, 1, s), task(&world, 2, s));
    enter(&cx, VA, a, Prot::READ, Prot::READ);
    enter(&cx, NEXT, page(&world, 2), Prot::READ, Prot::READ);
    assert_eq!(block_on(reader.user_load(VA)), Ok(1));
    let mut remover = Hand::new(&cx, cx.pmap_remove(s, VA, FAR));
    remover.until(Step::Shootdown);
    assert_eq!(block_on(reader.user_load(VA)), Ok(1), "stale");
    let mut all = Hand::new(&daemon, daemon.pmap_remove_all(a));
    for _ in 0..20 {
        if !all.ready() {
            break;
        }
        all.step();
    }
    assert!(!all.done && !all.ready(), "it must wait for the flush");
    remover.finish();
    assert!(all.ready());
    all.finish();
    assert!(block_on(reader.user_load(VA)).is_err());
    audit(&world, &[s]);
    assert_no_findings(&world);
}

#[test]
fn a_page_counts_as_mapped_until_its_last_flush() {
    // Whichever routine removes the mapping: while a TLB may translate to the page, its PV entry exists, and a second
    // `remove_all` waits.
    let world = stepped(config(64, 3));
    let s = space(&world);
    let (a, b) = (page(&world, 1), page(&world, 2));
    let (cx, reader, daemon) = (task(&world, 0, s), task(&world, 1, s), task(&world, 2, s));
    for how in 0..3 {
        enter(&cx, VA, a, Prot::READ, Prot::READ);
        assert_eq!(block_on(reader.user_load(VA)), Ok(1));
        let mut hand = Hand::new(&cx, async {
            match how {
                0 => cx.pmap_remove(s, VA, NEXT).await,
                1 => cx.pmap_remove_all(a).await,
                _ => cx.pmap_enter(s, VA, b, Prot::RW, Prot::WRITE, false, false).await.expect("memory"),
            }
        });
        hand.until(Step::Shootdown);
        let mut all = Hand::new(&daemon, daemon.pmap_remove_all(a));
        while all.ready() {
            assert!(a.is_mapped(&daemon), "way {how}");
            all.step();
            assert!(!all.done, "way {how}");
        }
        hand.until(Step::ShootdownAck);
        hand.finish();
        all.finish();
        assert!(!a.is_mapped(&daemon));
    }
    audit(&world, &[s]);
    assert_no_findings(&world);
}

#[test]
fn a_mapping_may_go_while_remove_all_waits_for_its_pmap() {
    let world = stepped(config(64, 2));
    let (s, t) = (space(&world), space(&world));
    let a = page(&world, 1);
    let (cx, daemon) = (task(&world, 0, s), task(&world, 1, t));
    enter(&cx, VA, a, Prot::RW, Prot::WRITE);
    let mut remover = Hand::new(&cx, async {
        cx.pmap_remove(s, VA, NEXT).await;
        cx.pmap_deactivate().await;
        cx.pmap_release(s).await;
    });
    remover.until(Step::PteCleared);
    let mut all = Hand::new(&daemon, daemon.pmap_remove_all(a));
    while all.ready() {
        all.step();
    }
    remover.finish();
    // The space is freed when the daemon gets its lock.
    all.finish();
    audit(&world, &[t]);
    assert_no_findings(&world);
}

#[test]
fn releasing_a_pmap_in_use_is_found() {
    let world = stepped(config(64, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let free = world.free.count.peek(&world.env);
    let a = page(&world, 1);
    enter(&cx, VA, a, Prot::RW, Prot::WRITE);
    block_on(cx.pmap_release(s));
    assert_eq!(world.env.findings().iter().map(|f| f.property).collect::<Vec<_>>(), [Property::APmap4]);
    assert!(!a.is_mapped(&cx));
    assert_eq!(world.free.count.peek(&world.env), free, "the root came back, a page is in use");
}

#[test]
fn undoing_an_operation_restores_state_and_digest() {
    let world = stepped(config(64, 2));
    let s = space(&world);
    let (cx, other) = (task(&world, 0, s), task(&world, 1, s));
    let a = page(&world, 1);
    enter(&cx, VA, a, Prot::RW, Prot::READ);
    block_on(other.pmap_activate(s));
    let mapped = (world.env.checkpoint(), world.env.fingerprint());
    assert_eq!(block_on(other.user_load(VA)), Ok(1));
    let cached = world.env.fingerprint();
    assert_ne!(cached, mapped.1, "a TLB entry is a state");
    block_on(cx.pmap_remove(s, VA, NEXT));
    assert_ne!(world.env.fingerprint(), mapped.1);
    world.env.undo_to(mapped.0);
    assert_eq!(world.env.fingerprint(), mapped.1);
    audit(&world, &[s]);
    assert_eq!(block_on(other.user_load(VA)), Ok(1));
    assert_eq!(world.env.fingerprint(), cached);
}
