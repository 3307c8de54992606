//! The required order of events (rulings R36), computed before the replay begins.
//!
//! Program order, file order within an address space, and a vfork parent's wait for its child together order all
//! events of one address space totally: a [`Lane`]. A lane begins when an event of another lane, a fork or an exec,
//! creates its space; nothing else orders lanes. So a lane that has begun never waits for another, and any number of
//! workers can each run one to its end.

use super::event::{Event, Op, Trace};
pub use super::regions::Expect;
use super::regions::Regions;
use super::replay::ReplayError;
use std::collections::VecDeque;
use std::rc::Rc;

/// A lane, in [`Plan::lanes`].
pub type LaneId = u32;

/// One event of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item {
    /// The event, in [`Plan::event`]'s numbering.
    pub event: u32,
    /// The lane that can begin after the event: that of a fork's child, or of an exec.
    pub births: Option<LaneId>,
    /// The required result of a fault.
    pub expect: Expect,
    /// The mapping only records a stack's growth: it already exists.
    pub grown: bool,
    /// The world is to be checked after it (rulings R36).
    pub check: bool,
}

impl Item {
    fn new(event: u32) -> Item {
        Item { event, births: None, expect: Expect::Either, grown: false, check: false }
    }
}

/// The events of one address space, in the required order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lane {
    /// The events.
    pub items: Vec<Item>,
}

/// A recording, cut into lanes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    trace: Trace,
    /// Number of recorded events; the rest are exits that the replay adds.
    recorded: usize,
    lanes: Vec<Lane>,
    /// The lane of each event, and its index there.
    places: Vec<(LaneId, u32)>,
    /// Forks, execs and exits after which the world is not checked.
    unchecked: u32,
    /// The first line at which there are too many mappings; nothing is planned from there on.
    beyond: Option<u32>,
}

/// Mappings that all address spaces may have at once. Each fork copies all of its parent's, so
/// few lines can ask for any number of them.
const MAPPINGS: usize = 1 << 20;
/// What a check of the whole world costs, in things that it looks at: this many frames, and every mapping and
/// every process besides.
const FRAMES_LOOKED_AT: u64 = 1 << 16;
/// What checks may cost however short a recording is: a thousand of a small world.
const CHECKS_FREE: u64 = 1000 * FRAMES_LOOKED_AT;
/// What they may cost besides for each event; a build of zlib, all of whose forks, execs and exits are checked, needs 240
/// in all. So no recording spends more than some time per event on checks.
const CHECKS_PER_EVENT: u64 = 256;

impl Plan {
    /// Computes the order. Processes that never exit do so after the last event, the youngest first.
    pub fn new(mut trace: Trace) -> Plan {
        let recorded = trace.events.len();
        let last = trace.events.last().map_or(0, |e| e.time);
        for process in (0..trace.processes.len() as u32).rev().filter(|&p| !trace.processes[p as usize].exits) {
            trace.events.push(Event { time: last, line: 0, cpu: 0, process, op: Op::Exit });
        }
        let mut builder = Builder::new(&trace, MAPPINGS);
        builder.build();
        let Builder { lanes, places, unchecked, beyond, .. } = builder;
        Plan { trace, recorded, lanes, places, unchecked, beyond }
    }
    /// Refuses a recording that nobody can play. [`Plan::new`] has stopped where it became one.
    pub(super) fn fits(&self) -> Result<(), ReplayError> {
        self.beyond.map_or(Ok(()), |line| Err(ReplayError::Mappings { line, most: MAPPINGS }))
    }
    /// Forks, execs and exits after which the world is not checked, since there are so many of them
    /// in so large a world.
    pub fn unchecked(&self) -> u32 {
        self.unchecked
    }
    /// The recording, followed by the exits that it lacks.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
    /// An event by the number in [`Item::event`].
    pub fn event(&self, index: u32) -> &Event {
        &self.trace.events[index as usize]
    }
    /// Number of events in the recording itself.
    pub fn recorded(&self) -> usize {
        self.recorded
    }
    /// All lanes; lane 0 begins at once.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }
    /// All events in an order that meets the constraints, and is the file's where that meets them: lane, and index in
    /// it.
    pub fn in_order(&self) -> &[(LaneId, u32)] {
        &self.places
    }
    /// An item by its lane and index.
    pub fn item(&self, lane: LaneId, place: u32) -> Option<Item> {
        self.lanes[lane as usize].items.get(place as usize).copied()
    }
}

/// A process during the construction of the plan.
#[derive(Default)]
struct Run {
    lane: Option<LaneId>,
    /// Not yet created, or waiting for its vfork child.
    held: bool,
    /// Its delayed events.
    waiting: VecDeque<u32>,
    /// The parent whose space it borrows.
    lender: Option<u32>,
}

struct Builder<'t> {
    trace: &'t Trace,
    runs: Vec<Run>,
    lanes: Vec<Lane>,
    maps: Vec<Space>,
    places: Vec<(LaneId, u32)>,
    /// Processes that continue after the present event.
    released: Vec<u32>,
    /// Mappings of all living address spaces, how many there may be, and where there are more.
    mappings: usize,
    most: usize,
    beyond: Option<u32>,
    /// Processes that have begun and not exited.
    living: u64,
    /// What checks have cost so far, and how many were left out.
    spent: u64,
    unchecked: u32,
    /// Mappings that were copied because two address spaces no longer have the same.
    copied: usize,
}

/// The map of an address space while the plan is made.
#[derive(Default)]
struct Space {
    /// A fork's child has its parent's until one of them changes it.
    map: Rc<Regions>,
    /// Processes in it. With the last one the map goes.
    users: u32,
}

impl<'t> Builder<'t> {
    fn new(trace: &'t Trace, most: usize) -> Self {
        let held = |p: &super::event::Process| Run { held: p.parent.is_some(), ..Run::default() };
        Builder {
            trace,
            runs: trace.processes.iter().map(held).collect(),
            lanes: Vec::new(),
            maps: Vec::new(),
            places: Vec::with_capacity(trace.events.len()),
            released: Vec::new(),
            mappings: 0,
            most,
            beyond: None,
            living: 0,
            spent: 0,
            unchecked: 0,
            copied: 0,
        }
    }
    fn build(&mut self) {
        for (index, event) in self.trace.events.iter().enumerate() {
            let run = &mut self.runs[event.process as usize];
            run.waiting.push_back(index as u32);
            self.released.push(event.process);
            while let Some(process) = self.released.pop() {
                self.go_on(process);
            }
            if self.mappings > self.most {
                self.beyond = Some(event.line);
                return;
            }
        }
    }
    /// Places a process's delayed events, unless it is held, one event at a time: an event may release another
    /// process, which then goes first.
    fn go_on(&mut self, process: u32) {
        let run = &mut self.runs[process as usize];
        if run.held {
            return;
        }
        if let Some(event) = run.waiting.pop_front() {
            self.released.push(process);
            self.place(process, event);
        }
    }
    fn new_lane(&mut self, map: Rc<Regions>) -> LaneId {
        self.mappings += map.len();
        self.lanes.push(Lane::default());
        self.maps.push(Space { map, users: 0 });
        self.lanes.len() as LaneId - 1
    }
    fn enter(&mut self, process: u32, lane: LaneId) {
        self.maps[lane as usize].users += 1;
        self.runs[process as usize].lane = Some(lane);
    }
    fn leave(&mut self, lane: LaneId) {
        let space = &mut self.maps[lane as usize];
        space.users -= 1;
        if space.users == 0 {
            self.mappings -= space.map.len();
            space.map = Rc::default();
        }
    }
    /// Changes a map, and what of it others have too by then is copied.
    fn change<T>(&mut self, lane: LaneId, how: impl FnOnce(&mut Regions) -> T) -> T {
        let map = &mut self.maps[lane as usize].map;
        self.copied += if Rc::strong_count(map) > 1 { map.len() } else { 0 };
        let before = map.len();
        let done = how(Rc::make_mut(map));
        self.mappings = self.mappings + map.len() - before;
        done
    }
    /// Whether the world is to be checked after the present event, which is one to check after.
    fn check(&mut self) -> bool {
        let cost = FRAMES_LOOKED_AT + self.mappings as u64 + self.living;
        let affordable = CHECKS_FREE + CHECKS_PER_EVENT * self.places.len() as u64;
        let check = self.spent + cost <= affordable;
        match check {
            true => self.spent += cost,
            false => self.unchecked += 1,
        }
        check
    }
    fn release(&mut self, process: u32, lane: LaneId) {
        self.living += 1;
        self.enter(process, lane);
        self.runs[process as usize].held = false;
        self.released.push(process);
    }
    fn return_loan(&mut self, process: u32) {
        if let Some(parent) = self.runs[process as usize].lender.take() {
            self.runs[parent as usize].held = false;
            self.released.push(parent);
        }
    }
    fn place(&mut self, process: u32, index: u32) {
        let op = self.trace.events[index as usize].op;
        let mut item = Item::new(index);
        let lane = match self.runs[process as usize].lane {
            Some(lane) => lane,
            // The first process has no space before its first exec.
            None => {
                let lane = self.new_lane(Rc::default());
                self.living += 1;
                self.enter(process, lane);
                item.check = self.check();
                self.push(lane, item);
                return;
            }
        };
        let trace = self.trace;
        match op {
            Op::Map(at) => item.grown = self.change(lane, |map| map.map(&trace.maps[at as usize])),
            Op::Unmap { start, len } => self.change(lane, |map| map.remove(start, start + len)),
            Op::Protect { start, len, prot } => self.change(lane, |map| map.protect(start, start + len, prot)),
            Op::Remap(at) => self.change(lane, |map| map.remap(&trace.remaps[at as usize])),
            Op::Fault { address, access, .. } => {
                let covered = self.maps[lane as usize].map.covered(address, access);
                item.expect = covered.unwrap_or_else(|| self.change(lane, |map| map.access(address, access)));
            }
            Op::Advise { .. } => {}
            Op::Exec { .. } => {
                let new = self.new_lane(Rc::default());
                item.births = Some(new);
                self.leave(lane);
                self.enter(process, new);
                self.return_loan(process);
            }
            Op::Fork { child } => {
                let new = self.new_lane(self.maps[lane as usize].map.clone());
                item.births = Some(new);
                self.release(child, new);
            }
            Op::Vfork { child } => {
                self.runs[process as usize].held = true;
                self.runs[child as usize].lender = Some(process);
                self.release(child, lane);
            }
            Op::Thread { child } => self.release(child, lane),
            Op::Exit => {
                self.leave(lane);
                self.living -= 1;
                self.return_loan(process);
            }
        }
        if matches!(op, Op::Fork { .. } | Op::Exec { .. } | Op::Exit) {
            item.check = self.check();
        }
        self.push(lane, item);
    }
    fn push(&mut self, lane: LaneId, item: Item) {
        let items = &mut self.lanes[lane as usize].items;
        self.places.push((lane, items.len() as u32));
        items.push(item);
    }
}

#[cfg(test)]
pub(super) mod tests;
