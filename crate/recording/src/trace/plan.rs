//! The required order of events (rulings R36), computed before the replay begins.
//!
//! Program order, file order within an address space, and a vfork parent's wait for its child together order all
//! events of one address space totally: a [`Lane`]. A lane begins when an event of another lane, a fork or an exec,
//! creates its space; nothing else orders lanes. So a lane that has begun never waits for another, and any number of
//! workers can each run one to its end.

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
    /// The lane that can begin after the event: that of a fork's child, or of an exec.
    pub births: Option<LaneId>,
    /// The required result of a fault.
    pub expect: Expect,
    /// The mapping only records a stack's growth: it already exists.
    pub grown: bool,
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
}

impl Plan {
    /// Computes the order. Processes that never exit do so after the last event, the youngest first.
    pub fn new(mut trace: Trace) -> Plan {
        let recorded = trace.events.len();
        let last = trace.events.last().map_or(0, |e| e.time);
        for process in (0..trace.processes.len() as u32).rev().filter(|&p| !trace.processes[p as usize].exits) {
            trace.events.push(Event { time: last, line: 0, cpu: 0, process, op: Op::Exit });
        }
        let (lanes, places) = Builder::new(&trace).build();
        Plan { trace, recorded, lanes, places }
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
    maps: Vec<Regions>,
    places: Vec<(LaneId, u32)>,
    /// Processes that continue after the present event.
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
