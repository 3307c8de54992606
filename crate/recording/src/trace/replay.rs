//! Replays a recording on the stepped world, or on real threads.

use super::lanes::{Halt, LaneScheduler, Performer};
use super::perform::{Replayer, WorkerCpu};
use super::plan::{Item, LaneId, Plan};
use super::progress::{Progress, Word};
use super::report::Report;
use super::view::{self, Life, View};
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_engine::{Stepped, Threads, World};
use faultline_text::format_number::grouped;
use std::sync::Mutex;

/// Settings of a replay.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The kernel.
    pub policy: Policy,
    /// Physical memory in frames of 4 KiB.
    pub frames: u32,
    /// Number of simulated CPUs. Each worker needs its own.
    pub cpus: u32,
    /// Whether to check the whole world at every fork, exec and exit.
    pub checks: bool,
    /// Seconds since any fixed time, to measure checks.
    pub clock: fn() -> f64,
    /// Whether to keep what a page draws: see [`super::view`].
    pub view: bool,
}

impl Settings {
    /// `policy` on 65,536 frames and two CPUs, with all checks.
    pub fn new(policy: Policy) -> Settings {
        Settings { policy, frames: 65_536, cpus: 2, checks: true, clock: || 0.0, view: false }
    }
    /// Rejects numbers that no world can have, and more workers than CPUs.
    pub fn check(&self, workers: u32) -> Result<(), ReplayError> {
        match self {
            Settings { cpus: 0 | 65.., .. } => Err(ReplayError::Cpus(self.cpus)),
            Settings { frames: 0..=15 | 4_194_305.., .. } => Err(ReplayError::FrameCount(self.frames)),
            _ if workers > self.cpus => Err(ReplayError::Workers { workers, cpus: self.cpus }),
            _ => Ok(()),
        }
    }
}

/// Why a replay is impossible, or cannot continue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReplayError {
    /// No frame is free, and no event could free one.
    #[error("line {line}: out of memory with {frames} frames; give more with --frames")]
    Frames {
        /// The line that needed one.
        line: u32,
        /// Number of frames.
        frames: u32,
    },
    /// The engine waits for ever: see the findings.
    #[error("line {line}: the engine cannot go on; this is a fault of the engine, see the findings")]
    Stuck {
        /// The line being performed.
        line: u32,
    },
    /// All address spaces together have more mappings than a replay takes on.
    #[error(
        "line {line}: more than {} mappings in all address spaces together, the most that are replayed; record fewer \
         processes at a time, or leave out the lines from here on", grouped(*.most as u64)
    )]
    Mappings {
        /// The line that makes them too many.
        line: u32,
        /// How many there may be.
        most: usize,
    },
    /// No world has that many CPUs.
    #[error("--cpus {0}: a world has 1 to 64 CPUs")]
    Cpus(u32),
    /// No world has that many frames.
    #[error("--frames {0}: a world has 16 to 4194304 frames of 4 KiB")]
    FrameCount(u32),
    /// Each worker needs a CPU.
    #[error("--threads {workers} with --cpus {cpus}: each thread runs a CPU of its own; give at least as many CPUs")]
    Workers {
        /// Number of workers asked for.
        workers: u32,
        /// Number of CPUs.
        cpus: u32,
    },
}

/// A replay on real threads.
///
/// The caller supplies the threads: each of them calls [`Replay::worker`] with its own number below
/// [`Settings::cpus`], which returns when there is nothing left to do. A thread may instead call [`Replay::advance`]
/// repeatedly.
pub struct Replay {
    replayer: Replayer<Threads>,
    lanes: LaneScheduler,
    /// Held by the thread that updates the progress.
    publishing: Mutex<()>,
}

impl Performer for Replayer<Threads> {
    type Cpu = WorkerCpu;

    fn enter(&self, worker: &mut WorkerCpu, lane: LaneId) {
        Replayer::enter(self, worker, lane);
    }
    fn perform(&self, worker: &mut WorkerCpu, lane: LaneId, item: Item) -> Result<(), Halt> {
        Replayer::perform(self, worker, lane, item)
    }
    fn idle(&self, worker: &mut WorkerCpu) {
        self.leave(worker);
    }
    fn batch_done(&self, worker: &mut WorkerCpu) {
        self.settle(worker);
    }
    fn wants_check(&self, item: Item) -> bool {
        Replayer::wants_check(self, item)
    }
    fn check(&self, _: &mut WorkerCpu) {
        Replayer::check(self);
    }
}

impl Replay {
    /// A new world at the beginning of the recording, for up to `workers` workers.
    pub fn new(plan: Plan, settings: Settings, workers: u32) -> Result<Replay, ReplayError> {
        settings.check(workers)?;
        plan.fits()?;
        let lanes = LaneScheduler::new(&plan);
        let env = Threads::new(settings.frames, settings.cpus);
        Ok(Replay { replayer: Replayer::new(env, plan, settings), lanes, publishing: Mutex::default() })
    }
    /// Works until all events are done or the replay cannot continue. `index` is the number of the worker and of its
    /// CPU.
    pub fn worker(&self, index: u32) {
        while !self.advance(index, 4096) {}
    }
    /// Works for about `events` events; returns whether all are done, or the replay cannot continue.
    pub fn advance(&self, index: u32, events: u64) -> bool {
        let mut worker = WorkerCpu::new(index);
        self.lanes.work(&self.replayer.plan, &self.replayer, &mut worker, events);
        self.publish();
        self.lanes.is_done()
    }
    /// No worker begins another event: all come back, and what was done until then can be reported. For any thread.
    pub fn stop(&self) {
        self.lanes.halt();
    }
    /// How far it is. May be looked at while workers run.
    pub fn progress(&self) -> &Progress {
        &self.replayer.progress
    }
    /// What a page draws, if [`Settings::view`] asks for it.
    pub fn view(&self) -> Option<&View> {
        self.replayer.view.as_ref()
    }
    /// Says in the view which frames are in use now. For any thread, at any time.
    pub fn look(&self) {
        self.replayer.look();
    }
    /// The lives of all processes.
    pub fn lives(&self) -> Vec<Life> {
        view::lives(self.replayer.plan.trace(), self.replayer.plan.recorded())
    }
    /// The world, for views.
    pub fn world(&self) -> &World<Threads> {
        &self.replayer.world
    }
    /// Updates the progress's counts; its number of events is always current.
    pub fn publish(&self) {
        if let Ok(_turn) = self.publishing.try_lock() {
            let world = &self.replayer.world;
            self.replayer.progress.take(&world.env.counters());
            self.replayer.publish(world.env.findings().len());
        }
    }
    /// Cleans up after the last worker and returns the report; `wall_s` is the duration in seconds that the caller
    /// has measured.
    pub fn report(&self, workers: u32, wall_s: f64) -> Result<Report, ReplayError> {
        if let Some(error) = self.replayer.notes().error {
            return Err(error);
        }
        let stopped = !self.lanes.is_complete();
        if !stopped {
            self.replayer.finish();
        }
        self.publish();
        self.replayer.progress.set(Word::Done, 1u32);
        let env = &self.replayer.world.env;
        let report = self.replayer.report("threads", workers, &env.counters(), env.findings(), wall_s);
        Ok(Report { stopped, ..report })
    }
}

/// A replay on the stepped world: one event at a time, in the file's order.
pub struct StepReplay {
    replayer: Replayer<Stepped>,
    workers: Vec<WorkerCpu>,
    next: usize,
}

impl StepReplay {
    /// A new world at the beginning of the recording.
    pub fn new(plan: Plan, settings: Settings) -> Result<StepReplay, ReplayError> {
        settings.check(1)?;
        plan.fits()?;
        let env = Stepped::new(settings.frames, Keep::NOTHING);
        let workers = (0..settings.cpus).map(WorkerCpu::new).collect();
        Ok(StepReplay { replayer: Replayer::new(env, plan, settings), workers, next: 0 })
    }
    /// Performs up to `events` events; returns whether the recording has ended.
    pub fn advance(&mut self, events: usize) -> Result<bool, ReplayError> {
        let replayer = &self.replayer;
        let before = self.next;
        let order = replayer.plan.in_order();
        let end = order.len().min(before.saturating_add(events));
        for &(lane, place) in &order[before..end] {
            let Some(item) = replayer.plan.item(lane, place) else { break };
            let event = replayer.plan.event(item.event);
            let cpu = event.cpu as usize % self.workers.len();
            replayer.prepare(&mut self.workers, cpu, lane, item);
            if let Err(Halt) = replayer.perform(&mut self.workers[cpu], lane, item) {
                break;
            }
            self.next += 1;
            if replayer.wants_check(item) {
                replayer.check();
            }
        }
        self.workers.iter_mut().for_each(|worker| replayer.settle(worker));
        replayer.progress.take(&replayer.world.env.counters());
        replayer.publish(replayer.world.env.findings().len());
        match replayer.notes().error {
            Some(error) => Err(error),
            None => Ok(self.next == order.len()),
        }
    }
    /// The progress.
    pub fn progress(&self) -> &Progress {
        &self.replayer.progress
    }
    /// What a page draws, if [`Settings::view`] asks for it.
    pub fn view(&self) -> Option<&View> {
        self.replayer.view.as_ref()
    }
    /// Says in the view which frames are in use now. For any thread, at any time.
    pub fn look(&self) {
        self.replayer.look();
    }
    /// The lives of all processes.
    pub fn lives(&self) -> Vec<Life> {
        view::lives(self.replayer.plan.trace(), self.replayer.plan.recorded())
    }
    /// The world, for views.
    pub fn world(&self) -> &World<Stepped> {
        &self.replayer.world
    }
    /// The next event, in [`Plan::event`]'s numbering.
    pub fn next_event(&self) -> Option<u32> {
        let &(lane, place) = self.replayer.plan.in_order().get(self.next)?;
        self.replayer.plan.item(lane, place).map(|item| item.event)
    }
    /// Cleans up after the last event and returns the report; `wall_s` is the duration in seconds that the caller has
    /// measured.
    pub fn report(&mut self, wall_s: f64) -> Result<Report, ReplayError> {
        if let Some(error) = self.replayer.notes().error {
            return Err(error);
        }
        let stopped = self.next < self.replayer.plan.in_order().len();
        if !stopped {
            self.replayer.finish();
        }
        self.replayer.progress.set(Word::Done, 1u32);
        let env = &self.replayer.world.env;
        let report = self.replayer.report("stepped", 1, &env.counters(), env.findings(), wall_s);
        Ok(Report { stopped, ..report })
    }
}
