//! The fast path: the page is valid in the top object (`vm_fault_soft_fast`, §8.4).
//!
//! It maps the page without busying it. While it runs the object is busy as a whole, so that the pageout daemon
//! cannot busy the page meanwhile.

use super::FaultState;
use crate::env::Env;
use crate::kern::Prot;
use crate::page::Page;
use crate::policy::Switches;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Tries the fast path. On entry the fault holds the map's read lock. On success it holds nothing; else it still
    /// holds the map's read lock, and `first_object`'s write lock.
    pub(super) async fn soft_fast(&self, fs: &FaultState) -> bool {
        let _routine = self.inside(Routine::FaultSoftFast);
        let first = fs.first_object;
        let object = self.object(first);
        if self.on(Switches::SOFT_FAST_UNLOCKED) {
            // P14: a look without the lock; the checks below verify its result.
            let glimpse = object.pages.get(self, fs.first_pindex).map(|f| self.page(f));
            if !glimpse.is_some_and(|m| self.mappable(fs, m)) {
                self.lock_first(fs).await;
                return false;
            }
        }
        object.lock.lock(self, Mode::Read).await;
        self.object_busy(first);
        let page = self.page_lookup(first, fs.first_pindex).filter(|m| self.mappable(fs, m));
        let entered = match page {
            Some(m) => self.pmap_enter(fs.space, fs.va, m, fs.prot, fs.fault_type, fs.wired, true).await.is_ok(),
            None => false,
        };
        let Some(m) = page.filter(|_| entered) else {
            self.object_unbusy(first);
            if !object.lock.try_upgrade(self) {
                object.lock.unlock(self).await;
                self.lock_first(fs).await;
            }
            return false;
        };
        if self.on(Switches::LOCK_THRU_FAULT) {
            self.fault_dirty(fs, m);
            self.prefault_locked(fs).await;
            object.lock.unlock(self).await;
        } else {
            self.prefault_locked(fs).await;
            object.lock.unlock(self).await;
            self.fault_dirty(fs, m);
        }
        if self.on(Switches::UNBUSY_LAST) {
            // P19: once the map lock is dropped, the entry's reference may go, and with it the object while it is
            // busy.
            self.map_read_unlock(fs.space).await;
            self.object_unbusy(first);
        } else {
            // The map lock keeps the entry's reference, and so the object: the fault drops it last.
            self.object_unbusy(first);
            self.map_read_unlock(fs.space).await;
        }
        true
    }

    /// R3: whether the page is valid, and not busy if the mapping may permit writes.
    fn mappable(&self, fs: &FaultState, m: &Page<E>) -> bool {
        m.valid.load(self) && !(fs.prot.contains(Prot::WRITE) && m.is_busy(self))
    }
}
