//! `vm_object_page_clean`: writes the dirty pages of a file's object back (vm.md §11.5).
//!
//! Two generations say whether it may have any: the object's moves whenever a page of it is about to be mapped
//! writable, and a scan that leaves nothing dirty stores the one it began with. The only question ever asked is
//! whether the generation is still the one that a scan has seen. So it moves only if a scan has seen it ([`SCANNED`]
//! is set), and the number of faults does not tell states apart.

use crate::env::{Env, Scope};
use crate::ids::{FileId, ObjectId};
use crate::machine::addr::{FrameNo, PageIndex};
use crate::page::Page;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

/// Bit of a generation: a scan has begun with it. A file's first generation counts as scanned.
pub const SCANNED: u64 = 1;

/// `vm_pageout_page_count`: the maximum number of pages of one write.
const RUN: usize = 32;

impl<'w, E: Env> Cx<'w, E> {
    /// `vm_object_set_writeable_dirty`: a page of the object is about to be mapped writable. One atomic step, without
    /// a lock; the caller holds the page busy, or its object is busy as a whole.
    pub(crate) fn set_writeable_dirty(&self, id: ObjectId) {
        // Whether the object is a file's is not live after this.
        self.env.untracked(|| {
            let Some(file) = self.object(id).file.load(self) else { return };
            let generation = &self.file(file).generation;
            let mut now = generation.load(self);
            while now & SCANNED != 0
                && let Err(present) = generation.cas(self, now, now + 1)
            {
                now = present;
            }
        });
    }
    /// `vm_object_mightbedirty`: whether the file's object may have dirty pages.
    pub(crate) fn might_be_dirty(&self, id: FileId) -> bool {
        let file = self.file(id);
        file.generation.load(self) != file.clean_generation.get(self)
    }
    /// Begins a scan; returns its generation.
    fn scan_begin(&self, id: FileId) -> u64 {
        let generation = &self.file(id).generation;
        let mut now = generation.load(self);
        while now & SCANNED == 0
            && let Err(present) = generation.cas(self, now, now | SCANNED)
        {
            now = present;
        }
        now | SCANNED
    }

    /// Writes the dirty pages of `[start, end)` back, in runs; they stay resident, clean. With `sync` (OBJPC_SYNC)
    /// the scan starts again if a page became mapped writable meanwhile. The object is a file's; the caller holds its
    /// vnode lock, and its write lock on entry and on return. The scan drops the object lock during writes and while
    /// it waits for a busy page.
    pub(crate) async fn object_page_clean(&self, id: ObjectId, start: PageIndex, end: PageIndex, sync: bool) {
        let _routine = self.inside(Routine::ObjectPageClean);
        let o = self.object(id);
        self.assert_locked(o.lock.id(), Mode::Write);
        let Some(file) = o.file.load(self) else { return };
        if !self.might_be_dirty(file) || o.resident_page_count.get(self) == 0 {
            return;
        }
        let all = start.0 == 0 && end.0 >= o.size.load(self);
        let scope = self.scope();
        let mut generation = self.scan_begin(file);
        let mut from = start;
        loop {
            scope.restart();
            self.env.observe(generation, None);
            self.env.observe(from.0, None);
            let Some((index, frame)) = o.pages.next(self, from).filter(|&(index, _)| index < end) else { break };
            let unlocked;
            (from, unlocked) = self.clean_page(id, index, frame).await;
            if unlocked && sync && self.file(file).generation.load(self) != generation {
                (generation, from) = (self.scan_begin(file), start);
            }
        }
        scope.end();
        if all {
            self.env.untracked(|| self.file(file).clean_generation.set(self, generation));
        }
    }

    /// Cleans one page of the scan. Returns where the scan goes on, and whether it unlocked the object.
    async fn clean_page(&self, id: ObjectId, index: PageIndex, frame: FrameNo) -> (PageIndex, bool) {
        let (o, page) = (self.object(id), self.page(frame));
        let next = index + 1;
        if !page.valid.load(self) {
            return (next, false);
        }
        if !page.try_xbusy(self) {
            // `vm_page_busy_acquire` with VM_ALLOC_WAITFAIL: after the wait the scan looks the page up again.
            self.busy_sleep(page, id, false).await;
            o.lock.lock(self, Mode::Write).await;
            return (index, true);
        }
        self.point(Step::PageBusied).await;
        if !self.protect_dirty(page).await {
            return (next, false);
        }
        let (run, ahead) = self.collect_run(id, page).await;
        self.flush_begin(id, &run);
        self.vnode_putpages(id, &run).await;
        (index + ahead, true)
    }

    /// `vm_object_page_remove_write`: write-protects the page, which the caller holds exclusively busy. Returns
    /// whether it is dirty; if not, releases it.
    async fn protect_dirty(&self, page: &Page<E>) -> bool {
        self.pmap_remove_write(page).await;
        let dirty = page.dirty.load(self);
        if !dirty {
            page.xunbusy(self);
        }
        dirty
    }

    /// `vm_object_page_collect_flush`: returns the page and its dirty neighbours, first those after it, all
    /// exclusively busy and write-protected; and the number of them from the page on.
    async fn collect_run(&self, id: ObjectId, page: &'w Page<E>) -> (Vec<&'w Page<E>>, u64) {
        let index = page.pindex.load(self).0;
        let mut run = vec![page];
        while run.len() < RUN
            && let Some(page) = self.neighbour(id, index.checked_add(run.len() as u64)).await
        {
            run.push(page);
        }
        let ahead = run.len() as u64;
        while run.len() < RUN
            && let Some(page) = self.neighbour(id, index.checked_sub(run.len() as u64 - ahead + 1)).await
        {
            run.push(page);
        }
        (run, ahead)
    }

    /// The page at an index, exclusively busy and write-protected, if the scan can busy it without a wait and it is
    /// dirty.
    async fn neighbour(&self, id: ObjectId, index: Option<u64>) -> Option<&'w Page<E>> {
        let page = self.page_lookup(id, PageIndex(index?))?;
        if !page.try_xbusy(self) {
            return None;
        }
        self.point(Step::PageBusied).await;
        self.protect_dirty(page).await.then_some(page)
    }
}
