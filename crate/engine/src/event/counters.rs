//! Event counts.

use super::{Event, FaultKind, ScanStep};
use std::cmp::max;

/// Declares [`Counters`] and all that goes over every count: how counts of tasks are put together (by `sum` or by
/// `max`), and their names. A new count is one line here and one in [`Counters::fold`].
macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident: $put:ident,)*) => {
        /// What a run did, as counts: a fold over its events.
        #[derive(Clone, Default, PartialEq, Eq, Debug)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        pub struct Counters {
            $($(#[$doc])* pub $name: u64,)*
            /// Faults by length of the chain below their first object: 1, 2, … 15, 16 and more.
            pub chains: [u64; 16],
        }

        impl Counters {
            /// The names of the counts that are one number each, as in reports.
            pub const NAMES: &[&str] = &[$(stringify!($name),)*];
            /// The count with this name, one of [`Counters::NAMES`].
            pub fn get(&self, name: &str) -> Option<u64> {
                match name {
                    $(stringify!($name) => Some(self.$name),)*
                    _ => None,
                }
            }
            /// Adds the counts of `other`.
            pub fn add(&mut self, other: &Counters) {
                $(self.$name = $put(self.$name, other.$name);)*
                for (a, b) in self.chains.iter_mut().zip(other.chains) {
                    *a += b;
                }
            }
        }
    };
}

fn sum(a: u64, b: u64) -> u64 {
    a + b
}

counters! {
    /// Faults by how they were resolved (rulings R36).
    soft: sum,
    /// Faults resolved with a fresh zero page.
    zero_fill: sum,
    /// Faults resolved by copying a page.
    cow_copy: sum,
    /// Faults resolved by moving a page up.
    cow_rename: sum,
    /// Faults resolved by a pager.
    pager: sum,
    /// Faults with P = 1 in the error code, counted in addition.
    protection: sum,
    /// Faults that ended in an error.
    failed: sum,
    /// Collapses completed.
    collapses: sum,
    /// Bypasses completed.
    bypasses: sum,
    /// Pages that a collapse moved up.
    renames_in_collapse: sum,
    /// Objects split.
    splits: sum,
    /// Length of the longest object chain of any fault, its first object included.
    max_chain: max,
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
    /// Faults that were resolved, each by one of the kinds of [`FaultKind`].
    pub fn faults_resolved(&self) -> u64 {
        self.soft + self.zero_fill + self.cow_copy + self.cow_rename + self.pager
    }
}
