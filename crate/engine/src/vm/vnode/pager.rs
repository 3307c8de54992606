//! `vnode_pager_getpages` and `vnode_pager_putpages`: pages of files in and out.
//!
//! As for the swap device, the task that starts an I/O sees it through, with points before and after
//! the transfer: see [`crate::vm::swap`].

use crate::env::Env;
use crate::event::Event;
use crate::ids::ObjectId;
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vnode_pager_getpages`: fills one exclusively busy page of a vnode object. The
    /// read takes two points: begun, and done.
    pub async fn vnode_getpage(&self, object: ObjectId, page: &Page<E>) {
        self.point(Step::PagerGet).await;
        let Some(file) = self.object(object).file.load(self) else { return };
        let value = self.file_word(file, page.pindex.load(self));
        self.env.frame_zero(page.frame);
        self.env.frame_store(page.frame, 0, value);
        self.point(Step::PagerDone).await;
        self.emit(Event::PageFill { page: page.frame, value });
        page.make_valid(self);
    }

    /// `vnode_pager_putpages`, and what `vm_pageout_flush` does when it is back: writes a run of pages
    /// of the vnode object `id` to its file. They are share-busy, write-protected and dirty, and have a
    /// pip of the object each; they are clean and released on return. The vnode is locked, and the
    /// object write-locked, before and after.
    ///
    /// The pages are dirty until the object is locked again: who frees a clean page
    /// (the daemon) or asks whether there is a dirty one (the next scan) must not believe in a write that
    /// is under way.
    pub(crate) async fn vnode_putpages(&self, id: ObjectId, run: &[&Page<E>]) {
        let o = self.object(id);
        for page in run {
            let dirty = page.dirty.load(self) && page.object.load(self) == Some(id);
            self.kassert(dirty, Property::APager5, page.about(&self.env), || {
                format!("frame {} is written although it is clean or another object's", page.frame.0)
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
                format!("frame {} may be written through a mapping while it is paged out", page.frame.0)
            });
            self.pip_drop(id);
            page.sunbusy(self);
        }
    }
}
