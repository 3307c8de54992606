//! `pmap_remove` and `pmap_remove_all`: removing mappings.
//!
//! Order, as in pmap.md §2.10: entry := 0, M harvested, A harvested, empty tables unlinked, flush; then (see the
//! module's header) PV entries unlinked, and tables freed last, since a walker may have been inside one until the
//! flush.

use super::leaf::{Slot, frame_of};
use super::table::EmptyTables;
use crate::detail;
use crate::env::{Env, Scope};
use crate::ids::{PvId, SpaceId};
use crate::machine::addr::{PAGE_SIZE, VirtAddr, Vpn};
use crate::machine::entry::{Entry, Level};
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `pmap_remove`: unmaps `[start, end)` of `space`. Flushes a single page as a page, more by one flush of the
    /// whole TLB at the end.
    pub async fn pmap_remove(&self, space: SpaceId, start: VirtAddr, end: VirtAddr) {
        let _routine = self.inside(Routine::PmapRemove);
        self.point(Step::PmapRemove).await;
        let scope = self.scope();
        self.pmap_lock(space).await;
        self.remove_locked(space, start, end).await;
        scope.end();
        self.space_of(space).pmap.lock.unlock(self).await;
    }

    async fn remove_locked(&self, space: SpaceId, start: VirtAddr, end: VirtAddr) {
        let pmap = &self.space_of(space).pmap;
        let Some(root) = pmap.root.load(self) else { return };
        // Only the top table: no mapping to remove.
        if pmap.resident_count.get(self) <= 1 {
            return;
        }
        let one_page = end.0 - start.0 <= PAGE_SIZE;
        let mut empty = EmptyTables::default();
        let mut pending: Option<PvId> = None;
        let mut any = false;
        let mut at = start;
        while let Some((mut va, stop, table)) = self.next_table(root, at, end) {
            at = stop;
            while va < stop {
                let slot = Slot::of(table, Level::Pt, va);
                let entry = self.leaf_load(slot);
                if entry.contains(Entry::V) {
                    any = true;
                    let gone = self.remove_leaf(space, va.vpn(), slot, entry, &mut pending, &mut empty);
                    self.point(Step::PteCleared).await;
                    if gone {
                        break;
                    }
                }
                va.0 += PAGE_SIZE;
            }
        }
        if any {
            match one_page {
                true => self.invalidate_page(space, start.vpn()).await,
                false => self.invalidate_all(space).await,
            }
            self.unlink_pending(pending);
            self.tables_free(space, &mut empty);
        }
    }

    /// `pmap_remove_pte` up to the flush: clears and harvests the entry, and puts its PV entry on `pending`. Returns
    /// whether the page table became empty and was unlinked.
    fn remove_leaf(
        &self,
        space: SpaceId,
        vpn: Vpn,
        slot: Slot,
        seen: Entry,
        pending: &mut Option<PvId>,
        empty: &mut EmptyTables,
    ) -> bool {
        let page = self.page(frame_of(seen));
        self.take_leaf(space, vpn, slot, page, seen);
        if let Some(pv) = self.pv_of(page, space, vpn) {
            self.pvs.get(self, pv.0).pending.set(self, pending.replace(pv));
        }
        self.table_drop(space, vpn.addr(), empty)
    }

    /// Clears a leaf, harvests M and A, updates the count.
    fn take_leaf(&self, space: SpaceId, vpn: Vpn, slot: Slot, page: &Page<E>, seen: Entry) {
        let old = self.leaf_clear(space, vpn, slot, page, seen);
        if old.contains(Entry::A) {
            page.set_flag(self, PageFlags::REFERENCED);
        }
        let resident = &self.space_of(space).pmap.resident_count;
        resident.set(self, resident.get(self).saturating_sub(1));
    }

    fn unlink_pending(&self, mut pending: Option<PvId>) {
        while let Some(id) = pending {
            let pv = self.pvs.get(self, id.0);
            pending = pv.pending.get(self);
            self.pv_unlink(self.page(pv.frame.get(self)), id);
            self.pv_free(id);
        }
    }

    /// `pmap_remove_all`: on return no entry and no TLB translates to the page. M has become `dirty`, A the
    /// referenced flag; the page is no longer writable.
    pub async fn pmap_remove_all(&self, page: &Page<E>) {
        let _routine = self.inside(Routine::PmapRemoveAll);
        self.point(Step::PmapRemoveAll).await;
        let mut locked = false;
        let scope = self.scope();
        loop {
            scope.restart();
            self.env.observe(u64::from(locked), None);
            let Some((space, vpn)) = self.pv_first(page.frame) else { break };
            self.pmap_lock(space).await;
            locked = true;
            // The previous holder of the lock may have removed this mapping.
            if let Some(pv) = self.pv_lookup(page, space, vpn) {
                self.remove_mapping(page, space, vpn, pv).await;
            }
            self.space_of(space).pmap.lock.unlock(self).await;
        }
        scope.end();
        if !locked {
            // An operation ends with a point, also if it found nothing to do.
            self.point(Step::PmapUnlocked).await;
        }
    }

    async fn remove_mapping(&self, page: &Page<E>, space: SpaceId, vpn: Vpn, pv: PvId) {
        let mut empty = EmptyTables::default();
        if let Some((slot, entry)) = self.leaf_of_mapping(page, space, vpn) {
            self.take_leaf(space, vpn, slot, page, entry);
            self.table_drop(space, vpn.addr(), &mut empty);
            self.point(Step::PteCleared).await;
            self.invalidate_page(space, vpn).await;
        }
        self.pv_unlink(page, pv);
        self.pv_free(pv);
        self.tables_free(space, &mut empty);
    }

    /// The leaf of a PV entry, under the pmap lock. There must be one that maps the page (A-pmap-3).
    pub(crate) fn leaf_of_mapping(&self, page: &Page<E>, space: SpaceId, vpn: Vpn) -> Option<(Slot, Entry)> {
        let slot = self.table_for(space, vpn.addr()).map(|table| Slot::of(table, Level::Pt, vpn.addr()));
        let found = slot.map(|slot| (slot, self.leaf_load(slot)));
        let found = found.filter(|&(_, entry)| entry.contains(Entry::V) && frame_of(entry) == page.frame);
        self.kassert(found.is_some(), Property::APmap3, page.about(&self.env), || {
            detail!("{} has a PV entry for {} of {}, which does not map it", page.frame, vpn.addr(), space)
        });
        found
    }
}
