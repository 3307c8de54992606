//! The memory oracle (vm.md §16.3, rulings R14): a flat model of what memory holds.
//!
//! One word per page, the one at offset 0. The model contains no objects, chains or frames: a space is a list of
//! regions, a region is a map from pages to values, and a fork copies values or shares them. Whatever the engine does
//! below, a load must return the model's value.
//!
//! - *Private* pages start as zero, or as what the file's page holds at the time, up to their first store.
//! - *Shared* pages have one value for all spaces that map them: the pages of a file by (file, index), anonymous ones
//!   in a group that mmap or a fork with INHERIT_SHARE creates.
//! - *Stepped*: exactly one value is right at the step that touches the frame ([`Oracle::loaded`],
//!   [`Oracle::stored`]). *Threads*: an access has a beginning and an end, and any value current in between is right
//!   ([`Oracle::load_begin`] …). If stores overlap, the last one is unknown, and each of their values is a candidate;
//!   a load decides.
//! - *After MADV_FREE* a page holds its old value or 0. Once a load has returned 0 it is 0; a load of the old value
//!   decides nothing, since the page may still be dropped at any time until it is stored to again. Shared memory
//!   loses only those stores of the advising process that only the modified bits of its own entries record; without
//!   them an older value may show, from the swap device or the file.
//! - *Exempt* are ranges that another space shares and that are then forked COPY (R14): stores there are noted, loads
//!   are not checked. Pages of files need no exemption: a file's object never collapses and its pages never move up,
//!   so both sides of such a fork simply become private mappings of the file.
//!
//! A wrong value is classified by its origin: see `lineage` and `judge`. After a finding the model adopts the
//! engine's value, so that one fault is reported once.

mod cells;
mod declare;
mod fork;
mod judge;
mod lineage;
mod maps;
mod space;
mod store;
mod table;
#[cfg(test)]
mod tests;

use crate::env::Env;
use crate::ids::{FileId, SpaceId};
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr, Vpn};
use crate::primitive::{AtomicU32, AtomicU64, Mutex, MutexGuard, Ordering};
use crate::vm::vnode::contents;
use crate::world::Cx;
use cells::{Candidate, Cells};
use judge::Wrong;
use lineage::{LineageId, Owner, Sharing, StoreLog};
use space::{Base, Group, Space, What};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use table::Table;

/// What a mapping holds before the first store to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backing {
    /// Zeroes.
    Anon,
    /// The pages of a file.
    File {
        /// The file.
        file: FileId,
        /// The page of the file at the start of the mapping.
        offset: PageIndex,
    },
}

/// Ticket of an access: the event counts when it began.
#[derive(Clone, Copy, Debug)]
#[must_use = "the access has to end"]
pub struct Ticket {
    /// Stores to private pages of the space.
    own: u64,
    /// Stores to shared pages.
    shared: u64,
    /// Changes of what the space maps.
    changes: u64,
    /// For a store, its entry among the pending ones.
    pending: Option<(Option<Sharing>, u32, PageIndex)>,
}

/// A state and, if computed, its fingerprint and its identity. The state is shared with snapshots until it is
/// changed.
#[derive(Clone, Default)]
struct Versioned<T> {
    state: Arc<T>,
    fingerprint: Option<u64>,
    identity: Option<u64>,
}

impl<T: Clone + Hash> Versioned<T> {
    fn edit(&mut self) -> &mut T {
        (self.fingerprint, self.identity) = (None, None);
        Arc::make_mut(&mut self.state)
    }
    /// The state's fingerprint, computed by `of` if necessary.
    fn fingerprint(&mut self, of: impl FnOnce(&T) -> u64) -> u64 {
        *self.fingerprint.get_or_insert_with(|| of(&self.state))
    }
    /// A hash of exactly this state, including what cannot make a difference.
    fn identity(&mut self) -> u64 {
        *self.identity.get_or_insert_with(|| {
            let mut hasher = DefaultHasher::new();
            self.state.hash(&mut hasher);
            hasher.finish()
        })
    }
}

#[derive(Default)]
struct Slot<T> {
    held: Mutex<Versioned<T>>,
    /// For a space: stores so far, for tickets.
    stores: AtomicU64,
    /// For a space: changes of its mappings so far, for tickets.
    changes: AtomicU64,
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, Versioned<T>> {
        self.held.lock()
    }
    /// Counts a change of the mappings: loads in progress may see either side of it.
    fn changed(&self) {
        // Release: see `Oracle::ticket`.
        self.changes.fetch_add(1, Ordering::Release);
    }
}

/// What memory should hold.
///
/// One mutex per space and one per set of shared pages, acquired in this order: space, group, file.
#[derive(Default)]
pub struct Oracle {
    spaces: Table<Slot<Space>>,
    groups: Table<Slot<Group>>,
    files: Table<Slot<Group>>,
    /// Groups created so far.
    group_count: AtomicU32,
    /// Stores to shared pages so far.
    shared_stores: AtomicU64,
    /// Changes of any kind so far (stepped mode).
    edits: AtomicU64,
    /// A snapshot of the present state, if there is one: until the next change (stepped mode).
    present: Mutex<Option<Snapshot>>,
}

/// A snapshot of the whole model.
#[derive(Clone)]
pub struct Snapshot(Arc<Saved>);

struct Saved {
    spaces: Vec<Versioned<Space>>,
    groups: Vec<Versioned<Group>>,
    files: Vec<Versioned<Group>>,
    group_count: u32,
    fingerprint: Mutex<Option<Fingerprint>>,
}

/// A value of [`Oracle::fingerprint`], and the names of the spaces that it used.
struct Fingerprint {
    names: Vec<(SpaceId, u64)>,
    sum: u64,
}

/// How a loaded value compares with the model.
enum Answer {
    Right,
    /// It decides between candidates.
    Decides,
    Wrong,
}

fn judge(
    cells: &Cells,
    log: &StoreLog,
    (lineage, page): (u32, PageIndex),
    expected: u64,
    value: u64,
    since: Option<u64>,
) -> Answer {
    // While stores of a race are in progress, nothing is decided.
    let quiet = || since.is_none_or(|stamp| log.quiet(lineage, page, stamp));
    let racing = |d: (Candidate, u64)| d.0 == Candidate::Race;
    if value == expected {
        let decides = cells.has_candidates(page) && cells.candidates(page).any(racing) && quiet();
        return if decides { Answer::Decides } else { Answer::Right };
    }
    if cells.candidates(page).any(|d| d.1 == value) {
        return if quiet() { Answer::Decides } else { Answer::Right };
    }
    match since {
        Some(stamp) if log.held(lineage, page, stamp, value) => Answer::Right,
        _ => Answer::Wrong,
    }
}

impl Oracle {
    fn shared(&self, sharing: Sharing) -> &Slot<Group> {
        match sharing {
            Sharing::File(file) => self.files.get(file.0),
            Sharing::Group(n) => self.groups.get(n),
        }
    }
    /// The value of a page without one of its own: what its base holds.
    fn beneath(&self, base: Base, page: PageIndex) -> u64 {
        base.file().map_or(0, |file| {
            let own = self.files.get(file.0).lock().state.cells.get(page);
            own.unwrap_or_else(|| contents(file, page))
        })
    }
    /// The value of a shared page.
    fn shown(&self, sharing: Sharing, group: &Group, page: PageIndex) -> u64 {
        group.cells.get(page).unwrap_or_else(|| match sharing {
            Sharing::File(file) => contents(file, page),
            Sharing::Group(_) => self.beneath(group.base, page),
        })
    }
    /// Whether a load in progress may have read the file's page below as `value`. It decides a race of stores there
    /// like a load through the file's own mapping.
    fn seen_beneath(&self, base: Base, page: PageIndex, value: u64, ticket: Option<Ticket>) -> bool {
        let Some((file, ticket)) = base.file().zip(ticket) else { return false };
        let mut held = self.files.get(file.0).lock();
        let expected = held.state.cells.get(page).unwrap_or_else(|| contents(file, page));
        match judge(&held.state.cells, &held.state.log, (0, page), expected, value, Some(ticket.shared)) {
            Answer::Right => true,
            Answer::Decides => {
                held.edit().cells.set(page, value, 0);
                true
            }
            Answer::Wrong => false,
        }
    }
    /// Number of stores to the file's pages so far.
    fn file_stores(&self, base: Base) -> u64 {
        base.file().map_or(0, |file| self.files.get(file.0).lock().state.log.end())
    }

    /// What a load should return now; `None` if nothing is mapped.
    pub fn expected(&self, space: SpaceId, va: VirtAddr) -> Option<u64> {
        let held = self.spaces.get(space.0).lock();
        let region = &held.state.regions[held.state.find(va.vpn())?];
        let page = region.page(va.vpn());
        Some(match &region.what {
            What::Private { base, cells, .. } => cells.get(page).unwrap_or_else(|| self.beneath(*base, page)),
            What::Shared(sharing) => self.shown(*sharing, &self.shared(*sharing).lock().state, page),
        })
    }

    // ---- loads -----------------------------------------------------------

    /// Begins a load, before it touches memory (threads mode).
    #[inline]
    pub fn load_begin<E: Env>(&self, cx: &Cx<'_, E>, _va: VirtAddr) -> Ticket {
        self.ticket(cx.space.get())
    }
    fn ticket(&self, space: SpaceId) -> Ticket {
        let slot = self.spaces.get(space.0);
        // Acquire, paired with release where they are counted: a store that a ticket counts has reached memory before
        // the access, so an older value is wrong. A count that lags behind only admits more values.
        Ticket {
            own: slot.stores.load(Ordering::Acquire),
            shared: self.shared_stores.load(Ordering::Acquire),
            changes: slot.changes.load(Ordering::Acquire),
            pending: None,
        }
    }
    /// Ends a load that has read `value`; returns the right value. A wrong one is reported.
    pub fn load_end<E: Env>(&self, cx: &Cx<'_, E>, va: VirtAddr, ticket: Ticket, value: u64) -> u64 {
        self.checked(cx, va, value, None, Some(ticket))
    }
    /// Checks a load that reads `value` in `frame` in this very step (stepped mode); returns the right value. A wrong
    /// one is reported for that frame: a TLB may lead to another frame than the page table does.
    pub fn loaded<E: Env>(&self, cx: &Cx<'_, E>, va: VirtAddr, value: u64, frame: Option<FrameNo>) -> u64 {
        self.checked(cx, va, value, frame, None)
    }
    fn checked<E: Env>(
        &self,
        cx: &Cx<'_, E>,
        va: VirtAddr,
        value: u64,
        frame: Option<FrameNo>,
        ticket: Option<Ticket>,
    ) -> u64 {
        match self.load(cx.space.get(), va.vpn(), value, ticket) {
            Ok(()) => value,
            Err(wrong) if self.is_excused(&wrong, value) => value,
            Err(wrong) => {
                self.report(cx, va, value, frame, &wrong);
                wrong.expected
            }
        }
    }
    /// Compares a loaded value with the model, and adopts it if it is wrong.
    fn load(&self, space: SpaceId, vpn: Vpn, value: u64, ticket: Option<Ticket>) -> Result<(), Wrong> {
        let slot = self.spaces.get(space.0);
        let mut held = slot.lock();
        let Some(index) = held.state.find(vpn) else { return Ok(()) };
        let region = &held.state.regions[index];
        // A load concurrent with a change of the mappings may have come before or after it. (Relaxed: changes are
        // counted under the lock that is held.)
        if region.exempt || ticket.is_some_and(|t| t.changes != slot.changes.load(Ordering::Relaxed)) {
            return Ok(());
        }
        let page = region.page(vpn);
        match &region.what {
            What::Private { base, lineage, cells } => {
                let (own, since) = (cells.get(page), ticket.map(|t| t.own));
                // A store that had ended before the load began hides the file's page below.
                let open = own.is_none() || held.state.log.stored_since(*lineage, page, since);
                if open && self.seen_beneath(*base, page, value, ticket) {
                    return Ok(());
                }
                let expected = own.unwrap_or_else(|| self.beneath(*base, page));
                match judge(cells, &held.state.log, (*lineage, page), expected, value, since) {
                    Answer::Right => Ok(()),
                    answer => {
                        let id = LineageId { owner: Owner::Space(space), nth: *lineage };
                        let wrong = Wrong::of(cells, id, page, expected);
                        let since = if own.is_none() { self.file_stores(*base) } else { 0 };
                        if let What::Private { cells, .. } = &mut held.edit().regions[index].what {
                            cells.set(page, value, since);
                        }
                        self.edited();
                        if let Answer::Decides = answer { Ok(()) } else { Err(wrong) }
                    }
                }
            }
            What::Shared(sharing) => {
                let mut held = self.shared(*sharing).lock();
                let group = &held.state;
                if group.exempt {
                    return Ok(());
                }
                let since = ticket.map(|t| t.shared);
                let open = group.cells.get(page).is_none() || group.log.stored_since(0, page, since);
                if open && self.seen_beneath(group.base, page, value, ticket) {
                    return Ok(());
                }
                let expected = self.shown(*sharing, group, page);
                match judge(&group.cells, &group.log, (0, page), expected, value, since) {
                    Answer::Right => Ok(()),
                    answer => {
                        let wrong = Wrong::of(&group.cells, LineageId::shared(*sharing), page, expected);
                        let since = self.file_stores(group.base);
                        held.edit().cells.set(page, value, since);
                        self.edited();
                        if let Answer::Decides = answer { Ok(()) } else { Err(wrong) }
                    }
                }
            }
        }
    }
}
