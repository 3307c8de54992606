//! `vinactive` and `vgone`: what happens to a file's object once the file is no longer mapped.

use crate::env::{Env, Scope};
use crate::ids::FileId;
use crate::kern::ObjectFlags;
use crate::machine::addr::PageIndex;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::word::Word;
use crate::world::Cx;

/// All pages of an object.
const END: PageIndex = PageIndex(u64::MAX);

impl<E: Env> Cx<'_, E> {
    /// `vrele` of the last reference to a vnode (§9.4 D2): writes its dirty pages back. They stay resident, and so
    /// does the object. The caller holds no vnode or object lock, on return either.
    pub(crate) async fn vnode_inactive(&self, id: FileId) {
        let _routine = self.inside(Routine::VnodeInactive);
        let file = self.file(id);
        let _scope = self.scope();
        file.lock.lock(self, Mode::Write).await;
        if let Some(object) = file.object.load(self)
            && self.object(object).ref_count.load(self) == 0
            && self.might_be_dirty(id)
        {
            let o = self.object(object);
            o.lock.lock(self, Mode::Write).await;
            self.object_page_clean(object, PageIndex(0), END, false).await;
            o.lock.unlock(self).await;
        }
        file.lock.unlock(self).await;
    }

    /// `vgone` of all vnodes without users: writes dirty pages back and terminates their objects. The caller holds no
    /// vnode or object lock, on return either.
    pub async fn vnode_reclaim_all(&self) {
        let scope = self.scope();
        let used = self.files.used.load(self);
        for id in (0..used).map(FileId) {
            // The next file is the only live value between rounds.
            scope.restart();
            self.env.observe(u64::from(used), None);
            self.env.observe(id.pack(), None);
            if self.file(id).object.load(self).is_some() {
                self.vnode_gone(id).await;
            }
        }
    }

    /// `vnode_destroy_vobject`: no task can map the file meanwhile, since its vnode is locked.
    async fn vnode_gone(&self, id: FileId) {
        let _routine = self.inside(Routine::VnodeGone);
        let file = self.file(id);
        file.lock.lock(self, Mode::Write).await;
        if let Some(object) = file.object.load(self) {
            let o = self.object(object);
            o.lock.lock(self, Mode::Write).await;
            if o.ref_count.load(self) == 0 {
                o.set_flags(self, ObjectFlags::DEAD);
                self.object_page_clean(object, PageIndex(0), END, true).await;
                self.object_terminate(object).await;
            } else {
                o.lock.unlock(self).await;
            }
        }
        file.lock.unlock(self).await;
    }
}
