//! `vmspace`: creation, exec, exit, and the wait of a vfork (rulings R34).

use super::entry::USER_END;
use crate::env::{Cell, Env};
use crate::event::Event;
use crate::ids::{SpaceId, TaskId};
use crate::kern::Kern;
use crate::machine::addr::VirtAddr;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Channel;
use crate::word::Kind;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vmspace_alloc`: an empty address space for one task. Fails if there is no memory for its page table.
    pub async fn vmspace_new(&self) -> Result<SpaceId, Kern> {
        let _routine = self.inside(Routine::SpaceAlloc);
        let id = SpaceId(self.spaces.alloc(self));
        let s = self.space_of(id);
        if E::TRACING {
            self.env.name(Kind::Space, id.0, self.env.fresh_name(self.task));
        }
        s.timestamp.set(self, 0);
        s.head.set(self, None);
        s.hint.store(self, None);
        s.tasks.store(self, 1);
        if let Err(kern) = self.pmap_pinit(id).await {
            self.vmspace_free(id);
            return Err(kern);
        }
        Ok(id)
    }

    /// Adds a task to a space that has some: a thread, or a vfork's child.
    pub fn vmspace_share(&self, space: SpaceId) {
        self.space_of(space).tasks.add(self, 1);
    }

    /// `vmspace_exit`, `vmspace_free`: a task leaves the space. The last one unmaps everything and frees the page
    /// tables; no CPU may have them active any more.
    pub async fn vmspace_drop(&self, space: SpaceId) {
        let _routine = self.inside(Routine::SpaceFree);
        if self.space_of(space).tasks.add(self, -1) != 1 {
            return;
        }
        self.map_lock(space).await;
        self.map_delete(space, VirtAddr(0), VirtAddr(USER_END)).await;
        self.map_unlock(space).await;
        self.pmap_release(space).await;
        self.model(space, |model| model.space_gone(space));
        self.vmspace_free(space);
    }

    /// The memory part of a task's exit: its CPU leaves the space, then the task does.
    pub async fn vmspace_exit(&self) {
        let _routine = self.inside(Routine::SpaceExit);
        self.pmap_deactivate().await;
        self.vmspace_drop(self.space.get()).await;
    }

    fn vmspace_free(&self, space: SpaceId) {
        if E::TRACING {
            self.env.name(Kind::Space, space.0, 0);
        }
        self.spaces.release(self, space.0);
    }

    /// `vmspace_exec`: moves the task to a new, empty address space.
    pub async fn vmspace_exec(&self) -> Result<SpaceId, Kern> {
        let _routine = self.inside(Routine::SpaceExec);
        let new = self.vmspace_new().await?;
        let old = self.space.replace(new);
        self.pmap_activate(new).await;
        self.vmspace_drop(old).await;
        Ok(new)
    }

    /// Makes the parent of a vfork wait until its child sets `done`.
    pub async fn vfork_wait(&self, done: &Cell<E, bool>) {
        let _routine = self.inside(Routine::ForkWait);
        let channel = Channel::Vfork { parent: self.task };
        self.point(Step::VforkWait).await;
        while !done.load(self) {
            let ticket = self.env.sleep_begin(self.task, channel);
            if done.load(self) {
                // The child set it between the look and the registration.
                self.env.wakeup(channel);
            }
            self.emit(Event::Sleep { channel });
            self.env.sleep(self.task, channel, ticket).await;
            self.point(Step::Woken).await;
        }
    }

    /// Wakes the vfork parent `parent`: its child has left the shared space by exec or exit.
    pub fn vfork_done(&self, parent: TaskId, done: &Cell<E, bool>) {
        done.store(self, true);
        self.env.wakeup(Channel::Vfork { parent });
    }
}
