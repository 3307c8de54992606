//! The list of entries: lookup, linking, unlinking, and their events.

use super::{Entry, EntryFlags};
use crate::env::Env;
use crate::event::{EntryView, Event};
use crate::ids::{EntryId, ObjectId, SpaceId};
use crate::kern::Inherit;
use crate::kern::{Kern, Prot};
use crate::machine::addr::{PAGE_SHIFT, PAGE_SIZE, PageIndex, VirtAddr};
use crate::sync::Mode;
use crate::word::{Kind, mix};
use crate::world::{Cx, World};

/// One past the highest user address (`VM_MAXUSER_ADDRESS` with four levels).
pub(super) const USER_END: u64 = 1 << 47;

/// `VM_FAULT_READ_AHEAD_INIT`: pages to read ahead, of a new entry.
pub(super) const READ_AHEAD: u32 = 15;

/// The fields of an entry, apart from its position in the list.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) start: VirtAddr,
    pub(super) end: VirtAddr,
    pub(super) object: Option<ObjectId>,
    pub(super) offset: PageIndex,
    pub(super) flags: EntryFlags,
    pub(super) protection: Prot,
    pub(super) max_protection: Prot,
    pub(super) inheritance: Inherit,
    pub(super) charged: bool,
    pub(super) next_read: VirtAddr,
    pub(super) read_ahead: u32,
}

impl<E: Env> Entry<E> {
    /// Length in pages.
    pub(super) fn pages(&self, cx: &Cx<'_, E>) -> u64 {
        (self.end.get(cx).0 - self.start.get(cx).0) >> PAGE_SHIFT
    }
    /// Index in its object of the first page after the entry.
    pub(super) fn next_index(&self, cx: &Cx<'_, E>) -> PageIndex {
        self.offset.get(cx) + self.pages(cx)
    }
    /// Whether the entry maps nothing and never has an object.
    pub(super) fn is_guard(&self, cx: &Cx<'_, E>) -> bool {
        self.flags.get(cx).intersects(EntryFlags::GUARD)
    }
    /// All its fields.
    pub(super) fn range(&self, cx: &Cx<'_, E>) -> Range {
        Range {
            start: self.start.get(cx),
            end: self.end.get(cx),
            object: self.object.get(cx),
            offset: self.offset.get(cx),
            flags: self.flags.get(cx),
            protection: self.protection.get(cx),
            max_protection: self.max_protection.get(cx),
            inheritance: self.inheritance.get(cx),
            charged: self.charged.get(cx),
            next_read: self.next_read.load(cx),
            read_ahead: self.read_ahead.load(cx),
        }
    }
    /// The entry as events carry it; declares no access.
    pub fn view(&self, env: &E) -> EntryView {
        let flags = self.flags.peek(env);
        EntryView {
            start: self.start.peek(env),
            end: self.end.peek(env),
            object: self.object.peek(env),
            offset: self.offset.peek(env),
            protection: self.protection.peek(env),
            inheritance: self.inheritance.peek(env),
            cow: flags.intersects(EntryFlags::COW),
            needs_copy: flags.intersects(EntryFlags::NEEDS_COPY),
            stack: flags.intersects(EntryFlags::GROWS_DOWN | EntryFlags::STACK_GAP),
        }
    }
}

/// End of a range in a user's address space. Fails with `InvalidArgument` unless the range is whole pages, not empty,
/// and ends at most at [`USER_END`].
pub(super) fn range_end(start: VirtAddr, len: u64) -> Result<VirtAddr, Kern> {
    match start.0.checked_add(len) {
        Some(end) if len > 0 && (start.0 | len) & (PAGE_SIZE - 1) == 0 && end <= USER_END => Ok(VirtAddr(end)),
        _ => Err(Kern::InvalidArgument),
    }
}

/// The same check for a range given by both ends.
pub(super) fn range_check(start: VirtAddr, end: VirtAddr) -> Result<(), Kern> {
    range_end(start, end.0.checked_sub(start.0).ok_or(Kern::InvalidArgument)?).map(|_| ())
}

impl<E: Env> World<E> {
    /// Number of objects in the chain of the entry that contains `va`, `most` at most; 0 without an object. For views:
    /// declares no access and takes no lock, so it counts what is there while others work on the chain. The caller
    /// knows that nobody changes the map.
    pub fn chain_length_peek(&self, space: SpaceId, va: VirtAddr, most: u32) -> u32 {
        let env = &self.env;
        let entry = |id: EntryId| self.entries.peek(env, id.0);
        let first = self.spaces.peek(env, space.0).head.peek(env);
        let found =
            std::iter::successors(first, |&id| entry(id).next.peek(env)).find(|&id| va < entry(id).end.peek(env));
        let top = found.filter(|&id| entry(id).start.peek(env) <= va).and_then(|id| entry(id).object.peek(env));
        let below = |id: &ObjectId| self.objects.peek(env, id.0).backing_object.peek(env);
        std::iter::successors(top, below).take(most as usize).count() as u32
    }
}

impl<E: Env> Cx<'_, E> {
    /// `vm_map_lookup_entry`: the entry that contains `va`. The caller holds the map lock.
    pub fn map_entry_at(&self, space: SpaceId, va: VirtAddr) -> Option<EntryId> {
        let s = self.space_of(space);
        if !E::TRACING {
            let hint = s.hint.load(self);
            let holds = |id: &EntryId| self.entry(*id).start.get(self) <= va && va < self.entry(*id).end.get(self);
            if let Some(id) = hint.filter(holds) {
                return Some(id);
            }
        }
        let mut at = s.head.get(self);
        while let Some(id) = at {
            let e = self.entry(id);
            if va < e.end.get(self) {
                if va < e.start.get(self) {
                    return None;
                }
                if !E::TRACING {
                    s.hint.store(self, Some(id));
                }
                return Some(id);
            }
            at = e.next.get(self);
        }
        None
    }
    /// The last entry that ends at or before `va`, and the first one that ends after it.
    pub(super) fn map_entries_around(&self, space: SpaceId, va: VirtAddr) -> (Option<EntryId>, Option<EntryId>) {
        let (mut prev, mut at) = (None, self.space_of(space).head.get(self));
        while let Some(id) = at.filter(|&id| self.entry(id).end.get(self) <= va) {
            prev = at;
            at = self.entry(id).next.get(self);
        }
        (prev, at)
    }
    /// The entries of a map by address. The caller holds the map lock.
    pub fn map_entries(&self, space: SpaceId) -> Vec<EntryId> {
        let next = |id: &EntryId| self.entry(*id).next.get(self);
        std::iter::successors(self.space_of(space).head.get(self), next).collect()
    }
    /// `vm_map_entry_create` and `vm_map_entry_link`: adds an entry after `prev`. The caller holds the map's write
    /// lock. The range's reference on its object passes to the entry.
    pub(super) fn map_entry_link(&self, space: SpaceId, prev: Option<EntryId>, range: &Range) -> EntryId {
        let id = EntryId(self.entries.alloc(self));
        let e = self.entry(id);
        e.start.set(self, range.start);
        e.end.set(self, range.end);
        e.object.set(self, range.object);
        e.offset.set(self, range.offset);
        e.flags.set(self, range.flags);
        e.protection.set(self, range.protection);
        e.max_protection.set(self, range.max_protection);
        e.inheritance.set(self, range.inheritance);
        e.wired_count.set(self, 0);
        e.charged.set(self, range.charged);
        e.next_read.store(self, range.next_read);
        e.read_ahead.store(self, range.read_ahead);
        self.map_entry_insert(space, prev, id);
        id
    }
    /// Puts an entry into the list after `prev`. The caller holds the map's write lock.
    pub(super) fn map_entry_insert(&self, space: SpaceId, prev: Option<EntryId>, id: EntryId) {
        let s = self.space_of(space);
        self.assert_locked(s.lock.id(), Mode::Write);
        let link = match prev {
            Some(prev) => &self.entry(prev).next,
            None => &s.head,
        };
        self.entry(id).next.set(self, link.get(self));
        link.set(self, Some(id));
        self.map_entry_changed(space, id);
    }
    /// `vm_map_entry_unlink`: takes the entry after `prev` out of the list. The caller holds the map's write lock.
    /// The entry keeps its fields, its reference too.
    pub(super) fn map_entry_unlink(&self, space: SpaceId, prev: Option<EntryId>, id: EntryId) {
        let s = self.space_of(space);
        self.assert_locked(s.lock.id(), Mode::Write);
        let link = match prev {
            Some(prev) => &self.entry(prev).next,
            None => &s.head,
        };
        debug_assert_eq!(link.get(self), Some(id));
        link.set(self, self.entry(id).next.get(self));
        if E::TRACING {
            self.env.name(Kind::Entry, id.0, 0);
            self.emit(Event::EntryRemove { space, entry: id });
        } else {
            s.hint.store(self, None);
        }
    }
    /// Emits the event of a changed entry, and names it for fingerprints by space and start.
    pub(super) fn map_entry_changed(&self, space: SpaceId, id: EntryId) {
        if E::TRACING {
            let e = self.entry(id);
            let name = mix(self.env.name_of(Kind::Space, space.0), e.start.peek(&self.env).0 + 1);
            self.env.name(Kind::Entry, id.0, name);
            self.emit(Event::EntrySet { space, entry: id, view: e.view(&self.env) });
        }
    }
    /// `vm_map_entry_back`: gives an entry without an object one, to which the entry's charge passes. The caller
    /// holds the map's write lock.
    pub(super) fn map_entry_back(&self, space: SpaceId, id: EntryId) -> ObjectId {
        let e = self.entry(id);
        if let Some(object) = e.object.get(self) {
            return object;
        }
        let object = self.object_allocate_anon(e.pages(self), None, e.charged.get(self));
        e.object.set(self, Some(object));
        e.offset.set(self, PageIndex(0));
        e.charged.set(self, false);
        self.map_entry_changed(space, id);
        object
    }
    /// `ENTRY_CHARGED`: whether swap is reserved for the entry, by itself or by its object.
    pub(super) fn map_entry_charged(&self, e: &Entry<E>) -> bool {
        let of_object = |object: ObjectId| self.object(object).charged.load(self);
        e.charged.get(self)
            || !e.flags.get(self).intersects(EntryFlags::NEEDS_COPY) && e.object.get(self).is_some_and(of_object)
    }
    /// `vm_map_entry_charge_object`: passes the entry's charge to its object, which it gets if it has none, unless
    /// the entry has yet to copy it. The caller holds the map's write lock.
    pub(super) async fn map_entry_charge_object(&self, space: SpaceId, id: EntryId) -> ObjectId {
        let e = self.entry(id);
        let Some(object) = e.object.get(self) else { return self.map_entry_back(space, id) };
        if e.charged.get(self) && !e.flags.get(self).intersects(EntryFlags::NEEDS_COPY) {
            let o = self.object(object);
            o.lock.lock(self, Mode::Write).await;
            o.charged.store(self, true);
            o.lock.unlock(self).await;
            e.charged.set(self, false);
        }
        object
    }
}
