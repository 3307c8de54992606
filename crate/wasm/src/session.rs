//! A scenario that is stepped by hand.

use crate::js;
use crate::manual::{self, ManualOp, Operation};
use crate::panics;
use crate::problem::Problem;
use crate::step_record::{self, NameChanges, NamedRecord, Names, Runnable, StepRecord};
use faultline_engine::event::{Event, Record};
use faultline_engine::policy::Policy;
use faultline_engine::routine::Routine;
use faultline_engine::step::Step;
use faultline_explore::{TaskId, Tasks};
use faultline_scenario::link::Source;
use faultline_scenario::model::{Name, Scenario};
use faultline_scenario::narrate::{Changes, Narrator, Paragraph, TurnInWords};
use faultline_scenario::parse::parse;
use faultline_scenario::places::place_of;
use faultline_scenario::player::{Player, Scheduling};
use faultline_scenario::report::{FindingReport, PartingReport, RunReport};
use faultline_scenario::roster::Roster;
use faultline_scenario::tail::Tail;
use faultline_scenario::watch::{Doing, Watch};
use faultline_sched::ids::to_engine;
use faultline_sched::{Checks, Standing};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A run that stands before its first turn, with the turns of its stored schedule.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OpenedRun {
    /// What everything is called.
    pub names: Names,
    /// Events of the set-up.
    pub setup: Vec<NamedRecord>,
    /// Who can go on at the beginning.
    pub runnable: Vec<Runnable>,
    /// The turns of the stored schedule, or of task order where there is none.
    pub steps: Vec<StepRecord>,
    /// What the set-up got wrong.
    pub findings: Vec<FindingReport>,
    /// The story in words.
    pub narration: Vec<Paragraph>,
}

/// What came of a turn or of a manual operation; of names and narration what the page does not have yet, so that a
/// step costs the step.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepResult {
    /// What is called otherwise now, or is new.
    pub names: NameChanges,
    /// The run up to where the operation began, if that has changed.
    pub past: Option<Vec<StepRecord>>,
    /// The turns taken.
    pub steps: Vec<StepRecord>,
    /// The run to their end, in words, from the first paragraph on that is new or has changed.
    pub narration: Tail<Paragraph>,
}

/// Turns after which a manual operation is left to be stepped.
const HAND_TURNS: usize = 2_000;

/// A scenario on a kernel, at some position of a run.
#[wasm_bindgen]
pub struct Session {
    pub(crate) scenario: Scenario,
    /// Where its text comes from.
    pub(crate) source: Source,
    pub(crate) policy: Policy,
    pub(crate) manual: Vec<ManualOp>,
    pub(crate) player: Player,
    /// Narrates the player's run to the page.
    pub(crate) narrator: Narrator,
    /// The page has the names of the player's tasks and processes.
    pub(crate) has_names: bool,
    /// Whoever hears how far it is.
    pub(crate) watch: Watch,
}

/// What the worker calls.
#[wasm_bindgen]
impl Session {
    /// Reads a scenario and sets it up on the kernel that `policy` names. `name` is what the
    /// scenario goes by in links if it is none of the gallery. `on_progress` is called from within whatever takes
    /// long: `on_progress(doing, turns, of)`, see `js::watch`.
    #[wasm_bindgen(constructor)]
    pub fn create(
        source: &str,
        policy: &str,
        name: Option<String>,
        on_progress: Option<js_sys::Function>,
    ) -> Result<Session, JsValue> {
        panics::note();
        let name = name.as_deref().unwrap_or("scenario");
        Session::watched(source, policy, name, js::watch(on_progress)).map_err(|problem| js::thrown(&problem))
    }
    /// Everything up to the end of the stored schedule; the run then stands at its beginning.
    #[wasm_bindgen(js_name = open)]
    pub fn open_js(&mut self) -> Result<JsValue, JsValue> {
        js::outcome(self.open())
    }
    /// One turn from position `at` on: of `task`, or of whoever is next.
    #[wasm_bindgen(js_name = step)]
    pub fn step_js(&mut self, at: usize, task: Option<u32>) -> Result<JsValue, JsValue> {
        js::outcome(self.step(at, task))
    }
    /// A manual operation from position `at` on.
    #[wasm_bindgen(js_name = perform)]
    pub fn perform_js(&mut self, at: usize, process: &str, operation: JsValue) -> Result<JsValue, JsValue> {
        let operation: Operation = serde_wasm_bindgen::from_value(operation)?;
        js::outcome(self.perform(at, process, operation))
    }
    /// What the run came to so far.
    #[wasm_bindgen(js_name = report)]
    pub fn report_js(&self) -> Result<JsValue, JsValue> {
        js::object(&self.report())
    }
}

impl Session {
    /// See [`Session::create`].
    pub fn new(source: &str, policy: &str) -> Result<Session, Problem> {
        Session::named(source, policy, "scenario")
    }
    /// The same for a scenario with a name.
    pub fn named(text: &str, policy: &str, name: &str) -> Result<Session, Problem> {
        Session::watched(text, policy, name, Watch::default())
    }
    /// The same, followed by somebody.
    pub fn watched(text: &str, policy: &str, name: &str, watch: Watch) -> Result<Session, Problem> {
        let source = Source::of(name, text);
        let scenario = parse(source.name(), text)?;
        let policy = Policy::parse(policy)?;
        let player = Player::watched(&scenario, &policy, Checks::FULL, &watch)?;
        Ok(Session::of(scenario, source, policy, player, watch))
    }
    /// A session without manual operations.
    pub(crate) fn of(scenario: Scenario, source: Source, policy: Policy, player: Player, watch: Watch) -> Session {
        let (manual, narrator, has_names) = (Vec::new(), Narrator::new(&player), false);
        Session { scenario, source, policy, manual, player, narrator, has_names, watch }
    }
    /// See [`Session::open_js`].
    pub fn open(&mut self) -> Result<OpenedRun, Problem> {
        self.player.play_watched(&Scheduling::Default, &self.watch)?;
        let parted = self.player.report().parted;
        self.opened(&parted)
    }
    /// The run that is known, which then stands at its beginning; `parted` says where it left
    /// its stored schedule.
    pub(crate) fn opened(&mut self, parted: &[PartingReport]) -> Result<OpenedRun, Problem> {
        let report = self.player.report();
        let mut reports = report.findings.into_iter();
        let setup: Vec<Record> = self.player.events().take(self.player.setup_events()).copied().collect();
        let found = |records: &[Record]| records.iter().filter(|r| matches!(r.event, Event::Found { .. })).count();
        let findings = reports.by_ref().take(found(&setup)).collect();
        let run = self.player.run();
        self.narrator = Narrator::new(&self.player);
        self.narrator.advance(&self.player);
        let mut steps = Vec::with_capacity(run.trail().len());
        // The step before which each task stands: none has begun.
        let mut at = vec![(Step::Begin, Routine::User); self.player.tasks().len() + 1];
        let mut from = 0;
        for (taken, words) in run.trail().iter().zip(self.narrator.turns()) {
            let records = &run.events()[from..taken.events];
            let event = setup.len() + from;
            from = taken.events;
            let findings = reports.by_ref().take(found(records)).collect();
            let records = step_record::named(records, event, self.narrator.names());
            let done = taken.runnable.is_empty();
            let (step, routine) = std::mem::replace(&mut at[taken.task.0 as usize], (taken.at, taken.routine));
            let place = place_of(&self.player, step, routine);
            let runnable = step_record::runnable_of(&self.player, &taken.runnable, |task| at[task.0 as usize].0);
            let turn = steps.len() as u64;
            let parted = parted.iter().filter(|p| p.turn == turn).cloned().collect();
            let (task, TurnInWords { text, quiet }) = (taken.task.0, words.clone());
            let at = step.label();
            steps.push(StepRecord { task, at, place, records, runnable, done, findings, parted, text, quiet });
        }
        // What was expected of the end, and did not come true, belongs to the last turn.
        if let Some(last) = steps.last_mut() {
            last.findings.extend(reports);
        }
        let names = step_record::names(&self.player, self.narrator.names());
        let narration = self.narrator.changes().paragraphs.items;
        self.has_names = true;
        self.player.run_mut().seek(0);
        let setup = step_record::named(&setup, 0, self.narrator.names());
        Ok(OpenedRun { names, setup, runnable: step_record::runnable(&self.player), steps, findings, narration })
    }
    /// What came of `steps`, the last that the player has taken, and of those before if there is a `past`.
    fn result(&mut self, mut past: Option<Vec<StepRecord>>, mut steps: Vec<StepRecord>) -> StepResult {
        self.narrator.advance(&self.player);
        let told = past.iter_mut().flatten().chain(&mut steps).rev();
        let mut from = self.player.setup_events() + self.player.run().events().len();
        for (step, words) in told.zip(self.narrator.turns().iter().rev()) {
            (step.text, step.quiet) = (words.text.clone(), words.quiet);
            from -= step.records.len();
            step_record::put_in_words(&mut step.records, from, self.narrator.names());
        }
        let all = (!self.has_names).then(|| step_record::names(&self.player, self.narrator.names()));
        self.has_names = true;
        let Changes { mut objects, mut pages, paragraphs } = self.narrator.changes();
        if all.is_some() {
            (objects, pages) = (Tail::of(&[], 0), Tail::of(&[], 0));
        }
        StepResult { names: NameChanges { all, objects, pages }, past, steps, narration: paragraphs }
    }
    /// The page has nothing of the run that this player is about to take.
    fn replace_player(&mut self, player: Player) {
        (self.narrator, self.has_names, self.player) = (Narrator::new(&player), false, player);
    }
    /// The next `turns` turns that are known.
    fn forward(&mut self, turns: usize) -> Vec<StepRecord> {
        (0..turns).map_while(|_| step_record::turn(&mut self.player, |player| _ = player.run_mut().forward())).collect()
    }
    /// See [`Session::step_js`].
    pub fn step(&mut self, at: usize, task: Option<u32>) -> Result<Option<StepResult>, Problem> {
        self.forget_from(at)?;
        self.narrator.rewind(at);
        let run = self.player.run_mut();
        run.seek(at);
        // Whoever ran last goes on if it can, for a switch is a choice.
        let last = run.executor().last().filter(|last| run.runnable().contains(*last));
        let Some(task) = task.map(TaskId).or(last).or(run.runnable().first()) else { return Ok(None) };
        let mut refused = None;
        let step = step_record::turn(&mut self.player, |player| refused = player.run_mut().step_task(task).err());
        if let Some(refused) = refused {
            return Err(refused.into());
        }
        Ok(step.map(|step| self.result(None, vec![step])))
    }
    /// Another way is taken at position `at`: what was done by hand there or later is undone.
    fn forget_from(&mut self, at: usize) -> Result<(), Problem> {
        if self.manual.iter().all(|manual_op| manual_op.at < at) {
            return Ok(());
        }
        let trail = self.trail(at);
        self.manual.retain(|manual_op| manual_op.at < at);
        self.rebuild(&trail)?;
        Ok(())
    }
    /// The turns up to position `at`, as they are taken again.
    pub(crate) fn trail(&self, at: usize) -> Vec<TaskId> {
        self.player.run().trail().iter().take(at).map(|taken| taken.turn).collect()
    }
    /// The scenario with all manual operations, and which task does the last of it.
    pub(crate) fn with_manual(&self) -> Result<(Scenario, Option<String>), Problem> {
        let mut scenario = self.scenario.clone();
        let mut taken = Roster::of(&scenario).processes;
        let mut task = None;
        for manual_op in &self.manual {
            task = Some(manual::add(&mut scenario, manual_op, &taken)?);
            taken = Roster::of(&scenario).processes;
        }
        Ok((scenario, task))
    }
    /// The run anew, with all manual operations, after these turns.
    pub(crate) fn rebuild(&mut self, trail: &[TaskId]) -> Result<Option<String>, Problem> {
        let (scenario, task) = self.with_manual()?;
        self.replace_player(Player::watched(&scenario, &self.policy, Checks::FULL, &self.watch)?);
        self.take(trail)?;
        Ok(task)
    }
    /// Takes these turns.
    fn take(&mut self, trail: &[TaskId]) -> Result<(), Problem> {
        for (nth, &task) in trail.iter().enumerate() {
            self.watch.tell(Doing::Run, nth as u64, Some(trail.len() as u64));
            self.player.run_mut().step_task(task)?;
        }
        Ok(())
    }
    /// See [`Session::perform_js`].
    pub fn perform(&mut self, at: usize, process: &str, operation: Operation) -> Result<StepResult, Problem> {
        self.forget_from(at)?;
        let (trail, before) = (self.trail(at), self.manual.clone());
        self.manual.push(ManualOp { at, process: process.into(), operation });
        match self.performed(&trail) {
            Ok(result) => Ok(result),
            Err(problem) => {
                self.manual = before;
                self.rebuild(&trail)?;
                Err(problem)
            }
        }
    }
    fn performed(&mut self, trail: &[TaskId]) -> Result<StepResult, Problem> {
        // A child without operations has ended in one turn, which it has not taken any more.
        let idle: Vec<TaskId> = {
            let task_specs = &self.player.run().system().scenario_world().roster.task_specs;
            let idle = task_specs
                .iter()
                .enumerate()
                .filter(|(_, task_spec)| task_spec.ops.is_empty() && task_spec.process.is_some());
            idle.map(|(nth, _)| TaskId(nth as u32 + 1)).collect()
        };
        let missing = Problem::new("nothing to do", "choose an operation");
        let manual_op = self.manual.last().cloned().ok_or(missing)?;
        let Some(name) = self.rebuild(&[])? else { return Err(Problem::default()) };
        let roster = &self.player.run().system().scenario_world().roster;
        let Some(task) = roster.task(&Name::new(&name)).map(TaskId) else { return Err(Problem::default()) };
        let repeat = manual::repeated(trail, task, idle.contains(&task));
        let changed = repeat.len() != trail.len();
        self.take(&repeat)?;
        let position = self.player.run().position();
        if let Some(last) = self.manual.last_mut() {
            last.at = position;
        }
        if !self.player.run().runnable().contains(task) {
            let standing = self.player.run().executor().standing(to_engine(task));
            return Err(Problem::new(
                format!("{} cannot do that now: {}", manual_op.process, why(standing)),
                "let the other tasks go on first",
            ));
        }
        let steps = self.run_alone(task);
        let past = if changed { Some(self.past(position)) } else { None };
        Ok(self.result(past, steps))
    }
    /// Turns of one task until its operation has ended, or it has to wait.
    fn run_alone(&mut self, task: TaskId) -> Vec<StepRecord> {
        let mut steps = Vec::new();
        while steps.len() < HAND_TURNS {
            let turn = step_record::turn(&mut self.player, |player| _ = player.run_mut().step_task(task));
            let Some(turn) = turn else { break };
            self.watch.tell(Doing::Run, steps.len() as u64, None);
            steps.push(turn);
            let executor = self.player.run().executor();
            let ended = executor.at(to_engine(task)) == Step::Begin;
            if ended || !self.player.run().runnable().contains(task) {
                break;
            }
        }
        steps
    }
    /// The run up to `position`, once more.
    fn past(&mut self, position: usize) -> Vec<StepRecord> {
        let here = self.player.run().position();
        self.player.run_mut().seek(0);
        let steps = self.forward(position);
        self.player.run_mut().seek(here);
        steps
    }
    /// What the run came to so far.
    pub fn report(&self) -> RunReport {
        self.player.report()
    }
}

fn why(standing: Standing) -> &'static str {
    match standing {
        Standing::Unborn => "it is not there yet",
        Standing::Asleep(_) => "it is asleep",
        Standing::Ticking => "it waits for a tick",
        Standing::Done => "it has ended",
        Standing::Ready => "it is busy",
    }
}
