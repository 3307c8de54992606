//! `vnode_pager_getpages` and `vnode_pager_putpages`: reading and writing the pages of files.
//!
//! As for the swap device, the task that starts an I/O completes it, with points before and after the transfer: see
//! [`crate::vm::swap`].

use crate::detail;
use crate::env::Env;
use crate::event::Event;
use crate::ids::ObjectId;
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vnode_pager_getpages`: fills one page of a vnode object, which the caller holds exclusively busy, with the
    /// object unlocked. A read has two points: before it and when it is done.
    pub async fn vnode_getpage(&self, object: ObjectId, page: &Page<E>) {
        let _routine = self.inside(Routine::VnodeGetpages);
        self.point(Step::PagerGet).await;
        let Some(file) = self.object(object).file.load(self) else { return };
        let value = self.file_word(file, page.pindex.load(self));
        self.env.frame_zero(page.frame);
        self.env.frame_store(page.frame, 0, value);
        self.point(Step::PagerDone).await;
        self.emit(Event::PageFill { page: page.frame, value });
        page.make_valid(self);
    }

    /// `vnode_pager_putpages`, and the rest of `vm_pageout_flush` after it: writes a run of pages of the vnode object
    /// `id` to its file. They are share-busy, write-protected and dirty, with a pip of the object each; the routine
    /// makes them clean and releases them. The caller holds the vnode lock, and the object's write lock on entry and
    /// on return.
    ///
    /// The pages stay dirty until the object is locked again: a task that frees a clean page (the daemon) or asks
    /// whether there is a dirty one (the next scan) must not rely on a write that is under way.
    pub(crate) async fn vnode_putpages(&self, id: ObjectId, run: &[&Page<E>]) {
        let _routine = self.inside(Routine::VnodePutpages);
        let o = self.object(id);
        for page in run {
            let dirty = page.dirty.load(self) && page.object.load(self) == Some(id);
            self.kassert(dirty, Property::APager5, page.about(&self.env), || {
                detail!("{} is written although it is clean or another object's", page.frame)
            });
        }
        o.lock.unlock(self).await;
        self.point(Step::PagerPut).await;
        if let Some(file) = o.file.load(self) {
            for page in run {
                let value = self.env.untracked(|| self.env.frame_load(page.frame, 0));
                self.set_file_word(file, page.pindex.load(self), value);
                self.emit(Event::PageWrite { page: page.frame, file: Some(file), value });
            }
        }
        self.point(Step::PagerDone).await;
        o.lock.lock(self, Mode::Write).await;
        run.iter().for_each(|page| page.undirty(self));
        for page in run {
            let writable = page.flags.load(self).contains(PageFlags::WRITEABLE);
            self.kassert(!writable, Property::APager2, page.about(&self.env), || {
                detail!("{} may be written through a mapping while it is paged out", page.frame)
            });
            self.pip_drop(id);
            page.sunbusy(self);
        }
    }
}
