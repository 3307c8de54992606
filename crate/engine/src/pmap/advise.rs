//! `pmap_advise`: a process will not need some of its pages soon, or at all.

use super::leaf::{Slot, frame_of, is_modified};
use crate::env::{Env, Scope};
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, PAGE_SIZE, VirtAddr, Vpn};
use crate::machine::entry::{Entry, Level};
use crate::routine::Routine;
use crate::step::Step;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `pmap_advise` (pmap.md §2.14): clears A and M of the mappings of `space` in `[start, end)`. The page of a
    /// modified one becomes dirty; with `free` it does not, so that store may be lost, and the routine calls `lost`
    /// for the page in the step in which this becomes true. Mappings of the same pages elsewhere stay as they are. A
    /// flush of the whole TLB ends it.
    pub async fn pmap_advise(
        &self,
        space: SpaceId,
        start: VirtAddr,
        end: VirtAddr,
        free: bool,
        lost: impl Fn(VirtAddr, FrameNo),
    ) {
        let _routine = self.inside(Routine::PmapAdvise);
        self.point(Step::PmapHarvest).await;
        let scope = self.scope();
        self.pmap_lock(space).await;
        if self.advise_leaves(space, start, end, free, lost) {
            self.invalidate_all(space).await;
        }
        scope.end();
        self.space_of(space).pmap.lock.unlock(self).await;
    }

    /// Returns whether any entry changed.
    fn advise_leaves(
        &self,
        space: SpaceId,
        start: VirtAddr,
        end: VirtAddr,
        free: bool,
        lost: impl Fn(VirtAddr, FrameNo),
    ) -> bool {
        let Some(root) = self.space_of(space).pmap.root.load(self) else { return false };
        let mut changed = false;
        let mut at = start;
        while let Some((mut va, stop, table)) = self.next_table(root, at, end) {
            at = stop;
            while va < stop {
                if let Some(before) = self.advise_leaf(space, va.vpn(), Slot::of(table, Level::Pt, va), free) {
                    changed = true;
                    if free && is_modified(before) {
                        lost(va, frame_of(before));
                    }
                }
                va.0 += PAGE_SIZE;
            }
        }
        changed
    }

    /// Clears A and M; returns the previous entry if it changed.
    fn advise_leaf(&self, space: SpaceId, vpn: Vpn, slot: Slot, free: bool) -> Option<Entry> {
        let mut entry = self.leaf_load(slot);
        loop {
            let bits = if is_modified(entry) { Entry::A | Entry::M } else { Entry::A };
            if !entry.contains(Entry::V) || !entry.intersects(bits) {
                return None;
            }
            if is_modified(entry) && !free {
                self.page(frame_of(entry)).make_dirty(self);
            }
            match self.leaf_cas(space, vpn, slot, entry, entry - bits) {
                Ok(()) => return Some(entry),
                // Hardware has set A or M.
                Err(now) => entry = now,
            }
        }
    }
}
