//! Paging in progress, and objects that are busy as a whole (vm.md §6).

use crate::env::{Env, Scope};
use crate::event::Event;
use crate::ids::ObjectId;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Channel;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vm_object_pip_add`: one atomic step, without a lock. The caller keeps the object alive by other means.
    pub fn pip_add(&self, id: ObjectId) {
        let before = self.env.untracked(|| self.object(id).paging_in_progress.add(self, 1));
        self.emit(Event::ObjectPip { object: id, count: before + 1 });
    }
    /// `vm_object_pip_wakeup`: one atomic step, without a lock; at 0 it wakes all waiters.
    pub fn pip_drop(&self, id: ObjectId) {
        let before = self.env.untracked(|| self.object(id).paging_in_progress.add(self, -1));
        self.kassert(before > 0, Property::E10, (Some(id), None), || "paging in progress fell below zero".into());
        self.emit(Event::ObjectPip { object: id, count: before.wrapping_sub(1) });
        if before == 1 {
            self.env.wakeup(Channel::Pip { object: id });
        }
    }
    /// [`Cx::pip_drop`] with the point of y7 before it.
    pub async fn pip_wakeup(&self, id: ObjectId) {
        let _routine = self.inside(Routine::ObjectPipWakeup);
        self.point(Step::PipDrop).await;
        self.pip_drop(id);
    }
    /// `vm_object_pip_sleep`: sleeps once until paging in progress drains. The caller holds the object's write lock
    /// on entry and not on return.
    pub async fn pip_sleep(&self, id: ObjectId) {
        let _routine = self.inside(Routine::ObjectPipWait);
        let object = self.object(id);
        let channel = Channel::Pip { object: id };
        let scope = self.scope();
        let ticket = self.env.sleep_begin(self.task, channel);
        if object.paging_in_progress.load(self) == 0 {
            self.env.wakeup(channel);
        }
        object.lock.release(self);
        self.emit(Event::Sleep { channel });
        scope.restart();
        self.env.sleep(self.task, channel, ticket).await;
        scope.end();
        self.point(Step::Woken).await;
    }
    /// `vm_object_pip_wait`: sleeps until paging in progress is 0. The caller holds the object's write lock on entry
    /// and on return.
    pub async fn pip_wait(&self, id: ObjectId) {
        let _routine = self.inside(Routine::ObjectPipWait);
        let scope = self.scope();
        while self.object(id).paging_in_progress.load(self) > 0 {
            scope.restart();
            self.pip_sleep(id).await;
            self.object(id).lock.lock(self, crate::sync::Mode::Write).await;
        }
    }
    /// `vm_object_busy`: from here on no task can busy a page of the object (§6.5). The caller holds its lock.
    pub fn object_busy(&self, id: ObjectId) {
        self.env.untracked(|| self.object(id).busy.add(self, 1));
    }
    /// `vm_object_unbusy`: the last holder wakes the waiters.
    pub fn object_unbusy(&self, id: ObjectId) {
        if self.env.untracked(|| self.object(id).busy.add(self, -1)) == 1 {
            self.env.wakeup(Channel::ObjectBusy { object: id });
        }
    }
}
