//! The environment: how words are stored, where tasks may switch, how they wait.
//!
//! Every mutable word of the world sits in a [`Cell`] or a [`Guarded`] cell, and every frame in the environment's
//! [`Memory`]. The *stepped* environment declares each access, logs how to undo it and maintains a fingerprint; in
//! the *threads* environment a cell is a plain field under its lock, or an atomic.

pub mod stepped;
pub mod threads;

use crate::event::Event;
use crate::finding::{Finding, Involved};
use crate::ids::{CpuId, SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::step::Step;
use crate::sync::Channel;
use crate::word::{Kind, LocalHash, Place, Word};
use crate::world::Cx;
use std::future::Future;
use std::marker::PhantomData;

/// Simulated physical memory: frames of 512 words.
///
/// A frame is data or a page table; the caller knows which. Words of a page table are stored with
/// [`Memory::entry_store`], which also updates the fingerprint with what a leaf translates (rulings R4: entries count
/// as object, index and bits).
pub trait Memory {
    /// Number of frames.
    fn frames(&self) -> u32;
    /// Loads word `word` (0 to 511) of `frame`, as one access of a CPU.
    fn frame_load(&self, frame: FrameNo, word: usize) -> u64;
    /// Stores a data word, as one access of a CPU.
    fn frame_store(&self, frame: FrameNo, word: usize, value: u64);
    /// Loads a page-table entry.
    fn entry_load(&self, frame: FrameNo, word: usize) -> u64 {
        self.frame_load(frame, word)
    }
    /// Stores a page-table entry; returns the old one (an exchange). `leaf` names
    /// the translation if the entry is a leaf.
    fn entry_store(&self, frame: FrameNo, word: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) -> u64;
    /// Compare-and-swap of a page-table entry; on failure returns the present value.
    fn entry_cas(
        &self,
        frame: FrameNo,
        word: usize,
        old: u64,
        new: u64,
        leaf: Option<(SpaceId, Vpn)>,
    ) -> Result<(), u64>;
    /// Copies a whole frame of data (512 words).
    fn frame_copy(&self, from: FrameNo, to: FrameNo);
    /// Zeroes a whole frame of data (512 words).
    fn frame_zero(&self, frame: FrameNo);
    /// Reads a word without declaring an access, for checkers and views.
    fn frame_peek(&self, frame: FrameNo, word: usize) -> u64;
}

/// An environment: one of the two ways to run the engine.
pub trait Env: Memory + Sized + 'static {
    /// Whether events and extra bookkeeping for checkers are produced.
    const TRACING: bool;
    /// Storage of one word.
    type Raw;
    /// The future of a point.
    type Point<'a>: Future<Output = ()>
    where
        Self: 'a;
    /// The future of a sleep.
    type Sleep<'a>: Future<Output = ()>
    where
        Self: 'a;

    /// Creates a word at `place` that holds `init`; `refers` is the kind of container its value refers to.
    fn word(&self, init: u64, place: Place, refers: Option<Kind>) -> Self::Raw;

    /// Reads a word that a lock protects.
    fn read(&self, raw: &Self::Raw) -> u64;
    /// Writes a word that a lock protects.
    fn write(&self, raw: &Self::Raw, value: u64);
    /// Atomic load, acquire.
    fn load(&self, raw: &Self::Raw) -> u64;
    /// Atomic store, release.
    fn store(&self, raw: &Self::Raw, value: u64);
    /// Atomic exchange, acquire and release; returns the previous value.
    fn swap(&self, raw: &Self::Raw, value: u64) -> u64;
    /// Atomic compare-and-swap, acquire and release; on failure returns the present value.
    fn cas(&self, raw: &Self::Raw, old: u64, new: u64) -> Result<(), u64>;
    /// Atomic addition (wrapping), acquire and release; returns the previous value.
    fn add(&self, raw: &Self::Raw, delta: u64) -> u64;
    /// Atomic load that takes part in the order of the word's read-modify-writes. The caller has changed something
    /// else; another task changes this word by a read-modify-write and then reads that something. Either this load
    /// returns the other task's change, or the other task sees the caller's (`crate::primitive`).
    #[inline]
    fn load_last(&self, raw: &Self::Raw) -> u64 {
        self.load(raw)
    }
    /// Reads without declaring an access: for checkers, events and views.
    fn peek(&self, raw: &Self::Raw) -> u64;
    /// Adds to a bookkeeping word that only checkers read. A no-op in threads mode.
    fn note(&self, raw: &Self::Raw, delta: i64);

    /// Names a container for the fingerprint; 0 removes it from the fingerprint. A no-op in threads mode.
    fn name(&self, kind: Kind, index: u32, name: u64);
    /// The container's present name; 0 in threads mode.
    fn name_of(&self, kind: Kind, index: u32) -> u64;
    /// Returns a fresh name for something the task creates: a hash of (task, nth created); 0 in threads mode.
    fn fresh_name(&self, task: TaskId) -> u64;
    /// Adds a translation to `frame` (a page-table leaf or TLB entry) of a page of a space, or removes it if
    /// `present` is false. `key` hashes which space or CPU translates the page, and with which bits.
    fn translation(&self, frame: FrameNo, page: (SpaceId, Vpn), key: u64, present: bool);

    /// A yield point: the scheduler may run another task here.
    fn point<'a>(&'a self, task: TaskId, step: Step) -> Self::Point<'a>;
    /// Registers the task as a sleeper on a channel, so that later wakeups count; returns the ticket for
    /// [`Env::sleep`].
    fn sleep_begin(&self, task: TaskId, channel: Channel) -> u64;
    /// Sleeps until a wakeup on the channel after [`Env::sleep_begin`].
    fn sleep<'a>(&'a self, task: TaskId, channel: Channel, ticket: u64) -> Self::Sleep<'a>;
    /// Wakes all sleepers of a channel.
    fn wakeup(&self, channel: Channel);
    /// Waits briefly for a condition that needs no wakeup ("sleep one tick"): the task is runnable again once any
    /// other task has taken a step (rulings R8).
    fn tick<'a>(&'a self, task: TaskId) -> Self::Sleep<'a>;

    /// Reports an event.
    fn emit(&self, task: TaskId, event: Event);
    /// Keeps a finding, at most one per property, object and page. Report through
    /// [`World::report`](crate::world::World::report).
    fn find(&self, finding: Finding);
    /// What each task holds and sleeps on, for findings; empty in threads mode.
    fn involved(&self) -> Vec<Involved>;
    /// Number of steps so far (0 in threads mode).
    fn steps(&self) -> u64;
    /// Begins an operation of a task: its local hash starts anew (rulings R3).
    fn op_begin(&self, task: TaskId, op: u64);

    /// Runs `f` without hashing its reads into the local hash (rulings R3). The caller hashes the result instead,
    /// with [`Env::observe`].
    #[inline]
    fn untracked<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }
    /// Runs the test `f`; of all that it reads only its outcome is hashed into the local hash.
    #[inline]
    fn outcome(&self, f: impl FnOnce() -> bool) -> bool {
        let outcome = self.untracked(f);
        self.observe(u64::from(outcome), None);
        outcome
    }
    /// Runs `f` opaquely: its accesses are neither declared nor hashed nor logged, and its result becomes one logged
    /// input (which of several equal slots of a pool is taken makes no difference to any task). The caller declares
    /// what `f` depends on, and hashes the result with [`Env::observe`] if it matters.
    #[inline]
    fn opaque(&self, f: impl FnOnce() -> u64) -> u64 {
        f()
    }
    /// [`Env::opaque`] for an effect without a result.
    #[inline]
    fn opaque_effect(&self, f: impl FnOnce()) {
        f();
    }
    /// Adds a value to the task's local hash, a reference by its container's name.
    #[inline]
    fn observe(&self, value: u64, refers: Option<Kind>) {
        let _ = (value, refers);
    }
    /// Adds a number to the task's concrete local hash only. It identifies something that no other task has accessed,
    /// so it is part of no fingerprint.
    #[inline]
    fn observe_exact(&self, number: u64) {
        let _ = number;
    }
    /// Returns the local hash of the running task.
    #[inline]
    fn local_hash(&self) -> LocalHash {
        LocalHash::default()
    }
    /// Replaces the local hash of the running task: no other value it has read is live.
    #[inline]
    fn set_local_hash(&self, known: LocalHash) {
        let _ = known;
    }
    /// Resets the concrete local hash to the canonical one and `number`, the number of a container: no other value
    /// read before this operation is live.
    #[inline]
    fn reset_local_hash(&self, number: u64) {
        let _ = number;
    }
    /// Declares an access to a property that is no word of the world: steps that access it do not commute, unless
    /// both only read it. `about` is a hash that identifies the property.
    #[inline]
    fn declare(&self, about: u64, write: bool) {
        let _ = (about, write);
    }
    /// Marks the current transition as not memoisable, because it reads or changes state outside cells.
    #[inline]
    fn uncacheable(&self) {}
    /// Declares that the current transition reads or changes the oracle.
    #[inline]
    fn touch_oracle(&self) {}
    /// Whether the task is being replayed, without effect: callers that keep state outside cells must leave it alone.
    #[inline]
    fn is_replaying(&self) -> bool {
        false
    }

    /// Begins an access of CPU `cpu` through its TLB (rulings R6).
    fn access_begin(&self, cpu: CpuId);
    /// Ends an access of CPU `cpu`.
    fn access_end(&self, cpu: CpuId);
    /// Waits until `cpu` is outside any access that was under way when called.
    fn access_wait(&self, cpu: CpuId);
}

/// A word that is read and written without a lock, as an atomic.
pub struct Cell<E: Env, T> {
    raw: E::Raw,
    of: PhantomData<fn() -> T>,
}

impl<E: Env, T: Word> Cell<E, T> {
    /// A cell at `place` that holds `init`.
    pub fn new(env: &E, place: Place, init: T) -> Self {
        Cell { raw: env.word(init.pack(), place, T::REFERS), of: PhantomData }
    }
    /// Atomic load (acquire).
    #[inline]
    pub fn load(&self, cx: &Cx<'_, E>) -> T {
        T::unpack(cx.env.load(&self.raw))
    }
    /// Atomic store (release).
    #[inline]
    pub fn store(&self, cx: &Cx<'_, E>, value: T) {
        cx.env.store(&self.raw, value.pack());
    }
    /// Atomic exchange (acquire and release); returns the previous value.
    #[inline]
    pub fn swap(&self, cx: &Cx<'_, E>, value: T) -> T {
        T::unpack(cx.env.swap(&self.raw, value.pack()))
    }
    /// Atomic load that either returns a read-modify-write of another task or is seen by it: see [`Env::load_last`].
    #[inline]
    pub fn load_last(&self, cx: &Cx<'_, E>) -> T {
        T::unpack(cx.env.load_last(&self.raw))
    }
    /// Compare-and-swap (acquire and release); on failure returns the present value.
    #[inline]
    pub fn cas(&self, cx: &Cx<'_, E>, old: T, new: T) -> Result<(), T> {
        cx.env.cas(&self.raw, old.pack(), new.pack()).map_err(T::unpack)
    }
    /// Reads the value without declaring an access.
    #[inline]
    pub fn peek(&self, env: &E) -> T {
        T::unpack(env.peek(&self.raw))
    }
    /// Where the environment has it, for checkers.
    pub(crate) fn raw(&self) -> &E::Raw {
        &self.raw
    }
}

impl<E: Env> Cell<E, u32> {
    /// Atomic addition (acquire and release); returns the previous value.
    #[inline]
    pub fn add(&self, cx: &Cx<'_, E>, delta: i32) -> u32 {
        cx.env.add(&self.raw, delta as i64 as u64) as u32
    }
    /// Bookkeeping for checkers: see [`Env::note`].
    #[inline]
    pub fn note(&self, env: &E, delta: i64) {
        env.note(&self.raw, delta);
    }
}

impl<E: Env> Cell<E, u64> {
    /// Atomic addition (acquire and release); returns the previous value.
    #[inline]
    pub fn add64(&self, cx: &Cx<'_, E>, delta: i64) -> u64 {
        cx.env.add(&self.raw, delta as u64)
    }
}

/// A word that a lock protects: a plain field in threads mode.
///
/// The declaration of the field names the lock. The caller holds it, for writing when it writes;
/// [`Cx::assert_locked`] checks that at the head of routines where tests run.
pub struct Guarded<E: Env, T> {
    raw: E::Raw,
    of: PhantomData<fn() -> T>,
}

impl<E: Env, T: Word> Guarded<E, T> {
    /// A cell at `place` that holds `init`.
    pub fn new(env: &E, place: Place, init: T) -> Self {
        Guarded { raw: env.word(init.pack(), place, T::REFERS), of: PhantomData }
    }
    /// Reads the value; the caller holds the lock.
    #[inline]
    pub fn get(&self, cx: &Cx<'_, E>) -> T {
        T::unpack(cx.env.read(&self.raw))
    }
    /// Changes the value; the caller holds the lock for writing.
    #[inline]
    pub fn set(&self, cx: &Cx<'_, E>, value: T) {
        cx.env.write(&self.raw, value.pack());
    }
    /// Reads the value without declaring an access.
    #[inline]
    pub fn peek(&self, env: &E) -> T {
        T::unpack(env.peek(&self.raw))
    }
    /// Where the environment has it, for checkers.
    pub(crate) fn raw(&self) -> &E::Raw {
        &self.raw
    }
}
