//! Properties of any tables, registers and accesses.

use super::*;
use proptest::prelude::*;

fn any_regs() -> impl Strategy<Value = Regs> {
    (any::<[bool; 9]>(), any::<[u32; 2]>(), 36..=52_u8).prop_map(|(on, keys, phys_bits)| {
        let mut regs = plain();
        regs.cr0.set(Cr0::WP, on[0]);
        regs.efer.set(Efer::NXE, on[1]);
        let flags = [Cr4::SMEP, Cr4::SMAP, Cr4::PKE, Cr4::PKS, Cr4::LA57, Cr4::PGE];
        for (flag, on) in flags.into_iter().zip(&on[2..]) {
            regs.cr4.set(flag, *on);
        }
        regs.page_1g = on[8];
        [regs.pkru, regs.pkrs] = keys;
        Regs { phys_bits, ..regs }
    })
}

fn any_access() -> impl Strategy<Value = Access> {
    use AccessKind::{Fetch, Read, Rmw, Write};
    let kind = prop::sample::select(vec![Read, Write, Fetch, Rmw]);
    (kind, any::<[bool; 3]>()).prop_map(|(kind, [user, ac, implicit])| Access { kind, user, ac, implicit })
}

fn any_size() -> impl Strategy<Value = PageSize> {
    prop::sample::select(PageSize::ALL.to_vec())
}

/// Flags that keep an entry valid: rights, caching, A, D, G, software's bits, key; XD rarely, since it ends most
/// walks.
fn any_flags() -> impl Strategy<Value = Entry> {
    (any::<u64>(), 0..8).prop_map(|(bits, nx)| {
        let mut flags = Entry::from_bits_retain(bits & 0x7ff0_0000_0000_0f7e) | Entry::V;
        flags.set(Entry::NX, nx == 0);
        flags | if bits >> 40 & 3 != 0 { Entry::RW | Entry::U } else { Entry::empty() }
    })
}

/// A path with random flags in each entry.
fn any_path() -> impl Strategy<Value = Path> {
    (any_regs(), any_size(), prop::collection::vec(any_flags(), 5)).prop_map(|(regs, size, flags)| {
        let path = Path::new(regs, size);
        for (&(_, at), flags) in path.steps.iter().zip(flags) {
            let kept = path.mem.get(at).bits() & (0x000f_ffff_ffff_f000 | Entry::PS.bits());
            path.mem.set(at, kept | flags.bits());
        }
        path
    })
}

impl std::fmt::Debug for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x?} {:x?} {:x?}", self.regs, self.steps, self.entries())
    }
}

proptest! {
    #[test]
    fn only_a_and_d_change_and_only_when_the_access_succeeds(path in any_path(), access in any_access()) {
        let before = path.entries();
        let outcome = path.walk(access);
        let after = path.entries();
        match outcome {
            Err(_) => prop_assert_eq!(before, after),
            Ok(t) => {
                let last = before.len() - 1;
                for (n, (was, is)) in before.into_iter().zip(after).enumerate() {
                    let set = if n == last && access.kind.writes() { Entry::A | Entry::M } else { Entry::A };
                    prop_assert_eq!(is, was | set);
                }
                prop_assert_eq!(t.leaf, path.mem.get(path.leaf_at()));
            }
        }
    }

    #[test]
    fn a_cached_translation_is_judged_as_a_walk_would(
        path in any_path(), first in any_access(), second in any_access()
    ) {
        if let Ok(t) = path.walk(first) {
            let again = path.walk(second);
            match check(&path.regs, &t, second) {
                Ok(()) => prop_assert!(again.is_ok()),
                Err(code) => prop_assert_eq!(
                    again,
                    Err(HardwareFault::PageFault(PageFault { address: path.va, code }))
                ),
            }
        }
    }

    #[test]
    fn the_physical_address_is_frame_and_offset(
        size in any_size(), offset in any::<u64>(), frame in any::<u64>(), pat: bool, five: bool
    ) {
        let mut path = Path::new(plain().with_five_levels(five), size);
        path.va.0 = path.va.0 & !size.offset_mask() | offset & size.offset_mask();
        let frame = frame & 0xff_ffff_ffff & !size.offset_mask();
        let flags = Entry::V | Entry::RW | Entry::U;
        let leaf = Entry::leaf(PhysAddr(frame), size, flags);
        path.mem.set(path.leaf_at(), leaf.with_pat_index(size, u8::from(pat) << 2).bits());
        let t = path.walk(Access::user(AccessKind::Read)).expect("allowed");
        prop_assert_eq!(t.frame_base, PhysAddr(frame));
        prop_assert_eq!(t.phys, PhysAddr(frame + (offset & size.offset_mask())));
        prop_assert_eq!(t.leaf.pat_index(size), u8::from(pat) << 2);
    }

    #[test]
    fn ignored_bits_are_ignored(
        size in any_size(), noise in prop::collection::vec(any::<u64>(), 5), regs in any_regs(),
        access in any_access()
    ) {
        prop_assume!(size != PageSize::Size1G || regs.page_1g);
        let clean = Path::new(regs, size);
        let noisy = Path::new(regs, size);
        for (&(level, _), noise) in noisy.steps.iter().zip(noise) {
            // Software's bits and caching everywhere; key, D and G above the leaf.
            let above = 0x7800_0000_0000_0140;
            let anywhere = 0x07f0_0000_0000_0e18;
            let mask = if level == size.level() { anywhere } else { anywhere | above };
            noisy.change(level, Entry::from_bits_retain(noise & mask), Entry::empty());
        }
        let strip = |t: Translation| Translation { leaf: Entry::empty(), ..t };
        prop_assert_eq!(clean.walk(access).map(strip), noisy.walk(access).map(strip));
    }

    #[test]
    fn nothing_but_the_index_bits_chooses_the_entry(va in any::<u64>(), level in 0..5_usize) {
        let level = Level::ALL[level];
        let at = level.entry_at(ROOT, VirtAddr(va));
        prop_assert!(at.0 >= ROOT.0 && at.0 < ROOT.0 + 4096 && at.0.is_multiple_of(8));
        let low = va ^ (level.span() - 1);
        prop_assert_eq!(level.entry_at(ROOT, VirtAddr(low)), at);
        prop_assert_eq!(level.entry_at(ROOT, VirtAddr(va.wrapping_add(level.span() * 512))), at);
    }
}
