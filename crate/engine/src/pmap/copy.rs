//! `pmap_copy`: a child starts with some of its parent's mappings.

use super::leaf::{Slot, frame_of};
use crate::env::Env;
use crate::ids::SpaceId;
use crate::machine::addr::{PAGE_SIZE, VirtAddr};
use crate::machine::entry::{Entry, Level};
use crate::step::Step;
use crate::world::{Cx, PmapCopy};

impl<E: Env> Cx<'_, E> {
    /// `pmap_copy`: `dst` maps what `src` maps in `[start, end)`, where it maps nothing
    /// yet. A hint: with [`PmapCopy::None`] nothing happens, and a shortage of memory
    /// ends it quietly.
    ///
    /// The copies lose M, A and the wiring but keep R/W, so the caller has taken it
    /// from the source's copy-on-write entries before. `dst` runs nowhere yet, so
    /// nothing is flushed.
    pub async fn pmap_copy(&self, dst: SpaceId, src: SpaceId, start: VirtAddr, end: VirtAddr) {
        if self.config.pmap_copy == PmapCopy::None || dst == src {
            return;
        }
        self.point(Step::PmapCopy).await;
        // Two pmaps are locked in order of their numbers.
        let (first, second) = (dst.min(src), dst.max(src));
        self.pmap_lock(first).await;
        self.space_of(second).pmap.lock.lock(self, crate::sync::Mode::Write).await;
        self.copy_leaves(dst, src, start, end);
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

    /// False if there is no memory for a table.
    fn copy_leaf(&self, dst: SpaceId, va: VirtAddr, entry: Entry) -> bool {
        let Some(table) = self.table_make(dst, va) else { return false };
        if !self.leaf_load(Slot::of(table, Level::Pt, va)).contains(Entry::V) {
            let copy = entry - (Entry::WIRED | Entry::M | Entry::A);
            self.install_quick(dst, va.vpn(), table, self.page(frame_of(entry)), copy);
        }
        true
    }
}
