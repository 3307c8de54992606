//! What a fork does to the model.

use super::Oracle;
use super::cells::Cells;
use super::lineage::{Lineage, LineageId, Owner, Sharing, Stored};
use super::maps::pages;
use super::space::{Base, Group, Region, Space, What};
use crate::ids::SpaceId;
use crate::kern::Inherit;
use crate::machine::addr::{PageIndex, VirtAddr, Vpn};
use crate::primitive::Ordering;
use crate::word::mix;

/// Lineages created for a child in one call.
struct Lineages(Vec<Lineage>);

impl Lineages {
    fn add(&mut self, lineage: Lineage) -> u32 {
        self.0.push(lineage);
        self.0.len() as u32 - 1
    }
}

impl Oracle {
    /// Records what `child` inherits of a range of `parent`, by `inherit`; called once for every entry that the fork
    /// clones. A range recorded again (a wired page that is copied eagerly) replaces the first record.
    ///
    /// **When.** With COPY the snapshot of every page is taken here. Call it after `pmap_protect` of the range has
    /// returned, at any step before the parent's map lock is dropped. R14 puts the snapshot at the step that removes
    /// W from the page's entry; that step only *begins* the end of writing. Until the shootdown is acknowledged
    /// another CPU may store through the writable translation that its TLB still has, and such a store reaches the
    /// frame that parent and child share from here on: both see it, as on hardware, so it belongs to the snapshot.
    /// After the last acknowledgement no translation of the range is writable, and none can become so, for that takes
    /// a fault that holds the map lock, which the fork holds exclusively. So no store can come between that
    /// acknowledgement and the unlock, and every step in between is the same moment to this model. Where nothing was
    /// mapped it is the clone of the entry.
    pub fn forked(&self, parent: SpaceId, child: SpaceId, start: VirtAddr, end: VirtAddr, inherit: Inherit) {
        let (start, end) = pages(start, end);
        if inherit == Inherit::None || start >= end {
            return;
        }
        let (pieces, lineages, label) = self.inherited(parent, start, end, inherit);
        let replaced = self.take(child, start, end);
        let slot = self.spaces.get(child.0);
        let mut held = slot.lock();
        let space = held.edit();
        if space.label == 0 {
            space.label = label;
        }
        let base = space.lineages.len() as u32;
        space.lineages.extend(lineages);
        for mut piece in pieces {
            match &mut piece.what {
                What::Private { lineage, .. } if inherit != Inherit::Zero => *lineage += base,
                What::Private { base, lineage, .. } => *lineage = space.add_root(child, piece.start, *base),
                What::Shared(_) => {}
            }
            space.insert(piece);
        }
        slot.changed();
        drop(held);
        for sharing in replaced.iter().filter_map(Region::sharing) {
            self.mappers(sharing, -1);
        }
    }
    /// The child's regions, their lineages numbered from 0, and the child's label if it is new.
    fn inherited(&self, id: SpaceId, start: Vpn, end: Vpn, inherit: Inherit) -> (Vec<Region>, Vec<Lineage>, u64) {
        let slot = self.spaces.get(id.0);
        let mut held = slot.lock();
        let space = held.edit();
        space.forks += 1;
        let label = mix(space.label, space.forks) | 1;
        let mut lineages = Lineages(Vec::new());
        let covers = |r: &Region| r.start < end && r.end > start;
        let changes = |r: &Region| match r.what {
            What::Private { .. } => inherit == Inherit::Share,
            What::Shared(_) => inherit == Inherit::Copy,
        };
        if space.regions.iter().any(|r| covers(r) && changes(r)) {
            // Where the parent changes too, only this range changes.
            space.cut_out(start, end, |sharing| self.mappers(sharing, 1));
            // The parent's stores go to another log from here on.
            slot.changed();
        }
        let inside: Vec<usize> = (0..space.regions.len()).filter(|&i| covers(&space.regions[i])).collect();
        let mut pieces = Vec::new();
        for index in inside {
            let region = space.regions[index].clip(start, end);
            pieces.push(match (inherit, &region.what) {
                (Inherit::Zero | Inherit::None, _) => {
                    let what = What::Private { base: Base::Zero, lineage: 0, cells: Cells::default() };
                    Region { exempt: false, what, ..region }
                }
                (Inherit::Share, What::Private { .. }) => self.share(space, id, index),
                (Inherit::Share, What::Shared(sharing)) => {
                    self.mappers(*sharing, 1);
                    region
                }
                (Inherit::Copy, What::Private { base, lineage, cells }) => {
                    let (own, from) =
                        (&space.lineages[*lineage as usize], LineageId { owner: Owner::Space(id), nth: *lineage });
                    let lineage = lineages.add(own.child(from, space.log.end()));
                    let what = What::Private { base: *base, lineage, cells: cells.clone() };
                    Region { what, ..region }
                }
                (Inherit::Copy, What::Shared(sharing)) => self.copy_shared(space, id, index, *sharing, &mut lineages),
            });
        }
        (pieces, lineages.0, label)
    }
    /// Turns a private region into a group of two.
    fn share(&self, space: &mut Space, id: SpaceId, index: usize) -> Region {
        let Space { regions, lineages, log, .. } = space;
        let region = &mut regions[index];
        if let What::Private { base, lineage, cells } = &region.what {
            let own = LineageId { owner: Owner::Space(id), nth: *lineage };
            let from = lineages[*lineage as usize].child(own, log.end());
            let group = Group { mappers: 2, exempt: region.exempt, ..Group::new(*base, cells.clone(), from) };
            let sharing = self.new_group(|_| group);
            // Stores in progress end in the group.
            let (first, last) = region.window();
            let here = |p: &(u32, PageIndex, u64)| p.0 == *lineage && (first..last).contains(&p.1);
            let (under_way, others): (Vec<_>, Vec<_>) = log.pending.drain(..).partition(here);
            log.pending = others;
            let mut held = self.shared(sharing).lock();
            let Group { lineage: shared, cells, log, .. } = held.edit();
            for (_, page, value) in under_way {
                // The present value may have been stored while they were in progress already: they find it as such a
                // store in the group's log when they end.
                let now = cells.get(page).into_iter().chain(cells.candidates(page).map(|(_, other)| other));
                for now in now {
                    // Release, as of every store: see `Oracle::ticket`.
                    let stamp = self.shared_stores.fetch_add(1, Ordering::Release);
                    let at = Vpn(region.start.0 + (page.0 - region.at.0));
                    let seen = Stored { lineage: 0, page, by: id, at, before: now, value: now, stamp };
                    log.push(seen, shared);
                }
                log.pending.push((0, page, value));
            }
            drop(held);
            region.what = What::Shared(sharing);
            region.exempt = false;
        }
        region.clone()
    }
    /// Forks a shared region COPY: an entry that is copied is copy-on-write from here on in the parent too, so both
    /// leave the sharing.
    fn copy_shared(
        &self,
        space: &mut Space,
        id: SpaceId,
        index: usize,
        sharing: Sharing,
        lineages: &mut Lineages,
    ) -> Region {
        let region = &space.regions[index];
        let (start, from) = (region.start, LineageId::shared(sharing));
        let Sharing::Group(_) = sharing else {
            let Sharing::File(file) = sharing else { return region.clone() };
            let base = Base::File(file);
            let lineage = space.add_root(id, start, base);
            return self.leave(space, id, index, (base, lineage, Cells::default()), lineages);
        };
        let own = space.regions.iter().filter(|r| r.sharing() == Some(sharing)).count();
        let mut held = self.shared(sharing).lock();
        let (base, cells) = (held.state.base, held.state.cells.clone());
        let lineage = held.state.lineage.child(from, held.state.log.end());
        if held.state.exempt || held.state.mappers as usize > own {
            // Other spaces go on storing below what the two will copy: rulings R14.
            held.edit().exempt = true;
            let what = What::Private { base, lineage: lineages.add(lineage), cells };
            return Region { exempt: true, what, ..region.clone() };
        }
        drop(held);
        let lineage = space.add_lineage(lineage);
        self.mappers(sharing, -1);
        self.leave(space, id, index, (base, lineage, cells), lineages)
    }
    /// Makes the region private to the parent; returns the child's copy of it.
    fn leave(
        &self,
        space: &mut Space,
        id: SpaceId,
        index: usize,
        to: (Base, u32, Cells),
        lineages: &mut Lineages,
    ) -> Region {
        let (base, lineage, cells) = to;
        let own = LineageId { owner: Owner::Space(id), nth: lineage };
        let child = lineages.add(space.lineages[lineage as usize].child(own, space.log.end()));
        let region = &mut space.regions[index];
        region.what = What::Private { base, lineage, cells: cells.clone() };
        Region { what: What::Private { base, lineage: child, cells }, ..region.clone() }
    }
}
