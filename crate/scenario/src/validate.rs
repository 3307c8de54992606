//! Whether the names in a scenario fit together: everything that can be known before it runs.

use crate::error::Refusal;
use crate::model::{Claim, Collapsed, Expect, MAX_TASKS, Mapping, Name, Op, Scenario, Statement, Target};
use crate::suggest::meant;
use faultline_engine::event::Counters;
use faultline_engine::policy::{Policy, PolicyError};
use faultline_text::escape::quoted;
use std::collections::{HashMap, HashSet};

/// The fewest frames with which a process can be made at all.
const MIN_FRAMES: u32 = 16;
/// The longest text that names a kernel: every switch there is fits in.
const MAX_KERNEL: usize = 512;
/// The name of the one task that runs a sequence.
pub const SEQUENCE: &str = "sequence";
type Checked = Result<(), Refusal>;

fn refuse(name: &Name, expected: impl Into<String>, remedy: impl Into<String>) -> Checked {
    Err(Refusal::new(name.at, expected, remedy))
}

/// Checks a scenario; an error stands where the name that does not fit does.
pub(crate) fn validate(scenario: &Scenario) -> Checked {
    let mut known = Known::default();
    header(scenario)?;
    for statement in &scenario.setup {
        known.statement(statement)?;
    }
    if scenario.sequence.is_empty() == scenario.tasks.is_empty() {
        let at = scenario.tasks.first().map_or(0, |t| t.name.at);
        return Err(Refusal::new(
            at,
            "either a sequence or tasks",
            "put the run into `sequence { … }` or into `task` lines",
        ));
    }
    for statement in &scenario.sequence {
        known.statement(statement)?;
    }
    if !scenario.sequence.is_empty() {
        known.tasks.add(SEQUENCE);
    }
    tasks(scenario, &mut known)?;
    for expect in &scenario.expects {
        known.expect(expect)?;
    }
    let mut schedules = Names::default();
    for schedule in &scenario.schedules {
        unique(&mut schedules, &schedule.name, "schedule")?;
        for directive in &schedule.directives {
            if !known.tasks.contains(&directive.task.text) {
                let said = &directive.task.text;
                let near = meant(said, known.tasks.order.iter().map(String::as_str));
                let remedy = format!("{near}the tasks are {}", known.tasks.listed());
                return refuse(&directive.task, format!("the name of a task, not {}", quoted(said)), remedy);
            }
        }
        for expect in &schedule.expects {
            known.expect(expect)?;
        }
    }
    Ok(())
}

fn header(scenario: &Scenario) -> Checked {
    let header = &scenario.header;
    if header.frames < MIN_FRAMES {
        return Err(Refusal::new(
            0,
            "more frames",
            format!("write `frames {MIN_FRAMES}` or more: page tables need some too"),
        ));
    }
    if header.cpus == Some(0) {
        return Err(Refusal::new(0, "a CPU", "write `cpus 1` or more"));
    }
    kernel(&header.policy, "a policy", |text| Policy::parse(text).map(|_| ()))
}

/// What names a kernel; `read` says whether it does.
fn kernel(said: &Name, of: &str, read: impl FnOnce(&str) -> Result<(), PolicyError>) -> Checked {
    if said.text.len() > MAX_KERNEL {
        return refuse(said, of, format!("write a preset, perhaps with changes: at most {MAX_KERNEL} characters"));
    }
    read(&said.text).or_else(|error| refuse(said, of, error.to_string()))
}

/// Tasks that there would be, forked ones included; no more than one beyond the most is counted.
pub(crate) fn count(ops: &[Op], most: usize) -> usize {
    let mut tasks = 0;
    for op in ops {
        if let Op::Fork(_, body) | Op::Vfork(_, body) = op {
            tasks += 1 + count(body, most);
        }
        if tasks > most {
            break;
        }
    }
    tasks
}

fn tasks(scenario: &Scenario, known: &mut Known) -> Checked {
    // Before any work that grows with their number.
    let mut all = 0;
    for task in &scenario.tasks {
        all += 1 + count(&task.ops, MAX_TASKS);
        if all > MAX_TASKS {
            let remedy = format!("{MAX_TASKS} tasks, forked ones included, are the most");
            return refuse(&task.name, "fewer tasks", remedy);
        }
    }
    for task in &scenario.tasks {
        known.alive(&task.process)?;
        if let Some(cpus) = scenario.header.cpus.filter(|&cpus| task.cpu >= Some(cpus)) {
            return refuse(
                &task.name,
                "a CPU that there is",
                format!("there are cpu0 to cpu{}; raise `cpus`", cpus - 1),
            );
        }
    }
    let mut threads: HashMap<&str, usize> = HashMap::new();
    scenario.tasks.iter().for_each(|task| *threads.entry(&task.process.text).or_default() += 1);
    for task in &scenario.tasks {
        if threads[task.process.text.as_str()] > 1 && task.ops.contains(&Op::Exec) {
            let remedy = format!("an exec ends all other threads: leave `{}` one task", task.process);
            return refuse(&task.name, "no `exec` in a process of several tasks", remedy);
        }
        unique(&mut known.tasks, &task.name, "task")?;
        known.program(&task.name, &task.ops, true)?;
    }
    Ok(())
}

/// Names of one sort of thing: in order, and each found at once.
#[derive(Default)]
struct Names {
    order: Vec<String>,
    all: HashSet<String>,
}

/// How many names a message lists.
const LISTED: usize = 20;

impl Names {
    fn contains(&self, name: &str) -> bool {
        self.all.contains(name)
    }
    fn add(&mut self, name: &str) {
        if self.all.insert(name.to_owned()) {
            self.order.push(name.to_owned());
        }
    }
    /// In words; of many the first ones.
    fn listed(&self) -> String {
        let more = self.order.len().saturating_sub(LISTED);
        let listed = self.order[..self.order.len() - more].join(", ");
        if more > 0 { format!("{listed} and {more} more") } else { listed }
    }
}

fn unique(names: &mut Names, new: &Name, of: &str) -> Checked {
    if names.contains(&new.text) {
        return refuse(new, format!("a new {of}"), format!("`{new}` is taken; choose another name"));
    }
    names.add(&new.text);
    Ok(())
}

fn exists(names: &Names, name: &Name, of: &str) -> Checked {
    match names.contains(&name.text) {
        true => Ok(()),
        false if names.order.is_empty() => refuse(name, format!("the name of {of}"), "there is none yet"),
        false => {
            let near = meant(&name.text, names.order.iter().map(String::as_str));
            let expected = format!("the name of {of}, not {}", quoted(&name.text));
            refuse(name, expected, format!("{near}known are {}", names.listed()))
        }
    }
}

#[derive(Default)]
struct Known {
    processes: Names,
    gone: Names,
    tasks: Names,
    objects: Names,
    pages: Names,
    files: Names,
    /// Loads with names.
    loads: Names,
}

impl Known {
    fn alive(&self, process: &Name) -> Checked {
        exists(&self.processes, process, "a process")?;
        match self.gone.contains(&process.text) {
            true => refuse(process, "a process that is still there", format!("`{process}` has exited before")),
            false => Ok(()),
        }
    }
    fn statement(&mut self, statement: &Statement) -> Checked {
        match statement {
            Statement::Process(name) => unique(&mut self.processes, name, "process"),
            Statement::File(name, _) => unique(&mut self.files, name, "file"),
            Statement::Do(process, ops) => {
                self.alive(process)?;
                self.program(process, ops, false)
            }
            Statement::NameObject(name, process, _) => {
                self.alive(process)?;
                unique(&mut self.objects, name, "object")
            }
            Statement::NamePage(name, object, _) => {
                exists(&self.objects, object, "an object")?;
                unique(&mut self.pages, name, "page")
            }
            Statement::Expect(expect) => self.expect(expect),
        }
    }
    /// Operations one after the other, of the process or task `who`. In the concurrent
    /// section a child is a task of its own, and what exits there may still be spoken of.
    fn program(&mut self, who: &Name, ops: &[Op], concurrent: bool) -> Checked {
        for (nth, op) in ops.iter().enumerate() {
            match op {
                Op::Fork(child, body) | Op::Vfork(child, body) => {
                    unique(&mut self.processes, child, "process")?;
                    if concurrent {
                        unique(&mut self.tasks, child, "task")?;
                    }
                    if matches!(op, Op::Vfork(..)) && !body.iter().any(|op| matches!(op, Op::Exec | Op::Exit)) {
                        let remedy = format!("write `vfork {child} {{ …; exec }}`: its parent waits for it");
                        return refuse(child, "a vfork child that execs or exits", remedy);
                    }
                    self.program(child, body, concurrent)?;
                }
                Op::Exit if nth + 1 < ops.len() => {
                    return refuse(
                        who,
                        "nothing after `exit`",
                        format!("`{who}` goes on after its exit; put that before"),
                    );
                }
                Op::Exit if !concurrent => self.gone.add(&who.text),
                Op::Load(_, _, Some(name)) => unique(&mut self.loads, name, "name of a load")?,
                Op::Collapse(Collapsed::Named(object)) => exists(&self.objects, object, "an object")?,
                Op::Pageout(target) | Op::Reclaim(Some(target)) => match target {
                    Target::Page(page) => exists(&self.pages, page, "a page")?,
                    Target::Index(object, _) => exists(&self.objects, object, "an object")?,
                    Target::Shown(_) => {}
                },
                Op::Mmap { what: Mapping::File(file, _), .. } => exists(&self.files, file, "a file")?,
                _ => {}
            }
        }
        Ok(())
    }
    fn expect(&self, expect: &Expect) -> Checked {
        for said in &expect.under {
            kernel(said, "a kernel", |text| Policy::default().fits(text).map(|_| ()))?;
        }
        match &expect.claim {
            Claim::Value(process, ..)
            | Claim::Depth(process, ..)
            | Claim::Pte(process, ..)
            | Claim::NeedsCopy(process, ..) => exists(&self.processes, process, "a process"),
            Claim::Same(one, other) => {
                exists(&self.loads, one, "a load")?;
                exists(&self.loads, other, "a load")
            }
            Claim::Chain(process, _, objects) => {
                exists(&self.processes, process, "a process")?;
                objects.iter().try_for_each(|o| exists(&self.objects, o, "an object"))
            }
            Claim::Count(_, object, _)
            | Claim::Page(object, ..)
            | Claim::Swapped(object, ..)
            | Claim::OneMapping(object, _)
            | Claim::Gone(object, _) => exists(&self.objects, object, "an object"),
            Claim::Counter(name, _) => match Counters::NAMES.contains(&name.text.as_str()) {
                true => Ok(()),
                false => {
                    let expected = format!("the name of a count, not {}", quoted(&name.text));
                    refuse(
                        name,
                        expected,
                        format!(
                            "{}known are {}",
                            meant(&name.text, Counters::NAMES.iter().copied()),
                            Counters::NAMES.join(", ")
                        ),
                    )
                }
            },
            Claim::Signal(_, _, Some(process)) => exists(&self.processes, process, "a process"),
            Claim::Signal(_, _, None) | Claim::Finding(..) => Ok(()),
        }
    }
}
