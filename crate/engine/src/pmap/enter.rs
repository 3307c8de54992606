//! `pmap_enter` and `pmap_enter_quick`.
//!
//! `replace` replaces one page by another, as every copy-on-write fault does at its end.

use super::leaf::{Slot, frame_of, is_modified, leaf_for};
use super::replace::Place;
use crate::detail;
use crate::env::{Env, Scope};
use crate::ids::SpaceId;
use crate::kern::{Kern, Prot};
use crate::machine::addr::{FrameNo, VirtAddr, Vpn};
use crate::machine::entry::{Entry, Level};
use crate::page::busy::FREED;
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `pmap_enter`: maps `page` at `va` of `space` with the rights `prot`. `access` is what the fault asked for; a
    /// write presets M. The caller holds the page busy, or its object is busy as a whole (A-pmap-1).
    ///
    /// Waits for memory for page tables, unless `nosleep`; [`Kern::ResourceShortage`] is the only error.
    #[allow(clippy::too_many_arguments, reason = "the kernel's own, its flags spelt out")]
    pub async fn pmap_enter(
        &self,
        space: SpaceId,
        va: VirtAddr,
        page: &Page<E>,
        prot: Prot,
        access: Prot,
        wired: bool,
        nosleep: bool,
    ) -> Result<(), Kern> {
        let _routine = self.inside(Routine::PmapEnter);
        self.point(Step::PmapEnter).await;
        let scope = self.scope();
        self.assert_enterable(page, prot, access);
        let mut new = leaf_for(page.frame, prot) | Entry::A;
        new.set(Entry::M, access.contains(Prot::WRITE));
        new.set(Entry::WIRED, wired);

        let mut tries = 0;
        let result = loop {
            self.pmap_lock(space).await;
            let table = self.table_make(space, va);
            if let Some(table) = table {
                self.enter_leaf(space, va.vpn(), table, page, new).await;
            }
            self.space_of(space).pmap.lock.release(self);
            if table.is_some() {
                break Ok(());
            }
            if nosleep {
                break Err(Kern::ResourceShortage);
            }
            if let Err(error) = self.table_wait(&mut tries).await {
                break Err(error);
            }
        };
        scope.end();
        self.env.observe(u64::from(result.is_ok()), None);
        self.point(Step::PmapEntered).await;
        result
    }

    /// Steps 4 to 7 of pmap.md §2.8: the page table exists, and the caller holds the pmap lock.
    async fn enter_leaf(&self, space: SpaceId, vpn: Vpn, table: FrameNo, page: &Page<E>, new: Entry) {
        let slot = Slot::of(table, Level::Pt, vpn.addr());
        let orig = self.leaf_load(slot);
        if !orig.contains(Entry::V) {
            let resident = &self.space_of(space).pmap.resident_count;
            resident.set(self, resident.get(self) + 1);
            self.table_hold(table);
        } else if frame_of(orig) == page.frame {
            if new.contains(Entry::RW) {
                page.set_flag(self, PageFlags::WRITEABLE);
            }
            // Only A or M differ: nothing is stored, not even the preset M.
            if !((orig ^ new) - (Entry::A | Entry::M)).is_empty() {
                self.validate(space, vpn, slot, page, orig, new).await;
            }
            return;
        } else {
            return self.replace(Place { space, vpn, slot }, orig, page, new).await;
        }
        self.pv_insert(page, self.pv_alloc(), space, vpn, new.contains(Entry::RW));
        // From absent to present: no CPU has cached an entry, so nothing is flushed.
        self.leaf_install(space, vpn, slot, page, new);
    }

    /// Changes the rights for the same page (`validate` of pmap.md §2.8). A lost right must not survive in a TLB; a
    /// gained one costs other CPUs a spurious fault.
    async fn validate(&self, space: SpaceId, vpn: Vpn, slot: Slot, page: &Page<E>, seen: Entry, new: Entry) {
        let exchange = || {
            let old = self.leaf_store(space, vpn, slot, new);
            let lost = is_modified(old) && !new.contains(Entry::M);
            if lost {
                page.make_dirty(self);
            }
            (old, lost)
        };
        let (old, lost) = match seen.contains(Entry::RW) {
            true => self.pv_lock(page.frame).with(self, exchange),
            false => exchange(),
        };
        let barred = !old.contains(Entry::NX) && new.contains(Entry::NX);
        if (lost || barred) && old.contains(Entry::A) {
            self.invalidate_page(space, vpn).await;
        }
    }

    /// `pmap_enter_quick`: maps `page` read-only if nothing is mapped there and no memory is short; otherwise does
    /// nothing. Never writable or accessed: a page that is only prefaulted does not look used. The caller holds its
    /// object's lock.
    pub async fn pmap_enter_quick(&self, space: SpaceId, va: VirtAddr, page: &Page<E>, prot: Prot) {
        let _routine = self.inside(Routine::PmapEnterQuick);
        let lock = &self.space_of(space).pmap.lock;
        lock.lock(self, crate::sync::Mode::Write).await;
        if let Some(table) = self.table_make(space, va) {
            let slot = Slot::of(table, Level::Pt, va);
            if !self.leaf_load(slot).contains(Entry::V) {
                self.install_quick(space, va.vpn(), table, page, leaf_for(page.frame, prot - Prot::WRITE));
            }
        }
        lock.unlock(self).await;
    }

    /// Puts a mapping that no CPU has used yet into an empty slot.
    pub(crate) fn install_quick(&self, space: SpaceId, vpn: Vpn, table: FrameNo, page: &Page<E>, new: Entry) {
        let resident = &self.space_of(space).pmap.resident_count;
        resident.set(self, resident.get(self) + 1);
        self.table_hold(table);
        self.pv_insert(page, self.pv_alloc(), space, vpn, new.contains(Entry::RW));
        self.leaf_install(space, vpn, Slot::of(table, Level::Pt, vpn.addr()), page, new);
    }

    fn assert_enterable(&self, page: &Page<E>, prot: Prot, access: Prot) {
        let about = || page.about(&self.env);
        let object_busy = || page.object.load(self).is_some_and(|o| self.object(o).busy.load(self) > 0);
        if !page.is_busy(self) && !object_busy() {
            let what = if page.busy.load(self) == FREED { "free" } else { "not busy" };
            self.kassert(false, Property::APmap1, about(), || detail!("{} is entered while {}", page.frame, what));
        }
        if !page.valid.load(self) {
            self.kassert(false, Property::AFault6, about(), || detail!("{} is entered while not valid", page.frame));
        }
        if access.contains(Prot::WRITE) && !prot.contains(Prot::WRITE) {
            self.kassert(false, Property::APmap2, about(), || {
                detail!("{} is entered modified but read-only", page.frame)
            });
        }
    }
}
