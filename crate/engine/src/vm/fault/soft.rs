//! The fast path: the page is valid in the top object (`vm_fault_soft_fast`, §8.4).
//!
//! It maps the page without making it busy. While it runs the object is busy as a
//! whole, so that nobody can start to busy the page for pageout meanwhile.

use super::FaultState;
use crate::env::Env;
use crate::kern::Prot;
use crate::page::Page;
use crate::policy::Switches;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Tries the fast path; the map is read-locked. On success nothing is held; else
    /// the map is still read-locked and `first_object` write-locked.
    pub(super) async fn soft_fast(&self, fs: &FaultState) -> bool {
        let first = fs.first_object;
        let object = self.object(first);
        if self.on(Switches::SOFT_FAST_UNLOCKED) {
            // P14: a look without the lock; whatever it finds is verified below.
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
            // P19: with the map the entry's reference may go, and the object while it is busy.
            self.map_read_unlock(fs.space).await;
            self.object_unbusy(first);
        } else {
            // The map lock keeps the entry's reference, and so the object: it goes last.
            self.object_unbusy(first);
            self.map_read_unlock(fs.space).await;
        }
        true
    }

    /// R3: valid, and not busy if it might be mapped writable.
    fn mappable(&self, fs: &FaultState, m: &Page<E>) -> bool {
        m.valid.load(self) && !(fs.prot.contains(Prot::WRITE) && m.is_busy(self))
    }
}
