//! Which tasks have begun, are done, can run, or wait for another to step.

use faultline_explore::TaskSet;

/// The states of all tasks. Undone together with the world.
#[derive(Clone, Copy, Default)]
pub(crate) struct Standings {
    pub born: TaskSet,
    pub done: TaskSet,
    pub ready: TaskSet,
    /// Tasks that wait until another task has taken a turn.
    pub ticking: TaskSet,
}

impl Standings {
    /// The tasks whose state differs from that in `there`.
    pub fn moved(self, there: Standings) -> TaskSet {
        let sets = |s: Standings| [s.born, s.done, s.ready, s.ticking];
        let pairs = sets(self).into_iter().zip(sets(there));
        pairs.fold(TaskSet::NONE, |moved, (one, other)| moved.union(one.difference(other)).union(other.difference(one)))
    }
}
