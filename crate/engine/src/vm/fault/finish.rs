//! The end of a fault: relookup, dirtying, release (§8.11, §8.12, §2.5).

use super::{FaultState, Stepped, Stop};
use crate::env::Env;
use crate::event::{Event, Restart};
use crate::kern::{Kern, Prot};
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// RELOOKUP (`vm_fault_relookup`, §8.11): the fault had dropped the map lock; checks that `va` still means the
    /// same page. `lookup_still_valid` says on return whether the fault holds the map's read lock; on success it
    /// does.
    pub(super) async fn relookup(&self, fs: &mut FaultState) -> Stepped<()> {
        let _routine = self.inside(Routine::FaultRelookup);
        let result = self.relookup_inner(fs).await;
        self.emit(Event::FaultRelookup { ok: result.is_ok() });
        result
    }

    async fn relookup_inner(&self, fs: &mut FaultState) -> Stepped<()> {
        let again = Stop::Again(Restart::Relookup);
        if !self.map_try_read_lock(fs.space).await {
            return Err(again);
        }
        fs.lookup_still_valid = true;
        if self.space_of(fs.space).timestamp.get(self) == fs.map_generation {
            return Ok(());
        }
        let lookup = match self.map_lookup_locked(fs.space, fs.va, fs.fault_type) {
            Ok(lookup) => lookup,
            Err(Kern::Failure) => return Err(again),
            Err(kern) => return Err(Stop::Error(kern)),
        };
        if (lookup.object, lookup.pindex) != (fs.first_object, fs.first_pindex) {
            return Err(again);
        }
        fs.prot &= lookup.prot;
        fs.fault_type &= lookup.prot;
        fs.wired = lookup.wired;
        fs.lookup = Some(lookup);
        if fs.prot.is_empty() { Err(again) } else { Ok(()) }
    }

    /// DIRTY (`vm_fault_dirty`, §8.12): the mapping is about to permit writes; the faulting write dirties the page
    /// now.
    pub(super) fn fault_dirty(&self, fs: &FaultState, page: &Page<E>) {
        if fs.prot.contains(Prot::WRITE) {
            self.set_writeable_dirty(fs.first_object);
        }
        if fs.prot.contains(Prot::WRITE) && fs.fault_type.contains(Prot::WRITE) {
            let clean = !page.dirty.load(self);
            page.make_dirty(self);
            if clean && page.flags.load(self).contains(PageFlags::SWAP_SPACE) {
                self.page_unswapped(page);
            }
        }
    }

    /// Drops the map's read lock if the fault still holds it.
    pub(super) async fn unlock_map(&self, fs: &mut FaultState) {
        if std::mem::take(&mut fs.lookup_still_valid) {
            self.map_read_unlock(fs.space).await;
        }
    }

    /// `unlock_and_deallocate`: [`Cx::fault_deallocate`] after unlocking `object`, which the caller has locked.
    pub(super) async fn unlock_and_deallocate(&self, fs: &mut FaultState) {
        let _routine = self.inside(Routine::FaultUnlock);
        self.object(fs.object).lock.unlock(self).await;
        self.fault_deallocate(fs).await;
    }

    /// `fault_deallocate`: releases the COW source, the page, pip, the placeholder, the reference and the map, in
    /// this order. The caller holds no object lock.
    pub(super) async fn fault_deallocate(&self, fs: &mut FaultState) {
        let _routine = self.inside(Routine::FaultDeallocate);
        for page in [fs.m_cow.take(), fs.m.take()].into_iter().flatten() {
            self.unbusy(self.page(page)).await;
        }
        self.pip_wakeup(fs.object).await;
        if fs.object != fs.first_object {
            let first = self.object(fs.first_object);
            first.lock.lock(self, Mode::Write).await;
            if let Some(placeholder) = fs.first_m.take() {
                self.page(placeholder).free_or_unbusy(self, Property::APage2);
            }
            first.lock.unlock(self).await;
            self.pip_wakeup(fs.first_object).await;
        }
        self.object_deallocate(fs.first_object).await;
        self.unlock_map(fs).await;
    }
}
