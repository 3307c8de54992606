//! `vm_object_coalesce`: extends an object in place for an adjacent mapping (vm.md §11.2).

use crate::env::Env;
use crate::event::Event;
use crate::ids::ObjectId;
use crate::kern::ObjectFlags;
use crate::machine::addr::PageIndex;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Makes the `pages` pages from `next` on, the index where the previous entry ends in its object, zero pages of
    /// that object. Returns whether it could: always if there is no object yet, never if those pages may be in use.
    /// The caller holds the map's write lock and no object lock; the entry holds a reference on the object.
    pub(super) async fn object_coalesce(&self, prev: Option<ObjectId>, next: PageIndex, pages: u64) -> bool {
        let _routine = self.inside(Routine::ObjectCoalesce);
        let Some(id) = prev else { return true };
        let o = self.object(id);
        if !o.is_anon(self) {
            return false;
        }
        o.lock.lock(self, Mode::Write).await;
        self.object_collapse(id).await;
        let others = o.ref_count.load(self) > 1 && o.size.load(self) != next.0 && !o.has(self, ObjectFlags::ONEMAPPING);
        if others || o.backing_object.load(self).is_some() {
            o.lock.unlock(self).await;
            return false;
        }
        let end = next + pages;
        if next.0 < o.size.load(self) {
            // Pages of an earlier mapping there.
            self.object_page_remove(id, next, end, false).await;
        }
        if end.0 > o.size.load(self) {
            o.size.store(self, end.0);
            self.emit(Event::ObjectSize { object: id, size: end.0 });
        }
        o.lock.unlock(self).await;
        true
    }
}
