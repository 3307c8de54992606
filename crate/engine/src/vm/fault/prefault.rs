//! Prefault: maps resident neighbours read-only (`vm_fault_prefault`, §8.13).
//!
//! Advisory, and off unless the world's [`crate::world::Config`] sets a range. It busies no page: the object's read
//! lock pins a page's identity.

use super::FaultState;
use crate::env::{Env, Scope};
use crate::ids::ObjectId;
use crate::machine::addr::{PAGE_SIZE, PageIndex, VirtAddr};
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Visits va-1, va+1, va-2, va+2 … (in pages) inside the entry. The caller holds no object lock.
    pub(super) async fn prefault(&self, fs: &FaultState) {
        self.prefault_around(fs, None).await;
    }

    /// The same while the caller holds `first_object`'s read lock.
    pub(super) async fn prefault_locked(&self, fs: &FaultState) {
        self.prefault_around(fs, Some(fs.first_object)).await;
    }

    async fn prefault_around(&self, fs: &FaultState, locked: Option<ObjectId>) {
        let _routine = self.inside(Routine::FaultPrefault);
        let (back, ahead) = self.config.prefault;
        let Some(lookup) = fs.lookup.filter(|_| back + ahead > 0) else { return };
        let scope = self.retry_scope();
        for distance in 1..=u64::from(back.max(ahead)) {
            let before = fs.va.0.checked_sub(distance * PAGE_SIZE).filter(|_| distance <= u64::from(back));
            let after = fs.va.0.checked_add(distance * PAGE_SIZE).filter(|_| distance <= u64::from(ahead));
            for va in [before, after].into_iter().flatten().map(VirtAddr) {
                // The next address is the only live value of this loop.
                scope.restart();
                self.env.observe(va.0, None);
                if va < lookup.start || va >= lookup.end || self.pmap_extract(fs.space, va).await.is_some() {
                    continue;
                }
                let delta = (va.0 as i64 - fs.va.0 as i64) >> crate::machine::addr::PAGE_SHIFT;
                let index = PageIndex(fs.first_pindex.0.wrapping_add(delta as u64));
                if !self.prefault_one(fs, va, index, locked).await {
                    return;
                }
            }
        }
    }

    /// Maps one address if its page is resident; returns whether to go on. The entry's protection applies, less
    /// writing.
    async fn prefault_one(
        &self,
        fs: &FaultState,
        va: VirtAddr,
        mut index: PageIndex,
        locked: Option<ObjectId>,
    ) -> bool {
        let mut at = fs.first_object;
        if locked != Some(at) {
            self.object(at).lock.lock(self, Mode::Read).await;
        }
        let page = loop {
            let object = self.object(at);
            if let Some(page) = self.page_lookup(at, index) {
                break Some(page);
            }
            let next = object.backing_object.load(self).filter(|_| !object.may_have_pager_data(self));
            let Some(next) = next else { break None };
            self.object(next).lock.lock(self, Mode::Read).await;
            index += object.backing_object_offset.get(self);
            if locked != Some(at) {
                object.lock.unlock(self).await;
            }
            at = next;
        };
        if let Some(page) = page.filter(|p| p.valid.load(self)) {
            self.pmap_enter_quick(fs.space, va, page, fs.prot).await;
        }
        if locked != Some(at) {
            self.object(at).lock.unlock(self).await;
        }
        page.is_some()
    }
}
