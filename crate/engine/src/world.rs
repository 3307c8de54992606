//! The world: machine, pages, objects, maps; and a task's view of it.

use crate::check::oracle::Oracle;
use crate::detail::Detail;
use crate::env::{Env, In};
use crate::event::Event;
use crate::finding::{About, Finding, FindingKind};
use crate::ids::{CpuId, EntryId, FileId, ObjectId, ProcId, SpaceId, TaskId};
use crate::lazy::Lazy;
use crate::lock::{Held, Holder, Spin};
use crate::machine::addr::FrameNo;
use crate::machine::cpu::Cpu;
use crate::page::{FreeList, Page};
use crate::pmap::Pv;
use crate::policy::{Policy, Switches};
use crate::pool::Pool;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::{LockId, Mode};
use crate::trie::{Node, Nodes};
use crate::vm::map::{Entry, Space};
use crate::vm::object::Object;
use crate::vm::swap::Device;
use crate::vm::vnode::Files;
use crate::word::Place;
use std::cell::{Cell, RefCell};
use std::ops::Deref;

/// What a fork does with the child's page tables (rulings R19).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PmapCopy {
    /// Nothing: the child faults.
    #[default]
    None,
    /// Copy every managed mapping; the caller has removed write permission from those that must be copied on write.
    All,
    /// Either, page by page: the search chooses it as it chooses the interleaving, see [`World::follows`].
    Choose,
}

/// Order in which free frames are allocated (rulings R20).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FreeOrder {
    /// The last one freed.
    #[default]
    Lifo,
    /// The one freed longest ago.
    Fifo,
}

/// Sizes and hints of a world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// Physical memory in frames of 4 KiB.
    pub frames: u32,
    /// Simulated CPUs.
    pub cpus: u32,
    /// What a fork does with page tables.
    pub pmap_copy: PmapCopy,
    /// Order of the free list.
    pub free_order: FreeOrder,
    /// Pages before and after the faulting one that prefault may map (PFBAK, PFFOR), in pages; 0 turns it off.
    pub prefault: (u32, u32),
}

impl Default for Config {
    fn default() -> Self {
        Config { frames: 64, cpus: 2, pmap_copy: PmapCopy::None, free_order: FreeOrder::Lifo, prefault: (0, 0) }
    }
}

/// The world: everything that a run of the kernel consists of.
pub struct World<E: Env> {
    /// The environment: how words are stored and tasks wait.
    pub env: E,
    /// The kernel's policy: which switches are on.
    pub policy: Policy,
    /// Sizes and hints.
    pub config: Config,
    /// The CPUs.
    pub cpus: Vec<Cpu<E>>,
    /// One `vm_page` a frame. One that is not made is free and was never used.
    pub pages: Lazy<E, Page<E>>,
    /// Free frames.
    pub free: FreeList<E>,
    /// All objects, dead ones too (type-stable).
    pub objects: Pool<E, Object<E>>,
    /// Address spaces.
    pub spaces: Pool<E, Space<E>>,
    /// Map entries.
    pub entries: Pool<E, Entry<E>>,
    /// PV entries.
    pub pvs: Pool<E, Pv<E>>,
    /// Locks of PV lists: a frame's is `frame % PV_LOCKS`.
    pub pv_locks: Vec<Spin<E>>,
    /// Nodes of page tries.
    pub tries: Pool<E, Node<E>>,
    /// The swap device: the environment's memory behind the physical frames.
    pub swap: Device<E>,
    /// Files behind vnode objects.
    pub files: Files<E>,
    /// Whether the running task follows the hint it meets in this turn, that is copies the entry that
    /// [`Step::PmapCopyPage`] is about. The executor sets it before the turn, and the task clears it; during set-up
    /// and on threads it is never set, and no hint is followed.
    pub follows: crate::env::Cell<E, bool>,
    /// What memory should hold.
    pub oracle: Oracle,
}

/// Number of PV list locks: frames share them.
pub const PV_LOCKS: usize = 64;

impl<E: Env> World<E> {
    /// Creates an empty world: all frames free, no space, no object.
    pub fn new(env: E, policy: Policy, config: Config) -> Self {
        World {
            cpus: (0..config.cpus).map(|i| Cpu::new(&env, CpuId(i))).collect(),
            pages: Lazy::new(0, config.frames, |env, i| Page::new(env, FrameNo(i))),
            free: FreeList::new(&env, config.frames),
            objects: Pool::new(&env, Object::new),
            spaces: Pool::new(&env, Space::new),
            entries: Pool::new(&env, Entry::new),
            pvs: Pool::new(&env, Pv::new),
            pv_locks: (0..PV_LOCKS).map(|_| Spin::new(&env)).collect(),
            tries: Pool::new(&env, Node::new),
            swap: Device::new(&env, config.frames),
            files: Files::new(&env),
            follows: crate::env::Cell::new(&env, Place::NOWHERE, false),
            oracle: Oracle::default(),
            env,
            policy,
            config,
        }
    }
    /// The `vm_page` of a frame. Panics if there is no such frame.
    #[inline]
    pub fn page_of(&self, frame: FrameNo) -> &Page<E> {
        match self.pages.get(&self.env, frame.0 as usize) {
            Some(page) => page,
            None => no_such(frame),
        }
    }
}

#[cold]
fn no_such(frame: FrameNo) -> ! {
    panic!("there is no frame {}", frame.0)
}

/// A task's view of the world: what the kernel keeps in `curthread`.
///
/// Routines take it as their first argument. It derefs to the [`World`].
pub struct Cx<'w, E: Env> {
    world: &'w World<E>,
    /// The task.
    pub task: TaskId,
    /// The CPU it runs on.
    pub cpu: CpuId,
    /// Its process.
    pub process: ProcId,
    /// Its present address space (exec changes it).
    pub space: Cell<SpaceId>,
    /// The locks it holds.
    held: Held,
    /// Object references left over by a map change, to be dropped after the map lock is released
    /// (`process_deferred`).
    pub deferred: RefCell<Vec<ObjectId>>,
}

impl<'w, E: Env> Deref for Cx<'w, E> {
    type Target = World<E>;
    fn deref(&self) -> &World<E> {
        self.world
    }
}

impl<E: Env> In<E> for Cx<'_, E> {
    #[inline]
    fn env(&self) -> &E {
        &self.world.env
    }
    #[inline]
    fn task(&self) -> TaskId {
        self.task
    }
}

impl<E: Env> Holder<E> for Cx<'_, E> {
    #[inline]
    fn held(&self) -> &Held {
        &self.held
    }
}

impl<E: Env> Nodes<E> for Cx<'_, E> {
    #[inline]
    fn nodes(&self) -> &Pool<E, Node<E>> {
        &self.world.tries
    }
}

/// A stretch of a task in a routine: see [`Cx::inside`].
pub struct Inside<'w, E: Env> {
    env: &'w E,
    caller: Routine,
}

impl<E: Env> Drop for Inside<'_, E> {
    #[inline]
    fn drop(&mut self) {
        self.env.enter_routine(self.caller);
    }
}

impl<'w, E: Env> Cx<'w, E> {
    /// Creates the view of `task`, which runs on `cpu` in `space`.
    pub fn new(world: &'w World<E>, task: TaskId, cpu: CpuId, process: ProcId, space: SpaceId) -> Self {
        Cx { world, task, cpu, process, space: Cell::new(space), held: Held::default(), deferred: RefCell::default() }
    }
    /// The world, with its own lifetime.
    #[inline]
    pub fn world(&self) -> &'w World<E> {
        self.world
    }
    /// Whether a switch of the policy is on.
    #[inline]
    pub fn on(&self, switch: Switches) -> bool {
        self.world.policy.on(switch)
    }
    /// A yield point: the scheduler may run another task here.
    #[inline]
    pub fn point(&self, step: Step) -> E::Point<'w> {
        if E::TRACING {
            self.held.assert_order();
        }
        self.world.env.point(self.task, step)
    }
    /// Says that the task is in a routine of the kernel, until the returned value is dropped.
    #[inline]
    pub fn inside(&self, routine: Routine) -> Inside<'w, E> {
        Inside { env: &self.world.env, caller: self.world.env.enter_routine(routine) }
    }
    /// Opens a scope: when it ends, nothing that the task has read in it is live. See [`Forget::scope`](crate::env::Forget::scope).
    #[inline]
    pub fn scope(&self) -> E::Scope<'w> {
        self.world.env.scope(self.task)
    }
    /// Opens a scope that only restarts: see
    /// [`Forget::retry_scope`](crate::env::Forget::retry_scope).
    #[inline]
    pub fn retry_scope(&self) -> E::Scope<'w> {
        self.world.env.retry_scope(self.task)
    }
    /// Reports an event.
    #[inline]
    pub fn emit(&self, event: Event) {
        self.world.env.emit(self.task, event);
    }
    /// The object with this id.
    #[inline]
    pub fn object(&self, id: ObjectId) -> &'w Object<E> {
        self.world.objects.get(self, id.0)
    }
    /// The `vm_page` of a frame.
    #[inline]
    pub fn page(&self, frame: FrameNo) -> &'w Page<E> {
        self.world.page_of(frame)
    }
    /// The address space with this id.
    #[inline]
    pub fn space_of(&self, id: SpaceId) -> &'w Space<E> {
        self.world.spaces.get(self, id.0)
    }
    /// The map entry with this id.
    #[inline]
    pub fn entry(&self, id: EntryId) -> &'w Entry<E> {
        self.world.entries.get(self, id.0)
    }
    /// The object of a file.
    pub fn file(&self, id: FileId) -> &'w crate::vm::vnode::File<E> {
        self.world.files.get(self, id)
    }

    /// Checks a kernel assertion (vm.md §16.1): a violation becomes a finding, and the run goes on. `property` is its
    /// name, `detail` says what was found instead.
    #[inline]
    pub fn kassert(&self, holds: bool, property: Property, about: impl Into<About>, detail: impl FnOnce() -> Detail) {
        if !holds {
            self.find(FindingKind::Assertion, property, about, detail());
        }
    }
    /// Reports a finding.
    #[cold]
    pub fn find(&self, kind: FindingKind, property: Property, about: impl Into<About>, detail: Detail) {
        self.world.report(Finding::new(kind, property, self.task, about, detail));
    }

    /// The mode in which the task holds a lock, if it does.
    pub fn holds(&self, lock: LockId) -> Option<Mode> {
        self.held.mode(lock)
    }
    /// Asserts (where tests run) that the task holds a lock in at least this mode.
    #[inline]
    pub fn assert_locked(&self, lock: LockId, mode: Mode) {
        debug_assert!(self.holds(lock) >= Some(mode), "{lock:?} must be held for {mode:?} by {:?}", self.task);
    }
    /// Asserts (where tests run) that the task holds no lock at all.
    pub fn assert_unlocked(&self) {
        debug_assert!(self.held.is_empty(), "task {:?} still holds {:?}", self.task, self.held);
    }
    /// The locks that the task holds, for lists and checkers.
    pub fn locks_held(&self) -> Vec<(LockId, Mode)> {
        self.held.to_vec()
    }
}

// The assertions under test are compiled only with `debug_assertions`.
#[cfg(all(test, debug_assertions))]
mod tests;
