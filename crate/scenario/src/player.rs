//! Plays a scenario: set-up, then a run that steps, goes back, and reports.

use crate::error::Invalid;
use crate::model::{Scenario, Until};
use crate::names::{Names, Stream};
use crate::report::{FindingReport, PartingReport, RunReport, obstacle, outcome};
use crate::system::{SETUP, ScenarioSystem};
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
use faultline_explore::{Choices, Divergence, Strategy};
use faultline_sched::ids::point;
use faultline_sched::{Checks, NotRunnable, Outcome, Progress, Run, Standing, run_to_completion};
use serde::Serialize;
use std::rc::Rc;

/// Why a scenario cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PlayError {
    /// No kernel has such a policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The set-up never ends.
    #[error("the set-up of {scenario} never ends: {why}; shorten it until it does")]
    SetUp {
        /// The scenario.
        scenario: String,
        /// What it waits for.
        why: String,
    },
    /// There is no such schedule.
    #[error("{scenario} has no schedule `{schedule}`; it has {known}")]
    Schedule {
        /// The scenario.
        scenario: String,
        /// What was asked for.
        schedule: String,
        /// Those there are.
        known: String,
    },
    /// There is no such task.
    #[error("there is no task `{task}`; the tasks are {known}")]
    Task {
        /// What was asked for.
        task: String,
        /// Those there are.
        known: String,
    },
    /// A choice among more tasks than can run.
    #[error(
        "choice {at} names task {choice}, counted from 0, of those that can run, and {tasks} can; make the choices with \
         this scenario and this policy"
    )]
    Choice {
        /// Which choice, from 1.
        at: usize,
        /// What it says.
        choice: usize,
        /// Tasks that can run there.
        tasks: usize,
    },
    /// It is no scenario.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The task cannot run now.
    #[error(transparent)]
    NotRunnable(#[from] NotRunnable),
    /// A task that had to be repeated went another way than it went: nothing that was established
    /// is to be believed.
    #[error("{0}: a mistake of this program; please report it with the scenario and the kernel")]
    Unsound(Box<Divergence>),
    /// What a search has met does not come up where its schedule is played: the search is wrong.
    #[error(
        "the search met {kind}, but playing its schedule does not: a mistake of this program; please report it with \
         the scenario, --policy {policy} --choices {choices}"
    )]
    Unconfirmed {
        /// What sort of thing it met.
        kind: &'static str,
        /// The kernel.
        policy: String,
        /// The schedule.
        choices: String,
    },
}

/// Who decides in a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Scheduling {
    /// The first stored schedule, or task order where there is none.
    #[default]
    Default,
    /// The stored schedule with this name.
    Schedule(String),
    /// These choices, then task order.
    Choices(Choices),
    /// Chance, from a seed.
    Random(u64),
    /// The first task that can run, always.
    TaskOrder,
}

/// Where a task stands, with the scenario's names.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TaskStatus {
    /// Its number in events.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// The process it is a thread of; none for a sequence.
    pub process: Option<String>,
    /// The CPU it runs on.
    pub cpu: u32,
    /// `unborn`, `ready`, `asleep`, `ticking` or `done`.
    pub state: &'static str,
    /// The step it stands before.
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
    /// Which named objects, then pages, got their names in the set-up.
    named_in_setup: Vec<bool>,
    schedule: Option<usize>,
    parted: Vec<Parting>,
}

impl Player {
    /// Sets the scenario up on the kernel that `policy` describes.
    pub fn new(scenario: &Scenario, policy: &Policy, checks: Checks) -> Result<Player, PlayError> {
        Player::keeping(scenario, policy, checks, Keep::ALL)
    }
    /// The same with less bookkeeping, for searches: undo is kept in any case.
    pub fn keeping(scenario: &Scenario, policy: &Policy, checks: Checks, keep: Keep) -> Result<Player, PlayError> {
        policy.check()?;
        let scenario = Rc::new(scenario.clone());
        let system = ScenarioSystem::new(scenario.clone(), policy, Keep { undo: true, ..keep })?;
        let env = &system.scenario_world().world.env;
        if run_to_completion(&system.scenario_world().world, SETUP, system.set_up(), checks) != Progress::Finished {
            let why = env.findings().last().map(|f| f.detail.clone()).unwrap_or_default();
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
    /// The run, for everything that does not change it.
    pub fn run(&self) -> &Run<ScenarioSystem> {
        &self.run
    }
    /// The run, to step it by a strategy of one's own, go back or seek. A stored schedule's
    /// expectations and partings stay those of the last [`Player::play`].
    pub fn run_mut(&mut self) -> &mut Run<ScenarioSystem> {
        &mut self.run
    }

    /// Plays from the beginning to the end.
    pub fn play(&mut self, how: &Scheduling) -> Result<Progress, PlayError> {
        self.run.seek(0);
        (self.schedule, self.parted) = (None, Vec::new());
        Ok(match how {
            Scheduling::Default if self.scenario.schedules.is_empty() => self.run.play(&mut TaskOrder),
            Scheduling::Default => self.stored(0),
            Scheduling::Schedule(name) => {
                let at = self.scenario.schedules.iter().position(|s| s.name.text == *name);
                self.stored(at.ok_or_else(|| self.no_schedule(name))?)
            }
            Scheduling::Choices(choices) => self.run.play(&mut Replay::new(choices.clone())),
            Scheduling::Random(seed) => {
                let mut random = Random::new(*seed, 1);
                random.begin();
                self.run.play(&mut random)
            }
            Scheduling::TaskOrder => self.run.play(&mut TaskOrder),
        })
    }
    fn stored(&mut self, at: usize) -> Progress {
        let mut stored = Stored::new(self.directives(at));
        let progress = self.run.play(&mut stored);
        (self.schedule, self.parted) = (Some(at), stored.parted().to_vec());
        progress
    }
    /// A stored schedule as the executor takes it.
    pub fn directives(&self, schedule: usize) -> Vec<Directive> {
        let roster = &self.run.system().scenario_world().roster;
        let directives = self.scenario.schedules.get(schedule).map_or(&[][..], |s| &s.directives);
        let directive = |d: &crate::model::Directive| Directive {
            // A scenario that was read names only tasks that there are; 0 never runs.
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
    /// One turn of the task with this name.
    pub fn step(&mut self, task: &str) -> Result<Outcome, PlayError> {
        let roster = &self.run.system().scenario_world().roster;
        let Some(id) = roster.task(&crate::model::Name::new(task)) else {
            let known: Vec<_> = roster.task_specs.iter().map(|p| p.name.as_str()).collect();
            return Err(PlayError::Task { task: task.into(), known: known.join(", ") });
        };
        Ok(self.run.step_task(faultline_explore::TaskId(id))?)
    }

    /// Events of set-up and run to here.
    pub fn events(&self) -> impl Iterator<Item = &Record> {
        self.setup_events.iter().chain(self.run.events())
    }
    /// How many of them are the set-up's; steps are counted from 0 after them.
    pub fn setup_events(&self) -> usize {
        self.setup_events.len()
    }
    /// What everything in [`Player::events`] is called.
    pub fn names(&self) -> Names {
        let stream = Stream { setup: &self.setup_events, run: self.run.events() };
        Names::of(self.run.system(), &self.named_in_setup, stream)
    }
    /// What went wrong to here: in the set-up, in the run, and, once it is over, what was
    /// expected of its end.
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
    /// Where every task stands.
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
    /// What the run came to so far.
    pub fn report(&self) -> RunReport {
        let (names, choices) = (self.names(), self.run.choices());
        let of_setup = self.setup_findings.len();
        let finding = |(at, f): (usize, &Finding)| {
            let events = if at < of_setup { self.setup_events.len() } else { self.event_at(f.step) };
            FindingReport::of(f, &names, events)
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
            findings: self.findings().iter().enumerate().map(finding).collect(),
            counters: self.run.counters(),
            parted: self.parted.iter().map(parting).collect(),
        }
    }
    /// The number of events of the stream when a finding of the run's step `step` was made.
    fn event_at(&self, step: u64) -> usize {
        let found = |r: &&Record| matches!(r.event, Event::Found { .. }) && r.step >= step;
        let run = self.run.events();
        let at = run.iter().position(|r| found(&r)).unwrap_or_else(|| run.partition_point(|r| r.step <= step));
        self.setup_events.len() + at
    }
}

/// Plays a scenario once and says what it came to.
pub fn run(scenario: &Scenario, policy: &Policy, how: &Scheduling) -> Result<RunReport, PlayError> {
    let mut player = Player::new(scenario, policy, Checks::FULL)?;
    player.play(how)?;
    Ok(player.report())
}
