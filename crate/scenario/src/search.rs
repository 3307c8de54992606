//! Searches a scenario's interleavings: what to look for, how, and what came of it.
//!
//! A [`Hunt`] goes through its phases in the order of [`Phase`]: it searches; what it found it
//! makes as short as it can; then it takes away what the story does not need. Each
//! advances by as much as the caller asks for, so it can be shown, paused and stopped.

pub mod fixes;
pub mod matrix;
pub mod prefix;
pub mod report;
pub mod shrink;

use crate::model::{Claim, Scenario};
use crate::player::PlayError;
use crate::stage::{SETUP, Stage, all_expects};
use faultline_engine::env::stepped::{Divergence, Keep};
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::policy::Policy;
use faultline_sched::explore::bounded::Bounded;
use faultline_sched::explore::crew::Crew;
use faultline_sched::explore::exhaustive::{Exhaustive, Reduction};
use faultline_sched::explore::model::{Model, Wanted};
use faultline_sched::explore::sample::Sample;
use faultline_sched::explore::{Found, Search, Stats, Verdict};
use faultline_sched::strategy::pct::Pct;
use faultline_sched::strategy::random::Random;
use faultline_sched::{Checks, Choices, Executor, Progress, alone};
use std::rc::Rc;

/// A scenario after its set-up, as a search walks it.
pub type Machine = Executor<Stage>;

/// How to search.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Way {
    /// Every interleaving, in the order of choices.
    #[default]
    Exhaustive,
    /// Every interleaving with at most so many preemptions, fewest first.
    Preemptions(u32),
    /// Runs by chance that look for bugs of this depth.
    Pct(u32),
    /// Runs by chance.
    Random,
}

/// Which kinds of findings count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kinds {
    /// All.
    #[default]
    Any,
    /// This one alone; others are passed over.
    Only(FindingKind),
    /// This one; all, where there is none of it, and in searches by chance.
    First(FindingKind),
}

/// A word that is no kind of finding.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no kind `{0}`; the kinds are any, {known}", known = FindingKind::ALL.map(|k| k.name()).join(", "))]
pub struct UnknownKind(pub String);

impl Kinds {
    /// As somebody asks for them by a kind's name or `any`; without, what the scenario is about comes first.
    pub fn asked(name: Option<&str>, scenario: &Scenario) -> Result<Kinds, UnknownKind> {
        match name {
            None => Ok(scenario.header.seek.map_or(Kinds::Any, Kinds::First)),
            Some("any") => Ok(Kinds::Any),
            Some(name) => FindingKind::from_name(name).map(Kinds::Only).ok_or_else(|| UnknownKind(name.into())),
        }
    }
    /// The one kind that is looked for.
    pub fn one(self) -> Option<FindingKind> {
        match self {
            Kinds::Any => None,
            Kinds::Only(kind) | Kinds::First(kind) => Some(kind),
        }
    }
}

/// What to search for, and how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// How.
    pub way: Way,
    /// For what.
    pub kinds: Kinds,
    /// Runs by chance at most.
    pub executions: u64,
    /// Where chance begins.
    pub seed: u64,
    /// States at most: what keeps memory in bounds, at some 60 bytes a state.
    pub states: u64,
}

impl Default for Request {
    fn default() -> Self {
        Request { way: Way::default(), kinds: Kinds::Any, executions: 100_000, seed: 1, states: 50_000_000 }
    }
}

impl Request {
    /// What the search has to look at.
    pub fn wanted(&self) -> Wanted {
        match (self.kinds, self.way) {
            // What chance has met may not come up again.
            (Kinds::First(_), Way::Pct(_) | Way::Random) => Wanted::Any,
            (kinds, _) => kinds.one().map_or(Wanted::Any, |kind| Wanted::Kind(kind as u8)),
        }
    }
    /// What a world has to keep for it.
    pub fn keep(&self) -> Keep {
        match self.way {
            Way::Exhaustive | Way::Preemptions(_) => Keep::SEARCH,
            // Runs by chance know no states.
            Way::Pct(_) | Way::Random => Keep { digest: false, accesses: false, ..Keep::SEARCH },
        }
    }
    /// The search by itself.
    pub fn search(&self) -> Box<dyn Search<Machine>> {
        let wanted = self.wanted();
        match self.way {
            Way::Exhaustive => Box::new(Exhaustive::new(Reduction::FULL).wanted(wanted).limit(self.states)),
            Way::Preemptions(most) => Box::new(Bounded::new(most).wanted(wanted).limit(self.states)),
            Way::Pct(depth) => {
                let pct = Pct::new(self.seed, depth, self.executions);
                Box::new(Sample::new(pct, self.executions).wanted(wanted))
            }
            Way::Random => {
                let random = Random::new(self.seed, self.executions);
                Box::new(Sample::new(random, self.executions).wanted(wanted))
            }
        }
    }
}

/// A scenario after its set-up, with what it takes to go back step by step. What went wrong in
/// the set-up is no part of any interleaving and forgotten.
pub fn machine(scenario: &Rc<Scenario>, policy: &Policy, keep: Keep) -> Result<Machine, PlayError> {
    set_up(scenario, policy, keep).map(|(machine, _)| machine)
}

/// The same, with what went wrong in the set-up.
fn set_up(scenario: &Rc<Scenario>, policy: &Policy, keep: Keep) -> Result<(Machine, Vec<Finding>), PlayError> {
    policy.check()?;
    let checks = Checks::default();
    // Counts cost something at every turn, and only some expectations look at them.
    let counted = all_expects(scenario).any(|expect| matches!(expect.claim, Claim::Counter(..)));
    let stage = Stage::new(scenario.clone(), policy, Keep { counters: counted, ..keep })?;
    let env = &stage.theatre().world.env;
    let progress = alone(&stage.theatre().world, SETUP, stage.set_up(), checks);
    let findings = env.findings();
    if progress != Progress::Finished {
        let why = findings.last().map(|f| f.detail.clone()).unwrap_or_default();
        return Err(PlayError::SetUp { scenario: scenario.name.clone(), why });
    }
    env.reset_tasks();
    env.forget();
    Ok((Executor::new(stage, checks).fused(true), findings))
}

/// What a hunt is doing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    /// It searches.
    Searching,
    /// It looks for the same finding with fewer preemptions and in fewer turns.
    Shortening,
    /// It takes operations and tasks away from the scenario.
    Trimming,
    /// It is over.
    Done,
}

/// A search and what follows from it.
pub struct Hunt {
    scenario: Rc<Scenario>,
    policy: Policy,
    request: Request,
    shrinks: bool,
    phase: Phase,
    machine: Machine,
    search: Box<dyn Search<Machine>>,
    /// Of the search proper.
    stats: Stats,
    verdict: Option<Verdict>,
    shortest: Option<Found>,
    trim: Option<shrink::Trim>,
    /// Choices that were made before the search began, and the turns they took.
    before: (Choices, usize),
    /// What was looked for first, in vain, and what that established.
    missed: Option<(FindingKind, Verdict)>,
}

impl Hunt {
    /// A hunt from the end of the set-up.
    pub fn new(scenario: &Scenario, policy: &Policy, request: Request, shrinks: bool) -> Result<Hunt, PlayError> {
        let scenario = Rc::new(scenario.clone());
        let machine = machine(&scenario, policy, request.keep())?;
        let search = request.search();
        Ok(Hunt {
            scenario,
            policy: policy.clone(),
            request,
            shrinks,
            phase: Phase::Searching,
            machine,
            search,
            stats: Stats::default(),
            verdict: None,
            shortest: None,
            trim: None,
            before: Default::default(),
            missed: None,
        })
    }
    /// From where these choices lead instead: what can still be reached from there. A run in which
    /// the finding has come up by then needs no search. Nothing is made short, since the choices are to stay.
    pub fn from(mut self, choices: &Choices) -> Result<Hunt, PlayError> {
        self.shrinks = false;
        let mut walk = prefix::Walk::default();
        // The choices count every turn by itself.
        self.machine.plainly(true);
        while walk.chosen < choices.len() {
            match walk.turn(&mut self.machine, choices) {
                Ok(true) => {}
                Ok(false) => break,
                Err(PlayError::Unsound(divergence)) => {
                    self.conclude(Verdict::Unsound(divergence))?;
                    return Ok(self);
                }
                Err(error) => return Err(error),
            }
            let Some(property) = self.machine.broken(self.request.wanted()) else { continue };
            let mut choices = choices.clone();
            choices.truncate(walk.chosen);
            let (turns, preemptions) = (walk.turns, walk.preemptions);
            self.conclude(Verdict::Found(Found { choices, turns, preemptions, property }))?;
            return Ok(self);
        }
        if walk.chosen < choices.len() {
            return Err(PlayError::Choice { at: walk.chosen + 1, choice: 0, tasks: 0 });
        }
        self.machine.plainly(false);
        self.before = (choices.clone(), walk.turns);
        Ok(self)
    }
    /// A hunt whose search others have done: `verdict` is what they established.
    pub fn after(
        scenario: &Scenario,
        policy: &Policy,
        request: Request,
        shrinks: bool,
        (verdict, stats): (Verdict, Stats),
    ) -> Result<Hunt, PlayError> {
        let mut hunt = Hunt::new(scenario, policy, request, shrinks)?;
        hunt.settle(Some(verdict), stats)?;
        Ok(hunt)
    }
    /// Goes on after its search, which others have done from where it stands. Without a verdict
    /// they were stopped, and so is the hunt.
    pub fn settle(&mut self, verdict: Option<Verdict>, stats: Stats) -> Result<(), PlayError> {
        self.stats = stats;
        self.phase = Phase::Done;
        if let Some(verdict) = verdict {
            self.conclude(verdict)?;
        }
        Ok(())
    }
    /// Works as number `index` of a crew that searches from where this hunt stands.
    pub fn help(&mut self, crew: &Crew, index: usize) {
        crew.work(index, &mut self.machine);
    }
    /// What it is doing.
    pub fn phase(&self) -> Phase {
        self.phase
    }
    /// What the present phase has done so far.
    pub fn stats(&self) -> Stats {
        if self.phase == Phase::Shortening { self.search.stats() } else { self.stats }
    }
    /// Takes about `turns` turns more. Whether it is over.
    pub fn advance(&mut self, turns: u64) -> Result<bool, PlayError> {
        match self.phase {
            Phase::Searching => {
                let verdict = self.search.advance(&mut self.machine, turns);
                self.stats = self.search.stats();
                if let Some(verdict) = verdict {
                    self.conclude(verdict)?;
                }
            }
            Phase::Shortening => match self.search.advance(&mut self.machine, turns) {
                None => {}
                Some(verdict) => {
                    match verdict {
                        Verdict::Found(found) => self.shortest = Some(found),
                        Verdict::Unsound(divergence) => {
                            self.unsound(*divergence);
                            return Ok(true);
                        }
                        Verdict::Complete | Verdict::Bounded(_) => {}
                    }
                    self.trim = self.found().map(|f| shrink::Trim::new(&self.scenario, &self.policy, f.clone()));
                    self.phase = Phase::Trimming;
                }
            },
            Phase::Trimming => {
                if self.trim.as_mut().is_none_or(|trim| trim.advance(turns)) {
                    self.phase = Phase::Done;
                    if let Some(divergence) = self.trim.as_ref().and_then(|trim| trim.unsound().cloned()) {
                        self.unsound(divergence);
                    }
                }
            }
            Phase::Done => {}
        }
        Ok(self.phase == Phase::Done)
    }
    fn conclude(&mut self, mut verdict: Verdict) -> Result<(), PlayError> {
        if let (Kinds::First(kind), true) = (self.request.kinds, self.stats.passed_over)
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
            self.phase = Phase::Shortening;
            self.machine = machine(&self.scenario, &self.policy, Keep::SEARCH)?;
            self.search = Box::new(shrink::shorten(found));
        }
        self.verdict = Some(verdict);
        Ok(())
    }
    /// No search is to be believed: what was found goes as well.
    fn unsound(&mut self, divergence: Divergence) {
        (self.shortest, self.trim, self.phase) = (None, None, Phase::Done);
        self.verdict = Some(Verdict::Unsound(Box::new(divergence)));
    }
    /// There is none of the kind that comes first, but something else breaks: what, is for another search.
    fn again_for_any(&mut self, kind: FindingKind, verdict: Verdict) -> Result<(), PlayError> {
        let request = Request { kinds: Kinds::Any, ..self.request };
        let mut again = Hunt::new(&self.scenario, &self.policy, request, self.shrinks)?;
        if self.before.1 > 0 {
            again = again.from(&self.before.0)?;
        }
        again.missed = Some((kind, verdict));
        *self = again;
        Ok(())
    }
    /// Puts what was chosen before the search in front of what it chose.
    fn prepend(&self, found: &mut Found) -> Result<(), PlayError> {
        let (choices, turns) = &self.before;
        if *turns == 0 {
            return Ok(());
        }
        found.choices = [choices.as_slice(), found.choices.as_slice()].concat().into();
        found.turns += turns;
        let mut walk = prefix::Walk::default();
        let mut machine = machine(&self.scenario, &self.policy, Keep::SEARCH)?.fused(false);
        while walk.turns < found.turns && walk.turn(&mut machine, &found.choices)? {}
        found.preemptions = walk.preemptions;
        Ok(())
    }
    /// The finding as short as it is known so far.
    pub fn found(&self) -> Option<&Found> {
        self.shortest.as_ref().or(match &self.verdict {
            Some(Verdict::Found(found)) => Some(found),
            _ => None,
        })
    }
    /// What came of it so far.
    pub fn report(&self) -> Result<report::HuntReport, PlayError> {
        report::HuntReport::of(self)
    }
}
