//! `vm_map_try_merge_entries`: makes one entry of neighbours that differ only in their place.
//!
//! A routine that has changed an entry tries to merge it with the entry before it, and the last changed one also with
//! the entry after it. So the entries that an mprotect has split are merged again by another that undoes it, and an
//! entry that fills a hole is merged with those around it.

use super::EntryFlags;
use crate::env::Env;
use crate::ids::{EntryId, SpaceId};
use crate::routine::Routine;
use crate::world::Cx;

/// `MAP_ENTRY_NOMERGE_MASK`: an entry with any of these is not merged.
const NOMERGE: EntryFlags = EntryFlags::GROWS_DOWN.union(EntryFlags::IN_TRANSITION);

impl<E: Env> Cx<'_, E> {
    /// `vm_map_mergeable_neighbors`: whether `entry`, which follows `prev`, continues it in the map and in the
    /// object, and is equal otherwise. The entry's own charge counts, its object's does not.
    fn map_mergeable(&self, prev: EntryId, entry: EntryId) -> bool {
        let (p, e) = (self.entry(prev).range(self), self.entry(entry).range(self));
        let next = p.offset + self.entry(prev).pages(self);
        !e.flags.intersects(NOMERGE)
            && p.end == e.start
            && p.object == e.object
            && (p.object.is_none() || next == e.offset)
            && p.flags == e.flags
            && p.protection == e.protection
            && p.max_protection == e.max_protection
            && p.inheritance == e.inheritance
            && self.entry(prev).wired_count.get(self) == self.entry(entry).wired_count.get(self)
            && p.charged == e.charged
    }

    /// `vm_map_try_merge_entries`: merges `entry` and the one before it, if possible. Returns the entry that has
    /// `entry`'s pages. The caller holds the map's write lock on entry and on return.
    ///
    /// The merge drops one of two references on the object at once, as in the kernel: it is never the last, and if it
    /// leaves the entry alone with a private object, that has a single mapping again. The kernel keeps the later of
    /// the two entries; here the earlier one stays, with the other's hints.
    pub(super) async fn map_try_merge(&self, space: SpaceId, prev: Option<EntryId>, entry: EntryId) -> EntryId {
        let _routine = self.inside(Routine::MapMerge);
        let Some(prev) = prev.filter(|&prev| self.map_mergeable(prev, entry)) else { return entry };
        let (p, e) = (self.entry(prev), self.entry(entry));
        self.map_entry_unlink(space, Some(prev), entry);
        p.end.set(self, e.end.get(self));
        p.next_read.store(self, e.next_read.load(self));
        p.read_ahead.store(self, e.read_ahead.load(self));
        self.map_entry_changed(space, prev);
        let object = e.object.get(self);
        e.object.set(self, None);
        self.entries.release(self, entry.0);
        if let Some(object) = object {
            self.object_take_over(object);
            self.object_deallocate(object).await;
        }
        prev
    }

    /// The same for `entry` and the one after it, if there is one.
    pub(super) async fn map_try_merge_next(&self, space: SpaceId, entry: Option<EntryId>) {
        let _routine = self.inside(Routine::MapMerge);
        let Some(id) = entry else { return };
        if let Some(next) = self.entry(id).next.get(self) {
            self.map_try_merge(space, entry, next).await;
        }
    }
}
