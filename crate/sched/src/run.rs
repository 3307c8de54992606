//! A run with history: steps, goes back, seeks.
//!
//! Futures cannot be cloned, so going back undoes the world to the checkpoint after its set-up, recreates the tasks
//! and repeats the turns; a turn costs a fraction of a microsecond. The turns ahead are kept until the caller takes
//! another one.

use crate::check::Checks;
use crate::executor::Executor;
use crate::ids;
use crate::outcome::{NotRunnable, Outcome, Progress, Standing};
use crate::task::System;
use faultline_engine::check::oracle::Snapshot;
use faultline_engine::env::stepped::Checkpoint;
use faultline_engine::event::{Counters, Event, Record};
use faultline_engine::finding::Finding;
use faultline_engine::ids::TaskId;
use faultline_engine::routine::Routine;
use faultline_engine::step::Step;
use faultline_engine::sync::{LockId, Mode};
use faultline_explore::{Choices, Strategy, TaskBits, Tasks, Turn};

/// A turn of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// The task that took it.
    pub task: TaskId,
    /// The element of [`Run::runnable`] that was taken: see [`Executor::taker`].
    pub turn: faultline_explore::TaskId,
    /// The choice, if more than one task could run.
    pub choice: Option<u16>,
    /// Points passed by all tasks when it ended.
    pub steps: u64,
    /// Number of events of the run when it ended.
    pub events: usize,
    /// The step before which its task then stood. A task stands there until it takes another turn.
    pub at: Step,
    /// The routine of the kernel in which it then stood.
    pub routine: Routine,
    /// [`Run::runnable`] when it had ended; empty if the run was then over.
    pub runnable: TaskBits,
}

/// State of a task, for lists and lanes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskView {
    /// The task.
    pub task: TaskId,
    /// What it is doing.
    pub standing: Standing,
    /// The step it stands before.
    pub at: Step,
    /// Locks it holds, in order of acquisition; empty unless events are kept.
    pub held: Vec<(LockId, Mode)>,
}

/// A run in progress.
pub struct Run<S: System> {
    executor: Executor<S, TaskBits>,
    checkpoint: Checkpoint,
    model: Snapshot,
    /// Event counts at the end of the set-up.
    before: Counters,
    /// Turns taken, and those known to lie ahead.
    trail: Vec<Taken>,
    at: usize,
    events: Vec<Record>,
    held: Vec<Vec<(LockId, Mode)>>,
}

impl<S: System> Run<S> {
    /// Starts a run in the present state of the world, which is as far back as it can go. The environment must keep
    /// the undo log; its events and findings so far are dropped.
    pub fn new(system: S, checks: Checks) -> Self {
        let env = &system.world().env;
        let (checkpoint, model, before) = (env.checkpoint(), system.world().oracle.snapshot(), env.counters());
        env.reset_tasks();
        env.forget();
        let executor = Executor::unbounded(system, checks);
        let mut run =
            Run { executor, checkpoint, model, before, trail: Vec::new(), at: 0, events: Vec::new(), held: Vec::new() };
        run.collect();
        run
    }
    /// The executor, for read access.
    pub fn executor(&self) -> &Executor<S, TaskBits> {
        &self.executor
    }
    /// The system it runs.
    pub fn system(&self) -> &S {
        self.executor.system()
    }
    /// Progress of the run.
    pub fn progress(&self) -> Progress {
        self.executor.progress()
    }
    /// The present position: the number of turns taken.
    pub fn position(&self) -> usize {
        self.at
    }
    /// Turns taken and turns known to lie ahead.
    pub fn trail(&self) -> &[Taken] {
        &self.trail
    }
    /// The turns that can be taken: see [`Executor::runnable`].
    pub fn runnable(&self) -> &TaskBits {
        self.executor.runnable()
    }
    /// The state of every task.
    pub fn tasks(&self) -> Vec<TaskView> {
        let held = |task: TaskId| self.held.get(task.0 as usize).cloned().unwrap_or_default();
        let view = |task| TaskView {
            task,
            standing: self.executor.standing(task),
            at: self.executor.at(task),
            held: held(task),
        };
        self.executor.tasks().map(view).collect()
    }
    /// The choices that led here.
    pub fn choices(&self) -> Choices {
        self.trail[..self.at].iter().filter_map(|t| t.choice).collect::<Vec<_>>().into()
    }
    /// Points passed by all tasks.
    pub fn steps(&self) -> u64 {
        self.executor.env().steps_taken()
    }
    /// The fingerprint of the world at the present position.
    pub fn fingerprint(&self) -> u64 {
        self.executor.env().fingerprint()
    }
    /// The events from the end of the set-up to here.
    pub fn events(&self) -> &[Record] {
        &self.events
    }
    /// The findings from the end of the set-up to here.
    pub fn findings(&self) -> Vec<Finding> {
        self.executor.env().findings()
    }
    /// Event counts, set-up included.
    pub fn counters(&self) -> Counters {
        self.executor.env().counters()
    }

    /// Takes one turn, an element of [`Run::runnable`]; where a hint may be followed or not, a task has two. The
    /// turns ahead are dropped unless they began with the same one. An error if the task cannot run now.
    pub fn step_task(&mut self, turn: faultline_explore::TaskId) -> Result<Outcome, NotRunnable> {
        let choice = self.choice_of(turn);
        let outcome = self.executor.step(turn)?;
        if self.trail.get(self.at).is_some_and(|t| t.turn != turn) {
            self.trail.truncate(self.at);
        }
        self.collect();
        let task = ids::to_engine(self.executor.taker(turn));
        let (at, routine) = (self.executor.at(task), self.executor.env().routine(task));
        let runnable = self.executor.runnable().clone();
        let taken = Taken { task, turn, choice, steps: self.steps(), events: self.events.len(), at, routine, runnable };
        match self.trail.get_mut(self.at) {
            Some(known) => *known = taken,
            None => self.trail.push(taken),
        }
        self.at += 1;
        Ok(outcome)
    }
    /// Takes the turn that the strategy chooses. `None` if the strategy pauses or the run is over.
    pub fn step(&mut self, strategy: &mut dyn Strategy<TaskBits>) -> Option<Outcome> {
        let runnable = self.executor.runnable().clone();
        if runnable.is_empty() {
            return None;
        }
        let turn = Turn { number: self.executor.turns(), runnable, last: self.executor.last() };
        let number = turn.number;
        let task = strategy.choose(&turn)?;
        let outcome = self.step_task(task).ok()?;
        strategy.took(number, task, outcome.into());
        Some(outcome)
    }
    /// Runs until the run is over or the strategy pauses.
    pub fn play(&mut self, strategy: &mut dyn Strategy<TaskBits>) -> Progress {
        while self.step(strategy).is_some() {}
        self.progress()
    }
    /// Takes the next turn ahead again. `None` if there is none.
    pub fn forward(&mut self) -> Option<Outcome> {
        let turn = self.trail.get(self.at)?.turn;
        self.step_task(turn).ok()
    }
    /// The step that a turn of the trail took, and the routine that its task was in.
    pub fn taken_from(&self, turn: usize) -> Option<(Step, Routine)> {
        let task = self.trail.get(turn)?.task;
        let last = self.trail[..turn].iter().rfind(|taken| taken.task == task);
        Some(last.map_or((Step::Begin, Routine::User), |taken| (taken.at, taken.routine)))
    }
    /// Takes the last turn back; returns whether there was one.
    pub fn back(&mut self) -> bool {
        self.at > 0 && self.seek(self.at - 1)
    }
    /// Goes to the position after `turn` turns of the trail; returns whether it got there.
    pub fn seek(&mut self, turn: usize) -> bool {
        if turn < self.at {
            self.rewind();
        }
        while self.at < turn && self.forward().is_some() {}
        self.at == turn
    }
    /// Goes to the first position at which `step` points have been passed; returns whether it got there.
    pub fn seek_step(&mut self, step: u64) -> bool {
        let turn = if step == 0 { 0 } else { self.trail.partition_point(|t| t.steps < step) + 1 };
        self.seek(turn)
    }

    fn choice_of(&self, turn: faultline_explore::TaskId) -> Option<u16> {
        let runnable = self.executor.runnable();
        let place = runnable.place(turn)?;
        if runnable.len() > 1 { u16::try_from(place).ok() } else { None }
    }
    /// Goes back to the start of the run.
    fn rewind(&mut self) {
        let world = self.executor.system().world();
        world.env.undo_to(self.checkpoint);
        world.env.reset_tasks();
        world.env.forget();
        world.env.restore_counters(&self.before);
        world.oracle.restore(&self.model);
        self.executor.restart();
        self.at = 0;
        self.events.clear();
        self.held.clear();
        self.collect();
    }
    /// Collects new events, and updates the locks that tasks hold.
    fn collect(&mut self) {
        for record in self.executor.env().take_events() {
            let task = record.task.0 as usize;
            if self.held.len() <= task {
                self.held.resize_with(task + 1, Vec::new);
            }
            match record.event {
                Event::Acquire { lock, mode } => self.held[task].push((lock, mode)),
                Event::Release { lock } => {
                    if let Some(at) = self.held[task].iter().rposition(|h| h.0 == lock) {
                        self.held[task].remove(at);
                    }
                }
                _ => {}
            }
            self.events.push(record);
        }
    }
}
