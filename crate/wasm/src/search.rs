//! A search of a scenario's interleavings: in slices on one thread, or by the pool's workers.
//!
//! Either way it is asked for a little more again and again, by a thread that is free in
//! between to hear that it is to pause, to go on, or to stop.

use crate::js;
#[cfg(feature = "threads")]
use crate::parallel::ParallelHandle;
use crate::problem::Problem;
use faultline_engine::policy::Policy;
use faultline_explore::choices::ChoicesError;
use faultline_explore::{Choices, Stats};
use faultline_scenario::gallery;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::search::report::SearchReport;
use faultline_scenario::search::{self, KindFilter, Method, Phase};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Depth of the bugs that runs by chance are made to find.
const PCT_DEPTH: u32 = 4;
/// States that all workers may meet together.
const STATES: u64 = if cfg!(feature = "threads") { 12_000_000 } else { 20_000_000 };

/// What is to be searched, and how.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SearchRequest", optional_fields))]
#[serde(default)]
pub struct Request {
    /// The scenario: its text, or its name in the gallery.
    pub scenario: String,
    /// The kernel.
    pub policy: String,
    /// `exhaustive`, `preemptions`, `pct` or `random`.
    #[cfg_attr(feature = "ts", ts(as = "faultline_scenario::search::report::Strategy"))]
    pub strategy: String,
    /// Preemptions at most, for an exhaustive search.
    pub preemptions: Option<u32>,
    /// The kind of finding that alone is looked for, or `any`; if it is left out, what the scenario is
    /// about comes first.
    pub kind: Option<String>,
    /// Random runs at most.
    pub executions: Option<u32>,
    /// Where chance begins.
    pub seed: Option<u32>,
    /// Workers of the pool, for an exhaustive search without bounds; all of them, if it is left out.
    pub workers: Option<usize>,
    /// MiB of memory that all workers may hold together.
    pub memory: Option<u32>,
    /// Choices that have been made already: the search goes on from there.
    pub from: Option<String>,
    /// What is found is to be made as short as it can be.
    pub shrink: bool,
}

impl Request {
    fn method(&self) -> Result<Method, Problem> {
        Ok(match (self.strategy.as_str(), self.preemptions) {
            ("exhaustive", None) => Method::Exhaustive,
            ("exhaustive" | "preemptions", most) => Method::Preemptions(most.unwrap_or(0)),
            ("pct", _) => Method::Pct(PCT_DEPTH),
            ("random", _) => Method::Random,
            (other, _) => {
                let message = format!("there is no strategy `{other}`");
                return Err(Problem::new(message, "choose exhaustive, preemptions, pct or random"));
            }
        })
    }
    /// How many search, of so many that could.
    pub(crate) fn workers(&self, pool: usize) -> usize {
        let shared_out = self.strategy == "exhaustive" && self.preemptions.is_none();
        if shared_out { self.workers.unwrap_or(pool).clamp(1, pool.max(1)) } else { 1 }
    }
    fn read(&self) -> Result<Scenario, Problem> {
        Ok(match gallery::find(&self.scenario) {
            Some(exhibit) => exhibit.scenario()?,
            None => parse("scenario", &self.scenario)?,
        })
    }
    /// As the explorer takes it.
    #[cfg(feature = "threads")]
    pub(crate) fn explored(&self) -> Result<search::Request, Problem> {
        self.explored_in(&self.read()?)
    }
    fn explored_in(&self, scenario: &Scenario) -> Result<search::Request, Problem> {
        let kinds = KindFilter::asked(self.kind.as_deref(), scenario)
            .map_err(|error| Problem::new(error.to_string(), "choose one of these kinds"))?;
        let usual = search::Request::default();
        Ok(search::Request {
            method: self.method()?,
            kinds,
            executions: self.executions.map_or(usual.executions, u64::from),
            seed: self.seed.map_or(usual.seed, u64::from),
            states: STATES,
            memory: self.memory.map_or(usual.memory, |mib| u64::from(mib) << 20),
        })
    }
    /// The search as each worker begins it.
    pub(crate) fn search(&self) -> Result<search::SearchJob, Problem> {
        let scenario = self.read()?;
        let policy = Policy::parse(&self.policy)?;
        let search = search::SearchJob::new(&scenario, &policy, self.explored_in(&scenario)?, self.shrink)?;
        let Some(choices) = &self.from else { return Ok(search) };
        let choices: Choices =
            choices.parse().map_err(|e: ChoicesError| Problem::new(e.to_string(), "copy the whole list of choices"))?;
        Ok(search.from(&choices)?)
    }
}

/// What a search is doing, in words for the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SearchPhase {
    /// It looks for findings.
    Searching,
    /// It makes the schedule of what it found shorter.
    Shortening,
    /// It makes the scenario smaller.
    Trimming,
}

/// How far a search is.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchProgress {
    /// What it is doing.
    pub phase: SearchPhase,
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
    /// Time since it began, without its pauses.
    pub seconds: f64,
    /// Of it the time that these figures took: those of a new phase begin anew.
    pub took: f64,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchResult {
    /// What was established.
    #[serde(flatten)]
    pub report: SearchReport,
    /// Time that it took, without its pauses.
    pub seconds: f64,
    /// Of it the time that the search took, whose figures these are; the rest made short what it found.
    pub took: f64,
    /// Workers that searched.
    pub workers: usize,
}

/// Time at work.
struct Watch {
    before: f64,
    since: Option<f64>,
}

impl Watch {
    fn seconds(&self) -> f64 {
        self.before + self.since.map_or(0.0, |since| js::clock() - since)
    }
    fn run(&mut self, on: bool) {
        *self = Watch { before: self.seconds(), since: on.then(js::clock) };
    }
}

/// A search in progress.
#[wasm_bindgen]
pub struct Search {
    /// Where the search begins while the pool's workers search, and all of it otherwise.
    search: search::SearchJob,
    /// Those that search.
    #[cfg(feature = "threads")]
    parallel: Option<ParallelHandle>,
    workers: usize,
    paused: bool,
    stopped: bool,
    watch: Watch,
    /// Time that the search took, once it is over: then the rest begins.
    searched: Option<f64>,
}

/// What the worker calls.
#[wasm_bindgen]
impl Search {
    /// A search that stands before its first turn; the pool's workers begin at once.
    #[wasm_bindgen(constructor)]
    pub fn create(request: JsValue) -> Result<Search, JsValue> {
        crate::panics::note();
        let request: Request = serde_wasm_bindgen::from_value(request)?;
        Search::new(&request).map_err(|problem| js::thrown(&problem))
    }
    /// Takes about so many turns more, unless the pool's workers do. Whether it is over.
    #[wasm_bindgen(js_name = advance)]
    pub fn advance_js(&mut self, turns: u32) -> Result<bool, JsValue> {
        self.advance(turns).map_err(|problem| js::thrown(&problem))
    }
    /// The pool's workers search: `advance` only checks whether they have ended.
    #[must_use]
    pub fn elsewhere(&self) -> bool {
        #[cfg(feature = "threads")]
        {
            self.parallel.is_some()
        }
        #[cfg(not(feature = "threads"))]
        {
            false
        }
    }
    /// Pauses until `resume`.
    pub fn pause(&mut self) {
        self.let_run(false);
    }
    /// Goes on.
    pub fn resume(&mut self) {
        self.let_run(true);
    }
    /// Ends it where it is: it is over as soon as all workers have heard it.
    pub fn stop(&mut self) {
        self.stopped = true;
        #[cfg(feature = "threads")]
        if let Some(parallel) = &self.parallel {
            parallel.stop();
        }
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

impl Search {
    /// See [`Search::create`].
    pub fn new(request: &Request) -> Result<Search, Problem> {
        let workers = request.workers(pool());
        let search = request.search()?;
        Ok(Search {
            // What came up on the way to where it begins needs no search.
            #[cfg(feature = "threads")]
            parallel: (workers > 1 && search.phase() == Phase::Searching)
                .then(|| ParallelHandle::start(request, workers))
                .transpose()?,
            search,
            workers,
            paused: false,
            stopped: false,
            watch: Watch { before: 0.0, since: Some(js::clock()) },
            searched: None,
        })
    }
    /// See [`Search::advance_js`].
    pub fn advance(&mut self, turns: u32) -> Result<bool, Problem> {
        let over = self.go_on(turns)?;
        if self.search.phase() != Phase::Searching && self.searched.is_none() {
            self.searched = Some(self.watch.seconds());
        }
        Ok(over)
    }
    fn go_on(&mut self, turns: u32) -> Result<bool, Problem> {
        #[cfg(feature = "threads")]
        if let Some(parallel) = &self.parallel {
            if !parallel.is_back() {
                return Ok(false);
            }
            let (verdict, stats) = parallel.outcome()?;
            self.parallel = None;
            self.search.finish_with(verdict, stats)?;
        }
        if self.stopped || self.paused {
            return Ok(self.stopped);
        }
        Ok(self.search.advance(u64::from(turns))?)
    }
    fn let_run(&mut self, on: bool) {
        self.paused = !on;
        self.watch.run(on);
        #[cfg(feature = "threads")]
        if let Some(parallel) = &self.parallel {
            parallel.let_run(on);
        }
    }
    fn stats(&self) -> Stats {
        #[cfg(feature = "threads")]
        if let Some(parallel) = &self.parallel {
            return parallel.stats();
        }
        self.search.stats()
    }
    /// Time that the search took so far.
    fn searched(&self) -> f64 {
        self.searched.unwrap_or_else(|| self.watch.seconds())
    }
    /// See [`Search::progress_js`].
    pub fn progress(&self) -> SearchProgress {
        let (stats, phase) = (self.stats(), self.search.phase());
        SearchProgress {
            phase: match phase {
                Phase::Searching => SearchPhase::Searching,
                Phase::Minimising => SearchPhase::Shortening,
                Phase::Reducing | Phase::Done => SearchPhase::Trimming,
            },
            states: stats.states,
            steps: stats.steps,
            executions: stats.executions,
            frontier: stats.frontier,
            share: (phase == Phase::Searching && stats.progress > 0).then(|| f64::from(stats.progress) / 1e6),
            bound: stats.bound,
            seconds: self.watch.seconds(),
            took: match phase {
                Phase::Minimising => self.watch.seconds() - self.searched(),
                _ => self.searched(),
            },
        }
    }
    /// See [`Search::report_js`].
    pub fn report(&self) -> Result<SearchResult, Problem> {
        let (seconds, took) = (self.watch.seconds(), self.searched());
        Ok(SearchResult { report: self.search.report()?, seconds, took, workers: self.workers })
    }
}

/// Workers that there are.
fn pool() -> usize {
    #[cfg(feature = "threads")]
    {
        rayon::current_num_threads()
    }
    #[cfg(not(feature = "threads"))]
    {
        1
    }
}
