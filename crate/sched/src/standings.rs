//! Which tasks have begun, are done, can run, or wait for another to step.

use faultline_explore::Tasks;

/// The states of all tasks. Undone together with the world.
#[derive(Clone, Copy, Default)]
pub(crate) struct Standings<T> {
    pub born: T,
    pub done: T,
    pub ready: T,
    /// Tasks that wait until another task has taken a turn.
    pub ticking: T,
}

impl<T: Tasks> Standings<T> {
    /// The tasks whose state differs from that in `there`.
    pub fn moved(&self, there: &Standings<T>) -> T {
        fn sets<T>(s: &Standings<T>) -> [&T; 4] {
            [&s.born, &s.done, &s.ready, &s.ticking]
        }
        let mut moved = T::default();
        for (one, other) in sets(self).into_iter().zip(sets(there)) {
            moved.extend_by(&one.without(other));
            moved.extend_by(&other.without(one));
        }
        moved
    }
}
