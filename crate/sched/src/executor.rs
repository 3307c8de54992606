//! The stepped executor: polls exactly one task at a time.
//!
//! A *turn* is one poll of one task: from where it stands to its next point, or until
//! it sleeps or ends. Nobody else runs meanwhile, so every interleaving is a sequence of
//! turns, and a turn is a choice only where more than one task can take it.

use crate::check::{Checks, Watch};
use crate::stuck;
use crate::task::{Body, Starter, Subject};
use faultline_engine::Stepped;
use faultline_engine::env::Env;
use faultline_engine::env::stepped::Rest;
use faultline_engine::ids::TaskId;
use faultline_engine::step::Step;
use faultline_engine::sync::Channel;
use std::task::{Context, Poll, Waker};

/// How a turn ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The task stands at a step.
    At(Step),
    /// It sleeps on a channel.
    Asleep(Channel),
    /// It waits until somebody else has taken a turn.
    Ticking,
    /// Its program has ended.
    Done,
}

/// What a task is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nobody has started it yet.
    Unborn,
    /// It can run.
    Ready,
    /// It sleeps on a channel.
    Asleep(Channel),
    /// It waits until somebody else has taken a turn.
    Ticking,
    /// Its program has ended.
    Done,
}

/// How far a run is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Some task can run.
    Going,
    /// Every task has ended.
    Finished,
    /// No task can ever run again, or none gets anywhere: see the findings.
    Stuck,
}

/// The task cannot run now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("task {} cannot run now: it is {standing:?}; choose one that can", task.0)]
pub struct NotRunnable {
    /// Which task.
    pub task: TaskId,
    /// What it is doing.
    pub standing: Standing,
}

#[derive(Default)]
struct Slot {
    /// The future; none before its start and after its end.
    body: Option<Body>,
    born: bool,
    /// The turn at which it last stopped.
    since: u64,
    /// Time has passed for it: a tick is over although nobody else could run.
    waited: bool,
}

/// Steps the tasks of a subject.
pub struct Executor<S: Subject> {
    subject: S,
    checks: Checks,
    watch: Watch,
    slots: Vec<Slot>,
    starter: Starter,
    runnable: Vec<TaskId>,
    turns: u64,
    last: Option<TaskId>,
    progress: Progress,
    idle: stuck::Patience,
}

impl<S: Subject> Executor<S> {
    /// All tasks that start by themselves stand at the beginning of their programs.
    pub fn new(subject: S, checks: Checks) -> Self {
        let mut executor = Executor {
            subject,
            checks,
            watch: Watch::default(),
            slots: Vec::new(),
            starter: Starter::default(),
            runnable: Vec::new(),
            turns: 0,
            last: None,
            progress: Progress::Going,
            idle: stuck::Patience::default(),
        };
        executor.restart();
        executor
    }
    /// Makes all tasks anew; the caller has taken the world back first.
    pub fn restart(&mut self) {
        // Dropping a suspended future changes nothing in the world (rulings R2).
        self.slots.clear();
        self.slots.resize_with(self.subject.tasks() as usize + 1, Slot::default);
        self.starter.take();
        self.turns = 0;
        self.last = None;
        self.idle = stuck::Patience::default();
        self.watch = Watch::default();
        for id in (1..=self.subject.tasks()).map(TaskId) {
            if self.subject.starts(id) {
                self.start(id);
            }
        }
        self.settle();
    }
    fn start(&mut self, task: TaskId) {
        let body = self.subject.make(task, &self.starter);
        if let Some(slot) = self.slots.get_mut(task.0 as usize).filter(|s| !s.born) {
            *slot = Slot { body: Some(body), born: true, since: self.turns, waited: false };
        }
    }
    /// What it steps.
    pub fn subject(&self) -> &S {
        &self.subject
    }
    /// The environment of the world.
    pub fn env(&self) -> &Stepped {
        &self.subject.world().env
    }
    /// All tasks, born or not.
    pub fn tasks(&self) -> impl Iterator<Item = TaskId> + use<S> {
        (1..=self.subject.tasks()).map(TaskId)
    }
    /// Those that can run, in task order. Empty only when the run is over.
    pub fn runnable(&self) -> &[TaskId] {
        &self.runnable
    }
    /// How far the run is.
    pub fn progress(&self) -> Progress {
        self.progress
    }
    /// Turns taken so far.
    pub fn turns(&self) -> u64 {
        self.turns
    }
    /// Who took the last turn.
    pub fn last(&self) -> Option<TaskId> {
        self.last
    }
    /// The step a task stands before; a task that has not begun stands at [`Step::Begin`].
    pub fn at(&self, task: TaskId) -> Step {
        self.env().at(task).unwrap_or(Step::Begin)
    }
    /// What a task is doing.
    pub fn standing(&self, task: TaskId) -> Standing {
        let Some(slot) = self.slots.get(task.0 as usize) else { return Standing::Unborn };
        match (&slot.body, slot.born) {
            (None, false) => Standing::Unborn,
            (None, true) => Standing::Done,
            (Some(_), _) => match self.env().rest(task) {
                Rest::Ready => Standing::Ready,
                Rest::On(channel) => Standing::Asleep(channel),
                // The environment counts points; a turn that ends in sleep passes none.
                Rest::Tick(_) if slot.waited || self.turns > slot.since => Standing::Ready,
                Rest::Tick(_) => Standing::Ticking,
            },
        }
    }
    /// One turn of `task`.
    pub fn step(&mut self, task: TaskId) -> Result<Outcome, NotRunnable> {
        if !self.runnable.contains(&task) {
            return Err(NotRunnable { task, standing: self.standing(task) });
        }
        self.env().switch_to(task);
        let Some(body) = self.slots[task.0 as usize].body.as_mut() else {
            return Err(NotRunnable { task, standing: Standing::Done });
        };
        let polled = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.turns += 1;
        self.last = Some(task);
        let slot = &mut self.slots[task.0 as usize];
        (slot.since, slot.waited) = (self.turns, false);
        if polled.is_ready() {
            slot.body = None;
        }
        for child in self.starter.take() {
            self.start(child);
        }
        self.watch.after_step(self.subject.world(), task, self.checks);
        self.settle();
        Ok(match polled {
            Poll::Ready(()) => Outcome::Done,
            Poll::Pending => match self.env().rest(task) {
                Rest::On(channel) => Outcome::Asleep(channel),
                Rest::Tick(_) => Outcome::Ticking,
                Rest::Ready => Outcome::At(self.at(task)),
            },
        })
    }

    /// Lists who can run. If nobody can although tasks are left, time passes: ticks end
    /// and waits for memory time out. If that helps nobody either, the run is stuck.
    fn settle(&mut self) {
        self.list();
        self.progress = Progress::Going;
        if self.turns >= self.checks.limit && !self.runnable.is_empty() {
            stuck::report_endless(self.subject.world(), self.last, self.turns);
            return self.end(Progress::Stuck);
        }
        if !self.runnable.is_empty() {
            return;
        }
        if self.slots.iter().all(|s| s.body.is_none()) {
            return self.end(Progress::Finished);
        }
        let timed = self.pass_time();
        self.list();
        if !timed || self.runnable.is_empty() {
            stuck::report(self.subject.world(), &self.sleepers());
            self.end(Progress::Stuck);
        } else if self.idle.is_over(self.env().digest(), self.turns) {
            stuck::report_endless(self.subject.world(), self.last, self.turns);
            self.end(Progress::Stuck);
        }
    }
    fn end(&mut self, progress: Progress) {
        self.runnable.clear();
        self.progress = progress;
    }
    fn list(&mut self) {
        let mut runnable = std::mem::take(&mut self.runnable);
        runnable.clear();
        runnable.extend(self.tasks().filter(|&t| self.standing(t) == Standing::Ready));
        self.runnable = runnable;
    }
    /// Nobody can run: ends ticks and waits for memory. Whether there were any.
    fn pass_time(&mut self) -> bool {
        let mut timed = false;
        for task in self.tasks() {
            match self.standing(task) {
                Standing::Ticking => self.slots[task.0 as usize].waited = true,
                Standing::Asleep(Channel::Memory) => self.env().wakeup(Channel::Memory),
                _ => continue,
            }
            timed = true;
        }
        timed
    }
    fn sleepers(&self) -> Vec<(TaskId, Channel)> {
        let sleeper = |task| match self.standing(task) {
            Standing::Asleep(channel) => Some((task, channel)),
            _ => None,
        };
        self.tasks().filter_map(sleeper).collect()
    }
}
