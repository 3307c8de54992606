//! A run with a memory: steps, goes back, seeks.
//!
//! Futures cannot be copied, so going back takes the world to the mark after its
//! set-up, makes the tasks anew and repeats the turns; a turn costs a fraction of a
//! microsecond. What was ahead stays known until somebody decides otherwise.

use crate::check::Checks;
use crate::choices::Choices;
use crate::executor::{Executor, NotRunnable, Outcome, Progress, Standing};
use crate::strategy::{Strategy, Turn};
use crate::task::System;
use crate::tasks::TaskSet;
use faultline_engine::check::oracle::Snapshot;
use faultline_engine::env::stepped::Checkpoint;
use faultline_engine::event::{Counters, Event, Record};
use faultline_engine::finding::Finding;
use faultline_engine::ids::TaskId;
use faultline_engine::step::Step;
use faultline_engine::sync::{LockId, Mode};

/// One turn of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taken {
    /// Who took it.
    pub task: TaskId,
    /// Which of those that could be taken it was: see [`Executor::taker`].
    pub turn: TaskId,
    /// The choice it was, if more than one task could run.
    pub choice: Option<u8>,
    /// Points passed by all tasks when it was over.
    pub steps: u64,
    /// Events of the run when it was over.
    pub events: usize,
}

/// Where a task stands, for lists and lanes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskView {
    /// Which task.
    pub task: TaskId,
    /// What it is doing.
    pub standing: Standing,
    /// The step it stands before.
    pub at: Step,
    /// Locks it holds, in order of acquisition; known where events are kept.
    pub held: Vec<(LockId, Mode)>,
}

/// A run in progress.
pub struct Run<S: System> {
    executor: Executor<S>,
    checkpoint: Checkpoint,
    model: Snapshot,
    /// Counts when the set-up was over, and since.
    before: Counters,
    /// Turns taken, and those known to be ahead.
    trail: Vec<Taken>,
    at: usize,
    events: Vec<Record>,
    held: Vec<Vec<(LockId, Mode)>>,
}

impl<S: System> Run<S> {
    /// A run that begins with the world as it is: this is where going back ends.
    /// The environment keeps undo; its events and findings so far are dropped.
    pub fn new(system: S, checks: Checks) -> Self {
        let env = &system.world().env;
        let (checkpoint, model, before) = (env.checkpoint(), system.world().oracle.snapshot(), env.counters());
        env.reset_tasks();
        env.forget();
        let executor = Executor::new(system, checks);
        let mut run =
            Run { executor, checkpoint, model, before, trail: Vec::new(), at: 0, events: Vec::new(), held: Vec::new() };
        run.collect();
        run
    }
    /// The executor, for everything that does not change it.
    pub fn executor(&self) -> &Executor<S> {
        &self.executor
    }
    /// What it runs.
    pub fn system(&self) -> &S {
        self.executor.system()
    }
    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.executor.progress()
    }
    /// Turns taken: the present position.
    pub fn position(&self) -> usize {
        self.at
    }
    /// Turns taken and turns known to be ahead.
    pub fn trail(&self) -> &[Taken] {
        &self.trail
    }
    /// Those that can run.
    pub fn runnable(&self) -> TaskSet {
        self.executor.runnable()
    }
    /// Where every task stands.
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
    /// The digest of the world here.
    pub fn fingerprint(&self) -> u64 {
        self.executor.env().fingerprint()
    }
    /// The events from the end of the set-up to here.
    pub fn events(&self) -> &[Record] {
        &self.events
    }
    /// What went wrong from the end of the set-up to here.
    pub fn findings(&self) -> Vec<Finding> {
        self.executor.env().findings()
    }
    /// Counts of what happened, set-up included.
    pub fn counters(&self) -> Counters {
        self.executor.env().counters()
    }

    /// One turn, which is one of [`Run::runnable`]: of a task, and where a hint may be followed or not, one
    /// of both. What was ahead is forgotten unless it began so.
    pub fn step_task(&mut self, turn: TaskId) -> Result<Outcome, NotRunnable> {
        let choice = self.choice_of(turn);
        let outcome = self.executor.step(turn)?;
        if self.trail.get(self.at).is_some_and(|t| t.turn != turn) {
            self.trail.truncate(self.at);
        }
        self.collect();
        let task = self.executor.taker(turn);
        let taken = Taken { task, turn, choice, steps: self.steps(), events: self.events.len() };
        match self.trail.get_mut(self.at) {
            Some(known) => *known = taken,
            None => self.trail.push(taken),
        }
        self.at += 1;
        Ok(outcome)
    }
    /// One turn of whom the strategy chooses. Nothing if it pauses or the run is over.
    pub fn step(&mut self, strategy: &mut dyn Strategy) -> Option<Outcome> {
        let runnable = self.executor.runnable();
        if runnable.is_empty() {
            return None;
        }
        let turn = Turn { number: self.executor.turns(), runnable, last: self.executor.last() };
        let number = turn.number;
        let task = strategy.choose(&turn)?;
        let outcome = self.step_task(task).ok()?;
        strategy.took(number, task, outcome);
        Some(outcome)
    }
    /// Goes on until the run is over or the strategy pauses.
    pub fn play(&mut self, strategy: &mut dyn Strategy) -> Progress {
        while self.step(strategy).is_some() {}
        self.progress()
    }
    /// Takes the turn that is known to be ahead. Nothing if there is none.
    pub fn forward(&mut self) -> Option<Outcome> {
        let turn = self.trail.get(self.at)?.turn;
        self.step_task(turn).ok()
    }
    /// Takes the last turn back. Whether there was one.
    pub fn back(&mut self) -> bool {
        self.at > 0 && self.seek(self.at - 1)
    }
    /// Goes to the position after `turn` turns of the trail. Whether it got there.
    pub fn seek(&mut self, turn: usize) -> bool {
        if turn < self.at {
            self.rewind();
        }
        while self.at < turn && self.forward().is_some() {}
        self.at == turn
    }
    /// Goes to the first position at which `step` points have been passed.
    pub fn seek_step(&mut self, step: u64) -> bool {
        let turn = if step == 0 { 0 } else { self.trail.partition_point(|t| t.steps < step) + 1 };
        self.seek(turn)
    }

    fn choice_of(&self, task: TaskId) -> Option<u8> {
        let runnable = self.executor.runnable();
        let place = runnable.place(task)?;
        if runnable.len() > 1 { u8::try_from(place).ok() } else { None }
    }
    /// Back to where the run began.
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
    /// Takes over new events, and keeps who holds what.
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
