//! Kernel locks.
//!
//! Kernel locks are taken in one routine and dropped in another, upgraded, and dropped while going to sleep, so there
//! are no guards: each task lists the locks it holds ([`Held`]), and they are checked there. A [`Lock`] is one word; a
//! task that finds it contended sleeps on the lock's channel and tries again when woken, so the scheduler chooses
//! which waiter gets a free lock.
//!
//! Order (outer first): map, vnode, object (shadow before backing), page busy (try only
//! while an object lock is held), pmap, then the leaf locks ([`Spin`]: PV lists,
//! free list, pools).

use crate::env::{Cell, Env, In, Scope};
use crate::event::Event;
use crate::ids::TaskId;
use crate::primitive::spin_loop;
use crate::step::Step;
use crate::sync::{Channel, LockClass, LockId, Mode};
use crate::word::{Kind, Place};
use std::cell::RefCell;

/// The locks that a task holds, in order of acquisition.
#[derive(Default, Debug)]
pub struct Held(RefCell<Vec<(LockId, Mode)>>);

impl Held {
    fn push(&self, lock: LockId, mode: Mode) {
        self.0.borrow_mut().push((lock, mode));
    }
    /// Removes a lock; returns how the task, which is `task`, held it.
    fn remove(&self, lock: LockId, task: TaskId) -> Mode {
        let mut held = self.0.borrow_mut();
        match held.iter().rposition(|&(held, _)| held == lock) {
            Some(at) => held.remove(at).1,
            None => {
                debug_assert!(false, "{lock:?} is not held by task {task:?}");
                Mode::Write
            }
        }
    }
    /// The mode in which the task holds a lock, if it does.
    pub fn mode(&self, lock: LockId) -> Option<Mode> {
        self.0.borrow().iter().rev().find(|&&(held, _)| held == lock).map(|&(_, mode)| mode)
    }
    /// Whether the task holds no lock at all.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
    /// All of them, for lists and checkers.
    pub fn to_vec(&self) -> Vec<(LockId, Mode)> {
        self.0.borrow().clone()
    }
    /// Asserts (where tests run) that the task acquired them in order of their classes.
    pub fn assert_order(&self) {
        debug_assert!(
            self.0.borrow().windows(2).all(|w| w[0].0.class <= w[1].0.class),
            "locks out of order: {:?}",
            self.0.borrow()
        );
    }
}

/// A task that takes locks.
pub trait Holder<E: Env>: In<E> {
    /// The locks it holds.
    fn held(&self) -> &Held;

    /// A yield point: the scheduler may run another task here. Asserts (where tests run) that the task acquired its
    /// locks in order.
    #[inline]
    fn point<'a>(&'a self, step: Step) -> E::Point<'a>
    where
        E: 'a,
    {
        if E::TRACING {
            self.held().assert_order();
        }
        self.env().point(self.task(), step)
    }
    /// Reports an event.
    #[inline]
    fn emit(&self, event: Event) {
        self.env().emit(self.task(), event);
    }
    /// Records an acquired lock.
    #[inline]
    fn acquired(&self, lock: LockId, mode: Mode) {
        self.held().push(lock, mode);
        if E::TRACING {
            self.emit(Event::Acquire { lock, mode });
        }
    }
    /// Records a release, before it happens; returns how the task held the lock.
    #[inline]
    fn released(&self, lock: LockId) -> Mode {
        let mode = self.held().remove(lock, self.task());
        if E::TRACING {
            self.emit(Event::Release { lock });
        }
        mode
    }
}

const WRITER: u64 = 1;
const WAITERS: u64 = 2;
const READER: u64 = 4;
/// How often a thread tries again before it sleeps. (Under loom every retry only adds executions.)
const SPINS: u32 = if cfg!(loom) { 0 } else { 100 };
/// The writer's task is stored in the upper half, for fingerprints and lanes.
const OWNER_SHIFT: u32 = 32;

/// A reader-writer lock in one word. A mutex is a lock that is only taken for writing.
pub struct Lock<E: Env> {
    word: Cell<E, u64>,
    id: LockId,
}

impl<E: Env> Lock<E> {
    /// Creates a free lock; `kind` and its index name the container it belongs to. Its word is field 250 + class.
    pub fn new(env: &E, id: LockId, kind: Kind) -> Self {
        Lock { word: Cell::new(env, Place::at(kind, id.index, 250 + id.class as u8), 0), id }
    }
    /// Its identity.
    pub fn id(&self) -> LockId {
        self.id
    }
    fn attempt(&self, cx: &impl Holder<E>, mode: Mode) -> Result<(), u64> {
        let mut now = self.guess(cx, mode, 0);
        loop {
            let new = match mode {
                Mode::Read if now & WRITER == 0 => now + READER,
                Mode::Write if now & !WAITERS == 0 => now | Self::written(cx),
                _ => return Err(now),
            };
            match self.word.cas(cx, now, new) {
                Ok(()) => {
                    cx.acquired(self.id, mode);
                    return Ok(());
                }
                Err(present) => now = present,
            }
        }
    }
    /// The word of a lock that `cx` holds for writing and that has no waiters.
    fn written(cx: &impl Holder<E>) -> u64 {
        WRITER | u64::from(cx.task().0) << OWNER_SHIFT
    }
    /// A first guess at the word, for the first compare-and-swap: the word of a writer's lock is nearly always
    /// `likely`, and one access is cheaper than two. Readers load the word first.
    #[inline]
    fn guess(&self, cx: &impl Holder<E>, mode: Mode, likely: u64) -> u64 {
        match mode {
            Mode::Write => likely,
            Mode::Read => self.word.load(cx),
        }
    }
    /// Acquires the lock if it is free (for reading: if it has no writer); returns whether it did.
    pub fn try_lock(&self, cx: &impl Holder<E>, mode: Mode) -> bool {
        cx.env().outcome(|| self.attempt(cx, mode).is_ok())
    }
    /// Acquires the lock, sleeping while it is contended. A point comes first (y1).
    pub async fn lock(&self, cx: &impl Holder<E>, mode: Mode) {
        cx.point(self.step_before()).await;
        // The holder's local hash does not depend on how the lock was acquired.
        let scope = cx.env().scope(cx.task());
        let mut spins = 0;
        loop {
            scope.restart();
            match cx.env().untracked(|| self.attempt(cx, mode)) {
                Ok(()) => return,
                // Critical sections are short: retry a few times before parking a thread.
                Err(_) if !E::TRACING && spins < SPINS => {
                    spins += 1;
                    spin_loop();
                }
                Err(now) => {
                    let channel = Channel::Lock { lock: self.id };
                    let ticket = cx.env().sleep_begin(cx.task(), channel);
                    if now & WAITERS != 0 || self.word.cas(cx, now, now | WAITERS).is_ok() {
                        // The holder may have released the lock before the sleeper was registered.
                        if self.word.load(cx) & !WAITERS == 0 || !E::TRACING && self.word.load(cx) & WAITERS == 0 {
                            cx.env().wakeup(channel);
                        }
                        cx.emit(Event::Sleep { channel });
                        cx.env().sleep(cx.task(), channel, ticket).await;
                    } else {
                        cx.env().wakeup(channel);
                        cx.env().sleep(cx.task(), channel, ticket).await;
                    }
                    spins = 0;
                }
            }
        }
    }
    /// Releases the lock, without a point: see [`Lock::unlock`]. The caller holds it.
    pub fn release(&self, cx: &impl Holder<E>) {
        cx.env().untracked(|| self.drop_it(cx));
    }
    fn drop_it(&self, cx: &impl Holder<E>) {
        let mode = cx.released(self.id);
        let mut now = self.guess(cx, mode, Self::written(cx));
        loop {
            let left = match mode {
                Mode::Read => now - READER,
                Mode::Write => 0,
            };
            // The last holder clears the waiters' bit and wakes all waiters.
            let (new, wake) = if left & !WAITERS == 0 { (0, now & WAITERS != 0) } else { (left, false) };
            match self.word.cas(cx, now, new) {
                Ok(()) if wake => return cx.env().wakeup(Channel::Lock { lock: self.id }),
                Ok(()) => return,
                Err(present) => now = present,
            }
        }
    }
    /// Releases the lock; a point follows (y2).
    pub async fn unlock(&self, cx: &impl Holder<E>) {
        self.release(cx);
        cx.point(self.step_after()).await;
    }
    /// Upgrades the caller's read lock to a write lock if there is no other reader; returns whether it did. On
    /// failure the caller keeps the read lock.
    pub fn try_upgrade(&self, cx: &impl Holder<E>) -> bool {
        cx.env().outcome(|| self.upgrade(cx))
    }
    fn upgrade(&self, cx: &impl Holder<E>) -> bool {
        loop {
            let now = self.word.load(cx);
            if now & !WAITERS != READER {
                return false;
            }
            let new = now & WAITERS | Self::written(cx);
            if self.word.cas(cx, now, new).is_ok() {
                cx.released(self.id);
                cx.acquired(self.id, Mode::Write);
                return true;
            }
        }
    }
    /// Downgrades the caller's write lock to a read lock and wakes the waiting readers.
    pub fn downgrade(&self, cx: &impl Holder<E>) {
        cx.released(self.id);
        cx.acquired(self.id, Mode::Read);
        cx.env().untracked(|| {
            loop {
                let now = self.word.load(cx);
                if self.word.cas(cx, now, READER).is_ok() {
                    if now & WAITERS != 0 {
                        cx.env().wakeup(Channel::Lock { lock: self.id });
                    }
                    return;
                }
            }
        });
    }
    /// Its word (for checkers).
    pub(crate) fn word(&self) -> &Cell<E, u64> {
        &self.word
    }
    /// Whether the lock has no holder (for checkers).
    pub fn is_free(&self, env: &E) -> bool {
        self.word.peek(env) & !WAITERS == 0
    }
    /// Whether a task holds the lock for writing (for checkers).
    pub fn is_written(&self, env: &E) -> bool {
        self.word.peek(env) & WRITER != 0
    }
    fn step_before(&self) -> Step {
        match self.id.class {
            LockClass::Map => Step::MapLock,
            LockClass::Vnode => Step::VnodeLock,
            LockClass::Object => Step::ObjectLock,
            LockClass::Pmap => Step::PmapLock,
        }
    }
    fn step_after(&self) -> Step {
        match self.id.class {
            LockClass::Map => Step::MapUnlocked,
            LockClass::Vnode => Step::VnodeUnlocked,
            LockClass::Object => Step::ObjectUnlocked,
            LockClass::Pmap => Step::PmapUnlocked,
        }
    }
}

/// A leaf lock: its holder waits for nothing. In stepped mode no other task can run meanwhile, so it is a no-op
/// there.
pub struct Spin<E: Env> {
    word: Cell<E, u64>,
}

impl<E: Env> Spin<E> {
    /// Creates a free lock.
    pub fn new(env: &E) -> Self {
        Spin { word: Cell::new(env, Place::NOWHERE, 0) }
    }
    /// Runs `f` with the lock held.
    #[inline]
    pub fn with<R>(&self, cx: &impl In<E>, f: impl FnOnce() -> R) -> R {
        if E::TRACING {
            return f();
        }
        while self.word.cas(cx, 0, 1).is_err() {
            spin_loop();
        }
        let result = f();
        self.word.store(cx, 0);
        result
    }
}
