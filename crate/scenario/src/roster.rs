//! The roster of a scenario: its processes, tasks and named things, numbered.

use crate::model::{Name, Op, Scenario, Statement};
use crate::validate::SEQUENCE;
use crate::value::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A task: its number in the world is from 1; 0 is the set-up.
#[derive(Clone, Debug)]
pub struct TaskSpec {
    /// Its name.
    pub name: String,
    /// Its process; `None` for the task that runs a sequence.
    pub process: Option<usize>,
    /// The CPU it runs on.
    pub cpu: u32,
    /// It starts at the beginning; otherwise a fork starts it.
    pub starts: bool,
    /// Its program; children are separate tasks.
    pub ops: Rc<[Op]>,
}

/// An operation of a task's program.
#[derive(Clone, PartialEq, Debug)]
pub struct Operation {
    /// Number of the process that performs it; varies in a sequence.
    pub process: Option<usize>,
    /// The operation.
    pub op: Op,
}

/// All processes, tasks and named things.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// Processes, in order of appearance.
    pub processes: Vec<String>,
    /// Tasks, in task order: as in the file, a child right after its parent.
    pub task_specs: Vec<TaskSpec>,
    /// Named objects.
    pub objects: Vec<String>,
    /// Named pages.
    pub pages: Vec<String>,
    /// Named loads.
    pub loads: Vec<String>,
    /// Files and their lengths in pages.
    pub files: Vec<(String, u64)>,
    /// The set-up, every store with its value.
    pub setup: Rc<[Statement]>,
    /// The sequence, every store with its value.
    pub sequence: Rc<[Statement]>,
    /// Number of CPUs.
    pub cpus: u32,
    stores: BTreeMap<String, usize>,
}

impl Roster {
    /// The roster of a scenario.
    pub fn of(scenario: &Scenario) -> Roster {
        let mut roster = Roster::default();
        roster.setup = scenario.setup.iter().map(|statement| roster.statement(statement)).collect();
        roster.sequence = scenario.sequence.iter().map(|statement| roster.statement(statement)).collect();
        if !roster.sequence.is_empty() {
            roster.task_specs.push(TaskSpec {
                name: SEQUENCE.into(),
                process: None,
                cpu: 0,
                starts: true,
                ops: Rc::new([]),
            });
        }
        for task in &scenario.tasks {
            let process = roster.process(&task.process);
            roster.task_spec(&task.name, process, task.cpu, true, &task.ops);
        }
        roster.place_on_cpus(scenario.header.cpus);
        roster
    }
    /// The number of a process; every process of a parsed scenario has one.
    pub fn process(&self, name: &Name) -> Option<usize> {
        self.processes.iter().position(|p| *p == name.text)
    }
    /// The number of a named object.
    pub fn object(&self, name: &Name) -> Option<usize> {
        self.objects.iter().position(|o| *o == name.text)
    }
    /// The number of a named load.
    pub fn load(&self, name: &Name) -> Option<usize> {
        self.loads.iter().position(|l| *l == name.text)
    }
    /// The number of a task in the world.
    pub fn task(&self, name: &Name) -> Option<u32> {
        self.task_specs.iter().position(|t| t.name == name.text).map(|at| at as u32 + 1)
    }
    /// The operations of a task, in the order in which events count them: in a sequence a child's operations follow
    /// its fork.
    pub fn program(&self, task_spec: usize) -> Vec<Operation> {
        let mut program = Vec::new();
        let Some(task_spec) = self.task_specs.get(task_spec) else { return program };
        if task_spec.process.is_some() {
            return task_spec.ops.iter().map(|op| Operation { process: task_spec.process, op: op.clone() }).collect();
        }
        for statement in self.sequence.iter() {
            if let Statement::Do(process, ops) = statement {
                self.in_sequence(process, ops, &mut program);
            }
        }
        program
    }
    fn in_sequence(&self, process: &Name, ops: &[Op], program: &mut Vec<Operation>) {
        for op in ops {
            program.push(Operation { process: self.process(process), op: op.clone() });
            if let Op::Fork(child, body) | Op::Vfork(child, body) = op {
                self.in_sequence(child, body, program);
            }
        }
    }
    /// The number of a file, and its length in pages.
    pub fn file(&self, name: &Name) -> Option<(u32, u64)> {
        let at = self.files.iter().position(|(f, _)| *f == name.text)?;
        Some((at as u32, self.files[at].1))
    }
    /// The CPU on which the sequential sections run a process.
    pub fn home(&self, process: usize) -> u32 {
        process as u32 % self.cpus
    }

    fn statement(&mut self, statement: &Statement) -> Statement {
        match statement {
            Statement::Process(name) => self.processes.push(name.text.clone()),
            Statement::File(name, pages) => self.files.push((name.text.clone(), *pages)),
            Statement::NameObject(name, ..) => self.objects.push(name.text.clone()),
            Statement::NamePage(name, ..) => self.pages.push(name.text.clone()),
            Statement::Do(process, ops) => return Statement::Do(process.clone(), self.inline(&process.text, ops)),
            Statement::Expect(_) => {}
        }
        statement.clone()
    }
    /// The operations of a sequential section, with a child's after its fork.
    fn inline(&mut self, who: &str, ops: &[Op]) -> Vec<Op> {
        let mut inline = |op: &Op| match op {
            Op::Fork(child, body) => {
                self.processes.push(child.text.clone());
                Op::Fork(child.clone(), self.inline(&child.text, body))
            }
            Op::Vfork(child, body) => {
                self.processes.push(child.text.clone());
                Op::Vfork(child.clone(), self.inline(&child.text, body))
            }
            op => self.with_value(who, op),
        };
        ops.iter().map(&mut inline).collect()
    }
    /// Adds a task and, after it, the tasks that it starts.
    fn task_spec(&mut self, name: &Name, process: Option<usize>, cpu: Option<u32>, starts: bool, ops: &[Op]) {
        let own: Vec<Op> = ops.iter().map(|op| self.with_value(&name.text, op)).collect();
        // A number beyond all CPUs: none assigned yet.
        let cpu = cpu.unwrap_or(u32::MAX);
        self.task_specs.push(TaskSpec { name: name.text.clone(), process, cpu, starts, ops: own.into() });
        for op in ops {
            if let Op::Fork(child, body) | Op::Vfork(child, body) = op {
                self.processes.push(child.text.clone());
                self.task_spec(child, Some(self.processes.len() - 1), None, false, body);
            }
        }
    }
    /// The operation, with an automatic value if it is a store without one; registers the name of a load.
    fn with_value(&mut self, who: &str, op: &Op) -> Op {
        let number = self.task_specs.len();
        match op {
            Op::Store(page, value) => {
                let nth = self.stores.entry(who.into()).or_default();
                *nth += 1;
                Op::Store(*page, Some(value.unwrap_or_else(|| Value::automatic(who, number, *nth))))
            }
            Op::Load(_, _, Some(name)) => {
                self.loads.push(name.text.clone());
                op.clone()
            }
            op => op.clone(),
        }
    }
    /// Assigns a separate CPU to every task that names none (rulings R6), as long as there are CPUs.
    fn place_on_cpus(&mut self, given: Option<u32>) {
        let taken: Vec<u32> = self.task_specs.iter().map(|p| p.cpu).collect();
        let mut free = (0..).filter(|cpu| !taken.contains(cpu));
        for task_spec in self.task_specs.iter_mut().filter(|p| p.cpu == u32::MAX) {
            task_spec.cpu = free.next().unwrap_or(0);
        }
        let needed = self.task_specs.iter().map(|p| p.cpu + 1).max().unwrap_or(1);
        let sequential = if self.sequence.is_empty() { 1 } else { self.processes.len() as u32 };
        self.cpus = given.unwrap_or(needed.max(sequential)).clamp(1, 64);
        for task_spec in &mut self.task_specs {
            task_spec.cpu %= self.cpus;
        }
    }
}
