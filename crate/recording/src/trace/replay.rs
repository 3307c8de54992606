//! The player: a recording on the stepped world, or on real threads.

use super::crew::{Crew, Halt, Performer};
use super::perform::{Player, Seat};
use super::plan::{Item, LaneId, Plan};
use super::progress::{Progress, Word};
use super::report::Report;
use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_engine::{Stepped, Threads, World};
use std::sync::Mutex;

/// What to play on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The kernel.
    pub policy: Policy,
    /// Physical memory in frames of 4 KiB.
    pub frames: u32,
    /// Simulated CPUs. Each worker needs one of its own.
    pub cpus: u32,
    /// Check the whole world at every fork, exec and exit.
    pub checks: bool,
    /// Seconds since whenever, for the time that checks take.
    pub clock: fn() -> f64,
}

impl Settings {
    /// `policy` on 65,536 frames and two CPUs, with all checks.
    pub fn new(policy: Policy) -> Settings {
        Settings { policy, frames: 65_536, cpus: 2, checks: true, clock: || 0.0 }
    }
    /// Refuses numbers that no world can have.
    pub fn check(&self, workers: u32) -> Result<(), ReplayError> {
        match self {
            Settings { cpus: 0 | 65.., .. } => Err(ReplayError::Cpus(self.cpus)),
            Settings { frames: 0..=15 | 4_194_305.., .. } => Err(ReplayError::FrameCount(self.frames)),
            _ if workers > self.cpus => Err(ReplayError::Workers { workers, cpus: self.cpus }),
            _ => Ok(()),
        }
    }
}

/// Why a replay can't be done, or can't go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReplayError {
    /// No free frame, and nothing that could free one.
    #[error("line {line}: out of memory with {frames} frames; give more with --frames")]
    Frames {
        /// The line that wanted one.
        line: u32,
        /// How many there are.
        frames: u32,
    },
    /// The engine waits for ever: see the findings.
    #[error("line {line}: the engine cannot go on; this is a fault of the engine, see the findings")]
    Stuck {
        /// The line that it is at.
        line: u32,
    },
    /// No world has that many CPUs.
    #[error("--cpus {0}: a world has 1 to 64 CPUs")]
    Cpus(u32),
    /// No world has that many frames.
    #[error("--frames {0}: a world has 16 to 4194304 frames of 4 KiB")]
    FrameCount(u32),
    /// Each worker is a CPU.
    #[error("--threads {workers} with --cpus {cpus}: each thread runs a CPU of its own; give at least as many CPUs")]
    Workers {
        /// Workers asked for.
        workers: u32,
        /// CPUs there are.
        cpus: u32,
    },
}

/// A recording on real threads.
///
/// The caller supplies the threads: each of them calls [`Replay::worker`] with a number
/// of its own, below [`Settings::cpus`], and comes back when there is nothing left to
/// do. One may also call [`Replay::advance`] again and again instead.
pub struct Replay {
    player: Player<Threads>,
    crew: Crew,
    /// Held by whoever brings the progress up to date.
    publishing: Mutex<()>,
}

impl Performer for Player<Threads> {
    type Cpu = Seat;

    fn enter(&self, seat: &mut Seat, lane: LaneId) {
        Player::enter(self, seat, lane);
    }
    fn perform(&self, seat: &mut Seat, lane: LaneId, item: Item) -> Result<(), Halt> {
        Player::perform(self, seat, lane, item)
    }
    fn idle(&self, seat: &mut Seat) {
        self.leave(seat);
    }
    fn batch_done(&self, seat: &mut Seat) {
        self.settle(seat);
    }
    fn wants_check(&self, item: Item) -> bool {
        Player::wants_check(self, item)
    }
    fn check(&self, _: &mut Seat) {
        Player::check(self);
    }
}

impl Replay {
    /// A fresh world, at the beginning of the recording, for up to `workers` workers.
    pub fn new(plan: Plan, settings: Settings, workers: u32) -> Result<Replay, ReplayError> {
        settings.check(workers)?;
        let crew = Crew::new(&plan);
        let env = Threads::new(settings.frames, settings.cpus);
        Ok(Replay { player: Player::new(env, plan, settings), crew, publishing: Mutex::default() })
    }
    /// Works until everything is done or can't go on. `index` is the worker's number and
    /// that of its CPU.
    pub fn worker(&self, index: u32) {
        while !self.advance(index, 4096) {}
    }
    /// Works for about `events` events: whether everything is done, or can't go on.
    pub fn advance(&self, index: u32, events: u64) -> bool {
        let mut seat = Seat::new(index);
        self.crew.work(&self.player.plan, &self.player, &mut seat, events);
        self.publish();
        self.crew.is_done()
    }
    /// How far it is. May be looked at while workers run.
    pub fn progress(&self) -> &Progress {
        &self.player.progress
    }
    /// The world, for views.
    pub fn world(&self) -> &World<Threads> {
        &self.player.world
    }
    /// Brings the progress's counts up to date; its events are at every time.
    pub fn publish(&self) {
        if let Ok(_turn) = self.publishing.try_lock() {
            let world = &self.player.world;
            self.player.progress.take(&world.env.counters());
            self.player.publish(world.env.findings().len());
        }
    }
    /// Tidies up after the last worker and says what it all came to, `wall_s` being the
    /// seconds that the caller has measured.
    pub fn report(&self, workers: u32, wall_s: f64) -> Result<Report, ReplayError> {
        if let Some(error) = self.player.notes().error {
            return Err(error);
        }
        self.player.finish();
        self.publish();
        self.player.progress.set(Word::Done, 1u32);
        let env = &self.player.world.env;
        Ok(self.player.report("threads", workers, &env.counters(), env.findings(), wall_s))
    }
}

/// A recording on the stepped world: one event after the other in the file's order.
pub struct StepReplay {
    player: Player<Stepped>,
    seats: Vec<Seat>,
    next: usize,
}

impl StepReplay {
    /// A fresh world, at the beginning of the recording.
    pub fn new(plan: Plan, settings: Settings) -> Result<StepReplay, ReplayError> {
        settings.check(1)?;
        let env = Stepped::new(settings.frames, Keep::NOTHING);
        let seats = (0..settings.cpus).map(Seat::new).collect();
        Ok(StepReplay { player: Player::new(env, plan, settings), seats, next: 0 })
    }
    /// Performs up to `events` events: whether the recording is at its end.
    pub fn advance(&mut self, events: usize) -> Result<bool, ReplayError> {
        let player = &self.player;
        let before = self.next;
        let order = player.plan.in_order();
        let end = order.len().min(before.saturating_add(events));
        for &(lane, place) in &order[before..end] {
            let Some(item) = player.plan.item(lane, place) else { break };
            let event = player.plan.event(item.event);
            let cpu = event.cpu as usize % self.seats.len();
            player.prepare(&mut self.seats, cpu, lane, item);
            if let Err(Halt) = player.perform(&mut self.seats[cpu], lane, item) {
                break;
            }
            self.next += 1;
            if player.wants_check(item) {
                player.check();
            }
        }
        self.seats.iter_mut().for_each(|seat| player.settle(seat));
        player.progress.take(&player.world.env.counters());
        player.publish(player.world.env.findings().len());
        match player.notes().error {
            Some(error) => Err(error),
            None => Ok(self.next == order.len()),
        }
    }
    /// How far it is.
    pub fn progress(&self) -> &Progress {
        &self.player.progress
    }
    /// The world, for views.
    pub fn world(&self) -> &World<Stepped> {
        &self.player.world
    }
    /// The next event to be performed, in [`Plan::event`]'s numbering.
    pub fn next_event(&self) -> Option<u32> {
        let &(lane, place) = self.player.plan.in_order().get(self.next)?;
        self.player.plan.item(lane, place).map(|item| item.event)
    }
    /// Tidies up after the last event and says what it all came to, `wall_s` being the
    /// seconds that the caller has measured.
    pub fn report(&mut self, wall_s: f64) -> Result<Report, ReplayError> {
        if let Some(error) = self.player.notes().error {
            return Err(error);
        }
        self.player.finish();
        self.player.progress.set(Word::Done, 1u32);
        let env = &self.player.world.env;
        Ok(self.player.report("stepped", 1, &env.counters(), env.findings(), wall_s))
    }
}
