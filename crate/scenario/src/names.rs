//! Names: translates the numbers in events and findings to the scenario's names.

use crate::model::{BASE, MAX_PAGES};
use crate::roster::Roster;
use crate::system::{AT_END, ScenarioSystem, ScenarioWorld};
use crate::value::Value;
use faultline_engine::detail::{Detail, Piece};
use faultline_engine::event::{Event, Record};
use faultline_engine::finding::BusyPage;
use faultline_engine::ids::{FileId, ObjectId, SpaceId, TaskId};
use faultline_engine::machine::addr::{FrameNo, PAGE_SIZE, PageIndex, VirtAddr};
use faultline_engine::sync::{Channel, LockClass, LockId};
use faultline_engine::vm::vnode::{contents, is_contents};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Pages of a file whose contents have names.
const NAMED_CONTENTS: u64 = 4096;

/// A thing that has a number from some event on, until the next thing gets it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Born {
    /// Its number in events.
    pub id: u32,
    /// The event of the stream, set-up included, from which on the thing has the number.
    pub from: usize,
    /// Its name.
    pub name: String,
}

/// The names of everything in a stream of events.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Names {
    /// Tasks by number; 0 is the set-up.
    pub tasks: Vec<String>,
    /// Processes by number.
    pub processes: Vec<String>,
    /// Files by number.
    pub files: Vec<String>,
    /// Their lengths in pages.
    #[serde(skip)]
    lengths: Vec<u64>,
    /// Objects: named by the scenario, or `o1`, `o2` … in order of creation.
    pub objects: Vec<Born>,
    /// Address spaces, by the process that runs on them.
    pub spaces: Vec<Born>,
    /// Pages that the scenario names, by frame.
    pub pages: Vec<Born>,
    /// Uses of each frame, and the event with which each began.
    #[serde(skip)]
    frames: BTreeMap<FrameNo, Vec<(usize, Use)>>,
    /// Number of events read.
    #[serde(skip)]
    events: usize,
    /// The objects and the spaces that had a number, by their indices.
    #[serde(skip)]
    objects_of: BTreeMap<u32, Vec<usize>>,
    #[serde(skip)]
    spaces_of: BTreeMap<u32, Vec<usize>>,
    /// Objects that the scenario names, by their indices, in the order of its names.
    #[serde(skip)]
    given: Vec<(usize, String)>,
    /// What those were called before.
    #[serde(skip)]
    own: BTreeMap<usize, String>,
}

/// The use of a frame from some event on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Use {
    /// A page, taken from the free list.
    New(ObjectId, PageIndex),
    /// The same page at another place.
    Moved(ObjectId, PageIndex),
    /// A page table.
    Table,
}

/// The two parts of the stream, whose points are counted separately.
#[derive(Clone, Copy)]
pub(crate) struct Stream<'a> {
    pub setup: &'a [Record],
    pub run: &'a [Record],
}

impl Stream<'_> {
    /// Number of events before point `step` of the run (the naming included); with `in_setup`, of the set-up.
    fn until(&self, step: u64, in_setup: bool) -> usize {
        match in_setup {
            true => self.setup.partition_point(|r| r.step <= step),
            false => self.setup.len() + self.run.partition_point(|r| r.step <= step),
        }
    }
}

impl Names {
    pub(crate) fn of(system: &ScenarioSystem, named_in_setup: &[bool], stream: Stream<'_>) -> Names {
        let roster = &system.scenario_world().roster;
        let mut names = Names {
            tasks: std::iter::once("set-up".into()).chain(roster.task_specs.iter().map(|p| p.name.clone())).collect(),
            processes: roster.processes.clone(),
            files: roster.files.iter().map(|(name, _)| name.clone()).collect(),
            lengths: roster.files.iter().map(|(_, pages)| *pages).collect(),
            ..Names::default()
        };
        names.extend(system, named_in_setup, stream);
        names
    }
    /// Reads the events of a stream that are new since the last call, and what the scenario has named by now: a name
    /// holds from the birth of the thing on. Returns whether the names of earlier things have changed.
    pub(crate) fn extend(&mut self, system: &ScenarioSystem, named_in_setup: &[bool], stream: Stream<'_>) -> bool {
        let scenario_world = system.scenario_world();
        let (known, in_setup) = (self.events, stream.setup.len());
        let setup = stream.setup.get(known..).unwrap_or_default();
        let run = stream.run.get(known.saturating_sub(in_setup)..).unwrap_or_default();
        for record in setup.iter().chain(run) {
            self.read(&scenario_world.roster, record);
        }
        self.name_things(scenario_world, named_in_setup, stream)
    }
    fn read(&mut self, roster: &Roster, record: &Record) {
        let from = self.events;
        self.events += 1;
        match record.event {
            Event::ObjectNew { object, file, .. } => {
                let of_file = file.map(|file| self.file(file)).filter(|name| !roster.objects.contains(name));
                let name = of_file.unwrap_or_else(|| format!("o{}", self.objects.len() + 1));
                self.objects_of.entry(object.0).or_default().push(self.objects.len());
                self.objects.push(Born { id: object.0, from, name });
            }
            Event::Process { process, space, .. } | Event::ProcessExec { process, space } => {
                let name = roster.processes.get(process.0 as usize).cloned().unwrap_or_default();
                self.spaces_of.entry(space.0).or_default().push(self.spaces.len());
                self.spaces.push(Born { id: space.0, from, name });
            }
            _ => self.use_frame(&record.event, from),
        }
    }
    /// Forgets all but the first `events` events. What the scenario named after them keeps its name until
    /// [`Names::extend`] is called.
    pub(crate) fn truncate(&mut self, events: usize) {
        let forget = |born: &mut Vec<Born>, of: &mut BTreeMap<u32, Vec<usize>>| {
            while let Some(last) = born.pop_if(|last| last.from >= events) {
                if let Entry::Occupied(mut had) = of.entry(last.id) {
                    had.get_mut().pop();
                    if had.get().is_empty() {
                        had.remove();
                    }
                }
            }
        };
        forget(&mut self.objects, &mut self.objects_of);
        forget(&mut self.spaces, &mut self.spaces_of);
        self.own.split_off(&self.objects.len());
        self.given.retain(|&(at, _)| at < self.objects.len());
        self.frames.retain(|_, uses| {
            uses.truncate(uses.partition_point(|&(from, _)| from < events));
            !uses.is_empty()
        });
        self.events = self.events.min(events);
    }
    fn use_frame(&mut self, event: &Event, from: usize) {
        let (frame, used) = match *event {
            Event::PageAlloc { page, object, index } => (page, Use::New(object, index)),
            Event::PageInsert { page, object, index } => (page, Use::Moved(object, index)),
            Event::PageRename { page, to, to_index, .. } => (page, Use::Moved(to, to_index)),
            Event::TableAlloc { page, .. } => (page, Use::Table),
            _ => return,
        };
        self.frames.entry(frame).or_default().push((from, used));
    }
    fn name_things(&mut self, scenario_world: &ScenarioWorld, in_setup: &[bool], stream: Stream<'_>) -> bool {
        let (env, roster) = (&scenario_world.world.env, &scenario_world.roster);
        let moment = |named: u64, in_setup: bool| Some(stream.until(named.checked_sub(1)?, in_setup));
        let (mut given, mut pages) = (Vec::new(), Vec::new());
        for ((named, name), &in_setup) in scenario_world.objects.iter().zip(&roster.objects).zip(in_setup) {
            let (Some(id), Some(until)) = (named.id.peek(env), moment(named.step.peek(env), in_setup)) else {
                continue;
            };
            let born = until.checked_sub(1).and_then(|last| called(&self.objects, &self.objects_of, id.0, last));
            given.extend(born.map(|born| (born, name.clone())));
        }
        let of_pages = in_setup.iter().skip(scenario_world.objects.len());
        for ((named, name), &in_setup) in scenario_world.pages.iter().zip(&roster.pages).zip(of_pages) {
            let (Some(id), Some(from)) = (named.id.peek(env), moment(named.step.peek(env), in_setup)) else { continue };
            pages.push(Born { id: id.0, from, name: name.clone() });
        }
        if (&given, &pages) == (&self.given, &self.pages) {
            return false;
        }
        for (at, own) in std::mem::take(&mut self.own) {
            self.objects[at].name = own;
        }
        for (at, name) in &given {
            let own = std::mem::replace(&mut self.objects[*at].name, name.clone());
            self.own.entry(*at).or_insert(own);
        }
        (self.given, self.pages) = (given, pages);
        true
    }
    /// A task.
    pub fn task(&self, id: TaskId) -> String {
        match id {
            AT_END => "the end".into(),
            id => self.tasks.get(id.0 as usize).cloned().unwrap_or_else(|| format!("task {}", id.0)),
        }
    }
    fn object_name(&self, id: u32, event: usize) -> Option<&str> {
        Some(&self.objects[called(&self.objects, &self.objects_of, id, event)?].name)
    }
    fn space_name(&self, id: u32, event: usize) -> Option<&str> {
        Some(&self.spaces[called(&self.spaces, &self.spaces_of, id, event)?].name)
    }
    /// An object by its name at an event of the stream.
    pub fn object(&self, id: ObjectId, event: usize) -> String {
        self.object_name(id.0, event).map_or_else(|| format!("object {}", id.0), String::from)
    }
    /// An address space by its name at an event of the stream.
    pub fn space(&self, id: SpaceId, event: usize) -> String {
        self.space_name(id.0, event).map_or_else(|| format!("space {}", id.0), String::from)
    }
    /// A file.
    pub fn file(&self, id: FileId) -> String {
        self.files.get(id.0 as usize).cloned().unwrap_or_else(|| id.0.to_string())
    }
    /// An address: the page's name, if it has one.
    pub fn address(&self, va: VirtAddr) -> String {
        let page = va.0.wrapping_sub(BASE) / PAGE_SIZE;
        if va.0 >= BASE && page < MAX_PAGES { format!("va{page}") } else { format!("{:#x}", va.0) }
    }
    /// A lock as one of those that a task holds.
    pub fn lock(&self, lock: LockId, event: usize) -> String {
        match lock.class {
            LockClass::Map => format!("map of {}", self.space(SpaceId(lock.index), event)),
            LockClass::Pmap => format!("pmap of {}", self.space(SpaceId(lock.index), event)),
            LockClass::Object => format!("object {}", self.object(ObjectId(lock.index), event)),
            LockClass::Vnode => format!("vnode of {}", self.file(FileId(lock.index))),
        }
    }
    /// The scenario's name for the page that a frame is at an event of the stream, or was last. A name belongs to the
    /// page that had the frame when it was named, and frames are reused.
    pub fn page_name(&self, frame: FrameNo, event: usize) -> Option<&str> {
        let uses = self.frames.get(&frame)?;
        let begins = |&(_, used): &(usize, Use)| !matches!(used, Use::Moved(..));
        let (earlier, later) = uses.split_at(uses.partition_point(|&(from, _)| from <= event));
        let born = earlier.iter().rfind(|used| begins(used)).map(|used| used.0)?;
        let gone = later.iter().find(|used| begins(used)).map_or(usize::MAX, |used| used.0);
        let named = self.pages.iter().find(|named| named.id == frame.0 && (born + 1..=gone).contains(&named.from))?;
        Some(&named.name)
    }
    /// Object and index of the page that a frame is at an event of the stream, or was last.
    pub fn place(&self, frame: FrameNo, event: usize) -> Option<(String, PageIndex)> {
        let uses = self.frames.get(&frame)?;
        match uses.iter().rfind(|&&(from, _)| from <= event)? {
            &(from, Use::New(object, index) | Use::Moved(object, index)) => Some((self.object(object, from), index)),
            (_, Use::Table) => None,
        }
    }
    /// A page by the scenario's name, else by object and index.
    pub fn page(&self, frame: FrameNo, event: usize) -> String {
        match (self.page_name(frame, event), self.place(frame, event)) {
            (Some(name), _) => name.into(),
            (None, Some((object, index))) => format!("page {} of {object}", index.0),
            (None, None) => format!("frame {}", frame.0),
        }
    }
    /// A page by object and index.
    pub fn busy_page(&self, page: &BusyPage, event: usize) -> String {
        match (page.object, page.page) {
            (Some(object), Some(index)) => format!("page {} of {}", index.0, self.object(object, event)),
            _ => format!("frame {}", page.frame.0),
        }
    }
    /// A channel, named by what a task sleeps on.
    pub fn channel(&self, channel: Channel, event: usize) -> String {
        match channel {
            Channel::Lock { lock } => self.lock(lock, event),
            channel => self.say(&channel.thing(), event),
        }
    }
    /// A word as a value's name.
    pub fn value(&self, word: u64) -> String {
        self.value_name(word).unwrap_or_else(|| Value(word).to_string())
    }
    /// The name of a word: a scenario's, or `f:0` of what page 0 of file `f` holds until it is written.
    pub(crate) fn value_name(&self, word: u64) -> Option<String> {
        Value(word).name().or_else(|| {
            // Of large files the first pages are enough, and looked for at once.
            let pages = |file: usize| 0..self.lengths.get(file).map_or(0, |&pages| pages.min(NAMED_CONTENTS));
            let is = |file: usize, page: u64| contents(FileId(file as u32), PageIndex(page)) == word;
            let mut files = (0..self.files.len()).filter(|_| is_contents(word));
            files.find_map(|file| Some(format!("{}:{}", self.files[file], pages(file).find(|&page| is(file, page))?)))
        })
    }
    /// A detail in the scenario's words, at an event of the stream.
    pub fn say(&self, detail: &Detail, event: usize) -> String {
        detail.0.iter().map(|piece| self.piece(piece, event)).collect()
    }
    /// A piece of a detail by its name: a space is its process, a frame the page that it is.
    pub fn piece(&self, piece: &Piece, event: usize) -> String {
        match *piece {
            Piece::Task(id) => self.task(id),
            Piece::Space(id) => self.space(id, event),
            Piece::Object(id) => self.object(id, event),
            Piece::File(id) => format!("file {}", self.file(id)),
            Piece::Frame(frame) => self.page(frame, event),
            Piece::Va(va) => self.address(va),
            Piece::Word(word) => self.value(word),
            Piece::Text(_) | Piece::Cpu(_) | Piece::Cpus(_) | Piece::Number(_) => piece.to_string(),
        }
    }
}

/// The index of the thing that has a number at an event.
fn called(born: &[Born], of: &BTreeMap<u32, Vec<usize>>, id: u32, event: usize) -> Option<usize> {
    of.get(&id)?.iter().copied().rfind(|&at| born[at].from <= event)
}
