//! The memory oracle (vm.md §16.3, rulings R14): a flat model of what memory holds.
//!
//! One word a page, the one at offset 0. The model knows nothing of objects,
//! chains or frames: a space is a list of regions, a region is values by page, and a
//! fork copies values or shares them. Whatever the engine does below, a load must
//! return what stands here.
//!
//! - *Private* pages start as zero, or as what the file's page shows at the time, up
//!   to their first store.
//! - *Shared* pages stand once, for all who map them: the pages of a file by (file,
//!   index), anonymous ones in a group that mmap or a fork with INHERIT_SHARE makes.
//! - *Stepped*: exactly one value is right at the step that touches the frame
//!   ([`Oracle::loaded`], [`Oracle::stored`]). *Threads*: an access has a beginning and
//!   an end, and any value current in between is right ([`Oracle::load_begin`] …).
//!   Stores that overlap leave a doubt which of them came last; a load decides it.
//! - *After MADV_FREE* a page holds its old value or 0. Having been seen as 0 it is 0; a
//!   load of the old value decides nothing, since the page may still be dropped at any
//!   time until it is stored to again. Shared memory loses only what nobody has noticed of the stores
//!   of the process that said so, and without them an older value may show, from the swap device
//!   or the file.
//! - *Exempt* are ranges that another space shares and that are then forked COPY (R14):
//!   stores there are noted, loads are not checked. Pages of files need no exemption:
//!   a file's object never collapses and its pages never move up, so both sides of such
//!   a fork simply become private mappings of the file.
//!
//! A wrong value is classed by where it comes from: see `line` and `judge`. After a
//! finding the model takes the engine's value, so that one fault is told once.

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

/// What a mapping shows before anybody stores to it.
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

/// When an access began: what had happened by then.
#[derive(Clone, Copy, Debug)]
#[must_use = "the access has to end"]
pub struct Ticket {
    /// Stores to private pages of the space.
    own: u64,
    /// Stores to shared pages.
    shared: u64,
    /// Changes of what the space maps.
    changes: u64,
    /// A store's entry among the pending ones.
    pending: Option<(Option<Sharing>, u32, PageIndex)>,
}

/// A state and, while they are known, its digest and its identity. The state is shared with
/// snapshots until it is changed.
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
    /// The state's digest, which `of` makes if it is not known.
    fn fingerprint(&mut self, of: impl FnOnce(&T) -> u64) -> u64 {
        *self.fingerprint.get_or_insert_with(|| of(&self.state))
    }
    /// A number for exactly this state, whatever it may ever make a difference for.
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
    /// Stores so far, for tickets. Of a space.
    stores: AtomicU64,
    /// Changes of what is mapped so far, for tickets. Of a space.
    changes: AtomicU64,
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, Versioned<T>> {
        self.held.lock()
    }
    /// What is mapped changes: loads under way may see either.
    fn changed(&self) {
        // Release: see `Oracle::ticket`.
        self.changes.fetch_add(1, Ordering::Release);
    }
}

/// What memory should hold.
///
/// One mutex a space and one for each set of shared pages, taken in this order:
/// space, group, file.
#[derive(Default)]
pub struct Oracle {
    spaces: Table<Slot<Space>>,
    groups: Table<Slot<Group>>,
    files: Table<Slot<Group>>,
    /// Groups made so far.
    group_count: AtomicU32,
    /// Stores to shared pages so far.
    shared_stores: AtomicU64,
    /// Changes of any kind so far (stepped mode).
    edits: AtomicU64,
    /// The copy that is as the model is now, if there is one: until the next change (stepped mode).
    present: Mutex<Option<Snapshot>>,
}

/// A copy of the whole model, to come back to.
#[derive(Clone)]
pub struct Snapshot(Arc<Saved>);

struct Saved {
    spaces: Vec<Versioned<Space>>,
    groups: Vec<Versioned<Group>>,
    files: Vec<Versioned<Group>>,
    group_count: u32,
    fingerprint: Mutex<Option<Fingerprint>>,
}

/// What [`Oracle::fingerprint`] said, and the names that spaces went by.
struct Fingerprint {
    names: Vec<(SpaceId, u64)>,
    sum: u64,
}

/// How a loaded value stands to the model.
enum Answer {
    Right,
    /// It decides a doubt.
    Decides,
    Wrong,
}

fn judge(
    cells: &Cells,
    book: &StoreLog,
    (line, page): (u32, PageIndex),
    expected: u64,
    value: u64,
    since: Option<u64>,
) -> Answer {
    // Nobody can say more about a race while its stores are still under way.
    let quiet = || since.is_none_or(|stamp| book.quiet(line, page, stamp));
    let racing = |d: (Candidate, u64)| d.0 == Candidate::Race;
    if value == expected {
        let decides = cells.has_candidates(page) && cells.candidates(page).any(racing) && quiet();
        return if decides { Answer::Decides } else { Answer::Right };
    }
    if cells.candidates(page).any(|d| d.1 == value) {
        return if quiet() { Answer::Decides } else { Answer::Right };
    }
    match since {
        Some(stamp) if book.held(line, page, stamp, value) => Answer::Right,
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
    /// What a page shows that has no value of its own.
    fn beneath(&self, base: Base, page: PageIndex) -> u64 {
        base.file().map_or(0, |file| {
            let own = self.files.get(file.0).lock().state.cells.get(page);
            own.unwrap_or_else(|| contents(file, page))
        })
    }
    /// What a shared page shows.
    fn shown(&self, sharing: Sharing, group: &Group, page: PageIndex) -> u64 {
        group.cells.get(page).unwrap_or_else(|| match sharing {
            Sharing::File(file) => contents(file, page),
            Sharing::Group(_) => self.beneath(group.base, page),
        })
    }
    /// The load under way may have seen the file's page below, which is or was `value`. A
    /// race of stores there is decided by it as by a load through the file's own mapping.
    fn seen_beneath(&self, base: Base, page: PageIndex, value: u64, ticket: Option<Ticket>) -> bool {
        let Some((file, ticket)) = base.file().zip(ticket) else { return false };
        let mut held = self.files.get(file.0).lock();
        let expected = held.state.cells.get(page).unwrap_or_else(|| contents(file, page));
        match judge(&held.state.cells, &held.state.book, (0, page), expected, value, Some(ticket.shared)) {
            Answer::Right => true,
            Answer::Decides => {
                held.edit().cells.set(page, value, 0);
                true
            }
            Answer::Wrong => false,
        }
    }
    /// How many stores the file's pages have seen.
    fn file_stores(&self, base: Base) -> u64 {
        base.file().map_or(0, |file| self.files.get(file.0).lock().state.book.end())
    }

    /// What a load should return now; nothing where nothing is mapped.
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

    /// A load is about to touch memory (threads mode).
    #[inline]
    pub fn load_begin<E: Env>(&self, cx: &Cx<'_, E>, _va: VirtAddr) -> Ticket {
        self.ticket(cx.space.get())
    }
    fn ticket(&self, space: SpaceId) -> Ticket {
        let slot = self.spaces.get(space.0);
        // Acquire, and release where they are counted: a store that a ticket counts has reached memory before the access,
        // so an older value is wrong. A count that lags only lets more pass.
        Ticket {
            own: slot.stores.load(Ordering::Acquire),
            shared: self.shared_stores.load(Ordering::Acquire),
            changes: slot.changes.load(Ordering::Acquire),
            pending: None,
        }
    }
    /// It has read `value`: the value that is right. A wrong one is a finding.
    pub fn load_end<E: Env>(&self, cx: &Cx<'_, E>, va: VirtAddr, ticket: Ticket, value: u64) -> u64 {
        self.checked(cx, va, value, None, Some(ticket))
    }
    /// A load reads `value` in `frame` in this very step (stepped mode): the value that is
    /// right. A wrong one is a finding, of that frame: a TLB may lead to another than the
    /// page table does.
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
    /// Holds a loaded value against the model, and takes it over if it is wrong.
    fn load(&self, space: SpaceId, vpn: Vpn, value: u64, ticket: Option<Ticket>) -> Result<(), Wrong> {
        let slot = self.spaces.get(space.0);
        let mut held = slot.lock();
        let Some(index) = held.state.find(vpn) else { return Ok(()) };
        let region = &held.state.regions[index];
        // A load that ran into a change of the map may have come before or after it. (Relaxed: changes are counted
        // under the lock that is held.)
        if region.exempt || ticket.is_some_and(|t| t.changes != slot.changes.load(Ordering::Relaxed)) {
            return Ok(());
        }
        let page = region.page(vpn);
        match &region.what {
            What::Private { base, line, cells } => {
                let (own, since) = (cells.get(page), ticket.map(|t| t.own));
                // Since a store that had ended when the load began, what is below is hidden.
                let open = own.is_none() || held.state.book.stored_since(*line, page, since);
                if open && self.seen_beneath(*base, page, value, ticket) {
                    return Ok(());
                }
                let expected = own.unwrap_or_else(|| self.beneath(*base, page));
                match judge(cells, &held.state.book, (*line, page), expected, value, since) {
                    Answer::Right => Ok(()),
                    answer => {
                        let id = LineageId { owner: Owner::Space(space), nth: *line };
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
                let open = group.cells.get(page).is_none() || group.book.stored_since(0, page, since);
                if open && self.seen_beneath(group.base, page, value, ticket) {
                    return Ok(());
                }
                let expected = self.shown(*sharing, group, page);
                match judge(&group.cells, &group.book, (0, page), expected, value, since) {
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
