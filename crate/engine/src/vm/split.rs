//! `vm_object_split`: gives a forked entry that covers part of a larger private object an object of its own (vm.md
//! §9.6).

use crate::env::{Env, Scope};
use crate::event::Event;
use crate::ids::{EntryId, ObjectId};
use crate::kern::ObjectFlags;
use crate::machine::addr::{PAGE_SHIFT, PageIndex};
use crate::page::Page;
use crate::policy::Switches;
use crate::property::Property;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::vm::object::ObjectType;
use crate::word::Word;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Moves the pages of `entry` out of its object `id`, which has `OBJ_ONEMAPPING` set. The caller holds the map's
    /// write lock and, on entry, the object's; on return it holds the write lock of the returned object, the new one
    /// or the same. Mappings stay as they are.
    pub async fn object_split(&self, entry: EntryId, id: ObjectId) -> ObjectId {
        let _routine = self.inside(Routine::ObjectSplit);
        let (e, o) = (self.entry(entry), self.object(id));
        self.kassert(o.has(self, ObjectFlags::ONEMAPPING), Property::I09, (Some(id), None), || {
            "split of an object with several mappings".into()
        });
        if !o.is_anon(self) || o.ref_count.load(self) <= 1 {
            return id;
        }
        let first = e.offset.get(self);
        let size = (e.end.get(self).0 - e.start.get(self).0) >> PAGE_SHIFT;
        o.lock.unlock(self).await;
        let new = self.object_allocate_anon(size, Some(id), o.charged.load(self));
        let n = self.object(new);
        o.lock.lock(self, Mode::Write).await;
        if self.on(Switches::COLLAPSING_FLAG) {
            self.collapse_wait(id).await;
        }
        n.lock.lock(self, Mode::Write).await;
        if let Some(b) = o.backing_object.load(self) {
            let locked = self.lock_if_anon(b).await;
            if locked && self.split_meets_dead(b) {
                self.object(b).lock.unlock(self).await;
                o.lock.unlock(self).await;
                n.lock.unlock(self).await;
                self.object_deallocate(new).await;
                o.lock.lock(self, Mode::Write).await;
                return id;
            }
            n.backing_object_offset.set(self, o.backing_object_offset.get(self) + first.0);
            self.backing_insert_ref_locked(new, b);
            if locked {
                self.object(b).lock.unlock(self).await;
            }
        }
        self.emit(Event::Split { object: id, into: new });
        if self.on(Switches::COLLAPSING_FLAG) {
            o.set_flags(self, ObjectFlags::SPLIT);
        }
        let swap = |o: &crate::vm::object::Object<E>| o.kind.load(self) == ObjectType::Swap;
        let mut moved: Vec<&Page<E>> = Vec::new();
        let mut from = first;
        let scope = self.scope();
        loop {
            scope.restart();
            self.env.observe(from.0, None);
            moved.iter().for_each(|page| self.env.observe_exact(page.frame.pack()));
            let next = o.pages.next(self, from).filter(|&(i, _)| i.0 < first.0 + size);
            let Some((index, frame)) = next else { break };
            let page = self.page(frame);
            if !page.try_xbusy(self) {
                n.lock.release(self);
                self.busy_sleep(page, id, false).await;
                o.lock.lock(self, Mode::Write).await;
                n.lock.lock(self, Mode::Write).await;
                from = first;
                continue;
            }
            if page.valid.load(self) {
                page.rename(self, new, PageIndex(index.0 - first.0));
                // No task may write the page out, or read its block, before the blocks have moved.
                if swap(o) {
                    moved.push(page);
                } else {
                    page.xunbusy(self);
                }
            } else {
                // Left by a waiting fault (D22653).
                page.free_or_unbusy(self, Property::APage2);
            }
            from = index + 1;
        }
        scope.end();
        moved.iter().for_each(|page| self.env.observe_exact(page.frame.pack()));
        if swap(o) {
            self.swap_copy(id, new, first.0, false);
        }
        moved.into_iter().for_each(|page| page.xunbusy(self));
        o.clear_flags(self, ObjectFlags::SPLIT);
        n.lock.unlock(self).await;
        o.lock.unlock(self).await;
        e.object.set(self, Some(new));
        e.offset.set(self, PageIndex(0));
        self.object_take_over(id);
        self.object_deallocate(id).await;
        n.lock.lock(self, Mode::Write).await;
        new
    }

    /// Before the rewrite only the dead flag says that a collapse is about to free the backing object `b`, locked
    /// here, and sleeps: the object is not split. The rewrite has waited for the end of the collapse (P05). OF5: the
    /// split does not look.
    fn split_meets_dead(&self, b: ObjectId) -> bool {
        !self.on(Switches::COLLAPSING_FLAG)
            && !self.on(Switches::SPLIT_MEETS_DEAD)
            && self.object(b).has(self, ObjectFlags::DEAD)
    }
}
