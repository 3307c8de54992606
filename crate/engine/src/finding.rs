//! Findings: violated properties, as data.

use crate::detail::Detail;
use crate::ids::{CpuId, ObjectId, SpaceId, TaskId};
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr};
use crate::property::Property;
use crate::step::Step;
use crate::sync::{Channel, LockId, Mode};

/// Kind of a finding (rulings R11).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum FindingKind {
    /// A page was freed, or is free, while an entry still translates to its frame.
    FreedWhileMapped,
    /// A load returned a value that was never stored in that lineage.
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
    /// A scenario's expectation does not hold.
    Expectation,
    /// Tasks wait for each other forever.
    Deadlock,
    /// A task sleeps although the event it waits for has happened.
    LostWakeup,
    /// Tasks retry forever.
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
    /// Whether it says that tasks wait, or retry, for ever.
    pub const fn is_of_waiting(self) -> bool {
        matches!(self, FindingKind::Deadlock | FindingKind::LostWakeup | FindingKind::Livelock)
    }
    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<FindingKind> {
        FindingKind::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// What a finding is about, as far as is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct About {
    /// The object.
    pub object: Option<ObjectId>,
    /// The page index, in that object.
    pub page: Option<PageIndex>,
    /// The frame that was this page.
    pub frame: Option<FrameNo>,
}

impl From<(Option<ObjectId>, Option<PageIndex>)> for About {
    fn from((object, page): (Option<ObjectId>, Option<PageIndex>)) -> About {
        About { object, page, frame: None }
    }
}

/// A translation that leads to the frame of a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mapping {
    /// The address space.
    pub space: SpaceId,
    /// The address there.
    pub va: VirtAddr,
    /// Whether it permits writes.
    pub writable: bool,
    /// The CPU whose TLB holds it; `None` for the page table's own entry.
    pub cpu: Option<CpuId>,
}

/// A page that a task holds busy or waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BusyPage {
    /// Its frame.
    pub frame: FrameNo,
    /// Its object, if it has one.
    pub object: Option<ObjectId>,
    /// Its index there.
    pub page: Option<PageIndex>,
}

/// What a task held or waited for at the time of a finding.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Involved {
    /// The task.
    pub task: TaskId,
    /// The step before which it stood, or which it was taking.
    pub at: Option<Step>,
    /// The locks it held, in order of acquisition.
    pub locks: Vec<(LockId, Mode)>,
    /// The pages it had exclusively busy.
    pub busy: Vec<BusyPage>,
    /// What it slept on.
    pub waits_for: Option<Channel>,
    /// The page of which it waited for the busy lock.
    pub waits_page: Option<BusyPage>,
}

/// A finding: a violated property, and where and when it showed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// Its kind.
    pub kind: FindingKind,
    /// The property by its name in vm.md §16 (`I13`, `E06`, `A-page-2`) or `oracle`.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub property: Property,
    /// The step at which it showed (points passed by all tasks).
    pub step: u64,
    /// The task that ran.
    pub task: TaskId,
    /// The object concerned.
    pub object: Option<ObjectId>,
    /// The page index concerned, in that object.
    pub page: Option<PageIndex>,
    /// The frame that was this page.
    pub frame: Option<FrameNo>,
    /// The translations to that frame at this moment. Stepped only, as is what follows.
    pub mappings: Vec<Mapping>,
    /// The tasks that held or waited for something at this moment.
    pub tasks: Vec<Involved>,
    /// A description, with the names and values that matter.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub detail: Detail,
}

impl Finding {
    /// Creates a finding of `task`. The environment adds the step, and [`World::report`] the tasks involved.
    ///
    /// [`World::report`]: crate::world::World::report
    pub fn new(
        kind: FindingKind,
        property: Property,
        task: TaskId,
        about: impl Into<About>,
        detail: impl Into<Detail>,
    ) -> Finding {
        let About { object, page, frame } = about.into();
        let (mappings, tasks) = (Vec::new(), Vec::new());
        Finding { kind, property, step: 0, task, object, page, frame, mappings, tasks, detail: detail.into() }
    }
    /// Whether both are the same property of the same page, which is reported once.
    pub fn same(&self, other: &Finding) -> bool {
        (self.kind, self.property, self.object, self.page) == (other.kind, other.property, other.object, other.page)
    }
}
