//! `vm_map_try_merge_entries`: neighbours that differ in nothing but their place become one entry.
//!
//! A routine that has changed what an entry says tries it with the entry before, and after the last one that
//! changed with the one behind. So what an mprotect has cut is whole again after another that takes it
//! back, and a hole that is filled again joins what is around it.

use super::EntryFlags;
use crate::env::Env;
use crate::ids::{EntryId, SpaceId};
use crate::machine::addr::PageIndex;
use crate::world::Cx;

/// `MAP_ENTRY_NOMERGE_MASK`: an entry with one of these stays by itself.
const NOMERGE: EntryFlags = EntryFlags::GROWS_DOWN.union(EntryFlags::IN_TRANSITION);

impl<E: Env> Cx<'_, E> {
    /// `vm_map_mergeable_neighbors`: `entry`, which follows `prev`, goes on where that ends, in the map and
    /// in the object, and says the same. Who pays for an entry counts; who pays for its object does not.
    fn map_mergeable(&self, prev: EntryId, entry: EntryId) -> bool {
        let (p, e) = (self.entry(prev).range(self), self.entry(entry).range(self));
        let next = PageIndex(p.offset.0 + self.entry(prev).pages(self));
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

    /// `vm_map_try_merge_entries`: makes one entry of `entry` and the one before it, if they can be. Gives the
    /// one that `entry`'s pages are in. The map is write-locked before and after.
    ///
    /// One of two references on the object is dropped at once, as in the kernel: it is never the last, and
    /// if it leaves the entry alone with a private object, that is one with a single mapping again. The kernel
    /// keeps the later of the two entries; here it is the earlier one that stays, with the other's hints.
    pub(super) async fn map_try_merge(&self, space: SpaceId, prev: Option<EntryId>, entry: EntryId) -> EntryId {
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

    /// The same for `entry` and the one behind it, if there is one.
    pub(super) async fn map_try_merge_next(&self, space: SpaceId, entry: Option<EntryId>) {
        let Some(id) = entry else { return };
        if let Some(next) = self.entry(id).next.get(self) {
            self.map_try_merge(space, entry, next).await;
        }
    }
}
