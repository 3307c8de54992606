//! An independent check of the layout: entries made by the `x86_64` crate, which shares no code with this one, are
//! walked as that crate means them.

use super::*;
use proptest::prelude::*;
use x86_64::structures::paging::{PageTableFlags, page_table::PageTableEntry};

fn entry_of(frame: u64, flags: PageTableFlags) -> u64 {
    let mut entry = PageTableEntry::new();
    entry.set_addr(x86_64::PhysAddr::new(frame), flags);
    // An entry of that crate is one transparent word; its own accessors return it.
    entry.addr().as_u64() | entry.flags().bits()
}

proptest! {
    #[test]
    fn tables_made_by_another_crate_translate_to_the_frame_it_meant(
        va in any::<u64>(), frame in 0..1_u64 << 22, size in prop::sample::select(PageSize::ALL.to_vec())
    ) {
        let peer = x86_64::VirtAddr::new_truncate(va);
        let mem = Mem::default();
        let frame = frame << 18 & !size.offset_mask();
        let up = PageTableFlags::PRESENT | PageTableFlags::WRITABLE | PageTableFlags::USER_ACCESSIBLE;
        let indices = [peer.p4_index(), peer.p3_index(), peer.p2_index(), peer.p1_index()];
        let mut table = ROOT.0;
        for (n, index) in indices.into_iter().enumerate() {
            let at = PhysAddr(table + u64::from(index) * 8);
            if 4 - n == size.level() as usize {
                let huge = if size == PageSize::Size4K { PageTableFlags::empty() } else { PageTableFlags::HUGE_PAGE };
                mem.set(at, entry_of(frame, up | huge | PageTableFlags::NO_EXECUTE));
                break;
            }
            table += 0x1000;
            mem.set(at, entry_of(table, up));
        }
        let mut regs = plain();
        regs.efer |= Efer::NXE;
        let va = VirtAddr(peer.as_u64());
        let t = walk(&mem, ROOT, &regs, va, Access::user(AccessKind::Write)).expect("mapped");
        prop_assert_eq!(t.frame_base.0, frame);
        prop_assert!(t.user && t.writable && !t.executable);
        let flags = PageTableFlags::from_bits_retain(mem.get(t.leaf_at).bits());
        prop_assert!(flags.contains(PageTableFlags::ACCESSED | PageTableFlags::DIRTY));
    }

    #[test]
    fn both_find_the_same_addresses_canonical(va in any::<u64>(), high in 0..4_u32) {
        // Random high bits are hardly ever canonical: make half of them so.
        let va = match high {
            0 => va,
            1 => va | u64::MAX << 47,
            2 => va & !(u64::MAX << 47),
            _ => va | u64::MAX << 48,
        };
        prop_assert_eq!(plain().is_canonical(VirtAddr(va)), x86_64::VirtAddr::try_new(va).is_ok());
    }
}

#[test]
fn every_bit_has_the_place_the_other_crate_gives_it() {
    let pairs = [
        (Entry::V, PageTableFlags::PRESENT),
        (Entry::RW, PageTableFlags::WRITABLE),
        (Entry::U, PageTableFlags::USER_ACCESSIBLE),
        (Entry::NC_PWT, PageTableFlags::WRITE_THROUGH),
        (Entry::NC_PCD, PageTableFlags::NO_CACHE),
        (Entry::A, PageTableFlags::ACCESSED),
        (Entry::M, PageTableFlags::DIRTY),
        (Entry::PS, PageTableFlags::HUGE_PAGE),
        (Entry::G, PageTableFlags::GLOBAL),
        (Entry::AVAIL1, PageTableFlags::BIT_9),
        (Entry::MANAGED, PageTableFlags::BIT_10),
        (Entry::WIRED, PageTableFlags::BIT_11),
        (Entry::PROMOTED, PageTableFlags::BIT_54),
        (Entry::NX, PageTableFlags::NO_EXECUTE),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours.bits(), theirs.bits(), "{theirs:?}");
    }
}
