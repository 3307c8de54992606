//! `vm_object_terminate`: tears an object down (vm.md §9.8).
//!
//! The task that unmapped the address ranges has already removed the mappings of its pages; nothing here does. A page
//! that is still mapped when it is freed here is the COW fault race.

use crate::detail;
use crate::env::Env;
use crate::event::Event;
use crate::finding::FindingKind;
use crate::ids::ObjectId;
use crate::kern::ObjectFlags;
use crate::machine::addr::PageIndex;
use crate::property::Property;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::vm::object::ObjectType;
use crate::word::Kind;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Waits for paging in progress to drain and tears the object down. It is dead, without references and without a
    /// backing object; the caller holds its write lock on entry, and on return it is unlocked and gone.
    pub async fn object_terminate(&self, id: ObjectId) {
        let _routine = self.inside(Routine::ObjectTerminate);
        let o = self.object(id);
        let _scope = self.scope();
        self.assert_locked(o.lock.id(), Mode::Write);
        let about = (Some(id), None);
        self.kassert(
            o.has(self, ObjectFlags::DEAD) && !o.has(self, ObjectFlags::COLLAPSING),
            Property::I05,
            about,
            || "terminated while not dead, or while collapsing".into(),
        );
        self.kassert(o.backing_object.load(self).is_none(), Property::I05, about, || {
            "terminated with a backing object".into()
        });
        self.pip_wait(id).await;
        let refs = o.ref_count.load(self);
        self.kassert(refs == 0, Property::I05, about, || detail!("terminated with {} references", refs));

        let mut from = PageIndex(0);
        while let Some((index, frame)) = o.pages.next(self, from) {
            let page = self.page(frame);
            self.kassert(!page.is_busy(self), Property::I06, (Some(id), Some(index)), || {
                detail!("terminated with a busy page ({})", page.busy_state(&self.env))
            });
            page.detach_and_free(self);
            from = index + 1;
        }
        o.pages.clear(self);
        o.resident_page_count.set(self, 0);
        self.swap_free_all(id);
        o.kind.store(self, ObjectType::Dead);
        o.lock.unlock(self).await;
        self.object_destroy(id);
    }

    /// `vm_object_destroy` and the zone's destructor (I01): puts the struct back into its type-stable pool.
    pub(crate) fn object_destroy(&self, id: ObjectId) {
        let o = self.object(id);
        let left = [
            ("references", u64::from(o.ref_count.load(self))),
            ("paging in progress", u64::from(o.paging_in_progress.load(self))),
            ("object busy", u64::from(o.busy.load(self))),
            ("shadows", u64::from(o.shadow_count.load(self))),
            ("resident pages", o.resident_page_count.get(self)),
            ("swap blocks", o.swap_count.get(self)),
        ];
        for (what, count) in left {
            self.kassert(count == 0, Property::I01, (Some(id), None), || detail!("destroyed with {}: {}", what, count));
        }
        if let Some(file) = o.file.load(self) {
            self.file(file).object.store(self, None);
        }
        if !self.objects.release(self, id.0) {
            return self.find(
                FindingKind::Assertion,
                Property::I01,
                (Some(id), None),
                "destroyed although it is gone".into(),
            );
        }
        self.emit(Event::ObjectFree { object: id });
        if E::TRACING {
            self.env.name(Kind::Object, id.0, 0);
        }
    }
}
