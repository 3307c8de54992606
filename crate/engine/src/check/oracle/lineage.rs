//! Lines of descent: who stored what, and what a page can have inherited.
//!
//! A *line* is what one mapping has held since it was born or forked. A fork
//! starts a line for the child that comes from the parent's at the length its
//! log had then: what stands there below is the child's own history, what comes
//! later was stored after the two were separated. All lines that come from one
//! are its family; they name a page by the same index.

use crate::env::mix;
use crate::ids::{FileId, SpaceId};
use crate::machine::addr::{PageIndex, Vpn};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// Pages that several spaces share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub(super) enum Sharing {
    /// The pages of a file.
    File(FileId),
    /// Anonymous memory, by number.
    Group(u32),
}

/// Whose log a line's stores stand in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Owner {
    /// A space.
    Space(SpaceId),
    /// Shared pages; they have one line.
    Shared(Sharing),
}

/// Names a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) struct LineageId {
    /// Whose log.
    pub(super) owner: Owner,
    /// Which of the owner's lines.
    pub(super) nth: u32,
}

impl LineageId {
    /// The line of shared pages.
    pub(super) const fn shared(sharing: Sharing) -> LineageId {
        LineageId { owner: Owner::Shared(sharing), nth: 0 }
    }
}

/// A line of descent.
#[derive(Clone, Debug, Hash)]
pub(super) struct Lineage {
    /// The oldest line of the family.
    pub(super) root: LineageId,
    /// The root by a name that does not depend on the schedule.
    pub(super) label: u64,
    /// The line it comes from, and how long that one's log was then. From a file's
    /// pages each page parts at its own time: see `Cells::since`.
    pub(super) from: Option<(LineageId, u64)>,
    /// Hash of all stores that are its own history.
    pub(super) past: u64,
}

impl Lineage {
    /// A line of its own.
    pub(super) fn new(id: LineageId, label: u64, file: Option<FileId>) -> Lineage {
        let from = file.map(|f| (LineageId::shared(Sharing::File(f)), u64::MAX));
        Lineage { root: id, label, from, past: 0 }
    }
    /// A line that comes from this one, `id`, whose log is `end` long.
    pub(super) fn child(&self, id: LineageId, end: u64) -> Lineage {
        Lineage { from: Some((id, end)), ..self.clone() }
    }
}

/// One store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// The line it belongs to, among its owner's.
    pub(super) line: u32,
    /// The page.
    pub(super) page: PageIndex,
    /// The space that stored.
    pub(super) by: SpaceId,
    /// Where in that space.
    pub(super) at: Vpn,
    /// What the page held before.
    pub(super) before: u64,
    /// What it holds since.
    pub(super) value: u64,
    /// When: see [`StoreLog::recent`].
    pub(super) stamp: u64,
}

impl Hash for Stored {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        // Stamps count on where the model was taken back, and tell something only to threads.
        let Stored { line, page, by, at, before, value, stamp: _ } = *self;
        (line, page, by, at, before, value).hash(hasher);
    }
}

/// Stores kept: older ones are forgotten, so that endless runs stay in memory. A
/// value that old shows as one that nobody stored.
const KEPT: usize = 1 << 13;

/// The stores of a space or of shared pages.
#[derive(Clone, Default, Hash)]
pub(super) struct StoreLog {
    /// Stores no longer in `stores`.
    forgotten: u64,
    stores: VecDeque<Stored>,
    /// Stores that have begun and not ended: line, page, value.
    pub(super) pending: Vec<(u32, PageIndex, u64)>,
    /// Hash of every store there ever was: what may one day be met elsewhere.
    pub(super) sum: u64,
}

impl StoreLog {
    /// How many stores there were.
    pub(super) fn end(&self) -> u64 {
        self.forgotten + self.stores.len() as u64
    }
    /// Writes a store down; the line's past grows by it.
    pub(super) fn push(&mut self, stored: Stored, line: &mut Lineage) {
        let hash = mix(stored.page.0 + 1, stored.value);
        line.past = line.past.wrapping_add(hash);
        self.sum = self.sum.wrapping_add(mix(line.label, hash));
        if self.stores.len() == KEPT {
            self.stores.pop_front();
            self.forgotten += 1;
        }
        self.stores.push_back(stored);
    }
    /// Stores to a page of a line since `stamp`.
    pub(super) fn recent(&self, line: u32, page: PageIndex, stamp: u64) -> impl Iterator<Item = &Stored> {
        let fresh = self.stores.iter().rev().take_while(move |s| s.stamp >= stamp);
        fresh.filter(move |s| (s.line, s.page) == (line, page))
    }
    /// Somebody has stored to the page since an access under way began.
    pub(super) fn stored_since(&self, line: u32, page: PageIndex, since: Option<u64>) -> bool {
        since.is_some_and(|stamp| self.recent(line, page, stamp).next().is_some())
    }
    /// Nobody is storing, or has stored since `stamp`, to the page.
    pub(super) fn quiet(&self, line: u32, page: PageIndex, stamp: u64) -> bool {
        self.recent(line, page, stamp).next().is_none() && !self.pending.iter().any(|p| (p.0, p.1) == (line, page))
    }
    /// The page held `value` at some time since `stamp`, or may have.
    pub(super) fn held(&self, line: u32, page: PageIndex, stamp: u64, value: u64) -> bool {
        self.pending.contains(&(line, page, value))
            || self.recent(line, page, stamp).any(|s| s.before == value || s.value == value)
    }
    /// A pending store is no longer pending. Whether there was one.
    pub(super) fn settle(&mut self, store: (u32, PageIndex, u64)) -> bool {
        let at = self.pending.iter().position(|p| *p == store);
        at.map(|at| self.pending.swap_remove(at)).is_some()
    }
    /// The stores before position `limit`, newest first.
    pub(super) fn before(&self, limit: u64) -> impl Iterator<Item = &Stored> {
        let known = limit.saturating_sub(self.forgotten).min(self.stores.len() as u64);
        self.stores.range(..known as usize).rev()
    }
}
