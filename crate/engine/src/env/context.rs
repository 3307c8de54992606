//! Who is acting.

use super::Env;
use crate::ids::TaskId;

/// The task on whose behalf something happens, and the environment in which it does.
///
/// Cells, locks, pools and trees are given one with every call, and need no more than this of the world that they are
/// parts of. [`Cx`](crate::world::Cx) is the one that kernel routines have.
pub trait In<E: Env> {
    /// The environment.
    fn env(&self) -> &E;
    /// The task.
    fn task(&self) -> TaskId;
}
