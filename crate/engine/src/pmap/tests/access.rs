//! The TLB and user accesses through it.

use super::*;
use crate::kern::Signal;
use crate::machine::walk::AccessKind;
use crate::property::Property;

#[test]
fn the_first_word_is_what_is_accessed() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let a = page(&world, 1);
    enter(&cx, VA, a, Prot::RW, Prot::READ);
    assert_eq!(block_on(cx.user_load(VirtAddr(VA.0 + 0x123))), Ok(1));
    assert_eq!(block_on(cx.user_store(VirtAddr(VA.0 + 0xff8), 2)), Ok(()));
    assert_eq!(world.env.frame_peek(a.frame, 0), 2);
    assert_eq!(block_on(cx.user_touch(VA, AccessKind::Write, Some(3))), Ok(()));
    assert_eq!(block_on(cx.user_load(VA)), Ok(3));
    assert_eq!(block_on(cx.user_touch(VA, AccessKind::Fetch, None)), Err(Signal::Segv), "not executable");
    assert_eq!(block_on(cx.user_load(VirtAddr(1 << 47))), Err(Signal::Bus), "not canonical");
}

#[test]
fn a_clean_cached_entry_never_satisfies_a_write() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    enter(&cx, VA, page(&world, 1), Prot::RW, Prot::READ);
    assert_eq!(block_on(cx.user_load(VA)), Ok(1));
    events(&world);
    assert_eq!(block_on(cx.user_store(VA, 2)), Ok(()));
    let said = events(&world);
    let set = position(
        &said,
        |e| matches!(e, Event::Entry { level: 1, bits, .. } if Entry::from_bits_retain(*bits).contains(Entry::M)),
    );
    let filled = position(&said, |e| matches!(e, Event::TlbFill { .. }));
    let stored = position(&said, |e| matches!(e, Event::Access { write: true, value: 2, .. }));
    assert!(set < filled && filled < stored, "{said:#?}");
    assert_eq!(block_on(cx.user_store(VA, 3)), Ok(()));
    assert!(matches!(events(&world)[..], [Event::Access { value: 3, .. }]), "a dirty one does");
}

#[test]
fn taking_write_from_a_clean_entry_needs_no_flush() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    enter(&cx, VA, page(&world, 1), Prot::RW, Prot::READ);
    assert_eq!(block_on(cx.user_load(VA)), Ok(1));
    let slot = leaf_slot(&world, s, VA).expect("a table");
    cx.leaf_store(s, VA.vpn(), slot, leaf(&world, s, VA) - Entry::RW);
    assert_eq!(block_on(cx.user_store(VA, 2)), Err(Signal::Segv));
    assert_eq!(block_on(cx.user_load(VA)), Ok(1));
}

#[test]
fn a_stale_entry_stays_until_it_is_invalidated() {
    let world = stepped(config(32, 2));
    let s = space(&world);
    let (cx, other) = (task(&world, 0, s), task(&world, 1, s));
    enter(&cx, VA, page(&world, 1), Prot::RW, Prot::WRITE);
    for cx in [&cx, &other] {
        assert_eq!(block_on(cx.user_store(VA, 1)), Ok(()));
    }
    let slot = leaf_slot(&world, s, VA).expect("a table");
    let was = cx.leaf_store(s, VA.vpn(), slot, Entry::empty());
    assert_eq!(block_on(cx.user_load(VA)), Ok(1), "no invalidation yet");
    assert_eq!(block_on(other.user_store(VA, 2)), Ok(()));
    block_on(other.invalidate_page(s, VA.vpn()));
    for cx in [&cx, &other] {
        assert_eq!(block_on(cx.user_load(VA)), Err(Signal::Segv));
    }
    cx.leaf_store(s, VA.vpn(), slot, was);
    assert_eq!(block_on(cx.user_load(VA)), Ok(2));
}

#[test]
fn an_upgrade_costs_no_fault_and_a_fault_drops_the_entry() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let a = page(&world, 1);
    enter(&cx, VA, a, Prot::READ, Prot::READ);
    assert_eq!(block_on(cx.user_load(VA)), Ok(1));
    events(&world);
    assert!(block_on(cx.user_store(VA, 2)).is_err());
    assert!(events(&world).contains(&Event::TlbDrop { cpu: CpuId(0), va: VA }));
    enter(&cx, VA, a, Prot::RW, Prot::WRITE);
    assert_eq!(block_on(cx.user_load(VA)), Ok(1));
    assert_eq!(block_on(cx.user_store(VA, 2)), Ok(()));
}

#[test]
fn the_error_code_says_what_was_wrong() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    enter(&cx, VA, page(&world, 1), Prot::READ, Prot::READ);
    let code = |va, kind| {
        events(&world);
        assert!(block_on(cx.user_touch(va, kind, None)).is_err());
        let said = events(&world);
        said.iter()
            .find_map(|e| if let Event::HardwareFault { code, .. } = e { Some(*code) } else { None })
            .expect("a fault")
    };
    assert_eq!(code(VA, AccessKind::Write), 7);
    assert_eq!(code(VA, AccessKind::Fetch), 0x15);
    assert_eq!(code(NEXT, AccessKind::Read), 4);
    assert_eq!(code(NEXT, AccessKind::Write), 6);
    assert_eq!(code(FAR, AccessKind::Fetch), 0x14);
}

#[test]
fn a_cr3_load_flushes() {
    let world = stepped(config(64, 1));
    let (s, t) = (space(&world), space(&world));
    let (a, b) = (task(&world, 0, s), task(&world, 0, t));
    enter(&a, VA, page(&world, 1), Prot::READ, Prot::READ);
    enter(&b, VA, page(&world, 2), Prot::READ, Prot::READ);
    // Two tasks on one CPU: each access uses its own address space.
    for _ in 0..2 {
        assert_eq!(block_on(a.user_load(VA)), Ok(1));
        assert_eq!(block_on(b.user_load(VA)), Ok(2));
    }
    let active = |s: SpaceId| world.spaces.peek(&world.env, s.0).pmap.active.peek(&world.env);
    assert_eq!((active(s), active(t)), (0, 1));
    block_on(b.pmap_deactivate());
    assert_eq!((active(s), active(t)), (0, 0));
    assert_eq!(world.cpus[0].space.peek(&world.env), None);
    assert!(world.cpus[0].tlb.iter().all(|e| e.tag.peek(&world.env) == 0));
}

#[test]
fn pages_that_share_a_slot_put_each_other_out() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let far = VirtAddr(VA.0 + 256 * 0x1000);
    enter(&cx, VA, page(&world, 1), Prot::READ, Prot::READ);
    enter(&cx, far, page(&world, 2), Prot::READ, Prot::READ);
    let mapped = world.env.fingerprint();
    for _ in 0..2 {
        assert_eq!(block_on(cx.user_load(VA)), Ok(1));
        assert_eq!(block_on(cx.user_load(far)), Ok(2));
    }
    assert!(events(&world).contains(&Event::TlbDrop { cpu: CpuId(0), va: VA }));
    assert_ne!(world.env.fingerprint(), mapped);
    cx.tlb_flush(cx.cpu_of(CpuId(0)));
    // Only the CPU's register that names its space differs from before.
    block_on(cx.pmap_deactivate());
    assert_eq!(world.env.fingerprint(), mapped);
}

#[test]
fn an_entry_outside_of_memory_is_found() {
    let world = stepped(config(32, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    enter(&cx, VA, page(&world, 1), Prot::READ, Prot::READ);
    let slot = leaf_slot(&world, s, VA).expect("a table");
    cx.leaf_store(s, VA.vpn(), slot, super::super::leaf::leaf_for(FrameNo(32), Prot::READ) | Entry::A);
    assert_eq!(block_on(cx.user_load(VA)), Err(Signal::Bus));
    assert_eq!(world.env.findings().iter().map(|f| f.property).collect::<Vec<_>>(), [Property::E05]);
}
