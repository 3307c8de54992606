//! What the executor steps: a world, and tasks that it creates as futures.

use faultline_engine::finding::Finding;
use faultline_engine::ids::TaskId;
use faultline_engine::{Stepped, World};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// A task's program as a future. It shares ownership of the world (an `Rc`), creates its `Cx` inside, and never uses
/// its waker: the executor asks the environment which tasks can run.
pub type TaskFuture = Pin<Box<dyn Future<Output = ()>>>;

/// A world after its set-up, and the tasks that run in it from there on.
///
/// Tasks are numbered from 1: number 0 is the set-up. The executor may ask for a task's future again and again, since
/// going back means recreating tasks; a future that starts in the same state must do the same.
pub trait System {
    /// The world.
    fn world(&self) -> &World<Stepped>;
    /// Number of tasks; they have the numbers 1 to this.
    fn tasks(&self) -> u32;
    /// Whether the task can run from the beginning; otherwise another task starts it.
    fn starts(&self, task: TaskId) -> bool {
        let _ = task;
        true
    }
    /// State of the system itself, besides the world, that tells two states apart.
    fn extra_state(&self) -> u64 {
        0
    }
    /// Checks what was expected of a run's end, given its findings so far; returns what does not hold.
    fn final_findings(&self, findings: &[Finding]) -> Vec<Finding> {
        let _ = findings;
        Vec::new()
    }
    /// Creates the future of a task. It starts other tasks through `spawner`.
    fn make(&self, task: TaskId, spawner: &Spawner) -> TaskFuture;
}

/// Lets a task start another one (a fork does).
#[derive(Clone, Default)]
pub struct Spawner(Rc<RefCell<Vec<TaskId>>>);

impl Spawner {
    /// Starts `task`: it can run from the end of this step on.
    pub fn start(&self, task: TaskId) {
        self.0.borrow_mut().push(task);
    }
    /// Whether no started task is waiting for the executor.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.borrow().is_empty()
    }
    /// Calls `f` with the started tasks that the executor has not taken yet.
    pub(crate) fn waiting(&self, f: impl FnOnce(&[TaskId])) {
        f(&self.0.borrow());
    }
    /// Takes one of the started tasks.
    pub(crate) fn next(&self) -> Option<TaskId> {
        self.0.borrow_mut().pop()
    }
    /// Drops the started tasks.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}
