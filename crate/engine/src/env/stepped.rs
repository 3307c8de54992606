//! The stepped environment: one task runs at a time, and the scheduler chooses every interleaving.
//!
//! A *turn* is what a task does from one yield to the next: one scheduling step. All words of the world lie in one
//! array and are identified by index, so a state is an array, an access is a number, and undoing is writing old
//! numbers back.
//!
//! The parts: [`mod@self`] is the interface for executors, `store` the array and the fingerprint, `words` and
//! `memory` a task's access to words and frames, `undo` the undo log, `replay` the local hash and the replay of tasks
//! from their logs, `input` these logs, `memo` memoised transitions, `points` where tasks yield, `observed` what they
//! observe and forget, `reports` events and findings.

mod input;
mod keep;
mod memo;
mod memory;
mod observed;
mod points;
mod replay;
mod reports;
pub mod side;
mod store;
mod undo;
mod words;

use super::{Dependence, Env};
use crate::event::{Counters, Record};
use crate::finding::Finding;
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::{Channel, LockId, Mode};
use crate::word::LocalHash;
pub use input::Divergence;
use input::Input;
pub use keep::Keep;
use memo::{Effect, LocalStateId, Memo};
pub use points::Yield;
use replay::{Local, mode};
use std::cell::{Cell as Std, RefCell};
use store::Store;
pub use undo::{Changed, Checkpoint, Journal};

/// A declared access of a step: which word, and whether it was written.
///
/// The words of frames start at [`Access::MEMORY`], and what properties depend on besides words starts at
/// [`Access::PROPERTY`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Access {
    /// Index of the word.
    pub word: u64,
    /// Whether it was written.
    pub write: bool,
}

impl Access {
    /// Frame words are `MEMORY + frame * 512 + word`.
    pub const MEMORY: u64 = 1 << 40;
    /// Words that stand for what a property depends on: see [`Dependence::declare`].
    pub const PROPERTY: u64 = 1 << 48;
    /// Every turn reads it, and a turn that ends in a tick writes it.
    pub const TIME: u64 = 1 << 49;
}

/// Why a task does not run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Rest {
    /// It can run.
    #[default]
    Ready,
    /// It sleeps until a wakeup on the channel.
    On(Channel),
    /// It waits until another task has taken a step; holds the step count at which it began.
    Tick(u64),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct TaskState {
    /// The step before which the task stands.
    at: Option<Step>,
    rest: Rest,
    /// The channel on which the task is registered, until a wakeup comes.
    registered: Option<Channel>,
    /// Hash of the operation, its steps and every value the task has observed (rulings R3).
    local: LocalHash,
    /// How many things it has created so far: names of objects.
    created: u64,
    /// Its local state in [`Memo`], as a number.
    local_state: LocalStateId,
}

impl TaskState {
    /// State of a task that has not run yet.
    const NEW: TaskState = TaskState {
        at: None,
        rest: Rest::Ready,
        registered: None,
        local: LocalHash::EMPTY,
        created: 0,
        local_state: 0,
    };
}

impl Default for TaskState {
    fn default() -> TaskState {
        TaskState::NEW
    }
}

/// The environment's record of a task.
#[derive(Default)]
struct Task {
    state: TaskState,
    /// The routine in which it stands at its step. Shown and no more: neither state nor undone.
    routine: Routine,
    /// Its logged inputs; those of the running task are in [`Store::log`].
    inputs: Vec<Input>,
    /// Its memoised turns, each with the number of inputs logged before it.
    memoised: Vec<(u32, u32)>,
}

impl Task {
    /// The task comes to a step of a routine.
    #[inline]
    fn stand(&mut self, step: Step, routine: Routine) {
        self.state.at = Some(step);
        self.routine = routine;
    }
}

/// The stepped environment: one world, one thread.
pub struct Stepped {
    keep: Keep,
    store: RefCell<Store>,
    memo: RefCell<Memo>,
    /// Tasks woken since the last [`Stepped::take_woken`], one bit each.
    woken: Std<u64>,
    /// The same of tasks that have no bit there: see [`Stepped::take_woken_later`].
    woken_later: RefCell<Vec<TaskId>>,
    /// The locks each task holds, in order of acquisition.
    held: RefCell<Vec<Vec<(LockId, Mode)>>>,
    current: Std<TaskId>,
    /// The routine that the running task is in.
    routine: Std<Routine>,
    local: Local,
    steps: Std<u64>,
    events: RefCell<Vec<Record>>,
    findings: RefCell<Vec<Finding>>,
    /// The first divergence of a replayed task.
    diverged: RefCell<Option<Divergence>>,
    counters: RefCell<Counters>,
}

impl Stepped {
    /// Creates a world of `frames` zeroed frames.
    pub fn new(frames: u32, keep: Keep) -> Self {
        let keep = Keep { memo: keep.memo && keep.inputs && !keep.events && !keep.counters, ..keep };
        Stepped {
            keep,
            store: RefCell::new(Store::new(frames, keep)),
            memo: RefCell::default(),
            woken: Std::new(0),
            woken_later: RefCell::default(),
            held: RefCell::default(),
            current: Std::new(TaskId(0)),
            routine: Std::default(),
            local: Local::new(keep),
            steps: Std::new(0),
            events: RefCell::default(),
            findings: RefCell::default(),
            diverged: RefCell::default(),
            counters: RefCell::default(),
        }
    }
    /// Frames, blocks of the swap device among them, that were ever used: only those take memory.
    pub fn frames_made(&self) -> usize {
        self.store.borrow().frames_made()
    }
    /// Where the value of a word lies, for checkers.
    pub(crate) fn slot_of(&self, word: u32) -> u32 {
        self.store.borrow().slot(word)
    }
    /// About how many bytes it holds: the world, the way back, and turns that are known.
    pub fn held(&self) -> u64 {
        self.store.borrow().held() + self.memo.borrow().held() as u64
    }
    /// What this world maintains.
    pub fn keeps(&self) -> Keep {
        self.keep
    }

    // ---- for executors -------------------------------------------------

    /// Why the task does not run.
    pub fn rest(&self, task: TaskId) -> Rest {
        self.stands(task).0
    }
    /// Why the task does not run, and the step before which it stands.
    #[inline]
    pub fn stands(&self, task: TaskId) -> (Rest, Option<Step>) {
        let store = self.store.borrow();
        let state = store.state(task);
        let rest = match state.rest {
            Rest::Tick(since) if self.steps.get() > since => Rest::Ready,
            rest => rest,
        };
        (rest, state.at)
    }
    /// Returns and clears the set of tasks woken since the last call: one bit each, for the first 64 tasks.
    pub fn take_woken(&self) -> u64 {
        self.woken.take()
    }
    /// Returns and clears the other tasks woken since the last call: those with numbers from 64 on, which a search
    /// does not have.
    pub fn take_woken_later(&self) -> Vec<TaskId> {
        self.woken_later.take()
    }
    /// The step before which a task stands; `None` before its first point.
    pub fn at(&self, task: TaskId) -> Option<Step> {
        self.store.borrow().state(task).at
    }
    /// The routine in which a task stands before its step, in a run that only goes forward from its beginning.
    pub fn routine(&self, task: TaskId) -> Routine {
        self.store.borrow_mut().task(task).routine
    }
    /// The fingerprint of the world: processes, entries, chains, pages, contents, translations (rulings R4). Tasks
    /// are not part of it.
    #[inline(always)]
    pub fn fingerprint(&self) -> u64 {
        self.store.borrow().fingerprint()
    }
    /// Accesses since [`Stepped::switch_to`], in order.
    pub fn accesses(&self) -> Vec<Access> {
        let mut accesses = Vec::new();
        self.each_access(|access| accesses.push(access));
        accesses
    }
    /// Whether there was no access since [`Stepped::switch_to`].
    pub fn nothing_touched(&self) -> bool {
        self.memo.borrow().touched().is_empty() && self.store.borrow().accesses.is_empty()
    }
    /// Calls `f` with every access since [`Stepped::switch_to`], in order.
    pub fn each_access(&self, mut f: impl FnMut(Access)) {
        let (memo, store) = (self.memo.borrow(), self.store.borrow());
        let all = memo.touched().iter().chain(&store.accesses);
        all.for_each(|a| f(Access { word: a >> 1, write: a & 1 != 0 }));
    }
    /// The present value of a word by its number in an [`Access`]; 0 where there is no such word. Reads nothing on
    /// behalf of a task.
    pub fn word(&self, word: u64) -> u64 {
        self.store.borrow().word_value(word)
    }
    /// Whether this turn has allocated or freed no frame and changed no translation.
    #[inline]
    pub fn nothing_moved(&self) -> bool {
        let store = self.store.borrow();
        store.moved_frames.is_empty() && store.moved_pages.is_empty()
    }
    /// Calls `f` with every frame that this turn allocated or freed, or to which it added or removed a translation:
    /// the properties of frees and mappings may have changed there, and nowhere else.
    pub fn each_moved_frame(&self, f: impl FnMut(FrameNo)) {
        // `f` only peeks, so nothing may stay borrowed while it runs.
        let nth = |at: usize| self.store.borrow().moved_frames.get(at).copied();
        (0..).map_while(nth).for_each(f);
    }
    /// Calls `f` with every page of which this turn added or removed a translation.
    pub fn each_moved_page(&self, mut f: impl FnMut(SpaceId, Vpn)) {
        let nth = |at: usize| self.store.borrow().moved_pages.get(at).copied();
        (0..).map_while(nth).for_each(|(space, vpn)| f(space, vpn));
    }
    /// Resets all task states, before the tasks are created anew.
    pub fn reset_tasks(&self) {
        self.leave();
        self.store.borrow_mut().tasks.clear();
        self.held.borrow_mut().clear();
    }
    /// Returns and clears the events since the last call.
    pub fn take_events(&self) -> Vec<Record> {
        std::mem::take(&mut self.events.borrow_mut())
    }
    /// All findings so far. A task that reads them depends on state outside cells.
    pub fn findings(&self) -> Vec<Finding> {
        self.uncacheable();
        self.findings.borrow().clone()
    }
    /// Number of findings so far.
    pub fn finding_count(&self) -> usize {
        self.findings.borrow().len()
    }
    /// Number of steps so far, for callers outside any task; tasks use [`Report::steps`](super::Report::steps).
    pub fn steps_taken(&self) -> u64 {
        self.steps.get()
    }
    /// Drops findings and events and resets the step count, after set-up or an undo.
    pub fn forget(&self) {
        self.findings.borrow_mut().clear();
        self.events.borrow_mut().clear();
        self.steps.set(0);
    }
    /// Event counts so far.
    pub fn counters(&self) -> Counters {
        self.counters.borrow().clone()
    }
    /// Restores the event counts after an undo.
    pub fn restore_counters(&self, to: &Counters) {
        self.counters.borrow_mut().clone_from(to);
    }

    fn with_task<R>(&self, task: TaskId, f: impl FnOnce(&mut TaskState) -> R) -> R {
        f(&mut self.store.borrow_mut().task(task).state)
    }
}

impl Env for Stepped {
    const TRACING: bool = true;
}
