//! Stores: recording them, and overlaps.

use super::cells::{Candidate, Cells};
use super::lineage::{Lineage, LineageId, Sharing, StoreLog, Stored};
use super::space::{Space, What};
use super::{Oracle, Ticket};
use crate::env::Env;
use crate::ids::SpaceId;
use crate::machine::addr::{PageIndex, VirtAddr, Vpn};
use crate::primitive::Ordering;
use crate::word::mix;
use crate::world::Cx;

impl Oracle {
    /// Begins a store of `value`, before it touches memory (threads mode).
    pub fn store_begin<E: Env>(&self, cx: &Cx<'_, E>, va: VirtAddr, value: u64) -> Ticket {
        self.store_start(cx.space.get(), va.vpn(), value)
    }
    /// Ends a store that has touched memory (threads mode).
    pub fn store_end<E: Env>(&self, cx: &Cx<'_, E>, va: VirtAddr, ticket: Ticket, value: u64) {
        self.store(cx.space.get(), va.vpn(), value, Some(ticket));
    }
    /// Records a store of `value` in this very step (stepped mode).
    pub fn stored<E: Env>(&self, cx: &Cx<'_, E>, va: VirtAddr, value: u64) {
        self.store(cx.space.get(), va.vpn(), value, None);
    }
    pub(super) fn store_start(&self, space: SpaceId, vpn: Vpn, value: u64) -> Ticket {
        let mut held = self.spaces.get(space.0).lock();
        let mut ticket = self.ticket(space);
        let Some(index) = held.state.find(vpn) else { return ticket };
        let region = &held.state.regions[index];
        let page = region.page(vpn);
        match &region.what {
            What::Private { lineage, .. } => {
                let lineage = *lineage;
                held.edit().log.pending.push((lineage, page, value));
                ticket.pending = Some((None, lineage, page));
            }
            What::Shared(sharing) => {
                self.shared(*sharing).lock().edit().log.pending.push((0, page, value));
                ticket.pending = Some((Some(*sharing), 0, page));
            }
        }
        ticket
    }
    /// Ends a pending store, wherever a fork may have moved it since.
    fn settle(
        &self,
        space: &mut Space,
        sharing: Option<Sharing>,
        ticket: Option<Ticket>,
        place: (u32, PageIndex),
        value: u64,
    ) {
        let Some((began, lineage, page)) = ticket.and_then(|t| t.pending) else { return };
        for (at, lineage, page) in [(began, lineage, page), (sharing, place.0, place.1)] {
            let done = match at {
                None => space.log.settle((lineage, page, value)),
                Some(sharing) => self.shared(sharing).lock().edit().log.settle((lineage, page, value)),
            };
            if done {
                return;
            }
        }
    }
    /// Records a store. Without a ticket it happens at one moment.
    pub(super) fn store(&self, id: SpaceId, vpn: Vpn, value: u64, ticket: Option<Ticket>) {
        let slot = self.spaces.get(id.0);
        let mut held = slot.lock();
        let Some(index) = held.state.find(vpn) else {
            if ticket.is_some() {
                self.settle(held.edit(), None, ticket, (0, PageIndex(0)), value);
            }
            return;
        };
        let space = held.edit();
        let page = space.regions[index].page(vpn);
        let stored = Stored { lineage: 0, page, by: id, at: vpn, before: 0, value, stamp: 0 };
        match space.regions[index].what {
            What::Shared(sharing) => {
                let mut held = self.shared(sharing).lock();
                let before = self.shown(sharing, &held.state, page);
                let since = self.file_stores(held.state.base);
                let group = held.edit();
                if let Sharing::File(file) = sharing {
                    group.lineage.root = LineageId::shared(sharing);
                    group.lineage.label = mix(0xf11e, u64::from(file.0));
                }
                // Release: see `Oracle::ticket`. (What it counts is in the log by the time that the group's lock is
                // free.)
                let stamp = self.shared_stores.fetch_add(1, Ordering::Release);
                let place = Place { cells: &mut group.cells, log: &mut group.log, lineage: &mut group.lineage };
                place.note(Stored { before, stamp, ..stored }, since, ticket.map(|t| t.shared));
                drop(held);
                // Only after it is recorded: another space, which acquires only the group's lock, must find the value
                // in one place or the other at any time.
                self.settle(space, Some(sharing), ticket, (0, page), value);
            }
            What::Private { base, lineage, .. } => {
                self.settle(space, None, ticket, (lineage, page), value);
                let since = self.file_stores(base);
                let beneath = || self.beneath(base, page);
                let Space { regions, lineages, log, .. } = space;
                let What::Private { cells, .. } = &mut regions[index].what else { return };
                let before = cells.get(page).unwrap_or_else(beneath);
                let stamp = log.end();
                let place = Place { cells, log, lineage: &mut lineages[lineage as usize] };
                place.note(Stored { lineage, before, stamp, ..stored }, since, ticket.map(|t| t.own));
                // Release: see `Oracle::ticket`. A store is enough, since the space's lock is held.
                slot.stores.store(stamp + 1, Ordering::Release);
            }
        }
    }
}

/// Where a store is recorded.
struct Place<'a> {
    cells: &'a mut Cells,
    log: &'a mut StoreLog,
    lineage: &'a mut Lineage,
}

impl Place<'_> {
    /// Records a store that began at `began` and ends now, or happens at this moment.
    fn note(self, stored: Stored, since: u64, began: Option<u64>) {
        let Place { cells, log, lineage } = self;
        let page = stored.page;
        let others: Vec<u64> = match began {
            None => Vec::new(),
            Some(stamp) => log.recent(stored.lineage, page, stamp).map(|s| s.value).collect(),
        };
        if began.is_some() {
            // What the page may have held up to now, for loads in progress.
            for (_, value) in cells.candidates(page) {
                log.push(Stored { before: value, value, ..stored }, lineage);
            }
        }
        cells.set(page, stored.value, since);
        for other in others {
            cells.add_candidate(page, Candidate::Race, other);
        }
        log.push(stored, lineage);
    }
}
