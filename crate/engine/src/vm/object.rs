//! `vm_object`: allocation, references, links between objects (vm.md §2.1, §9.1 to §9.5).

use crate::env::{Cell, Env, Guarded};
use crate::event::Event;
use crate::ids::{FileId, ObjectId};
use crate::property::Property;
use crate::sync::{Lock, LockClass, LockId, Mode};
use crate::trie::Trie;
use crate::word::{Kind, Place};
use crate::world::Cx;
use bitflags::bitflags;

/// What an object is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ObjectType {
    /// Free, or torn down (OBJT_DEAD).
    Dead = 0,
    /// Anonymous memory, nothing of it ever swapped.
    Default = 1,
    /// Anonymous memory with swap metadata.
    Swap = 2,
    /// The pages of a file.
    Vnode = 3,
}

crate::word::enum_word!(ObjectType { Default, Swap, Vnode } other Dead);

bitflags! {
    /// Object flags (vm.md §2.2).
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct ObjectFlags: u32 {
        /// Anonymous memory: may be split, coalesced, collapsed, shadow-listed.
        const ANON = 0x10;
        /// At most one map entry family in one address space uses it.
        const ONEMAPPING = 0x2000;
        /// Terminating, or the backing object of a running collapse.
        const DEAD = 0x8;
        /// Upper object of a running collapse (P05).
        const COLLAPSING = 0x800;
        /// Pages or swap are being moved out by a split (P05).
        const SPLIT = 0x400;
        /// On its backing object's shadow list.
        const SHADOWLIST = 0x100;
    }
}

crate::word::flags_word!(ObjectFlags(u32));

/// A `vm_object`. Words that are read without the lock are atomics ([`Cell`]).
pub struct Object<E: Env> {
    /// Its number.
    pub id: ObjectId,
    /// The object lock.
    pub lock: Lock<E>,
    /// What it is made of. Write lock.
    pub kind: Cell<E, ObjectType>,
    /// Flags. Write lock; some look without a lock and look again.
    pub flags: Cell<E, ObjectFlags>,
    /// Length in pages. Write lock; a file's grows under the file's lock.
    pub size: Cell<E, u64>,
    /// Resident pages by index. Write lock.
    pub pages: Trie<E>,
    /// Entries of `pages`, busy and invalid ones included. Write lock.
    pub resident_page_count: Guarded<E, u64>,
    /// Blocks on the swap device by index: see [`crate::vm::swap`]. Write lock.
    pub blocks: Trie<E>,
    /// Entries of `blocks`. Write lock.
    pub swap_count: Guarded<E, u64>,
    /// One per map entry, per shadow, per transient holder. The drop to 0, and 2 to 1
    /// of an anonymous object, need the write lock.
    pub ref_count: Cell<E, u32>,
    /// Objects whose `backing_object` is this (anonymous only). Write lock; a COW fault
    /// peeks at it and looks again.
    pub shadow_count: Cell<E, u32>,
    /// First of the shadows; the list is last in, first out. Write lock.
    pub shadow_head: Guarded<E, Option<ObjectId>>,
    /// Next shadow of the same backing object. Write lock of the backing object.
    pub shadow_next: Guarded<E, Option<ObjectId>>,
    /// The next older object; holds one reference on it. Write lock of this, and of
    /// the backing object where that is anonymous.
    pub backing_object: Cell<E, Option<ObjectId>>,
    /// Page index of this object's index 0 inside the backing object.
    pub backing_object_offset: Guarded<E, u64>,
    /// Operations that need the object (not) to change identity or size.
    pub paging_in_progress: Cell<E, u32>,
    /// While above 0 no page can be made busy.
    pub busy: Cell<E, u32>,
    /// The non-anonymous object at the end of the chain, or the vnode's own. Constant.
    pub handle: Cell<E, Option<ObjectId>>,
    /// `object.cred`: swap is reserved for its pages. Write lock, or the map's of its only entry; an mmap
    /// behind an entry peeks at that one's.
    pub charged: Cell<E, bool>,
    /// The file of a vnode object. Constant.
    pub file: Cell<E, Option<FileId>>,
    /// References held by running operations: bookkeeping for E01.
    pub transient_refs: Cell<E, u32>,
}

impl<E: Env> Object<E> {
    /// A free object.
    pub fn new(env: &E, index: u32) -> Self {
        let at = |field| Place::at(Kind::Object, index, field);
        Object {
            id: ObjectId(index),
            lock: Lock::new(env, LockId { class: LockClass::Object, index }, Kind::Object),
            kind: Cell::new(env, at(0), ObjectType::Dead),
            flags: Cell::new(env, at(1), ObjectFlags::empty()),
            size: Cell::new(env, at(2), 0),
            pages: Trie::new(env, crate::word::mix(0x7217, u64::from(index))),
            resident_page_count: Guarded::new(env, Place::NOWHERE, 0),
            blocks: Trie::new(env, crate::word::mix(0x5b10, u64::from(index))),
            swap_count: Guarded::new(env, Place::NOWHERE, 0),
            ref_count: Cell::new(env, at(3), 0),
            shadow_count: Cell::new(env, at(4), 0),
            shadow_head: Guarded::new(env, Place::NOWHERE, None),
            shadow_next: Guarded::new(env, Place::NOWHERE, None),
            backing_object: Cell::new(env, at(5), None),
            backing_object_offset: Guarded::new(env, at(6), 0),
            paging_in_progress: Cell::new(env, at(7), 0),
            busy: Cell::new(env, at(8), 0),
            charged: Cell::new(env, at(9), false),
            handle: Cell::new(env, Place::NOWHERE, None),
            file: Cell::new(env, Place::NOWHERE, None),
            transient_refs: Cell::new(env, Place::NOWHERE, 0),
        }
    }
    /// OBJ_ANON.
    #[inline]
    pub fn is_anon(&self, cx: &Cx<'_, E>) -> bool {
        self.flags.load(cx).contains(ObjectFlags::ANON)
    }
    /// A flag is set.
    #[inline]
    pub fn has(&self, cx: &Cx<'_, E>, flag: ObjectFlags) -> bool {
        self.flags.load(cx).intersects(flag)
    }
    /// Sets flags; write-locked.
    pub fn set_flags(&self, cx: &Cx<'_, E>, flags: ObjectFlags) {
        self.change_flags(cx, self.flags.load(cx) | flags);
    }
    /// Clears flags; write-locked.
    pub fn clear_flags(&self, cx: &Cx<'_, E>, flags: ObjectFlags) {
        self.change_flags(cx, self.flags.load(cx) - flags);
    }
    fn change_flags(&self, cx: &Cx<'_, E>, flags: ObjectFlags) {
        if flags != self.flags.load(cx) {
            self.flags.store(cx, flags);
            cx.emit(Event::ObjectFlags { object: self.id, flags: flags.bits() });
        }
    }
    /// May a pager have data of it? Decides whether a walk asks it (§8.2 F6).
    pub fn may_have_pager_data(&self, cx: &Cx<'_, E>) -> bool {
        match self.kind.load(cx) {
            ObjectType::Default | ObjectType::Dead => false,
            // P12 looks whether there are blocks; before, the type alone decided.
            ObjectType::Swap => !cx.on(crate::policy::Switches::NO_DEFAULT_TYPE) || self.swap_count.get(cx) > 0,
            ObjectType::Vnode => true,
        }
    }
}

impl<E: Env> Cx<'_, E> {
    fn object_alloc(&self, kind: ObjectType, flags: ObjectFlags, size: u64) -> ObjectId {
        let id = ObjectId(self.objects.alloc(self));
        let o = self.object(id);
        if E::TRACING {
            self.env.name(Kind::Object, id.0, self.env.fresh_name(self.task));
        }
        // Nobody else can name it yet: the cells need no lock.
        o.kind.store(self, kind);
        o.flags.store(self, flags);
        o.size.store(self, size);
        o.ref_count.store(self, 1);
        o.backing_object.store(self, None);
        o.backing_object_offset.set(self, 0);
        o.charged.store(self, false);
        o.handle.store(self, None);
        o.file.store(self, None);
        self.emit(Event::ObjectNew { object: id, vnode: kind == ObjectType::Vnode, size });
        self.emit(Event::ObjectFlags { object: id, flags: flags.bits() });
        id
    }
    /// `vm_object_allocate_anon`: `size` pages of anonymous memory with one reference.
    /// `hint` is the future backing object: it gives the handle and is not linked. `charged` says
    /// that swap is reserved for the pages.
    pub fn object_allocate_anon(&self, size: u64, hint: Option<ObjectId>, charged: bool) -> ObjectId {
        let kind = match self.on(crate::policy::Switches::NO_DEFAULT_TYPE) {
            true => ObjectType::Swap,
            false => ObjectType::Default,
        };
        let id = self.object_alloc(kind, ObjectFlags::ANON | ObjectFlags::ONEMAPPING, size);
        let handle = hint.and_then(|h| {
            let hinted = self.object(h);
            if hinted.is_anon(self) { hinted.handle.load(self) } else { Some(h) }
        });
        self.object(id).handle.store(self, handle);
        self.object(id).charged.store(self, charged);
        id
    }
    /// The object of a file, `size` pages, with one reference.
    pub fn object_allocate_vnode(&self, file: FileId, size: u64) -> ObjectId {
        let id = self.object_alloc(ObjectType::Vnode, ObjectFlags::empty(), size);
        self.object(id).handle.store(self, Some(id));
        self.object(id).file.store(self, Some(file));
        id
    }
    /// `vm_object_reference`: one atomic step. Never on a dead object (I02).
    pub fn object_reference(&self, id: ObjectId) {
        let o = self.object(id);
        let count = self.env.untracked(|| o.ref_count.add(self, 1)) + 1;
        self.emit(Event::ObjectRef { object: id, count });
        self.kassert(!o.has(self, ObjectFlags::DEAD), Property::I02, (Some(id), None), || {
            "a dead object is referenced".into()
        });
    }
    /// A reference that a running operation holds for itself (E01's transient holders).
    pub fn object_hold(&self, id: ObjectId) {
        self.object(id).transient_refs.note(&self.env, 1);
        self.object_reference(id);
    }
    /// The reference of an entry or a link becomes the operation's own, to be dropped
    /// by [`Cx::object_deallocate`].
    pub fn object_take_over(&self, id: ObjectId) {
        self.object(id).transient_refs.note(&self.env, 1);
    }
    /// The operation's own reference becomes an entry's or a link's.
    pub fn object_hand_over(&self, id: ObjectId) {
        self.object(id).transient_refs.note(&self.env, -1);
    }
    /// One reference less, atomically or under the lock; the count left.
    pub(crate) fn object_unref(&self, id: ObjectId) -> u32 {
        let before = self.object(id).ref_count.add(self, -1);
        self.kassert(before > 0, Property::I03, (Some(id), None), || "a reference too many is dropped".into());
        self.emit(Event::ObjectRef { object: id, count: before.wrapping_sub(1) });
        before.wrapping_sub(1)
    }

    // ---- links (§9.3): the shadow is write-locked, an anonymous backing object too ----

    /// `backing_insert_locked`: `o` now shadows `b`; the caller's reference on `b`
    /// becomes the link's.
    pub fn backing_insert_locked(&self, o: ObjectId, b: ObjectId) {
        let (shadow, backing) = (self.object(o), self.object(b));
        if backing.is_anon(self) {
            self.assert_locked(backing.lock.id(), Mode::Write);
            shadow.shadow_next.set(self, backing.shadow_head.get(self));
            backing.shadow_head.set(self, Some(o));
            backing.shadow_count.store(self, backing.shadow_count.load(self) + 1);
            shadow.set_flags(self, ObjectFlags::SHADOWLIST);
        }
        shadow.backing_object.store(self, Some(b));
        self.emit(Event::ObjectLink { object: o, backing: b, offset: shadow.backing_object_offset.get(self) });
    }
    /// `backing_insert_ref`: references `b` and links `o` to it.
    pub fn backing_insert_ref_locked(&self, o: ObjectId, b: ObjectId) {
        self.object_reference(b);
        let backing = self.object(b);
        if backing.is_anon(self) {
            self.kassert(!backing.has(self, ObjectFlags::DEAD), Property::I08, (Some(b), None), || {
                "linked to a dead object".into()
            });
            backing.clear_flags(self, ObjectFlags::ONEMAPPING);
        }
        self.backing_insert_locked(o, b);
    }
    /// `backing_remove_locked`: `o` no longer shadows its backing object. The link's
    /// reference is the caller's from here on.
    pub fn backing_remove_locked(&self, o: ObjectId) {
        let shadow = self.object(o);
        let Some(b) = shadow.backing_object.load(self) else { return };
        let backing = self.object(b);
        self.kassert(!shadow.has(self, ObjectFlags::COLLAPSING), Property::I08, (Some(o), None), || {
            "unlinked while it is collapsing".into()
        });
        if shadow.has(self, ObjectFlags::SHADOWLIST) {
            self.assert_locked(backing.lock.id(), Mode::Write);
            let mut at = backing.shadow_head.get(self);
            if at == Some(o) {
                backing.shadow_head.set(self, shadow.shadow_next.get(self));
            } else {
                while let Some(id) = at {
                    let next = self.object(id).shadow_next.get(self);
                    if next == Some(o) {
                        self.object(id).shadow_next.set(self, shadow.shadow_next.get(self));
                        break;
                    }
                    at = next;
                }
            }
            shadow.shadow_next.set(self, None);
            let count = backing.shadow_count.load(self);
            self.kassert(count > 0, Property::I08, (Some(b), None), || "the shadow count would fall below zero".into());
            backing.shadow_count.store(self, count.saturating_sub(1));
            shadow.clear_flags(self, ObjectFlags::SHADOWLIST);
        }
        shadow.backing_object.store(self, None);
        self.emit(Event::ObjectUnlink { object: o, backing: b });
    }
    /// Locks `b` for writing if it is anonymous, as linking and unlinking need it.
    /// Whether it was locked.
    pub async fn lock_if_anon(&self, b: ObjectId) -> bool {
        let anon = self.object(b).is_anon(self);
        if anon {
            self.object(b).lock.lock(self, Mode::Write).await;
        }
        anon
    }

    /// `vm_object_shadow` (§9.5): gives an entry that must copy an object of its own
    /// above `source`; the map is write-locked. `size` and `offset` in pages. Nothing if
    /// the entry is the sole owner of an anonymous source. With `shared` the result
    /// has two references and two families of entries. `charged` is the entry's charge, which
    /// becomes the result's.
    pub async fn object_shadow(
        &self,
        source: Option<ObjectId>,
        offset: u64,
        size: u64,
        charged: bool,
        shared: bool,
    ) -> Option<ObjectId> {
        if let Some(s) = source {
            let o = self.object(s);
            if o.ref_count.load(self) == 1 && o.is_anon(self) {
                o.lock.lock(self, Mode::Write).await;
                let sole = o.ref_count.load(self) == 1
                    && o.is_anon(self)
                    && (self.on(crate::policy::Switches::COLLAPSING_FLAG) || o.handle.load(self).is_none());
                o.lock.unlock(self).await;
                if sole {
                    return None;
                }
            }
        }
        let result = self.object_allocate_anon(size, source, charged);
        let r = self.object(result);
        r.lock.lock(self, Mode::Write).await;
        r.backing_object_offset.set(self, offset);
        if shared {
            self.object_reference(result);
            r.clear_flags(self, ObjectFlags::ONEMAPPING);
        }
        if let Some(s) = source {
            let locked = self.lock_if_anon(s).await;
            self.backing_insert_locked(result, s);
            if locked {
                self.object(s).lock.unlock(self).await;
            }
        }
        r.lock.unlock(self).await;
        Some(result)
    }
}
