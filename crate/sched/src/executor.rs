//! The stepped executor: polls exactly one task at a time.
//!
//! A *turn* is one poll of one task: from where it stands to its next point, or until it sleeps or ends. No other
//! task runs meanwhile, so every interleaving is a sequence of turns, and a turn is a choice only where more than one
//! task can take it.

mod back;

use self::back::Past;
use crate::check::{Checks, after_all, after_step};
use crate::deadlock;
use crate::fingerprints::Fingerprints;
use crate::ids::{to_engine, to_explorer};
use crate::oracle_history::OracleHistory;
use crate::outcome::{NotRunnable, Outcome, Progress, Standing};
use crate::standings::Standings;
use crate::task::{Spawner, System, TaskFuture};
use faultline_engine::check::structural::Watch;
use faultline_engine::env::Wait;
use faultline_engine::env::stepped::Rest;
use faultline_engine::ids::{CpuId, ProcId, SpaceId, TaskId};
use faultline_engine::step::Step;
use faultline_engine::sync::Channel;
use faultline_engine::word::mix;
use faultline_engine::world::PmapCopy;
use faultline_engine::{Cx, Stepped};
use faultline_explore::{Divergence, MAX_TASKS, TaskBits, TaskSet, Tasks};
use std::task::{Context, Waker};

/// Factors of the parts of a state's fingerprint.
const PARTS: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

/// The most tasks of a search: each has a bit of a [`TaskSet`], and number 0 is the set-up.
pub const MAX_SEARCHED: usize = MAX_TASKS - 1;
/// The most tasks of a search in which hints may be followed or not: each then has two bits.
pub const MAX_HINTED: usize = MAX_TASKS / 2 - 1;

/// A task's future, which cannot go back: see [`Executor::back`].
#[derive(Default)]
struct Slot {
    /// `None` if it has to be created, or recreated.
    body: Option<TaskFuture>,
    /// Turns that the future has taken: its task may have taken fewer since, or others.
    turns: u32,
    /// Local state of the future in the memo: see [`Stepped::local_state`].
    local_state: u32,
}

/// Steps the tasks of a system: for a search at most [`MAX_SEARCHED`], or [`MAX_HINTED`] where hints may be followed
/// or not, so that sets of them are words; with `T` as [`TaskBits`] any number of them.
pub struct Executor<S: System, T = TaskSet> {
    system: S,
    checks: Checks,
    /// What is known of the world, where all of it is checked.
    watch: Watch,
    slots: Vec<Slot>,
    /// The number of turns that each task has taken.
    taken: Vec<u32>,
    spawner: Spawner,
    standings: Standings<T>,
    /// The ready tasks, or the empty set once the run is over.
    runnable: T,
    turns: u64,
    /// Whether a turn goes on through points between which nothing is touched: see [`Executor::fused`].
    fused: bool,
    /// Whether hints may be followed or not.
    hinted: bool,
    /// The turn in which a task follows a hint has the task's number plus this: see [`Executor::taker`].
    follows: u32,
    /// Number of polls in the last turn.
    polls: u32,
    /// The turns so far, if the environment keeps the inputs that going back needs.
    past: Vec<Past<T>>,
    oracle_history: OracleHistory,
    fingerprints: Fingerprints<T>,
    last: Option<faultline_explore::TaskId>,
    progress: Progress,
    idle: deadlock::Patience,
}

impl<S: System, T: Tasks> Executor<S, T> {
    fn with_sets(system: S, checks: Checks) -> Self {
        let (tasks, hinted) = (system.tasks(), system.world().config.pmap_copy == PmapCopy::Choose);
        let follows = tasks.max(MAX_HINTED as u32) + 1;
        assert!(tasks + if hinted { follows } else { 0 } <= T::MAX, "a search has no room for {tasks} tasks");
        let mut executor = Executor {
            hinted,
            follows,
            system,
            checks,
            watch: Watch::default(),
            slots: Vec::new(),
            taken: Vec::new(),
            spawner: Spawner::default(),
            standings: Standings::default(),
            runnable: T::default(),
            turns: 0,
            fused: false,
            polls: 1,
            past: Vec::new(),
            oracle_history: OracleHistory::default(),
            fingerprints: Fingerprints::default(),
            last: None,
            progress: Progress::Going,
            idle: deadlock::Patience::default(),
        };
        executor.restart();
        executor
    }
    /// Recreates all tasks; the caller has undone the world first.
    pub fn restart(&mut self) {
        // Dropping a suspended future changes nothing in the world (rulings R2).
        let count = self.system.tasks() as usize + 1;
        self.slots.clear();
        self.slots.resize_with(count, Slot::default);
        self.taken.clear();
        self.taken.resize(count, 0);
        self.past.clear();
        self.standings = Standings::default();
        self.oracle_history = OracleHistory::default();
        self.fingerprints = Fingerprints::new(count);
        self.spawner.clear();
        self.turns = 0;
        self.last = None;
        self.idle = deadlock::Patience::default();
        for id in (1..=self.system.tasks()).map(TaskId) {
            if self.system.starts(id) {
                self.start(id);
            }
        }
        self.settle();
    }
    fn start(&mut self, task: TaskId) {
        let id = to_explorer(task);
        if (task.0 as usize) < self.taken.len() && !self.standings.born.contains(id) {
            self.standings.born.insert(id);
            self.standings.ready.insert(id);
            self.fingerprints.moved_one(id);
        }
    }
    /// The future of a task that has taken `turns` turns: the present one, or a new one that has replayed them.
    fn body(&mut self, task: TaskId, turns: u32) -> TaskFuture {
        let local_state = self.env().local_state(task);
        let slot = &mut self.slots[task.0 as usize];
        if let Some(body) = slot.body.take().filter(|_| (slot.turns, slot.local_state) == (turns, local_state)) {
            return body;
        }
        let mut body = self.system.make(task, &self.spawner);
        self.env().replay(task, turns, || body.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
        // The children that a replay starts again have been started before.
        self.spawner.clear();
        body
    }
    /// The system it steps.
    pub fn system(&self) -> &S {
        &self.system
    }
    /// The environment of the world.
    pub fn env(&self) -> &Stepped {
        &self.system.world().env
    }
    /// All tasks, started or not.
    pub fn tasks(&self) -> impl Iterator<Item = TaskId> + use<S, T> {
        (1..=self.system.tasks()).map(TaskId)
    }
    /// The turns that can be taken: one per runnable task, and a second one if the task may follow a hint. Empty once
    /// the run is over.
    pub fn runnable(&self) -> &T {
        &self.runnable
    }
    /// The task that takes a turn: an element of [`Executor::runnable`] may stand for a task that follows the hint it
    /// has met ([`PmapCopy::Choose`]). In the turn with its own number the task does not follow it.
    #[inline]
    pub fn taker(&self, turn: faultline_explore::TaskId) -> faultline_explore::TaskId {
        if self.hinted && turn.0 > self.follows { faultline_explore::TaskId(turn.0 - self.follows) } else { turn }
    }
    /// Whether the task stands where a hint may be followed or not.
    #[inline]
    fn is_asked(&self, task: TaskId) -> bool {
        self.hinted && self.env().at(task) == Some(Step::PmapCopyPage)
    }
    /// The turns of all ready tasks, as in [`Executor::runnable`].
    #[inline]
    fn able(&self) -> T {
        let mut able = self.standings.ready.clone();
        if self.hinted {
            let asked = self.standings.ready.iter().filter(|&task| self.is_asked(to_engine(task)));
            able.extend_by(&asked.map(|task| faultline_explore::TaskId(task.0 + self.follows)).collect());
        }
        able
    }
    /// With `on`, a turn goes on until it has touched something. A task that runs at a point before which nothing was
    /// touched could as well have run at the point before, so a search loses nothing and meets far fewer states. The
    /// environment must declare accesses.
    pub fn fused(mut self, on: bool) -> Self {
        self.set_fused(on);
        self
    }
    pub(crate) fn set_fused(&mut self, on: bool) {
        self.fused = on && self.env().keeps().accesses;
    }
    /// The divergence of a replayed task, if there was one: the run is over, and none of its results is to be
    /// trusted.
    pub fn divergence(&self) -> Option<Divergence> {
        self.env().divergence().map(|divergence| Divergence {
            task: to_explorer(divergence.task),
            turn: divergence.turn,
            at: divergence.at.map(Step::label),
            recorded: divergence.recorded,
            met: divergence.met,
        })
    }
    /// Number of turns that the last one would have been without [`Executor::fused`].
    pub fn polls(&self) -> u32 {
        self.polls
    }
    /// The fingerprint of the state: of the world (rulings R4), of what is expected of it, and of the local state of
    /// every task (R3).
    pub fn fingerprint(&self) -> u64 {
        let tasks = self.fingerprints.sum(|task| self.task_fingerprint(task));
        let others = [self.oracle_history.fingerprint(self.system.world()), tasks, self.system.extra_state()];
        // Each part is a sum of hashes, or an unrelated number: different odd factors keep them apart.
        let parts = others.into_iter().zip(PARTS).map(|(part, factor)| part.wrapping_mul(factor));
        parts.fold(self.env().fingerprint(), u64::wrapping_add)
    }
    #[inline(always)]
    fn task_fingerprint(&self, task: TaskId) -> u64 {
        let id = to_explorer(task);
        let standing = match &self.standings {
            s if !s.born.contains(id) => 1,
            s if s.done.contains(id) => 2,
            s if s.ready.contains(id) => 3,
            s if s.ticking.contains(id) => 4,
            _ => 5,
        };
        match standing {
            // The local hash of a task that has ended makes no difference any more.
            1 | 2 => mix(0, u64::from(task.0) << 3 | standing),
            _ => self.env().task_fingerprint(task, standing),
        }
    }
    /// Progress of the run.
    pub fn progress(&self) -> Progress {
        self.progress
    }
    /// Frames that full checks have looked at so far, each as often as they have.
    pub fn frames_looked_at(&self) -> u64 {
        self.watch.frames_looked_at()
    }
    /// Number of turns taken so far.
    pub fn turns(&self) -> u64 {
        self.turns
    }
    /// The task that took the last turn.
    pub fn last(&self) -> Option<faultline_explore::TaskId> {
        self.last
    }
    /// The step before which a task stands: [`Step::Begin`] if it has not begun.
    pub fn at(&self, task: TaskId) -> Step {
        self.env().at(task).unwrap_or(Step::Begin)
    }
    /// State of a task.
    pub fn standing(&self, task: TaskId) -> Standing {
        let id = to_explorer(task);
        match &self.standings {
            s if !s.born.contains(id) => Standing::Unborn,
            s if s.done.contains(id) => Standing::Done,
            s if s.ready.contains(id) => Standing::Ready,
            _ => match self.env().rest(task) {
                Rest::On(channel) => Standing::Asleep(channel),
                Rest::Tick(_) | Rest::Ready => Standing::Ticking,
            },
        }
    }
    /// Takes one turn, an element of [`Executor::runnable`]; an error if the task cannot run now.
    pub fn step(&mut self, turn: faultline_explore::TaskId) -> Result<Outcome, NotRunnable> {
        let id = self.taker(turn);
        let task = to_engine(id);
        if !self.runnable.contains(turn) {
            return Err(NotRunnable { task, standing: self.standing(task) });
        }
        self.remember(task);
        if self.is_asked(task) {
            let world = self.system.world();
            world.follows.store(&Cx::new(world, task, CpuId(0), ProcId(0), SpaceId(0)), turn != id);
        }
        // A task that ticks waits for the end of a turn, even of one that touches nothing.
        let fuses = self.fused && self.standings.ticking.is_empty();
        self.polls = 0;
        let done = loop {
            let done = self.poll(task);
            if done || !fuses || self.env().has_diverged() || !self.may_fuse(task) {
                break done;
            }
        };
        self.env().leave();
        if self.env().has_diverged() {
            // Neither the task's position nor its findings mean anything now.
            self.end(Progress::Stuck);
            return Ok(Outcome::At(self.at(task)));
        }
        self.turns += 1;
        self.taken[task.0 as usize] += self.polls;
        self.last = Some(id);
        self.fingerprints.moved_one(id);
        // For tasks that waited for a turn of another task this was one.
        self.time_passes();
        let outcome = self.outcome(task, done);
        let standings = &mut self.standings;
        standings.ready.remove(id);
        match outcome {
            Outcome::At(_) => standings.ready.insert(id),
            Outcome::Ticking => standings.ticking.insert(id),
            Outcome::Done => standings.done.insert(id),
            Outcome::Asleep(_) => {}
        }
        while let Some(child) = self.spawner.next() {
            self.start(child);
        }
        after_step(self.system.world(), task, self.checks, &mut self.watch);
        self.settle();
        if self.progress != Progress::Going {
            after_all(self.system.world(), task, self.checks, &mut self.watch);
        }
        Ok(outcome)
    }
    /// How the turn of `task` has ended.
    fn outcome(&self, task: TaskId, done: bool) -> Outcome {
        match self.env().stands(task) {
            _ if done => Outcome::Done,
            (Rest::On(channel), _) => Outcome::Asleep(channel),
            (Rest::Tick(_), _) => Outcome::Ticking,
            (Rest::Ready, at) => Outcome::At(at.unwrap_or(Step::Begin)),
        }
    }
    /// Lets the running task go on to its next point, from the memo if possible; its future then falls behind.
    /// Returns whether its program has ended.
    #[inline]
    fn poll(&mut self, task: TaskId) -> bool {
        self.polls += 1;
        let known = self.env().take_memoised(&self.system.world().oracle, |child| self.spawner.start(child));
        known.unwrap_or_else(|| self.run(task))
    }
    /// The same by polling its future.
    #[inline(never)]
    fn run(&mut self, task: TaskId) -> bool {
        let turns = self.taken[task.0 as usize] + self.polls - 1;
        let mut body = self.body(task, turns);
        if self.env().has_diverged() {
            return false;
        }
        self.env().run(&self.system.world().oracle);
        let done = body.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        self.spawner.waiting(|started| self.env().recorded(&self.system.world().oracle, done, started));
        let local_state = self.env().local_state(task);
        self.slots[task.0 as usize] = Slot { body: (!done).then_some(body), turns: turns + 1, local_state };
        done
    }
    /// Ends all ticks.
    fn time_passes(&mut self) {
        let over = std::mem::take(&mut self.standings.ticking);
        self.standings.ready.extend_by(&over);
        self.fingerprints.moved(&over);
    }
    /// Makes the tasks ready that the environment has woken.
    fn wake(&mut self) {
        let mut woken = T::from_set(TaskSet(self.env().take_woken()));
        if T::MAX > TaskSet::MAX {
            self.env().take_woken_later().into_iter().for_each(|task| woken.insert(to_explorer(task)));
        }
        self.fingerprints.moved(&woken);
        // A task that registers need not sleep: it may have gone on to another sleep, or to its end.
        for task in woken.without(&self.standings.done).iter() {
            if self.env().rest(to_engine(task)) == Rest::Ready {
                self.standings.ready.insert(task);
            }
        }
    }

    /// About how many bytes it holds, to come back and to go on.
    pub(crate) fn held(&self) -> u64 {
        (self.past.capacity() * size_of::<Past<T>>()) as u64 + self.env().held()
    }

    /// Whether no task could tell if the turn of `task` went on: it has touched nothing, started no child that may
    /// run only from the end of the turn on, and is not asked about a hint.
    fn may_fuse(&self, task: TaskId) -> bool {
        self.env().nothing_touched()
            && self.env().rest(task) == Rest::Ready
            && self.spawner.is_idle()
            && !self.is_asked(task)
    }
    /// Determines the runnable tasks. If none can run although tasks are left, time passes: ticks end and waits for
    /// memory time out. If still none can run, the run is stuck.
    fn settle(&mut self) {
        self.wake();
        self.progress = Progress::Going;
        self.runnable = self.able();
        if self.turns >= self.checks.limit && !self.runnable.is_empty() {
            deadlock::report_endless(self.system.world(), self.last.map(to_engine), self.turns);
            return self.end(Progress::Stuck);
        }
        if !self.runnable.is_empty() {
            return;
        }
        if self.standings.born.without(&self.standings.done).is_empty() {
            return self.end(Progress::Finished);
        }
        self.pass_time();
        self.runnable = self.able();
        if self.runnable.is_empty() {
            deadlock::report(self.system.world(), &self.sleepers());
            self.end(Progress::Stuck);
        } else if self.idle.is_over(self.env().fingerprint(), self.turns) {
            deadlock::report_endless(self.system.world(), self.last.map(to_engine), self.turns);
            self.end(Progress::Stuck);
        }
    }
    fn end(&mut self, progress: Progress) {
        self.runnable = T::default();
        self.progress = progress;
    }
    /// Ends ticks and waits for memory, when no task can run.
    fn pass_time(&mut self) {
        self.time_passes();
        if self.sleepers().iter().any(|sleeper| sleeper.1 == Channel::Memory) {
            self.env().wakeup(Channel::Memory);
        }
        self.wake();
    }
    fn sleepers(&self) -> Vec<(TaskId, Channel)> {
        let sleeper = |task| match self.standing(task) {
            Standing::Asleep(channel) => Some((task, channel)),
            _ => None,
        };
        self.tasks().filter_map(sleeper).collect()
    }
}

impl<S: System> Executor<S, TaskBits> {
    /// Creates an executor for any number of tasks, as [`Executor::new`] does for those of a search.
    pub fn unbounded(system: S, checks: Checks) -> Self {
        Executor::with_sets(system, checks)
    }
}

impl<S: System> Executor<S> {
    /// Creates an executor in which all tasks that start by themselves stand at the beginning of their programs.
    /// Panics if there are more of them than a search can have.
    pub fn new(system: S, checks: Checks) -> Self {
        Executor::with_sets(system, checks)
    }
}
