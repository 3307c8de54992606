//! The registers that control translation, as one CPU has them now.
//!
//! Hardware applies them when it uses a translation, not when it caches it, so a change of any of them (EFER.NXE
//! excepted) affects the very next access.

use super::addr::VirtAddr;
use super::entry::{Entry, Level};
use bitflags::bitflags;

bitflags! {
    /// CR0, as far as it concerns paging. Paging itself is always on here.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct Cr0: u32 {
        /// WP: the supervisor, too, honours entries without [`Entry::RW`].
        const WP = 1 << 16;
    }
}

bitflags! {
    /// CR4, as far as it concerns paging.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct Cr4: u32 {
        /// PAE: entries of eight bytes; long mode cannot be without it.
        const PAE = 1 << 5;
        /// PGE: leaves with [`Entry::G`] make translations global.
        const PGE = 1 << 7;
        /// LA57: five levels of tables and 57-bit addresses.
        const LA57 = 1 << 12;
        /// PCIDE: the low twelve bits of CR3 tag translations.
        const PCIDE = 1 << 17;
        /// SMEP: the supervisor cannot fetch from user-mode addresses.
        const SMEP = 1 << 20;
        /// SMAP: the supervisor cannot touch user-mode addresses unless EFLAGS.AC is set.
        const SMAP = 1 << 21;
        /// PKE: protection keys of user-mode addresses, rights in PKRU.
        const PKE = 1 << 22;
        /// PKS: protection keys of supervisor-mode addresses, rights in PKRS.
        const PKS = 1 << 24;
    }
}

bitflags! {
    /// EFER, as far as it concerns paging.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct Efer: u32 {
        /// LME: long mode is requested.
        const LME = 1 << 8;
        /// LMA: long mode is on.
        const LMA = 1 << 10;
        /// NXE: [`Entry::NX`] forbids fetches; without it that bit is reserved.
        const NXE = 1 << 11;
    }
}

/// All that a translation depends on besides CR3 and the tables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Regs {
    /// Control register 0.
    pub cr0: Cr0,
    /// Control register 4; it also says how many levels the tree has.
    pub cr4: Cr4,
    /// The extended feature register.
    pub efer: Efer,
    /// Rights of keys on user-mode addresses: bit 2K disables all access to
    /// pages of key K, bit 2K+1 writes only.
    pub pkru: u32,
    /// The same for supervisor-mode addresses (MSR `IA32_PKRS`).
    pub pkrs: u32,
    /// Number of physical address bits of the processor (MAXPHYADDR, 36 to 52): entry bits from here to 51 are
    /// reserved.
    pub phys_bits: u8,
    /// The processor has 1 GiB pages. If not, PS at level 3 is reserved.
    pub page_1g: bool,
}

impl Default for Regs {
    /// A processor with all features as FreeBSD/amd64 runs it, except protection keys: those that FreeBSD turns on
    /// without restricting any.
    fn default() -> Self {
        Regs {
            cr0: Cr0::WP,
            cr4: Cr4::PAE | Cr4::PGE | Cr4::SMEP | Cr4::SMAP | Cr4::PKE,
            efer: Efer::LME | Efer::LMA | Efer::NXE,
            pkru: 0,
            pkrs: 0,
            phys_bits: 40,
            page_1g: true,
        }
    }
}

impl Regs {
    /// The level of the table that CR3 names.
    #[inline]
    pub const fn top(&self) -> Level {
        if self.cr4.contains(Cr4::LA57) { Level::Pml5 } else { Level::Pml4 }
    }

    /// The same registers with a tree of five levels, or of four.
    #[must_use]
    pub fn with_five_levels(mut self, five: bool) -> Regs {
        self.cr4.set(Cr4::LA57, five);
        self
    }

    /// Whether `va` is the sign extension of its low 48 bits (57 with five levels). An access to any other address
    /// never reaches the tables.
    #[inline]
    pub const fn is_canonical(&self, va: VirtAddr) -> bool {
        let unused = if self.cr4.contains(Cr4::LA57) { 64 - 57 } else { 64 - 48 };
        ((va.0 << unused) as i64 >> unused) as u64 == va.0
    }

    /// Whether the supervisor honours read-only entries (and write-disabled keys).
    #[inline]
    pub const fn write_protect(&self) -> bool {
        self.cr0.contains(Cr0::WP)
    }

    /// Whether [`Entry::NX`] forbids fetches (rather than being reserved).
    #[inline]
    pub const fn no_execute(&self) -> bool {
        self.efer.contains(Efer::NXE)
    }

    /// Bits that must be clear in a present entry of any level.
    #[inline]
    pub const fn reserved_everywhere(&self) -> u64 {
        let beyond = if self.phys_bits < 52 { (1 << 52) - (1 << self.phys_bits) } else { 0 };
        if self.no_execute() { beyond } else { beyond | Entry::NX.bits() }
    }

    /// Bits that must be clear in the present entry `entry` at `level`, besides
    /// [`reserved_everywhere`](Regs::reserved_everywhere). The PAT bit of a superpage is bit 12, so the bits between
    /// that and its frame are reserved.
    #[inline]
    pub const fn reserved_at(&self, level: Level, entry: Entry) -> u64 {
        const PS: u64 = Entry::PS.bits();
        match level {
            Level::Pt => 0,
            Level::Pd if entry.contains(Entry::PS) => (1 << 21) - (1 << 13),
            Level::Pdpt if !self.page_1g => PS,
            Level::Pdpt if entry.contains(Entry::PS) => (1 << 30) - (1 << 13),
            Level::Pd | Level::Pdpt => 0,
            Level::Pml4 | Level::Pml5 => PS,
        }
    }
}
