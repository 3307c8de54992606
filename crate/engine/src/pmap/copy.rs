//! `pmap_copy`: gives a child some of its parent's mappings.

use super::leaf::{Slot, frame_of};
use crate::env::{Env, Scope};
use crate::ids::SpaceId;
use crate::machine::addr::{PAGE_SIZE, VirtAddr};
use crate::machine::entry::{Entry, Level};
use crate::routine::Routine;
use crate::step::Step;
use crate::world::{Cx, PmapCopy};

impl<E: Env> Cx<'_, E> {
    /// `pmap_copy`: copies the mappings of `src` in `[start, end)` to `dst` wherever that has none. A hint: with
    /// [`PmapCopy::None`] nothing happens, with [`PmapCopy::Choose`] any part of it may, and a shortage of memory
    /// ends it without an error.
    ///
    /// The copies lose M, A and the wiring but keep R/W, so the caller has already removed that from the source's
    /// copy-on-write entries. `dst` is not active on any CPU yet, so nothing is flushed.
    pub async fn pmap_copy(&self, dst: SpaceId, src: SpaceId, start: VirtAddr, end: VirtAddr) {
        let _routine = self.inside(Routine::PmapCopy);
        if self.config.pmap_copy == PmapCopy::None || dst == src {
            return;
        }
        self.point(Step::PmapCopy).await;
        // A task locks two pmaps in order of their numbers.
        let (first, second) = (dst.min(src), dst.max(src));
        self.pmap_lock(first).await;
        self.space_of(second).pmap.lock.lock(self, crate::sync::Mode::Write).await;
        match self.config.pmap_copy {
            PmapCopy::Choose => self.copy_chosen(dst, src, start, end).await,
            _ => self.copy_leaves(dst, src, start, end),
        }
        self.space_of(second).pmap.lock.release(self);
        self.space_of(first).pmap.lock.unlock(self).await;
    }

    fn copy_leaves(&self, dst: SpaceId, src: SpaceId, start: VirtAddr, end: VirtAddr) {
        let Some(root) = self.space_of(src).pmap.root.load(self) else { return };
        let mut at = start;
        while let Some((mut va, stop, table)) = self.next_table(root, at, end) {
            at = stop;
            while va < stop {
                let entry = self.leaf_load(Slot::of(table, Level::Pt, va));
                if entry.contains(Entry::V | Entry::MANAGED) && !self.copy_leaf(dst, va, entry) {
                    return;
                }
                va.0 += PAGE_SIZE;
            }
        }
    }

    /// Copies those leaves for which the scheduler follows the hint. Both pmaps stay locked, so between two leaves
    /// only the hardware changes an entry of either.
    async fn copy_chosen(&self, dst: SpaceId, src: SpaceId, start: VirtAddr, end: VirtAddr) {
        let scope = self.scope();
        let mut at = start;
        while let Some(va) = self.next_leaf(src, at, end).map(|leaf| leaf.0) {
            // The position is the only live value of the loop.
            scope.restart();
            self.env.observe(va.0, None);
            self.point(Step::PmapCopyPage).await;
            // Reset: the two branches from here meet again, and a search sees the same state.
            let follows = self.follows.load(self);
            self.follows.store(self, false);
            let entry = self.next_leaf(src, va, end).filter(|leaf| follows && leaf.0 == va);
            if entry.is_some_and(|(_, entry)| !self.copy_leaf(dst, va, entry)) {
                break;
            }
            at = VirtAddr(va.0 + PAGE_SIZE);
        }
    }

    /// The first managed mapping of `src` in `[at, end)`. The caller holds its pmap lock.
    fn next_leaf(&self, src: SpaceId, mut at: VirtAddr, end: VirtAddr) -> Option<(VirtAddr, Entry)> {
        let root = self.space_of(src).pmap.root.load(self)?;
        while let Some((mut va, stop, table)) = self.next_table(root, at, end) {
            while va < stop {
                let entry = self.leaf_load(Slot::of(table, Level::Pt, va));
                if entry.contains(Entry::V | Entry::MANAGED) {
                    return Some((va, entry));
                }
                va.0 += PAGE_SIZE;
            }
            at = stop;
        }
        None
    }

    /// Returns false if there is no memory for a table.
    fn copy_leaf(&self, dst: SpaceId, va: VirtAddr, entry: Entry) -> bool {
        let Some(table) = self.table_make(dst, va) else { return false };
        if !self.leaf_load(Slot::of(table, Level::Pt, va)).contains(Entry::V) {
            let copy = entry - (Entry::WIRED | Entry::M | Entry::A);
            self.install_quick(dst, va.vpn(), table, self.page(frame_of(entry)), copy);
        }
        true
    }
}
