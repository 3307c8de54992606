//! The hardware walker: from a virtual address to a physical one, or a fault.
//!
//! This is all that the machine model knows of page tables. It reads only the tables in memory and the registers,
//! makes the checks of an x86-64 processor in the processor's order, and writes only A and D bits. Not modelled:
//! shadow stacks, HLAT, address masking, memory types, and that an access through the stack segment turns #GP into
//! #SS.

use super::addr::{PhysAddr, VirtAddr};
use super::entry::{Entry, Level, PageSize, Role};
use super::regs::{Cr4, Regs};
use bitflags::bitflags;

/// Physical memory as the walker sees it: entries of eight bytes, each read and updated as a whole, as by the
/// processor.
pub trait TableMemory {
    /// Reads the entry at `at`, a multiple of 8. An entry may name a table outside memory: that reads as 0, so the
    /// walk finds nothing present.
    fn load_entry(&self, at: PhysAddr) -> u64;

    /// Locked read-modify-write: stores `new` at `at` if that holds `old`; returns whether it did. It must not fail
    /// spuriously, since the walk then begins again. The walker never calls it for an entry that read as 0.
    fn cas_entry(&self, at: PhysAddr, old: u64, new: u64) -> bool;
}

impl<M: TableMemory + ?Sized> TableMemory for &M {
    #[inline]
    fn load_entry(&self, at: PhysAddr) -> u64 {
        (**self).load_entry(at)
    }
    #[inline]
    fn cas_entry(&self, at: PhysAddr, old: u64, new: u64) -> bool {
        (**self).cas_entry(at, old, new)
    }
}

/// Kind of an access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum AccessKind {
    /// A load.
    Read,
    /// A store.
    Write,
    /// An instruction fetch.
    Fetch,
    /// A read-modify-write, locked or not: a write for the whole check, so on a read-only page it faults with W set.
    Rmw,
}

impl AccessKind {
    /// Whether it writes the page; true of read-modify-write too.
    #[inline]
    pub const fn writes(self) -> bool {
        matches!(self, AccessKind::Write | AccessKind::Rmw)
    }
}

/// One access, as far as the rights check depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Access {
    /// Its kind.
    pub kind: AccessKind,
    /// The processor is in user mode (CPL 3).
    pub user: bool,
    /// EFLAGS.AC, which lets the supervisor past SMAP.
    pub ac: bool,
    /// The processor makes the access by itself (descriptor tables, the frame it pushes for an exception): it counts
    /// as the supervisor's at any privilege level, and AC never excuses it.
    pub implicit: bool,
}

impl Access {
    /// An access by a program in user mode.
    pub const fn user(kind: AccessKind) -> Access {
        Access { kind, user: true, ac: false, implicit: false }
    }

    /// An access by the kernel, with EFLAGS.AC clear.
    pub const fn supervisor(kind: AccessKind) -> Access {
        Access { kind, user: false, ac: false, implicit: false }
    }

    /// Whether the access has user-mode rights.
    #[inline]
    pub const fn is_user(self) -> bool {
        self.user && !self.implicit
    }
}

bitflags! {
    /// The error code of a page fault.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct ErrorCode: u32 {
        /// P (`PGEX_P`): every entry was present; rights or reserved bits stopped the walk.
        const P = 1 << 0;
        /// W/R (`PGEX_W`): the access was a write, whatever the cause.
        const W = 1 << 1;
        /// U/S (`PGEX_U`): the access was user mode's.
        const U = 1 << 2;
        /// RSVD (`PGEX_RSV`): a present entry had a reserved bit set.
        const RSVD = 1 << 3;
        /// I/D (`PGEX_I`): the access was a fetch; only told with NXE or SMEP on.
        const I = 1 << 4;
        /// PK (`PGEX_PK`): a protection key forbids the access, perhaps not it alone.
        const PK = 1 << 5;
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ErrorCode {
    /// As the number that the processor pushes.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.bits())
    }
}

/// Data of exception 14.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PageFault {
    /// The address of the access, not rounded (CR2).
    pub address: VirtAddr,
    /// Cause, and kind of the access.
    pub code: ErrorCode,
}

/// Why an access has no translation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum HardwareFault {
    /// Exception 14: not present, forbidden, or a reserved bit.
    #[error("page fault at {:#x}, error code {:#x}", .0.address.0, .0.code.bits())]
    PageFault(PageFault),
    /// Exception 13 with error code 0: the address is not canonical.
    #[error("general protection fault: the address is not canonical")]
    GeneralProtection,
}

/// What a TLB would cache of a successful walk, and where that came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Translation {
    /// First byte of the page.
    pub frame_base: PhysAddr,
    /// Size of the page.
    pub size: PageSize,
    /// Physical address of the access.
    pub phys: PhysAddr,
    /// Every entry on the way had [`Entry::U`]: a *user-mode address*.
    pub user: bool,
    /// Every entry on the way had [`Entry::RW`].
    pub writable: bool,
    /// No entry on the way had [`Entry::NX`].
    pub executable: bool,
    /// The leaf's protection key.
    pub key: u8,
    /// The leaf has its D bit: a write need not go back to the tables.
    pub dirty: bool,
    /// The leaf has G and CR4.PGE is on.
    pub global: bool,
    /// The leaf as it is now, A and D included.
    pub leaf: Entry,
    /// Address of the leaf.
    pub leaf_at: PhysAddr,
}

impl Translation {
    /// The part that rights depend on.
    #[inline]
    pub const fn rights(&self) -> Rights {
        Rights { user: self.user, writable: self.writable, executable: self.executable, key: self.key }
    }
}

/// The combined rights of all entries on the way to a page.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rights {
    /// User mode has access.
    pub user: bool,
    /// The page may be written.
    pub writable: bool,
    /// Instructions may be fetched.
    pub executable: bool,
    /// The leaf's protection key.
    pub key: u8,
}

/// Whether `access` may use a translation with these `rights`: the rules R1 to R7 of the specification only. On
/// failure, the error code of the fault.
///
/// A page's D bit is not a right, so a write through a cached translation that is not [`dirty`](Translation::dirty)
/// has to [`walk`] although this permits it.
#[inline]
pub fn check_rights(regs: &Regs, rights: Rights, access: Access) -> Result<(), ErrorCode> {
    let user = access.is_user();
    let fetch = matches!(access.kind, AccessKind::Fetch);
    let write = access.kind.writes();
    // Read-only pages and write-disabled keys bind the supervisor by CR0.WP.
    let bound = user || regs.write_protect();

    let mut denied = user && !rights.user // R1
        || write && !rights.writable && bound // R2
        || fetch && !rights.executable; // R3
    if !user && rights.user {
        denied |= if fetch {
            regs.cr4.contains(Cr4::SMEP) // R4
        } else {
            regs.cr4.contains(Cr4::SMAP) && (access.implicit || !access.ac) // R5
        };
    }

    // R6 and R7: each kind of address has a register of its own. A user access to a supervisor-mode address checks
    // neither: R1 has decided.
    let keys = if fetch {
        0
    } else if rights.user {
        if regs.cr4.contains(Cr4::PKE) { regs.pkru } else { 0 }
    } else if !user && regs.cr4.contains(Cr4::PKS) {
        regs.pkrs
    } else {
        0
    };
    let key = keys >> (2 * u32::from(rights.key & 15));
    let key_denied = key & 1 != 0 || key & 2 != 0 && write && bound;

    if !denied && !key_denied {
        return Ok(());
    }
    let code = base_code(regs, access) | ErrorCode::P;
    Err(if key_denied { code | ErrorCode::PK } else { code })
}

/// Only the rights check, for a translation that a TLB cached: [`check_rights`].
#[inline]
pub fn check(regs: &Regs, translation: &Translation, access: Access) -> Result<(), ErrorCode> {
    check_rights(regs, translation.rights(), access)
}

/// The part of the error code that describes the access.
#[inline]
fn base_code(regs: &Regs, access: Access) -> ErrorCode {
    let told = regs.no_execute() || regs.cr4.contains(Cr4::SMEP);
    let mut code = ErrorCode::empty();
    code.set(ErrorCode::W, access.kind.writes());
    code.set(ErrorCode::U, access.is_user());
    code.set(ErrorCode::I, matches!(access.kind, AccessKind::Fetch) && told);
    code
}

/// Translates `va` for `access` through the tables at `root`.
///
/// On success every entry on the way has A, and the leaf has D if the access writes; on a fault no entry has changed,
/// except that an attempt may have set A and then failed because another CPU or task changed an entry under it. Both
/// are what hardware does (it may also set A above a fault).
///
/// The walk sets bits by compare-and-swap after all checks have passed. If one fails, the checks were made on an
/// outdated entry, and the whole walk is repeated: so A and D never appear in an entry that is not present, nor D in
/// one whose page the access had no right to write.
#[inline]
pub fn walk<M: TableMemory + ?Sized>(
    mem: &M,
    root: PhysAddr,
    regs: &Regs,
    va: VirtAddr,
    access: Access,
) -> Result<Translation, HardwareFault> {
    if !regs.is_canonical(va) {
        return Err(HardwareFault::GeneralProtection);
    }
    loop {
        if let Some(outcome) = attempt(mem, root, regs, va, access) {
            return outcome.map_err(|code| HardwareFault::PageFault(PageFault { address: va, code }));
        }
    }
}

/// One pass over the tables; `None` if an entry changed before the walk could set its A or D.
#[inline]
fn attempt<M: TableMemory + ?Sized>(
    mem: &M,
    root: PhysAddr,
    regs: &Regs,
    va: VirtAddr,
    access: Access,
) -> Option<Result<Translation, ErrorCode>> {
    let reserved = regs.reserved_everywhere();
    let mut above = [(PhysAddr(0), Entry::empty()); Level::ALL.len() - 1];
    let mut passed = 0;
    let mut common = Entry::RW | Entry::U | Entry::A; // ANDed on the way down
    let mut any = Entry::empty(); // ORed on the way down
    let mut level = regs.top();
    let mut table = root;

    let (leaf_at, leaf, size) = loop {
        let at = level.entry_at(table, va);
        let entry = Entry::from_bits_retain(mem.load_entry(at));
        if !entry.contains(Entry::V) {
            return Some(Err(base_code(regs, access)));
        }
        if entry.bits() & (reserved | regs.reserved_at(level, entry)) != 0 {
            return Some(Err(base_code(regs, access) | ErrorCode::P | ErrorCode::RSVD));
        }
        common &= entry;
        any |= entry;
        match entry.role(level) {
            Role::Leaf(size) => break (at, entry, size),
            Role::Table(below) => {
                above[passed] = (at, entry);
                passed += 1;
                table = entry.table();
                level = below;
            }
        }
    };

    let rights = Rights {
        user: common.contains(Entry::U),
        writable: common.contains(Entry::RW),
        // With EFER.NXE clear the bit is reserved and has ended the walk.
        executable: !any.contains(Entry::NX),
        key: leaf.key(),
    };
    if let Err(code) = check_rights(regs, rights, access) {
        return Some(Err(code));
    }

    // Usually all of them have A already, and need no second look.
    if !common.contains(Entry::A) {
        for &(at, entry) in &above[..passed] {
            set_bits(mem, at, entry, Entry::A)?;
        }
    }
    let used = if access.kind.writes() { Entry::A | Entry::M } else { Entry::A };
    let leaf = set_bits(mem, leaf_at, leaf, used)?;

    let frame_base = leaf.frame(size);
    Some(Ok(Translation {
        frame_base,
        size,
        phys: PhysAddr(frame_base.0 | va.0 & size.offset_mask()),
        user: rights.user,
        writable: rights.writable,
        executable: rights.executable,
        key: rights.key,
        dirty: leaf.contains(Entry::M),
        global: leaf.contains(Entry::G) && regs.cr4.contains(Cr4::PGE),
        leaf,
        leaf_at,
    }))
}

/// Sets `bits` in the entry at `at`, which read as `entry`; returns the new entry, or `None` if it no longer reads
/// so.
#[inline]
fn set_bits<M: TableMemory + ?Sized>(mem: &M, at: PhysAddr, entry: Entry, bits: Entry) -> Option<Entry> {
    let wanted = entry | bits;
    let stands = wanted == entry || mem.cas_entry(at, entry.bits(), wanted.bits());
    stands.then_some(wanted)
}

#[cfg(test)]
mod tests;
