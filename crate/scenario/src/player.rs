//! Plays a scenario: set-up, then a run that steps forward and back, and a report.

use crate::error::Invalid;
use crate::fold;
use crate::model::{Scenario, Until};
use crate::names::{Names, Stream};
use crate::report::{FindingReport, PartingReport, RunReport, obstacle, outcome};
use crate::system::{SETUP, ScenarioSystem};
use crate::watch::{Doing, Followed, Limited, Watch, most_turns, too_much};
use faultline_engine::env::stepped::Keep;
use faultline_engine::event::{Event, Record};
use faultline_engine::finding::Finding;
use faultline_engine::ids::TaskId;
use faultline_engine::policy::{Policy, PolicyError};
use faultline_engine::step::Step;
use faultline_engine::sync::{Channel, LockId, Mode};
use faultline_explore::strategy::directive::{self, Directive, Parting, Stored};
use faultline_explore::strategy::order::TaskOrder;
use faultline_explore::strategy::random::Random;
use faultline_explore::strategy::replay::Replay;
use faultline_explore::{Choices, Divergence, Strategy, TaskBits};
use faultline_sched::ids::point;
use faultline_sched::{Checks, NotRunnable, Outcome, Progress, Run, Standing, run_to_completion};
use serde::Serialize;
use std::cell::Cell;
use std::rc::Rc;

/// Why a scenario cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PlayError {
    /// No kernel has this policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The set-up never ends.
    #[error("the set-up of {scenario} never ends: {why}; shorten it until it does")]
    SetUp {
        /// The scenario.
        scenario: String,
        /// What a task waits for.
        why: String,
    },
    /// It costs more than somebody else's scenario or link may: see [`BUDGET`](crate::watch::BUDGET).
    #[error(
        "the {doing} takes more than {turns} turns, the most with {frames} frames; write a smaller number in the \
         `frames` line{line}, or shorten the {doing}"
    )]
    TooMuch {
        /// `set-up` or `run`.
        doing: &'static str,
        /// Turns that it may take.
        turns: u64,
        /// The scenario's frames.
        frames: u32,
        /// Where they stand, in brackets, if they stand anywhere.
        line: String,
    },
    /// A run may have so many tasks, a search may not.
    #[error(
        "{scenario} has {tasks} tasks, forked ones included, and a search takes at most {most}{why}; search a smaller \
         scenario, or run this one with random schedules (`run --seed`)"
    )]
    TooManyTasks {
        /// The scenario.
        scenario: String,
        /// Its tasks.
        tasks: usize,
        /// Tasks that a search takes.
        most: usize,
        /// Why not more, if that depends on the scenario.
        why: &'static str,
    },
    /// There is no such schedule.
    #[error("{scenario} has no schedule `{schedule}`; it has {known}")]
    Schedule {
        /// The scenario.
        scenario: String,
        /// The schedule asked for.
        schedule: String,
        /// The schedules of the scenario.
        known: String,
    },
    /// There is no such task.
    #[error("there is no task `{task}`; the tasks are {known}")]
    Task {
        /// The task asked for.
        task: String,
        /// The tasks of the scenario.
        known: String,
    },
    /// A choice names a task beyond the runnable ones.
    #[error(
        "choice {at} names task {choice}, counted from 0, of those that can run, and {tasks} can; make the choices with \
         this scenario and this policy"
    )]
    Choice {
        /// Number of the choice, from 1.
        at: usize,
        /// The choice.
        choice: usize,
        /// Number of runnable tasks.
        tasks: usize,
    },
    /// The scenario is invalid.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The task is not runnable.
    #[error(transparent)]
    NotRunnable(#[from] NotRunnable),
    /// A replayed task diverged from its log: no result can be trusted.
    #[error("{0}: a mistake of this program; please report it with the scenario and the kernel")]
    Unsound(Box<Divergence>),
    /// Playing the schedule of a search's finding does not reproduce it: the search is wrong.
    #[error(
        "the search met {kind}, but playing its schedule does not: a mistake of this program; please report it with \
         the scenario, --policy {policy} --choices {choices}"
    )]
    Unconfirmed {
        /// Kind of the finding.
        kind: &'static str,
        /// The kernel.
        policy: String,
        /// The schedule.
        choices: String,
    },
}

/// How a run schedules its tasks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Scheduling {
    /// The first stored schedule, or task order if there is none.
    #[default]
    Default,
    /// The stored schedule with this name.
    Schedule(String),
    /// These choices, then task order.
    Choices(Choices),
    /// Random, from a seed.
    Random(u64),
    /// Always the first runnable task.
    TaskOrder,
}

/// Status of a task, with the scenario's names.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TaskStatus {
    /// Its number in events.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// Its process; `None` for a sequence.
    pub process: Option<String>,
    /// The CPU it runs on.
    pub cpu: u32,
    /// `unborn`, `ready`, `asleep`, `ticking` or `done`.
    pub state: &'static str,
    /// The point at which it has stopped.
    pub at: Step,
    /// What it sleeps on.
    pub waits_for: Option<Channel>,
    /// Locks it holds.
    pub holds: Vec<(LockId, Mode)>,
}

/// A scenario being played.
pub struct Player {
    scenario: Rc<Scenario>,
    run: Run<ScenarioSystem>,
    setup_events: Vec<Record>,
    setup_findings: Vec<Finding>,
    /// Which named objects, then pages, were named in the set-up.
    named_in_setup: Vec<bool>,
    schedule: Option<usize>,
    parted: Vec<Parting>,
}

impl Player {
    /// Sets the scenario up on the kernel that `policy` describes.
    pub fn new(scenario: &Scenario, policy: &Policy, checks: Checks) -> Result<Player, PlayError> {
        Player::keeping(scenario, policy, checks, Keep::ALL)
    }
    /// The same with less bookkeeping, for searches; undo is always kept.
    pub fn keeping(scenario: &Scenario, policy: &Policy, checks: Checks, keep: Keep) -> Result<Player, PlayError> {
        Player::followed(scenario, policy, checks, keep, &Watch::default())
    }
    /// The same as [`Player::new`], followed by somebody.
    pub fn watched(scenario: &Scenario, policy: &Policy, checks: Checks, watch: &Watch) -> Result<Player, PlayError> {
        Player::followed(scenario, policy, checks, Keep::ALL, watch)
    }
    fn followed(
        scenario: &Scenario,
        policy: &Policy,
        checks: Checks,
        keep: Keep,
        watch: &Watch,
    ) -> Result<Player, PlayError> {
        policy.check()?;
        let scenario = Rc::new(scenario.clone());
        let system = ScenarioSystem::new(scenario.clone(), policy, Keep { undo: true, ..keep })?;
        let env = &system.scenario_world().world.env;
        let (header, over) = (&scenario.header, Rc::new(Cell::new(false)));
        let set_up = Followed::body(system.set_up(), watch, most_turns(header.frames), &over);
        let progress = run_to_completion(&system.scenario_world().world, SETUP, set_up, checks);
        if over.get() {
            return Err(too_much(Doing::SetUp, header.frames, header.frames_line.0));
        }
        if progress != Progress::Finished {
            let why = env.findings().last().map(|f| f.detail.to_string()).unwrap_or_default();
            return Err(PlayError::SetUp { scenario: scenario.name.clone(), why });
        }
        let (setup_events, setup_findings) = (env.take_events(), env.findings());
        let named_in_setup = system.scenario_world().named();
        let run = Run::new(system, checks);
        let (schedule, parted) = (None, Vec::new());
        Ok(Player { scenario, run, setup_events, setup_findings, named_in_setup, schedule, parted })
    }
    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }
    /// The run, read-only.
    pub fn run(&self) -> &Run<ScenarioSystem> {
        &self.run
    }
    /// The run, to step it by the caller's strategy, go back or seek. Expectations and partings of a stored schedule
    /// stay those of the last [`Player::play`].
    pub fn run_mut(&mut self) -> &mut Run<ScenarioSystem> {
        &mut self.run
    }

    /// Plays from the beginning to the end, or until no task is runnable.
    pub fn play(&mut self, how: &Scheduling) -> Result<Progress, PlayError> {
        self.play_for(how, u64::MAX, &Watch::default())?;
        Ok(self.run.progress())
    }
    /// The same for a scenario that a stranger may have made: followed by somebody, and refused where it
    /// costs more than [`BUDGET`](crate::watch::BUDGET).
    pub fn play_watched(&mut self, how: &Scheduling, watch: &Watch) -> Result<Progress, PlayError> {
        if self.play_for(how, self.most_turns(), watch)? {
            return Err(self.too_much());
        }
        Ok(self.run.progress())
    }
    /// Plays from the beginning for at most `most` turns: whether there would be more.
    pub fn play_for(&mut self, how: &Scheduling, most: u64, watch: &Watch) -> Result<bool, PlayError> {
        self.run.seek(0);
        (self.schedule, self.parted) = (None, Vec::new());
        Ok(match how {
            Scheduling::Default if self.scenario.schedules.is_empty() => self.go(&mut TaskOrder, most, watch),
            Scheduling::Default => self.stored(0, most, watch),
            Scheduling::Schedule(name) => {
                let at = self.scenario.schedules.iter().position(|s| s.name.text == *name);
                self.stored(at.ok_or_else(|| self.no_schedule(name))?, most, watch)
            }
            Scheduling::Choices(choices) => self.go(&mut Replay::new(choices.clone()), most, watch),
            Scheduling::Random(seed) => {
                let mut random = Random::new(*seed, 1);
                Strategy::<TaskBits>::begin(&mut random);
                self.go(&mut random, most, watch)
            }
            Scheduling::TaskOrder => self.go(&mut TaskOrder, most, watch),
        })
    }
    fn go(&mut self, strategy: &mut dyn Strategy<TaskBits>, most: u64, watch: &Watch) -> bool {
        let mut limited = Limited { strategy, watch: watch.clone(), most, over: false };
        self.run.play(&mut limited);
        limited.over
    }
    fn stored(&mut self, at: usize, most: u64, watch: &Watch) -> bool {
        let mut stored = Stored::new(self.directives(at));
        let over = self.go(&mut stored, most, watch);
        (self.schedule, self.parted) = (Some(at), stored.parted().to_vec());
        over
    }
    /// Turns that a run may take whose scenario a stranger may have made.
    pub(crate) fn most_turns(&self) -> u64 {
        most_turns(self.scenario.header.frames)
    }
    pub(crate) fn too_much(&self) -> PlayError {
        let header = &self.scenario.header;
        too_much(Doing::Run, header.frames, header.frames_line.0)
    }
    /// A stored schedule as the executor's directives.
    pub fn directives(&self, schedule: usize) -> Vec<Directive> {
        let roster = &self.run.system().scenario_world().roster;
        let directives = self.scenario.schedules.get(schedule).map_or(&[][..], |s| &s.directives);
        let directive = |d: &crate::model::Directive| Directive {
            // A parsed scenario names only existing tasks; task 0 never runs.
            task: faultline_explore::TaskId(roster.task(&d.task).unwrap_or(0)),
            until: match d.until {
                Until::Step(step, n) => directive::Until::Point(point(step), n),
                Until::Blocked => directive::Until::Blocked,
                Until::End => directive::Until::End,
            },
        };
        directives.iter().map(directive).collect()
    }
    fn no_schedule(&self, name: &str) -> PlayError {
        let known: Vec<_> = self.scenario.schedules.iter().map(|s| s.name.text.as_str()).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        PlayError::Schedule { scenario: self.scenario.name.clone(), schedule: name.into(), known }
    }
    /// One step of the task with this name.
    pub fn step(&mut self, task: &str) -> Result<Outcome, PlayError> {
        let roster = &self.run.system().scenario_world().roster;
        let Some(id) = roster.task(&crate::model::Name::new(task)) else {
            let known: Vec<_> = roster.task_specs.iter().map(|p| p.name.as_str()).collect();
            return Err(PlayError::Task { task: task.into(), known: known.join(", ") });
        };
        Ok(self.run.step_task(faultline_explore::TaskId(id))?)
    }

    /// Events of the set-up and of the run so far.
    pub fn events(&self) -> impl Iterator<Item = &Record> {
        self.setup_events.iter().chain(self.run.events())
    }
    /// Number of events of the set-up; points are counted from 0 after them.
    pub fn setup_events(&self) -> usize {
        self.setup_events.len()
    }
    /// The names of everything in [`Player::events`].
    pub fn names(&self) -> Names {
        Names::of(self.run.system(), &self.named_in_setup, self.stream())
    }
    /// Brings the names of an earlier part of [`Player::events`] up to all of it. Returns whether the names of earlier
    /// things have changed.
    pub(crate) fn extend(&self, names: &mut Names) -> bool {
        names.extend(self.run.system(), &self.named_in_setup, self.stream())
    }
    fn stream(&self) -> Stream<'_> {
        Stream { setup: &self.setup_events, run: self.run.events() }
    }
    /// Number of the findings so far, those of the end aside: see [`Player::findings`].
    pub fn finding_count(&self) -> usize {
        self.setup_findings.len() + self.run.executor().env().finding_count()
    }
    /// The findings so far: of the set-up, of the run, and, once it is over, failed expectations of its end.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.setup_findings.clone();
        findings.extend(self.run.findings());
        if self.run.progress() != Progress::Going {
            let broken = self.run.system().broken_expectations(self.schedule, &findings);
            let (step, world) = (self.run.steps(), &self.run.system().scenario_world().world);
            findings.extend(broken.into_iter().map(|f| Finding { step, ..world.witnessed(f) }));
        }
        findings
    }
    /// The steps, from 0, on which the findings of step `at` depend, in order, and that one: see [`Run::slice`].
    /// Empty if the run does not have that step.
    pub fn slice(&mut self, at: usize) -> Vec<usize> {
        let position = self.run.position();
        self.run.seek(at);
        let before = self.findings().len();
        self.run.seek(at + 1);
        let mut findings = self.findings();
        let new = findings.split_off(before.min(findings.len()));
        self.run.seek(position);
        self.run.slice(at, &new)
    }
    /// Status of all tasks.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        let roster = &self.run.system().scenario_world().roster;
        let status = |(view, task_spec): (faultline_sched::run::TaskView, &crate::roster::TaskSpec)| TaskStatus {
            task: view.task,
            name: task_spec.name.clone(),
            process: task_spec.process.map(|p| roster.processes[p].clone()),
            cpu: task_spec.cpu,
            state: match view.standing {
                Standing::Unborn => "unborn",
                Standing::Ready => "ready",
                Standing::Asleep(_) => "asleep",
                Standing::Ticking => "ticking",
                Standing::Done => "done",
            },
            at: view.at,
            waits_for: if let Standing::Asleep(channel) = view.standing { Some(channel) } else { None },
            holds: view.held,
        };
        self.run.tasks().into_iter().zip(&roster.task_specs).map(status).collect()
    }
    /// The report of the run so far.
    pub fn report(&self) -> RunReport {
        let (names, choices) = (self.names(), self.run.choices());
        let of_setup = self.setup_findings.len();
        let findings = self.findings();
        let follows = fold::follows(&findings, of_setup);
        let finding = |(at, f): (usize, &Finding)| {
            let events = if at < of_setup { self.setup_events.len() } else { self.event_at(f.step) };
            FindingReport { follows: follows[at], ..FindingReport::of(f, &names, events) }
        };
        let parting = |p: &Parting| PartingReport {
            directive: self
                .schedule
                .and_then(|s| self.scenario.schedules[s].directives.get(p.directive))
                .map(ToString::to_string)
                .unwrap_or_default(),
            turn: p.turn,
            why: obstacle(p.why),
        };
        RunReport {
            scenario: self.scenario.name.clone(),
            policy: self.run.system().scenario_world().world.policy.name.clone(),
            outcome: outcome(self.run.progress()),
            steps: self.run.steps(),
            choices: choices.to_string(),
            choice_count: choices.len(),
            fingerprint: format!("{:016x}", self.run.fingerprint()),
            findings: findings.iter().enumerate().map(finding).collect(),
            counters: self.run.counters(),
            parted: self.parted.iter().map(parting).collect(),
        }
    }
    /// Number of events of the stream up to the finding at point `step` of the run.
    fn event_at(&self, step: u64) -> usize {
        let found = |r: &&Record| matches!(r.event, Event::Found { .. }) && r.step >= step;
        let run = self.run.events();
        let at = run.iter().position(|r| found(&r)).unwrap_or_else(|| run.partition_point(|r| r.step <= step));
        self.setup_events.len() + at
    }
}

/// Plays a scenario once and returns the report.
pub fn run(scenario: &Scenario, policy: &Policy, how: &Scheduling) -> Result<RunReport, PlayError> {
    let mut player = Player::new(scenario, policy, Checks::FULL)?;
    player.play(how)?;
    Ok(player.report())
}
