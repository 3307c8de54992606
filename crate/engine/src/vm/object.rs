//! `vm_object`: allocation, references, links between objects (vm.md §2.1, §9.1 to §9.5).

use crate::env::{Cell, Env, Guarded};
use crate::event::Event;
use crate::ids::{FileId, ObjectId};
use crate::kern::ObjectFlags;
use crate::lock::Lock;
use crate::property::Property;
use crate::routine::Routine;
use crate::sync::{LockClass, LockId, Mode};
use crate::trie::Trie;
use crate::word::{Kind, Place};
use crate::world::Cx;

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

impl ObjectType {
    /// The kernel's name.
    pub const fn name(self) -> &'static str {
        match self {
            ObjectType::Dead => "OBJT_DEAD",
            ObjectType::Default => "OBJT_DEFAULT",
            ObjectType::Swap => "OBJT_SWAP",
            ObjectType::Vnode => "OBJT_VNODE",
        }
    }
}

/// `struct vm_object`. Words that tasks read without the lock are atomics ([`Cell`]).
pub struct Object<E: Env> {
    /// Its number.
    pub id: ObjectId,
    /// The object lock.
    pub lock: Lock<E>,
    /// Its type, `object.type`. Write lock.
    pub kind: Cell<E, ObjectType>,
    /// Flags. Write lock; some readers look without a lock and look again.
    pub flags: Cell<E, ObjectFlags>,
    /// Length in pages. Write lock; the size of a file's object grows under the vnode lock.
    pub size: Cell<E, u64>,
    /// Resident pages by index. Write lock.
    pub pages: Trie<E>,
    /// Number of entries of `pages`, busy and invalid pages included. Write lock.
    pub resident_page_count: Guarded<E, u64>,
    /// Swap blocks by page index: see [`crate::vm::swap`]. Write lock.
    pub blocks: Trie<E>,
    /// Number of entries of `blocks`. Write lock.
    pub swap_count: Guarded<E, u64>,
    /// One per map entry, per shadow and per transient holder. The drop to 0, and from 2 to 1 on an anonymous object,
    /// needs the write lock.
    pub ref_count: Cell<E, u32>,
    /// Number of objects whose `backing_object` is this (anonymous objects only). Write lock; a COW fault reads it
    /// without the lock and checks again.
    pub shadow_count: Cell<E, u32>,
    /// First of the shadows; the list is LIFO. Write lock.
    pub shadow_head: Guarded<E, Option<ObjectId>>,
    /// Next shadow of the same backing object. Write lock of the backing object.
    pub shadow_next: Guarded<E, Option<ObjectId>>,
    /// The next older object, on which this one holds a reference. Write lock of this object, and of the backing
    /// object if that is anonymous.
    pub backing_object: Cell<E, Option<ObjectId>>,
    /// Index in the backing object, in pages, of this object's page 0.
    pub backing_object_offset: Guarded<E, u64>,
    /// Count of running operations during which the object must keep its identity and size.
    pub paging_in_progress: Cell<E, u32>,
    /// While above 0, no task can busy a page of the object.
    pub busy: Cell<E, u32>,
    /// The non-anonymous object at the end of the chain, or the vnode's own. Constant.
    pub handle: Cell<E, Option<ObjectId>>,
    /// `object.cred`: swap is reserved for its pages. Write lock, or the map lock of its only entry; an mmap reads
    /// that of the preceding entry's object without either.
    pub charged: Cell<E, bool>,
    /// The file of a vnode object. Constant.
    pub file: Cell<E, Option<FileId>>,
    /// References that running operations hold: bookkeeping for E01.
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
    /// Whether the object is anonymous (OBJ_ANON).
    #[inline]
    pub fn is_anon(&self, cx: &Cx<'_, E>) -> bool {
        self.flags.load(cx).contains(ObjectFlags::ANON)
    }
    /// Whether any of the flags is set.
    #[inline]
    pub fn has(&self, cx: &Cx<'_, E>, flag: ObjectFlags) -> bool {
        self.flags.load(cx).intersects(flag)
    }
    /// Sets flags. The caller holds the write lock.
    pub fn set_flags(&self, cx: &Cx<'_, E>, flags: ObjectFlags) {
        self.change_flags(cx, self.flags.load(cx) | flags);
    }
    /// Clears flags. The caller holds the write lock.
    pub fn clear_flags(&self, cx: &Cx<'_, E>, flags: ObjectFlags) {
        self.change_flags(cx, self.flags.load(cx) - flags);
    }
    fn change_flags(&self, cx: &Cx<'_, E>, flags: ObjectFlags) {
        if flags != self.flags.load(cx) {
            self.flags.store(cx, flags);
            cx.emit(Event::ObjectFlags { object: self.id, flags });
        }
    }
    /// Whether a pager may have data of the object: decides whether a walk asks it (§8.2 F6).
    pub fn may_have_pager_data(&self, cx: &Cx<'_, E>) -> bool {
        match self.kind.load(cx) {
            ObjectType::Default | ObjectType::Dead => false,
            // With P12 the blocks decide; before it the type alone did.
            ObjectType::Swap => !cx.on(crate::policy::Switches::NO_DEFAULT_TYPE) || self.swap_count.get(cx) > 0,
            ObjectType::Vnode => true,
        }
    }
}

impl<E: Env> Cx<'_, E> {
    fn object_alloc(&self, kind: ObjectType, flags: ObjectFlags, size: u64, file: Option<FileId>) -> ObjectId {
        let id = ObjectId(self.objects.alloc(self));
        let o = self.object(id);
        if E::TRACING {
            self.env.name(Kind::Object, id.0, self.env.fresh_name(self.task));
        }
        // No other task can name the object yet: its cells need no lock.
        o.kind.store(self, kind);
        o.flags.store(self, flags);
        o.size.store(self, size);
        o.ref_count.store(self, 1);
        o.backing_object.store(self, None);
        o.backing_object_offset.set(self, 0);
        o.charged.store(self, false);
        o.handle.store(self, None);
        o.file.store(self, None);
        self.emit(Event::ObjectNew { object: id, vnode: kind == ObjectType::Vnode, size, file });
        self.emit(Event::ObjectFlags { object: id, flags });
        id
    }
    /// `vm_object_allocate_anon`: allocates an anonymous object of `size` pages with one reference. `hint` is the
    /// future backing object: it gives the handle and is not linked. `charged` says that swap is reserved for the
    /// pages.
    pub fn object_allocate_anon(&self, size: u64, hint: Option<ObjectId>, charged: bool) -> ObjectId {
        let kind = match self.on(crate::policy::Switches::NO_DEFAULT_TYPE) {
            true => ObjectType::Swap,
            false => ObjectType::Default,
        };
        let id = self.object_alloc(kind, ObjectFlags::ANON | ObjectFlags::ONEMAPPING, size, None);
        let handle = hint.and_then(|h| {
            let hinted = self.object(h);
            if hinted.is_anon(self) { hinted.handle.load(self) } else { Some(h) }
        });
        self.object(id).handle.store(self, handle);
        self.object(id).charged.store(self, charged);
        id
    }
    /// Allocates the object of a file, `size` pages long, with one reference.
    pub fn object_allocate_vnode(&self, file: FileId, size: u64) -> ObjectId {
        let id = self.object_alloc(ObjectType::Vnode, ObjectFlags::empty(), size, Some(file));
        self.object(id).handle.store(self, Some(id));
        self.object(id).file.store(self, Some(file));
        id
    }
    /// `vm_object_reference`: adds a reference in one atomic step; needs no lock. The object is not dead (I02).
    pub fn object_reference(&self, id: ObjectId) {
        let o = self.object(id);
        let count = self.env.untracked(|| o.ref_count.add(self, 1)) + 1;
        self.emit(Event::ObjectRef { object: id, count });
        self.kassert(!o.has(self, ObjectFlags::DEAD), Property::I02, (Some(id), None), || {
            "a dead object is referenced".into()
        });
    }
    /// Adds a reference that the running operation holds for itself (a transient holder, E01).
    pub fn object_hold(&self, id: ObjectId) {
        self.object(id).transient_refs.note(&self.env, 1);
        self.object_reference(id);
    }
    /// Makes the reference of an entry or a link the operation's own, which it drops by [`Cx::object_deallocate`].
    pub fn object_take_over(&self, id: ObjectId) {
        self.object(id).transient_refs.note(&self.env, 1);
    }
    /// Gives the operation's own reference to an entry or a link.
    pub fn object_hand_over(&self, id: ObjectId) {
        self.object(id).transient_refs.note(&self.env, -1);
    }
    /// Drops one reference, atomically or under the lock; returns the count left.
    pub(crate) fn object_unref(&self, id: ObjectId) -> u32 {
        let before = self.object(id).ref_count.add(self, -1);
        self.kassert(before > 0, Property::I03, (Some(id), None), || "a reference too many is dropped".into());
        self.emit(Event::ObjectRef { object: id, count: before.wrapping_sub(1) });
        before.wrapping_sub(1)
    }

    // ---- links (§9.3): the caller holds the shadow's write lock, and an anonymous backing object's too ----

    /// `backing_insert_locked`: makes `o` a shadow of `b`. The caller's reference on `b` passes to the link.
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
    /// `backing_remove_locked`: `o` no longer shadows its backing object. The link's reference passes to the caller.
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
    /// Locks `b` for writing if it is anonymous, as linking and unlinking need it. Returns whether it did.
    pub async fn lock_if_anon(&self, b: ObjectId) -> bool {
        let anon = self.object(b).is_anon(self);
        if anon {
            self.object(b).lock.lock(self, Mode::Write).await;
        }
        anon
    }

    /// `vm_object_shadow` (§9.5): gives an entry that must copy its own object above `source`. The caller holds the
    /// map's write lock and no object lock. `size` and `offset` are in pages. Returns `None` if the entry is the sole
    /// owner of an anonymous source. With `shared` the result has two references, for two families of entries.
    /// `charged` is the entry's charge, which passes to the result.
    pub async fn object_shadow(
        &self,
        source: Option<ObjectId>,
        offset: u64,
        size: u64,
        charged: bool,
        shared: bool,
    ) -> Option<ObjectId> {
        let _routine = self.inside(Routine::ObjectShadow);
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
