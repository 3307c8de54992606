//! Searches a scenario's interleavings: the request, the job, and its result.
//!
//! A [`SearchJob`] goes through its phases in the order of [`Phase`]: it searches; it minimises the schedule of a
//! finding; then it removes from the scenario what the finding does not need. Each phase advances by as many steps as
//! the caller asks for, so the caller can show, pause and stop it.

mod established;
pub mod fixes;
pub mod matrix;
pub mod prefix;
pub mod report;
pub mod shrink;
pub mod spread;

pub use established::Established;

use crate::model::{Claim, MAX_TASKS, Scenario};
use crate::player::PlayError;
use crate::system::{SETUP, ScenarioSystem, all_expects};
use crate::validate::count;
use faultline_engine::env::stepped::Keep;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::policy::Policy;
use faultline_engine::world::PmapCopy;
use faultline_explore::bounded::Bounded;
use faultline_explore::exhaustive::{Exhaustive, Reduction};
use faultline_explore::model::{Model, Wanted};
use faultline_explore::parallel::ParallelSearch;
use faultline_explore::sample::Sample;
use faultline_explore::strategy::pct::Pct;
use faultline_explore::strategy::random::Random;
use faultline_explore::{Budget, Choices, Divergence, Found, Search, Stats, Verdict};
use faultline_sched::executor::{MAX_HINTED, MAX_SEARCHED};
use faultline_sched::{Checks, Executor, Progress, run_to_completion};
use std::rc::Rc;

/// A scenario after its set-up, as a search steps it.
pub type ScenarioExecutor = Executor<ScenarioSystem>;

/// How a search explores the interleavings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Method {
    /// Depth first through every interleaving, in the order of choices.
    #[default]
    Exhaustive,
    /// Every interleaving with at most this many preemptions, fewest first.
    Preemptions(u32),
    /// Random runs with priorities (PCT) that look for bugs of this depth.
    Pct(u32),
    /// Random runs.
    Random,
}

/// Which kinds of findings count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KindFilter {
    /// All.
    #[default]
    Any,
    /// Only this kind; the search passes others over.
    Only(FindingKind),
    /// This kind first; all kinds if there is none of it, and in random searches.
    First(FindingKind),
}

/// A word that names no kind of finding.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no kind `{0}`; the kinds are any, {known}", known = FindingKind::ALL.map(|k| k.name()).join(", "))]
pub struct UnknownKind(pub String);

impl KindFilter {
    /// The filter for a kind's name or `any`, as a user enters it; without a name, the scenario's own kind first.
    pub fn asked(name: Option<&str>, scenario: &Scenario) -> Result<KindFilter, UnknownKind> {
        match name {
            None => Ok(scenario.header.seek.map_or(KindFilter::Any, KindFilter::First)),
            Some("any") => Ok(KindFilter::Any),
            Some(name) => FindingKind::from_name(name).map(KindFilter::Only).ok_or_else(|| UnknownKind(name.into())),
        }
    }
    /// The only kind that the search looks for.
    pub fn one(self) -> Option<FindingKind> {
        match self {
            KindFilter::Any => None,
            KindFilter::Only(kind) | KindFilter::First(kind) => Some(kind),
        }
    }
}

/// What to search for, and within which bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// How to explore.
    pub method: Method,
    /// Which kinds count.
    pub kinds: KindFilter,
    /// Maximum number of random runs.
    pub executions: u64,
    /// Seed of random runs.
    pub seed: u64,
    /// Maximum number of states: bounds memory, at some 60 bytes a state.
    pub states: u64,
    /// Bytes at most that all workers together hold, as far as they are estimated.
    pub memory: u64,
}

/// Bytes that a search may hold by default. A WebAssembly module has 4 GiB, or 1 GiB if it has
/// threads, and what a table leaves behind when it grows is not always used again.
pub const MEMORY: u64 = match (cfg!(target_family = "wasm"), cfg!(target_feature = "atomics")) {
    (true, true) => 640 << 20,
    (true, false) => 1536 << 20,
    (false, _) => 4 << 30,
};

impl Default for Request {
    fn default() -> Self {
        Request {
            method: Method::default(),
            kinds: KindFilter::Any,
            executions: 100_000,
            seed: 1,
            states: 50_000_000,
            memory: MEMORY,
        }
    }
}

impl Request {
    /// The findings at which the search stops.
    pub fn wanted(&self) -> Wanted {
        match (self.kinds, self.method) {
            // A random search may not meet the same finding again.
            (KindFilter::First(_), Method::Pct(_) | Method::Random) => Wanted::Any,
            (kinds, _) => kinds.one().map_or(Wanted::Any, |kind| Wanted::Kind(kind as u8)),
        }
    }
    /// The bookkeeping that a world needs for it.
    pub fn keep(&self) -> Keep {
        match self.method {
            Method::Exhaustive | Method::Preemptions(_) => Keep::SEARCH,
            // Random runs record no states.
            Method::Pct(_) | Method::Random => Keep { fingerprint: false, accesses: false, ..Keep::SEARCH },
        }
    }
    /// The search for several workers.
    pub fn parallel(&self, workers: usize) -> ParallelSearch {
        ParallelSearch::new(workers, self.wanted()).within(self.budget())
    }
    fn budget(&self) -> Budget {
        Budget::default().states(self.states).memory(self.memory)
    }
    /// The search itself, without a job around it.
    pub fn search(&self) -> Box<dyn Search<ScenarioExecutor>> {
        let wanted = self.wanted();
        match self.method {
            Method::Exhaustive => Box::new(Exhaustive::new(Reduction::FULL).wanted(wanted).within(self.budget())),
            Method::Preemptions(most) => Box::new(Bounded::new(most).wanted(wanted).within(self.budget())),
            Method::Pct(depth) => {
                let pct = Pct::new(self.seed, depth, self.executions);
                Box::new(Sample::new(pct, self.executions).wanted(wanted))
            }
            Method::Random => {
                let random = Random::new(self.seed, self.executions);
                Box::new(Sample::new(random, self.executions).wanted(wanted))
            }
        }
    }
}

/// A scenario after its set-up, with the logs needed to step back. Findings of the set-up belong to no interleaving
/// and are dropped.
pub fn executor_for(scenario: &Rc<Scenario>, policy: &Policy, keep: Keep) -> Result<ScenarioExecutor, PlayError> {
    set_up(scenario, policy, keep).map(|(executor, _)| executor)
}

/// Whether a search has room for the tasks of a scenario; a run may have more.
fn few_enough(scenario: &Scenario) -> Result<(), PlayError> {
    let (most, why) = match scenario.header.pmap_copy {
        PmapCopy::Choose => (MAX_HINTED, " where fork may copy entries or not"),
        _ => (MAX_SEARCHED, ""),
    };
    let tasks = scenario.tasks.iter().map(|task| 1 + count(&task.ops, MAX_TASKS)).sum();
    if tasks > most {
        return Err(PlayError::TooManyTasks { scenario: scenario.name.clone(), tasks, most, why });
    }
    Ok(())
}

/// The same, with the findings of the set-up.
fn set_up(scenario: &Rc<Scenario>, policy: &Policy, keep: Keep) -> Result<(ScenarioExecutor, Vec<Finding>), PlayError> {
    policy.check()?;
    few_enough(scenario)?;
    let checks = Checks::default();
    // Counters cost time at every step, and only some expectations read them.
    let counted = all_expects(scenario).any(|expect| matches!(expect.claim, Claim::Counter(..)));
    let system = ScenarioSystem::new(scenario.clone(), policy, Keep { counters: counted, ..keep })?;
    let env = &system.scenario_world().world.env;
    let progress = run_to_completion(&system.scenario_world().world, SETUP, system.set_up(), checks);
    let findings = env.findings();
    if progress != Progress::Finished {
        let why = findings.last().map(|f| f.detail.to_string()).unwrap_or_default();
        return Err(PlayError::SetUp { scenario: scenario.name.clone(), why });
    }
    env.reset_tasks();
    env.forget();
    Ok((Executor::new(system, checks).fused(true), findings))
}

/// What a job is doing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    /// It searches.
    Searching,
    /// It looks for the same finding with fewer preemptions and in fewer steps.
    Minimising,
    /// It removes operations and tasks from the scenario.
    Reducing,
    /// It is done.
    Done,
}

/// A search with minimisation and reduction of its finding.
pub struct SearchJob {
    scenario: Rc<Scenario>,
    policy: Policy,
    request: Request,
    shrinks: bool,
    phase: Phase,
    executor: ScenarioExecutor,
    search: Box<dyn Search<ScenarioExecutor>>,
    /// Statistics of the search, without the later phases.
    stats: Stats,
    verdict: Option<Verdict>,
    minimised: Option<Found>,
    reducer: Option<shrink::Reducer>,
    /// The choices made before the search began, and the number of their steps.
    before: (Choices, usize),
    /// The kind searched for first, in vain, and the verdict of that search.
    fallback_from: Option<(FindingKind, Verdict)>,
}

impl SearchJob {
    /// A job whose search begins at the end of the set-up.
    pub fn new(scenario: &Scenario, policy: &Policy, request: Request, shrinks: bool) -> Result<SearchJob, PlayError> {
        let scenario = Rc::new(scenario.clone());
        let executor = executor_for(&scenario, policy, request.keep())?;
        let search = request.search();
        Ok(SearchJob {
            scenario,
            policy: policy.clone(),
            request,
            shrinks,
            phase: Phase::Searching,
            executor,
            search,
            stats: Stats::default(),
            verdict: None,
            minimised: None,
            reducer: None,
            before: Default::default(),
            fallback_from: None,
        })
    }
    /// Moves the start of the search to the end of these choices: it explores what is reachable from there. If the
    /// run to there has a finding, the job needs no search. Minimises nothing, since the choices have to stay. Fails
    /// if a choice is impossible or follows the end of the run.
    pub fn from(mut self, choices: &Choices) -> Result<SearchJob, PlayError> {
        self.shrinks = false;
        let mut walk = prefix::Walk::default();
        // The choices count every step separately.
        self.executor.set_unfused(true);
        while walk.chosen < choices.len() {
            match walk.turn(&mut self.executor, choices) {
                Ok(true) => {}
                Ok(false) => break,
                Err(PlayError::Unsound(divergence)) => {
                    self.conclude(Verdict::Unsound(divergence))?;
                    return Ok(self);
                }
                Err(error) => return Err(error),
            }
            let Some(property) = self.executor.broken(self.request.wanted()) else { continue };
            let mut choices = choices.clone();
            choices.truncate(walk.chosen);
            let (turns, preemptions) = (walk.turns, walk.preemptions);
            self.conclude(Verdict::Found(Found { choices, turns, preemptions, property }))?;
            return Ok(self);
        }
        if walk.chosen < choices.len() {
            return Err(PlayError::Choice { at: walk.chosen + 1, choice: 0, tasks: 0 });
        }
        self.executor.set_unfused(false);
        self.before = (choices.clone(), walk.turns);
        Ok(self)
    }
    /// Continues after a parallel search from the job's start. Without a verdict the search was stopped, and so is the
    /// job.
    pub fn finish_with(&mut self, verdict: Option<Verdict>, stats: Stats) -> Result<(), PlayError> {
        self.stats = stats;
        self.phase = Phase::Done;
        if let Some(verdict) = verdict {
            self.conclude(verdict)?;
        }
        Ok(())
    }
    /// Runs worker number `index` of a parallel search from the job's start.
    pub fn run_worker(&mut self, parallel: &ParallelSearch, index: usize) {
        parallel.work(index, &mut self.executor);
    }
    /// The present phase.
    pub fn phase(&self) -> Phase {
        self.phase
    }
    /// Statistics of the present phase so far.
    pub fn stats(&self) -> Stats {
        if self.phase == Phase::Minimising { self.search.stats() } else { self.stats }
    }
    /// Takes about `turns` more steps. Returns whether the job is done.
    pub fn advance(&mut self, turns: u64) -> Result<bool, PlayError> {
        match self.phase {
            Phase::Searching => {
                let verdict = self.search.advance(&mut self.executor, turns);
                self.stats = self.search.stats();
                if let Some(verdict) = verdict {
                    self.conclude(verdict)?;
                }
            }
            Phase::Minimising => match self.search.advance(&mut self.executor, turns) {
                None => {}
                Some(verdict) => {
                    match verdict {
                        Verdict::Found(found) => self.minimised = Some(found),
                        Verdict::Unsound(divergence) => {
                            self.unsound(*divergence);
                            return Ok(true);
                        }
                        Verdict::Complete | Verdict::Bounded(_) => {}
                    }
                    self.reducer = self.found().map(|f| shrink::Reducer::new(&self.scenario, &self.policy, f.clone()));
                    self.phase = Phase::Reducing;
                }
            },
            Phase::Reducing => {
                if self.reducer.as_mut().is_none_or(|reducer| reducer.advance(turns)) {
                    self.phase = Phase::Done;
                    if let Some(divergence) = self.reducer.as_ref().and_then(|reducer| reducer.unsound().cloned()) {
                        self.unsound(divergence);
                    }
                }
            }
            Phase::Done => {}
        }
        Ok(self.phase == Phase::Done)
    }
    fn conclude(&mut self, mut verdict: Verdict) -> Result<(), PlayError> {
        if let (KindFilter::First(kind), true) = (self.request.kinds, self.stats.passed_over)
            && !matches!(verdict, Verdict::Found(_) | Verdict::Unsound(_))
        {
            return self.again_for_any(kind, verdict);
        }
        self.phase = Phase::Done;
        if let Verdict::Found(found) = &mut verdict {
            match self.prepend(found) {
                Err(PlayError::Unsound(divergence)) => verdict = Verdict::Unsound(divergence),
                done => done?,
            }
        }
        if let (Verdict::Found(found), true) = (&verdict, self.shrinks) {
            self.phase = Phase::Minimising;
            self.executor = executor_for(&self.scenario, &self.policy, Keep::SEARCH)?;
            self.search = Box::new(shrink::minimise_schedule(found));
        }
        self.verdict = Some(verdict);
        Ok(())
    }
    /// Drops the findings: no result of an unsound job can be trusted.
    fn unsound(&mut self, divergence: Divergence) {
        (self.minimised, self.reducer, self.phase) = (None, None, Phase::Done);
        self.verdict = Some(Verdict::Unsound(Box::new(divergence)));
    }
    /// There is no finding of the preferred kind, but another: searches again for any kind.
    fn again_for_any(&mut self, kind: FindingKind, verdict: Verdict) -> Result<(), PlayError> {
        let request = Request { kinds: KindFilter::Any, ..self.request };
        let mut again = SearchJob::new(&self.scenario, &self.policy, request, self.shrinks)?;
        if self.before.1 > 0 {
            again = again.from(&self.before.0)?;
        }
        again.fallback_from = Some((kind, verdict));
        *self = again;
        Ok(())
    }
    /// Prepends the choices made before the search.
    fn prepend(&self, found: &mut Found) -> Result<(), PlayError> {
        let (choices, turns) = &self.before;
        if *turns == 0 {
            return Ok(());
        }
        found.choices = [choices.as_slice(), found.choices.as_slice()].concat().into();
        found.turns += turns;
        let mut walk = prefix::Walk::default();
        let mut executor = executor_for(&self.scenario, &self.policy, Keep::SEARCH)?.fused(false);
        while walk.turns < found.turns && walk.turn(&mut executor, &found.choices)? {}
        found.preemptions = walk.preemptions;
        Ok(())
    }
    /// The finding, minimised as far as the job has come.
    pub fn found(&self) -> Option<&Found> {
        self.minimised.as_ref().or(match &self.verdict {
            Some(Verdict::Found(found)) => Some(found),
            _ => None,
        })
    }
    /// The result so far.
    pub fn report(&self) -> Result<report::SearchReport, PlayError> {
        report::SearchReport::of(self)
    }
}
