//! `mprotect` and `minherit` (vm.md §12.8).

use super::EntryFlags;
use super::entry::range_check;
use crate::env::Env;
use crate::ids::{EntryId, SpaceId};
use crate::kern::Inherit;
use crate::kern::{Kern, Prot};
use crate::machine::addr::VirtAddr;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vm_map_protect`: removes lost rights from the page tables at once; the next fault adds new ones. Charges
    /// entries that become writable, and merges entries that become equal to their neighbours. Holes are no error.
    /// Fails, changing nothing, with `ProtectionFailure` if any entry's `max_protection` lacks `prot`, and with
    /// `InvalidArgument` for a bad range. The caller holds no lock, on return either.
    pub async fn mprotect(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, prot: Prot) -> Result<(), Kern> {
        let _routine = self.inside(Routine::MapProtect);
        range_check(start, end)?;
        let prot = prot & Prot::ALL;
        self.map_lock(space).await;
        if !self.may_protect(space, start, end, prot) {
            self.map_unlock(space).await;
            return Err(Kern::ProtectionFailure);
        }
        let (mut prev, first) = self.map_clip_start(space, start).await;
        let mut at = first;
        while let Some(id) = self.within(at, end) {
            self.map_clip_end(space, id, end).await;
            if prot.contains(Prot::WRITE) {
                self.charge_for_writes(id).await;
            }
            at = self.entry(id).next.get(self);
        }
        at = first;
        while let Some(id) = self.within(at, end) {
            if !self.entry(id).is_guard(self) {
                self.entry_protect(space, id, prot).await;
            }
            let id = self.map_try_merge(space, prev, id).await;
            at = self.entry(id).next.get(self);
            prev = Some(id);
        }
        self.map_try_merge_next(space, prev).await;
        self.map_unlock(space).await;
        Ok(())
    }

    /// Reserves swap for an entry that is about to become writable, if none is reserved yet: charges the entry if
    /// writes will need pages of its own, else its whole object.
    async fn charge_for_writes(&self, id: EntryId) {
        let e = self.entry(id);
        if e.protection.get(self).contains(Prot::WRITE) || e.is_guard(self) || self.map_entry_charged(e) {
            return;
        }
        match e.object.get(self).filter(|_| !e.flags.get(self).intersects(EntryFlags::NEEDS_COPY)) {
            None => e.charged.set(self, true),
            Some(object) => {
                let o = self.object(object);
                if o.is_anon(self) {
                    o.lock.lock(self, Mode::Write).await;
                    o.charged.store(self, true);
                    o.lock.unlock(self).await;
                }
            }
        }
    }

    /// Sets the entry's protection to `prot`, and removes lost rights from the page table.
    async fn entry_protect(&self, space: SpaceId, id: EntryId, prot: Prot) {
        let e = self.entry(id);
        let old = e.protection.get(self);
        e.protection.set(self, prot);
        self.map_entry_changed(space, id);
        if !prot.contains(old) {
            // Faults give copy-on-write entries write access page by page.
            let cow = e.flags.get(self).intersects(EntryFlags::COW);
            let left = if cow { prot - Prot::WRITE } else { prot };
            self.pmap_protect(space, e.start.get(self), e.end.get(self), left).await;
        }
    }

    /// Whether all entries of the range may have `prot`.
    fn may_protect(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, prot: Prot) -> bool {
        let (_, mut at) = self.map_entries_around(space, start);
        while let Some(id) = self.within(at, end) {
            let e = self.entry(id);
            if !e.is_guard(self) && !e.max_protection.get(self).contains(prot) {
                return false;
            }
            at = e.next.get(self);
        }
        true
    }

    /// `vm_map_inherit`: sets what the next fork does with the range. Fails with `InvalidArgument` for a bad range.
    /// The caller holds no lock, on return either.
    pub async fn minherit(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, inherit: Inherit) -> Result<(), Kern> {
        let _routine = self.inside(Routine::MapInherit);
        range_check(start, end)?;
        self.map_lock(space).await;
        let (mut prev, mut at) = self.map_clip_range(space, start, end).await;
        while let Some(id) = self.within(at, end) {
            let e = self.entry(id);
            if !e.is_guard(self) || inherit != Inherit::Zero {
                e.inheritance.set(self, inherit);
                self.map_entry_changed(space, id);
            }
            let id = self.map_try_merge(space, prev, id).await;
            at = self.entry(id).next.get(self);
            prev = Some(id);
        }
        self.map_try_merge_next(space, prev).await;
        self.map_unlock(space).await;
        Ok(())
    }
}
