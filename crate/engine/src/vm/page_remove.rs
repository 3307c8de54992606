//! `vm_object_page_remove`: frees a range of an object's pages (vm.md §11.1).

use crate::env::{Env, Scope};
use crate::ids::ObjectId;
use crate::machine::addr::PageIndex;
use crate::property::Property;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Frees the pages and the swap blocks of `[start, end)` (before November 2020 every caller freed the blocks
    /// itself). The caller holds the object's write lock on entry and on return; the routine drops it while it waits
    /// for a busy page. With `not_mapped` the caller vouches that no mapping exists; else all mappings are removed
    /// first. Wired pages stay, invalid.
    pub async fn object_page_remove(&self, id: ObjectId, start: PageIndex, end: PageIndex, not_mapped: bool) {
        let _routine = self.inside(Routine::ObjectPageRemove);
        let o = self.object(id);
        self.pip_add(id);
        let mut from = start;
        let scope = self.scope();
        loop {
            scope.restart();
            self.env.observe(from.0, None);
            let Some((index, frame)) = o.pages.next(self, from).filter(|&(i, _)| i < end) else { break };
            let page = self.page(frame);
            if !page.try_xbusy(self) {
                self.busy_sleep(page, id, false).await;
                o.lock.lock(self, Mode::Write).await;
                from = start;
                continue;
            }
            if !not_mapped {
                self.pmap_remove_all(page).await;
            }
            if page.wired(self) > 0 {
                page.invalidate(self);
                page.xunbusy(self);
            } else {
                page.free(self, Property::APage2);
            }
            from = index + 1;
        }
        scope.end();
        self.swap_freespace(id, start, end);
        self.pip_drop(id);
    }
}
