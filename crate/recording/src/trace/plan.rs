//! The order that has to be kept (rulings R36), worked out before anything runs.
//!
//! Program order, file order within an address space, and a vfork parent's wait for
//! its child together put all events of one address space in one row: a [`Lane`]. A
//! lane begins when an event of another one, a fork or an exec, brings its space into
//! being; nothing else ties lanes together. So a lane that has begun never waits for
//! another, and any number of workers can each run one to its end.

use super::event::{Event, Op, Trace};
pub use super::regions::Expect;
use super::regions::Regions;
use std::collections::VecDeque;

/// A lane, in [`Plan::lanes`].
pub type LaneId = u32;

/// One event of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item {
    /// The event, in [`Plan::event`]'s numbering.
    pub event: u32,
    /// The lane that can begin once the event is over: a fork's child's, or an exec's.
    pub births: Option<LaneId>,
    /// What has to become of a fault.
    pub expect: Expect,
    /// A mapping that tells of a stack's growth: it is there already.
    pub grown: bool,
}

/// The events of one address space, in the order to keep.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lane {
    /// The events.
    pub items: Vec<Item>,
}

/// A recording, cut into lanes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    trace: Trace,
    /// How many of the events were recorded; the rest are exits that the player adds.
    recorded: usize,
    lanes: Vec<Lane>,
    /// The lane and place of each event.
    places: Vec<(LaneId, u32)>,
}

impl Plan {
    /// Works out the order. Processes that never exit do so after the last event, the
    /// youngest first.
    pub fn new(mut trace: Trace) -> Plan {
        let recorded = trace.events.len();
        let last = trace.events.last().map_or(0, |e| e.time);
        for process in (0..trace.processes.len() as u32).rev().filter(|&p| !trace.processes[p as usize].exits) {
            trace.events.push(Event { time: last, line: 0, cpu: 0, process, op: Op::Exit });
        }
        let (lanes, places) = Builder::new(&trace).build();
        Plan { trace, recorded, lanes, places }
    }
    /// The recording, with the exits that it lacks at its end.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
    /// An event by the number in [`Item::event`].
    pub fn event(&self, index: u32) -> &Event {
        &self.trace.events[index as usize]
    }
    /// How many events the recording has itself.
    pub fn recorded(&self) -> usize {
        self.recorded
    }
    /// All lanes; lane 0 begins by itself.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }
    /// All events in an order that keeps what has to be kept and is the file's where
    /// the file keeps it itself: lane, and place in it.
    pub fn in_order(&self) -> &[(LaneId, u32)] {
        &self.places
    }
    /// An item by its lane and place.
    pub fn item(&self, lane: LaneId, place: u32) -> Option<Item> {
        self.lanes[lane as usize].items.get(place as usize).copied()
    }
}

/// A process while the plan is made.
#[derive(Default)]
struct Run {
    lane: Option<LaneId>,
    /// Not yet born, or waiting for its vfork child.
    held: bool,
    /// Its events that have to wait for that.
    waiting: VecDeque<u32>,
    /// The parent whose space it borrows.
    lender: Option<u32>,
}

struct Builder<'t> {
    trace: &'t Trace,
    runs: Vec<Run>,
    lanes: Vec<Lane>,
    maps: Vec<Regions>,
    places: Vec<(LaneId, u32)>,
    /// Processes that go on after the present event.
    released: Vec<u32>,
}

impl<'t> Builder<'t> {
    fn new(trace: &'t Trace) -> Self {
        let held = |p: &super::event::Process| Run { held: p.parent.is_some(), ..Run::default() };
        Builder {
            trace,
            runs: trace.processes.iter().map(held).collect(),
            lanes: Vec::new(),
            maps: Vec::new(),
            places: Vec::with_capacity(trace.events.len()),
            released: Vec::new(),
        }
    }
    fn build(mut self) -> (Vec<Lane>, Vec<(LaneId, u32)>) {
        for (index, event) in self.trace.events.iter().enumerate() {
            let run = &mut self.runs[event.process as usize];
            run.waiting.push_back(index as u32);
            self.released.push(event.process);
            while let Some(process) = self.released.pop() {
                self.go_on(process);
            }
        }
        (self.lanes, self.places)
    }
    /// Places what a process has waiting, unless it is held, one event at a time: an
    /// event may release another process, which then goes first.
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
    fn new_lane(&mut self, map: Regions) -> LaneId {
        self.lanes.push(Lane::default());
        self.maps.push(map);
        self.lanes.len() as LaneId - 1
    }
    fn release(&mut self, process: u32, lane: LaneId) {
        let run = &mut self.runs[process as usize];
        run.lane = Some(lane);
        run.held = false;
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
        let lane = match self.runs[process as usize].lane {
            Some(lane) => lane,
            // The first process has no space before its first exec.
            None => {
                let lane = self.new_lane(Regions::default());
                self.runs[process as usize].lane = Some(lane);
                self.push(lane, Item { event: index, births: None, expect: Expect::Either, grown: false });
                return;
            }
        };
        let mut item = Item { event: index, births: None, expect: Expect::Either, grown: false };
        let map = &mut self.maps[lane as usize];
        match op {
            Op::Map(at) => item.grown = map.map(&self.trace.maps[at as usize]),
            Op::Unmap { start, len } => map.remove(start, start + len),
            Op::Protect { start, len, prot } => map.protect(start, start + len, prot),
            Op::Remap(at) => map.remap(&self.trace.remaps[at as usize]),
            Op::Fault { address, access, .. } => item.expect = map.access(address, access),
            Op::Advise { .. } => {}
            Op::Exec { .. } => {
                let new = self.new_lane(Regions::default());
                item.births = Some(new);
                self.runs[process as usize].lane = Some(new);
                self.return_loan(process);
            }
            Op::Fork { child } => {
                let copy = map.clone();
                let new = self.new_lane(copy);
                item.births = Some(new);
                self.release(child, new);
            }
            Op::Vfork { child } => {
                self.runs[process as usize].held = true;
                self.runs[child as usize].lender = Some(process);
                self.release(child, lane);
            }
            Op::Thread { child } => self.release(child, lane),
            Op::Exit => self.return_loan(process),
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
