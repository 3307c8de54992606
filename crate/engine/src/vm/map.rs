//! Address spaces: `vmspace`, `vm_map` and its entries (vm.md §2.4, §12).
//!
//! A map is a list of entries by address. A task changes it under the map's write lock, and drops the references to
//! objects that the change gives up only after that lock ([`Cx::map_unlock`](crate::world::Cx::map_unlock)), each as
//! a step of its own.

mod advise;
mod clip;
mod coalesce;
mod delete;
mod entry;
mod exec;
mod fork;
mod insert;
mod lock;
mod lookup;
mod merge;
mod protect;
mod remap;
mod stack;
#[cfg(test)]
mod tests;

pub use advise::{Advice, Kept};
pub use insert::{MapKind, MapRequest};
pub use lookup::Lookup;

use crate::env::{Cell, Env, Guarded};
use crate::ids::{EntryId, ObjectId, SpaceId};
use crate::kern::Inherit;
use crate::kern::Prot;
use crate::lock::Lock;
use crate::machine::addr::{PageIndex, VirtAddr};
use crate::pmap::Pmap;
use crate::sync::{LockClass, LockId};
use crate::word::{Kind, Place};
use bitflags::bitflags;

bitflags! {
    /// `entry.eflags`.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct EntryFlags: u32 {
        /// Modified pages are not written back before they must be. Here no syncer would do so.
        const NOSYNC = 1;
        /// Copy-on-write.
        const COW = 4;
        /// The object must be shadowed before the first write.
        const NEEDS_COPY = 8;
        /// `MAP_ENTRY_BEHAV_SEQUENTIAL`: a pager read also reads the maximum number of pages ahead.
        const SEQUENTIAL = 0x40;
        /// `MAP_ENTRY_BEHAV_RANDOM`: a pager read reads only the faulting page.
        const RANDOM = 0x80;
        /// Being wired or unwired.
        const IN_TRANSITION = 0x100;
        /// Left out of core dumps, which are not modelled.
        const NOCOREDUMP = 0x400;
        /// A stack: grows down into the gap below it.
        const GROWS_DOWN = 0x1000;
        /// The gap below a stack.
        const STACK_GAP = 0x2000;
        /// No access at all; no object.
        const GUARD = 0x10000;
    }
}

crate::word::flags_word!(EntryFlags(u32));

/// `struct vm_map_entry`. The map lock of its space guards all fields unless they say otherwise.
pub struct Entry<E: Env> {
    /// Its number.
    pub id: EntryId,
    /// First byte.
    pub start: Guarded<E, VirtAddr>,
    /// One past the last byte.
    pub end: Guarded<E, VirtAddr>,
    /// Index of the page at `start` in the object; 0 without an object.
    pub offset: Guarded<E, PageIndex>,
    /// The object, on which the entry holds one reference. Set lazily, under an upgraded lock.
    pub object: Guarded<E, Option<ObjectId>>,
    /// Flags.
    pub flags: Guarded<E, EntryFlags>,
    /// The permitted accesses.
    pub protection: Guarded<E, Prot>,
    /// What mprotect may permit; in a stack gap, the protection of the stack that grows into it.
    pub max_protection: Guarded<E, Prot>,
    /// What fork does.
    pub inheritance: Guarded<E, Inherit>,
    /// Number of wirings of the entry.
    pub wired_count: Guarded<E, u32>,
    /// `entry.cred`: swap is reserved for the entry, and its object does not carry that charge. If an entry has an
    /// object and need not copy it, the object carries the charge.
    pub charged: Guarded<E, bool>,
    /// Where a sequential reader would fault next; decides how many pages the pager reads ahead. Faults write it
    /// under a read lock.
    pub next_read: Cell<E, VirtAddr>,
    /// Number of pages that the last fault asked the pager to read ahead; 0 after a non-sequential fault. Locked like
    /// `next_read`.
    pub read_ahead: Cell<E, u32>,
    /// The next entry by address.
    pub next: Guarded<E, Option<EntryId>>,
}

impl<E: Env> Entry<E> {
    /// An unused entry.
    pub fn new(env: &E, index: u32) -> Self {
        let at = |field| Place::at(Kind::Entry, index, field);
        Entry {
            id: EntryId(index),
            start: Guarded::new(env, at(0), VirtAddr(0)),
            end: Guarded::new(env, at(1), VirtAddr(0)),
            offset: Guarded::new(env, at(2), PageIndex(0)),
            object: Guarded::new(env, at(3), None),
            flags: Guarded::new(env, at(4), EntryFlags::empty()),
            protection: Guarded::new(env, at(5), Prot::empty()),
            max_protection: Guarded::new(env, at(6), Prot::empty()),
            inheritance: Guarded::new(env, at(7), Inherit::Copy),
            wired_count: Guarded::new(env, at(8), 0),
            charged: Guarded::new(env, at(9), false),
            next_read: Cell::new(env, at(10), VirtAddr(0)),
            read_ahead: Cell::new(env, at(11), 0),
            next: Guarded::new(env, Place::NOWHERE, None),
        }
    }
}

/// An address space: `vmspace`, with its map and its pmap.
pub struct Space<E: Env> {
    /// Its number.
    pub id: SpaceId,
    /// The map lock.
    pub lock: Lock<E>,
    /// Raised by every exclusive acquisition and upgrade. Write lock; read under read lock. Part of the fingerprint,
    /// since faults store it and compare.
    pub timestamp: Guarded<E, u32>,
    /// First entry by address. Map lock.
    pub head: Guarded<E, Option<EntryId>>,
    /// The entry found by the last lookup, a hint for maps with many entries: used on real threads only, since it
    /// would make all lookups depend on each other. Read lock; cleared under the write lock when an entry goes.
    hint: Cell<E, Option<EntryId>>,
    /// Number of tasks that run on it (`vm_refcnt`, rulings R34).
    pub tasks: Cell<E, u32>,
    /// The page tables.
    pub pmap: Pmap<E>,
}

impl<E: Env> Space<E> {
    /// An unused space.
    pub fn new(env: &E, index: u32) -> Self {
        let at = |field| Place::at(Kind::Space, index, field);
        Space {
            id: SpaceId(index),
            lock: Lock::new(env, LockId { class: LockClass::Map, index }, Kind::Space),
            timestamp: Guarded::new(env, at(2), 0),
            head: Guarded::new(env, Place::NOWHERE, None),
            hint: Cell::new(env, Place::NOWHERE, None),
            tasks: Cell::new(env, at(1), 0),
            pmap: Pmap::new(env, index),
        }
    }
}
