//! Stores: recording them, and overlaps.

use super::cells::{Candidate, Cells};
use super::lineage::{Lineage, LineageId, Sharing, StoreLog, Stored};
use super::space::{Space, What};
use super::{Oracle, Ticket};
use crate::env::{Env, mix};
use crate::ids::SpaceId;
use crate::machine::addr::{PageIndex, VirtAddr, Vpn};
use crate::primitive::Ordering;
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
            What::Private { line, .. } => {
                let line = *line;
                held.edit().book.pending.push((line, page, value));
                ticket.pending = Some((None, line, page));
            }
            What::Shared(sharing) => {
                self.shared(*sharing).lock().edit().book.pending.push((0, page, value));
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
        let Some((began, line, page)) = ticket.and_then(|t| t.pending) else { return };
        for (at, line, page) in [(began, line, page), (sharing, place.0, place.1)] {
            let done = match at {
                None => space.book.settle((line, page, value)),
                Some(sharing) => self.shared(sharing).lock().edit().book.settle((line, page, value)),
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
        let stored = Stored { line: 0, page, by: id, at: vpn, before: 0, value, stamp: 0 };
        match space.regions[index].what {
            What::Shared(sharing) => {
                let mut held = self.shared(sharing).lock();
                let before = self.shown(sharing, &held.state, page);
                let since = self.file_stores(held.state.base);
                let group = held.edit();
                if let Sharing::File(file) = sharing {
                    group.line.root = LineageId::shared(sharing);
                    group.line.label = mix(0xf11e, u64::from(file.0));
                }
                // Release: see `Oracle::ticket`. (What it counts is in the log by the time that the group's lock is
                // free.)
                let stamp = self.shared_stores.fetch_add(1, Ordering::Release);
                let place = Place { cells: &mut group.cells, book: &mut group.book, line: &mut group.line };
                place.note(Stored { before, stamp, ..stored }, since, ticket.map(|t| t.shared));
                drop(held);
                // Only after it is recorded: another space, which acquires only the group's lock, must find the value
                // in one place or the other at any time.
                self.settle(space, Some(sharing), ticket, (0, page), value);
            }
            What::Private { base, line, .. } => {
                self.settle(space, None, ticket, (line, page), value);
                let since = self.file_stores(base);
                let beneath = || self.beneath(base, page);
                let Space { regions, lines, book, .. } = space;
                let What::Private { cells, .. } = &mut regions[index].what else { return };
                let before = cells.get(page).unwrap_or_else(beneath);
                let stamp = book.end();
                let place = Place { cells, book, line: &mut lines[line as usize] };
                place.note(Stored { line, before, stamp, ..stored }, since, ticket.map(|t| t.own));
                // Release: see `Oracle::ticket`. A store is enough, since the space's lock is held.
                slot.stores.store(stamp + 1, Ordering::Release);
            }
        }
    }
}

/// Where a store is recorded.
struct Place<'a> {
    cells: &'a mut Cells,
    book: &'a mut StoreLog,
    line: &'a mut Lineage,
}

impl Place<'_> {
    /// Records a store that began at `began` and ends now, or happens at this moment.
    fn note(self, stored: Stored, since: u64, began: Option<u64>) {
        let Place { cells, book, line } = self;
        let page = stored.page;
        let others: Vec<u64> = match began {
            None => Vec::new(),
            Some(stamp) => book.recent(stored.line, page, stamp).map(|s| s.value).collect(),
        };
        if began.is_some() {
            // What the page may have held up to now, for loads in progress.
            for (_, value) in cells.candidates(page) {
                book.push(Stored { before: value, value, ..stored }, line);
            }
        }
        cells.set(page, stored.value, since);
        for other in others {
            cells.add_doubt(page, Candidate::Race, other);
        }
        book.push(stored, line);
    }
}
