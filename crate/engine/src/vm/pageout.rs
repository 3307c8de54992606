//! What the pageout daemon and the laundry do to one page (vm.md §14.3, §14.5).
//!
//! Queues are not modelled: the caller chooses the page. Neither holds a reference on the object: as long as the page
//! is busy or the object locked no task can terminate the object, and during a write paging in progress keeps it. The
//! laundry of a file's page waits for the vnode with neither, and so holds a reference.

use crate::detail;
use crate::env::Env;
use crate::ids::{FileId, ObjectId, SpaceId};
use crate::kern::ObjectFlags;
use crate::machine::addr::{PAGE_SHIFT, PageIndex, VirtAddr};
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

/// Passes after which the daemon leaves a referenced page alone.
const PASSES: u32 = 2;

impl<'w, E: Env> Cx<'w, E> {
    /// `vm_pageout_clean` of one page: writes `id[index]`, if dirty, to the swap device or to its file. The page
    /// stays resident, clean. Skips a page that is absent, busy, wired or clean, or for which there is no room. The
    /// caller holds the object's write lock on entry and not on return.
    pub async fn pageout(&self, id: ObjectId, index: PageIndex) {
        let _routine = self.inside(Routine::PageoutClean);
        let o = self.object(id);
        let Some(page) = self.page_to_scan(id, index).await else { return o.lock.unlock(self).await };
        let dead = o.has(self, ObjectFlags::DEAD);
        if dead || !page.valid.load(self) || page.wired(self) > 0 || !self.test_dirty(page) {
            page.xunbusy(self);
            return o.lock.unlock(self).await;
        }
        if let Some(file) = o.file.load(self) {
            return self.pageout_file(id, file, page).await;
        }
        self.pmap_remove_write(page).await;
        self.flush_begin(id, &[page]);
        self.swap_putpage(id, page).await;
    }

    /// The same for a page of a file, exclusively busy. A vnode is locked before an object, and no task waits for a
    /// vnode with a page busy: so the laundry releases the page and looks it up again. Its reference keeps the object
    /// and the vnode meanwhile.
    async fn pageout_file(&self, id: ObjectId, file: FileId, page: &Page<E>) {
        let (o, lock) = (self.object(id), &self.file(file).lock);
        let index = page.pindex.load(self);
        page.xunbusy(self);
        self.object_hold(id);
        o.lock.unlock(self).await;
        lock.lock(self, Mode::Read).await;
        o.lock.lock(self, Mode::Write).await;
        let same = self.page_lookup(id, index).is_some_and(|now| now.frame == page.frame);
        if same && page.dirty.load(self) && page.try_xbusy(self) {
            self.point(Step::PageBusied).await;
            if page.wired(self) > 0 {
                page.xunbusy(self);
            } else {
                self.pmap_remove_write(page).await;
                self.flush_begin(id, &[page]);
                self.vnode_putpages(id, &[page]).await;
            }
        }
        o.lock.unlock(self).await;
        lock.unlock(self).await;
        self.object_deallocate(id).await;
    }

    /// `vm_pageout_flush` up to the pager: downgrades a run of pages, which the caller holds exclusively busy, dirty
    /// and write-protected, to share-busy, and adds a pip for each. The caller holds the object's write lock.
    pub(crate) fn flush_begin(&self, id: ObjectId, run: &[&Page<E>]) {
        for page in run {
            let writable = page.flags.load(self).contains(PageFlags::WRITEABLE);
            self.kassert(page.valid.load(self) && !writable, Property::APager3, page.about(&self.env), || {
                detail!("{} is flushed although it is invalid or may be written", page.frame)
            });
            page.busy_downgrade(self);
        }
        run.iter().for_each(|_| self.pip_add(id));
    }

    /// The active and the inactive scan for one page: if no access has used it since the daemon's first pass, a clean
    /// page is unmapped and freed; a dirty one is left for the laundry. The caller holds the object's write lock on
    /// entry and not on return.
    pub async fn reclaim(&self, id: ObjectId, index: PageIndex) {
        let _routine = self.inside(Routine::PageoutScan);
        let o = self.object(id);
        for pass in 1..=PASSES {
            let Some(page) = self.page_to_scan(id, index).await else { break };
            if page.wired(self) > 0 {
                page.xunbusy(self);
                break;
            }
            if !page.valid.load(self) {
                page.free(self, Property::APage2);
                break;
            }
            let mappable = o.ref_count.load(self) != 0;
            let mut refs = u32::from(page.flags.load(self).contains(PageFlags::REFERENCED));
            page.clear_flag(self, PageFlags::REFERENCED);
            if mappable {
                refs += self.pmap_ts_referenced(page).await;
            }
            if refs > 0 {
                // The page goes to the active queue and comes back once.
                page.xunbusy(self);
                if pass < PASSES {
                    o.lock.unlock(self).await;
                    o.lock.lock(self, Mode::Write).await;
                }
                continue;
            }
            if mappable && !self.test_dirty(page) {
                self.pmap_remove_all(page).await;
            }
            if page.dirty.load(self) {
                page.xunbusy(self);
            } else {
                page.free(self, Property::APage2);
            }
            break;
        }
        o.lock.unlock(self).await;
    }

    /// Busies the page of a scan exclusively and frees its deferred swap; `None` if the page is absent or busy: the
    /// scan skips such pages. The caller holds the object's write lock.
    async fn page_to_scan(&self, id: ObjectId, index: PageIndex) -> Option<&'w Page<E>> {
        let page = self.page_lookup(id, index)?;
        if !page.try_xbusy(self) {
            return None;
        }
        self.point(Step::PageBusied).await;
        self.page_deferred_unswap(page);
        Some(page)
    }

    /// `vm_page_test_dirty`: dirties the page if the pmap says it was modified; returns whether it is dirty.
    fn test_dirty(&self, page: &Page<E>) -> bool {
        if !page.dirty.load(self) && self.pmap_is_modified(page) {
            page.make_dirty(self);
        }
        page.dirty.load(self)
    }

    /// Object and index of the page that `space` maps at `va`, if it is resident; walks down the chain hand over
    /// hand. The caller holds no lock, on return either.
    pub async fn page_shown(&self, space: SpaceId, va: VirtAddr) -> Option<(ObjectId, PageIndex)> {
        self.map_read_lock(space).await;
        let place = self.map_entry_at(space, va).and_then(|id| {
            let e = self.entry(id);
            let index = e.offset.get(self).0 + ((va.0 - e.start.get(self).0) >> PAGE_SHIFT);
            Some((e.object.get(self)?, PageIndex(index)))
        });
        let mut found = None;
        if let Some((mut id, mut index)) = place {
            self.object(id).lock.lock(self, Mode::Read).await;
            loop {
                let o = self.object(id);
                if self.page_lookup(id, index).is_some_and(|p| p.valid.load(self)) {
                    found = Some((id, index));
                    break;
                }
                let below = o.backing_object.load(self).filter(|_| self.swap_block(id, index).is_none());
                let Some(below) = below else { break };
                index += o.backing_object_offset.get(self);
                self.object(below).lock.lock(self, Mode::Read).await;
                o.lock.unlock(self).await;
                id = below;
            }
            self.object(id).lock.unlock(self).await;
        }
        self.map_read_unlock(space).await;
        found
    }
}
