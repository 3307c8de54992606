//! Events: what the engine does, reported once. Animation, lanes, narration, inspector and statistics are folds over
//! this stream.

mod counters;
#[cfg(feature = "serde")]
mod numbers;

pub use counters::Counters;

use crate::finding::FindingKind;
use crate::ids::{CpuId, EntryId, FileId, ObjectId, ProcId, SpaceId, TaskId};
use crate::kern::Inherit;
use crate::kern::ObjectFlags;
use crate::kern::{BusyState, Kern, Prot, Signal};
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr};
use crate::step::Step;
use crate::sync::{Channel, LockId, Mode};

/// An event with the step it belongs to and the task that caused it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "EventRecord"))]
pub struct Record {
    /// Points passed by all tasks before it.
    pub step: u64,
    /// The task that ran.
    pub task: TaskId,
    /// What happened.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub event: Event,
}

/// A map entry, as events carry it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EntryView {
    /// First byte.
    pub start: VirtAddr,
    /// One past the last byte.
    pub end: VirtAddr,
    /// The object, if there is one yet.
    pub object: Option<ObjectId>,
    /// Page index of `start` in the object.
    pub offset: PageIndex,
    /// What it permits; in JSON `VM_PROT_READ` 1, `WRITE` 2, `EXECUTE` 4.
    #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::prot"))]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub protection: Prot,
    /// What a fork does with it; in JSON `VM_INHERIT_SHARE` 0, `COPY` 1, `NONE` 2, `ZERO` 3.
    #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::inherit"))]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub inheritance: Inherit,
    /// The entry is copy-on-write.
    pub cow: bool,
    /// The object must be shadowed before the first write.
    pub needs_copy: bool,
    /// A stack that grows down, or the gap below one.
    pub stack: bool,
}

/// Why a collapse or a bypass did not happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// Paging in progress on one of the two (P04).
    Pip,
    /// One of the two is dead.
    Dead,
    /// A backing page is busy (P02).
    Busy,
    /// A backing page is not fully valid (P08).
    Invalid,
    /// A backing page is not shadowed.
    Unshadowed,
}

/// What a collapse scan did with one page of the backing object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ScanStep {
    /// Outside the window of the shadow: freed.
    Outside,
    /// Not valid: freed (P08).
    Invalid,
    /// Shadowed: freed.
    Shadowed,
    /// Moved up.
    Renamed,
    /// Busy: the scan waits and starts again.
    Wait,
    /// Busy: a scan that does not wait skips it.
    Skip,
}

/// How a fault was resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum FaultKind {
    /// The page was there; only the mapping was missing.
    Soft,
    /// A fresh zero page.
    ZeroFill,
    /// A copy from a backing object.
    CowCopy,
    /// A page moved up from a backing object.
    CowRename,
    /// A pager read it.
    Pager,
}

/// Why a process has no address space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Absent {
    /// It was never created: its fork failed, or was itself skipped.
    Unborn,
    /// It was killed, out of memory.
    Killed,
    /// It has exited.
    Exited,
}

/// What happened. Field names are those of the kernel's structures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", tag = "kind"))]
#[allow(missing_docs, reason = "fields are named after the things the ids name; units are in their types")]
pub enum Event {
    // Tasks, points, locks, waits.
    /// A task passes a point.
    Point {
        at: Step,
    },
    /// Operation `op` of the task's program begins.
    OpStart {
        op: u32,
    },
    /// It has ended, or failed with `error`; in JSON that is the code, 0 for success.
    OpEnd {
        op: u32,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::error"))]
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        error: Option<Kern>,
    },
    /// Operation `op` of the task's program is skipped, since its process has no address space.
    OpSkip {
        op: u32,
        process: ProcId,
        why: Absent,
    },
    /// A signal was delivered for a fault at `va`; in JSON its number.
    Signal {
        va: VirtAddr,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::signal"))]
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        signal: Signal,
    },
    Acquire {
        lock: LockId,
        mode: Mode,
    },
    Release {
        lock: LockId,
    },
    Sleep {
        channel: Channel,
    },
    Wakeup {
        channel: Channel,
        tasks: u32,
    },

    // Processes and maps.
    /// A process exists and runs on `space`.
    Process {
        process: ProcId,
        space: SpaceId,
        parent: Option<ProcId>,
    },
    ProcessExec {
        process: ProcId,
        space: SpaceId,
    },
    ProcessExit {
        process: ProcId,
    },
    EntrySet {
        space: SpaceId,
        entry: EntryId,
        view: EntryView,
    },
    EntryRemove {
        space: SpaceId,
        entry: EntryId,
    },

    // Objects.
    ObjectNew {
        object: ObjectId,
        vnode: bool,
        size: u64,
        /// The file whose object it is.
        file: Option<FileId>,
    },
    ObjectRef {
        object: ObjectId,
        count: u32,
    },
    ObjectPip {
        object: ObjectId,
        count: u32,
    },
    ObjectFlags {
        object: ObjectId,
        /// In JSON their bits.
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::flags"))]
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        flags: ObjectFlags,
    },
    ObjectSize {
        object: ObjectId,
        size: u64,
    },
    /// `object` now shadows `backing`; `offset` pages in.
    ObjectLink {
        object: ObjectId,
        backing: ObjectId,
        offset: u64,
    },
    ObjectUnlink {
        object: ObjectId,
        backing: ObjectId,
    },
    ObjectFree {
        object: ObjectId,
    },

    // Pages.
    /// A frame leaves the free list and becomes `object[index]`, busy and invalid.
    PageAlloc {
        page: FrameNo,
        object: ObjectId,
        index: PageIndex,
    },
    PageRemove {
        page: FrameNo,
        object: ObjectId,
        index: PageIndex,
    },
    /// A page without an owner, still busy, becomes `object[index]`.
    PageInsert {
        page: FrameNo,
        object: ObjectId,
        index: PageIndex,
    },
    PageRename {
        page: FrameNo,
        from: ObjectId,
        from_index: PageIndex,
        to: ObjectId,
        to_index: PageIndex,
    },
    PageFree {
        page: FrameNo,
    },
    PageBusy {
        page: FrameNo,
        state: BusyState,
    },
    PageValid {
        page: FrameNo,
        valid: bool,
    },
    PageDirty {
        page: FrameNo,
        dirty: bool,
    },
    PageCopy {
        from: FrameNo,
        to: FrameNo,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::word"))]
        #[cfg_attr(feature = "ts", ts(type = "bigint"))]
        value: u64,
    },
    PageZero {
        page: FrameNo,
    },
    /// A pager filled the page; `value` is its first word.
    PageFill {
        page: FrameNo,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::word"))]
        #[cfg_attr(feature = "ts", ts(type = "bigint"))]
        value: u64,
    },
    /// The page was written to its block, or to the file whose page it is; `value` is its first word.
    PageWrite {
        page: FrameNo,
        file: Option<FileId>,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::word"))]
        #[cfg_attr(feature = "ts", ts(type = "bigint"))]
        value: u64,
    },
    /// `object[index]` now has a block on the swap device, or no longer has one.
    SwapBlock {
        object: ObjectId,
        index: PageIndex,
        held: bool,
    },

    // Machine and pmap.
    /// An access reached memory: `value` was loaded, or stored.
    Access {
        cpu: CpuId,
        space: SpaceId,
        va: VirtAddr,
        page: FrameNo,
        write: bool,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::word"))]
        #[cfg_attr(feature = "ts", ts(type = "bigint"))]
        value: u64,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::word"))]
        #[cfg_attr(feature = "ts", ts(type = "bigint"))]
        expected: u64,
    },
    /// The hardware raised a page fault with this error code.
    HardwareFault {
        cpu: CpuId,
        va: VirtAddr,
        code: u32,
    },
    /// The entry of `va` at `level` (1 = page table) became `bits` (0 = absent).
    Entry {
        space: SpaceId,
        va: VirtAddr,
        level: u8,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::word"))]
        #[cfg_attr(feature = "ts", ts(type = "bigint"))]
        bits: u64,
    },
    TlbFill {
        cpu: CpuId,
        va: VirtAddr,
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::word"))]
        #[cfg_attr(feature = "ts", ts(type = "bigint"))]
        bits: u64,
    },
    TlbDrop {
        cpu: CpuId,
        va: VirtAddr,
    },
    TlbFlush {
        cpu: CpuId,
    },
    /// `cpu` now runs on `space` (a CR3 load).
    Activate {
        cpu: CpuId,
        space: SpaceId,
    },
    Deactivate {
        cpu: CpuId,
        space: SpaceId,
    },
    /// A frame becomes a page table of `space` at `level`.
    TableAlloc {
        space: SpaceId,
        level: u8,
        page: FrameNo,
    },
    TableFree {
        space: SpaceId,
        page: FrameNo,
    },

    // Faults.
    FaultEnter {
        va: VirtAddr,
        write: bool,
        protection: bool,
    },
    /// The map was looked up.
    FaultLookup {
        object: ObjectId,
        index: PageIndex,
        writable: bool,
    },
    FaultWalk {
        object: ObjectId,
        index: PageIndex,
    },
    FaultFound {
        page: FrameNo,
        object: ObjectId,
        index: PageIndex,
    },
    FaultRestart {
        why: Restart,
    },
    FaultRelookup {
        ok: bool,
    },
    FaultEnd {
        va: VirtAddr,
        resolved: Option<FaultKind>,
        /// Why it failed; in JSON the code, 0 for success.
        #[cfg_attr(feature = "serde", serde(serialize_with = "numbers::error"))]
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        error: Option<Kern>,
        protection: bool,
        chain: u32,
    },

    // Collapse.
    Collapse {
        object: ObjectId,
        backing: ObjectId,
    },
    CollapseRefused {
        object: ObjectId,
        backing: ObjectId,
        why: Refusal,
        page: Option<FrameNo>,
    },
    CollapseScan {
        object: ObjectId,
        page: FrameNo,
        what: ScanStep,
    },
    Collapsed {
        object: ObjectId,
        backing: ObjectId,
    },
    /// `by_count`: decided by the page count alone (P03).
    Bypass {
        object: ObjectId,
        backing: ObjectId,
        by_count: bool,
    },
    Split {
        object: ObjectId,
        into: ObjectId,
    },

    /// A property is violated: see the run's findings.
    Found {
        finding: FindingKind,
        object: Option<ObjectId>,
        page: Option<PageIndex>,
    },
}

/// Why a fault is retried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Restart {
    /// The page was busy.
    Busy,
    /// The object was being collapsed.
    Dead,
    /// The map changed, or its lock was contended.
    Relookup,
    /// No page was free.
    Memory,
    /// A lock upgrade failed.
    Upgrade,
}
