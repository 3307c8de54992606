//! `pmap_enter`, `pmap_enter_quick`, `pmap_copy`.

use super::*;
use crate::finding::FindingKind;
use crate::property::Property;

const RX: Prot = Prot::READ.union(Prot::EXECUTE);

#[test]
fn what_is_entered_is_extracted() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let (a, b, c) = (page(&world, 1), page(&world, 2), page(&world, 3));
    enter(&cx, VA, a, Prot::READ, Prot::READ);
    enter(&cx, NEXT, b, Prot::RW, Prot::WRITE);
    enter(&cx, FAR, c, RX, Prot::EXECUTE);
    for (va, page) in [(VA, a), (NEXT, b), (FAR, c)] {
        assert_eq!(block_on(cx.pmap_extract(s, va)), Some(page.frame));
    }
    assert_eq!(block_on(cx.pmap_extract(s, VirtAddr(0x40_2000))), None);
    assert_eq!(block_on(cx.pmap_extract(s, VirtAddr(0x1_4000_0000))), None);

    let rest = |va| leaf(&world, s, va).bits() & !0x000f_ffff_ffff_f000;
    let common = Entry::V | Entry::U | Entry::A | Entry::MANAGED;
    assert_eq!(rest(VA), (common | Entry::NX).bits());
    assert_eq!(rest(NEXT), (common | Entry::NX | Entry::RW | Entry::M).bits());
    assert_eq!(rest(FAR), common.bits());
    audit(&world, &[s]);
    assert_no_findings(&world);
}

#[test]
fn a_read_fault_does_not_preset_m() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let a = page(&world, 1);
    enter(&cx, VA, a, Prot::RW, Prot::READ);
    assert!(leaf(&world, s, VA).contains(Entry::RW) && !leaf(&world, s, VA).contains(Entry::M));
    let before = leaf(&world, s, VA);
    events(&world);
    // Same page and rights: the entry is left alone, and so is the M of the second fault.
    enter(&cx, VA, a, Prot::RW, Prot::WRITE);
    assert_eq!(leaf(&world, s, VA), before);
    assert_eq!(events(&world), []);
    audit(&world, &[s]);
}

/// Two CPUs have read the old page; one replaces it by a writable copy.
struct Cow {
    world: World<Stepped>,
    s: SpaceId,
    old: FrameNo,
    new: FrameNo,
}

fn cow() -> Cow {
    let world = stepped(config(32, 2));
    let s = space(&world);
    let (old, new) = (page(&world, 7).frame, page(&world, 7).frame);
    for n in [0, 1] {
        let cx = task(&world, n, s);
        block_on(cx.pmap_activate(s));
        enter(&cx, VA, cx.page(old), Prot::READ, Prot::READ);
        assert_eq!(block_on(cx.user_load(VA)), Ok(7));
    }
    events(&world);
    Cow { world, s, old, new }
}

#[test]
fn a_page_is_replaced_by_clearing_flushing_and_installing() {
    let Cow { world, s, old, new } = cow();
    let cx = task(&world, 0, s);
    let mut hand = Hand::new(&cx, cx.pmap_enter(s, VA, cx.page(new), Prot::RW, Prot::WRITE, false, false));
    let passed = hand.finish();
    let expected =
        [Step::PmapEnter, Step::PteCleared, Step::Shootdown, Step::ShootdownAck, Step::PteInstall, Step::PmapEntered];
    assert_eq!(passed, expected);

    let said = events(&world);
    let cleared = position(&said, |e| matches!(e, Event::Entry { level: 1, bits: 0, .. }));
    let own = position(&said, |e| *e == Event::TlbDrop { cpu: CpuId(0), va: VA });
    let other = position(&said, |e| *e == Event::TlbDrop { cpu: CpuId(1), va: VA });
    let installed = position(&said, |e| matches!(e, Event::Entry { level: 1, bits, .. } if *bits != 0));
    assert!(cleared < own && own < other && other < installed, "{said:#?}");

    assert!(!cx.page(old).is_mapped(&cx) && cx.page(new).is_mapped(&cx));
    assert!(cx.page(old).flags.load(&cx).contains(crate::page::PageFlags::REFERENCED));
    audit(&world, &[s]);
    assert_no_findings(&world);
}

#[test]
fn at_no_step_can_one_cpu_write_the_new_page_while_another_reads_the_old() {
    let Cow { world, s, new, .. } = cow();
    let (cx, reader) = (task(&world, 0, s), task(&world, 1, s));
    let mut hand = Hand::new(&cx, async {
        cx.pmap_enter(s, VA, cx.page(new), Prot::RW, Prot::WRITE, false, false).await.expect("memory");
        cx.user_store(VA, 8).await
    });
    let mut seen = Vec::new();
    while !hand.done {
        hand.step();
        assert_eq!(check_tlb(&world), [], "before {:?}", hand.at());
        world.env.switch_to(reader.task);
        seen.push(block_on(reader.user_load(VA)).ok());
    }
    seen.dedup();
    // The old page by a stale entry, then a fault, then the new page.
    assert_eq!(seen, [Some(7), None, Some(7), Some(8)]);
}

#[test]
fn the_checker_sees_an_install_without_a_flush() {
    let Cow { world, s, new, .. } = cow();
    let cx = task(&world, 0, s);
    let slot = leaf_slot(&world, s, VA).expect("a table");
    let leaf = super::super::leaf::leaf_for(new, Prot::RW) | Entry::A | Entry::M;
    cx.leaf_store(s, VA.vpn(), slot, leaf);
    let found = check_tlb(&world);
    assert_eq!(found.len(), 2, "both CPUs read the old page: {found:?}");
    assert!(found.iter().all(|v| v.kind == FindingKind::Tlb));
    // Read-only, it is harmless for now (protocol P2).
    cx.leaf_store(s, VA.vpn(), slot, leaf - (Entry::RW | Entry::M));
    assert_eq!(check_tlb(&world), []);
    // A dirty entry of one CPU is as bad as the table.
    cx.leaf_store(s, VA.vpn(), slot, Entry::empty());
    cx.tlb_fill(cx.cpu_of(CpuId(1)), VA.vpn(), leaf);
    assert_eq!(check_tlb(&world).len(), 1);
}

#[test]
fn an_entry_nobody_used_is_replaced_without_a_shootdown() {
    let world = stepped(config(32, 2));
    let s = space(&world);
    let (old, new) = (page(&world, 1), page(&world, 2));
    for n in [0, 1] {
        block_on(task(&world, n, s).pmap_activate(s));
    }
    let cx = task(&world, 0, s);
    block_on(cx.pmap_enter_quick(s, VA, old, Prot::RW));
    let quick = leaf(&world, s, VA);
    assert!(!quick.intersects(Entry::RW | Entry::A | Entry::M) && quick.contains(Entry::V));
    let mut hand = Hand::new(&cx, cx.pmap_enter(s, VA, new, Prot::RW, Prot::WRITE, false, false));
    let passed = hand.finish();
    assert_eq!(passed, [Step::PmapEnter, Step::PteCleared, Step::PteInstall, Step::PmapEntered]);
    assert!(!old.flags.load(&cx).contains(crate::page::PageFlags::REFERENCED));
    audit(&world, &[s]);
}

#[test]
fn a_that_came_after_the_entry_was_read_counts() {
    // The exchanged value decides about the flush: here hardware uses the entry while the replacing task waits for
    // the pmap lock.
    let world = stepped(config(32, 2));
    let s = space(&world);
    let (old, new) = (page(&world, 1), page(&world, 2));
    let (cx, other) = (task(&world, 0, s), task(&world, 1, s));
    block_on(cx.pmap_enter_quick(s, VA, old, Prot::READ));
    let mut hand = Hand::new(&cx, cx.pmap_enter(s, VA, new, Prot::RW, Prot::WRITE, false, false));
    hand.step();
    assert_eq!(block_on(other.user_load(VA)), Ok(1));
    hand.finish();
    assert!(events(&world).contains(&Event::TlbDrop { cpu: CpuId(1), va: VA }));
    assert_eq!(block_on(other.user_load(VA)), Ok(2));
}

#[test]
fn enter_quick_never_replaces() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let (a, b) = (page(&world, 1), page(&world, 2));
    enter(&cx, VA, a, Prot::RW, Prot::WRITE);
    block_on(cx.pmap_enter_quick(s, VA, b, Prot::READ));
    assert_eq!(block_on(cx.pmap_extract(s, VA)), Some(a.frame));
    assert!(block_on(cx.pmap_is_prefaultable(s, NEXT)));
    assert!(!block_on(cx.pmap_is_prefaultable(s, VA)));
    assert!(!block_on(cx.pmap_is_prefaultable(s, FAR)), "there is no table");
    audit(&world, &[s]);
}

#[test]
fn losing_a_dirty_write_right_dirties_and_flushes() {
    let world = stepped(config(32, 2));
    let s = space(&world);
    let a = page(&world, 1);
    let (cx, other) = (task(&world, 0, s), task(&world, 1, s));
    enter(&cx, VA, a, Prot::RW, Prot::WRITE);
    assert_eq!(block_on(other.user_store(VA, 5)), Ok(()));
    enter(&cx, VA, a, Prot::READ, Prot::READ);
    assert!(a.dirty.load(&cx));
    assert!(block_on(other.user_store(VA, 6)).is_err(), "the dirty entry must be gone");
    assert_eq!(block_on(other.user_load(VA)), Ok(5));
    // From executable to not: no CPU may execute from a cached entry.
    enter(&cx, VA, a, RX, Prot::READ);
    assert!(block_on(other.user_touch(VA, crate::machine::walk::AccessKind::Fetch, None)).is_ok());
    enter(&cx, VA, a, Prot::READ, Prot::READ);
    assert!(block_on(other.user_touch(VA, crate::machine::walk::AccessKind::Fetch, None)).is_err());
    audit(&world, &[s]);
}

#[test]
fn entering_what_must_not_be_entered_is_found() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let kinds = |world: &World<Stepped>| world.env.findings().iter().map(|f| (f.kind, f.property)).collect::<Vec<_>>();

    let a = page(&world, 1);
    a.xunbusy(&cx);
    enter(&cx, VA, a, Prot::READ, Prot::READ);
    assert_eq!(kinds(&world), [(FindingKind::Assertion, Property::APmap1)]);
    world.env.forget();
    assert!(a.try_xbusy(&cx));
    enter(&cx, VA, a, Prot::READ, Prot::WRITE);
    assert_eq!(kinds(&world), [(FindingKind::Assertion, Property::APmap2)]);
    world.env.forget();

    let b = page(&world, 2);
    b.invalidate(&cx);
    enter(&cx, NEXT, b, Prot::READ, Prot::READ);
    assert_eq!(kinds(&world), [(FindingKind::Assertion, Property::AFault6)]);
    world.env.forget();

    let c = page(&world, 3);
    let object = c.object.load(&cx).expect("an owner");
    block_on(cx.object(object).lock.lock(&cx, Mode::Write));
    c.free(&cx, Property::APage2);
    cx.object(object).lock.release(&cx);
    assert_eq!(kinds(&world), []);
    // (The table of FAR would take the frame that was just freed.)
    enter(&cx, VirtAddr(0x40_5000), c, Prot::READ, Prot::READ);
    let found = kinds(&world);
    assert!(found.contains(&(FindingKind::Assertion, Property::APmap1)), "{found:?}");
    assert!(found.contains(&(FindingKind::FreedWhileMapped, Property::E06)), "{found:?}");
}

#[test]
fn a_fork_copies_mappings_only_where_the_scenario_says_so() {
    for copy in [PmapCopy::None, PmapCopy::All] {
        let world = stepped(Config { pmap_copy: copy, ..config(64, 1) });
        let (s, child) = (space(&world), space(&world));
        let cx = task(&world, 0, s);
        let (a, b) = (page(&world, 1), page(&world, 2));
        enter(&cx, VA, a, Prot::READ, Prot::READ);
        enter(&cx, FAR, b, Prot::RW, Prot::WRITE);
        block_on(cx.pmap_copy(child, s, VirtAddr(0), VirtAddr(1 << 47)));
        let copied = |va| leaf(&world, child, va);
        if copy == PmapCopy::None {
            assert!(copied(VA).is_empty() && copied(FAR).is_empty());
        } else {
            assert_eq!(copied(VA), leaf(&world, s, VA) - (Entry::A | Entry::M));
            assert_eq!(copied(FAR), leaf(&world, s, FAR) - (Entry::A | Entry::M), "R/W is the caller's business");
            assert!(copied(FAR).contains(Entry::RW));
        }
        audit(&world, &[s, child]);
        assert_no_findings(&world);
    }
}
