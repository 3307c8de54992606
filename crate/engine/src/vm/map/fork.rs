//! `vmspace_fork`: an address space is copied by copying its map (vm.md §12.4).
//!
//! A copied entry shares its object with the original; both are marked to be
//! shadowed before the next write, and the original's pages are write-protected.

use super::entry::Range;
use super::{EntryFlags, Inherit};
use crate::env::Env;
use crate::ids::{EntryId, ObjectId, SpaceId};
use crate::kern::{Kern, Prot};
use crate::machine::addr::{PageIndex, VirtAddr};
use crate::step::Step;
use crate::sync::Mode;
use crate::vm::object::ObjectFlags;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vmspace_fork`: a new space with what the entries of `parent` bequeath.
    pub async fn vmspace_fork(&self, parent: SpaceId) -> Result<SpaceId, Kern> {
        let child = self.vmspace_new().await?;
        self.map_lock(parent).await;
        // Nobody knows the new map yet: it can't be held.
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
        // Deferred references wait until both locks are gone.
        self.space_of(parent).lock.unlock(self).await;
        new.lock.unlock(self).await;
        self.map_process_deferred().await;
        Ok(child)
    }

    /// VM_INHERIT_SHARE: both entries use the same object, never again private.
    async fn fork_shared(&self, parent: SpaceId, child: SpaceId, prev: Option<EntryId>, id: EntryId) -> EntryId {
        let e = self.entry(id);
        if e.is_guard(self) {
            return self.map_entry_link(child, prev, &e.range(self));
        }
        let mut object = self.map_entry_back(parent, id);
        // The child's reference; it comes first so that a shadow is made where one is due.
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
                // Its second reference is the child's, and the one taken above is dropped.
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
        // What is shared is paid for by its object, and what either may come to copy by its entry.
        if charged && !source.flags.intersects(EntryFlags::NEEDS_COPY) {
            self.object(object).charged.store(self, true);
            e.charged.set(self, true);
        }
        c.charged.set(self, charged);
        // In one step with the reference, which is the new entry's.
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

    /// `vm_map_copy_swap_object`: the chain is shortened while we are here, the entry
    /// gets an object of its own if it covers part of a private one, and that one
    /// gets a reference for the child. It is write-locked on return.
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

    /// VM_INHERIT_ZERO: fresh zero pages at the same addresses, for which swap is reserved.
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
