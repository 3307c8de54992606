//! `pmap_protect` and `pmap_remove_write`: removing rights.
//!
//! A written page becomes dirty before its entry loses R/W and M, so at every moment one of them says so.
//! PGA_WRITEABLE may stay set too long, never too short.

use super::leaf::{Slot, frame_of, is_modified};
use crate::env::{Env, Scope};
use crate::ids::{PvId, SpaceId};
use crate::kern::Prot;
use crate::machine::addr::{PAGE_SIZE, VirtAddr, Vpn};
use crate::machine::entry::{Entry, Level};
use crate::page::{Page, PageFlags};
use crate::routine::Routine;
use crate::step::Step;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `pmap_protect`: removes write and execute rights that `prot` lacks from mappings in `[start, end)`. If `prot`
    /// has no rights left, removes the mappings; no mapping ever gains a right.
    pub async fn pmap_protect(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, prot: Prot) {
        let _routine = self.inside(Routine::PmapProtect);
        if !prot.intersects(Prot::ALL) {
            return self.pmap_remove(space, start, end).await;
        }
        if prot.contains(Prot::WRITE | Prot::EXECUTE) {
            return;
        }
        self.point(Step::PmapProtect).await;
        let scope = self.scope();
        self.pmap_lock(space).await;
        if self.protect_leaves(space, start, end, prot) {
            self.invalidate_all(space).await;
        }
        scope.end();
        self.space_of(space).pmap.lock.unlock(self).await;
    }

    /// Returns whether any entry changed.
    fn protect_leaves(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, prot: Prot) -> bool {
        let Some(root) = self.space_of(space).pmap.root.load(self) else { return false };
        let mut changed = false;
        let mut at = start;
        while let Some((mut va, stop, table)) = self.next_table(root, at, end) {
            at = stop;
            while va < stop {
                changed |= self.protect_leaf(space, va.vpn(), Slot::of(table, Level::Pt, va), prot);
                va.0 += PAGE_SIZE;
            }
        }
        changed
    }

    fn protect_leaf(&self, space: SpaceId, vpn: Vpn, slot: Slot, prot: Prot) -> bool {
        let mut entry = self.leaf_load(slot);
        if !entry.contains(Entry::V) {
            return false;
        }
        loop {
            let mut less = entry;
            if !prot.contains(Prot::WRITE) {
                if is_modified(entry) {
                    self.page(frame_of(entry)).make_dirty(self);
                }
                // M always goes with R/W: an M without R/W means nothing.
                less -= Entry::RW | Entry::M;
            }
            less.set(Entry::NX, entry.contains(Entry::NX) || !prot.contains(Prot::EXECUTE));
            if less == entry {
                return false;
            }
            match self.leaf_cas(space, vpn, slot, entry, less) {
                Ok(()) => return true,
                // Hardware has set A or M.
                Err(now) => entry = now,
            }
        }
    }

    /// `pmap_remove_write`: on return no mapping and no TLB permits a write to the page; M has become `dirty`. The
    /// caller holds the page exclusively busy.
    pub async fn pmap_remove_write(&self, page: &Page<E>) {
        let _routine = self.inside(Routine::PmapRemoveWrite);
        self.point(Step::PmapRemoveAll).await;
        if !page.flags.load(self).contains(PageFlags::WRITEABLE) {
            return;
        }
        loop {
            // Every mapping, not only those that permit writes now: a task that has just protected one flushes it
            // before it unlocks the pmap, and this waits for that.
            let mut last = None;
            while let Some((space, vpn)) = self.pv_after(page.frame, last) {
                last = Some((space, vpn));
                self.pmap_lock(space).await;
                if let Some(pv) = self.pv_lookup(page, space, vpn) {
                    self.remove_write(page, space, vpn, pv).await;
                }
                self.space_of(space).pmap.lock.unlock(self).await;
            }
            if self.clear_writeable(page) {
                return;
            }
        }
    }

    async fn remove_write(&self, page: &Page<E>, space: SpaceId, vpn: Vpn, pv: PvId) {
        let Some((slot, mut entry)) = self.leaf_of_mapping(page, space, vpn) else {
            // Reported above; unlinking it lets the loop end.
            self.pv_unlink(page, pv);
            return self.pv_free(pv);
        };
        while entry.contains(Entry::RW) {
            if is_modified(entry) {
                page.make_dirty(self);
            }
            match self.leaf_cas(space, vpn, slot, entry, entry - (Entry::RW | Entry::M)) {
                Ok(()) => return self.invalidate_page(space, vpn).await,
                Err(now) => entry = now,
            }
        }
    }

    /// Clears PGA_WRITEABLE unless a writable mapping came meanwhile: a fork that copies page tables adds one, behind
    /// the position that the loop has reached.
    fn clear_writeable(&self, page: &Page<E>) -> bool {
        self.pv_lock(page.frame).with(self, || {
            let writable = self.pv_scan(page, |space, vpn| {
                let entry = self.leaf_unlocked(space, vpn);
                // Absent: being installed or removed, under a lock that this task must wait for.
                !entry.contains(Entry::V) || entry.contains(Entry::RW)
            });
            if writable.is_none() {
                page.clear_flag(self, PageFlags::WRITEABLE);
            }
            writable.is_none()
        })
    }
}
