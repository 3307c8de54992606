//! Local hashes: what tasks need no more.

use crate::ids::TaskId;
use crate::word::LocalHash;

/// The stretch of a routine whose reads are not live for ever: see [`Forget::scope`].
///
/// A scope ends where it is dropped, on whatever way the routine is left. It does nothing when it is dropped with a
/// suspended future, since its task does not run then.
pub trait Scope: Sized {
    /// Forgets what the task has read in the scope: a round of a loop, or a wait, leaves nothing to what follows. What
    /// it carries along nevertheless it observes anew.
    #[inline]
    fn restart(&self) {}
    /// Ends the scope here, for what the routine goes on to do outside of it.
    #[inline]
    fn end(self) {}
}

/// A scope where nothing is hashed.
impl Scope for () {}

/// What of a task's reads is no longer live.
///
/// The end of a wait, of a loop's round or of a whole routine leaves nothing behind that depends on what was read on
/// the way. A routine that says so lets searches recognise states that differ in nothing else. It does so by a
/// [`Scope`], or where the new hash is not an old one, by setting it. With threads all of this does nothing.
pub trait Forget {
    /// What marks a place in a task's local hash.
    type Scope<'a>: Scope
    where
        Self: 'a;

    /// Opens a scope of the running task `task`: when it ends, nothing that the task has read in it is live.
    fn scope<'a>(&'a self, task: TaskId) -> Self::Scope<'a>;
    /// Opens a scope that only restarts: what the task has read since the last restart stays live when it ends.
    fn retry_scope<'a>(&'a self, task: TaskId) -> Self::Scope<'a>;
    /// Begins an operation of a task: its local hash starts anew (rulings R3).
    fn op_begin(&self, task: TaskId, op: u64);
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
}
