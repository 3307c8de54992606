//! A run as the page takes it: one step a turn, and the names of everything in it.

use faultline_engine::event::{Event, Record};
use faultline_engine::ids::TaskId;
use faultline_engine::routine::SourcePlace;
use faultline_engine::step::Step;
use faultline_explore::{TaskBits, Tasks};
use faultline_scenario::model::{BASE, Op};
use faultline_scenario::names::Born;
use faultline_scenario::places::place_of;
use faultline_scenario::player::Player;
use faultline_scenario::report::{FindingReport, PartingReport};
use faultline_scenario::tail::Tail;
use faultline_sched::Progress;
use faultline_sched::ids::to_engine;
use serde::Serialize;

/// A task that can go on, and the step it stands before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Runnable {
    /// Which.
    pub task: u32,
    /// The step's label.
    pub at: &'static str,
}

/// An event as the page gets it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NamedRecord {
    /// The event.
    #[serde(flatten)]
    pub record: Record,
    /// For `sleep` what the task sleeps on, and for `acquire` what the lock belongs to, in the scenario's names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub words: Option<String>,
}

impl From<Record> for NamedRecord {
    fn from(record: Record) -> NamedRecord {
        NamedRecord { record, words: None }
    }
}

/// Events of the stream, the first of which is event `from`, with their words.
pub fn named(records: &[Record], from: usize, names: &faultline_scenario::names::Names) -> Vec<NamedRecord> {
    let mut named: Vec<_> = records.iter().copied().map(NamedRecord::from).collect();
    put_in_words(&mut named, from, names);
    named
}

/// Puts events of the stream, the first of which is event `from`, into words.
pub fn put_in_words(records: &mut [NamedRecord], from: usize, names: &faultline_scenario::names::Names) {
    for (nth, NamedRecord { record, words }) in records.iter_mut().enumerate() {
        let detail = match record.event {
            Event::Sleep { channel } => channel.thing(),
            Event::Acquire { lock, .. } => lock.owner(),
            _ => continue,
        };
        *words = Some(names.say(&detail, from + nth));
    }
}

/// What one turn did, and what can be done after it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepRecord {
    /// Who took the turn.
    pub task: u32,
    /// The label of the point at which it began.
    pub at: &'static str,
    /// Where in FreeBSD's source it began, on this kernel.
    pub place: Option<SourcePlace>,
    /// What happened.
    pub records: Vec<NamedRecord>,
    /// Who can go on now.
    pub runnable: Vec<Runnable>,
    /// Nothing is left to run.
    pub done: bool,
    /// What this turn got wrong.
    pub findings: Vec<FindingReport>,
    /// Where the stored schedule could not be followed, before this turn.
    pub parted: Vec<PartingReport>,
    /// The turn in words, with marks and with who takes it.
    pub text: String,
    /// It has nothing that a story would mention.
    pub quiet: bool,
}

/// An operation of a task's program.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ProgramOperation"))]
pub struct Operation {
    /// The process that performs it, by number; in a sequence that changes.
    pub process: Option<usize>,
    /// What it is, without what a child does.
    pub text: String,
}

/// A task by name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TaskName {
    /// Its number in events.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The number of its process; none for the set-up and for a sequence.
    pub process: Option<usize>,
    /// Its operations, each with the process that performs it, as the scenario says them.
    pub program: Vec<Operation>,
}

/// The names of everything in a stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Names {
    /// Tasks, the set-up first.
    pub tasks: Vec<TaskName>,
    /// Processes by number.
    pub processes: Vec<String>,
    /// Files by number.
    pub files: Vec<String>,
    /// Objects, each from the event on that made it.
    pub objects: Vec<Born>,
    /// Pages that the scenario names, each from some event on.
    pub pages: Vec<Born>,
    /// The address of `va0`.
    pub base: u64,
}

/// What has changed in the names of a stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NameChanges {
    /// All names, where the receiver does not have those of tasks and processes yet; nothing is in the lists then.
    pub all: Option<Names>,
    /// See [`Names::objects`].
    pub objects: Tail<Born>,
    /// See [`Names::pages`].
    pub pages: Tail<Born>,
}

/// All `names` of a player's stream.
pub fn names(player: &Player, names: &faultline_scenario::names::Names) -> Names {
    let roster = &player.run().system().scenario_world().roster;
    let task_spec = |(id, name): (usize, &String)| {
        let task_spec = id.checked_sub(1);
        let program = task_spec.map_or_else(Vec::new, |task_spec| roster.program(task_spec));
        TaskName {
            id: id as u32,
            name: name.clone(),
            process: task_spec.and_then(|task_spec| roster.task_specs.get(task_spec)?.process),
            program: program.iter().map(|o| Operation { process: o.process, text: said(&o.op) }).collect(),
        }
    };
    Names {
        tasks: names.tasks.iter().enumerate().map(task_spec).collect(),
        processes: names.processes.clone(),
        files: names.files.clone(),
        objects: names.objects.clone(),
        pages: names.pages.clone(),
        base: BASE,
    }
}

fn said(op: &Op) -> String {
    match op {
        Op::Fork(child, _) => format!("fork {child}"),
        Op::Vfork(child, _) => format!("vfork {child}"),
        op => op.to_string(),
    }
}

/// Who can go on.
pub fn runnable(player: &Player) -> Vec<Runnable> {
    let run = player.run();
    runnable_of(player, run.runnable(), |task| run.executor().at(task))
}

/// The tasks that can take these turns; `at` says before which step each stands.
pub fn runnable_of(player: &Player, turns: &TaskBits, at: impl Fn(TaskId) -> Step) -> Vec<Runnable> {
    let executor = player.run().executor();
    // A recorded schedule follows a hint; a manual step does not.
    let tasks = turns.iter().filter(|&turn| executor.taker(turn) == turn);
    tasks.map(|task| Runnable { task: task.0, at: at(to_engine(task)).label() }).collect()
}

/// Makes a step of the turn that `take` takes. Findings of the end belong to the last turn.
pub fn turn(player: &mut Player, take: impl FnOnce(&mut Player)) -> Option<StepRecord> {
    let position = player.run().position();
    let (events, findings) = (player.run().events().len(), player.finding_count());
    take(player);
    let run = player.run();
    let taken = run.trail().get(position)?;
    let (step, routine) = run.taken_from(position)?;
    // What was expected of the end is looked at there.
    let new = player.finding_count() > findings || run.progress() != Progress::Going;
    let reports = if new { player.report().findings } else { Vec::new() };
    Some(StepRecord {
        task: taken.task.0,
        at: step.label(),
        place: place_of(player, step, routine),
        records: run.events()[events..].iter().copied().map(NamedRecord::from).collect(),
        runnable: runnable(player),
        done: run.progress() != Progress::Going,
        findings: reports.into_iter().skip(findings).collect(),
        parted: Vec::new(),
        text: String::new(),
        quiet: true,
    })
}
