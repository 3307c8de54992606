//! Performs one recorded event with FreeBSD's rules.

use super::drive::Drive;
use super::event::{Access, Event, Map, Op, Source};
use super::lanes::Halt;
use super::plan::{Item, LaneId, Plan};
use super::progress::{Progress, Word};
use super::regions::Expect;
use super::replay::{ReplayError, Settings};
use super::view::{LONGEST, Served, View};
use faultline_engine::check::{structural, tlb};
use faultline_engine::env::Env;
use faultline_engine::event::Event as Happened;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::{CpuId, FileId, ProcId, SpaceId, TaskId};
use faultline_engine::kern::{Kern, Signal};
use faultline_engine::machine::addr::{PAGE_SHIFT, PageIndex, VirtAddr};
use faultline_engine::machine::walk::AccessKind;
use faultline_engine::primitive::{Mutex, MutexGuard};
use faultline_engine::property::Property;
use faultline_engine::vm::map::{Advice, MapKind, MapRequest};
use faultline_engine::world::{Config, PmapCopy};
use faultline_engine::{Cx, World};
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

/// Maximum number of the replay's own findings.
const KEPT: usize = 200;

/// Counts of the replay besides those of the engine.
#[derive(Default)]
pub(super) struct Notes {
    /// Events with a result that the recording does not allow.
    pub findings: Vec<Finding>,
    /// Recorded faults performed as accesses.
    pub accesses: u64,
    /// Those that ended in a signal, as the recording allows.
    pub refused: u64,
    /// Why the replay cannot continue.
    pub error: Option<ReplayError>,
    /// Seconds spent in checks.
    pub check_seconds: f64,
}

/// A worker's simulated CPU.
pub(super) struct WorkerCpu {
    pub(super) cpu: CpuId,
    /// Recorded events performed.
    pub(super) events: u32,
    pub(super) accesses: u64,
    pub(super) refused: u64,
}

impl WorkerCpu {
    pub(super) fn new(cpu: u32) -> WorkerCpu {
        WorkerCpu { cpu: CpuId(cpu), events: 0, accesses: 0, refused: 0 }
    }
}

/// A world, and the recording that is replayed on it.
pub(super) struct Replayer<E: Env> {
    pub world: World<E>,
    pub plan: Plan,
    pub progress: Progress,
    pub settings: Settings,
    /// The space of each lane that has begun, plus one. Release and acquire: a worker that takes the lane finds the
    /// space as its fork or exec has made it.
    spaces: Vec<AtomicU32>,
    notes: Mutex<Notes>,
    free_before: u32,
    /// What a page draws, if anybody looks.
    pub view: Option<View>,
}

/// Failures for lack of frames.
enum Failed {
    Kern(Kern),
    Signal(Signal),
}

impl From<Kern> for Failed {
    fn from(kern: Kern) -> Failed {
        Failed::Kern(kern)
    }
}

impl<E: Drive> Replayer<E> {
    pub(super) fn new(env: E, plan: Plan, settings: Settings) -> Self {
        let config = Config {
            frames: settings.frames,
            cpus: settings.cpus,
            pmap_copy: PmapCopy::All,
            prefault: (4, 4),
            ..Config::default()
        };
        let world = World::new(env, settings.policy.clone(), config);
        let progress = Progress::default();
        progress.set(Word::EventsInAll, plan.recorded());
        progress.set(Word::FramesInAll, settings.frames);
        let view = settings.view.then(|| View::new(settings.frames, plan.trace().processes.len(), plan.recorded()));
        Replayer {
            view,
            free_before: world.free.count.peek(&world.env),
            spaces: plan.lanes().iter().map(|_| AtomicU32::new(0)).collect(),
            world,
            plan,
            progress,
            settings,
            notes: Mutex::default(),
        }
    }
    fn cx(&self, worker: &WorkerCpu, process: u32, space: SpaceId) -> Cx<'_, E> {
        Cx::new(&self.world, TaskId(process + 1), worker.cpu, ProcId(process + 1), space)
    }
    fn space(&self, lane: LaneId) -> Option<SpaceId> {
        self.spaces[lane as usize].load(Ordering::Acquire).checked_sub(1).map(SpaceId)
    }
    fn set_space(&self, lane: LaneId, space: SpaceId) {
        self.spaces[lane as usize].store(space.0 + 1, Ordering::Release);
    }
    /// Runs an operation of a process to completion.
    fn drive<F: Future>(&self, event: &Event, future: F) -> Result<F::Output, Halt> {
        self.world.env.drive(TaskId(event.process + 1), future).map_err(|stuck| {
            let detail = format!("{} cannot go on: {stuck}", self.describe(event));
            self.note(FindingKind::Deadlock, event, detail);
            self.stop(ReplayError::Stuck { line: event.line })
        })
    }
    /// The address space that is active on a CPU.
    pub(super) fn space_of(&self, cpu: CpuId) -> Option<SpaceId> {
        self.world.cpus[cpu.0 as usize].space.peek(&self.world.env)
    }
    /// Switches the CPU to the lane's address space; a lane that has not begun has none.
    pub(super) fn enter(&self, worker: &mut WorkerCpu, lane: LaneId) {
        match self.space(lane) {
            Some(space) if self.space_of(worker.cpu) == Some(space) => {}
            Some(space) => {
                let cx = self.cx(worker, 0, space);
                let _ = self.world.env.drive(cx.task, cx.pmap_activate(space));
            }
            None => self.leave(worker),
        }
    }
    /// The CPU leaves its address space.
    pub(super) fn leave(&self, worker: &mut WorkerCpu) {
        if let Some(space) = self.space_of(worker.cpu) {
            let cx = self.cx(worker, 0, space);
            let _ = self.world.env.drive(cx.task, cx.pmap_deactivate());
        }
    }
    /// Performs an event of a lane, and counts it unless it is an exit that the recording lacks.
    pub(super) fn perform(&self, worker: &mut WorkerCpu, lane: LaneId, item: Item) -> Result<(), Halt> {
        self.attempt(worker, lane, item)?;
        worker.events += u32::from((item.event as usize) < self.plan.recorded());
        Ok(())
    }
    fn attempt(&self, worker: &mut WorkerCpu, lane: LaneId, item: Item) -> Result<(), Halt> {
        let event = self.plan.event(item.event);
        let Some(space) = self.space(lane) else { return self.first_exec(worker, lane, event) };
        self.enter(worker, lane);
        let cx = self.cx(worker, event.process, space);
        let trace = self.plan.trace();
        let range = |start: u64, len: u64| (VirtAddr(start), VirtAddr(start + len));
        let done = match event.op {
            Op::Fault { address, access, .. } => {
                self.touch(worker, &cx, event, item.expect, address, access)?;
                self.show(&cx, event, item.event, VirtAddr(address));
                return Ok(());
            }
            Op::Map(_) if item.grown => Ok(()),
            Op::Map(at) => {
                let request = request(&trace.maps[at as usize]);
                self.drive(event, cx.mmap(space, &request))?.map_err(Failed::from)
            }
            Op::Unmap { start, len } => {
                let (start, end) = range(start, len);
                self.drive(event, cx.munmap(space, start, end))?.map_err(Failed::from)
            }
            Op::Protect { len: 0, .. } | Op::Advise { len: 0, .. } => Ok(()),
            Op::Protect { start, len, prot } => {
                let (start, end) = range(start, len);
                self.drive(event, cx.mprotect(space, start, end, prot))?.map_err(Failed::from)
            }
            Op::Remap(at) => {
                let r = trace.remaps[at as usize];
                let (old, new) = (VirtAddr(r.old_start), VirtAddr(r.new_start));
                self.drive(event, cx.mremap(space, old, r.old_len, new, r.new_len))?.map_err(Failed::from)
            }
            Op::Advise { start, len, advice } => {
                let Some(advice) = Advice::from_linux(u64::from(advice)) else { return Ok(()) };
                let (start, end) = range(start, len);
                self.drive(event, cx.madvise(space, start, end, advice))?.map_err(Failed::from)
            }
            Op::Fork { child } => self.drive(event, cx.vmspace_fork(space))?.map_err(Failed::from).map(|new| {
                self.born(&cx, item, child, new);
            }),
            // The plan orders the parent's wait: its next event comes after the child's exec or exit.
            Op::Vfork { child } | Op::Thread { child } => {
                cx.vmspace_share(space);
                self.born(&cx, item, child, space);
                Ok(())
            }
            Op::Exec { .. } => {
                let result = self.drive(event, cx.vmspace_exec())?;
                // Another worker may take the new lane.
                self.leave(worker);
                result.map_err(Failed::from).map(|new| {
                    if let Some(born) = item.births {
                        self.set_space(born, new);
                    }
                    cx.emit(Happened::ProcessExec { process: cx.process, space: new });
                })
            }
            Op::Exit => {
                self.drive(event, cx.vmspace_exit())?;
                cx.emit(Happened::ProcessExit { process: cx.process });
                Ok(())
            }
        };
        done.or_else(|failed| self.failed(event, failed))
    }
    fn born(&self, cx: &Cx<'_, E>, item: Item, child: u32, space: SpaceId) {
        if let Some(born) = item.births {
            self.set_space(born, space);
        }
        cx.emit(Happened::Process { process: ProcId(child + 1), space, parent: Some(cx.process) });
    }
    /// The first process begins: it replaces no address space.
    fn first_exec(&self, worker: &mut WorkerCpu, lane: LaneId, event: &Event) -> Result<(), Halt> {
        let cx = self.cx(worker, event.process, SpaceId(0));
        match self.drive(event, cx.vmspace_new())? {
            Ok(space) => {
                self.set_space(lane, space);
                cx.emit(Happened::Process { process: cx.process, space, parent: None });
                self.enter(worker, lane);
                Ok(())
            }
            Err(kern) => self.failed(event, Failed::Kern(kern)),
        }
    }
    fn touch(
        &self,
        worker: &mut WorkerCpu,
        cx: &Cx<'_, E>,
        event: &Event,
        expect: Expect,
        address: u64,
        access: Access,
    ) -> Result<(), Halt> {
        let kind = match access {
            Access::Read => AccessKind::Read,
            Access::Write => AccessKind::Write,
            Access::Execute => AccessKind::Fetch,
        };
        // Unique: no two events have the same line, and contents of files look different.
        let token = (access == Access::Write).then_some(u64::from(event.line) << 16 | 0x7ace);
        let result = self.drive(event, cx.user_touch(VirtAddr(address), kind, token))?;
        worker.accesses += 1;
        match (result, expect) {
            (Ok(()), Expect::Refused) => {
                let detail = format!("{} was served, although no mapping permits it", self.describe(event));
                self.note(FindingKind::Expectation, event, detail);
            }
            (Ok(()), _) => {}
            (Err(signal), Expect::Served | Expect::Grows) => return self.failed(event, Failed::Signal(signal)),
            (Err(Signal::Kill), _) => return self.failed(event, Failed::Signal(Signal::Kill)),
            (Err(_), _) => worker.refused += 1,
        }
        Ok(())
    }
    /// Puts an access that was served into the view. The lane is this worker's, so nobody changes its map meanwhile.
    fn show(&self, cx: &Cx<'_, E>, event: &Event, number: u32, va: VirtAddr) {
        let Some(view) = &self.view else { return };
        let env = &self.world.env;
        let Some(frame) = self.world.cpus[cx.cpu.0 as usize].tlb_peek(env, va.vpn()) else { return };
        let Some(page) = self.world.pages.peek(frame.0 as usize) else { return };
        let Some(object) = page.object.peek(env) else { return };
        let chain = self.world.chain_length_peek(cx.space.get(), va, LONGEST);
        let index = page.pindex.peek(env).0;
        view.served(&Served { frame: frame.0, process: event.process, object: object.0, index, chain, event: number });
    }
    /// Says in the view which frames are in use now.
    pub(super) fn look(&self) {
        let Some(view) = &self.view else { return };
        for frame in 0..view.frames() {
            let page = self.world.pages.peek(frame);
            view.uses(frame, page.is_some_and(|page| page.object.peek(&self.world.env).is_some()));
        }
    }
    /// Handles a failed event: for lack of frames the replay ends, any other failure is a finding.
    fn failed(&self, event: &Event, failed: Failed) -> Result<(), Halt> {
        let out = match &failed {
            Failed::Kern(kern) => *kern == Kern::ResourceShortage,
            Failed::Signal(signal) => *signal == Signal::Kill,
        };
        if out || self.world.free.count.peek(&self.world.env) == 0 {
            return Err(self.stop(ReplayError::Frames { line: event.line, frames: self.settings.frames }));
        }
        let how = match failed {
            Failed::Kern(kern) => format!("failed with {kern}"),
            Failed::Signal(signal) => format!("ended in {}", signal.name()),
        };
        self.note(FindingKind::Expectation, event, format!("{} {how}", self.describe(event)));
        Ok(())
    }
    /// The event in words: `line 17: process 3's write of 0x1000`.
    fn describe(&self, event: &Event) -> String {
        let number = self.plan.trace().processes[event.process as usize].number;
        let what = match event.op {
            Op::Fault { address, access, .. } => format!("{} of {address:#x}", format!("{access:?}").to_lowercase()),
            Op::Map(at) => format!("map of {:#x}", self.plan.trace().maps[at as usize].start),
            Op::Unmap { start, .. } => format!("unmap of {start:#x}"),
            Op::Protect { start, .. } => format!("protect of {start:#x}"),
            Op::Remap(at) => format!("remap of {:#x}", self.plan.trace().remaps[at as usize].old_start),
            Op::Advise { start, .. } => format!("advise of {start:#x}"),
            Op::Exec { .. } => "exec".into(),
            Op::Fork { .. } => "fork".into(),
            Op::Vfork { .. } => "vfork".into(),
            Op::Thread { .. } => "thread".into(),
            Op::Exit => "exit".into(),
        };
        format!("line {}: process {number}'s {what}", event.line)
    }
    fn note(&self, kind: FindingKind, event: &Event, detail: String) {
        let mut notes = self.notes();
        if notes.findings.len() < KEPT {
            let step = self.world.env.steps();
            let task = TaskId(event.process + 1);
            notes
                .findings
                .push(Finding { step, ..Finding::new(kind, Property::Recording, task, (None, None), detail) });
        }
    }
    fn stop(&self, error: ReplayError) -> Halt {
        self.notes().error.get_or_insert(error);
        Halt
    }
    /// Checks the world; no worker is inside an operation.
    pub(super) fn check(&self) {
        let begun = (self.settings.clock)();
        for violation in structural::check(&self.world).into_iter().chain(tlb::check_tlb(&self.world)) {
            self.world.report(Finding::from((violation, TaskId(0))));
        }
        self.notes().check_seconds += (self.settings.clock)() - begun;
        self.progress.add(Word::Checks, 1);
    }
    /// Whether the world is checked after this event (rulings R36).
    pub(super) fn wants_check(&self, item: Item) -> bool {
        self.settings.checks && item.check
    }
    /// Moves other CPUs out of a space that this event may end: in the stepped world a process that moves to another
    /// CPU leaves its space active on the old one.
    pub(super) fn prepare(&self, workers: &mut [WorkerCpu], cpu: usize, lane: LaneId, item: Item) {
        let space = self.space(lane);
        if space.is_none() || !matches!(self.plan.event(item.event).op, Op::Exec { .. } | Op::Exit) {
            return;
        }
        for (at, worker) in workers.iter_mut().enumerate() {
            if at != cpu && self.space_of(worker.cpu) == space {
                self.leave(worker);
            }
        }
    }
    /// After the last exit: frees the vnode objects too, after which nothing may be left.
    pub(super) fn finish(&self) {
        let cx = self.cx(&WorkerCpu::new(0), 0, SpaceId(0));
        let _ = self.world.env.drive(cx.task, cx.vnode_reclaim_all());
        if self.settings.checks {
            self.check();
        }
    }
}

impl<E: Env> Replayer<E> {
    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock()
    }
    /// Number of frames allocated beyond those before the first event.
    pub(super) fn frames_used(&self) -> i64 {
        i64::from(self.free_before) - i64::from(self.world.free.count.peek(&self.world.env))
    }
    /// Updates those parts of the progress that the environment does not count.
    pub(super) fn publish(&self, found: usize) {
        let env = &self.world.env;
        self.progress.set(Word::Frames, self.frames_used().max(0));
        self.progress.set(Word::Objects, self.world.objects.live(env));
        self.progress.set(Word::Spaces, self.world.spaces.live(env));
        self.progress.set(Word::Findings, found + self.notes().findings.len());
    }
    /// Adds a worker's counts to the progress and the notes.
    pub(super) fn settle(&self, worker: &mut WorkerCpu) {
        self.progress.add(Word::Events, std::mem::take(&mut worker.events));
        let mut notes = self.notes();
        notes.accesses += std::mem::take(&mut worker.accesses);
        notes.refused += std::mem::take(&mut worker.refused);
    }
}

/// The engine's mmap request for a recorded mapping.
fn request(map: &Map) -> MapRequest {
    let kind = match map.source {
        Source::Stack if !map.shared => MapKind::Stack,
        Source::Stack | Source::Anon | Source::Heap => MapKind::Anon,
        // A recording does not contain the length of its files (rulings R33).
        Source::File { file, offset } => {
            MapKind::File { file: FileId(file), offset: PageIndex(offset >> PAGE_SHIFT), pages: None }
        }
    };
    MapRequest { start: VirtAddr(map.start), len: map.len, prot: map.prot, shared: map.shared, kind }
}
