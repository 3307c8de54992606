//! Type-stable storage: items are created once, reused, and never move.
//!
//! FreeBSD's zones never give `vm_object` structs back to the system, so that a stale pointer still points at some
//! object; indices into a pool have the same property, and an item's address never changes.

use crate::env::{Cell, Env, Guarded, In};
use crate::lock::Spin;
use crate::segments::Segments;
use crate::word::Place;

struct Slot<E: Env, T> {
    /// Next free slot + 1, or [`IN_USE`]. The pool's lock protects it.
    next: Guarded<E, u32>,
    item: T,
}

/// Marks a slot that is in use and so on no free list.
const IN_USE: u32 = u32::MAX;

/// A pool of `T`s, indexed from 0.
pub struct Pool<E: Env, T> {
    slots: Segments<Slot<E, T>, 32>,
    make: fn(&E, u32) -> T,
    lock: Spin<E>,
    /// First free slot + 1. `lock` protects it.
    free: Guarded<E, u32>,
    /// Slots ever used, slots in use now, and the most ever in use at once. Changed under `lock`; progress reports
    /// and findings read them without it while tasks run.
    used: Cell<E, u32>,
    live: Cell<E, u32>,
    peak: Cell<E, u32>,
}

impl<E: Env, T> Pool<E, T> {
    /// Creates an empty pool whose items are created by `make(env, index)`.
    pub fn new(env: &E, make: fn(&E, u32) -> T) -> Self {
        let count = || Cell::new(env, Place::NOWHERE, 0);
        Pool {
            slots: Segments::new(),
            make,
            lock: Spin::new(env),
            free: Guarded::new(env, Place::NOWHERE, 0),
            used: count(),
            live: count(),
            peak: count(),
        }
    }
    fn slot(&self, env: &E, index: u32) -> &Slot<E, T> {
        let make = |index| Slot { next: Guarded::new(env, Place::NOWHERE, 0), item: (self.make)(env, index) };
        self.slots.get(index, make)
    }
    /// The item at `index`.
    #[inline]
    pub fn get(&self, cx: &impl In<E>, index: u32) -> &T {
        &self.slot(cx.env(), index).item
    }
    /// The item at `index`, for checkers.
    pub fn peek(&self, env: &E, index: u32) -> &T {
        &self.slot(env, index).item
    }
    /// Allocates a slot: the last one freed, else a new one.
    pub fn alloc(&self, cx: &impl In<E>) -> u32 {
        let slot = || self.lock.with(cx, || self.take(cx));
        cx.env().opaque(|| u64::from(slot())) as u32
    }
    fn take(&self, cx: &impl In<E>) -> u32 {
        let live = self.live.load(cx) + 1;
        self.live.store(cx, live);
        if live > self.peak.load(cx) {
            self.peak.store(cx, live);
        }
        let free = self.free.get(cx);
        let index = if free == 0 {
            let index = self.used.load(cx);
            self.used.store(cx, index + 1);
            index
        } else {
            self.free.set(cx, self.slot(cx.env(), free - 1).next.get(cx));
            free - 1
        };
        self.slot(cx.env(), index).next.set(cx, IN_USE);
        index
    }
    /// Frees a slot. Returns false, and does nothing, if it is free already: a kernel that frees something twice goes
    /// on with what it has, and the pool stays intact.
    pub fn release(&self, cx: &impl In<E>, index: u32) -> bool {
        let release = || {
            let slot = self.slot(cx.env(), index);
            if slot.next.get(cx) != IN_USE {
                return false;
            }
            self.live.store(cx, self.live.load(cx) - 1);
            slot.next.set(cx, self.free.get(cx));
            self.free.set(cx, index + 1);
            true
        };
        cx.env().opaque(|| u64::from(self.lock.with(cx, release))) != 0
    }
    /// Number of slots ever used: indices below it are valid for [`Pool::peek`].
    pub fn used(&self, env: &E) -> u32 {
        self.used.peek(env)
    }
    /// Number of slots in use.
    pub fn live(&self, env: &E) -> u32 {
        self.live.peek(env)
    }
    /// The most slots ever in use at once.
    pub fn peak(&self, env: &E) -> u32 {
        self.peak.peek(env)
    }
}
