//! Cells: words with a type.

use super::{Env, In};
use crate::word::{Place, Word};
use std::marker::PhantomData;

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
    pub fn load(&self, cx: &impl In<E>) -> T {
        T::unpack(cx.env().load(&self.raw))
    }
    /// Atomic store (release).
    #[inline]
    pub fn store(&self, cx: &impl In<E>, value: T) {
        cx.env().store(&self.raw, value.pack());
    }
    /// Atomic exchange (acquire and release); returns the previous value.
    #[inline]
    pub fn swap(&self, cx: &impl In<E>, value: T) -> T {
        T::unpack(cx.env().swap(&self.raw, value.pack()))
    }
    /// Atomic load that either returns a read-modify-write of another task or is seen by it: see [`Atomics::load_last`](super::Atomics::load_last).
    #[inline]
    pub fn load_last(&self, cx: &impl In<E>) -> T {
        T::unpack(cx.env().load_last(&self.raw))
    }
    /// Compare-and-swap (acquire and release); on failure returns the present value.
    #[inline]
    pub fn cas(&self, cx: &impl In<E>, old: T, new: T) -> Result<(), T> {
        cx.env().cas(&self.raw, old.pack(), new.pack()).map_err(T::unpack)
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
    pub fn add(&self, cx: &impl In<E>, delta: i32) -> u32 {
        cx.env().add(&self.raw, delta as i64 as u64) as u32
    }
    /// Bookkeeping for checkers: see [`Words::note`](super::Words::note).
    #[inline]
    pub fn note(&self, env: &E, delta: i64) {
        env.note(&self.raw, delta);
    }
}

impl<E: Env> Cell<E, u64> {
    /// Atomic addition (acquire and release); returns the previous value.
    #[inline]
    pub fn add64(&self, cx: &impl In<E>, delta: i64) -> u64 {
        cx.env().add(&self.raw, delta as u64)
    }
}

/// A word that a lock protects: a plain field in threads mode.
///
/// The declaration of the field names the lock. The caller holds it, for writing when it writes;
/// [`Cx::assert_locked`](crate::world::Cx::assert_locked) checks that at the head of routines where tests run.
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
    pub fn get(&self, cx: &impl In<E>) -> T {
        T::unpack(cx.env().read(&self.raw))
    }
    /// Changes the value; the caller holds the lock for writing.
    #[inline]
    pub fn set(&self, cx: &impl In<E>, value: T) {
        cx.env().write(&self.raw, value.pack());
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
