//! A world with a scenario's roster in it: what the executor steps.

use crate::error::Invalid;
use crate::expectations;
use crate::model::{Claim, Expect, Scenario, Statement};
use crate::roster::Roster;
use crate::{interpreter, validate};
use faultline_engine::detail::Detail;
use faultline_engine::env::stepped::Keep;
use faultline_engine::env::{Cell, Names};
use faultline_engine::event::Absent;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::{CpuId, ObjectId, ProcId, SpaceId, TaskId};
use faultline_engine::kern::Signal;
use faultline_engine::machine::addr::{FrameNo, PageIndex};
use faultline_engine::policy::Policy;
use faultline_engine::property::Property;
use faultline_engine::word::{Kind, Place, mix};
use faultline_engine::{Config, Cx, Stepped, World};
use faultline_sched::{Spawner, System, TaskFuture};
use std::collections::HashSet;
use std::rc::Rc;

/// The task that performs the set-up.
pub const SETUP: TaskId = TaskId(0);

/// Whom findings name that were made when the run was over: no task.
pub const AT_END: TaskId = TaskId(u32::MAX);

/// A process. Its words are in the world, so that they can be undone and are part of the fingerprint.
pub(crate) struct Proc {
    /// Its address space; `None` before its creation and after its exit.
    pub space: Cell<Stepped, Option<SpaceId>>,
    /// Number of its tasks that have not ended.
    pub threads: Cell<Stepped, u32>,
    /// A task of it has called exit: the others end before their next operations.
    pub exiting: Cell<Stepped, bool>,
    /// The task whose address space it borrows since a vfork, + 1.
    pub borrows: Cell<Stepped, u32>,
    /// It has given the borrowed address space back.
    pub done: Cell<Stepped, bool>,
    /// Why it has no address space, as [`Absent`] counts: for events about skipped operations.
    absent: Cell<Stepped, u8>,
}

/// A named object or page, and when it was named.
pub(crate) struct Named<T> {
    pub id: Cell<Stepped, T>,
    /// Its fingerprint name at that time, since ids are reused.
    pub born: Cell<Stepped, u64>,
    /// Points passed until then, + 1; 0 before.
    pub step: Cell<Stepped, u64>,
}

/// The value that a named load has loaded. Both words are part of the fingerprint: an expectation reads them long
/// after they have left the task's local hash.
pub(crate) struct Load {
    done: Cell<Stepped, bool>,
    value: Cell<Stepped, u64>,
}

/// An expected signal, and whether it came.
pub(crate) struct Expected {
    pub signal: Signal,
    pub page: u64,
    pub process: Option<usize>,
    pub came: Cell<Stepped, bool>,
}

/// The world with the roster of its scenario.
pub struct ScenarioWorld {
    /// The world.
    pub world: World<Stepped>,
    /// The roster.
    pub roster: Roster,
    pub(crate) scenario: Rc<Scenario>,
    pub(crate) procs: Vec<Proc>,
    pub(crate) objects: Vec<Named<Option<ObjectId>>>,
    pub(crate) pages: Vec<Named<Option<FrameNo>>>,
    pub(crate) loads: Vec<Load>,
    pub(crate) signals: Vec<Expected>,
}

/// The system that an executor steps: a scenario world after its set-up. Cheap to clone.
#[derive(Clone)]
pub struct ScenarioSystem(pub(crate) Rc<ScenarioWorld>);

impl ScenarioSystem {
    /// A new world for a scenario, before its set-up: see [`ScenarioSystem::set_up`]. Validates the scenario,
    /// whatever its origin: undefined names or too many tasks are an error.
    pub fn new(scenario: Rc<Scenario>, policy: &Policy, keep: Keep) -> Result<ScenarioSystem, Invalid> {
        validate::validate(&scenario).map_err(|refusal| Invalid::of(&scenario, refusal))?;
        let roster = Roster::of(&scenario);
        let header = &scenario.header;
        let config = Config {
            frames: header.frames,
            cpus: roster.cpus,
            pmap_copy: header.pmap_copy,
            free_order: header.free_order,
            prefault: header.prefault,
        };
        let world = World::new(Stepped::new(header.frames + header.swap, keep), policy.clone(), config);
        let env = &world.env;
        let processes = roster.processes.len() as u32;
        let procs = (0..processes).map(|i| Proc::new(env, i)).collect();
        let loads = (processes..).take(roster.loads.len()).map(|i| Load::new(env, i)).collect();
        let objects = roster.objects.iter().map(|_| Named::new(env)).collect();
        let pages = roster.pages.iter().map(|_| Named::new(env)).collect();
        let signals = all_expects(&scenario).filter_map(|e| Expected::new(env, &roster, &e.claim)).collect();
        Ok(ScenarioSystem(Rc::new(ScenarioWorld { world, roster, scenario, procs, objects, pages, loads, signals })))
    }
    /// The set-up as a future, which [`SETUP`] runs alone.
    pub fn set_up(&self) -> TaskFuture {
        let scenario_world = self.0.clone();
        Box::pin(async move { interpreter::set_up(&scenario_world).await })
    }
    /// The world and its roster.
    pub fn scenario_world(&self) -> &ScenarioWorld {
        &self.0
    }
    /// The expectations that do not hold now: of every run that ends, and of the schedule it followed.
    pub fn broken_expectations(&self, schedule: Option<usize>, findings: &[Finding]) -> Vec<Finding> {
        let scenario = &self.0.scenario;
        let own = schedule.and_then(|s| scenario.schedules.get(s)).map_or(&[][..], |s| &s.expects);
        let broken = scenario.expects.iter().chain(own).filter_map(|e| expectations::broken(&self.0, e, findings));
        broken.map(|finding| Finding { task: AT_END, ..finding }).collect()
    }
}

impl System for ScenarioSystem {
    fn world(&self) -> &World<Stepped> {
        &self.0.world
    }
    fn tasks(&self) -> u32 {
        self.0.roster.task_specs.len() as u32
    }
    fn starts(&self, task: TaskId) -> bool {
        self.0.roster.task_specs.get((task.0 as usize).wrapping_sub(1)).is_some_and(|p| p.starts)
    }
    /// Which expected signals have come.
    fn extra_state(&self) -> u64 {
        let env = &self.0.world.env;
        self.0.signals.iter().fold(0, |came, s| came << 1 | u64::from(s.came.peek(env)))
    }
    fn final_findings(&self, findings: &[Finding]) -> Vec<Finding> {
        self.broken_expectations(None, findings)
    }
    fn make(&self, task: TaskId, spawner: &Spawner) -> TaskFuture {
        let (scenario_world, spawner) = (self.0.clone(), spawner.clone());
        Box::pin(async move { interpreter::task(&scenario_world, task, &spawner).await })
    }
}

impl ScenarioWorld {
    /// The context of `task` acting for a process; `None` if the process has no address space: it has not been
    /// created yet, or has exited. A task never acts in another space (rulings R49).
    pub(crate) fn cx(&self, task: TaskId, cpu: u32, process: usize) -> Option<Cx<'_, Stepped>> {
        let space = self.procs[process].space.peek(&self.world.env)?;
        Some(Cx::new(&self.world, task, CpuId(cpu), ProcId(process as u32), space))
    }
    /// The context of `task` acting for no process: only words, CPUs and new spaces may be accessed through it.
    pub(crate) fn outside(&self, task: TaskId, cpu: u32) -> Cx<'_, Stepped> {
        Cx::new(&self.world, task, CpuId(cpu), ProcId(u32::MAX), SpaceId(u32::MAX))
    }
    /// Which named objects, then pages, have been named.
    pub(crate) fn named(&self) -> Vec<bool> {
        let env = &self.world.env;
        let objects = self.objects.iter().map(|n| n.step.peek(env) > 0);
        objects.chain(self.pages.iter().map(|n| n.step.peek(env) > 0)).collect()
    }
    /// Whether no thing has two names.
    pub(crate) fn has_one_name_each(&self) -> bool {
        let env = &self.world.env;
        let objects = self.objects.iter().filter_map(|n| n.id.peek(env)).map(|object| (0, object.0));
        let pages = self.pages.iter().filter_map(|n| n.id.peek(env)).map(|frame| (1, frame.0));
        let mut seen = HashSet::new();
        objects.chain(pages).all(|thing| seen.insert(thing))
    }
    /// Reports a failed expectation.
    pub(crate) fn unexpected(
        &self,
        task: TaskId,
        about: (Option<ObjectId>, Option<PageIndex>),
        detail: impl Into<Detail>,
    ) {
        self.world.report(expectation(task, about, detail));
    }
    /// What to say where memory was short: no kernel is to blame.
    pub(crate) fn no_frames(&self) -> String {
        format!(": no frame is free; give more than `frames {}` in the header", self.scenario.header.frames)
    }
    /// Records a signal, or reports it if it is not expected.
    pub(crate) fn signalled(&self, cx: &Cx<'_, Stepped>, process: usize, page: u64, signal: Signal) {
        let fits = |e: &&Expected| {
            (e.signal, e.page) == (signal, page) && e.process.is_none_or(|expected| expected == process)
        };
        let mut expected = self.signals.iter().filter(fits).peekable();
        if expected.peek().is_none() && self.scenario.header.strict {
            let (name, signal_name) = (&self.roster.processes[process], signal.name());
            let why = if signal == Signal::Kill { self.no_frames() } else { String::new() };
            self.unexpected(
                cx.task,
                (None, Some(PageIndex(page))),
                format!("{name} got {signal_name} at va{page}{why}"),
            );
        }
        for e in expected {
            e.came.store(cx, true);
        }
    }
}

/// A finding of the kind `expectation`.
pub(crate) fn expectation(
    task: TaskId,
    about: (Option<ObjectId>, Option<PageIndex>),
    detail: impl Into<Detail>,
) -> Finding {
    Finding::new(FindingKind::Expectation, Property::Expect, task, about, detail)
}

impl Proc {
    /// Takes its address space away.
    pub(crate) fn lose_space(&self, cx: &Cx<'_, Stepped>, why: Absent) {
        self.space.store(cx, None);
        self.absent.store(cx, why as u8);
    }
    /// Why it has no address space.
    pub(crate) fn absent(&self, cx: &Cx<'_, Stepped>) -> Absent {
        match self.absent.load(cx) {
            0 => Absent::Unborn,
            1 => Absent::Killed,
            _ => Absent::Exited,
        }
    }
    fn new(env: &Stepped, index: u32) -> Proc {
        let at = |field| Place::at(Kind::Task, index, field);
        let proc = Proc {
            space: Cell::new(env, at(0), None),
            threads: Cell::new(env, at(1), 0),
            exiting: Cell::new(env, at(2), false),
            borrows: Cell::new(env, at(3), 0),
            done: Cell::new(env, at(4), false),
            absent: Cell::new(env, Place::NOWHERE, Absent::Unborn as u8),
        };
        env.name(Kind::Task, index, mix(0x9c0c, u64::from(index)) | 1);
        proc
    }
}

impl Load {
    /// The words come after those of the processes.
    fn new(env: &Stepped, index: u32) -> Load {
        let at = |field| Place::at(Kind::Task, index, field);
        env.name(Kind::Task, index, mix(0x10ad, u64::from(index)) | 1);
        Load { done: Cell::new(env, at(0), false), value: Cell::new(env, at(1), 0) }
    }
    /// Records the loaded value.
    pub(crate) fn loaded(&self, cx: &Cx<'_, Stepped>, value: u64) {
        self.done.store(cx, true);
        self.value.store(cx, value);
    }
    /// The loaded value; `None` before the load.
    pub(crate) fn value(&self, env: &Stepped) -> Option<u64> {
        self.done.peek(env).then(|| self.value.peek(env))
    }
}

impl<T: faultline_engine::word::Word + Default> Named<T> {
    fn new(env: &Stepped) -> Self {
        Named {
            id: Cell::new(env, Place::NOWHERE, T::default()),
            born: Cell::new(env, Place::NOWHERE, 0),
            step: Cell::new(env, Place::NOWHERE, 0),
        }
    }
}

impl Expected {
    fn new(env: &Stepped, roster: &Roster, claim: &Claim) -> Option<Expected> {
        let Claim::Signal(signal, page, process) = claim else { return None };
        let process = process.as_ref().and_then(|p| roster.process(p));
        Some(Expected { signal: *signal, page: *page, process, came: Cell::new(env, Place::NOWHERE, false) })
    }
}

pub(crate) fn all_expects(scenario: &Scenario) -> impl Iterator<Item = &Expect> {
    let inside = scenario.setup.iter().chain(&scenario.sequence).filter_map(|statement| match statement {
        Statement::Expect(expect) => Some(expect),
        _ => None,
    });
    inside.chain(&scenario.expects).chain(scenario.schedules.iter().flat_map(|s| &s.expects))
}
