//! Real threads: a point is nothing, a wait parks the thread.

use super::{Atomics, Dependence, Env, Forget, Memory, Names, Observe, Report, Wait, Words};
use crate::event::{Counters, Event};
use crate::finding::{Finding, Involved};
use crate::ids::{CpuId, SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{PlainFrames, RawWord};
use crate::primitive::{AtomicU32, AtomicU64, Condvar, Mutex, Ordering, spin_loop, yield_now};
use crate::step::Step;
use crate::sync::Channel;
use crate::word::{Kind, Place};
use std::future::{Ready, ready};
use std::sync::{MutexGuard, PoisonError};

/// Number of sleep queues. Channels share them by hash, so a wakeup of another channel may wake a sleeper; like every
/// sleeper it checks its condition again.
const QUEUES: usize = if cfg!(loom) { 1 } else { 256 };

#[derive(Default)]
struct Queue {
    /// Counts wakeups: a sleeper waits until it differs from its ticket.
    turn: Mutex<u64>,
    moved: Condvar,
    /// Number of registered sleepers, so that a wakeup without any takes no mutex.
    sleepers: AtomicU32,
}

/// The threads environment.
pub struct Threads {
    frames: PlainFrames,
    queues: Vec<Queue>,
    /// One counter per CPU: odd while the CPU is inside an access (rulings R6).
    inside: Vec<AtomicU64>,
    /// This and the next field use `std`'s mutex: nothing is ordered by them (`crate::primitive`).
    findings: std::sync::Mutex<Vec<Finding>>,
    counters: Vec<std::sync::Mutex<Counters>>,
}

/// Locks a mutex. A thread is never interrupted while it holds one of these, so poison means only that another thread
/// panicked; the data is consistent.
fn lock<T>(mutex: &std::sync::Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Threads {
    /// Creates a world of `frames` zeroed frames and `cpus` CPUs.
    pub fn new(frames: u32, cpus: u32) -> Self {
        Threads {
            frames: PlainFrames::new(frames),
            queues: (0..QUEUES).map(|_| Queue::default()).collect(),
            inside: (0..cpus).map(|_| AtomicU64::new(0)).collect(),
            findings: Default::default(),
            counters: (0..64).map(|_| Default::default()).collect(),
        }
    }
    /// All findings so far.
    pub fn findings(&self) -> Vec<Finding> {
        lock(&self.findings).clone()
    }
    /// Event counts, summed over tasks.
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
    // What an x86-64 CPU gives a program: loads acquire, stores release, and an exchange, which is locked, does both.
    // Of these the kernel needs the acquire of a walk's loads and the release of an exchange, so that a walker that
    // sees an entry also sees what was written before it (the page's contents, a table's zeroes). That a CPU no
    // longer uses the previous entry is guaranteed by the access bracket: see `access_wait`.
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
        self.frames.word(frame, word).swap(value, Ordering::AcqRel)
    }
    #[inline]
    fn entry_cas(&self, frame: FrameNo, word: usize, old: u64, new: u64, _: Option<(SpaceId, Vpn)>) -> Result<(), u64> {
        self.frames.word(frame, word).compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).map(|_| ())
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

impl Words for Threads {
    type Raw = RawWord;

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
    fn peek(&self, raw: &RawWord) -> u64 {
        raw.atomic().load(Ordering::Acquire)
    }
    #[inline]
    fn note(&self, _: &RawWord, _: i64) {}
}

impl Atomics for Threads {
    // Cells: a task that loads a store's value sees what was done before that store. A lock's word is a cell, so its
    // exchanges acquire when the lock is taken and release when it is dropped. An exchange that fails is a load.
    #[inline]
    fn load(&self, raw: &RawWord) -> u64 {
        raw.atomic().load(Ordering::Acquire)
    }
    #[inline]
    fn store(&self, raw: &RawWord, value: u64) {
        raw.atomic().store(value, Ordering::Release);
    }
    #[inline]
    fn swap(&self, raw: &RawWord, value: u64) -> u64 {
        raw.atomic().swap(value, Ordering::AcqRel)
    }
    #[inline]
    fn cas(&self, raw: &RawWord, old: u64, new: u64) -> Result<(), u64> {
        raw.atomic().compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).map(|_| ())
    }
    #[inline]
    fn add(&self, raw: &RawWord, delta: u64) -> u64 {
        raw.atomic().fetch_add(delta, Ordering::AcqRel)
    }
    // A read-modify-write: see `crate::primitive`. Release, because a read-modify-write later in the order must see
    // what the caller did before; acquire like every load.
    #[inline]
    fn load_last(&self, raw: &RawWord) -> u64 {
        raw.atomic().fetch_add(0, Ordering::AcqRel)
    }
}

// Without a fingerprint nothing has a name.
impl Names for Threads {
    fn name(&self, _: Kind, _: u32, _: u64) {}
    fn name_of(&self, _: Kind, _: u32) -> u64 {
        0
    }
    fn fresh_name(&self, _: TaskId) -> u64 {
        0
    }
    fn translation(&self, _: FrameNo, _: (SpaceId, Vpn), _: u64, _: bool) {}
}

impl Wait for Threads {
    type Point<'a> = Ready<()>;
    type Sleep<'a> = Ready<()>;

    #[inline]
    fn point(&self, _: TaskId, _: Step) -> Ready<()> {
        ready(())
    }
    // A sleeper registers and then checks its condition; a waker changes the condition and then looks for sleepers.
    // Both use a read-modify-write of `sleepers`. If the waker's is first, the sleeper acquires from it, and its
    // check of the condition sees the change. If the sleeper's is first, the waker counts the sleeper, and the
    // queue's mutex does the rest: the sleeper has its ticket by then, or holds the mutex under which it takes the
    // ticket, and the waker waits for it.
    fn sleep_begin(&self, _: TaskId, channel: Channel) -> u64 {
        let queue = self.queue(channel);
        let turn = queue.turn.lock();
        // Acquire: see above.
        queue.sleepers.fetch_add(1, Ordering::Acquire);
        *turn
    }
    fn sleep(&self, _: TaskId, channel: Channel, ticket: u64) -> Ready<()> {
        let queue = self.queue(channel);
        let mut turn = queue.turn.lock();
        while *turn == ticket {
            turn = queue.moved.wait(turn);
        }
        // Relaxed: it orders nothing, and the read-modify-writes of other tasks stay in order across it.
        queue.sleepers.fetch_sub(1, Ordering::Relaxed);
        ready(())
    }
    fn wakeup(&self, channel: Channel) {
        let queue = self.queue(channel);
        // Release: see `sleep_begin`.
        if queue.sleepers.fetch_add(0, Ordering::Release) > 0 {
            *queue.turn.lock() += 1;
            queue.moved.notify_all();
        }
    }
    fn tick(&self, _: TaskId) -> Ready<()> {
        yield_now();
        ready(())
    }

    // The bracket of an access. `access_wait` reads by a read-modify-write, which is ordered before or after each end
    // of a bracket. Before a begin: that access acquires from it, and sees the table and the TLB as the caller left
    // them. After a begin and before its end: the count is odd, and the caller waits. After an end: the caller
    // acquires from it, and sees what that access did to memory, table and TLB. The proof in `machine/tlb.rs` needs
    // no more.
    #[inline]
    fn access_begin(&self, cpu: CpuId) {
        self.inside[cpu.0 as usize].fetch_add(1, Ordering::Acquire);
    }
    #[inline]
    fn access_end(&self, cpu: CpuId) {
        self.inside[cpu.0 as usize].fetch_add(1, Ordering::Release);
    }
    fn access_wait(&self, cpu: CpuId) {
        let inside = &self.inside[cpu.0 as usize];
        let seen = inside.fetch_add(0, Ordering::AcqRel);
        if seen % 2 == 1 {
            // An access is a handful of instructions, and the CPU cannot sleep inside it. Acquire: pairs with its
            // end.
            while inside.load(Ordering::Acquire) == seen {
                spin_loop();
            }
        }
    }
}

impl Report for Threads {
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
}

impl Observe for Threads {}

impl Forget for Threads {
    type Scope<'a> = ();

    #[inline]
    fn scope(&self, _: TaskId) {}
    #[inline]
    fn retry_scope(&self, _: TaskId) {}
    fn op_begin(&self, _: TaskId, _: u64) {}
}

impl Dependence for Threads {}

impl Env for Threads {
    const TRACING: bool = false;
}
