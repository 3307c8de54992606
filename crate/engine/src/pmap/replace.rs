//! Replacing one page by another in an address space that may be active on several CPUs: the protocol is P16 of the
//! policy (pmap.md part 3).
//!
//! A shootdown takes time, CPU by CPU. If some CPU can *write* the new page while another still *reads* the old one,
//! a correctly synchronised program sees a variable change while it holds the variable's lock (§3.2; FreeBSD PR
//! 225584). So either no CPU can reach the page during the flush, or none can write it:
//!
//! | | |
//! | --- | --- |
//! | *clear first* | entry := 0, flush, entry := new. Other CPUs fault meanwhile and wait. |
//! | *read-only first* | entry := new without R/W, flush, entry := new. |
//! | *write first* | entry := new, flush. The hazard. |
//!
//! In all three the new page's PV entry is on its list before the table entry is installed, and the old page's stays
//! on its list until after the flush (see the module's header).

use super::leaf::{Slot, frame_of};
use crate::env::Env;
use crate::ids::{PvId, SpaceId};
use crate::machine::addr::Vpn;
use crate::machine::entry::Entry;
use crate::page::{Page, PageFlags};
use crate::policy::EnterProtocol;
use crate::step::Step;
use crate::world::Cx;

/// The leaf to replace: its space, page number and slot.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) space: SpaceId,
    pub(super) vpn: Vpn,
    pub(super) slot: Slot,
}

impl<E: Env> Cx<'_, E> {
    /// Replaces the leaf at `at`, last `seen` mapping another page, by `new` for `page`. The caller holds the pmap
    /// lock; on return no CPU has the old translation.
    pub(super) async fn replace(&self, at: Place, seen: Entry, page: &Page<E>, new: Entry) {
        match self.policy.enter_protocol {
            EnterProtocol::ClearFirst => self.replace_cleared(at, seen, page, new).await,
            EnterProtocol::WriteFirst => self.replace_stored(at, seen, page, new).await,
            EnterProtocol::ReadOnlyFirst => {
                self.replace_stored(at, seen, page, new - (Entry::RW | Entry::M)).await;
                if new.contains(Entry::RW) {
                    self.point(Step::PteRaise).await;
                    page.set_flag(self, PageFlags::WRITEABLE);
                    // Adds a right: a CPU that has the entry cached walks again before it writes.
                    self.leaf_store(at.space, at.vpn, at.slot, new);
                }
            }
        }
    }

    /// §3.1, protocol P1. The new page takes the old PV entry over, so nothing is allocated while the entry is
    /// absent.
    async fn replace_cleared(&self, at: Place, seen: Entry, page: &Page<E>, new: Entry) {
        let Place { space, vpn, slot } = at;
        let old_page = self.page(frame_of(seen));
        let old = self.leaf_clear(space, vpn, slot, old_page, seen);
        self.point(Step::PteCleared).await;
        let pv = self.displaced(at, old_page, old).await;
        self.point(Step::PteInstall).await;
        let pv = pv.unwrap_or_else(|| self.pv_alloc());
        self.pv_insert(page, pv, space, vpn, new.contains(Entry::RW));
        // From absent to present: no CPU has cached an entry, so nothing is flushed.
        self.leaf_install(space, vpn, slot, page, new);
    }

    /// Stores the new entry over the old one, then flushes.
    async fn replace_stored(&self, at: Place, seen: Entry, page: &Page<E>, new: Entry) {
        let Place { space, vpn, slot } = at;
        let old_page = self.page(frame_of(seen));
        self.point(Step::PteInstall).await;
        self.pv_insert(page, self.pv_alloc(), space, vpn, new.contains(Entry::RW));
        self.assert_mappable(space, vpn, page);
        let old = self.leaf_exchange(space, vpn, slot, old_page, seen, new);
        self.point(Step::PteExchanged).await;
        if let Some(pv) = self.displaced(at, old_page, old).await {
            self.pv_free(pv);
        }
    }

    /// Flushes and harvests for a page whose leaf was exchanged: `old` is the exchanged value, since hardware may
    /// have set A after the entry was read. Without A no CPU can have cached it: a CPU sets A before it fills its
    /// TLB. Returns the PV entry, off the page's list.
    async fn displaced(&self, at: Place, old_page: &Page<E>, old: Entry) -> Option<PvId> {
        if old.contains(Entry::A) {
            self.invalidate_page(at.space, at.vpn).await;
            old_page.set_flag(self, PageFlags::REFERENCED);
        }
        let pv = self.pv_of(old_page, at.space, at.vpn)?;
        self.pv_unlink(old_page, pv);
        Some(pv)
    }
}
