//! The lane scheduler: distributes lanes over workers on any number of threads.
//!
//! Ready lanes are in a heap, ordered by the position of their next event in the file, so that even many workers stay
//! near the recording's own order, and near its use of memory: parents that waited for their children in the
//! recording then wait here too. A worker runs a lane until an earlier one is ready; a single worker keeps the file's
//! order.

use super::plan::{Item, LaneId, Plan};
use super::safepoint::Safepoint;
use faultline_engine::primitive::{Condvar, Mutex};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Maximum number of events of a lane between two updates of a worker's counts.
const BATCH: u32 = 256;
/// The replay cannot continue; the performer has noted the reason.
pub(super) struct Halt;

/// Performs events for a worker.
pub(super) trait Performer: Sync {
    /// A worker's own state: its simulated CPU.
    type Cpu;
    /// Switches the CPU to the lane's address space; the lane may be new.
    fn enter(&self, cpu: &mut Self::Cpu, lane: LaneId);
    /// Performs an event of a lane. If the lane ends with it, the CPU is not in the space of a lane that the event has
    /// created.
    fn perform(&self, cpu: &mut Self::Cpu, lane: LaneId, item: Item) -> Result<(), Halt>;
    /// The CPU has no lane to run: it leaves its address space.
    fn idle(&self, cpu: &mut Self::Cpu);
    /// A batch of events is done: publishes counts.
    fn batch_done(&self, cpu: &mut Self::Cpu);
    /// Whether the world is checked after this event.
    fn wants_check(&self, item: Item) -> bool;
    /// Checks the world; no worker is inside an event.
    fn check(&self, cpu: &mut Self::Cpu);
}

/// A runnable lane: its next event, which decides the order, and that event's index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Ready {
    event: u32,
    lane: LaneId,
    place: u32,
}

#[derive(Default)]
struct State {
    ready: BinaryHeap<Reverse<Ready>>,
    /// Number of workers that have a lane.
    running: u32,
    waiting: u32,
}

/// The lanes of a plan, shared by the workers.
pub(super) struct LaneScheduler {
    state: Mutex<State>,
    /// The next event of the first ready lane, for workers that do not hold `state`. Relaxed: a worker that sees an
    /// old one runs a few more events of its lane; a single worker sees its own.
    first: AtomicU32,
    more: Condvar,
    safepoint: Safepoint,
    /// Release and acquire: a worker that sees it set finds the reason in the notes. A batch only ends early for it:
    /// relaxed there. Waiting workers read it under the mutex, which `halt` takes before it notifies.
    halted: AtomicBool,
}

/// Halts the scheduler if a worker panics, so that the other workers do not wait for ever.
struct PanicGuard<'c>(&'c LaneScheduler);

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.halt();
            self.0.safepoint.leave();
        }
    }
}

impl LaneScheduler {
    /// A scheduler in which lane 0 is ready.
    pub(super) fn new(plan: &Plan) -> LaneScheduler {
        let lanes = LaneScheduler {
            state: Mutex::default(),
            first: AtomicU32::new(u32::MAX),
            more: Condvar::default(),
            safepoint: Safepoint::default(),
            halted: AtomicBool::new(false),
        };
        lanes.push(plan, &mut lanes.state.lock(), 0, 0);
        lanes
    }
    fn push(&self, plan: &Plan, state: &mut State, lane: LaneId, place: u32) {
        let next = plan.lanes().get(lane as usize).and_then(|l| l.items.get(place as usize));
        if let Some(item) = next {
            state.ready.push(Reverse(Ready { event: item.event, lane, place }));
            self.hint(state);
            if state.waiting > 0 {
                self.more.notify_one();
            }
        }
    }
    fn pop(&self, state: &mut State) -> Option<Ready> {
        let Reverse(ready) = state.ready.pop()?;
        self.hint(state);
        Some(ready)
    }
    fn hint(&self, state: &State) {
        let first = state.ready.peek().map_or(u32::MAX, |Reverse(ready)| ready.event);
        self.first.store(first, Ordering::Relaxed);
    }
    /// Halts: no worker begins another event.
    pub(super) fn halt(&self) {
        self.halted.store(true, Ordering::Release);
        drop(self.state.lock());
        self.more.notify_all();
    }
    /// Everything has been performed.
    pub(super) fn is_complete(&self) -> bool {
        let state = self.state.lock();
        state.running == 0 && state.ready.is_empty()
    }
    /// Everything has been performed, or the crew was halted.
    pub(super) fn is_done(&self) -> bool {
        let state = self.state.lock();
        self.halted.load(Ordering::Acquire) || state.running == 0 && state.ready.is_empty()
    }
    /// Takes the earliest lane; waits while there is none but another worker may make one ready.
    fn take(&self) -> Option<Ready> {
        let mut state = self.state.lock();
        loop {
            if self.halted.load(Ordering::Acquire) {
                return None;
            }
            if let Some(ready) = self.pop(&mut state) {
                state.running += 1;
                return Some(ready);
            }
            if state.running == 0 {
                return None;
            }
            state.waiting += 1;
            state = self.more.wait(state);
            state.waiting -= 1;
        }
    }
    /// Counts a worker without a lane; the last one wakes those that wait, since no lane will become ready.
    fn rest(&self, state: &mut State) {
        state.running -= 1;
        if state.running == 0 && state.ready.is_empty() {
            self.more.notify_all();
        }
    }
    /// Runs lanes until all are done, the scheduler is halted, or about `budget` events have been performed.
    pub(super) fn work<P: Performer>(&self, plan: &Plan, performer: &P, cpu: &mut P::Cpu, budget: u64) {
        let mut left = budget;
        while left > 0 {
            let Some(mut ready) = self.take() else { break };
            let shift = PanicGuard(self);
            self.safepoint.enter();
            loop {
                let done = self.batch(plan, performer, cpu, &mut ready, left.min(BATCH.into()) as u32);
                left -= u64::from(done);
                performer.batch_done(cpu);
                match self.swap(plan, performer, cpu, ready, left > 0) {
                    Some(next) => ready = next,
                    None => break,
                }
            }
            self.safepoint.leave();
            std::mem::forget(shift);
        }
    }
    /// Gives a lane back and, if `more`, takes the earliest one. The CPU is in another address space, or in none,
    /// before another worker can take the old lane.
    fn swap<P: Performer>(
        &self,
        plan: &Plan,
        performer: &P,
        cpu: &mut P::Cpu,
        old: Ready,
        more: bool,
    ) -> Option<Ready> {
        let more = more && !self.halted.load(Ordering::Acquire);
        let item = plan.item(old.lane, old.place);
        let old = item.map(|item| Ready { event: item.event, ..old });
        let next = {
            let mut state = self.state.lock();
            match (old, state.ready.peek()) {
                (Some(old), first) if more && first.is_none_or(|Reverse(first)| old < *first) => return Some(old),
                (_, Some(_)) if more => self.pop(&mut state),
                _ => None,
            }
        };
        match next {
            Some(ready) => performer.enter(cpu, ready.lane),
            None => performer.idle(cpu),
        }
        let mut state = self.state.lock();
        if let Some(old) = old {
            self.push(plan, &mut state, old.lane, old.place);
        }
        if next.is_none() {
            self.rest(&mut state);
        }
        next
    }
    /// Performs up to `most` events of a lane; returns how many.
    fn batch<P: Performer>(&self, plan: &Plan, performer: &P, cpu: &mut P::Cpu, ready: &mut Ready, most: u32) -> u32 {
        for done in 0..most {
            let Some(item) = plan.item(ready.lane, ready.place) else { return done };
            let later = item.event > self.first.load(Ordering::Relaxed);
            if later || self.halted.load(Ordering::Relaxed) {
                return done;
            }
            if let Err(Halt) = performer.perform(cpu, ready.lane, item) {
                self.halt();
                return done;
            }
            ready.place += 1;
            if performer.wants_check(item) {
                self.safepoint.exclusive(|| performer.check(cpu));
            } else {
                self.safepoint.pass();
            }
            if let Some(born) = item.births {
                self.push(plan, &mut self.state.lock(), born, 0);
            }
        }
        most
    }
}

#[cfg(test)]
mod tests;
