//! `swap_pager_putpages`: writing (§13.5).

use crate::detail;
use crate::env::Env;
use crate::event::Event;
use crate::ids::ObjectId;
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::vm::object::ObjectType;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Writes a page of object `id` to a new block, to completion; the page's previous block is freed once the write
    /// is under way. The page is share-busy, write-protected and dirty, and has a pip of the object; the routine
    /// releases both. The caller holds the object's write lock on entry and not on return. Returns whether the device
    /// had room.
    pub(crate) async fn swap_putpage(&self, id: ObjectId, page: &Page<E>) -> bool {
        let _routine = self.inside(Routine::SwapPutpages);
        let o = self.object(id);
        let index = page.pindex.load(self);
        let dirty = page.dirty.load(self) && page.object.load(self) == Some(id);
        self.kassert(dirty, Property::APager5, (Some(id), Some(index)), || {
            detail!("{} is written although it is clean or another object's", page.frame)
        });
        if o.kind.load(self) == ObjectType::Default {
            // Whether or not there is room.
            o.kind.store(self, ObjectType::Swap);
        }
        o.lock.unlock(self).await;
        let block = self.swap.take(self);
        o.lock.lock(self, Mode::Write).await;
        let Some(block) = block else {
            // VM_PAGER_FAIL: the page stays as it is (PQ_UNSWAPPABLE).
            self.write_done(id, page, false).await;
            return false;
        };
        page.clear_flag(self, PageFlags::SWAP_FREE);
        let before = self.swap_detach(id, index);
        self.swap_attach(id, index, block);
        o.lock.unlock(self).await;
        self.point(Step::PagerPut).await;
        self.env.frame_copy(page.frame, block);
        self.emit(Event::PageWrite { page: page.frame, file: None, value: self.env.frame_peek(block, 0) });
        if let Some(before) = before {
            self.swap.put(self, before);
        }
        self.point(Step::PagerDone).await;
        o.lock.lock(self, Mode::Write).await;
        self.write_done(id, page, true).await;
        true
    }

    /// `swp_pager_async_iodone` of a write: makes the page clean if it was written, and releases it. The object's
    /// write lock is held on entry and dropped on return.
    async fn write_done(&self, id: ObjectId, page: &Page<E>, written: bool) {
        if written {
            let writable = page.flags.load(self).contains(PageFlags::WRITEABLE);
            self.kassert(!writable, Property::APager2, page.about(&self.env), || {
                detail!("{} may be written through a mapping while it is paged out", page.frame)
            });
            page.set_flag(self, PageFlags::SWAP_SPACE);
            page.undirty(self);
            page.note_forgone(self, false);
        }
        page.sunbusy(self);
        self.pip_drop(id);
        self.object(id).lock.unlock(self).await;
    }
}
