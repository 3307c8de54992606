//! What is mapped where, and the model as a whole: fingerprint, snapshot.

use super::cells::{Candidate, Cells};
use super::lineage::{Lineage, LineageId, Sharing};
use super::space::{Base, Group, Region, Space, What};
use super::{Backing, Fingerprint, Oracle, Saved, Slot, Snapshot, Versioned};
use crate::env::stepped::side::{SideSnapshot, SideState};
use crate::ids::SpaceId;
use crate::machine::addr::{PageIndex, VirtAddr, Vpn};
use crate::primitive::{Mutex, MutexGuard, Ordering};
use crate::vm::vnode::contents;
use crate::word::mix;
use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::Arc;

/// The pages of a byte range.
pub(super) fn pages(start: VirtAddr, end: VirtAddr) -> (Vpn, Vpn) {
    (start.vpn(), end.round().vpn())
}

impl Oracle {
    /// Adds `delta` to the number of regions that map these pages.
    pub(super) fn mappers(&self, sharing: Sharing, delta: i32) {
        let Sharing::Group(_) = sharing else { return };
        let mut held = self.shared(sharing).lock();
        let group = held.edit();
        group.mappers = group.mappers.saturating_add_signed(delta);
        if group.mappers == 0 {
            group.cells = Cells::default();
        }
    }
    /// Creates a group; returns its number.
    pub(super) fn new_group(&self, make: impl FnOnce(LineageId) -> Group) -> Sharing {
        // Relaxed, here and below: the number only has to be a fresh one; other tasks learn it under a space's lock.
        let sharing = Sharing::Group(self.group_count.fetch_add(1, Ordering::Relaxed));
        *self.shared(sharing).lock().edit() = make(LineageId::shared(sharing));
        sharing
    }
    /// A root space gets its label at its first mapping; a child has one from its fork.
    fn label(space: &mut Space, id: SpaceId) {
        if space.label == 0 {
            space.label = mix(0x5ace, u64::from(id.0)) | 1;
        }
    }

    /// Records a new mapping, which replaces whatever was there. The caller holds the map lock, and no task can fault
    /// on the mapping yet.
    pub fn mapped(&self, id: SpaceId, start: VirtAddr, end: VirtAddr, backing: Backing, shared: bool) {
        self.unmapped(id, start, end);
        let slot = self.spaces.get(id.0);
        let mut held = slot.lock();
        let space = held.edit();
        Self::label(space, id);
        let (start, end) = pages(start, end);
        if start >= end {
            return;
        }
        let (at, base) = match backing {
            Backing::Anon => (PageIndex(0), Base::Zero),
            Backing::File { file, offset } => (offset, Base::File(file)),
        };
        let what = match (shared, base) {
            (true, Base::File(file)) => What::Shared(Sharing::File(file)),
            (true, Base::Zero) => {
                let label = mix(space.label, start.0);
                let make = |lineage| Group {
                    mappers: 1,
                    ..Group::new(base, Cells::default(), Lineage::new(lineage, label, None))
                };
                What::Shared(self.new_group(make))
            }
            (false, base) => What::Private { base, lineage: space.add_root(id, start, base), cells: Cells::default() },
        };
        space.insert(Region { start, end, at, exempt: false, what });
        slot.changed();
    }
    /// Records that the range is no longer mapped. The caller holds the map lock; it makes no difference to a correct
    /// kernel whether the page-table entries are removed before or after, since no task can fault there in between
    /// and the frames still hold their values.
    pub fn unmapped(&self, id: SpaceId, start: VirtAddr, end: VirtAddr) {
        let (start, end) = pages(start, end);
        for sharing in self.take(id, start, end).iter().filter_map(Region::sharing) {
            self.mappers(sharing, -1);
        }
    }
    /// Records the end of a space (exit, or its replacement by exec).
    pub fn space_gone(&self, id: SpaceId) {
        self.unmapped(id, VirtAddr(0), VirtAddr(u64::MAX));
        let mut held = self.spaces.get(id.0).lock();
        let space = held.edit();
        (space.label, space.forks) = (0, 0);
    }
    /// Removes a range from what is mapped; returns the removed regions.
    pub(super) fn take(&self, id: SpaceId, start: Vpn, end: Vpn) -> Vec<Region> {
        let slot = self.spaces.get(id.0);
        let mut held = slot.lock();
        if start >= end || held.state.regions.iter().all(|r| r.end <= start || r.start >= end) {
            return Vec::new();
        }
        slot.changed();
        let space = held.edit();
        let inside = space.cut_out(start, end, |sharing| self.mappers(sharing, 1));
        space.regions.drain(inside).collect()
    }
    /// Records that a mapping of `len` bytes has moved with its contents (mremap), over whatever was at its new
    /// place. If it grows, the rest is a mapping of its own: [`Oracle::mapped`].
    pub fn moved(&self, id: SpaceId, old: VirtAddr, new: VirtAddr, len: u64) {
        let (from, to) = pages(old, VirtAddr(old.0 + len));
        let moving = self.take(id, from, to);
        self.unmapped(id, new, VirtAddr(new.0 + len));
        let mut held = self.spaces.get(id.0).lock();
        let space = held.edit();
        let shift = new.vpn().0.wrapping_sub(old.vpn().0);
        for region in moving {
            let at = |vpn: Vpn| Vpn(vpn.0.wrapping_add(shift));
            space.insert(Region { start: at(region.start), end: at(region.end), ..region });
        }
    }
    /// Records MADV_FREE: until the next store a page holds its present value, or its value without the stores to it.
    /// That is 0 for anonymous memory, unless an older value is on the swap device; for a file's page it is the
    /// file's contents.
    pub fn advised_free(&self, id: SpaceId, start: VirtAddr, end: VirtAddr) {
        let (start, end) = pages(start, end);
        let mut held = self.spaces.get(id.0).lock();
        let space = held.edit();
        for region in space.regions.iter_mut().filter(|r| r.start < end && r.end > start) {
            let window = region.clip(start, end).window();
            match &mut region.what {
                What::Private { cells, .. } => free(cells, window, |_| 0),
                What::Shared(sharing) => {
                    let file = if let Sharing::File(file) = *sharing { Some(file) } else { None };
                    let without = |page| file.map_or(0, |file| contents(file, page));
                    free(&mut self.shared(*sharing).lock().edit().cells, window, without);
                }
            }
        }
    }

    // ---- the whole model ---------------------------------------------------

    /// Fingerprint of everything that the model may ever answer (stepped mode): mappings, values and candidates, own
    /// histories, and what was stored anywhere. Spaces are hashed by `name_of`, groups by the places where they are
    /// mapped. Two worlds that are equal but for what is expected of them differ.
    pub fn fingerprint(&self, name_of: impl Fn(SpaceId) -> u64) -> u64 {
        let present = self.present();
        // A snapshot caches its fingerprint, and is often returned to.
        let Some(mut known) = present.as_ref().map(Snapshot::fingerprint) else { return self.summed(name_of).sum };
        match &*known {
            Some(known) if known.names.iter().all(|&(space, name)| name_of(space) == name) => known.sum,
            _ => known.insert(self.summed(name_of)).sum,
        }
    }
    fn summed(&self, name_of: impl Fn(SpaceId) -> u64) -> Fingerprint {
        let mut names = Vec::new();
        let mut sum = 0u64;
        let mut groups: BTreeMap<u32, u64> = BTreeMap::new();
        for (index, slot) in self.spaces.iter() {
            let mut held = slot.lock();
            sum = sum.wrapping_add(held.state.log.sum);
            if held.state.regions.is_empty() {
                continue;
            }
            let name = name_of(SpaceId(index));
            names.push((SpaceId(index), name));
            sum = sum.wrapping_add(mix(name, held.fingerprint(Space::fingerprint)));
            for region in &held.state.regions {
                if let Some(Sharing::Group(n)) = region.sharing() {
                    let shape = groups.entry(n).or_default();
                    *shape = shape.wrapping_add(mix(mix(name, region.start.0), mix(region.end.0, region.at.0)));
                }
            }
        }
        for (index, slot) in self.groups.iter() {
            sum = sum.wrapping_add(slot.lock().state.log.sum);
            if let Some(shape) = groups.get(&index) {
                sum = sum.wrapping_add(mix(*shape, group_fingerprint(slot)));
            }
        }
        for (index, slot) in self.files.iter() {
            // A file without stores is as if it had never been accessed.
            if !slot.lock().state.is_new() {
                let group = mix(u64::from(index) + 1, group_fingerprint(slot));
                sum = sum.wrapping_add(slot.lock().state.log.sum).wrapping_add(group);
            }
        }
        Fingerprint { names, sum }
    }
    /// A hash of the exact state, with spaces and groups by number (stepped mode). A
    /// [`fingerprint`](Oracle::fingerprint) leaves out what makes no difference to any answer; this leaves out
    /// nothing, not even what only later fingerprints depend on.
    pub fn identity(&self) -> u64 {
        let groups = identities(self.groups.iter()).wrapping_add(u64::from(self.group_count.load(Ordering::Relaxed)));
        mix(mix(identities(self.spaces.iter()), groups), identities(self.files.iter()))
    }
    /// A snapshot of the model (stepped mode). Cheap: nothing is copied until it changes.
    pub fn snapshot(&self) -> Snapshot {
        let new = || {
            Snapshot(Arc::new(Saved {
                spaces: states(self.spaces.iter(), Space::fingerprint),
                groups: states(self.groups.iter(), Group::fingerprint),
                files: states(self.files.iter(), Group::fingerprint),
                group_count: self.group_count.load(Ordering::Relaxed),
                fingerprint: Mutex::default(),
            }))
        };
        self.present().get_or_insert_with(new).clone()
    }
    /// Restores a snapshot (stepped mode). No access may be in progress.
    pub fn restore(&self, to: &Snapshot) {
        self.edited();
        put_back(self.spaces.iter(), &to.0.spaces);
        put_back(self.groups.iter(), &to.0.groups);
        put_back(self.files.iter(), &to.0.files);
        self.group_count.store(to.0.group_count, Ordering::Relaxed);
        *self.present() = Some(to.clone());
    }
    pub(super) fn present(&self) -> MutexGuard<'_, Option<Snapshot>> {
        self.present.lock()
    }
}

impl SideState for Oracle {
    fn version(&self) -> u64 {
        self.edits()
    }
    fn identity(&self) -> u64 {
        Oracle::identity(self)
    }
    fn save(&self) -> SideSnapshot {
        Box::new(self.snapshot())
    }
    fn restore(&self, to: &SideSnapshot) {
        if let Some(to) = to.downcast_ref() {
            Oracle::restore(self, to);
        }
    }
}

impl Snapshot {
    fn fingerprint(&self) -> MutexGuard<'_, Option<Fingerprint>> {
        self.0.fingerprint.lock()
    }
}

/// MADV_FREE for the pages with values: each may also hold `without` of it.
fn free(cells: &mut Cells, (from, to): (PageIndex, PageIndex), without: impl Fn(PageIndex) -> u64) {
    let held: Vec<PageIndex> = cells.range(from, to).map(|(page, _)| page).collect();
    for page in held {
        cells.add_candidate(page, Candidate::Freed, without(page));
    }
}

fn group_fingerprint(slot: &Slot<Group>) -> u64 {
    slot.lock().fingerprint(Group::fingerprint)
}

fn identities<'a, T: Clone + Hash + 'a>(slots: impl Iterator<Item = (u32, &'a Slot<T>)>) -> u64 {
    slots.fold(0, |sum, (index, slot)| sum.wrapping_add(mix(u64::from(index), slot.lock().identity())))
}

/// The states with their fingerprints, which stay valid as long as the state does.
fn states<'a, T: Clone + Hash + 'a>(
    slots: impl Iterator<Item = (u32, &'a Slot<T>)>,
    fingerprint: impl Fn(&T) -> u64,
) -> Vec<Versioned<T>> {
    let state = |(_, slot): (u32, &Slot<T>)| {
        let mut held = slot.lock();
        held.fingerprint(&fingerprint);
        held.clone()
    };
    slots.map(state).collect()
}

/// Restores slots; slots first used later become new again.
fn put_back<'a, T: Clone + Default + 'a>(slots: impl Iterator<Item = (u32, &'a Slot<T>)>, to: &[Versioned<T>]) {
    for (index, slot) in slots {
        let mut held = slot.lock();
        match to.get(index as usize) {
            Some(saved) if Arc::ptr_eq(&saved.state, &held.state) => {}
            Some(saved) => *held = saved.clone(),
            None => *held = Versioned::default(),
        }
    }
}
