//! Names: what fingerprints call things.

use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::word::Kind;

/// What a fingerprint counts besides the values of words: the names of containers, and the translations to frames.
///
/// A fingerprint identifies a container by its name and never by its number, so that two orders of events that lead
/// to the same state have the same fingerprint. The kernel names a container when it becomes something (an object, a
/// page of an object), and takes the name away when it is nothing again. With threads there is no fingerprint, and
/// all of this does nothing.
pub trait Names {
    /// Names a container for the fingerprint; 0 removes it from the fingerprint. A no-op in threads mode.
    fn name(&self, kind: Kind, index: u32, name: u64);
    /// The container's present name; 0 in threads mode.
    fn name_of(&self, kind: Kind, index: u32) -> u64;
    /// Returns a fresh name for something the task creates: a hash of (task, nth created); 0 in threads mode.
    fn fresh_name(&self, task: TaskId) -> u64;
    /// Adds a translation to `frame` (a page-table leaf or TLB entry) of a page of a space, or removes it if
    /// `present` is false. `key` hashes which space or CPU translates the page, and with which bits.
    fn translation(&self, frame: FrameNo, page: (SpaceId, Vpn), key: u64, present: bool);
}
