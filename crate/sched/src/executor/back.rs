//! Going back: what a turn keeps for it, and the way back of a search, turn by turn.

use super::Executor;
use crate::deadlock;
use crate::outcome::Progress;
use crate::standings::Standings;
use crate::task::System;
use faultline_engine::env::stepped::Checkpoint;
use faultline_engine::event::Counters;
use faultline_engine::ids::TaskId;
use faultline_explore::{TaskSet, Tasks};

/// What a turn changed besides the world.
pub(super) struct Past<T> {
    checkpoint: Checkpoint,
    last: Option<faultline_explore::TaskId>,
    /// Turns that its task had taken before.
    turns: u32,
    standings: Standings<T>,
    idle: deadlock::Patience,
    /// State of the oracle: see [`OracleHistory::keep`](crate::oracle_history::OracleHistory::keep).
    oracle_history: usize,
    /// The event counts, if they are kept.
    counters: Option<Box<Counters>>,
}

impl<S: System, T: Tasks> Executor<S, T> {
    /// Begins a turn of `task`, and keeps what going back needs.
    pub(super) fn remember(&mut self, task: TaskId) {
        let world = self.system.world();
        let checkpoint = world.env.begin_turn(task);
        let keeps = world.env.keeps();
        if !keeps.inputs {
            return;
        }
        let oracle_history = self.oracle_history.keep(world);
        self.past.push(Past {
            checkpoint,
            last: self.last,
            turns: self.taken[task.0 as usize],
            standings: self.standings.clone(),
            idle: self.idle,
            oracle_history,
            counters: keeps.counters.then(|| Box::new(world.env.counters())),
        });
    }
}

impl<S: System> Executor<S> {
    /// Takes the last turn back; returns whether there was one. The cost is that of undoing the turn and, once its
    /// task is scheduled again, of replaying what that task alone has done. The environment must keep
    /// [`faultline_engine::env::stepped::Keep::inputs`]; events are not taken back. After a divergence there is no
    /// going back.
    pub fn back(&mut self) -> bool {
        if self.env().has_diverged() {
            return false;
        }
        let (Some(past), Some(task)) = (self.past.pop(), self.last) else { return false };
        let world = self.system.world();
        let moved = TaskSet(world.env.undo_to(past.checkpoint));
        self.oracle_history.back(world, past.oracle_history);
        self.fingerprints.moved(&moved.union(self.standings.moved(&past.standings)));
        self.taken[task.0 as usize] = past.turns;
        self.standings = past.standings;
        // A turn was taken from here, so the run was not over.
        self.runnable = self.able();
        self.progress = Progress::Going;
        self.turns -= 1;
        self.last = past.last;
        self.idle = past.idle;
        if let Some(counters) = &past.counters {
            self.env().restore_counters(counters);
        }
        true
    }
}
