//! Queries, and bits harvested from the tables: `pmap_extract`, `pmap_is_modified`, `pmap_ts_referenced`,
//! `pmap_clear_modify`.

use super::leaf::{Slot, frame_of, is_modified};
use crate::env::Env;
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, VirtAddr, Vpn};
use crate::machine::entry::{Entry, Level};
use crate::page::{Page, PageFlags};
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

/// `PMAP_TS_REFERENCED_MAX`: enough references to show that a page is in use.
const TS_REFERENCED_MAX: u32 = 5;

impl<E: Env> Cx<'_, E> {
    /// `pmap_extract`: the frame mapped at `va`. (The kernel's routine returns an address without checking that the
    /// last entry is valid; this one checks.)
    pub async fn pmap_extract(&self, space: SpaceId, va: VirtAddr) -> Option<FrameNo> {
        let _routine = self.inside(Routine::PmapExtract);
        let lock = &self.space_of(space).pmap.lock;
        lock.lock(self, Mode::Write).await;
        let entry = self.table_for(space, va).map(|table| self.leaf_load(Slot::of(table, Level::Pt, va)));
        lock.unlock(self).await;
        entry.filter(|e| e.contains(Entry::V)).map(frame_of)
    }

    /// `pmap_is_prefaultable`: whether nothing is mapped at `va` although its page table exists.
    pub async fn pmap_is_prefaultable(&self, space: SpaceId, va: VirtAddr) -> bool {
        let _routine = self.inside(Routine::PmapIsPrefaultable);
        let lock = &self.space_of(space).pmap.lock;
        lock.lock(self, Mode::Write).await;
        let entry = self.table_for(space, va).map(|table| self.leaf_load(Slot::of(table, Level::Pt, va)));
        lock.unlock(self).await;
        entry.is_some_and(|e| !e.contains(Entry::V))
    }

    /// `pmap_is_modified`: whether the page was written through a mapping and `dirty` is not set yet. Takes no pmap
    /// lock: a task that clears an entry with M sets `dirty` under the PV lock that this holds, or before.
    pub fn pmap_is_modified(&self, page: &Page<E>) -> bool {
        if !page.flags.load(self).contains(PageFlags::WRITEABLE) {
            return false;
        }
        self.pv_lock(page.frame).with(self, || {
            self.pv_scan(page, |space, vpn| {
                let entry = self.leaf_unlocked(space, vpn);
                is_modified(entry) && frame_of(entry) == page.frame
            })
            .is_some()
        })
    }

    /// `pmap_ts_referenced`: number of mappings used since the last call, five at most; 0 only if none. Clears A
    /// there; M found on the way becomes `dirty`.
    ///
    /// Visits mappings by space and address; the kernel rotates its list, so that each mapping is visited although it
    /// stops at five.
    pub async fn pmap_ts_referenced(&self, page: &Page<E>) -> u32 {
        let _routine = self.inside(Routine::PmapTsReferenced);
        let mut count = 0;
        self.point(Step::PmapHarvest).await;
        let mut last = None;
        while let Some((space, vpn)) = self.pv_after(page.frame, last).filter(|_| count < TS_REFERENCED_MAX) {
            last = Some((space, vpn));
            self.pmap_lock(space).await;
            if self.pv_lookup(page, space, vpn).is_some()
                && let Some((slot, entry)) = self.leaf_of_mapping(page, space, vpn)
            {
                if is_modified(entry) {
                    page.make_dirty(self);
                }
                if self.clear_bit(space, vpn, slot, entry, Entry::A) {
                    self.invalidate_page(space, vpn).await;
                    count += 1;
                }
            }
            self.space_of(space).pmap.lock.unlock(self).await;
        }
        count
    }

    /// `pmap_clear_modify`: clears M in every mapping of the page, so that the next write through any of them sets it
    /// again. Does not dirty the page: the caller is about to clean it, and holds it exclusively busy.
    pub async fn pmap_clear_modify(&self, page: &Page<E>) {
        let _routine = self.inside(Routine::PmapClearModify);
        self.point(Step::PmapHarvest).await;
        if !page.flags.load(self).contains(PageFlags::WRITEABLE) {
            return;
        }
        let mut last = None;
        while let Some((space, vpn)) = self.pv_after(page.frame, last) {
            last = Some((space, vpn));
            self.pmap_lock(space).await;
            if self.pv_lookup(page, space, vpn).is_some()
                && let Some((slot, entry)) = self.leaf_of_mapping(page, space, vpn).filter(|&(_, e)| is_modified(e))
                && self.clear_bit(space, vpn, slot, entry, Entry::M)
            {
                self.invalidate_page(space, vpn).await;
            }
            self.space_of(space).pmap.lock.unlock(self).await;
        }
    }

    /// `atomic_clear_long` of one bit, under the pmap lock; returns whether it was set.
    fn clear_bit(&self, space: SpaceId, vpn: Vpn, slot: Slot, mut entry: Entry, bit: Entry) -> bool {
        while entry.contains(bit) {
            match self.leaf_cas(space, vpn, slot, entry, entry - bit) {
                Ok(()) => return true,
                Err(now) => entry = now,
            }
        }
        false
    }
}
