//! Runs that part from a run, and a look at what each task would do next.

use crate::js;
use crate::problem::Problem;
use crate::session::{OpenedRun, Session};
use faultline_explore::choices::ChoicesError;
use faultline_explore::{Choices, Tasks};
use faultline_scenario::narrate;
use faultline_scenario::player::{Player, Scheduling};
use faultline_scenario::watch::Doing;
use faultline_sched::Checks;
use faultline_sched::ids::to_engine;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// What a task that can run would do next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hint {
    /// Which.
    pub task: u32,
    /// A phrase with marks and without its subject.
    pub text: String,
}

/// What the worker calls.
#[wasm_bindgen]
impl Session {
    /// Another session that has the same past up to position `at` and no future yet.
    #[wasm_bindgen(js_name = branch)]
    pub fn branch_js(&self, at: usize) -> Result<Session, JsValue> {
        self.branch(at).map_err(|problem| js::thrown(&problem))
    }
    /// Everything up to the end of the run that these choices lead to.
    #[wasm_bindgen(js_name = follow)]
    pub fn follow_js(&mut self, choices: &str) -> Result<JsValue, JsValue> {
        js::outcome(self.follow(choices))
    }
    /// The steps, from 0, on which the findings of step `at` depend, in order, with that step; nothing where the known
    /// run does not have it.
    #[wasm_bindgen(js_name = slice)]
    pub fn slice(&mut self, at: usize) -> Vec<u32> {
        self.player.slice(at).into_iter().map(|step| step as u32).collect()
    }
    /// The choices that led to position `at`, as `--choices` takes them.
    #[wasm_bindgen(js_name = choices)]
    pub fn choices(&self, at: usize) -> String {
        let taken = self.player.run().trail().iter().take(at);
        Choices::from(taken.filter_map(|t| t.choice).collect::<Vec<_>>()).to_string()
    }
    /// For every task that can run at position `at` what it would do.
    #[wasm_bindgen(js_name = peek)]
    pub fn peek_js(&self, at: usize) -> Result<JsValue, JsValue> {
        js::outcome(self.peek(at))
    }
}

impl Session {
    /// See [`Session::branch_js`].
    pub fn branch(&self, at: usize) -> Result<Session, Problem> {
        let trail = self.trail(at);
        // Until it is rebuilt it holds a player before its first turn.
        let player = Player::watched(&self.scenario, &self.policy, Checks::FULL, &self.watch)?;
        let manual = self.manual.iter().filter(|manual_op| manual_op.at < at).cloned().collect();
        let (scenario, source) = (self.scenario.clone(), self.source.clone());
        let (policy, watch) = (self.policy.clone(), self.watch.clone());
        let mut branch = Session { manual, ..Session::of(scenario, source, policy, player, watch) };
        branch.rebuild(&trail)?;
        Ok(branch)
    }
    /// See [`Session::follow_js`].
    pub fn follow(&mut self, choices: &str) -> Result<OpenedRun, Problem> {
        let choices =
            choices.parse().map_err(|e: ChoicesError| Problem::new(e.to_string(), "copy the whole list of choices"))?;
        self.player.play_watched(&Scheduling::Choices(choices), &self.watch)?;
        self.opened(&[])
    }
    /// See [`Session::peek_js`]. It is taken in a run of its own, so that nothing known is forgotten,
    /// and without the checks: what goes wrong in a turn is reported when the turn is taken.
    pub fn peek(&self, at: usize) -> Result<Vec<Hint>, Problem> {
        let (scenario, _) = self.with_manual()?;
        let unchecked = Checks { frames: false, full: false, ..Checks::FULL };
        let mut player = Player::watched(&scenario, &self.policy, unchecked, &self.watch)?;
        for (nth, task) in self.trail(at).into_iter().enumerate() {
            self.watch.tell(Doing::Run, nth as u64, Some(at as u64));
            player.run_mut().step_task(task)?;
        }
        let mut hints = Vec::new();
        let executor = player.run().executor();
        let tasks: Vec<_> = executor.runnable().iter().filter(|&turn| executor.taker(turn) == turn).collect();
        for task in tasks {
            let run = player.run_mut();
            run.seek(at);
            let (label, from) = (run.executor().at(to_engine(task)).label(), run.events().len());
            run.step_task(task)?;
            hints.push(Hint { task: task.0, text: narrate::hint(&player, from, label) });
        }
        Ok(hints)
    }
}
