//! Findings: what a run got wrong, as data.

use crate::ids::{ObjectId, TaskId};
use crate::machine::addr::PageIndex;

/// What sort of thing went wrong (rulings R11).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum FindingKind {
    /// A page was freed, or is free, while an entry still translates to its frame.
    FreedWhileMapped,
    /// A load returned a value that nobody stored in that lineage.
    Foreign,
    /// A load returned zero where a value was stored.
    Zeroed,
    /// A load returned an older value of its lineage.
    Stale,
    /// A load returned a value that another process stored after they were separated.
    Future,
    /// A kernel assertion or a structural invariant failed.
    Assertion,
    /// A CPU can read an old page while another can write the new one.
    Tlb,
    /// A scenario expected something else.
    Expectation,
    /// Tasks wait for each other for ever.
    Deadlock,
    /// A task sleeps although what it waits for has happened.
    LostWakeup,
    /// Tasks retry for ever.
    Livelock,
}

impl FindingKind {
    /// All kinds.
    pub const ALL: [FindingKind; 11] = [
        FindingKind::FreedWhileMapped,
        FindingKind::Foreign,
        FindingKind::Zeroed,
        FindingKind::Stale,
        FindingKind::Future,
        FindingKind::Assertion,
        FindingKind::Tlb,
        FindingKind::Expectation,
        FindingKind::Deadlock,
        FindingKind::LostWakeup,
        FindingKind::Livelock,
    ];
    /// The name in scenario files and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            FindingKind::FreedWhileMapped => "freed-while-mapped",
            FindingKind::Foreign => "foreign",
            FindingKind::Zeroed => "zeroed",
            FindingKind::Stale => "stale",
            FindingKind::Future => "future",
            FindingKind::Assertion => "assertion",
            FindingKind::Tlb => "tlb",
            FindingKind::Expectation => "expectation",
            FindingKind::Deadlock => "deadlock",
            FindingKind::LostWakeup => "lost-wakeup",
            FindingKind::Livelock => "livelock",
        }
    }
    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<FindingKind> {
        FindingKind::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// One thing that went wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Finding {
    /// What sort.
    pub kind: FindingKind,
    /// The property by its name in vm.md §16 (`I13`, `E06`, `A-page-2`) or `oracle`.
    pub property: &'static str,
    /// The step at which it showed (points passed by all tasks).
    pub step: u64,
    /// The task that ran.
    pub task: TaskId,
    /// The object concerned.
    pub object: Option<ObjectId>,
    /// The page index concerned, in that object.
    pub page: Option<PageIndex>,
    /// In words, with the names and values that matter.
    pub detail: String,
}

impl Finding {
    /// The same property of the same page: reported once.
    pub fn same(&self, other: &Finding) -> bool {
        (self.kind, self.property, self.object, self.page) == (other.kind, other.property, other.object, other.page)
    }
}
