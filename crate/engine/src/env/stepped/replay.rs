//! Local hashes of tasks, and replay of tasks from their logs (rulings R3).
//!
//! A task's local variables are a function of its operation, its steps and what it read, so a hash of these is the
//! fingerprint of its local state. Two executions of a routine that return the same result leave the task in the same
//! local state, whatever they read on the way: [`crate::env::Observe::untracked`], [`crate::env::Observe::observe`] and
//! [`crate::env::Forget::set_local_hash`] declare that, always where nothing but the result is live.
//!
//! A future cannot be copied. But a task that is given the same values does the same again: with
//! [`super::Keep::inputs`] everything that a task reads is logged, and [`Stepped::replay`] runs a fresh future
//! through the log without touching the world. So going back one turn costs undoing that turn and, once its task is
//! scheduled again, one run through what that task alone has read.

use super::input::What;
use super::{Checkpoint, Keep, Stepped, Store, TaskState};
use crate::ids::TaskId;
use crate::routine::Routine;
use crate::word::{Kind, LocalHash, mix};
use std::cell::Cell;

/// Bit set of what happens to each value read.
pub(super) mod mode {
    /// It is declared as an access.
    pub const DECLARES: u8 = 1;
    /// It is logged as an input.
    pub const LOGS: u8 = 2;
    /// It is added to the running task's local hash.
    pub const OBSERVES: u8 = 4;
    /// It comes from the log.
    pub const REPLAYS: u8 = 8;
}

pub(super) struct Local {
    /// Whether a task runs: everything that happens is then attributed to it.
    inside: Cell<bool>,
    /// Whether its future is being polled: not between the yield that ends its turn and [`Stepped::leave`].
    polled: Cell<bool>,
    mode: Cell<u8>,
    /// The modes while a task runs, and while none does.
    running: u8,
    idle: u8,
    /// The local hash of the running task.
    known: Cell<LocalHash>,
    /// Remaining turns of a replay.
    turns: Cell<u32>,
}

impl Local {
    pub fn new(keep: Keep) -> Self {
        let when = |kept: bool, mode: u8| if kept { mode } else { 0 };
        let idle = when(keep.accesses, mode::DECLARES);
        Local {
            inside: Cell::new(false),
            polled: Cell::new(false),
            mode: Cell::new(idle),
            running: idle | when(keep.inputs, mode::LOGS) | when(keep.fingerprint || keep.memo, mode::OBSERVES),
            idle,
            known: Cell::new(LocalHash::EMPTY),
            turns: Cell::new(0),
        }
    }
    fn without<R>(&self, modes: u8, f: impl FnOnce() -> R) -> R {
        let before = self.mode.get();
        self.mode.set(before & !modes);
        let result = f();
        // Unless a replay has diverged meanwhile: a divergence ends replay mode for good.
        if before & mode::REPLAYS == self.mode.get() & mode::REPLAYS {
            self.mode.set(before);
        }
        result
    }
    #[inline]
    pub fn untracked<R>(&self, f: impl FnOnce() -> R) -> R {
        self.without(mode::OBSERVES, f)
    }
    #[inline]
    pub fn opaque<R>(&self, f: impl FnOnce() -> R) -> R {
        self.without(mode::DECLARES | mode::LOGS | mode::OBSERVES, f)
    }
    /// Whether a task's own code runs right now.
    #[inline]
    pub fn runs(&self) -> bool {
        self.polled.get()
    }
    /// The running task's future is polled, or at a yield gives the control back.
    #[inline]
    pub fn set_polled(&self, polled: bool) {
        self.polled.set(polled && self.inside.get());
    }
    #[inline]
    pub fn mode(&self) -> u8 {
        self.mode.get()
    }
    #[inline]
    pub fn declares(&self) -> bool {
        self.mode() & mode::DECLARES != 0
    }
    #[inline]
    pub fn is_replaying(&self) -> bool {
        self.mode() & mode::REPLAYS != 0
    }
    #[inline]
    pub fn local_hash(&self) -> LocalHash {
        self.known.get()
    }
    #[inline]
    pub fn set_local_hash(&self, known: LocalHash) {
        self.known.set(known);
    }
    /// Adds a value to the concrete hash of the running task.
    #[inline]
    pub fn observe_exact(&self, value: u64) {
        let LocalHash { canonical, concrete } = self.known.get();
        self.known.set(LocalHash { canonical, concrete: chain(concrete, value) });
    }
    /// Adds a value to the hashes of the running task; the canonical one takes `seen`.
    #[inline]
    fn observe(&self, value: u64, seen: u64) {
        let LocalHash { canonical, concrete } = self.known.get();
        self.known.set(LocalHash { canonical: chain(canonical, seen), concrete: chain(concrete, value) });
    }
    /// Ends replay mode: see [`Stepped::diverge`].
    pub fn stop_replaying(&self) {
        self.mode.set(0);
    }
    /// Ends one turn of a replay; returns whether the task goes on at once, because it was not the last.
    pub fn replay_turn(&self) -> bool {
        let left = self.turns.get().saturating_sub(1);
        self.turns.set(left);
        left > 0
    }
}

/// Extends a hash by `seen`. This runs with every read: one multiplication whose halves are folded together; [`mix`]
/// spreads the end of the chain.
#[inline]
fn chain(known: u64, seen: u64) -> u64 {
    let product = (known ^ seen.rotate_left(32)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

impl Stepped {
    /// Begins a turn of the task and lets it run; until [`Stepped::leave`] all that happens is attributed to it.
    pub fn switch_to(&self, task: TaskId) {
        self.begin_turn(task);
        self.enter(&mut self.store.borrow_mut());
    }
    /// Begins a turn of the task, which is then taken from the memo or run. Returns a checkpoint from before it.
    #[inline]
    pub fn begin_turn(&self, task: TaskId) -> Checkpoint {
        self.leave();
        self.current.set(task);
        self.memo.borrow_mut().begin_turn();
        let store = &mut *self.store.borrow_mut();
        let checkpoint = self.checkpoint_of(store);
        store.begin_turn();
        store.log_task(task);
        checkpoint
    }
    /// Lets the task whose turn it is run from here on.
    #[inline]
    pub(super) fn enter(&self, store: &mut Store) {
        if self.local.inside.get() {
            return self.local.set_polled(true);
        }
        let task = self.current.get();
        // A task that goes on says by itself where it is.
        self.routine.set(Routine::User);
        self.local.known.set(store.task(task).state.local);
        self.local.inside.set(true);
        self.local.set_polled(true);
        self.local.mode.set(self.local.running);
        if self.keep.inputs {
            store.swap_log(task);
        }
    }
    /// Stops the running task: what happens from here on is attributed to no task.
    #[inline]
    pub fn leave(&self) {
        if self.local.inside.get() {
            self.stop_running();
        }
    }
    fn stop_running(&self) {
        self.local.inside.set(false);
        self.local.set_polled(false);
        self.local.mode.set(self.local.idle);
        let store = &mut *self.store.borrow_mut();
        let task = self.current.get();
        if self.keep.inputs {
            store.swap_log(task);
        }
        store.task(task).state.local = self.local.known.get();
    }
    fn live_local(&self, task: TaskId, state: &TaskState) -> u64 {
        let live = self.local.inside.get() && self.current.get() == task;
        if live { self.local.known.get().canonical } else { state.local.canonical }
    }
    /// The fingerprint of a task's local state (rulings R3).
    pub fn local_fingerprint(&self, task: TaskId) -> u64 {
        let store = self.store.borrow();
        let state = store.state(task);
        mix(self.live_local(task, state), state.at.map_or(0, |s| s as u64 + 1))
    }
    /// The local state together with the number of things created, on which future names depend, and `does`, a number
    /// below 16: the task's part of the fingerprint of a state.
    #[inline]
    pub fn task_fingerprint(&self, task: TaskId, does: u64) -> u64 {
        let store = self.store.borrow();
        let state = store.state(task);
        let place = state.at.map_or(0, |s| s as u64 + 1) << 1 | u64::from(state.registered.is_some());
        mix(self.live_local(task, state), state.created << 32 | u64::from(task.0) << 16 | place << 4 | does)
    }

    /// Gives the task a value: computed and logged, or taken from the log in a replay. Only the concrete hash takes
    /// it.
    #[inline]
    pub(super) fn input(&self, what: What, value: impl FnOnce(&mut Store) -> u64) -> u64 {
        if let Some(value) = self.replayed(what) {
            return value;
        }
        let store = &mut *self.store.borrow_mut();
        let value = value(store);
        self.record(store, what, value);
        if self.local.mode() & mode::OBSERVES != 0 {
            self.local.observe_exact(value);
        }
        value
    }
    /// An input that is not hashed: it follows from the local hash, or nothing depends on it.
    pub(super) fn plain_input(&self, what: What, value: impl FnOnce(&mut Store) -> u64) -> u64 {
        self.local.untracked(|| self.input(what, value))
    }
    /// Logs a value that the running task was given, and adds it to its hashes.
    #[inline]
    pub(super) fn given(&self, store: &mut Store, what: What, value: u64, refers: Option<Kind>) {
        self.given_as(store, what, value, |store| store.seen(value, refers));
    }
    /// [`Stepped::given`] with `seen` for the canonical hash.
    #[inline]
    pub(super) fn given_as(&self, store: &mut Store, what: What, value: u64, seen: impl FnOnce(&mut Store) -> u64) {
        self.record(store, what, value);
        if self.local.mode() & mode::OBSERVES != 0 {
            self.local.observe(value, seen(store));
        }
    }
    #[inline]
    pub(super) fn observe_value(&self, value: u64, refers: Option<Kind>) {
        if self.local.mode() & mode::OBSERVES != 0 {
            let seen = match refers {
                Some(_) => self.store.borrow_mut().seen(value, refers),
                None => value,
            };
            self.local.observe(value, seen);
        }
    }
    /// Replays the first `turns` turns of `task` from its log. `run` polls a fresh future of the task and returns
    /// whether the future has ended; the world stays as it is, and the future then stands where the task stands. If
    /// the future differs from the log, [`Stepped::divergence`] reports it, and the world must not be used any more.
    pub fn replay(&self, task: TaskId, turns: u32, run: impl FnOnce() -> bool) {
        self.forget_held(task);
        if turns == 0 {
            return;
        }
        self.leave();
        {
            let store = &mut *self.store.borrow_mut();
            store.cursor = 0;
            self.memo.borrow().inputs(&store.tasks[task.0 as usize], &mut store.log);
        }
        self.local.mode.set(mode::REPLAYS);
        self.local.turns.set(turns);
        let ended = run();
        if self.local.is_replaying() {
            let next = self.store.borrow_mut().next_input();
            if ended || next.is_some() {
                self.diverge(next, None);
            }
        }
        self.local.mode.set(self.local.idle);
        self.store.borrow_mut().log.clear();
    }
}
