//! Lineages: which space stored what, and what a page can have inherited.
//!
//! A *lineage* is what one mapping has held since it was created or forked. A fork starts a lineage for the child
//! that branches off the parent's at the length that its log had then: stores before that are the child's own
//! history, later ones were made after the two were separated. All lineages with a common root are a family; they use
//! the same index for a page.

use crate::ids::{FileId, SpaceId};
use crate::machine::addr::{PageIndex, Vpn};
use crate::word::mix;
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

/// The owner of the log with a lineage's stores.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Owner {
    /// A space.
    Space(SpaceId),
    /// Shared pages; they have one lineage.
    Shared(Sharing),
}

/// Identifies a lineage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) struct LineageId {
    /// The owner of the log.
    pub(super) owner: Owner,
    /// Which of the owner's lineages.
    pub(super) nth: u32,
}

impl LineageId {
    /// The lineage of shared pages.
    pub(super) const fn shared(sharing: Sharing) -> LineageId {
        LineageId { owner: Owner::Shared(sharing), nth: 0 }
    }
}

/// A lineage.
#[derive(Clone, Debug, Hash)]
pub(super) struct Lineage {
    /// The oldest lineage of the family.
    pub(super) root: LineageId,
    /// A name of the root that does not depend on the schedule.
    pub(super) label: u64,
    /// The lineage from which it branches off, and the length of that lineage's log then. From a file's pages each
    /// page branches off at its own time: see `Cells::since`.
    pub(super) from: Option<(LineageId, u64)>,
    /// Hash of all stores in its own history.
    pub(super) past: u64,
}

impl Lineage {
    /// A root lineage.
    pub(super) fn new(id: LineageId, label: u64, file: Option<FileId>) -> Lineage {
        let from = file.map(|f| (LineageId::shared(Sharing::File(f)), u64::MAX));
        Lineage { root: id, label, from, past: 0 }
    }
    /// A lineage that branches off this one, `id`, whose log is `end` long.
    pub(super) fn child(&self, id: LineageId, end: u64) -> Lineage {
        Lineage { from: Some((id, end)), ..self.clone() }
    }
}

/// One store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// Its lineage, by number in the owner.
    pub(super) lineage: u32,
    /// The page.
    pub(super) page: PageIndex,
    /// The space that stored.
    pub(super) by: SpaceId,
    /// The address in that space.
    pub(super) at: Vpn,
    /// What the page held before.
    pub(super) before: u64,
    /// What the page holds after it.
    pub(super) value: u64,
    /// Its time: see [`StoreLog::recent`].
    pub(super) stamp: u64,
}

impl Hash for Stored {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        // Stamps keep counting where the model was restored, and matter only to threads.
        let Stored { lineage, page, by, at, before, value, stamp: _ } = *self;
        (lineage, page, by, at, before, value).hash(hasher);
    }
}

/// Number of stores kept: older ones are dropped, so that endless runs stay in memory. A value from a dropped store
/// counts as never stored.
const KEPT: usize = 1 << 13;

/// The stores of a space or of shared pages.
#[derive(Clone, Default, Hash)]
pub(super) struct StoreLog {
    /// Number of stores dropped from `stores`.
    forgotten: u64,
    stores: VecDeque<Stored>,
    /// Stores in progress: lineage, page, value.
    pub(super) pending: Vec<(u32, PageIndex, u64)>,
    /// Hash of all stores ever made: values that a load may meet elsewhere one day.
    pub(super) sum: u64,
}

impl StoreLog {
    /// Number of stores so far.
    pub(super) fn end(&self) -> u64 {
        self.forgotten + self.stores.len() as u64
    }
    /// Appends a store, and adds it to the lineage's past.
    pub(super) fn push(&mut self, stored: Stored, lineage: &mut Lineage) {
        let hash = mix(stored.page.0 + 1, stored.value);
        lineage.past = lineage.past.wrapping_add(hash);
        self.sum = self.sum.wrapping_add(mix(lineage.label, hash));
        if self.stores.len() == KEPT {
            self.stores.pop_front();
            self.forgotten += 1;
        }
        self.stores.push_back(stored);
    }
    /// Stores to a page of a lineage since `stamp`.
    pub(super) fn recent(&self, lineage: u32, page: PageIndex, stamp: u64) -> impl Iterator<Item = &Stored> {
        let fresh = self.stores.iter().rev().take_while(move |s| s.stamp >= stamp);
        fresh.filter(move |s| (s.lineage, s.page) == (lineage, page))
    }
    /// Whether the page was stored to since an access in progress began.
    pub(super) fn stored_since(&self, lineage: u32, page: PageIndex, since: Option<u64>) -> bool {
        since.is_some_and(|stamp| self.recent(lineage, page, stamp).next().is_some())
    }
    /// Whether no store to the page is in progress, or was made since `stamp`.
    pub(super) fn quiet(&self, lineage: u32, page: PageIndex, stamp: u64) -> bool {
        self.recent(lineage, page, stamp).next().is_none()
            && !self.pending.iter().any(|p| (p.0, p.1) == (lineage, page))
    }
    /// Whether the page held `value` at some time since `stamp`, or may have.
    pub(super) fn held(&self, lineage: u32, page: PageIndex, stamp: u64, value: u64) -> bool {
        self.pending.contains(&(lineage, page, value))
            || self.recent(lineage, page, stamp).any(|s| s.before == value || s.value == value)
    }
    /// Ends a pending store; returns whether there was one.
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
