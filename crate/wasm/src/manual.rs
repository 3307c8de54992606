//! Manual operations: they become operations of the scenario's own tasks, so that a run
//! with them goes back and forward like any other.

use crate::problem::Problem;
use faultline_explore::TaskId;
use faultline_scenario::model::{Collapsed, Name, Op, Scenario, Task};
use faultline_scenario::value::Value;
use serde::Deserialize;

/// What can be done by hand.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// Loads from a page.
    Load {
        /// Which: 0 is `va0`.
        page: u64,
    },
    /// Stores a new value to a page.
    Store {
        /// Which.
        page: u64,
    },
    /// Forks a child, which then waits for manual of its own.
    Fork,
    /// Exits.
    Exit,
    /// Collapses the object that is mapped at a page.
    Collapse {
        /// Which page.
        page: u64,
    },
}

/// An operation that was done by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManualOp {
    /// Turns before it.
    pub at: usize,
    /// The process.
    pub process: String,
    /// What it does.
    pub operation: Operation,
}

/// The task that does what is done by hand for a process that has been there from the
/// beginning: one that a link brought with it, or a new one.
fn own_task(scenario: &Scenario, process: &str) -> String {
    let mut name = format!("{process}+");
    let is_anothers = |name: &str| scenario.tasks.iter().any(|t| t.name.text == name && t.process.text != process);
    while is_anothers(&name) {
        name.push('+');
    }
    name
}

/// A value that the scenario does not store, nor a link's HANDS before.
fn new_value(scenario: &Scenario) -> Option<Value> {
    let said = scenario.to_string();
    (1..1_000_000).map(|n| format!("W{n}")).find(|name| !said.contains(name)).and_then(|name| name.parse().ok())
}

/// Adds an operation to a scenario, and says which task does it.
pub fn add(scenario: &mut Scenario, manual_op: &ManualOp, taken: &[String]) -> Result<String, Problem> {
    let op = match &manual_op.operation {
        Operation::Load { page } => Op::Load(*page, None, None),
        Operation::Store { page } => Op::Store(*page, new_value(scenario)),
        Operation::Fork => Op::Fork(Name::new(fresh(taken)), Vec::new()),
        Operation::Exit => Op::Exit,
        Operation::Collapse { page } => Op::Collapse(Collapsed::At(*page)),
    };
    for task in &mut scenario.tasks {
        if let Some(body) = child_of(&mut task.ops, &manual_op.process) {
            body.push(op);
            return Ok(manual_op.process.clone());
        }
    }
    let name = own_task(scenario, &manual_op.process);
    match scenario.tasks.iter_mut().find(|t| t.name.text == name) {
        Some(task) => task.ops.push(op),
        None => {
            let (text, process) = (Name::new(&name), Name::new(&manual_op.process));
            scenario.tasks.push(Task { name: text, process, cpu: None, ops: vec![op] });
        }
    }
    Ok(name)
}

/// The operations of a child that tasks fork.
fn child_of<'s>(ops: &'s mut [Op], process: &str) -> Option<&'s mut Vec<Op>> {
    for op in ops {
        if let Op::Fork(child, body) | Op::Vfork(child, body) = op {
            if child.text == process {
                return Some(body);
            }
            if let Some(found) = child_of(body, process) {
                return Some(found);
            }
        }
    }
    None
}

/// A name for a child: the first letter that no process has.
fn fresh(taken: &[String]) -> String {
    let letters = ('A'..='Z').map(String::from);
    let numbered = (1..).map(|n| format!("P{n}"));
    letters.chain(numbered).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Turns of a run to repeat after its scenario got another operation: those of a child
/// that had nothing to do are left out, for now it has not come to its end.
pub fn repeated(trail: &[TaskId], task: TaskId, was_idle: bool) -> Vec<TaskId> {
    trail.iter().copied().filter(|&t| !(was_idle && t == task)).collect()
}
