//! Small worlds whose tasks are written in the tests.

use faultline_engine::env::stepped::Keep;
use faultline_engine::env::{Cell, Names};
use faultline_engine::ids::{CpuId, ProcId, SpaceId, TaskId};
use faultline_engine::policy::Policy;
use faultline_engine::word::{Kind, Place};
use faultline_engine::{Config, Cx, Stepped, World};
use faultline_explore::strategy::replay::Replay;
use faultline_explore::{Choices, Tasks};
use faultline_sched::{Checks, Run, Spawner, System, TaskFuture};
use std::future::Future;
use std::rc::Rc;

/// A world and some words that are part of its fingerprint.
pub struct Table {
    pub world: World<Stepped>,
    pub words: Vec<Cell<Stepped, u64>>,
}

impl Table {
    pub fn cx(&self, task: TaskId) -> Cx<'_, Stepped> {
        Cx::new(&self.world, task, CpuId(0), ProcId(0), SpaceId(0))
    }
}

type Make = Box<dyn Fn(Rc<Table>, TaskId, Spawner) -> TaskFuture>;

/// The system that these tests run.
pub struct Toy {
    pub table: Rc<Table>,
    makes: Vec<Make>,
    unborn: Vec<TaskId>,
}

impl Toy {
    pub fn new() -> Self {
        Toy::keeping(Keep::ALL)
    }
    /// A system that can go back turn by turn, and whose objects' locks are part of its fingerprint.
    pub fn searched() -> Self {
        let toy = Toy::keeping(Keep::SEARCH);
        for i in 0..4 {
            // Created before it has a name, because creation is not undone.
            toy.table.world.objects.get(&toy.table.cx(TaskId(0)), i);
            toy.table.world.env.name(Kind::Object, i, u64::from(i) + 1);
        }
        toy
    }
    fn keeping(keep: Keep) -> Self {
        let policy = Policy::preset("main").unwrap();
        let world = World::new(Stepped::new(4, keep), policy, Config { frames: 4, ..Config::default() });
        let words = (0..8).map(|i| Cell::new(&world.env, Place::at(Kind::Task, 0, i), 0)).collect();
        world.env.name(Kind::Task, 0, 1);
        Toy { table: Rc::new(Table { world, words }), makes: Vec::new(), unborn: Vec::new() }
    }
    /// Adds a task.
    pub fn task<F: Future<Output = ()> + 'static>(
        mut self,
        make: impl Fn(Rc<Table>, TaskId, Spawner) -> F + 'static,
    ) -> Self {
        self.makes.push(Box::new(move |table, task, spawner| Box::pin(make(table, task, spawner))));
        self
    }
    /// Adds a task that another task starts.
    pub fn child<F: Future<Output = ()> + 'static>(
        mut self,
        make: impl Fn(Rc<Table>, TaskId, Spawner) -> F + 'static,
    ) -> Self {
        self.unborn.push(TaskId(self.makes.len() as u32 + 1));
        self.task(make)
    }
    pub fn run(self) -> Run<Toy> {
        Run::new(self, Checks::FULL)
    }
}

impl System for Toy {
    fn world(&self) -> &World<Stepped> {
        &self.table.world
    }
    fn tasks(&self) -> u32 {
        self.makes.len() as u32
    }
    fn starts(&self, task: TaskId) -> bool {
        !self.unborn.contains(&task)
    }
    fn make(&self, task: TaskId, spawner: &Spawner) -> TaskFuture {
        self.makes[task.0 as usize - 1](self.table.clone(), task, spawner.clone())
    }
}

/// Plays every interleaving, starting with task order, and calls `seen` at the end of each. Returns their number.
pub fn every_interleaving<S: System>(run: &mut Run<S>, mut seen: impl FnMut(&Run<S>)) -> u64 {
    let mut prefix = Vec::new();
    let mut count = 0;
    loop {
        run.seek(0);
        let mut widths = Vec::new();
        let mut replay = Replay::new(Choices::from(prefix.clone()));
        loop {
            let width = run.runnable().len();
            if run.step(&mut replay).is_none() {
                break;
            }
            if width > 1 {
                widths.push(width as u16);
            }
        }
        count += 1;
        seen(run);
        let mut taken = run.choices().as_slice().to_vec();
        loop {
            let Some(last) = taken.pop() else { return count };
            if last + 1 < widths[taken.len()] {
                taken.push(last + 1);
                break;
            }
        }
        prefix = taken;
    }
}
