//! The narrator's state: a fold over the events so far, limited to what phrases need.

use faultline_engine::event::{Event, Record};
use faultline_engine::finding::FindingKind;
use faultline_engine::ids::{ObjectId, ProcId, SpaceId, TaskId};
use faultline_engine::kern::BusyState;
use faultline_engine::machine::addr::{FrameNo, PageIndex, VirtAddr};
use faultline_engine::machine::entry::{Entry, PageSize};
use faultline_engine::sync::Channel;
use std::collections::{BTreeMap, BTreeSet};

/// A task.
#[derive(Clone, Default, Debug)]
pub(super) struct Task {
    /// The operation it is in, or was in last, by its index in the program.
    pub op: Option<u32>,
    waits: Option<Channel>,
    /// The object in which its fault began.
    pub first: Option<ObjectId>,
}

/// A frame that is, or was last, a page.
#[derive(Clone, Debug)]
struct Frame {
    /// Its present or last object and index, and the event that put it there.
    place: (ObjectId, PageIndex, usize),
    /// Only the task that allocated it has busied it so far.
    new: bool,
    /// It is on the free list, or about to be put there.
    free: bool,
    /// An object has it: its place is its present one.
    held: bool,
}

/// A finding of the stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub kind: FindingKind,
    pub task: TaskId,
    pub frame: Option<FrameNo>,
}

/// State that the last event replaced, as far as its phrase needs it.
#[derive(Clone, Default, Debug)]
pub(super) struct Before {
    /// The page-table entry that was there.
    pub entry: Option<Entry>,
    /// The page was new: its allocator holds it busy.
    pub new: bool,
    /// The frame was free, or about to be freed.
    pub free: bool,
    /// The previous finding was the same.
    pub same: bool,
}

/// The state of the world, as far as phrases need it.
#[derive(Clone, Default)]
pub(super) struct Scene {
    /// The number of the last event applied, counted from 0 at the set-up's first.
    pub at: usize,
    seen: usize,
    tasks: BTreeMap<TaskId, Task>,
    spaces: BTreeMap<ProcId, SpaceId>,
    /// Address spaces on which no process runs yet.
    pub unborn: BTreeSet<SpaceId>,
    frames: BTreeMap<FrameNo, Frame>,
    entries: BTreeMap<(SpaceId, VirtAddr), Entry>,
    /// The length of each object, in pages.
    lengths: BTreeMap<ObjectId, u64>,
    /// Tasks that the last wakeup made runnable.
    pub woken: Vec<TaskId>,
    /// The last finding.
    pub found: Option<Found>,
    /// The state that the last event replaced.
    pub before: Before,
}

impl Scene {
    /// Number of events applied.
    pub fn events(&self) -> usize {
        self.seen
    }
    pub fn task(&self, id: TaskId) -> Task {
        self.tasks.get(&id).cloned().unwrap_or_default()
    }
    /// The page-table mappings of a frame; exited processes do not count.
    pub fn mappings(&self, frame: FrameNo) -> impl Iterator<Item = (SpaceId, VirtAddr)> {
        let leads = move |entry: &Entry| entry.contains(Entry::V) && leaf(*entry) == frame;
        let lives = |space: &SpaceId| self.spaces.values().any(|s| s == space);
        self.entries.iter().filter(move |((space, _), entry)| leads(entry) && lives(space)).map(|(&at, _)| at)
    }
    /// The length of an object, in pages.
    pub fn length(&self, object: ObjectId) -> u64 {
        self.lengths.get(&object).copied().unwrap_or_default()
    }
    /// Number of pages that an object holds in memory.
    pub fn resident(&self, object: ObjectId) -> usize {
        self.frames.values().filter(|frame| frame.held && frame.place.0 == object).count()
    }
    /// Applies the next event of the stream.
    pub fn apply(&mut self, record: &Record) {
        self.at = self.seen;
        self.seen += 1;
        self.before = Before::default();
        self.apply_task(record);
        match record.event {
            Event::Process { process, space, .. } | Event::ProcessExec { process, space } => {
                self.spaces.insert(process, space);
                self.unborn.remove(&space);
            }
            Event::ProcessExit { process } => _ = self.spaces.remove(&process),
            Event::TableAlloc { space, level, page } => {
                self.frames.remove(&page);
                if level == 4 {
                    self.unborn.insert(space);
                }
            }
            Event::Entry { space, va, level: 1, bits } => {
                let entry = Entry::from_bits_retain(bits);
                self.before.entry = self.entries.insert((space, va), entry);
            }
            Event::ObjectNew { object, size, .. } | Event::ObjectSize { object, size } => {
                self.lengths.insert(object, size);
            }
            _ => self.apply_page(&record.event),
        }
    }
    fn apply_task(&mut self, record: &Record) {
        let me = self.tasks.entry(record.task).or_default();
        match record.event {
            Event::Point { .. } | Event::Acquire { .. } => me.waits = None,
            Event::OpStart { op } => *me = Task { op: Some(op), ..Task::default() },
            Event::Sleep { channel } => me.waits = Some(channel),
            Event::FaultEnter { .. } => me.first = None,
            Event::FaultLookup { object, .. } => me.first = Some(object),
            Event::Wakeup { channel, .. } => {
                let woken = self.tasks.iter_mut().filter(|(_, task)| task.waits == Some(channel));
                self.woken = woken.map(|(&id, task)| (id, task.waits = None).0).collect();
            }
            Event::Found { finding, object, page } => {
                let frame = object.zip(page).and_then(|(object, page)| self.placed(object, page));
                let found = Found { kind: finding, task: record.task, frame };
                self.before.same = frame.is_some() && self.found.as_ref() == Some(&found);
                self.found = Some(found);
                if let Some(frame) = frame.and_then(|frame| self.frames.get_mut(&frame)) {
                    self.before.free = frame.free;
                    frame.free |= finding == FindingKind::FreedWhileMapped;
                }
            }
            _ => {}
        }
    }
    fn apply_page(&mut self, event: &Event) {
        let at = self.at;
        match *event {
            Event::PageAlloc { page, object, index } => {
                let place = (object, index, at);
                self.frames.insert(page, Frame { place, new: true, free: false, held: true });
            }
            Event::PageInsert { page, object, index } => self.place(page, (object, index, at)),
            Event::PageRename { page, to, to_index, .. } => self.place(page, (to, to_index, at)),
            Event::PageRemove { page, .. } => {
                if let Some(frame) = self.frames.get_mut(&page) {
                    frame.held = false;
                }
            }
            Event::PageBusy { page, state: BusyState::Exclusive { .. } } => {
                if let Some(frame) = self.frames.get_mut(&page) {
                    self.before.new = std::mem::replace(&mut frame.new, false);
                }
            }
            Event::PageFree { page } => {
                if let Some(frame) = self.frames.get_mut(&page) {
                    self.before.free = std::mem::replace(&mut frame.free, true);
                }
            }
            _ => {}
        }
    }
    fn place(&mut self, page: FrameNo, place: (ObjectId, PageIndex, usize)) {
        if let Some(frame) = self.frames.get_mut(&page) {
            (frame.place, frame.held) = (place, true);
        }
    }
    /// The frame that is, or was last, the page at a place.
    fn placed(&self, object: ObjectId, index: PageIndex) -> Option<FrameNo> {
        let there = self.frames.iter().filter(|(_, frame)| (frame.place.0, frame.place.1) == (object, index));
        there.max_by_key(|(_, frame)| frame.place.2).map(|(&id, _)| id)
    }
}

/// The frame to which a page-table entry translates.
pub(super) fn leaf(entry: Entry) -> FrameNo {
    entry.frame(PageSize::Size4K).frame()
}
