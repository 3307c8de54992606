//! `vm_map_delete`: unmapping (vm.md §12.5, rulings R21).

use super::entry::range_check;
use crate::env::Env;
use crate::event::Event;
use crate::ids::{EntryId, ObjectId, SpaceId};
use crate::kern::Kern;
use crate::kern::ObjectFlags;
use crate::machine::addr::{PageIndex, VirtAddr};
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `munmap`: unmaps `[start, end)`; holes are no error. Fails with `InvalidArgument` as `range_check` does. The
    /// caller holds no lock, on return either.
    pub async fn munmap(&self, space: SpaceId, start: VirtAddr, end: VirtAddr) -> Result<(), Kern> {
        let _routine = self.inside(Routine::Munmap);
        range_check(start, end)?;
        self.map_lock(space).await;
        self.map_delete(space, start, end).await;
        self.map_unlock(space).await;
        Ok(())
    }

    /// `vm_map_delete`: deletes entry by entry, each entry's mappings first; otherwise a frame could be reused while
    /// a page-table entry still translates to it. The caller holds the map's write lock; references are left to
    /// [`Cx::map_unlock`].
    pub(super) async fn map_delete(&self, space: SpaceId, start: VirtAddr, end: VirtAddr) {
        let _routine = self.inside(Routine::MapDelete);
        let (prev, mut at) = self.map_clip_start(space, start).await;
        while let Some(id) = self.within(at, end) {
            let e = self.entry(id);
            self.map_clip_end(space, id, end).await;
            at = e.next.get(self);
            if !e.is_guard(self) {
                self.pmap_remove(space, e.start.get(self), e.end.get(self)).await;
            }
            self.map_entry_delete(space, prev, id).await;
        }
    }

    /// `vm_map_entry_delete`: deletes the entry after `prev`, and frees the pages that only it could see of an object
    /// that lives on. The caller holds the map's write lock.
    async fn map_entry_delete(&self, space: SpaceId, prev: Option<EntryId>, id: EntryId) {
        let _routine = self.inside(Routine::MapEntryDelete);
        let e = self.entry(id);
        self.map_entry_unlink(space, prev, id);
        let (start, end) = (e.start.get(self), e.end.get(self));
        self.model(space, |model| model.unmapped(space, start, end));
        let (object, first, next) = (e.object.get(self), e.offset.get(self), e.next_index(self));
        e.object.set(self, None);
        self.entries.release(self, id.0);
        if let Some(object) = object {
            self.object_take_over(object);
            if self.object(object).is_anon(self) {
                self.entry_pages_free(object, first, next).await;
            }
            self.deferred.borrow_mut().push(object);
        }
    }

    /// Frees the pages `[first, next)` of a private object that has other entries, and reduces its size if they were
    /// its last.
    async fn entry_pages_free(&self, id: ObjectId, first: PageIndex, next: PageIndex) {
        let o = self.object(id);
        o.lock.lock(self, Mode::Write).await;
        if o.ref_count.load(self) != 1 && o.has(self, ObjectFlags::ONEMAPPING) {
            self.object_collapse(id).await;
            self.object_page_remove(id, first, next, true).await;
            let size = o.size.load(self);
            if next.0 >= size && first.0 < size {
                o.size.store(self, first.0);
                self.emit(Event::ObjectSize { object: id, size: first.0 });
            }
        }
        o.lock.unlock(self).await;
    }
}
