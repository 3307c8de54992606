//! `mprotect` and `minherit` (vm.md §12.8).

use super::entry::range_check;
use super::{EntryFlags, Inherit};
use crate::env::Env;
use crate::ids::SpaceId;
use crate::machine::addr::VirtAddr;
use crate::vm::kern::{Kern, Prot};
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vm_map_protect`: rights that go are taken from the page tables at once, rights
    /// that come are found by the next fault. Nothing changes if any entry may not
    /// have `prot`; holes are no error.
    pub async fn mprotect(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, prot: Prot) -> Result<(), Kern> {
        range_check(start, end)?;
        let prot = prot & Prot::ALL;
        self.map_lock(space).await;
        if !self.may_protect(space, start, end, prot) {
            self.map_unlock(space).await;
            return Err(Kern::ProtectionFailure);
        }
        let (_, mut at) = self.map_clip_range(space, start, end).await;
        while let Some(id) = self.within(at, end) {
            let e = self.entry(id);
            at = e.next.get(self);
            if e.is_guard(self) {
                continue;
            }
            let old = e.protection.get(self);
            e.protection.set(self, prot);
            self.map_entry_changed(space, id);
            if !prot.contains(old) {
                // Copy-on-write entries get their writes page by page, from faults.
                let cow = e.flags.get(self).intersects(EntryFlags::COW);
                let left = if cow { prot - Prot::WRITE } else { prot };
                self.pmap_protect(space, e.start.get(self), e.end.get(self), left).await;
            }
        }
        self.map_unlock(space).await;
        Ok(())
    }

    /// All entries of the range may have `prot`.
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

    /// `vm_map_inherit`: what the next fork does with the range.
    pub async fn minherit(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, inherit: Inherit) -> Result<(), Kern> {
        range_check(start, end)?;
        self.map_lock(space).await;
        let (_, mut at) = self.map_clip_range(space, start, end).await;
        while let Some(id) = self.within(at, end) {
            let e = self.entry(id);
            at = e.next.get(self);
            if !e.is_guard(self) || inherit != Inherit::Zero {
                e.inheritance.set(self, inherit);
                self.map_entry_changed(space, id);
            }
        }
        self.map_unlock(space).await;
        Ok(())
    }
}
