//! The machine-dependent layer: page tables as FreeBSD's amd64 pmap keeps them.
//!
//! One file per family of routines, named as in the kernel's `pmap.c`, written for four levels and 4 KiB pages.
//!
//! **Order within an operation.** A routine that removes rights changes the table entry first, harvests M (and A)
//! from the exchanged value, flushes every CPU that may have cached the entry, and only then takes the PV entry off
//! the page's list and frees page tables that became empty.
//!
//! The PV entry goes last in place of the kernel's *delayed invalidation* (pmap.md §2.5). There `pmap_remove` unlinks
//! PV entries before the one flush at its end, so a concurrent `pmap_remove_all` may find a page without mappings
//! that a TLB still translates to, and has to wait for the block to end. Here such a page still has its PV entry:
//! `pmap_remove_all` finds it, waits for the pmap lock, which the remover holds until after the flush, and then finds
//! it gone. So while a pmap is locked a PV entry may exist without its table entry, never the reverse, and a page for
//! which `is_mapped` is false is in no TLB.
//!
//! **Locks.** `pm_mtx` protects the tables of a pmap against other software; the hardware sets A and D without it.
//! Public routines take the pmap locks they need and release them: the caller holds none. A leaf lock guards a page's
//! PV list, and no task holds it across a point. Routines that start from a page take a PV entry's space from the
//! list, release the list, lock that pmap, and check whether the PV entry is still there. The space may have been
//! freed and reused meanwhile; its lock is type-stable, and a PV entry that is on the page's list under the pmap lock
//! is mapped.
//!
//! **Declared reads.** Intermediate entries and empty leaves change only under the pmap lock, whose word is declared,
//! so software that holds it reads them without declaring each; valid leaves are declared, since hardware changes
//! them.

mod activate;
mod advise;
mod copy;
mod enter;
mod invalidate;
pub(crate) mod leaf;
mod protect;
mod pv;
mod query;
mod remove;
mod replace;
mod table;

use crate::env::{Cell, Env, Guarded};
use crate::ids::{PvId, SpaceId};
use crate::lock::Lock;
use crate::machine::addr::{FrameNo, Vpn};
use crate::sync::{LockClass, LockId};
use crate::word::{Kind, Place};

/// A `pmap`: the page tables of one address space.
pub struct Pmap<E: Env> {
    /// `pm_mtx`: protects all entries of these tables against other software.
    pub lock: Lock<E>,
    /// The top table; `None` before `pinit` and after `release`. Constant in between.
    pub root: Cell<E, Option<FrameNo>>,
    /// `pm_active`: one bit for each CPU that uses these tables.
    pub active: Cell<E, u64>,
    /// Number of mapped pages and page-table pages. Under `lock`.
    pub resident_count: Guarded<E, u32>,
}

impl<E: Env> Pmap<E> {
    /// The pmap of space `index`, without tables.
    pub fn new(env: &E, index: u32) -> Self {
        let at = |field| Place::at(Kind::Space, index, field);
        Pmap {
            lock: Lock::new(env, LockId { class: LockClass::Pmap, index }, Kind::Space),
            root: Cell::new(env, Place::NOWHERE, None),
            active: Cell::new(env, at(10), 0),
            resident_count: Guarded::new(env, Place::NOWHERE, 0),
        }
    }
}

/// A PV entry: the page whose list (from `page.pv_head`) contains it is mapped at `vpn` of `space`. The page's PV lock
/// guards all fields but `pending`.
pub struct Pv<E: Env> {
    /// The address space.
    pub space: Guarded<E, SpaceId>,
    /// The page number there.
    pub vpn: Guarded<E, Vpn>,
    /// Next entry on the page's list.
    pub next: Guarded<E, Option<PvId>>,
    /// Previous entry on the page's list.
    pub prev: Guarded<E, Option<PvId>>,
    /// The page. Constant while the entry is on the page's list.
    pub frame: Guarded<E, FrameNo>,
    /// Next entry that a range removal unlinks after the flush. Lock of `space`'s pmap.
    pub pending: Guarded<E, Option<PvId>>,
}

impl<E: Env> Pv<E> {
    /// An unused entry.
    pub fn new(env: &E, _: u32) -> Self {
        Pv {
            space: Guarded::new(env, Place::NOWHERE, SpaceId(0)),
            vpn: Guarded::new(env, Place::NOWHERE, Vpn(0)),
            next: Guarded::new(env, Place::NOWHERE, None),
            prev: Guarded::new(env, Place::NOWHERE, None),
            frame: Guarded::new(env, Place::NOWHERE, FrameNo(0)),
            pending: Guarded::new(env, Place::NOWHERE, None),
        }
    }
}

#[cfg(test)]
mod tests;
