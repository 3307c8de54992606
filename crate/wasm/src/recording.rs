//! A recording that is replayed: in slices on one thread, or by a pool of workers.

use crate::js;
use crate::problem::Problem;
use faultline_engine::policy::Policy;
use faultline_recording::trace::progress::WORDS;
use faultline_recording::trace::view::{BINS, FRAME_WORDS};
use faultline_recording::trace::{Life, Plan, Progress, Report, Settings, StepReplay, Trace, View};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(feature = "threads")]
use faultline_recording::trace::Replay;
#[cfg(feature = "threads")]
use std::sync::Arc;
#[cfg(feature = "threads")]
use std::sync::atomic::{AtomicU32, Ordering};

/// How to replay.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RecordingOptions"))]
#[serde(default)]
pub struct Options {
    /// The kernel.
    pub policy: String,
    /// Physical memory in frames.
    pub frames: u32,
    /// Workers; 0 replays in slices, stepped.
    pub workers: u32,
    /// Events to replay at most.
    pub events: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { policy: "main".into(), frames: 65_536, workers: 0, events: usize::MAX }
    }
}

enum ScenarioExecutor {
    Stepped(Box<StepReplay>),
    #[cfg(feature = "threads")]
    Threads(Arc<Replay>, Workers),
}

/// Those of the pool that replay.
#[cfg(feature = "threads")]
struct Workers {
    all: u32,
    /// Those that have not come back.
    out: Arc<AtomicU32>,
}

/// A recording, ready to be replayed from its beginning.
#[wasm_bindgen]
pub struct Recording {
    executor: ScenarioExecutor,
    begun: f64,
}

#[wasm_bindgen]
impl Recording {
    /// Reads a recording, gzip-compressed or plain.
    #[wasm_bindgen(constructor)]
    pub fn create(bytes: &[u8], options: JsValue) -> Result<Recording, JsValue> {
        crate::panics::note();
        let options: Options = serde_wasm_bindgen::from_value(options)?;
        Recording::new(bytes, &options).map_err(|problem| js::thrown(&problem))
    }
    /// Where the counts lie in linear memory, as words of 32 bits.
    #[must_use]
    pub fn progress_at(&self) -> *const u32 {
        self.progress().as_ptr()
    }
    /// How many words of counts there are.
    #[must_use]
    pub fn progress_words() -> usize {
        WORDS
    }
    /// Where the words of the frames lie in linear memory, `frame_words` of 32 bits each.
    #[must_use]
    pub fn frames_at(&self) -> *const u32 {
        self.view().map_or(std::ptr::null(), View::frames_ptr)
    }
    /// Number of frames.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.view().map_or(0, View::frames)
    }
    /// Words of a frame.
    #[must_use]
    pub fn frame_words() -> usize {
        FRAME_WORDS
    }
    /// Where the bytes of the processes lie in linear memory, `bins` each.
    #[must_use]
    pub fn chains_at(&self) -> *const u8 {
        self.view().map_or(std::ptr::null(), View::chains_ptr)
    }
    /// Stretches into which a process's life is cut.
    #[must_use]
    pub fn bins() -> usize {
        BINS
    }
    /// Says in the frames' words which are in use now.
    pub fn look(&self) {
        match &self.executor {
            ScenarioExecutor::Stepped(replay) => replay.look(),
            #[cfg(feature = "threads")]
            ScenarioExecutor::Threads(replay, _) => replay.look(),
        }
    }
    /// The lives of all processes.
    #[wasm_bindgen(js_name = lives)]
    pub fn lives_js(&self) -> Result<JsValue, JsValue> {
        js::object(&self.lives())
    }
    /// Performs up to `events` events: whether it has come to its end. For a stepped replay.
    #[wasm_bindgen(js_name = advance)]
    pub fn advance_js(&mut self, events: usize) -> Result<bool, JsValue> {
        self.advance(events).map_err(|problem| js::thrown(&problem))
    }
    /// Has the pool's workers replay everything and returns at once, so that the caller learns if
    /// one of them dies. For a threaded replay.
    #[cfg(feature = "threads")]
    pub fn start(&self) {
        let ScenarioExecutor::Threads(replay, workers) = &self.executor else { return };
        workers.out.store(workers.all, Ordering::Relaxed);
        for index in 0..workers.all {
            let (replay, out) = (replay.clone(), workers.out.clone());
            rayon::spawn(move || {
                replay.worker(index);
                // Release: see `is_over`.
                out.fetch_sub(1, Ordering::Release);
            });
        }
    }
    /// All workers have come back.
    #[cfg(feature = "threads")]
    #[must_use]
    pub fn is_over(&self) -> bool {
        match &self.executor {
            ScenarioExecutor::Stepped(_) => true,
            // Acquire: with the last of them comes all that they left.
            ScenarioExecutor::Threads(_, workers) => workers.out.load(Ordering::Acquire) == 0,
        }
    }
    /// Tidies up and says what it all came to.
    #[wasm_bindgen(js_name = report)]
    pub fn report_js(&mut self) -> Result<JsValue, JsValue> {
        js::outcome(self.report())
    }
}

impl Recording {
    /// See [`Recording::create`].
    pub fn new(bytes: &[u8], options: &Options) -> Result<Recording, Problem> {
        let policy = Policy::parse(&options.policy)?;
        let mut trace = Trace::from_bytes(bytes)?;
        trace.truncate(options.events);
        let cpus = options.workers.max(2);
        let settings = Settings { frames: options.frames, cpus, clock: js::clock, view: true, ..Settings::new(policy) };
        let plan = Plan::new(trace);
        Ok(Recording { executor: executor_for(plan, settings, options.workers)?, begun: js::clock() })
    }
    /// The counts.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        match &self.executor {
            ScenarioExecutor::Stepped(replay) => replay.progress(),
            #[cfg(feature = "threads")]
            ScenarioExecutor::Threads(replay, _) => replay.progress(),
        }
    }
    /// What the page draws.
    #[must_use]
    pub fn view(&self) -> Option<&View> {
        match &self.executor {
            ScenarioExecutor::Stepped(replay) => replay.view(),
            #[cfg(feature = "threads")]
            ScenarioExecutor::Threads(replay, _) => replay.view(),
        }
    }
    /// The lives of all processes.
    #[must_use]
    pub fn lives(&self) -> Vec<Life> {
        match &self.executor {
            ScenarioExecutor::Stepped(replay) => replay.lives(),
            #[cfg(feature = "threads")]
            ScenarioExecutor::Threads(replay, _) => replay.lives(),
        }
    }
    /// See [`Recording::advance_js`].
    pub fn advance(&mut self, events: usize) -> Result<bool, Problem> {
        match &mut self.executor {
            ScenarioExecutor::Stepped(replay) => Ok(replay.advance(events)?),
            #[cfg(feature = "threads")]
            ScenarioExecutor::Threads(replay, _) => Ok(replay.advance(0, events as u64)),
        }
    }
    /// What it all came to.
    pub fn report(&mut self) -> Result<Report, Problem> {
        let seconds = js::clock() - self.begun;
        match &mut self.executor {
            ScenarioExecutor::Stepped(replay) => Ok(replay.report(seconds)?),
            #[cfg(feature = "threads")]
            ScenarioExecutor::Threads(replay, workers) => Ok(replay.report(workers.all, seconds)?),
        }
    }
}

#[cfg(feature = "threads")]
fn executor_for(plan: Plan, settings: Settings, workers: u32) -> Result<ScenarioExecutor, Problem> {
    if workers == 0 {
        return Ok(ScenarioExecutor::Stepped(Box::new(StepReplay::new(plan, settings)?)));
    }
    let replay = Arc::new(Replay::new(plan, settings, workers)?);
    Ok(ScenarioExecutor::Threads(replay, Workers { all: workers, out: Arc::default() }))
}

#[cfg(not(feature = "threads"))]
fn executor_for(plan: Plan, settings: Settings, _workers: u32) -> Result<ScenarioExecutor, Problem> {
    Ok(ScenarioExecutor::Stepped(Box::new(StepReplay::new(plan, settings)?)))
}
