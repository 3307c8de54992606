//! What a task knows, and how it is made again (rulings R3).
//!
//! A task's locals are a function of its operation, its steps and what it read, so a
//! hash of these is the digest of where it stands. Two routines with the same
//! answer know the same, whatever they read on the way: [`super::Env::quiet`],
//! [`super::Env::learn`] and [`super::Env::know`] say so, always at places where the
//! answer is all that lives on.
//!
//! A future cannot be copied. But a task that is given the same values again does the
//! same again: with [`super::Keep::inputs`] whatever a task reads is logged, and
//! [`Stepped::repeat`] lets a fresh future run through its log without touching the
//! world. So going one turn back costs undoing that turn and, once its task is
//! wanted again, one run through what that task alone has read.

use super::super::{Kind, mix};
use super::{Keep, Stepped};
use crate::ids::TaskId;
use std::cell::{Cell as Std, RefCell};

/// What happens to what is read: some of these.
mod mode {
    /// It is declared as an access.
    pub const DECLARES: u8 = 1;
    /// It is logged as an input.
    pub const LOGS: u8 = 2;
    /// The running task knows it from then on.
    pub const LEARNS: u8 = 4;
    /// It comes from the log.
    pub const REPEATS: u8 = 8;
}

pub(super) struct Local {
    /// A task runs: everything that happens is its doing.
    inside: Std<bool>,
    mode: Std<u8>,
    /// The modes while a task runs, and while none does.
    running: u8,
    idle: u8,
    /// Digest of what the running task knows.
    known: Std<u64>,
    /// What each task has read, but for the running one.
    inputs: RefCell<Vec<Vec<u64>>>,
    /// What the running one has read.
    log: RefCell<Vec<u64>>,
    /// While repeating: the next input, and turns left.
    cursor: Std<usize>,
    turns: Std<u32>,
}

impl Local {
    pub fn new(keep: Keep) -> Self {
        let when = |kept: bool, mode: u8| if kept { mode } else { 0 };
        let idle = when(keep.accesses, mode::DECLARES);
        Local {
            inside: Std::new(false),
            mode: Std::new(idle),
            running: idle | when(keep.inputs, mode::LOGS) | when(keep.digest, mode::LEARNS),
            idle,
            known: Std::new(0),
            inputs: RefCell::default(),
            log: RefCell::default(),
            cursor: Std::new(0),
            turns: Std::new(0),
        }
    }
    fn without<R>(&self, modes: u8, f: impl FnOnce() -> R) -> R {
        let before = self.mode.get();
        self.mode.set(before & !modes);
        let result = f();
        self.mode.set(before);
        result
    }
    pub fn quietly<R>(&self, f: impl FnOnce() -> R) -> R {
        self.without(mode::LEARNS, f)
    }
    pub fn hiding<R>(&self, f: impl FnOnce() -> R) -> R {
        self.without(mode::DECLARES | mode::LOGS | mode::LEARNS, f)
    }
    #[inline]
    fn is(&self, mode: u8) -> bool {
        self.mode.get() & mode != 0
    }
    #[inline]
    pub fn declares(&self) -> bool {
        self.is(mode::DECLARES)
    }
    #[inline]
    pub fn is_repeating(&self) -> bool {
        self.is(mode::REPEATS)
    }
    /// How much a task that does not run has read.
    pub fn read_so_far(&self, task: TaskId) -> usize {
        self.inputs.borrow().get(task.0 as usize).map_or(0, Vec::len)
    }
    /// A task begins or stops to run: its log is at hand meanwhile.
    fn swap_log(&self, task: TaskId) {
        let mut inputs = self.inputs.borrow_mut();
        let index = task.0 as usize;
        if inputs.len() <= index {
            inputs.resize_with(index + 1, Vec::new);
        }
        std::mem::swap(&mut inputs[index], &mut self.log.borrow_mut());
    }
    #[inline]
    pub fn known(&self) -> u64 {
        self.known.get()
    }
    #[inline]
    pub fn know(&self, digest: u64) {
        self.known.set(digest);
    }
    /// One turn of the task that repeats is over: it goes on at once, unless it was the last.
    pub fn repeat_turn(&self) -> bool {
        let left = self.turns.get().saturating_sub(1);
        self.turns.set(left);
        left > 0
    }
}

/// What is known once `seen` has been read too. Runs with every read: one multiplication,
/// each half of it turned into the other; [`mix`] spreads the end of the chain.
#[inline]
fn chain(known: u64, seen: u64) -> u64 {
    let product = (known ^ seen.rotate_left(32)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

impl Stepped {
    pub(super) fn enter(&self, task: TaskId) {
        let state = self.task(task);
        self.log_task(task, state);
        self.local.known.set(state.local);
        self.local.inside.set(true);
        self.local.mode.set(self.local.running);
        if self.keep.inputs {
            self.local.swap_log(task);
        }
    }
    /// The running task has stopped: what happens from here on is nobody's doing.
    pub fn leave(&self) {
        if self.local.inside.replace(false) {
            let known = self.local.known.get();
            self.with_task(self.current.get(), |t| t.local = known);
            self.local.mode.set(self.local.idle);
            if self.keep.inputs {
                self.local.swap_log(self.current.get());
            }
        }
    }
    pub(super) fn live_local(&self, task: TaskId) -> Option<u64> {
        (self.local.inside.get() && self.current.get() == task).then(|| self.local.known.get())
    }
    /// The digest of what a task knows where it stands (rulings R3).
    pub fn local_digest(&self, task: TaskId) -> u64 {
        let t = self.task(task);
        mix(t.local, t.at.map_or(0, |s| s as u64 + 1))
    }
    /// The same with what its future names depend on, for the digest of a state.
    pub fn standing_digest(&self, task: TaskId) -> u64 {
        let t = self.task(task);
        let place = t.at.map_or(0, |s| s as u64 + 1) << 1 | u64::from(t.registered.is_some());
        mix(t.local, t.created << 16 | place)
    }

    /// A value that a task is given: logged, or given again.
    #[inline]
    pub(super) fn input(&self, value: impl FnOnce() -> u64) -> u64 {
        if self.local.is_repeating() {
            return self.next_input();
        }
        let value = value();
        self.log_input(value);
        value
    }
    /// The running task was given this value.
    #[inline]
    pub(super) fn log_input(&self, value: u64) {
        if self.local.is(mode::LOGS) {
            self.local.log.borrow_mut().push(value);
        }
    }
    /// What the task that repeats was given here.
    #[inline]
    pub(super) fn next_input(&self) -> u64 {
        let log = self.local.log.borrow();
        let at = self.local.cursor.replace(self.local.cursor.get() + 1);
        debug_assert!(at < log.len(), "a repeated task reads more than it did");
        log.get(at).copied().unwrap_or_default()
    }
    #[inline]
    pub(super) fn learn_value(&self, value: u64, refers: Option<Kind>) {
        if self.local.is(mode::LEARNS) {
            let seen = self.canonical(value, refers);
            self.local.known.set(chain(self.local.known.get(), seen));
        }
    }
    pub(super) fn truncate_inputs(&self, task: TaskId, count: usize) {
        if let Some(log) = self.local.inputs.borrow_mut().get_mut(task.0 as usize) {
            log.truncate(count);
        }
    }
    pub(super) fn forget_inputs(&self) {
        self.local.inputs.borrow_mut().iter_mut().for_each(Vec::clear);
    }
    /// Lets `run` poll a fresh future of `task` through its first `turns` turns by what it
    /// read then; the world stays as it is. The future then stands where the task stands.
    pub fn repeat(&self, task: TaskId, turns: u32, run: impl FnOnce()) {
        self.forget_held(task);
        if turns == 0 {
            return;
        }
        self.leave();
        self.current.set(task);
        let known = self.task(task).local;
        self.local.swap_log(task);
        self.local.mode.set(mode::REPEATS);
        self.local.cursor.set(0);
        self.local.turns.set(turns);
        run();
        debug_assert!(
            self.local.log.borrow().len() == self.local.cursor.get(),
            "a repeated task reads less than it did"
        );
        self.local.mode.set(self.local.idle);
        self.local.swap_log(task);
        self.local.known.set(known);
    }
}
