//! `vm_map_lookup`: resolves the address of a fault (vm.md §12.1, §12.2).

use super::stack::Growth;
use super::{Entry, EntryFlags};
use crate::env::Env;
use crate::ids::{EntryId, ObjectId, SpaceId};
use crate::kern::{Kern, Prot};
use crate::machine::addr::{PAGE_SHIFT, PageIndex, VirtAddr};
use crate::routine::Routine;
use crate::world::Cx;

/// Result of a lookup.
#[derive(Clone, Copy, Debug)]
pub struct Lookup {
    /// The entry.
    pub entry: EntryId,
    /// Its object, the first of the chain.
    pub object: ObjectId,
    /// Page index of the address in that object.
    pub pindex: PageIndex,
    /// The protection that a mapping made now may have.
    pub prot: Prot,
    /// The entry is wired.
    pub wired: bool,
    /// First byte of the entry.
    pub start: VirtAddr,
    /// One past its last byte.
    pub end: VirtAddr,
}

/// Result of M2 to M4 for an entry and an access.
struct Permit {
    prot: Prot,
    wired: bool,
    /// The entry first needs an object of its own above the present one.
    shadow: bool,
}

impl<E: Env> Cx<'_, E> {
    /// `vm_map_lookup`: finds entry, object and page index of `va` for an access of kind `wanted`. Makes what is
    /// missing: a shadow before the first write to a copy-on-write entry, an object if there is none, more stack
    /// ([`Prot::FAULT_LOOKUP`]). The caller holds the map's read lock on success and no lock on error:
    /// `InvalidAddress` if no entry contains `va`, `ProtectionFailure` if the entry does not permit the access.
    pub async fn map_lookup(&self, space: SpaceId, va: VirtAddr, wanted: Prot) -> Result<Lookup, Kern> {
        let _routine = self.inside(Routine::MapLookup);
        self.map_read_lock(space).await;
        match self.map_lookup_held(space, va, wanted).await {
            Ok(lookup) => Ok(lookup),
            Err(kern) => {
                self.map_read_unlock(space).await;
                Err(kern)
            }
        }
    }

    /// The lookup itself. The caller holds the map's read lock on entry and on return, on error too.
    async fn map_lookup_held(&self, space: SpaceId, va: VirtAddr, wanted: Prot) -> Result<Lookup, Kern> {
        let _routine = self.inside(Routine::MapLookup);
        loop {
            let id = self.map_entry_at(space, va).ok_or(Kern::InvalidAddress)?;
            let e = self.entry(id);
            if wanted.contains(Prot::FAULT_LOOKUP) && e.flags.get(self).contains(EntryFlags::STACK_GAP) {
                match self.map_growstack(space, va, id).await {
                    Growth::Grown => continue,
                    Growth::Moved => {
                        self.map_read_lock(space).await;
                        continue;
                    }
                    Growth::NoRoom => {}
                }
            }
            let permit = self.lookup_permit(e, wanted)?;
            let object = e.object.get(self);
            if permit.shadow || object.is_none() {
                if !self.map_upgrade(space).await {
                    self.map_read_lock(space).await;
                    continue;
                }
                if permit.shadow {
                    self.entry_shadow(space, id).await;
                }
                // A shadow of nothing is an object too.
                self.map_entry_back(space, id);
                self.map_downgrade(space);
            }
            return self.lookup_result(id, va, &permit).ok_or(Kern::Failure);
        }
    }

    /// `vm_map_lookup_locked`: the same without changing the map, whose read lock the caller keeps; [`Kern::Failure`]
    /// if [`Cx::map_lookup`] would change it.
    pub fn map_lookup_locked(&self, space: SpaceId, va: VirtAddr, wanted: Prot) -> Result<Lookup, Kern> {
        let id = self.map_entry_at(space, va).ok_or(Kern::InvalidAddress)?;
        let permit = self.lookup_permit(self.entry(id), wanted)?;
        if permit.shadow {
            return Err(Kern::Failure);
        }
        self.lookup_result(id, va, &permit).ok_or(Kern::Failure)
    }

    /// M2 to M4 without their effects.
    fn lookup_permit(&self, e: &Entry<E>, wanted: Prot) -> Result<Permit, Kern> {
        let (mut prot, flags) = (e.protection.get(self), e.flags.get(self));
        let mut access = wanted & Prot::ALL;
        if prot.is_empty() || !prot.contains(access) {
            return Err(Kern::ProtectionFailure);
        }
        let copy = wanted.contains(Prot::COPY);
        if copy && !flags.intersects(EntryFlags::COW) && !e.max_protection.get(self).contains(Prot::WRITE) {
            return Err(Kern::ProtectionFailure);
        }
        let wired = e.wired_count.get(self) > 0;
        if wired {
            access = prot;
        }
        let needs_copy = flags.intersects(EntryFlags::NEEDS_COPY);
        let shadow = needs_copy && (copy || access.contains(Prot::WRITE));
        if needs_copy && !shadow {
            prot -= Prot::WRITE;
        }
        Ok(Permit { prot, wired, shadow })
    }

    /// M6: `None` if the entry has no object.
    fn lookup_result(&self, id: EntryId, va: VirtAddr, permit: &Permit) -> Option<Lookup> {
        let e = self.entry(id);
        let (start, end) = (e.start.get(self), e.end.get(self));
        let pindex = PageIndex(((va.0 - start.0) >> PAGE_SHIFT) + e.offset.get(self).0);
        let object = e.object.get(self)?;
        Some(Lookup { entry: id, object, pindex, prot: permit.prot, wired: permit.wired, start, end })
    }

    /// M4: gives the entry an object of its own, unless it is the sole owner already. The caller holds the map's
    /// write lock. Charges an uncharged entry. A shadow takes the charge over; without one it is released.
    async fn entry_shadow(&self, space: SpaceId, id: EntryId) {
        let e = self.entry(id);
        if let Some(source) = e.object.get(self) {
            let new = self.object_shadow(Some(source), e.offset.get(self).0, e.pages(self), true, false).await;
            if let Some(new) = new {
                e.object.set(self, Some(new));
                e.offset.set(self, PageIndex(0));
            }
            e.charged.set(self, false);
        } else {
            e.charged.set(self, true);
        }
        e.flags.set(self, e.flags.get(self) - EntryFlags::NEEDS_COPY);
        self.map_entry_changed(space, id);
    }
}
