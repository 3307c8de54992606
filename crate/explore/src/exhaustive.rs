//! Depth-first search that visits every state once and skips orders of turns that commute.
//!
//! *State matching*: a state that was visited is not explored again. *Sleep sets* contain turns that were explored
//! before, from this state or one above, and with which no turn since is dependent: exploring them now would lead to
//! states already explored. Combined: a state remembers which tasks were asleep when it was explored; if it is
//! reached again with fewer of them asleep, only the difference is explored (P. Godefroid, *Partial-Order Methods*,
//! 1996, §5 and §6). A turn that touches *nothing* and closes no cycle is a persistent set of its own (the same, §4):
//! no other turn is explored from its state, because whatever the other tasks do there they can do after it. Every
//! state is reached except those between such a turn and one of another task, and what is violated in one of these is
//! still violated after the turn.
//!
//! Turns are tried in the order of choices, so the first finding is the least one.
//!
//! Several workers share the *closed* states, from which everything has been explored. The states of a cycle are
//! closed together with its last one (R. Tarjan, 1972), so a worker that relies on a closed state relies on nothing
//! that is still being explored.

use crate::budget::{Budget, Holding};
use crate::footprint::{Footprint, Footprints};
use crate::lock::lock;
use crate::model::{Model, Path, Property, Wanted, step, unfused};
use crate::search::{self, Bound, ByState, Found, Search, Stats, Verdict, preempts, progress};
use crate::task::{TaskId, TaskSet};
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard};

/// Turns between two looks at how much memory is held by what is no table of states.
pub(super) const WEIGHED: u64 = 1024;

/// Which reductions are on; tests switch them off to compare with full enumeration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reduction {
    /// State matching: skip states that were explored before.
    pub states: bool,
    /// Sleep sets and persistent sets: skip orders that commute.
    pub sleep: bool,
}

impl Reduction {
    /// Both reductions.
    pub const FULL: Reduction = Reduction { states: true, sleep: true };
    /// Full enumeration.
    pub const NONE: Reduction = Reduction { states: false, sleep: false };
}

/// A task in a sleep set, and what its turn would touch.
#[derive(Clone, Copy)]
struct Asleep {
    task: TaskId,
    touches: Footprint,
}

/// What is stored of a visited state.
struct Seen {
    /// The sleep set with which it was explored.
    asleep: TaskSet,
    stage: Stage,
}

/// How far a state is explored.
#[derive(Clone, Copy)]
enum Stage {
    /// On the path, at this depth.
    Open(usize),
    /// Explored, but it leads to a state at this depth of the path.
    Pending(usize),
    /// Everything that it leads to has been explored.
    Closed,
}

/// What a turn led to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// A state to explore.
    Walk,
    /// A state from which nothing is left to explore.
    Covered,
    /// A state on the path, or one that leads to the path.
    Cycle,
}

/// The role of a worker in a parallel search.
#[derive(Clone)]
pub struct SharedClosed {
    closed: Arc<Closed>,
    /// The first worker explores in the order of choices and does not use `closed`, so that its finding does not
    /// depend on the others. The others use it, and explore in the opposite order.
    first: bool,
}

/// The closed states, each with its sleep set: everything else from it has been explored.
pub struct Closed(Vec<Mutex<ByState<TaskSet>>>);

impl Default for Closed {
    fn default() -> Self {
        Closed((0..64).map(|_| Mutex::default()).collect())
    }
}

impl Closed {
    fn of(&self, state: u64) -> MutexGuard<'_, ByState<TaskSet>> {
        lock(&self.0[state as usize % 64])
    }
    fn add(&self, state: u64, asleep: TaskSet, budget: &Budget) -> Result<(), Bound> {
        let mut states = self.of(state);
        budget.room(&mut states)?;
        states.entry(state).and_modify(|known| *known = known.intersection(asleep)).or_insert(asleep);
        Ok(())
    }
    /// The tasks whose turns from this state are not explored yet.
    fn uncovered(&self, state: u64) -> TaskSet {
        self.of(state).get(&state).copied().unwrap_or(TaskSet(u64::MAX))
    }
}

impl SharedClosed {
    /// Worker `index`, from 0, of those that share `closed`.
    pub fn new(closed: Arc<Closed>, index: usize) -> Self {
        SharedClosed { closed, first: index == 0 }
    }
}

/// A state on the path.
struct Node {
    state: u64,
    /// The least depth of the path to which it leads back.
    low: usize,
    /// Number of pending states before it.
    pending: usize,
    /// Start of the footprints of the turns tried from here.
    words: usize,
    runnable: TaskSet,
    /// Turns not yet tried.
    todo: TaskSet,
    /// Their number at the beginning.
    width: usize,
    /// The sleep set, and the turns already tried.
    asleep: Vec<Asleep>,
    /// The turn that led here, and its number of unfused turns.
    came_by: Option<(TaskId, u32)>,
    preemptions: u32,
}

/// An exhaustive search: see [the module](self).
pub struct Exhaustive {
    reduction: Reduction,
    wanted: Wanted,
    holding: Holding,
    /// It would take more than that to go on.
    over: Option<Bound>,
    seen: ByState<Seen>,
    pending: Vec<u64>,
    shared: Option<SharedClosed>,
    path: Vec<Node>,
    begun: bool,
    /// Footprints of the turns on the path and of the turns in sleep sets.
    footprints: Footprints,
    /// Unused lists for sleep sets.
    spare: Vec<Vec<Asleep>>,
    stats: Stats,
    verdict: Option<Verdict>,
}

impl Exhaustive {
    /// Creates a search from the state in which the model is.
    pub fn new(reduction: Reduction) -> Self {
        Exhaustive {
            reduction,
            wanted: Wanted::Any,
            holding: Holding::default(),
            over: None,
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
    /// Gives up when all that have this budget have used it up.
    pub fn within(mut self, budget: impl Into<Arc<Budget>>) -> Self {
        self.holding = Holding::of(budget.into());
        self
    }
    /// Makes the search one worker of a parallel search.
    pub fn shared(mut self, shared: SharedClosed) -> Self {
        self.shared = Some(shared);
        self
    }
    /// Looks for these properties only.
    pub fn wanted(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }

    /// Visits the state in which the model is; pushes it on the path if there is something to explore.
    fn arrive<M: Model>(
        &mut self,
        model: &M,
        asleep: Vec<Asleep>,
        came_by: Option<(TaskId, u32)>,
        preemptions: u32,
    ) -> Arrival {
        let mut arrival = Arrival::Covered;
        let runnable = model.runnable();
        let sleeping = asleep.iter().map(|a| a.task).collect::<TaskSet>().intersection(runnable);
        let state = if self.reduction.states { model.state() } else { 0 };
        let mut todo = runnable.difference(sleeping);
        if runnable.is_empty() {
            self.stats.executions += 1;
        }
        let depth = self.path.len();
        // A state that is explored again still leads to where it led before.
        let mut low = depth;
        if self.reduction.states {
            if let Some(shared) = self.shared.as_ref().filter(|s| !s.first) {
                todo = todo.intersection(shared.closed.uncovered(state));
            }
            let room = self.holding.room(&mut self.seen);
            match self.seen.entry(state) {
                Entry::Vacant(new) => {
                    if let Err(bound) = room.and_then(|()| self.holding.budget().meet()) {
                        self.over = Some(bound);
                        self.recycle(asleep);
                        return arrival;
                    }
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
                    todo = todo.intersection(known.asleep);
                    if !todo.is_empty() {
                        known.asleep = known.asleep.intersection(sleeping);
                        known.stage = Stage::Open(depth);
                    }
                }
            }
        } else {
            self.over = self.holding.budget().meet().err();
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
    /// Keeps a list for later use.
    fn recycle(&mut self, mut list: Vec<Asleep>) {
        list.clear();
        self.spare.push(list);
    }

    /// Leaves a state from which all turns have been explored.
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
                let added = shared.closed.add(state, seen.asleep, self.holding.budget());
                self.over = self.over.or(added.err());
            }
        }
    }

    /// The next turn to try.
    fn next(&self, todo: TaskSet) -> Option<TaskId> {
        match &self.shared {
            Some(shared) if !shared.first => todo.last(),
            _ => todo.first(),
        }
    }

    /// The finding, by the schedule that led to it; the model is one turn past the end of the path.
    fn found<M: Model>(&self, model: &mut M, last: TaskId, preemptions: u32, property: Property) -> Verdict {
        let unfused_len = model.unfused_len();
        let turns = self.path.iter().skip(1).filter_map(|n| n.came_by).chain([(last, unfused_len)]);
        let path: Path = turns.collect();
        path.iter().for_each(|_| model.back());
        search::found(unfused(model, &path).map(|(choices, turns)| Found { choices, turns, preemptions, property }))
    }
    fn give_up<M: Model>(&mut self, model: &M) -> Option<Verdict> {
        if self.stats.steps.is_multiple_of(WEIGHED) {
            self.over = self.over.or(self.holding.weigh(self.held() + model.held()).err());
        }
        self.over.or(self.holding.budget().is_used_up()).map(Verdict::Bounded)
    }
    /// About how many bytes it holds besides the states that it has seen.
    fn held(&self) -> u64 {
        let lists = (self.path.len() + self.spare.len()) * 4 * size_of::<Asleep>();
        let path = self.path.capacity() * size_of::<Node>() + lists;
        (path + self.pending.capacity() * size_of::<u64>()) as u64 + self.footprints.held()
    }

    /// Takes one turn forward, or one back.
    fn take_turn<M: Model>(&mut self, model: &mut M) -> Option<Verdict> {
        if self.over.is_some() {
            return self.give_up(model);
        }
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
            // The turn is independent of all others: whatever the other tasks do, they can do after it. Tasks that it
            // has started run after it in any case.
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
        // On a cycle the other turns would be put off forever.
        if alone && self.reduction.states && arrival != Arrival::Cycle {
            let node = &mut self.path[depth - 1];
            self.stats.frontier -= node.todo.len() as u64;
            node.todo = TaskSet::NONE;
        }
        self.give_up(model)
    }
}

impl<M: Model> Search<M> for Exhaustive {
    fn turn(&mut self, model: &mut M) {
        if !std::mem::replace(&mut self.begun, true) {
            self.arrive(model, Vec::new(), None, 0);
        }
        self.verdict = self.take_turn(model);
    }
    fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }
    fn stats(&self) -> Stats {
        let done = matches!(self.verdict, Some(Verdict::Complete));
        let progress = || progress(self.path.iter().map(|node| (node.todo, node.width)));
        Stats { progress: if done { 1_000_000 } else { progress() }, ..self.stats }
    }
}
