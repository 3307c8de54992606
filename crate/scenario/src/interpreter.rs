//! Interprets a scenario: performs its operations as engine calls, in order.

use crate::model::{BASE, Collapsed, Mapping, Op, Range, Statement, Target};
use crate::system::{Proc, SETUP, ScenarioWorld};
use crate::value::Value;
use crate::{expectations, inspect, model};
use faultline_engine::detail;
use faultline_engine::env::{Forget, Names, Observe, Report};
use faultline_engine::event::{Absent, Event};
use faultline_engine::finding::Finding;
use faultline_engine::ids::{FileId, ObjectId, ProcId, SpaceId, TaskId};
use faultline_engine::kern::ObjectFlags;
use faultline_engine::kern::{Kern, Signal};
use faultline_engine::machine::addr::{PAGE_SIZE, PageIndex, VirtAddr};
use faultline_engine::step::Step;
use faultline_engine::sync::Mode;
use faultline_engine::vm::map::{MapKind, MapRequest};
use faultline_engine::vm::object::ObjectType;
use faultline_engine::word::mix;
use faultline_engine::{Cx, Stepped};
use faultline_sched::Spawner;
use std::future::Future;
use std::pin::Pin;

type View<'w> = Cx<'w, Stepped>;

/// Address of a page that a scenario names.
pub(crate) fn address(page: u64) -> VirtAddr {
    VirtAddr(BASE + page * PAGE_SIZE)
}

/// Takes a reference on an anonymous object that is not being torn down; returns it if there is one.
fn hold(cx: &View<'_>, object: Option<ObjectId>) -> Option<ObjectId> {
    let id = object.filter(|&id| !cx.object(id).has(cx, ObjectFlags::DEAD) && cx.object(id).is_anon(cx))?;
    cx.object_hold(id);
    Some(id)
}

fn bounds(range: Range) -> (VirtAddr, VirtAddr) {
    (address(range.start), address(range.start + range.pages))
}

/// Whether a program continues after an operation.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    /// The process exits.
    Exit,
    /// The process is killed, out of memory.
    Killed,
}

/// Performs the set-up; at its end every process has as many threads as the scenario has tasks of it.
pub(crate) async fn set_up(scenario_world: &ScenarioWorld) {
    let ScenarioWorld { roster, procs, .. } = scenario_world;
    statements(scenario_world, SETUP, &roster.setup).await;
    for (index, proc) in procs.iter().enumerate() {
        let tasks = roster.task_specs.iter().filter(|p| p.starts && p.process == Some(index)).count() as u32;
        if let (Some(cx), true) = (scenario_world.cx(SETUP, 0, index), tasks > 1) {
            proc.threads.store(&cx, tasks);
            (1..tasks).for_each(|_| cx.vmspace_share(cx.space.get()));
        }
    }
    // The CPUs are idle at the beginning of the run.
    if roster.sequence.is_empty() {
        for cpu in 0..roster.cpus {
            scenario_world.outside(SETUP, cpu).pmap_deactivate().await;
        }
    }
}

/// Performs a task's program.
pub(crate) async fn task(scenario_world: &ScenarioWorld, task: TaskId, spawner: &Spawner) {
    let Some(task_spec) = scenario_world.roster.task_specs.get(task.0 as usize - 1) else { return };
    let Some(process) = task_spec.process else {
        return statements(scenario_world, task, &scenario_world.roster.sequence).await;
    };
    let proc = &scenario_world.procs[process];
    let Some(cx) = scenario_world.cx(task, task_spec.cpu, process) else {
        let cx = scenario_world.outside(task, task_spec.cpu);
        (0..task_spec.ops.len()).for_each(|nth| pass_over(&cx, proc, process, nth as u32));
        return;
    };
    let mut flow = Flow::On;
    for (nth, op) in task_spec.ops.iter().enumerate() {
        if nth > 0 {
            cx.point(Step::Begin).await;
        }
        begin(&cx, nth as u32);
        // Of the operations before this one only the present address space is live.
        cx.env.reset_local_hash(u64::from(cx.space.get().0));
        if proc.exiting.load(&cx) {
            break;
        }
        flow = Interpreter { scenario_world, process, spawner: Some(spawner), nth: nth as u32 }.perform(&cx, op).await;
        if flow != Flow::On {
            break;
        }
    }
    leave(&cx, proc, flow).await;
}

/// Skips an operation whose process has no address space, with an event (rulings R49).
fn pass_over(cx: &View<'_>, proc: &Proc, process: usize, nth: u32) {
    cx.emit(Event::OpSkip { op: nth, process: ProcId(process as u32), why: proc.absent(cx) });
}

fn begin(cx: &View<'_>, nth: u32) {
    cx.env.op_begin(cx.task, mix(u64::from(cx.process.0), u64::from(nth)));
    cx.emit(Event::OpStart { op: nth });
}

/// Ends a task. The last one of an exiting process frees the address space; a process that has not called exit stays,
/// idle.
async fn leave(cx: &View<'_>, proc: &Proc, flow: Flow) {
    if flow != Flow::On {
        proc.exiting.store(cx, true);
    }
    cx.pmap_deactivate().await;
    let last = proc.threads.add(cx, -1) == 1;
    let exits = proc.exiting.load(cx);
    if last && exits {
        proc.lose_space(cx, if flow == Flow::Killed { Absent::Killed } else { Absent::Exited });
        cx.emit(Event::ProcessExit { process: cx.process });
    }
    if !last || exits {
        cx.vmspace_drop(cx.space.get()).await;
    }
    if last && exits {
        give_back(cx, proc);
    }
}

/// Ends a vfork child's use of its parent's address space.
fn give_back(cx: &View<'_>, proc: &Proc) {
    let lender = proc.borrows.load(cx);
    if lender > 0 {
        proc.borrows.store(cx, 0);
        cx.vfork_done(TaskId(lender - 1), &proc.done);
    }
}

/// Performs a sequential section: several processes, one after the other.
async fn statements(scenario_world: &ScenarioWorld, task: TaskId, statements: &[Statement]) {
    let ScenarioWorld { world, roster, procs, .. } = scenario_world;
    let mut nth = 0;
    for statement in statements {
        match statement {
            Statement::Process(name) => {
                let Some(index) = roster.process(name) else { continue };
                let cx = scenario_world.outside(task, roster.home(index));
                match cx.vmspace_new().await {
                    Ok(space) => born(&cx, procs, index, space, None),
                    Err(kern) => failed(scenario_world, &cx, index, "its birth", kern),
                }
            }
            Statement::File(..) => {}
            Statement::Do(name, ops) => {
                let Some(process) = roster.process(name) else { continue };
                nth = Interpreter { scenario_world, process, spawner: None, nth }.sequence(task, ops).await;
            }
            Statement::NameObject(name, process, page) => {
                let named = roster.object(name).map(|at| &scenario_world.objects[at]);
                let space = roster.process(process).and_then(|p| procs[p].space.peek(&world.env));
                let top = space.and_then(|s| inspect::chain(world, s, address(*page)).first().copied());
                let cx = scenario_world.outside(task, 0);
                match (named, top) {
                    (Some(named), Some((object, _))) => {
                        named.id.store(&cx, Some(object));
                        named.born.store(&cx, world.env.name_of(faultline_engine::word::Kind::Object, object.0));
                        named.step.store(&cx, world.env.steps() + 1);
                    }
                    _ => scenario_world.unexpected(
                        task,
                        (None, None),
                        format!("{process} has no object at va{page} to name {name}"),
                    ),
                }
            }
            Statement::NamePage(name, object, index) => {
                let named = roster.pages.iter().position(|p| *p == name.text).map(|at| &scenario_world.pages[at]);
                let page = expectations::object(scenario_world, object)
                    .and_then(|o| inspect::resident(world, o, PageIndex(*index)));
                let cx = scenario_world.outside(task, 0);
                match (named, page) {
                    (Some(named), Some(page)) => {
                        named.id.store(&cx, Some(page.frame));
                        named.step.store(&cx, world.env.steps() + 1);
                    }
                    _ => scenario_world.unexpected(
                        task,
                        (None, None),
                        format!("{object} has no page {index} to name {name}"),
                    ),
                }
            }
            Statement::Expect(expect) => {
                // An observation from outside: nothing that the task does depends on it.
                world.env.opaque_effect(|| {
                    if let Some(broken) = expectations::broken(scenario_world, expect, &world.env.findings()) {
                        world.report(Finding { task, ..broken });
                    }
                });
            }
        }
    }
}

/// A process starts to run on a space.
fn born(cx: &View<'_>, procs: &[Proc], index: usize, space: SpaceId, parent: Option<ProcId>) {
    procs[index].space.store(cx, Some(space));
    procs[index].threads.store(cx, 1);
    cx.emit(Event::Process { process: ProcId(index as u32), space, parent });
}

fn failed(scenario_world: &ScenarioWorld, cx: &View<'_>, process: usize, what: &str, kern: Kern) {
    if scenario_world.scenario.header.strict {
        let name = &scenario_world.roster.processes[process];
        let why = if kern == Kern::ResourceShortage { scenario_world.no_frames() } else { String::new() };
        scenario_world.unexpected(cx.task, (None, None), format!("{what} of {name} failed with {kern}{why}"));
    }
}

/// Interprets operations of one process.
#[derive(Clone, Copy)]
struct Interpreter<'t> {
    scenario_world: &'t ScenarioWorld,
    process: usize,
    /// Starts children as tasks; without it their operations are performed where they fork.
    spawner: Option<&'t Spawner>,
    /// Number of operations of the program so far.
    nth: u32,
}

impl<'t> Interpreter<'t> {
    /// Performs operations of a sequential section; returns the number of operations so far.
    fn sequence(mut self, task: TaskId, ops: &'t [Op]) -> Pin<Box<dyn Future<Output = u32> + 't>> {
        Box::pin(async move {
            let proc = &self.scenario_world.procs[self.process];
            let home = self.scenario_world.roster.home(self.process);
            let mut view = self.scenario_world.cx(task, home, self.process);
            for op in ops {
                let body =
                    if let Op::Fork(child, body) | Op::Vfork(child, body) = op { Some((child, body)) } else { None };
                let Some(cx) = &view else {
                    pass_over(&self.scenario_world.outside(task, home), proc, self.process, self.nth);
                    self.nth += 1;
                    // The child's operations are skipped as well.
                    if let Some((child, body)) = body {
                        self.nth = self.child(task, child, body).await;
                    }
                    continue;
                };
                if self.nth > 0 {
                    cx.point(Step::Begin).await;
                }
                begin(cx, self.nth);
                self.nth += 1;
                let flow = self.perform(cx, op).await;
                if let Some((child, body)) = body {
                    self.nth = self.child(task, child, body).await;
                }
                if matches!(op, Op::Vfork(..)) {
                    self.wait(cx, op).await;
                }
                if flow != Flow::On {
                    leave(cx, proc, flow).await;
                    view = None;
                }
            }
            self.nth
        })
    }
    async fn child(self, task: TaskId, name: &model::Name, body: &'t [Op]) -> u32 {
        match self.scenario_world.roster.process(name) {
            Some(process) => Interpreter { process, ..self }.sequence(task, body).await,
            None => self.nth,
        }
    }
    async fn wait(self, cx: &View<'_>, op: &Op) {
        if let Op::Vfork(child, _) = op
            && let Some(child) = self.scenario_world.roster.process(child)
        {
            cx.vfork_wait(&self.scenario_world.procs[child].done).await;
        }
    }

    /// Performs one operation.
    async fn perform(self, cx: &View<'_>, op: &Op) -> Flow {
        let Interpreter { scenario_world, process, nth, .. } = self;
        let result = match op {
            Op::Store(page, value) => {
                let value = value.unwrap_or_default();
                return self.ended(cx, *page, cx.user_store(address(*page), value.0).await);
            }
            Op::Load(page, expected, name) => {
                let loaded = cx.user_load(address(*page)).await;
                self.compare(cx, *page, *expected, &loaded);
                let named = name.as_ref().and_then(|name| scenario_world.roster.load(name));
                if let (Some(at), Ok(value)) = (named, loaded) {
                    scenario_world.loads[at].loaded(cx, value);
                }
                return self.ended(cx, *page, loaded.map(|_| ()));
            }
            op => self.change(cx, op).await,
        };
        let error = result.err();
        if let Some(kern) = error {
            failed(scenario_world, cx, process, &format!("`{op}`"), kern);
        }
        cx.emit(Event::OpEnd { op: nth, error });
        if *op == Op::Exit { Flow::Exit } else { Flow::On }
    }
    /// Ends an access. A process that is out of memory is killed; it catches other signals and continues.
    fn ended(self, cx: &View<'_>, page: u64, result: Result<(), Signal>) -> Flow {
        if let Err(signal) = result {
            self.scenario_world.signalled(cx, self.process, page, signal);
        }
        cx.emit(Event::OpEnd { op: self.nth, error: None });
        if result == Err(Signal::Kill) { Flow::Killed } else { Flow::On }
    }
    fn compare(self, cx: &View<'_>, page: u64, expected: Option<Value>, loaded: &Result<u64, Signal>) {
        let (Some(expected), Ok(loaded)) = (expected, loaded) else { return };
        if expected.0 != *loaded {
            let name = &self.scenario_world.roster.processes[self.process];
            let detail = detail!("{} loaded {} at va{} instead of {}", name.clone(), Value(*loaded), page, expected);
            let about = inspect::chain(cx.world(), cx.space.get(), address(page)).first().copied();
            self.scenario_world.unexpected(cx.task, (about.map(|a| a.0), about.map(|a| a.1)), detail);
        }
    }
    /// Performs any operation but an access.
    async fn change(self, cx: &View<'_>, op: &Op) -> Result<(), Kern> {
        let space = cx.space.get();
        match op {
            Op::Mmap { range, prot, shared, what } => {
                let kind = match what {
                    Mapping::Anon => MapKind::Anon,
                    Mapping::Stack => MapKind::Stack,
                    Mapping::File(file, from) => {
                        let (number, pages) = self.scenario_world.roster.file(file).ok_or(Kern::InvalidArgument)?;
                        MapKind::File { file: FileId(number), offset: PageIndex(*from), pages: Some(pages) }
                    }
                };
                let len = range.pages * PAGE_SIZE;
                cx.mmap(space, &MapRequest { start: address(range.start), len, prot: *prot, shared: *shared, kind })
                    .await
            }
            Op::Munmap(range) => {
                let (start, end) = bounds(*range);
                cx.munmap(space, start, end).await
            }
            Op::Mprotect(range, prot) => {
                let (start, end) = bounds(*range);
                cx.mprotect(space, start, end, *prot).await
            }
            Op::Minherit(range, inherit) => {
                let (start, end) = bounds(*range);
                cx.minherit(space, start, end, *inherit).await
            }
            Op::Madvise(range, advice) => {
                let (start, end) = bounds(*range);
                cx.madvise(space, start, end, *advice).await
            }
            Op::Fork(child, _) => {
                let index = self.scenario_world.roster.process(child).ok_or(Kern::InvalidArgument)?;
                let new = cx.vmspace_fork(space).await?;
                born(cx, &self.scenario_world.procs, index, new, Some(cx.process));
                self.start(child);
                Ok(())
            }
            Op::Vfork(child, _) => {
                let index = self.scenario_world.roster.process(child).ok_or(Kern::InvalidArgument)?;
                cx.vmspace_share(space);
                self.scenario_world.procs[index].borrows.store(cx, cx.task.0 + 1);
                born(cx, &self.scenario_world.procs, index, space, Some(cx.process));
                if self.start(child) {
                    self.wait(cx, op).await;
                }
                Ok(())
            }
            Op::Exec => {
                let new = cx.vmspace_exec().await?;
                let proc = &self.scenario_world.procs[self.process];
                proc.space.store(cx, Some(new));
                cx.emit(Event::ProcessExec { process: cx.process, space: new });
                give_back(cx, proc);
                Ok(())
            }
            Op::Collapse(which) => self.collapse(cx, which).await,
            Op::Reclaim(None) => {
                cx.vnode_reclaim_all().await;
                Ok(())
            }
            Op::Pageout(target) => {
                if let Some((object, index)) = self.visit(cx, target).await {
                    cx.pageout(object, index).await;
                }
                Ok(())
            }
            Op::Reclaim(Some(target)) => {
                if let Some((object, index)) = self.visit(cx, target).await {
                    cx.reclaim(object, index).await;
                }
                Ok(())
            }
            Op::Exit | Op::Store(..) | Op::Load(..) => Ok(()),
        }
    }
    /// Starts a child's task, if children are tasks here.
    fn start(self, child: &model::Name) -> bool {
        if let (Some(spawner), Some(task)) = (self.spawner, self.scenario_world.roster.task(child)) {
            spawner.start(TaskId(task));
        }
        self.spawner.is_some()
    }
    /// `vm_object_collapse` by a task that holds its own reference (rulings R30).
    async fn collapse(self, cx: &View<'_>, which: &Collapsed) -> Result<(), Kern> {
        let held = match which {
            Collapsed::Named(name) => {
                cx.point(Step::RefAdd).await;
                // Checking that it still exists and taking the reference is one step.
                hold(cx, self.named(cx, name))
            }
            Collapsed::At(page) => {
                let space = cx.space.get();
                cx.map_read_lock(space).await;
                let entry = cx.map_entry_at(space, address(*page));
                let held = hold(cx, entry.and_then(|entry| cx.entry(entry).object.get(cx)));
                cx.map_read_unlock(space).await;
                held
            }
        };
        let id = held.ok_or(Kern::InvalidArgument)?;
        let object = cx.object(id);
        object.lock.lock(cx, Mode::Write).await;
        cx.object_collapse(id).await;
        object.lock.unlock(cx).await;
        cx.object_deallocate(id).await;
        Ok(())
    }
    /// The object that a name stands for, if it still exists.
    fn named(self, cx: &View<'_>, name: &model::Name) -> Option<ObjectId> {
        let at = self.scenario_world.roster.object(name)?;
        let id = self.scenario_world.objects[at].id.load(cx)?;
        // The end of the object and the beginning of another change its type: the result depends on that.
        cx.object(id).kind.load(cx);
        let there = cx.env.opaque(|| u64::from(expectations::object(self.scenario_world, name) == Some(id)));
        cx.env.observe(there, None);
        (there == 1).then_some(id)
    }
    /// The page that the pageout daemon reaches; its object is returned write-locked. `None` if the page or the
    /// object is gone, which is no error: the daemon finds pages on its queues.
    async fn visit(self, cx: &View<'_>, target: &Target) -> Option<(ObjectId, PageIndex)> {
        // A page may move until its object is locked: looks its place up again then.
        let who = || match target {
            Target::Index(name, index) => Some((self.named(cx, name)?, PageIndex(*index))),
            Target::Page(name) => {
                let at = self.scenario_world.roster.pages.iter().position(|p| *p == name.text)?;
                let page = cx.page(self.scenario_world.pages[at].id.load(cx)?);
                Some((page.object.load(cx)?, page.pindex.load(cx)))
            }
            Target::Shown(_) => None,
        };
        let (object, index) = match target {
            Target::Shown(page) => cx.page_shown(cx.space.get(), address(*page)).await?,
            _ => who()?,
        };
        let o = cx.object(object);
        o.lock.lock(cx, Mode::Write).await;
        let index = match target {
            Target::Shown(_) => Some(index),
            _ => who().filter(|now| now.0 == object).map(|now| now.1),
        };
        match index.filter(|_| o.kind.load(cx) != ObjectType::Dead) {
            Some(index) => Some((object, index)),
            None => {
                o.lock.unlock(cx).await;
                None
            }
        }
    }
}
