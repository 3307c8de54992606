//! Local hashes: what tasks observe.

use crate::word::Kind;

/// What a task observes.
///
/// Two states of a search are the same only if their tasks are in the same local states. Local variables are hidden in
/// a future, but they follow from what the task has read, so every read extends the task's *local hash* (rulings R3).
/// That would keep states apart that have the same future: routines declare here which reads count by their result
/// alone. Whatever lives across a point must be in the hash; what is missing there makes a search unsound. With
/// threads nothing is hashed, and all of this does nothing but run its argument.
pub trait Observe {
    /// Runs `f` without hashing its reads into the local hash (rulings R3). The caller hashes the result instead,
    /// with [`Observe::observe`].
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
    /// what `f` depends on, and hashes the result with [`Observe::observe`] if it matters.
    #[inline]
    fn opaque(&self, f: impl FnOnce() -> u64) -> u64 {
        f()
    }
    /// [`Observe::opaque`] for an effect without a result.
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
}
