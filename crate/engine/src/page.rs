//! `vm_page`: the state of a frame, and the primitives of vm.md §11.8.

pub mod busy;

use crate::detail;
use crate::env::{Cell, Env, Guarded};
use crate::event::Event;
use crate::finding::{About, FindingKind};
use crate::ids::{ObjectId, PvId};
use crate::lock::Spin;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::property::Property;
use crate::sync::Channel;
use crate::word::{Kind, Place, Word, mix};
use crate::world::{Cx, FreeOrder};
use bitflags::bitflags;
use busy::FREED;

bitflags! {
    /// `a.flags`: atomic page flags.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct PageFlags: u8 {
        /// PGA_WRITEABLE: the page may have a writable mapping.
        const WRITEABLE = 1;
        /// PGA_REFERENCED: the pmap has harvested a reference.
        const REFERENCED = 2;
        /// PGA_SWAP_SPACE: the page was read from or written to its block, and equals it unless dirty.
        const SWAP_SPACE = 4;
        /// PGA_SWAP_FREE: its block is stale; the next task that holds the object's lock frees it.
        const SWAP_FREE = 8;
    }
}

crate::word::flags_word!(PageFlags(u8));

/// VPRC_OBJREF: the page is owned by an object. The low bits of `ref_count` count wirings.
pub const OBJREF: u32 = 0x8000_0000;

/// `struct vm_page`, named by the number of its frame.
pub struct Page<E: Env> {
    /// Its frame.
    pub frame: FrameNo,
    /// Identity: owner and index there. Only a task that holds the page exclusively busy and the object's write lock
    /// changes it; tasks that verify it read it without a lock.
    pub object: Cell<E, Option<ObjectId>>,
    /// See `object`.
    pub pindex: Cell<E, PageIndex>,
    /// The busy word (vm.md §5.1).
    pub busy: Cell<E, u64>,
    /// [`OBJREF`] and the number of wirings.
    pub ref_count: Cell<E, u32>,
    /// Contents are valid. Set under busy; cleared under busy + object write lock + unmapped.
    pub valid: Cell<E, bool>,
    /// The contents differ from what a pager has. Set under busy, or by the pmap for a page that is mapped writable.
    pub dirty: Cell<E, bool>,
    /// PGA_* flags. Atomic.
    pub flags: Cell<E, PageFlags>,
    /// First PV entry. PV lock of the page.
    pub pv_head: Guarded<E, Option<PvId>>,
    /// Of a page-table page: number of valid entries. Pmap lock.
    pub table_refs: Guarded<E, u32>,
    /// The page is clean although it was written to, by madvise(FREE): bookkeeping for E12.
    pub(crate) forgone: Cell<E, bool>,
    /// Next free frame. Lock of the free list.
    next_free: Guarded<E, Option<FrameNo>>,
}

impl<E: Env> Page<E> {
    /// A free page; [`FreeList::new`] links it.
    pub fn new(env: &E, frame: FrameNo) -> Self {
        let at = |field| Place::at(Kind::Frame, frame.0, field);
        let next = FrameNo(frame.0 + 1);
        Page {
            frame,
            object: Cell::new(env, Place::NOWHERE, None),
            pindex: Cell::new(env, Place::NOWHERE, PageIndex(0)),
            busy: Cell::new(env, at(1), FREED),
            ref_count: Cell::new(env, at(2), 0),
            valid: Cell::new(env, at(3), false),
            dirty: Cell::new(env, at(4), false),
            flags: Cell::new(env, at(5), PageFlags::empty()),
            pv_head: Guarded::new(env, Place::NOWHERE, None),
            table_refs: Guarded::new(env, Place::NOWHERE, 0),
            forgone: Cell::new(env, Place::NOWHERE, false),
            next_free: Guarded::new(env, Place::NOWHERE, Some(next)),
        }
    }
    /// Names the page for findings.
    pub fn about(&self, env: &E) -> About {
        let object = self.object.peek(env);
        About { object, page: object.map(|_| self.pindex.peek(env)), frame: Some(self.frame) }
    }
    /// `pmap_page_is_mapped`: whether any page-table entry translates to it.
    pub fn is_mapped(&self, cx: &Cx<'_, E>) -> bool {
        cx.declare_mappings(self.frame, false);
        cx.env.outcome(|| cx.pv_lock(self.frame).with(cx, || self.pv_head.get(cx).is_some()))
    }
    /// Number of wirings.
    pub fn wired(&self, cx: &Cx<'_, E>) -> u32 {
        self.ref_count.load(cx) & !OBJREF
    }
    /// Sets an atomic flag.
    pub fn set_flag(&self, cx: &Cx<'_, E>, flag: PageFlags) {
        loop {
            let now = self.flags.load(cx);
            if now.contains(flag) || self.flags.cas(cx, now, now | flag).is_ok() {
                return;
            }
        }
    }
    /// Clears an atomic flag.
    pub fn clear_flag(&self, cx: &Cx<'_, E>, flag: PageFlags) {
        loop {
            let now = self.flags.load(cx);
            if !now.intersects(flag) || self.flags.cas(cx, now, now - flag).is_ok() {
                return;
            }
        }
    }
    /// `vm_page_dirty`: marks all of the page modified. It must be valid (A-page-6).
    pub fn make_dirty(&self, cx: &Cx<'_, E>) {
        cx.kassert(self.valid.load(cx), Property::APage6, self.about(&cx.env), || {
            detail!("dirtied {} although it is not valid", self.frame)
        });
        if !self.dirty.load(cx) {
            self.dirty.store(cx, true);
            cx.emit(Event::PageDirty { page: self.frame, dirty: true });
        }
    }
    /// `vm_page_undirty`: marks the page clean.
    pub fn undirty(&self, cx: &Cx<'_, E>) {
        if self.dirty.load(cx) {
            self.dirty.store(cx, false);
            cx.emit(Event::PageDirty { page: self.frame, dirty: false });
        }
    }
    /// Notes whether what was stored to the page may be lost (madvise(FREE)).
    pub(crate) fn note_forgone(&self, cx: &Cx<'_, E>, forgone: bool) {
        if E::TRACING {
            cx.env.opaque_effect(|| self.forgone.store(cx, forgone));
        }
    }
    /// `vm_page_valid`: marks the contents valid. The caller holds the page busy.
    pub fn make_valid(&self, cx: &Cx<'_, E>) {
        cx.kassert(self.is_busy(cx), Property::APage6, self.about(&cx.env), || {
            detail!("{} became valid while not busy", self.frame)
        });
        if !self.valid.load(cx) {
            self.valid.store(cx, true);
            cx.emit(Event::PageValid { page: self.frame, valid: true });
        }
    }
    /// `vm_page_invalid`: drops the contents. The caller holds the page busy and the object's write lock; the page is
    /// unmapped.
    pub fn invalidate(&self, cx: &Cx<'_, E>) {
        self.undirty(cx);
        if self.valid.load(cx) {
            self.valid.store(cx, false);
            cx.emit(Event::PageValid { page: self.frame, valid: false });
        }
    }
    fn rename_container(&self, cx: &Cx<'_, E>, owner: Option<(ObjectId, PageIndex)>) {
        if E::TRACING {
            let name = owner.map_or(0, |(o, i)| mix(cx.env.name_of(Kind::Object, o.0), i.0 + 1) | 1);
            cx.env.name(Kind::Frame, self.frame.0, name);
        }
    }
    /// `vm_page_insert`: makes the page `object[index]`, an empty slot. The caller holds the object's write lock.
    pub fn insert(&self, cx: &Cx<'_, E>, id: ObjectId, index: PageIndex) {
        let object = cx.object(id);
        cx.kassert(self.object.load(cx).is_none(), Property::APage3, self.about(&cx.env), || {
            detail!("inserted {} that has an owner", self.frame)
        });
        self.object.store(cx, Some(id));
        self.pindex.store(cx, index);
        self.ref_count.add(cx, OBJREF as i32);
        self.rename_container(cx, Some((id, index)));
        object.pages.insert(cx, index, self.frame);
        object.resident_page_count.set(cx, object.resident_page_count.get(cx) + 1);
    }
    /// The page is about to leave its place: frees a stale block (`vm_page_object_remove`); a good block stays with
    /// the object, and the page has none from here on.
    fn leave_swap(&self, cx: &Cx<'_, E>) {
        cx.page_deferred_unswap(self);
        self.clear_flag(cx, PageFlags::SWAP_SPACE);
    }
    /// `vm_page_remove_xbusy`: takes the page out of its object; the caller holds the object's write lock and keeps
    /// the page exclusively busy. Returns whether the page has no wirings, so that the caller frees it.
    pub fn remove_xbusy(&self, cx: &Cx<'_, E>) -> bool {
        let Some(id) = self.object.load(cx) else { return true };
        let index = self.pindex.load(cx);
        cx.kassert(self.is_xbusy(cx), Property::APage4, (Some(id), Some(index)), || {
            detail!("{} leaves its object while not exclusively busy", self.frame)
        });
        self.leave_swap(cx);
        let object = cx.object(id);
        object.pages.remove(cx, index);
        object.resident_page_count.set(cx, object.resident_page_count.get(cx) - 1);
        self.object.store(cx, None);
        let before = self.ref_count.add(cx, OBJREF.wrapping_neg() as i32);
        self.rename_container(cx, None);
        cx.emit(Event::PageRemove { page: self.frame, object: id, index });
        before == OBJREF
    }
    /// `vm_page_rename`: moves the page to `to[to_index]`. The caller holds it exclusively busy and both objects'
    /// write locks. Mappings, wirings and contents stay; the page becomes dirty (without P08 even an invalid one:
    /// rulings R18).
    pub fn rename(&self, cx: &Cx<'_, E>, to: ObjectId, to_index: PageIndex) {
        let Some(from) = self.object.load(cx) else { return };
        let from_index = self.pindex.load(cx);
        cx.kassert(self.is_xbusy(cx), Property::APage4, (Some(from), Some(from_index)), || {
            detail!("{} is renamed while not exclusively busy", self.frame)
        });
        self.leave_swap(cx);
        let (source, target) = (cx.object(from), cx.object(to));
        cx.kassert(target.pages.get(cx, to_index).is_none(), Property::APage4, (Some(to), Some(to_index)), || {
            detail!("{} is renamed to where there is a page already", self.frame)
        });
        source.pages.remove(cx, from_index);
        source.resident_page_count.set(cx, source.resident_page_count.get(cx) - 1);
        self.pindex.store(cx, to_index);
        self.object.store(cx, Some(to));
        target.pages.insert(cx, to_index, self.frame);
        target.resident_page_count.set(cx, target.resident_page_count.get(cx) + 1);
        self.rename_container(cx, Some((to, to_index)));
        cx.emit(Event::PageRename { page: self.frame, from, from_index, to, to_index });
        if self.valid.load(cx) || !cx.on(crate::policy::Switches::SCAN_REJ_INVALID) {
            self.make_dirty(cx);
        }
    }
    /// `vm_page_free`: puts the frame on the free list. A page that is still mapped is the race's finding (I13 if the
    /// caller is a collapse scan, A-page-2 elsewhere). The caller holds an owned page exclusively busy and its
    /// object's write lock.
    pub fn free(&self, cx: &Cx<'_, E>, property: Property) {
        self.free_as(cx, property, self.about(&cx.env));
    }
    /// `vm_object_terminate_pages`: takes the page out of an object that is terminated as a whole, and frees it
    /// unless it is wired.
    pub(crate) fn detach_and_free(&self, cx: &Cx<'_, E>) {
        let about = self.about(&cx.env);
        if let (Some(object), Some(index)) = (about.object, about.page) {
            cx.emit(Event::PageRemove { page: self.frame, object, index });
        }
        self.object.store(cx, None);
        let before = self.ref_count.add(cx, OBJREF.wrapping_neg() as i32);
        self.rename_container(cx, None);
        if before == OBJREF {
            self.free_as(cx, Property::APage2, about);
        }
    }
    fn free_as(&self, cx: &Cx<'_, E>, property: Property, about: About) {
        if self.is_mapped(cx) {
            let who = cx.describe_mappings(self.frame);
            cx.find(FindingKind::FreedWhileMapped, property, about, detail!("{} is freed while {}", self.frame, who));
        }
        if self.object.load(cx).is_some() {
            self.remove_xbusy(cx);
        }
        self.undirty(cx);
        self.valid.store(cx, false);
        self.clear_flag(cx, PageFlags::all());
        let wired = self.wired(cx);
        cx.kassert(wired == 0, Property::APage2, about, || detail!("{} is freed with {} wirings", self.frame, wired));
        self.set_freed(cx);
        cx.emit(Event::PageFree { page: self.frame });
        cx.free.put(cx, self.frame);
    }
    /// Frees the page if it has no wirings; else releases it. The caller holds it exclusively busy and its object's
    /// write lock.
    pub fn free_or_unbusy(&self, cx: &Cx<'_, E>, property: Property) {
        if self.wired(cx) == 0 {
            self.free(cx, property);
        } else {
            self.xunbusy(cx);
        }
    }
}

/// The free list: LIFO, or FIFO if the scenario asks for it.
pub struct FreeList<E: Env> {
    lock: Spin<E>,
    head: Guarded<E, Option<FrameNo>>,
    tail: Guarded<E, Option<FrameNo>>,
    /// Number of free frames. Tasks that only want a hint read it without the lock.
    pub count: Cell<E, u32>,
}

impl<E: Env> FreeList<E> {
    /// Puts all of `frames` frames on the list, lowest first, except frame 0: address 0 in a table entry would be
    /// hard to tell from an empty entry.
    pub fn new(env: &E, frames: u32) -> Self {
        FreeList {
            lock: Spin::new(env),
            head: Guarded::new(env, Place::NOWHERE, (frames > 1).then_some(FrameNo(1))),
            tail: Guarded::new(env, Place::NOWHERE, (frames > 1).then(|| FrameNo(frames - 1))),
            count: Cell::new(env, Place::NOWHERE, frames.saturating_sub(1)),
        }
    }
    /// Takes a frame; `None` if the list is empty.
    pub fn take(&self, cx: &Cx<'_, E>) -> Option<FrameNo> {
        self.lock.with(cx, || {
            // Which frame it is becomes live only once the caller has it.
            let taken = cx.env.untracked(|| {
                if self.count.load(cx) == 0 {
                    return None;
                }
                let frame = self.head.get(cx)?;
                self.head.set(cx, cx.page(frame).next_free.get(cx));
                self.count.add(cx, -1);
                Some(frame)
            });
            cx.env.observe(u64::from(taken.is_some()), None);
            cx.env.observe_exact(taken.pack());
            taken
        })
    }
    /// Puts a frame back and wakes the tasks that wait for memory.
    pub fn put(&self, cx: &Cx<'_, E>, frame: FrameNo) {
        let put = || {
            let empty = self.count.load(cx) == 0;
            if empty || cx.config.free_order == FreeOrder::Lifo {
                cx.page(frame).next_free.set(cx, if empty { None } else { self.head.get(cx) });
                self.head.set(cx, Some(frame));
                if empty {
                    self.tail.set(cx, Some(frame));
                }
            } else {
                if let Some(tail) = self.tail.get(cx) {
                    cx.page(tail).next_free.set(cx, Some(frame));
                }
                self.tail.set(cx, Some(frame));
            }
            self.count.add(cx, 1);
        };
        self.lock.with(cx, || cx.env.untracked(put));
        cx.env.wakeup(Channel::Memory);
    }
}

impl<'w, E: Env> Cx<'w, E> {
    /// The lock of a frame's PV list, which other frames share.
    #[inline]
    pub fn pv_lock(&self, frame: FrameNo) -> &'w Spin<E> {
        &self.world().pv_locks[frame.0 as usize % crate::world::PV_LOCKS]
    }
    /// `vm_page_alloc`: makes a free frame `object[index]`, exclusively busy and invalid. The caller holds the
    /// object's write lock, and the slot is empty. `None` if no frame is free.
    pub fn page_alloc(&self, object: ObjectId, index: PageIndex) -> Option<&'w Page<E>> {
        self.assert_locked(self.object(object).lock.id(), crate::sync::Mode::Write);
        self.kassert(
            self.object(object).pages.get(self, index).is_none(),
            Property::APage1,
            (Some(object), Some(index)),
            || "allocated a page where there is one".into(),
        );
        let page = self.page(self.free.take(self)?);
        self.emit(Event::PageAlloc { page: page.frame, object, index });
        page.ref_count.store(self, 0);
        page.note_forgone(self, false);
        page.set_xbusy_new(self);
        page.insert(self, object, index);
        Some(page)
    }
    /// `vm_page_replace`: puts `new` (unowned) in the place of `old`, which is freed if unwired. The caller holds
    /// both exclusively busy, and the object's write lock.
    pub fn page_replace(&self, new: &Page<E>, object: ObjectId, index: PageIndex, old: &Page<E>) {
        self.kassert(
            old.is_xbusy(self) && new.object.load(self).is_none(),
            Property::APage4,
            (Some(object), Some(index)),
            || "replaced a page that is not exclusively busy, or by one that has an owner".into(),
        );
        old.remove_xbusy(self);
        new.insert(self, object, index);
        self.emit(Event::PageInsert { page: new.frame, object, index });
        if old.wired(self) == 0 {
            old.free(self, Property::APage2);
        } else {
            old.xunbusy(self);
        }
    }
    /// `vm_page_lookup`: the page at `object[index]`. The caller holds the object's lock.
    pub fn page_lookup(&self, object: ObjectId, index: PageIndex) -> Option<&'w Page<E>> {
        self.object(object).pages.get(self, index).map(|f| self.page(f))
    }
}
