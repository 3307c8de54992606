//! The environment: how words are stored, where tasks may switch, how they wait.
//!
//! Every mutable word of the world sits in a [`Cell`] or a [`Guarded`] cell, and
//! every frame in the environment's [`Memory`]. The *stepped* environment
//! declares each access, logs how to undo it and keeps a digest; in the *threads*
//! environment a cell is a plain field under its lock, or an atomic.

pub mod stepped;
pub mod threads;

use crate::event::Event;
use crate::finding::{Finding, Involved};
use crate::ids::{CpuId, SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::step::Step;
use crate::sync::Channel;
use crate::world::Cx;
use std::future::Future;
use std::marker::PhantomData;

/// What a container of words is. In a digest containers go by their names,
/// never by their index: see [`Env::name`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Words that do not count for the digest (statistics, indices, links).
    None,
    /// An object.
    Object,
    /// A frame and its `vm_page`.
    Frame,
    /// An address space.
    Space,
    /// A map entry.
    Entry,
    /// A task.
    Task,
    /// A simulated CPU.
    Cpu,
    /// A vnode: the file behind an object.
    Vnode,
    /// A page of a file as it stands in storage.
    FilePage,
    /// The swap device.
    Swap,
}

impl Kind {
    /// All, in order of declaration.
    pub const ALL: [Kind; KINDS] = [
        Kind::None,
        Kind::Object,
        Kind::Frame,
        Kind::Space,
        Kind::Entry,
        Kind::Task,
        Kind::Cpu,
        Kind::Vnode,
        Kind::FilePage,
        Kind::Swap,
    ];
}

/// Number of [`Kind`]s.
pub const KINDS: usize = 10;

/// Where a word stands: its container and which field of it. The digest of the
/// world is a sum over containers, of a hash of name and fields.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Kind of the container; [`Kind::None`] keeps the word out of the digest.
    pub kind: Kind,
    /// Index of the container among those of its kind.
    pub index: u32,
    /// Which field of the container, unique inside it.
    pub field: u8,
}

impl Place {
    /// A place that does not count for the digest.
    pub const NOWHERE: Place = Place { kind: Kind::None, index: 0, field: 0 };
    /// Field `field` of container `index` of `kind`.
    pub const fn at(kind: Kind, index: u32, field: u8) -> Place {
        Place { kind, index, field }
    }
}

/// A value that fits one word.
pub trait Word: Copy {
    /// The container kind this value refers to, packed as index + 1 with 0 for
    /// none; digests then use the container's name.
    const REFERS: Option<Kind> = None;
    /// The word.
    fn pack(self) -> u64;
    /// The value back from [`Word::pack`].
    fn unpack(word: u64) -> Self;
}

macro_rules! word {
    ($($t:ty),*) => {$(
        impl Word for $t {
            fn pack(self) -> u64 { self as u64 }
            fn unpack(word: u64) -> Self { word as $t }
        }
    )*};
}
word!(u64, u32, u16, u8, usize);

impl Word for bool {
    fn pack(self) -> u64 {
        u64::from(self)
    }
    fn unpack(word: u64) -> Self {
        word != 0
    }
}

macro_rules! newtype_word {
    ($($t:ident($r:ty)),*) => {$(
        impl Word for $t {
            fn pack(self) -> u64 { self.0 as u64 }
            fn unpack(word: u64) -> Self { $t(word as $r) }
        }
    )*};
}
use crate::machine::addr::{PageIndex, PhysAddr, VirtAddr};
newtype_word!(VirtAddr(u64), PhysAddr(u64), Vpn(u64), PageIndex(u64));

/// Simulated physical memory: frames of 512 words.
///
/// A frame is data or a page table; the caller knows which. Words of a page
/// table are stored with [`Memory::entry_store`], which also tells the digest
/// what a leaf translates (rulings R4: entries count as object, index and bits).
pub trait Memory {
    /// Number of frames.
    fn frames(&self) -> u32;
    /// Word `word` of `frame`, as one access of a CPU.
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
    /// Compare-and-swap of a page-table entry; the present value on failure.
    fn entry_cas(
        &self,
        frame: FrameNo,
        word: usize,
        old: u64,
        new: u64,
        leaf: Option<(SpaceId, Vpn)>,
    ) -> Result<(), u64>;
    /// Copies a whole frame of data.
    fn frame_copy(&self, from: FrameNo, to: FrameNo);
    /// Zeroes a whole frame of data.
    fn frame_zero(&self, frame: FrameNo);
    /// Word without declaring an access, for checkers and views.
    fn frame_peek(&self, frame: FrameNo, word: usize) -> u64;
}

/// One of the two ways to run the engine.
pub trait Env: Memory + Sized + 'static {
    /// Events and extra bookkeeping for checkers are produced.
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

    /// Makes a word at a place.
    fn word(&self, init: u64, place: Place, refers: Option<Kind>) -> Self::Raw;

    /// Reads a word that a lock protects.
    fn read(&self, raw: &Self::Raw) -> u64;
    /// Writes a word that a lock protects.
    fn write(&self, raw: &Self::Raw, value: u64);
    /// Atomic load, acquire.
    fn load(&self, raw: &Self::Raw) -> u64;
    /// Atomic store, release.
    fn store(&self, raw: &Self::Raw, value: u64);
    /// Atomic exchange, acquire and release; the value before.
    fn swap(&self, raw: &Self::Raw, value: u64) -> u64;
    /// Atomic compare-and-swap, acquire and release; the present value on failure.
    fn cas(&self, raw: &Self::Raw, old: u64, new: u64) -> Result<(), u64>;
    /// Atomic addition (wrapping), acquire and release; the value before.
    fn add(&self, raw: &Self::Raw, delta: u64) -> u64;
    /// Atomic load with a place in the order of the word's read-modify-writes: for one who has
    /// changed something else and asks whether another, who changes this word by a
    /// read-modify-write and then looks at that, has done so. Either this load returns the
    /// other's change or the other sees the caller's (`crate::primitive`).
    #[inline]
    fn load_last(&self, raw: &Self::Raw) -> u64 {
        self.load(raw)
    }
    /// Reads without declaring an access: for checkers, events and views.
    fn peek(&self, raw: &Self::Raw) -> u64;
    /// Adds to a bookkeeping word that only checkers read. Nothing in threads mode.
    fn note(&self, raw: &Self::Raw, delta: i64);

    /// Names a container for the digest; 0 takes it out.
    fn name(&self, kind: Kind, index: u32, name: u64);
    /// The container's present name; 0 in threads mode.
    fn name_of(&self, kind: Kind, index: u32) -> u64;
    /// A fresh name for something the task creates: (task, nth created).
    fn fresh_name(&self, task: TaskId) -> u64;
    /// Adds to what translates to `frame` (page-table leaves, TLB entries): a page of a
    /// space; `key` says who translates it with which bits. `present` false takes it out.
    fn translation(&self, frame: FrameNo, page: (SpaceId, Vpn), key: u64, present: bool);

    /// A place where another task may come in.
    fn point<'a>(&'a self, task: TaskId, step: Step) -> Self::Point<'a>;
    /// Registers the task as a sleeper on a channel: a wakeup from here on counts.
    fn sleep_begin(&self, task: TaskId, channel: Channel) -> u64;
    /// Sleeps until a wakeup on the channel after [`Env::sleep_begin`].
    fn sleep<'a>(&'a self, task: TaskId, channel: Channel, ticket: u64) -> Self::Sleep<'a>;
    /// Wakes all sleepers of a channel.
    fn wakeup(&self, channel: Channel);
    /// Waits a moment for something that needs no wakeup ("sleep one tick"):
    /// runnable again once any other task has taken a step (rulings R8).
    fn tick<'a>(&'a self, task: TaskId) -> Self::Sleep<'a>;

    /// Reports an event.
    fn emit(&self, task: TaskId, event: Event);
    /// Keeps a finding; one per property, object and page. Reporting goes through
    /// [`World::report`](crate::world::World::report).
    fn find(&self, finding: Finding);
    /// What each task holds and sleeps on, for findings; nothing in threads mode.
    fn involved(&self) -> Vec<Involved>;
    /// Number of steps so far (0 in threads mode).
    fn steps(&self) -> u64;
    /// An operation of a task begins: its local digest starts anew (rulings R3).
    fn op_begin(&self, task: TaskId, op: u64);

    /// Runs `f`, whose reads do not count for what the task knows (rulings R3): its result
    /// does, and the caller says so with [`Env::observe`].
    #[inline]
    fn untracked<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }
    /// The answer that `f` finds, taken as one value that the task is given: what `f` does on
    /// the way is neither declared nor known (which of several equal slots of a pool is
    /// taken makes no difference to anybody). The caller declares what `f` depends
    /// on, and says with [`Env::observe`] if the answer counts.
    #[inline]
    fn opaque(&self, f: impl FnOnce() -> u64) -> u64 {
        f()
    }
    /// The same for something that is done and has no answer.
    #[inline]
    fn opaque_effect(&self, f: impl FnOnce()) {
        f();
    }
    /// The task knows this value from here on; a reference goes by name.
    #[inline]
    fn observe(&self, value: u64, refers: Option<Kind>) {
        let _ = (value, refers);
    }
    /// The task goes by this thing's number from here on, which is no part of any digest: nobody
    /// else has met the thing.
    #[inline]
    fn observe_exact(&self, number: u64) {
        let _ = number;
    }
    /// What the running task knows.
    #[inline]
    fn local_hash(&self) -> LocalHash {
        LocalHash::default()
    }
    /// All that the running task knows is this: nothing else of what it has read lives on.
    #[inline]
    fn set_local_hash(&self, known: LocalHash) {
        let _ = known;
    }
    /// Of what it has read before its operation the task keeps nothing but this, a thing by its number.
    #[inline]
    fn reset_local_hash(&self, number: u64) {
        let _ = number;
    }
    /// Declares that a property which is no word of the world is looked at or changed:
    /// steps that meet there do not commute. `about` names it by a hash.
    #[inline]
    fn declare(&self, about: u64, write: bool) {
        let _ = (about, write);
    }
    /// The turn looks at or changes what is kept outside of cells: whoever remembers turns does not take
    /// this one again without running it.
    #[inline]
    fn uncacheable(&self) {}
    /// The turn looks at or changes the oracle.
    #[inline]
    fn touch_oracle(&self) {}
    /// The task repeats what it has done, without effect: who keeps state outside of cells
    /// leaves it alone.
    #[inline]
    fn is_replaying(&self) -> bool {
        false
    }

    /// CPU `cpu` begins an access through its TLB (rulings R6).
    fn access_begin(&self, cpu: CpuId);
    /// CPU `cpu` ends an access.
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
    /// Atomic exchange (acquire and release); the value before.
    #[inline]
    pub fn swap(&self, cx: &Cx<'_, E>, value: T) -> T {
        T::unpack(cx.env.swap(&self.raw, value.pack()))
    }
    /// Atomic load that either returns a read-modify-write of another task or is seen by it: see
    /// [`Env::load_last`].
    #[inline]
    pub fn load_last(&self, cx: &Cx<'_, E>) -> T {
        T::unpack(cx.env.load_last(&self.raw))
    }
    /// Compare-and-swap (acquire and release); the present value on failure.
    #[inline]
    pub fn cas(&self, cx: &Cx<'_, E>, old: T, new: T) -> Result<(), T> {
        cx.env.cas(&self.raw, old.pack(), new.pack()).map_err(T::unpack)
    }
    /// The value without declaring an access.
    #[inline]
    pub fn peek(&self, env: &E) -> T {
        T::unpack(env.peek(&self.raw))
    }
}

impl<E: Env> Cell<E, u32> {
    /// Atomic addition; the value before.
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
    /// Atomic addition; the value before.
    #[inline]
    pub fn add64(&self, cx: &Cx<'_, E>, delta: i64) -> u64 {
        cx.env.add(&self.raw, delta as u64)
    }
}

/// A word that a lock protects: a plain field in threads mode.
///
/// The lock is named where the field is declared. The caller holds it, for
/// writing when it writes; [`Cx::assert_locked`] checks that at the head of
/// routines where tests run.
pub struct Guarded<E: Env, T> {
    raw: E::Raw,
    of: PhantomData<fn() -> T>,
}

impl<E: Env, T: Word> Guarded<E, T> {
    /// A cell at `place` that holds `init`.
    pub fn new(env: &E, place: Place, init: T) -> Self {
        Guarded { raw: env.word(init.pack(), place, T::REFERS), of: PhantomData }
    }
    /// The value; the lock is held.
    #[inline]
    pub fn get(&self, cx: &Cx<'_, E>) -> T {
        T::unpack(cx.env.read(&self.raw))
    }
    /// Changes the value; the lock is held for writing.
    #[inline]
    pub fn set(&self, cx: &Cx<'_, E>, value: T) {
        cx.env.write(&self.raw, value.pack());
    }
    /// The value without declaring an access.
    #[inline]
    pub fn peek(&self, env: &E) -> T {
        T::unpack(env.peek(&self.raw))
    }
}

/// What a task knows where it stands, as two hashes (rulings R3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct LocalHash {
    /// With things by name: for the digest of a state, in which names are all that counts.
    pub canonical: u64,
    /// With things by number: what the task does next in this very world follows from it. It
    /// counts from the beginning of the task, not of its operation.
    pub concrete: u64,
}

impl LocalHash {
    /// Of a task that has not begun.
    pub const EMPTY: LocalHash = LocalHash { canonical: 0, concrete: 0 };
    /// This, and a step or a deed of the task itself.
    #[inline]
    pub(crate) fn and(self, step: u64) -> LocalHash {
        self.with(step, step)
    }
    /// This, and all that a record holds, by its two hashes.
    pub fn with(self, canonical: u64, concrete: u64) -> LocalHash {
        LocalHash { canonical: mix(self.canonical, canonical), concrete: mix(self.concrete, concrete) }
    }
}

/// One round of a 64-bit mixer (SplitMix64's finaliser): digests and file contents.
#[inline]
pub const fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
