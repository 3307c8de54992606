//! A stored schedule: `B1 until pmap_enter`, one task after the other (rulings R10).

use super::order::TaskOrder;
use super::{Outcome, Point, Strategy, Turn};
use crate::task::{TaskId, Tasks};

/// How far a directive runs its task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    /// Until it arrives at a point for the `n`th time since the directive began (from 1).
    Point(Point, u32),
    /// Until it sleeps, or waits a tick.
    Blocked,
    /// Until the end of its program.
    End,
}

/// One line of a stored schedule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Directive {
    /// The task that runs.
    pub task: TaskId,
    /// How far it runs.
    pub until: Until,
}

/// Why a directive could not be followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Obstacle {
    /// Its task fell asleep, or was asleep.
    Blocked,
    /// Its task reached the end of its program.
    Finished,
    /// Its task has not started yet, or has ended.
    Absent,
}

/// A place where a run departs from the stored schedule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parting {
    /// Index of the directive, from 0.
    pub directive: usize,
    /// Number of turns taken before.
    pub turn: u64,
    /// The reason.
    pub why: Obstacle,
}

/// Follows a stored schedule. A directive that cannot be followed ends when its task blocks or finishes, which is
/// noted; after the last directive the run goes on in task order.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    directives: Vec<Directive>,
    next: usize,
    seen: u32,
    asleep: Vec<TaskId>,
    parted: Vec<Parting>,
}

impl Stored {
    /// A strategy that follows these directives.
    pub fn new(directives: Vec<Directive>) -> Self {
        Stored { directives, ..Stored::default() }
    }
    /// Where this run departed from the schedule.
    pub fn parted(&self) -> &[Parting] {
        &self.parted
    }
    fn met(&mut self) {
        self.next += 1;
        self.seen = 0;
    }
    fn part(&mut self, turn: u64, why: Obstacle) {
        self.parted.push(Parting { directive: self.next, turn, why });
        self.met();
    }
}

impl<T: Tasks> Strategy<T> for Stored {
    fn begin(&mut self) -> bool {
        *self = Stored::new(std::mem::take(&mut self.directives));
        true
    }
    fn choose(&mut self, turn: &Turn<T>) -> Option<TaskId> {
        while let Some(&Directive { task, until }) = self.directives.get(self.next) {
            if turn.runnable.contains(task) {
                return Some(task);
            }
            match (until, self.asleep.contains(&task)) {
                (Until::Blocked, true) => self.met(),
                (_, true) => self.part(turn.number, Obstacle::Blocked),
                (_, false) => self.part(turn.number, Obstacle::Absent),
            }
        }
        TaskOrder.choose(turn)
    }
    fn took(&mut self, number: u64, task: TaskId, outcome: Outcome) {
        self.asleep.retain(|&t| t != task);
        if matches!(outcome, Outcome::Asleep | Outcome::Ticking) {
            self.asleep.push(task);
        }
        let Some(directive) = self.directives.get(self.next).copied() else { return };
        if directive.task != task {
            return;
        }
        match (directive.until, outcome) {
            (Until::Point(point, n), Outcome::At(at)) if at == point => {
                self.seen += 1;
                if self.seen >= n {
                    self.met();
                }
            }
            (_, Outcome::At(_)) => {}
            (Until::End, Outcome::Done) | (Until::Blocked, Outcome::Asleep | Outcome::Ticking) => self.met(),
            (_, Outcome::Done) => self.part(number, Obstacle::Finished),
            (_, Outcome::Asleep | Outcome::Ticking) => self.part(number, Obstacle::Blocked),
        }
    }
}
