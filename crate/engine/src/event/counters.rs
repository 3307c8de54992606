//! Event counts.

use super::{Event, FaultKind, ScanStep};

/// What a run did, as counts: a fold over its events.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Counters {
    /// Faults by how they were resolved (rulings R36).
    pub soft: u64,
    /// Faults resolved with a fresh zero page.
    pub zero_fill: u64,
    /// Faults resolved by copying a page.
    pub cow_copy: u64,
    /// Faults resolved by moving a page up.
    pub cow_rename: u64,
    /// Faults resolved by a pager.
    pub pager: u64,
    /// Faults with P = 1 in the error code, counted in addition.
    pub protection: u64,
    /// Faults that ended in an error.
    pub failed: u64,
    /// Collapses completed.
    pub collapses: u64,
    /// Bypasses completed.
    pub bypasses: u64,
    /// Pages that a collapse moved up.
    pub renames_in_collapse: u64,
    /// Objects split.
    pub splits: u64,
    /// Length of the longest object chain of any fault, its first object included.
    pub max_chain: u64,
    /// Faults by length of the chain below their first object: 1, 2, … 15, 16 and more.
    pub chains: [u64; 16],
}

impl Counters {
    /// Whether the event changes a count.
    #[inline]
    pub fn counts(event: &Event) -> bool {
        matches!(
            event,
            Event::FaultEnd { .. }
                | Event::Collapsed { .. }
                | Event::Bypass { .. }
                | Event::Split { .. }
                | Event::CollapseScan { what: ScanStep::Renamed, .. }
        )
    }
    /// Adds an event to the counts.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::FaultEnd { resolved, protection, chain, .. } => {
                match resolved {
                    Some(FaultKind::Soft) => self.soft += 1,
                    Some(FaultKind::ZeroFill) => self.zero_fill += 1,
                    Some(FaultKind::CowCopy) => self.cow_copy += 1,
                    Some(FaultKind::CowRename) => self.cow_rename += 1,
                    Some(FaultKind::Pager) => self.pager += 1,
                    None => self.failed += 1,
                }
                self.protection += u64::from(*protection);
                self.max_chain = self.max_chain.max(u64::from(*chain));
                if *chain > 0 {
                    self.chains[(*chain as usize - 1).min(15)] += 1;
                }
            }
            Event::Collapsed { .. } => self.collapses += 1,
            Event::Bypass { .. } => self.bypasses += 1,
            Event::Split { .. } => self.splits += 1,
            Event::CollapseScan { what: ScanStep::Renamed, .. } => self.renames_in_collapse += 1,
            _ => {}
        }
    }
    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Counters) {
        self.soft += other.soft;
        self.zero_fill += other.zero_fill;
        self.cow_copy += other.cow_copy;
        self.cow_rename += other.cow_rename;
        self.pager += other.pager;
        self.protection += other.protection;
        self.failed += other.failed;
        self.collapses += other.collapses;
        self.bypasses += other.bypasses;
        self.renames_in_collapse += other.renames_in_collapse;
        self.splits += other.splits;
        self.max_chain = self.max_chain.max(other.max_chain);
        for (a, b) in self.chains.iter_mut().zip(other.chains) {
            *a += b;
        }
    }
}
