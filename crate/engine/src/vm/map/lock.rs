//! The map lock (vm.md §12.3).

use crate::env::Env;
use crate::ids::SpaceId;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vm_map_lock`: takes the write lock and raises the map's timestamp.
    pub async fn map_lock(&self, space: SpaceId) {
        self.space_of(space).lock.lock(self, Mode::Write).await;
        self.map_stamp(space);
    }
    /// `vm_map_unlock`: drops the write lock, and then the references of deleted entries, which only a task without
    /// that lock may drop.
    pub async fn map_unlock(&self, space: SpaceId) {
        self.space_of(space).lock.unlock(self).await;
        self.map_process_deferred().await;
    }
    /// `vm_map_process_deferred`: drops the reference of the entry deleted last first. The caller holds no lock.
    pub(super) async fn map_process_deferred(&self) {
        let _routine = self.inside(Routine::MapProcessDeferred);
        let mut objects = self.deferred.take();
        while let Some(object) = objects.pop() {
            // Two entries may have had the same object: the number tells its references apart.
            self.env.observe(objects.len() as u64, None);
            self.object_deallocate(object).await;
        }
    }
    /// `vm_map_lock_read`.
    pub async fn map_read_lock(&self, space: SpaceId) {
        self.space_of(space).lock.lock(self, Mode::Read).await;
    }
    /// `vm_map_unlock_read`.
    pub async fn map_read_unlock(&self, space: SpaceId) {
        self.space_of(space).lock.unlock(self).await;
    }
    /// `vm_map_trylock_read`: takes the read lock if it is available; returns whether it did. A point comes first.
    pub async fn map_try_read_lock(&self, space: SpaceId) -> bool {
        self.point(Step::MapTrylock).await;
        self.space_of(space).lock.try_lock(self, Mode::Read)
    }
    /// `vm_map_lock_upgrade`: turns the caller's read lock into a write lock. Returns false, with the lock dropped,
    /// if the upgrade had to drop the lock and the map changed meanwhile.
    pub(super) async fn map_upgrade(&self, space: SpaceId) -> bool {
        let s = self.space_of(space);
        let seen = s.timestamp.get(self);
        if !s.lock.try_upgrade(self) {
            s.lock.unlock(self).await;
            s.lock.lock(self, Mode::Write).await;
            if s.timestamp.get(self) != seen {
                s.lock.unlock(self).await;
                return false;
            }
        }
        self.map_stamp(space);
        true
    }
    /// `vm_map_lock_downgrade`.
    pub(super) fn map_downgrade(&self, space: SpaceId) {
        self.space_of(space).lock.downgrade(self);
    }
    /// Raises the timestamp, as the map is about to change: a task that dropped the lock must look again.
    pub(super) fn map_stamp(&self, space: SpaceId) {
        let s = self.space_of(space);
        self.env.untracked(|| s.timestamp.set(self, s.timestamp.get(self).wrapping_add(1)));
    }
}
