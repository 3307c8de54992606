//! PV entries: the mappings of a page.
//!
//! A page's list is doubly linked, newest first, under the page's PV lock. FreeBSD packs PV entries into chunks, one
//! list of chunks per pmap; here they come from a pool and store their space, and none is ever reclaimed.

use crate::detail;
use crate::detail::Detail;
use crate::env::Env;
use crate::ids::{PvId, SpaceId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::word::{Word, mix};
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `get_pv_entry`: allocates an entry, which is on no list.
    pub(crate) fn pv_alloc(&self) -> PvId {
        PvId(self.pvs.alloc(self))
    }

    /// `free_pv_entry`.
    pub(crate) fn pv_free(&self, pv: PvId) {
        self.pvs.release(self, pv.0);
    }

    fn pv(&self, id: PvId) -> &super::Pv<E> {
        self.pvs.get(self, id.0)
    }

    /// Puts `id` on the page's list; with `writable` sets PGA_WRITEABLE, before the table entry is visible.
    pub(crate) fn pv_insert(&self, page: &Page<E>, id: PvId, space: SpaceId, vpn: Vpn, writable: bool) {
        self.declare_mappings(page.frame, true);
        self.pv_lock(page.frame).with(self, || {
            self.env.opaque_effect(|| {
                let pv = self.pv(id);
                let head = page.pv_head.get(self);
                pv.space.set(self, space);
                pv.vpn.set(self, vpn);
                pv.frame.set(self, page.frame);
                pv.prev.set(self, None);
                pv.next.set(self, head);
                if let Some(head) = head {
                    self.pv(head).prev.set(self, Some(id));
                }
                page.pv_head.set(self, Some(id));
            });
            if writable {
                page.set_flag(self, PageFlags::WRITEABLE);
            }
        });
    }

    /// Takes `id` off its page's list. Clears PGA_WRITEABLE with the last mapping: M has been harvested before.
    pub(crate) fn pv_unlink(&self, page: &Page<E>, id: PvId) {
        self.declare_mappings(page.frame, true);
        self.pv_lock(page.frame).with(self, || {
            let last = self.env.opaque(|| {
                let pv = self.pv(id);
                let (prev, next) = (pv.prev.get(self), pv.next.get(self));
                match prev {
                    Some(prev) => self.pv(prev).next.set(self, next),
                    None => page.pv_head.set(self, next),
                }
                if let Some(next) = next {
                    self.pv(next).prev.set(self, prev);
                }
                u64::from(prev.is_none() && next.is_none())
            });
            self.env.observe(last, None);
            if last != 0 {
                page.clear_flag(self, PageFlags::WRITEABLE);
            }
        });
    }

    /// The page's PV entry for `vpn` of `space`, whose pmap lock the caller holds. There must be one if a managed
    /// table entry maps the page (A-pmap-3).
    pub(crate) fn pv_of(&self, page: &Page<E>, space: SpaceId, vpn: Vpn) -> Option<PvId> {
        let found = self.pv_lookup(page, space, vpn);
        self.kassert(found.is_some(), Property::APmap3, page.about(&self.env), || {
            detail!("{} maps {} at {} without a PV entry", space, page.frame, vpn.addr())
        });
        found
    }

    /// The same if there may be none.
    pub(crate) fn pv_lookup(&self, page: &Page<E>, space: SpaceId, vpn: Vpn) -> Option<PvId> {
        self.declare_mappings(page.frame, false);
        let scan = || self.pv_lock(page.frame).with(self, || self.pv_scan(page, |s, v| s == space && v == vpn));
        let found = self.env.opaque(|| scan().pack());
        self.env.observe(u64::from(found != 0), None);
        Option::unpack(found)
    }

    /// Declares an access to a page's mappings, so that a task that looks at them conflicts with one that changes
    /// them.
    pub(crate) fn declare_mappings(&self, frame: FrameNo, write: bool) {
        if E::TRACING {
            self.env.declare(mix(0x9717, u64::from(frame.0)), write);
        }
    }

    /// The page's newest mapping.
    pub(crate) fn pv_first(&self, frame: FrameNo) -> Option<(SpaceId, Vpn)> {
        self.declare_mappings(frame, false);
        self.pv_lock(frame).with(self, || {
            let pv = self.pv(self.page(frame).pv_head.get(self)?);
            Some((pv.space.get(self), pv.vpn.get(self)))
        })
    }

    /// The next mapping after `after` in order of space and page. Routines that visit every mapping go in this order,
    /// since the list may change whenever they release it.
    pub(crate) fn pv_after(&self, frame: FrameNo, after: Option<(SpaceId, Vpn)>) -> Option<(SpaceId, Vpn)> {
        self.declare_mappings(frame, false);
        self.pv_lock(frame).with(self, || {
            let mut least: Option<(SpaceId, Vpn)> = None;
            self.pv_scan(self.page(frame), |space, vpn| {
                let key = (space, vpn);
                if after.is_none_or(|a| key > a) && least.is_none_or(|l| key < l) {
                    least = Some(key);
                }
                false
            });
            least
        })
    }

    /// The first PV entry of the page that `f` accepts. The caller holds the page's PV lock.
    pub(crate) fn pv_scan(&self, page: &Page<E>, mut f: impl FnMut(SpaceId, Vpn) -> bool) -> Option<PvId> {
        let mut at = page.pv_head.get(self);
        while let Some(id) = at {
            let pv = self.pv(id);
            if f(pv.space.get(self), pv.vpn.get(self)) {
                return Some(id);
            }
            at = pv.next.get(self);
        }
        None
    }

    /// The mappings of a page in words: `space 2 maps it at 0x1000`.
    pub fn describe_mappings(&self, frame: FrameNo) -> Detail {
        let mut said = Vec::new();
        self.pv_lock(frame).with(self, || {
            let mut at = self.page(frame).pv_head.peek(&self.env);
            while let Some(id) = at {
                let pv = self.pv(id);
                let (space, va) = (pv.space.peek(&self.env), pv.vpn.peek(&self.env).addr());
                said.push(detail!("{} maps it at {}", space, va));
                at = pv.next.peek(&self.env);
            }
        });
        Detail::join(said, " and ")
    }
}
