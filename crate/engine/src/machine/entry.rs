//! One entry of an x86-64 page table, and the geometry of the tree it sits in.
//!
//! Every table is a frame of 512 entries of eight bytes. The same 64 bits have slightly different meanings by level
//! and by whether they map a page (a *leaf*) or name the next table; where they differ, a routine takes a [`Level`]
//! or a [`PageSize`] as an argument. Bits have the kernel's names without their `PG_`.

use super::addr::{PhysAddr, VirtAddr};
use bitflags::bitflags;

/// Entries in one table.
pub const ENTRIES: u64 = 512;
/// Bytes in one entry.
pub const ENTRY_SIZE: u64 = 8;

/// Bits 51:12, which can hold an address (`PG_FRAME`). The processor's number of physical address bits says how many
/// of them it uses.
const FRAME_MASK: u64 = 0x000f_ffff_ffff_f000;
/// Lowest bit of the protection key, bits 62:59.
const KEY_SHIFT: u32 = 59;

bitflags! {
    /// One paging-structure entry as stored in memory.
    ///
    /// With [`V`](Entry::V) clear software may use the other 63 bits, and hardware checks none of them. All 64 bits
    /// are kept: those without a name are the address ([`table`](Entry::table), [`frame`](Entry::frame)).
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct Entry: u64 {
        /// P: the entry is valid; without it the walk ends in a fault.
        const V = 1 << 0;
        /// R/W: writes are allowed, as far as this level has a say.
        const RW = 1 << 1;
        /// U/S: user mode has access, as far as this level has a say.
        const U = 1 << 2;
        /// PWT: write-through; of the page in a leaf, of the next table otherwise.
        const NC_PWT = 1 << 3;
        /// PCD: cache disabled; of the page in a leaf, of the next table otherwise.
        const NC_PCD = 1 << 4;
        /// A: set by hardware when a translation goes through the entry.
        const A = 1 << 5;
        /// D: set by hardware when the page is written; only a leaf has it.
        const M = 1 << 6;
        /// PS: a 2 MiB or 1 GiB leaf; reserved at levels 4 and 5.
        const PS = 1 << 7;
        /// PAT index bit 2 of a 4 KiB leaf: the same bit as [`PS`](Entry::PS).
        const PTE_PAT = 1 << 7;
        /// G: with CR4.PGE the translation of this leaf outlives a change of CR3.
        const G = 1 << 8;
        /// Bit 9, ignored by hardware (`PG_AVAIL1`).
        const AVAIL1 = 1 << 9;
        /// Bit 10, ignored by hardware: the page has PV bookkeeping (`PG_MANAGED`).
        const MANAGED = 1 << 10;
        /// Bit 11, ignored by hardware: the mapping is wired (`PG_W`).
        const WIRED = 1 << 11;
        /// PAT index bit 2 of a 2 MiB or 1 GiB leaf; an address bit elsewhere.
        const PDE_PAT = 1 << 12;
        /// Bit 52, ignored by hardware.
        const AVAIL52 = 1 << 52;
        /// Bit 53, ignored by hardware.
        const AVAIL53 = 1 << 53;
        /// Bit 54, ignored by hardware: a 2 MiB leaf made by promotion (`PG_PROMOTED`).
        const PROMOTED = 1 << 54;
        /// Bit 55, ignored by hardware.
        const AVAIL55 = 1 << 55;
        /// Bit 56, ignored by hardware.
        const AVAIL56 = 1 << 56;
        /// Bit 57, ignored by hardware.
        const AVAIL57 = 1 << 57;
        /// Bit 58, ignored by hardware.
        const AVAIL58 = 1 << 58;
        /// Bit 0 of a leaf's protection key.
        const PKU0 = 1 << 59;
        /// Bit 1 of a leaf's protection key.
        const PKU1 = 1 << 60;
        /// Bit 2 of a leaf's protection key.
        const PKU2 = 1 << 61;
        /// Bit 3 of a leaf's protection key.
        const PKU3 = 1 << 62;
        /// XD: no instruction fetch below; reserved unless EFER.NXE is set.
        const NX = 1 << 63;

        // The rest is an address, so no bit is unknown.
        const _ = !0;
    }
}

impl Entry {
    /// A leaf that maps the page of `size` at `frame` with the flags `flags`;
    /// supplies [`PS`](Entry::PS) where the size needs it. Address bits below
    /// the size are dropped.
    pub const fn leaf(frame: PhysAddr, size: PageSize, flags: Entry) -> Entry {
        let ps = match size {
            PageSize::Size4K => 0,
            PageSize::Size2M | PageSize::Size1G => Entry::PS.bits(),
        };
        Entry::from_bits_retain(flags.bits() | ps).with_frame(size, frame)
    }

    /// An entry that names the next table, at `table`.
    pub const fn next(table: PhysAddr, flags: Entry) -> Entry {
        flags.with_frame(PageSize::Size4K, table)
    }

    /// Address of the table that a non-leaf entry names.
    #[inline]
    pub const fn table(self) -> PhysAddr {
        PhysAddr(self.bits() & FRAME_MASK)
    }

    /// Address of the first byte of the page that a leaf of `size` maps. The
    /// bits between the size and bit 12 (PAT, reserved) are not part of it.
    #[inline]
    pub const fn frame(self, size: PageSize) -> PhysAddr {
        PhysAddr(self.bits() & size.frame_mask())
    }

    /// The same entry with another address, which is rounded down to `size`.
    /// Bits that are no part of an address of that size stay as they are.
    pub const fn with_frame(self, size: PageSize, frame: PhysAddr) -> Entry {
        let mask = size.frame_mask();
        Entry::from_bits_retain(self.bits() & !mask | frame.0 & mask)
    }

    /// What this entry, present, is to a walk at `level`. Asks the level and
    /// the PS bit only; whether PS is allowed there is a matter of reserved bits.
    #[inline]
    pub const fn role(self, level: Level) -> Role {
        let ps = self.contains(Entry::PS);
        match level {
            Level::Pt => Role::Leaf(PageSize::Size4K),
            Level::Pd if ps => Role::Leaf(PageSize::Size2M),
            Level::Pdpt if ps => Role::Leaf(PageSize::Size1G),
            Level::Pd => Role::Table(Level::Pt),
            Level::Pdpt => Role::Table(Level::Pd),
            Level::Pml4 => Role::Table(Level::Pdpt),
            Level::Pml5 => Role::Table(Level::Pml4),
        }
    }

    /// Does this entry, present at `level`, map a page?
    #[inline]
    pub const fn is_leaf(self, level: Level) -> bool {
        matches!(self.role(level), Role::Leaf(_))
    }

    /// The protection key of a leaf, 0 to 15. Key bits elsewhere mean nothing.
    #[inline]
    pub const fn key(self) -> u8 {
        (self.bits() >> KEY_SHIFT) as u8 & 15
    }

    /// The same leaf with the protection key `key`, of which four bits count.
    pub const fn with_key(self, key: u8) -> Entry {
        let mask = 15 << KEY_SHIFT;
        Entry::from_bits_retain(self.bits() & !mask | (key as u64) << KEY_SHIFT & mask)
    }

    /// Index 0 to 7 into the page attribute table that a leaf of `size` asks
    /// for: PAT, PCD, PWT from the highest bit down.
    pub const fn pat_index(self, size: PageSize) -> u8 {
        let low = (self.bits() >> 3) as u8 & 3;
        if self.contains(size.pat_bit()) { low | 4 } else { low }
    }

    /// The same leaf asking for another index of the page attribute table. The
    /// highest bit has its place by `size`, which is why promotion and
    /// demotion cannot copy flags over as they are.
    pub const fn with_pat_index(self, size: PageSize, index: u8) -> Entry {
        let low = (index as u64 & 3) << 3;
        let pat = size.pat_bit().bits();
        let high = if index & 4 != 0 { pat } else { 0 };
        Entry::from_bits_retain(self.bits() & !(3 << 3 | pat) | low | high)
    }
}

/// A level of the tree of tables, named as the kernel names its tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[repr(u8)]
pub enum Level {
    /// Level 1: every present entry maps 4 KiB.
    Pt = 1,
    /// Level 2: an entry spans 2 MiB.
    Pd = 2,
    /// Level 3: an entry spans 1 GiB.
    Pdpt = 3,
    /// Level 4: an entry spans 512 GiB and is never a leaf.
    Pml4 = 4,
    /// Level 5: an entry spans 256 TiB and is never a leaf.
    Pml5 = 5,
}

impl Level {
    /// All levels, from the lowest up.
    pub const ALL: [Level; 5] = [Level::Pt, Level::Pd, Level::Pdpt, Level::Pml4, Level::Pml5];

    /// The level's number, 1 to 5.
    #[inline]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Binary logarithm of what one entry spans, in bytes.
    #[inline]
    pub const fn shift(self) -> u32 {
        12 + 9 * (self as u32 - 1)
    }

    /// Bytes of virtual address space under one entry.
    #[inline]
    pub const fn span(self) -> u64 {
        1 << self.shift()
    }

    /// Index of the entry for `va` in a table of this level.
    #[inline]
    pub const fn index(self, va: VirtAddr) -> u64 {
        va.0 >> self.shift() & (ENTRIES - 1)
    }

    /// Address of the entry for `va` in the table of this level at `table`.
    #[inline]
    pub const fn entry_at(self, table: PhysAddr, va: VirtAddr) -> PhysAddr {
        PhysAddr(table.0 + self.index(va) * ENTRY_SIZE)
    }

    /// Size of the page that a leaf at this level maps, if one may stand here.
    #[inline]
    pub const fn leaf_size(self) -> Option<PageSize> {
        match self {
            Level::Pt => Some(PageSize::Size4K),
            Level::Pd => Some(PageSize::Size2M),
            Level::Pdpt => Some(PageSize::Size1G),
            Level::Pml4 | Level::Pml5 => None,
        }
    }
}

/// What a present entry is to a walk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// It maps a page of this size.
    Leaf(PageSize),
    /// It names a table of this level.
    Table(Level),
}

/// The three sizes of page that hardware can map.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum PageSize {
    /// 4 KiB, a leaf at level 1.
    Size4K,
    /// 2 MiB, a leaf at level 2.
    Size2M,
    /// 1 GiB, a leaf at level 3.
    Size1G,
}

impl PageSize {
    /// All sizes, from the smallest up.
    pub const ALL: [PageSize; 3] = [PageSize::Size4K, PageSize::Size2M, PageSize::Size1G];

    /// The level at which a leaf of this size stands.
    #[inline]
    pub const fn level(self) -> Level {
        match self {
            PageSize::Size4K => Level::Pt,
            PageSize::Size2M => Level::Pd,
            PageSize::Size1G => Level::Pdpt,
        }
    }

    /// Binary logarithm of the size.
    #[inline]
    pub const fn shift(self) -> u32 {
        self.level().shift()
    }

    /// The size in bytes.
    #[inline]
    pub const fn bytes(self) -> u64 {
        1 << self.shift()
    }

    /// The bits of an address that lie inside a page of this size.
    #[inline]
    pub const fn offset_mask(self) -> u64 {
        self.bytes() - 1
    }

    /// The bits of a leaf that hold the page's address.
    #[inline]
    const fn frame_mask(self) -> u64 {
        FRAME_MASK & !self.offset_mask()
    }

    /// Where a leaf of this size keeps bit 2 of its PAT index.
    const fn pat_bit(self) -> Entry {
        match self {
            PageSize::Size4K => Entry::PTE_PAT,
            PageSize::Size2M | PageSize::Size1G => Entry::PDE_PAT,
        }
    }
}

#[cfg(test)]
mod tests;
