//! Local hashes: what tasks need no more.

use crate::ids::TaskId;
use crate::word::LocalHash;

/// What of a task's reads is no longer live.
///
/// The end of a wait, of a loop's round or of a whole routine leaves nothing behind that depends on what was read on
/// the way. A routine that says so lets searches recognise states that differ in nothing else. It does so by a
/// [`Scope`], or where the new hash is not an old one, by setting it. With threads all of this does nothing.
pub trait Forget {
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
