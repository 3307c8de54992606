//! `vm_map_clip_start`, `vm_map_clip_end`: splitting entries.

use super::entry::Range;
use crate::env::Env;
use crate::ids::{EntryId, SpaceId};
use crate::machine::addr::{PAGE_SHIFT, VirtAddr};
use crate::routine::Routine;
use crate::step::Step;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Splits an entry at `at`, which is inside it; the caller holds the map's write lock. The entry keeps the lower
    /// part; the returned new entry gets the upper part and a reference of its own on the same object. An entry
    /// without an object gets one first, or each part would get its own.
    pub(super) async fn map_clip(&self, space: SpaceId, id: EntryId, at: VirtAddr) -> EntryId {
        let e = self.entry(id);
        if !e.is_guard(self) {
            let object = self.map_entry_charge_object(space, id).await;
            self.point(Step::RefAdd).await;
            self.object_reference(object);
        }
        let whole = e.range(self);
        let skipped = if whole.object.is_some() { (at.0 - whole.start.0) >> PAGE_SHIFT } else { 0 };
        e.end.set(self, at);
        self.map_entry_changed(space, id);
        let upper = Range { start: at, offset: whole.offset + skipped, ..whole };
        let new = self.map_entry_link(space, Some(id), &upper);
        self.entry(new).wired_count.set(self, e.wired_count.get(self));
        new
    }
    /// `vm_map_lookup_clip_start`: splits the entry that `start` is inside of; the caller holds the map's write lock.
    /// Returns the entry before `start` and the first one after it.
    pub(super) async fn map_clip_start(&self, space: SpaceId, start: VirtAddr) -> (Option<EntryId>, Option<EntryId>) {
        let _routine = self.inside(Routine::MapClipStart);
        let (prev, first) = self.map_entries_around(space, start);
        match first.filter(|&id| self.entry(id).start.get(self) < start) {
            Some(id) => (Some(id), Some(self.map_clip(space, id, start).await)),
            None => (prev, first),
        }
    }
    /// `vm_map_clip_end`: splits the entry if `end` is inside it; the caller holds the map's write lock.
    pub(super) async fn map_clip_end(&self, space: SpaceId, id: EntryId, end: VirtAddr) {
        let _routine = self.inside(Routine::MapClipEnd);
        if self.entry(id).end.get(self) > end {
            self.map_clip(space, id, end).await;
        }
    }
    /// Splits the entries at both ends of `[start, end)`; the caller holds the map's write lock. Returns the entry
    /// before the range and the first one inside it.
    pub(super) async fn map_clip_range(
        &self,
        space: SpaceId,
        start: VirtAddr,
        end: VirtAddr,
    ) -> (Option<EntryId>, Option<EntryId>) {
        let (prev, first) = self.map_clip_start(space, start).await;
        let mut at = first;
        while let Some(id) = self.within(at, end) {
            self.map_clip_end(space, id, end).await;
            at = self.entry(id).next.get(self);
        }
        (prev, self.within(first, end))
    }
    /// The entry, if it starts before `end`.
    pub(super) fn within(&self, at: Option<EntryId>, end: VirtAddr) -> Option<EntryId> {
        at.filter(|&id| self.entry(id).start.get(self) < end)
    }
}
