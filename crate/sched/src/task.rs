//! What the executor steps: a world, and tasks that it makes as futures.

use faultline_engine::finding::Finding;
use faultline_engine::ids::TaskId;
use faultline_engine::{Stepped, World};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// A task's program as a future. It owns its share of the world (an `Rc`), makes its
/// `Cx` inside, and never wakes anybody: the executor asks the environment who can run.
pub type TaskFuture = Pin<Box<dyn Future<Output = ()>>>;

/// A world after its set-up, and the tasks that run in it from there on.
///
/// Tasks are numbered from 1: number 0 is whoever did the set-up. The executor may ask
/// for a task's body again and again, since going back in time means to make all tasks
/// anew; a body begun on the same state must do the same.
pub trait System {
    /// The world.
    fn world(&self) -> &World<Stepped>;
    /// How many tasks there are: numbers 1 to this.
    fn tasks(&self) -> u32;
    /// The task can run from the beginning; otherwise another one starts it.
    fn starts(&self, task: TaskId) -> bool {
        let _ = task;
        true
    }
    /// What tells two states apart besides the world: what the subject itself takes note of.
    fn extra_state(&self) -> u64 {
        0
    }
    /// A run is over: what was expected of its end and does not hold, given what it has
    /// found so far.
    fn final_findings(&self, findings: &[Finding]) -> Vec<Finding> {
        let _ = findings;
        Vec::new()
    }
    /// Makes the future of a task. It starts others through `spawner`.
    fn make(&self, task: TaskId, spawner: &Spawner) -> TaskFuture;
}

/// Through this a task starts another one (a fork does).
#[derive(Clone, Default)]
pub struct Spawner(Rc<RefCell<Vec<TaskId>>>);

impl Spawner {
    /// `task` can run from the end of this step on.
    pub fn start(&self, task: TaskId) {
        self.0.borrow_mut().push(task);
    }
    /// Nobody was started and not asked for yet.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.borrow().is_empty()
    }
    /// Calls `f` with those that were started and not asked for yet.
    pub(crate) fn waiting(&self, f: impl FnOnce(&[TaskId])) {
        f(&self.0.borrow());
    }
    /// One of those that were started and have not been asked for.
    pub(crate) fn next(&self) -> Option<TaskId> {
        self.0.borrow_mut().pop()
    }
    /// Forgets those that were started.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}
