//! Real threads: a point is nothing, a wait parks the thread.

use super::{Env, Kind, Memory, Place};
use crate::event::{Counters, Event};
use crate::finding::{Finding, Involved};
use crate::ids::{CpuId, SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{PlainFrames, RawWord};
use crate::step::Step;
use crate::sync::Channel;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Sleep queues; channels share them by hash, so a sleeper may wake for another's
/// sake and looks again, as every sleeper does anyway.
const QUEUES: usize = 256;

#[derive(Default)]
struct Queue {
    /// Counts wakeups: a sleeper waits for it to move past its ticket.
    turn: Mutex<u64>,
    moved: Condvar,
    /// Registered sleepers, so that a wakeup without any takes no mutex.
    sleepers: AtomicU32,
}

/// The threads environment.
pub struct Threads {
    frames: PlainFrames,
    queues: Vec<Queue>,
    /// One counter a CPU: odd while it is inside an access (rulings R6).
    inside: Vec<AtomicU64>,
    findings: Mutex<Vec<Finding>>,
    counters: Vec<Mutex<Counters>>,
}

/// A thread is never interrupted while it holds one of these, so poison means
/// only that some other thread panicked; the data is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Threads {
    /// A world of `frames` zeroed frames and `cpus` CPUs.
    pub fn new(frames: u32, cpus: u32) -> Self {
        Threads {
            frames: PlainFrames::new(frames),
            queues: (0..QUEUES).map(|_| Queue::default()).collect(),
            inside: (0..cpus).map(|_| AtomicU64::new(0)).collect(),
            findings: Mutex::default(),
            counters: (0..64).map(|_| Mutex::default()).collect(),
        }
    }
    /// All findings so far.
    pub fn findings(&self) -> Vec<Finding> {
        lock(&self.findings).clone()
    }
    /// Counts of what happened, summed over tasks.
    pub fn counters(&self) -> Counters {
        let mut sum = Counters::default();
        for c in &self.counters {
            sum.add(&lock(c));
        }
        sum
    }
    fn queue(&self, channel: Channel) -> &Queue {
        &self.queues[channel.hash() as usize % QUEUES]
    }
}

impl Memory for Threads {
    fn frames(&self) -> u32 {
        self.frames.len()
    }
    #[inline]
    fn frame_load(&self, frame: FrameNo, word: usize) -> u64 {
        self.frames.word(frame, word).load(Ordering::Acquire)
    }
    #[inline]
    fn frame_store(&self, frame: FrameNo, word: usize, value: u64) {
        self.frames.word(frame, word).store(value, Ordering::Release);
    }
    #[inline]
    fn entry_store(&self, frame: FrameNo, word: usize, value: u64, _: Option<(SpaceId, Vpn)>) -> u64 {
        self.frames.word(frame, word).swap(value, Ordering::SeqCst)
    }
    #[inline]
    fn entry_cas(&self, frame: FrameNo, word: usize, old: u64, new: u64, _: Option<(SpaceId, Vpn)>) -> Result<(), u64> {
        self.frames.word(frame, word).compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).map(|_| ())
    }
    #[inline]
    fn frame_copy(&self, from: FrameNo, to: FrameNo) {
        self.frames.copy(from, to);
    }
    #[inline]
    fn frame_zero(&self, frame: FrameNo) {
        self.frames.zero(frame);
    }
    fn frame_peek(&self, frame: FrameNo, word: usize) -> u64 {
        self.frame_load(frame, word)
    }
}

impl Env for Threads {
    const TRACING: bool = false;
    type Raw = RawWord;
    type Point<'a> = Ready<()>;
    type Sleep<'a> = Ready<()>;

    #[inline]
    fn word(&self, init: u64, _: Place, _: Option<Kind>) -> RawWord {
        RawWord::new(init)
    }
    #[inline]
    fn read(&self, raw: &RawWord) -> u64 {
        raw.read()
    }
    #[inline]
    fn write(&self, raw: &RawWord, value: u64) {
        raw.write(value);
    }
    #[inline]
    fn load(&self, raw: &RawWord) -> u64 {
        raw.atomic().load(Ordering::Acquire)
    }
    #[inline]
    fn store(&self, raw: &RawWord, value: u64) {
        raw.atomic().store(value, Ordering::Release);
    }
    #[inline]
    fn cas(&self, raw: &RawWord, old: u64, new: u64) -> Result<(), u64> {
        raw.atomic().compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).map(|_| ())
    }
    #[inline]
    fn add(&self, raw: &RawWord, delta: u64) -> u64 {
        raw.atomic().fetch_add(delta, Ordering::AcqRel)
    }
    #[inline]
    fn peek(&self, raw: &RawWord) -> u64 {
        raw.atomic().load(Ordering::Acquire)
    }
    #[inline]
    fn note(&self, _: &RawWord, _: i64) {}

    fn name(&self, _: Kind, _: u32, _: u64) {}
    fn name_of(&self, _: Kind, _: u32) -> u64 {
        0
    }
    fn fresh_name(&self, _: TaskId) -> u64 {
        0
    }
    fn translation(&self, _: FrameNo, _: (SpaceId, Vpn), _: u64, _: bool) {}

    #[inline]
    fn point(&self, _: TaskId, _: Step) -> Ready<()> {
        ready(())
    }
    fn sleep_begin(&self, _: TaskId, channel: Channel) -> u64 {
        let queue = self.queue(channel);
        let turn = lock(&queue.turn);
        // SeqCst with the fence in `wakeup`: either the waker sees this sleeper, or the
        // sleeper's next look at the condition sees what the waker did before.
        queue.sleepers.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        *turn
    }
    fn sleep(&self, _: TaskId, channel: Channel, ticket: u64) -> Ready<()> {
        let queue = self.queue(channel);
        let mut turn = lock(&queue.turn);
        while *turn == ticket {
            turn = queue.moved.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
        queue.sleepers.fetch_sub(1, Ordering::SeqCst);
        ready(())
    }
    fn wakeup(&self, channel: Channel) {
        let queue = self.queue(channel);
        fence(Ordering::SeqCst);
        if queue.sleepers.load(Ordering::SeqCst) > 0 {
            *lock(&queue.turn) += 1;
            queue.moved.notify_all();
        }
    }
    fn tick(&self, _: TaskId) -> Ready<()> {
        std::thread::yield_now();
        ready(())
    }

    #[inline]
    fn emit(&self, task: TaskId, event: Event) {
        if Counters::counts(&event) {
            lock(&self.counters[task.0 as usize % self.counters.len()]).fold(&event);
        }
    }
    fn find(&self, finding: Finding) {
        let mut findings = lock(&self.findings);
        if !findings.iter().any(|f| f.same(&finding)) {
            findings.push(finding);
        }
    }
    fn involved(&self) -> Vec<Involved> {
        Vec::new()
    }
    fn steps(&self) -> u64 {
        0
    }
    fn op_begin(&self, _: TaskId, _: u64) {}

    #[inline]
    fn access_begin(&self, cpu: CpuId) {
        self.inside[cpu.0 as usize].fetch_add(1, Ordering::SeqCst);
    }
    #[inline]
    fn access_end(&self, cpu: CpuId) {
        self.inside[cpu.0 as usize].fetch_add(1, Ordering::SeqCst);
    }
    fn access_wait(&self, cpu: CpuId) {
        let seen = self.inside[cpu.0 as usize].load(Ordering::SeqCst);
        if seen % 2 == 1 {
            // An access is a handful of instructions; the CPU cannot sleep inside it.
            while self.inside[cpu.0 as usize].load(Ordering::SeqCst) == seen {
                std::hint::spin_loop();
            }
        }
    }
}
