//! A search of a scenario's interleavings, a slice at a time.

use crate::js;
use crate::problem::Problem;
use faultline_engine::policy::Policy;
use faultline_scenario::parse::parse;
use faultline_scenario::search::report::HuntReport;
use faultline_scenario::search::{self, Phase, Way};
use faultline_sched::Choices;
use faultline_sched::choices::ChoicesError;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Depth of the bugs that runs by chance are made to find.
const PCT_DEPTH: u32 = 4;
/// States at most: at some 60 bytes each they have to fit a module's memory.
const STATES: u64 = 20_000_000;

/// What is to be searched, and how.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Request {
    /// The scenario's text.
    pub scenario: String,
    /// The kernel.
    pub policy: String,
    /// `exhaustive`, `preemptions`, `pct` or `random`.
    pub strategy: String,
    /// Preemptions at most.
    pub preemptions: Option<u32>,
    /// Runs by chance at most.
    pub executions: Option<u32>,
    /// Where chance begins.
    pub seed: Option<u32>,
    /// Choices that have been made already: the search goes on from there.
    pub from: Option<String>,
    /// What is found is to be made as short as it can be.
    pub shrink: bool,
}

/// How far a search is.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HuntProgress {
    /// `searching` or `shrinking`.
    pub phase: &'static str,
    /// Different states met.
    pub states: u64,
    /// Turns taken.
    pub steps: u64,
    /// Runs that came to an end.
    pub executions: u64,
    /// Turns that are yet to be tried, of those known.
    pub frontier: u64,
    /// Share of the tree that is done, from 0 to 1: a guess before the end.
    pub share: Option<f64>,
    /// Preemptions that are allowed at present, if they are bounded.
    pub bound: Option<u32>,
}

/// A search in progress.
#[wasm_bindgen]
pub struct Hunt {
    hunt: search::Hunt,
}

/// What the worker calls.
#[wasm_bindgen]
impl Hunt {
    /// A search that stands before its first turn.
    #[wasm_bindgen(constructor)]
    pub fn create(request: JsValue) -> Result<Hunt, JsValue> {
        let request: Request = serde_wasm_bindgen::from_value(request)?;
        Hunt::new(&request).map_err(|problem| js::thrown(&problem))
    }
    /// Takes about so many turns more. Whether it is over.
    #[wasm_bindgen(js_name = advance)]
    pub fn advance_js(&mut self, turns: u32) -> Result<bool, JsValue> {
        self.advance(turns).map_err(|problem| js::thrown(&problem))
    }
    /// How far it is.
    #[wasm_bindgen(js_name = progress)]
    pub fn progress_js(&self) -> Result<JsValue, JsValue> {
        js::object(&self.progress())
    }
    /// What it has established so far.
    #[wasm_bindgen(js_name = report)]
    pub fn report_js(&self) -> Result<JsValue, JsValue> {
        js::outcome(self.report())
    }
}

impl Hunt {
    /// See [`Hunt::create`].
    pub fn new(request: &Request) -> Result<Hunt, Problem> {
        let scenario = parse("scenario", &request.scenario)?;
        let policy = Policy::parse(&request.policy)?;
        let way = match request.strategy.as_str() {
            "preemptions" => Way::Preemptions(request.preemptions.unwrap_or(0)),
            "pct" => Way::Pct(PCT_DEPTH),
            "random" => Way::Random,
            _ => Way::Exhaustive,
        };
        let usual = search::Request::default();
        let how = search::Request {
            way,
            executions: request.executions.map_or(usual.executions, u64::from),
            seed: request.seed.map_or(usual.seed, u64::from),
            states: STATES,
            ..usual
        };
        let hunt = match &request.from {
            None => search::Hunt::new(&scenario, &policy, how, request.shrink)?,
            Some(choices) => {
                let choices: Choices = choices
                    .parse()
                    .map_err(|e: ChoicesError| Problem::new(e.to_string(), "copy the whole list of choices"))?;
                search::Hunt::onwards(&scenario, &policy, how, &choices)?
            }
        };
        Ok(Hunt { hunt })
    }
    /// See [`Hunt::advance_js`].
    pub fn advance(&mut self, turns: u32) -> Result<bool, Problem> {
        Ok(self.hunt.advance(u64::from(turns))?)
    }
    /// See [`Hunt::progress_js`].
    pub fn progress(&self) -> HuntProgress {
        let (stats, phase) = (self.hunt.stats(), self.hunt.phase());
        let searching = phase == Phase::Searching;
        HuntProgress {
            phase: if searching { "searching" } else { "shrinking" },
            states: stats.states,
            steps: stats.steps,
            executions: stats.executions,
            frontier: stats.frontier,
            share: (searching && stats.share > 0).then(|| f64::from(stats.share) / 1e6),
            bound: stats.bound,
        }
    }
    /// See [`Hunt::report_js`].
    pub fn report(&self) -> Result<HuntReport, Problem> {
        Ok(self.hunt.report()?)
    }
}
