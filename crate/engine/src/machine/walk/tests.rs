//! Tests of the walker.

mod examples;
mod fixture;
mod oracle;
mod peer;
mod properties;
mod races;

use super::*;
use crate::machine::regs::{Cr0, Efer};
use fixture::*;

#[test]
fn a_walk_says_all_about_the_page_it_found() {
    let mut regs = plain();
    regs.cr4 |= Cr4::PGE;
    let path = Path::new(regs, PageSize::Size2M);
    path.change(Level::Pd, (Entry::G | Entry::PDE_PAT).with_key(9), Entry::empty());
    let t = path.walk(Access::user(AccessKind::Write)).expect("allowed");
    assert_eq!(t.size, PageSize::Size2M);
    assert_eq!(t.frame_base, PhysAddr(0x2_4000_0000));
    assert_eq!(t.phys, PhysAddr(0x2_4000_0000 + (path.va.0 & 0x1f_ffff)));
    assert!(t.user && t.writable && t.executable && t.dirty && t.global);
    assert_eq!(t.key, 9);
    assert_eq!(t.leaf_at, path.leaf_at());
    assert_eq!(t.leaf, path.mem.get(path.leaf_at()));
    assert!(t.leaf.contains(Entry::A | Entry::M));
}

#[test]
fn without_pge_the_g_bit_means_nothing() {
    let path = Path::new(plain(), PageSize::Size4K);
    path.change(Level::Pt, Entry::G, Entry::empty());
    assert!(!path.walk(Access::user(AccessKind::Read)).expect("allowed").global);
}

#[test]
fn a_read_sets_accessed_everywhere_and_dirty_nowhere() {
    for path in shapes(plain()) {
        let t = path.walk(Access::user(AccessKind::Read)).expect("allowed");
        assert!(!t.dirty);
        for entry in path.entries() {
            assert!(entry.contains(Entry::A) && !entry.contains(Entry::M));
        }
    }
}

#[test]
fn a_write_sets_dirty_in_the_leaf_alone() {
    for path in shapes(plain()) {
        let t = path.walk(Access::user(AccessKind::Rmw)).expect("allowed");
        assert!(t.dirty);
        let entries = path.entries();
        let (leaf, above) = entries.split_last().expect("at least one");
        assert!(leaf.contains(Entry::A | Entry::M));
        assert!(above.iter().all(|entry| entry.contains(Entry::A) && !entry.contains(Entry::M)));
    }
}

#[test]
fn bits_that_are_set_already_cost_no_store() {
    let path = Path::new(plain(), PageSize::Size4K);
    path.walk(Access::user(AccessKind::Write)).expect("allowed");
    assert_eq!(path.mem.stores.get(), 4, "one locked store for each entry, A and D together");
    path.walk(Access::user(AccessKind::Write)).expect("allowed");
    path.walk(Access::user(AccessKind::Read)).expect("allowed");
    assert_eq!(path.mem.stores.get(), 4);
}

#[test]
fn a_page_once_dirty_is_dirty_to_a_reader_too() {
    let path = Path::new(plain(), PageSize::Size1G);
    path.walk(Access::user(AccessKind::Write)).expect("allowed");
    assert!(path.walk(Access::user(AccessKind::Read)).expect("allowed").dirty);
}

#[test]
fn an_absent_entry_faults_at_each_level_and_nothing_is_stored() {
    let kinds = [
        (Access::supervisor(AccessKind::Read), 0),
        (Access::supervisor(AccessKind::Write), 2),
        (Access::user(AccessKind::Read), 4),
        (Access::user(AccessKind::Rmw), 6),
        (Access::supervisor(AccessKind::Fetch), 0x10),
        (Access::user(AccessKind::Fetch), 0x14),
    ];
    let mut regs = plain();
    regs.efer |= Efer::NXE;
    for path in shapes(regs) {
        for &(level, at) in &path.steps {
            let before = path.mem.get(at);
            // All bits but P, reserved bits too: the walk checks none of them.
            path.mem.set(at, !Entry::V.bits());
            for (access, code) in kinds {
                assert_eq!(path.fault(access), code, "{level:?}");
            }
            path.mem.set(at, before.bits());
        }
        assert_eq!(path.mem.stores.get(), 0);
    }
}

#[test]
fn each_reserved_bit_faults_where_it_is_reserved_and_only_there() {
    for nxe in [false, true] {
        for page_1g in [true, false] {
            let mut regs = plain();
            regs.efer.set(Efer::NXE, nxe);
            regs.page_1g = page_1g;
            for path in shapes(regs) {
                if path.leaf_level() == Level::Pdpt && !page_1g {
                    assert_eq!(path.fault(Access::user(AccessKind::Read)), 0xd);
                    continue;
                }
                for &(level, at) in &path.steps {
                    reserved_bits_of(&path, level, at, nxe, page_1g);
                }
            }
        }
    }
}

/// Sets each bit of one entry alone; the specification's table 1.3 says which of them end the walk.
fn reserved_bits_of(path: &Path, level: Level, at: PhysAddr, nxe: bool, page_1g: bool) {
    let before = path.mem.get(at);
    let leaf = level == path.leaf_level();
    for bit in 0..64 {
        if before.bits() >> bit & 1 != 0 {
            continue;
        }
        let reserved = match (bit, level) {
            (40..=51, _) => true,
            (63, _) => !nxe,
            (7, Level::Pml5 | Level::Pml4) => true,
            (7, Level::Pdpt) => !page_1g,
            (13..=29, Level::Pdpt) if leaf => true,
            (13..=20, Level::Pd) if leaf => true,
            _ => false,
        };
        // A non-leaf turned into a leaf is checked as one; its address has low bits, so it faults all the same.
        // Another table is just empty.
        path.mem.set(at, before.bits() | 1 << bit);
        let outcome = path.walk(Access::user(AccessKind::Read));
        let code = match outcome {
            Err(HardwareFault::PageFault(fault)) => fault.code.bits(),
            _ => 0,
        };
        let into_leaf = bit == 7 && !leaf && level <= Level::Pdpt && level > Level::Pt;
        assert_eq!(code == 0xd, reserved || into_leaf, "bit {bit} of {level:?}: {outcome:x?}");
        path.mem.set(at, before.bits());
    }
}

#[test]
fn with_52_physical_bits_no_high_bit_is_reserved() {
    let mut regs = plain();
    for (phys_bits, code) in [(52, None), (51, Some(9)), (36, Some(9))] {
        regs.phys_bits = phys_bits;
        let path = Path::new(regs, PageSize::Size4K);
        path.change(Level::Pt, Entry::from_bits_retain(1 << 51), Entry::empty());
        let read = Access::supervisor(AccessKind::Read);
        match code {
            Some(code) => assert_eq!(path.fault(read), code),
            None => {
                let phys = path.walk(read).expect("bit 51 is an address bit").phys;
                assert_eq!(phys.0, 1 << 51 | 0x2_4000_0000 | path.va.offset());
            }
        }
    }
}

#[test]
fn an_address_that_is_not_canonical_never_reaches_the_tables() {
    let edges = |bits: u32| {
        let half = 1_u64 << (bits - 1);
        [(0, true), (half - 1, true), (half, false), (!half, false), (!half + 1, true), (u64::MAX, true)]
    };
    for (five, bits) in [(false, 48), (true, 57)] {
        let regs = plain().with_five_levels(five);
        for (va, canonical) in edges(bits) {
            let got = walk(&Mem::default(), ROOT, &regs, VirtAddr(va), Access::user(AccessKind::Fetch));
            let nothing_there = PageFault { address: VirtAddr(va), code: ErrorCode::U };
            let expected =
                if canonical { HardwareFault::PageFault(nothing_there) } else { HardwareFault::GeneralProtection };
            assert_eq!(got, Err(expected), "{va:#x} with {bits} bits");
        }
    }
}

#[test]
fn rights_follow_the_path_and_not_the_table() {
    // Two PDPT entries name one PD; only one of them allows writes.
    let path = Path::new(plain(), PageSize::Size4K);
    let (_, pdpt_at) = path.steps[1];
    let other = VirtAddr(path.va.0 ^ Level::Pdpt.span());
    let other_at = PhysAddr(pdpt_at.0 ^ 8);
    path.mem.set(other_at, (path.mem.get(pdpt_at) - Entry::RW).bits());
    let write = Access::user(AccessKind::Write);
    let denied = walk(&path.mem, ROOT, &path.regs, other, write);
    assert!(matches!(denied, Err(HardwareFault::PageFault(fault)) if fault.code.bits() == 7));
    assert!(path.walk(write).is_ok());
}

#[test]
fn an_implicit_access_is_the_supervisors_and_ac_does_not_excuse_it() {
    let mut regs = plain();
    let mut access = Access { implicit: true, ac: true, ..Access::user(AccessKind::Read) };
    let path = Path::new(regs, PageSize::Size4K);
    path.change(Level::Pt, Entry::empty(), Entry::U);
    assert!(path.walk(access).is_ok(), "a supervisor page serves it at CPL 3");

    regs.cr4 |= Cr4::SMAP;
    let path = Path::new(regs, PageSize::Size4K);
    assert_eq!(path.fault(access), 1, "U/S of the error code is clear");
    access.implicit = false;
    access.user = false;
    assert!(path.walk(access).is_ok(), "the same with AC made by the kernel's program");
}
