//! Depth-first through every state, each once, without orders that cannot differ.
//!
//! *States* that are met again are not walked again. *Sleep sets* keep turns asleep that were
//! tried before, from here or from above, and that nothing has met since: trying them now
//! would lead to where a walk has been. Together: a state remembers which tasks were
//! asleep when it was walked; met again with fewer of them asleep, it is walked for the
//! difference (P. Godefroid, *Partial-Order Methods*, 1996, §5 and §6). A turn that touches *nothing*
//! and closes no cycle is the only one that is tried from where it is taken: whatever the
//! others do there, they can do behind it (the same, §4, a persistent set of one). Every state is reached but
//! those between such a turn and one of another task, and in none of these is anything broken that is not behind it.
//!
//! The order is that of the choices, so the finding that is met first is the least one.
//!
//! Several walkers share what is *closed*: states from which everything has been
//! walked. A state on a cycle is closed with the last of the cycle (R. Tarjan, 1972), so
//! whoever believes a closed state believes nothing that is still under way.

use super::footprint::{Footprint, Footprints};
use super::model::{Model, Path, Property, Wanted, step, unfused};
use super::{Bound, ByState, Found, Search, Stats, Verdict, preempts, progress};
use crate::tasks::TaskSet;
use faultline_engine::ids::TaskId;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the search does without, for proofs that it may: plain enumeration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reduction {
    /// Skip states that were walked before.
    pub states: bool,
    /// Skip orders that cannot differ.
    pub sleep: bool,
}

impl Reduction {
    /// Both.
    pub const FULL: Reduction = Reduction { states: true, sleep: true };
    /// Neither.
    pub const NONE: Reduction = Reduction { states: false, sleep: false };
}

/// A task that need not go on for now, and what its turn would touch.
#[derive(Clone, Copy)]
struct Asleep {
    task: TaskId,
    touches: Footprint,
}

/// What is known of a state.
struct Seen {
    /// Tasks that were asleep when it was walked.
    asleep: TaskSet,
    stage: Stage,
}

/// How far the walk from a state is.
#[derive(Clone, Copy)]
enum Stage {
    /// On the path, at this depth.
    Open(usize),
    /// Walked, but it leads to a state at this depth of the path.
    Pending(usize),
    /// All that it leads to has been walked.
    Closed,
}

/// What a turn led to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// A state that is walked on from.
    Walk,
    /// One from which there is nothing left to try.
    LocalHash,
    /// One from which the walk has not come back yet.
    Cycle,
}

/// Which of the walkers this is.
#[derive(Clone)]
pub struct SharedClosed {
    closed: Arc<Closed>,
    /// The first walks in the order of choices and believes nobody, so that what it finds
    /// does not depend on the others. They believe all, and walk from the other end.
    first: bool,
}

/// States from which everything has been walked, with the tasks that were asleep.
pub struct Closed(Vec<Mutex<ByState<TaskSet>>>);

impl Default for Closed {
    fn default() -> Self {
        Closed((0..64).map(|_| Mutex::default()).collect())
    }
}

impl Closed {
    fn of(&self, state: u64) -> MutexGuard<'_, ByState<TaskSet>> {
        // Poison means that some walker panicked, not that the map is broken.
        self.0[state as usize % 64].lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn add(&self, state: u64, asleep: TaskSet) {
        self.of(state).entry(state).and_modify(|known| *known = known.among(asleep)).or_insert(asleep);
    }
    /// Tasks that are not covered from this state.
    fn uncovered(&self, state: u64) -> TaskSet {
        self.of(state).get(&state).copied().unwrap_or(TaskSet(u64::MAX))
    }
}

impl SharedClosed {
    /// Walker `index` of those that share `closed`.
    pub fn new(closed: Arc<Closed>, index: usize) -> Self {
        SharedClosed { closed, first: index == 0 }
    }
}

/// A state on the way.
struct Node {
    state: u64,
    /// The least depth of the path that it leads back to.
    low: usize,
    /// Pending states before it.
    pending: usize,
    /// Where the words of the turns that are tried from here begin.
    words: usize,
    runnable: TaskSet,
    /// Tasks yet to be tried.
    todo: TaskSet,
    /// Their number in the beginning.
    width: usize,
    /// Asleep, and tried.
    asleep: Vec<Asleep>,
    /// The task whose turn led here, and how many turns of a plain run that was.
    came_by: Option<(TaskId, u32)>,
    preemptions: u32,
}

/// The search.
pub struct Exhaustive {
    reduction: Reduction,
    wanted: Wanted,
    /// States that may be met.
    limit: u64,
    seen: ByState<Seen>,
    pending: Vec<u64>,
    shared: Option<SharedClosed>,
    path: Vec<Node>,
    begun: bool,
    /// Those of the turns on the path and of those that were tried beside them.
    footprints: Footprints,
    /// Lists of those asleep that are no longer needed.
    spare: Vec<Vec<Asleep>>,
    stats: Stats,
    verdict: Option<Verdict>,
}

impl Exhaustive {
    /// A search from where the model stands.
    pub fn new(reduction: Reduction) -> Self {
        Exhaustive {
            reduction,
            wanted: Wanted::Any,
            limit: u64::MAX,
            seen: ByState::default(),
            pending: Vec::new(),
            shared: None,
            path: Vec::new(),
            begun: false,
            footprints: Footprints::default(),
            spare: Vec::new(),
            stats: Stats::default(),
            verdict: None,
        }
    }
    /// Gives up after so many states.
    pub fn limit(mut self, states: u64) -> Self {
        self.limit = states;
        self
    }
    /// Walks together with others.
    pub fn shared(mut self, shared: SharedClosed) -> Self {
        self.shared = Some(shared);
        self
    }
    /// Looks for these properties only.
    pub fn wanted(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }

    /// The model stands at a state: whether it is walked on from here.
    fn arrive<M: Model>(
        &mut self,
        model: &M,
        asleep: Vec<Asleep>,
        came_by: Option<(TaskId, u32)>,
        preemptions: u32,
    ) -> Arrival {
        let mut arrival = Arrival::LocalHash;
        let runnable = model.runnable();
        let sleeping = asleep.iter().map(|a| a.task).collect::<TaskSet>().among(runnable);
        let state = if self.reduction.states { model.state() } else { 0 };
        let mut todo = runnable.without(sleeping);
        if runnable.is_empty() {
            self.stats.executions += 1;
        }
        let depth = self.path.len();
        // Walked again, a state still leads to where it led before.
        let mut low = depth;
        if self.reduction.states {
            if let Some(shared) = self.shared.as_ref().filter(|s| !s.first) {
                todo = todo.among(shared.closed.uncovered(state));
            }
            match self.seen.entry(state) {
                Entry::Vacant(new) => {
                    let stage = if todo.is_empty() { Stage::Closed } else { Stage::Open(depth) };
                    new.insert(Seen { asleep: sleeping, stage });
                    self.stats.states += 1;
                }
                Entry::Occupied(mut known) => {
                    self.stats.known += 1;
                    let known = known.get_mut();
                    if let Stage::Open(at) | Stage::Pending(at) = known.stage {
                        low = low.min(at);
                        if let Some(above) = self.path.last_mut() {
                            above.low = above.low.min(at);
                            arrival = Arrival::Cycle;
                        }
                    }
                    todo = todo.among(known.asleep);
                    if !todo.is_empty() {
                        known.asleep = known.asleep.among(sleeping);
                        known.stage = Stage::Open(depth);
                    }
                }
            }
        } else {
            self.stats.states += 1;
        }
        if todo.is_empty() {
            self.recycle(asleep);
            return arrival;
        }
        self.stats.frontier += todo.len() as u64;
        let (pending, words, width) = (self.pending.len(), self.footprints.checkpoint(), todo.len());
        self.path.push(Node { state, low, pending, words, runnable, todo, width, asleep, came_by, preemptions });
        Arrival::Walk
    }
    /// Keeps a list for the next that need one.
    fn recycle(&mut self, mut list: Vec<Asleep>) {
        list.clear();
        self.spare.push(list);
    }

    /// All of a state's turns have been walked.
    fn depart(&mut self) {
        let Some(mut node) = self.path.pop() else { return };
        self.recycle(std::mem::take(&mut node.asleep));
        self.footprints.back_to(node.words);
        if !self.reduction.states {
            return;
        }
        let depth = self.path.len();
        if node.low < depth {
            if let Some(above) = self.path.last_mut() {
                above.low = above.low.min(node.low);
            }
            self.pending.push(node.state);
            self.seen.entry(node.state).and_modify(|s| s.stage = Stage::Pending(node.low));
            return;
        }
        for state in self.pending.drain(node.pending..).chain([node.state]) {
            let Some(seen) = self.seen.get_mut(&state) else { continue };
            seen.stage = Stage::Closed;
            if let Some(shared) = &self.shared {
                shared.closed.add(state, seen.asleep);
            }
        }
    }

    /// Who of those to be tried is next.
    fn next(&self, todo: TaskSet) -> Option<TaskId> {
        match &self.shared {
            Some(shared) if !shared.first => todo.last(),
            _ => todo.first(),
        }
    }

    /// The model stands a turn after the end of the path: the schedule that led there.
    fn found<M: Model>(&self, model: &mut M, last: TaskId, preemptions: u32, property: Property) -> Verdict {
        let unfused_len = model.unfused_len();
        let turns = self.path.iter().skip(1).filter_map(|n| n.came_by).chain([(last, unfused_len)]);
        let path: Path = turns.collect();
        path.iter().for_each(|_| model.back());
        super::found(unfused(model, &path).map(|(choices, turns)| Found { choices, turns, preemptions, property }))
    }
    fn give_up(&mut self) -> Option<Verdict> {
        (self.stats.states >= self.limit).then_some(Verdict::Bounded(Bound::States(self.limit)))
    }

    /// One turn further, or one back.
    fn turn<M: Model>(&mut self, model: &mut M) -> Option<Verdict> {
        let Some(todo) = self.path.last().map(|node| node.todo) else { return Some(Verdict::Complete) };
        let Some(task) = self.next(todo) else {
            self.depart();
            if !self.path.is_empty() {
                model.back();
            }
            return None;
        };
        let node = self.path.last_mut()?;
        node.todo.remove(task);
        self.stats.frontier -= 1;
        let preempts = preempts(model, node.runnable, node.came_by.map(|by| by.0), task);
        let preemptions = node.preemptions + u32::from(preempts);
        if let Err(divergence) = step(model, task) {
            return Some(divergence.into());
        }
        self.stats.steps += 1;
        if let Some(property) = self.stats.broken(model, self.wanted) {
            return Some(self.found(model, task, preemptions, property));
        }
        let mut asleep = self.spare.pop().unwrap_or_default();
        let mut alone = false;
        if self.reduction.sleep {
            let touches = self.footprints.of(model);
            // It met nobody: whatever the others do, they can do afterwards. Those that it has started come
            // after it in any order.
            alone = touches.is_empty();
            asleep.extend(node.asleep.iter().filter(|a| !self.footprints.meet(a.touches, touches)));
            node.asleep.push(Asleep { task, touches });
        }
        let came_by = Some((task, model.unfused_len()));
        let depth = self.path.len();
        let arrival = self.arrive(model, asleep, came_by, preemptions);
        if arrival != Arrival::Walk {
            model.back();
        }
        // On a cycle everybody would wait for ever for their turn to come.
        if alone && self.reduction.states && arrival != Arrival::Cycle {
            let node = &mut self.path[depth - 1];
            self.stats.frontier -= node.todo.len() as u64;
            node.todo = TaskSet::NONE;
        }
        self.give_up()
    }
}

impl<M: Model> Search<M> for Exhaustive {
    fn advance(&mut self, model: &mut M, turns: u64) -> Option<Verdict> {
        if !std::mem::replace(&mut self.begun, true) {
            self.arrive(model, Vec::new(), None, 0);
        }
        for _ in 0..turns {
            if self.verdict.is_some() {
                break;
            }
            if let Some(verdict) = self.turn(model) {
                self.verdict = Some(verdict);
            }
        }
        self.verdict.clone()
    }
    fn stats(&self) -> Stats {
        let done = matches!(self.verdict, Some(Verdict::Complete));
        let progress = || progress(self.path.iter().map(|node| (node.todo, node.width)));
        Stats { progress: if done { 1_000_000 } else { progress() }, ..self.stats }
    }
}
