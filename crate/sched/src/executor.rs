//! The stepped executor: polls exactly one task at a time.
//!
//! A *turn* is one poll of one task: from where it stands to its next point, or until
//! it sleeps or ends. Nobody else runs meanwhile, so every interleaving is a sequence of
//! turns, and a turn is a choice only where more than one task can take it.

use crate::check::{Checks, Watch};
use crate::stuck;
use crate::task::{Body, Starter, Subject};
use faultline_engine::Stepped;
use faultline_engine::check::oracle::Snapshot;
use faultline_engine::env::Env;
use faultline_engine::env::stepped::Rest;
use faultline_engine::event::Counters;
use faultline_engine::ids::{SpaceId, TaskId};
use faultline_engine::step::Step;
use faultline_engine::sync::Channel;
use std::cell::Cell;
use std::rc::Rc;
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

/// A task's future, which cannot go back: see [`Executor::back`].
#[derive(Default)]
struct Slot {
    /// None where it has to be made (again).
    body: Option<Body>,
    /// Turns that it has taken: its task may have taken fewer since.
    turns: u32,
}

/// How far a task is. Goes back with the world.
#[derive(Clone, Copy, Default)]
struct Stand {
    born: bool,
    done: bool,
    /// Time has passed for it: a tick is over although nobody else could run.
    waited: bool,
    /// Turns it has taken.
    turns: u32,
    /// The turn at which it last stopped.
    since: u64,
}

/// What a turn changed besides the world.
struct Past {
    mark: usize,
    steps: u64,
    findings: usize,
    last: Option<TaskId>,
    progress: Progress,
    runnable: u64,
    idle: stuck::Patience,
    model: Rc<(u64, Snapshot)>,
    /// Where they are kept at all.
    counters: Option<Counters>,
}

/// Steps the tasks of a subject.
pub struct Executor<S: Subject> {
    subject: S,
    checks: Checks,
    watch: Watch,
    slots: Vec<Slot>,
    stands: Vec<Stand>,
    starter: Starter,
    runnable: Vec<TaskId>,
    turns: u64,
    /// A turn goes on through points between which nothing is touched: see [`Executor::fused`].
    fused: bool,
    /// Polls of the last turn.
    polls: u32,
    /// The turns so far, where the environment keeps what is needed to go back.
    past: Vec<Past>,
    /// The stands before each of them, one after the other.
    past_stands: Vec<Stand>,
    /// The oracle's state as it is now, if it is known.
    model: Option<Rc<(u64, Snapshot)>>,
    /// Of which edit of the oracle, + 1, and the digest then.
    model_digest: Cell<(u64, u64)>,
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
            stands: Vec::new(),
            starter: Starter::default(),
            runnable: Vec::new(),
            turns: 0,
            fused: false,
            polls: 1,
            past: Vec::new(),
            past_stands: Vec::new(),
            model: None,
            model_digest: Cell::default(),
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
        let count = self.subject.tasks() as usize + 1;
        self.slots.clear();
        self.slots.resize_with(count, Slot::default);
        self.stands.clear();
        self.stands.resize(count, Stand::default());
        self.past.clear();
        self.past_stands.clear();
        self.model = None;
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
        let since = self.turns;
        if let Some(stand) = self.stands.get_mut(task.0 as usize).filter(|s| !s.born) {
            *stand = Stand { born: true, since, ..Stand::default() };
        }
    }
    /// The future of a task as far as the task is: the one there is, or a new one that
    /// has repeated what the task has done.
    fn body(&mut self, task: TaskId) -> Body {
        let at = task.0 as usize;
        let turns = self.stands[at].turns;
        let slot = &mut self.slots[at];
        if let Some(body) = slot.body.take().filter(|_| slot.turns == turns) {
            return body;
        }
        let mut body = self.subject.make(task, &self.starter);
        self.env().repeat(task, turns, || {
            let polled = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            debug_assert!(polled.is_pending(), "a repeated task went past where it stood");
        });
        // Those that it starts again have been started.
        self.starter.take();
        body
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
    /// With `on` a turn goes on until it has touched something. Whoever comes in at a point
    /// from which nothing was touched might as well have come in at the one before, so a
    /// search loses nothing; it meets far fewer states. Accesses must be declared.
    pub fn fused(mut self, on: bool) -> Self {
        self.set_fused(on);
        self
    }
    pub(crate) fn set_fused(&mut self, on: bool) {
        self.fused = on && self.env().keeps().accesses;
    }
    /// How many turns the last one would have been without [`Executor::fused`].
    pub fn polls(&self) -> u32 {
        self.polls
    }
    /// The same as bits.
    pub fn runnable_mask(&self) -> u64 {
        self.runnable.iter().fold(0, |mask, task| mask | 1 << task.0)
    }
    /// The digest of what memory should hold; spaces go by `name_of`.
    pub(crate) fn model_digest(&self, name_of: impl Fn(SpaceId) -> u64) -> u64 {
        let oracle = &self.subject.world().oracle;
        let edits = oracle.edits();
        match self.model_digest.get() {
            (at, digest) if at == edits + 1 => digest,
            _ => {
                let digest = oracle.digest(name_of);
                self.model_digest.set((edits + 1, digest));
                digest
            }
        }
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
        let Some(stand) = self.stands.get(task.0 as usize) else { return Standing::Unborn };
        match (stand.born, stand.done) {
            (false, _) => Standing::Unborn,
            (true, true) => Standing::Done,
            (true, false) => match self.env().rest(task) {
                Rest::Ready => Standing::Ready,
                Rest::On(channel) => Standing::Asleep(channel),
                // The environment counts points; a turn that ends in sleep passes none.
                Rest::Tick(_) if stand.waited || self.turns > stand.since => Standing::Ready,
                Rest::Tick(_) => Standing::Ticking,
            },
        }
    }
    /// One turn of `task`.
    pub fn step(&mut self, task: TaskId) -> Result<Outcome, NotRunnable> {
        if !self.runnable.contains(&task) {
            return Err(NotRunnable { task, standing: self.standing(task) });
        }
        self.remember();
        let mut body = self.body(task);
        // Who ticks waits for the end of a turn, even of one that touches nothing.
        let fuses = self.fused && !self.tasks().any(|t| self.standing(t) == Standing::Ticking);
        self.env().switch_to(task);
        let mut polled = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.polls = 1;
        while fuses && polled.is_pending() && self.may_fuse(task) {
            polled = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            self.polls += 1;
        }
        self.env().leave();
        self.turns += 1;
        self.last = Some(task);
        let stand = &mut self.stands[task.0 as usize];
        let turns = stand.turns + self.polls;
        *stand = Stand { born: true, done: polled.is_ready(), waited: false, turns, since: self.turns };
        self.slots[task.0 as usize] = Slot { body: polled.is_pending().then_some(body), turns };
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

    /// Nobody could tell if the turn of `task` went on: it has touched nothing, and nobody
    /// may run only from its end on (a child).
    fn may_fuse(&self, task: TaskId) -> bool {
        self.env().nothing_touched() && self.env().rest(task) == Rest::Ready && self.starter.is_idle()
    }
    /// Before a turn: what it takes to come back here.
    fn remember(&mut self) {
        let world = self.subject.world();
        if !world.env.keeps().inputs {
            return;
        }
        let edits = world.oracle.edits();
        let model = match self.model.take().filter(|m| m.0 == edits) {
            Some(model) => model,
            None => Rc::new((edits, world.oracle.snapshot())),
        };
        self.model = Some(model.clone());
        self.past_stands.extend_from_slice(&self.stands);
        let (last, progress, idle) = (self.last, self.progress, self.idle);
        let (mark, steps, findings) = (world.env.mark(), world.env.steps(), world.env.finding_count());
        let runnable = self.runnable_mask();
        let counters = world.env.keeps().counters.then(|| world.env.counters());
        self.past.push(Past { counters, mark, steps, findings, last, progress, runnable, idle, model });
    }
    /// Takes the last turn back, and says whether there was one. It costs undoing the turn,
    /// and, when its task is wanted again, repeating what that task alone has done. The
    /// environment keeps [`faultline_engine::env::stepped::Keep::inputs`]; events are not
    /// taken back.
    pub fn back(&mut self) -> bool {
        let Some(past) = self.past.pop() else { return false };
        let world = self.subject.world();
        world.env.undo_to(past.mark);
        world.env.restore_steps(past.steps);
        world.env.truncate_findings(past.findings);
        if world.oracle.edits() != past.model.0 {
            world.oracle.restore(&past.model.1);
            self.model = Some(Rc::new((world.oracle.edits(), past.model.1.clone())));
        }
        let from = self.past_stands.len() - self.stands.len();
        self.stands.copy_from_slice(&self.past_stands[from..]);
        self.past_stands.truncate(from);
        self.turns -= 1;
        self.last = past.last;
        self.progress = past.progress;
        self.idle = past.idle;
        if let Some(counters) = &past.counters {
            world.env.restore_counters(counters);
        }
        self.watch.forget();
        self.runnable.clear();
        self.runnable.extend(crate::explore::model::tasks(past.runnable));
        true
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
        if self.stands.iter().all(|s| !s.born || s.done) {
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
                Standing::Ticking => self.stands[task.0 as usize].waited = true,
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
