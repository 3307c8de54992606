//! `vmspace_fork`: copies an address space by copying its map (vm.md §12.4).
//!
//! A copied entry shares its object with the original; both get NEEDS_COPY, to be shadowed before the next write, and
//! the fork write-protects the original's pages.

use super::EntryFlags;
use super::entry::Range;
use crate::env::Env;
use crate::ids::{EntryId, ObjectId, SpaceId};
use crate::kern::Inherit;
use crate::kern::ObjectFlags;
use crate::kern::{Kern, Prot};
use crate::machine::addr::{PageIndex, VirtAddr};
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vmspace_fork`: makes a space with what the entries of `parent` pass on. The caller holds no lock, on return
    /// either. Fails if there is no memory for the child's page table.
    pub async fn vmspace_fork(&self, parent: SpaceId) -> Result<SpaceId, Kern> {
        let _routine = self.inside(Routine::SpaceFork);
        let child = self.vmspace_new().await?;
        self.map_lock(parent).await;
        // No other task can name the new map yet, so the lock is free.
        let new = self.space_of(child);
        let locked = new.lock.try_lock(self, Mode::Write);
        debug_assert!(locked, "the new map of {child:?} is locked by somebody");
        self.map_stamp(child);
        let mut last = None;
        let mut at = self.space_of(parent).head.get(self);
        while let Some(id) = at {
            at = self.entry(id).next.get(self);
            last = match self.entry(id).inheritance.get(self) {
                Inherit::None => continue,
                Inherit::Share => Some(self.fork_shared(parent, child, last, id).await),
                Inherit::Copy => Some(self.fork_copied(parent, child, last, id).await),
                Inherit::Zero => Some(self.fork_zeroed(parent, child, last, id)),
            };
        }
        // The fork drops deferred references after both locks.
        self.space_of(parent).lock.unlock(self).await;
        new.lock.unlock(self).await;
        self.map_process_deferred().await;
        Ok(child)
    }

    /// VM_INHERIT_SHARE: both entries use the same object, which is never again private.
    async fn fork_shared(&self, parent: SpaceId, child: SpaceId, prev: Option<EntryId>, id: EntryId) -> EntryId {
        let e = self.entry(id);
        if e.is_guard(self) {
            return self.map_entry_link(child, prev, &e.range(self));
        }
        let mut object = self.map_entry_back(parent, id);
        // The child's reference; it comes first so that object_shadow makes a shadow where one is due.
        self.point(Step::RefAdd).await;
        self.object_hold(object);
        let charged = e.charged.get(self);
        if e.flags.get(self).intersects(EntryFlags::NEEDS_COPY) {
            let shadow = self.object_shadow(Some(object), e.offset.get(self).0, e.pages(self), charged, true).await;
            e.flags.set(self, e.flags.get(self) - EntryFlags::NEEDS_COPY);
            e.charged.set(self, false);
            if let Some(new) = shadow {
                e.object.set(self, Some(new));
                e.offset.set(self, PageIndex(0));
                self.map_entry_changed(parent, id);
                // Its second reference is the child's; the one taken above is dropped.
                self.object_take_over(new);
                self.object_deallocate(object).await;
                object = new;
            }
        } else {
            let o = self.object(object);
            o.lock.lock(self, Mode::Write).await;
            o.clear_flags(self, ObjectFlags::ONEMAPPING);
            if charged {
                o.charged.store(self, true);
                e.charged.set(self, false);
            }
            o.lock.unlock(self).await;
        }
        self.object_hand_over(object);
        let range = e.range(self);
        let new = self.map_entry_link(child, prev, &range);
        self.model(parent, |model| model.forked(parent, child, range.start, range.end, Inherit::Share));
        self.pmap_copy(child, parent, range.start, range.end).await;
        new
    }

    /// VM_INHERIT_COPY and `vm_map_copy_entry`.
    async fn fork_copied(&self, parent: SpaceId, child: SpaceId, prev: Option<EntryId>, id: EntryId) -> EntryId {
        let _routine = self.inside(Routine::MapCopyEntry);
        let e = self.entry(id);
        let source = e.range(self);
        let Some(object) = source.object else {
            let new = self.map_entry_link(child, prev, &Range { offset: PageIndex(0), ..source });
            if !e.is_guard(self) {
                self.model(parent, |model| model.forked(parent, child, source.start, source.end, Inherit::Copy));
            }
            return new;
        };
        if source.protection.contains(Prot::WRITE) && !source.flags.intersects(EntryFlags::NEEDS_COPY) {
            self.pmap_protect(parent, source.start, source.end, source.protection - Prot::WRITE).await;
        }
        let hollow = Range { object: None, offset: PageIndex(0), charged: false, ..source };
        let new = self.map_entry_link(child, prev, &hollow);
        self.model(parent, |model| model.forked(parent, child, source.start, source.end, Inherit::Copy));
        let c = self.entry(new);
        let anon = self.object(object).is_anon(self);
        let charged = anon && self.map_entry_charged(e);
        let object = if anon {
            self.fork_object(parent, id, object).await
        } else {
            self.point(Step::RefAdd).await;
            self.object_reference(object);
            object
        };
        // A shared object carries its own charge; an entry carries that of the pages it may copy.
        if charged && !source.flags.intersects(EntryFlags::NEEDS_COPY) {
            self.object(object).charged.store(self, true);
            e.charged.set(self, true);
        }
        c.charged.set(self, charged);
        // In the same step as the reference, which is the new entry's.
        let flags = source.flags | EntryFlags::COW | EntryFlags::NEEDS_COPY;
        e.flags.set(self, flags);
        self.map_entry_changed(parent, id);
        c.object.set(self, Some(object));
        c.offset.set(self, e.offset.get(self));
        c.flags.set(self, flags);
        self.map_entry_changed(child, new);
        if anon {
            self.object(object).lock.unlock(self).await;
        }
        self.pmap_copy(child, parent, source.start, source.end).await;
        new
    }

    /// `vm_map_copy_swap_object`: collapses the chain, gives the entry an object of its own if it covers part of a
    /// private one, and takes a reference for the child on the entry's object, which is returned write-locked.
    async fn fork_object(&self, parent: SpaceId, id: EntryId, object: ObjectId) -> ObjectId {
        let mut object = object;
        self.object(object).lock.lock(self, Mode::Write).await;
        self.object_collapse(object).await;
        if self.object(object).has(self, ObjectFlags::ONEMAPPING) {
            let old = object;
            object = self.object_split(id, old).await;
            if object != old {
                self.map_entry_changed(parent, id);
            }
        }
        self.object_reference(object);
        self.object(object).clear_flags(self, ObjectFlags::ONEMAPPING);
        object
    }

    /// VM_INHERIT_ZERO: zero pages at the same addresses, for which swap is reserved.
    fn fork_zeroed(&self, parent: SpaceId, child: SpaceId, prev: Option<EntryId>, id: EntryId) -> EntryId {
        let source = self.entry(id).range(self);
        let fresh = Range {
            object: None,
            offset: PageIndex(0),
            charged: true,
            next_read: VirtAddr(0),
            read_ahead: 0,
            ..source
        };
        let new = self.map_entry_link(child, prev, &fresh);
        self.model(parent, |model| model.forked(parent, child, source.start, source.end, Inherit::Zero));
        new
    }
}
