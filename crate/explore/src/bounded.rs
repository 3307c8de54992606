//! Preemption bounding: explores all schedules with no preemption, then with one, then with two (rulings R9).
//!
//! A state is explored again only if it is reached with more preemptions left, or in fewer turns if the shortest
//! schedule is wanted. There is no other reduction: two orders that lead to the same state may differ in preemptions.
//! So a finding of this search has the fewest preemptions possible.

use crate::budget::{Budget, Holding};
use crate::exhaustive::WEIGHED;
use crate::mix;
use crate::model::{Model, Path, Property, Wanted, step, unfused};
use crate::search::{self, Bound, ByState, Found, Search, Stats, Verdict, preempts, progress};
use crate::task::{TaskId, TaskSet};
use std::sync::Arc;

/// A state on the path.
struct Node {
    runnable: TaskSet,
    todo: TaskSet,
    width: usize,
    /// The turn that led here, and its number of unfused turns.
    came_by: Option<(TaskId, u32)>,
    /// Number of unfused turns up to here.
    turns: u32,
    /// Preemptions left.
    left: u32,
}

/// A finding whose schedule is not recorded yet.
struct Draft {
    path: Path,
    left: u32,
    property: Property,
}

/// A search by preemption bounding: see [the module](self).
pub struct Bounded {
    /// Preemptions allowed now, and at most.
    bound: u32,
    most: u32,
    wanted: Wanted,
    /// After a finding, search on for one with as few preemptions and fewer turns.
    shortest: bool,
    /// The most unfused turns of a schedule: after a finding, fewer than it has.
    turns: u32,
    holding: Holding,
    /// It would take more than that to go on.
    over: Option<Bound>,
    /// What was left when a state was walked, and the turns it had taken.
    seen: ByState<(u32, u32)>,
    path: Vec<Node>,
    begun: bool,
    /// Whether a turn was skipped because no preemption was left.
    cut: bool,
    best: Option<Draft>,
    stats: Stats,
    verdict: Option<Verdict>,
}

impl Bounded {
    /// Creates a search with up to `most` preemptions.
    pub fn new(most: u32) -> Self {
        Bounded {
            bound: 0,
            most,
            wanted: Wanted::Any,
            shortest: false,
            turns: u32::MAX,
            holding: Holding::default(),
            over: None,
            seen: ByState::default(),
            path: Vec::new(),
            begun: false,
            cut: false,
            best: None,
            stats: Stats::default(),
            verdict: None,
        }
    }
    /// Looks for these properties only.
    pub fn wanted(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }
    /// Looks for the shortest schedule among those with the fewest preemptions; of several the least.
    pub fn shortest(mut self) -> Self {
        self.shortest = true;
        self
    }
    /// Gives up when all that have this budget have used it up.
    pub fn within(mut self, budget: impl Into<Arc<Budget>>) -> Self {
        self.holding = Holding::of(budget.into());
        self
    }

    fn arrive<M: Model>(&mut self, model: &M, came_by: Option<(TaskId, u32)>, left: u32) -> bool {
        let runnable = model.runnable();
        if runnable.is_empty() {
            self.stats.executions += 1;
            return false;
        }
        let depth = self.turns_with(came_by);
        if depth >= self.turns {
            return false;
        }
        let key = mix(model.state(), came_by.map_or(0, |by| u64::from(model.taker(by.0).0)));
        let room = self.holding.room(&mut self.seen);
        match self.seen.entry(key) {
            std::collections::hash_map::Entry::Vacant(new) => {
                if let Err(bound) = room.and_then(|()| self.holding.budget().meet()) {
                    self.over = Some(bound);
                    return false;
                }
                new.insert((left, depth));
                self.stats.states += 1;
            }
            std::collections::hash_map::Entry::Occupied(mut known) => {
                let &(had, at) = known.get();
                // The number of turns counts only if the shortest schedule is wanted.
                let as_short = !self.shortest || at <= depth;
                if had >= left && as_short {
                    self.stats.known += 1;
                    return false;
                }
                if left >= had && (!self.shortest || depth <= at) {
                    *known.get_mut() = (left, depth);
                }
            }
        }
        self.stats.frontier += runnable.len() as u64;
        self.path.push(Node { runnable, todo: runnable, width: runnable.len(), came_by, turns: depth, left });
        true
    }
    /// Number of unfused turns up to the end of the path and in the turn after it.
    fn turns_with(&self, came_by: Option<(TaskId, u32)>) -> u32 {
        self.path.last().map_or(0, |node| node.turns) + came_by.map_or(0, |by| by.1)
    }
    /// The verdict for a finding; the model stands where its schedule begins.
    fn told<M: Model>(&self, model: &mut M, draft: &Draft) -> Verdict {
        let (preemptions, property) = (self.bound - draft.left, draft.property);
        let plain = unfused(model, &draft.path);
        search::found(plain.map(|(choices, turns)| Found { choices, turns, preemptions, property }))
    }
    /// Drafts a finding in the turn `last` after the end of the path.
    fn draft(&self, last: (TaskId, u32), left: u32, property: Property) -> Draft {
        let turns = self.path.iter().skip(1).filter_map(|n| n.came_by);
        Draft { path: turns.chain([last]).collect(), left, property }
    }
    /// Ends the search with this bound: starts the next one, or returns the verdict.
    fn next_bound<M: Model>(&mut self, model: &mut M) -> Option<Verdict> {
        if let Some(best) = self.best.take() {
            return Some(self.told(model, &best));
        }
        if !self.cut {
            // No schedule has more preemptions, so all were explored.
            return Some(Verdict::Complete);
        }
        if self.bound >= self.most {
            return Some(self.bounded());
        }
        self.bound += 1;
        self.cut = false;
        self.seen.clear();
        self.stats.states = 0;
        self.holding.budget().begin_anew();
        self.arrive(model, None, self.bound);
        None
    }
    fn bounded(&self) -> Verdict {
        Verdict::Bounded(Bound::Preemptions(self.most))
    }
    fn take_turn<M: Model>(&mut self, model: &mut M) -> Option<Verdict> {
        if self.over.is_some() {
            return self.give_up(model);
        }
        let Some(node) = self.path.last_mut() else { return self.next_bound(model) };
        let Some(task) = node.todo.first() else {
            self.path.pop();
            if !self.path.is_empty() {
                model.back();
            }
            return None;
        };
        node.todo.remove(task);
        self.stats.frontier -= 1;
        let cost = u32::from(preempts(model, node.runnable, node.came_by.map(|by| by.0), task));
        let Some(left) = node.left.checked_sub(cost) else {
            self.cut = true;
            return None;
        };
        if let Err(divergence) = step(model, task) {
            return Some(divergence.into());
        }
        self.stats.steps += 1;
        let came_by = (task, model.unfused_len());
        if let Some(property) = self.stats.broken(model, self.wanted) {
            let draft = self.draft(came_by, left, property);
            if !self.shortest {
                draft.path.iter().for_each(|_| model.back());
                return Some(self.told(model, &draft));
            }
            // Of schedules as short as each other the first is the least; a sibling of its last turn comes later.
            let turns = self.turns_with(Some(came_by));
            if turns <= self.turns {
                self.turns = turns - 1;
                self.best = Some(draft);
            }
            model.back();
            return None;
        }
        if !self.arrive(model, Some(came_by), left) {
            model.back();
        }
        self.give_up(model)
    }
    /// No further, if it would take too much: what it has found by then is not the shortest.
    fn give_up<M: Model>(&mut self, model: &mut M) -> Option<Verdict> {
        if self.stats.steps.is_multiple_of(WEIGHED) {
            let path = (self.path.capacity() * size_of::<Node>()) as u64;
            self.over = self.over.or(self.holding.weigh(path + model.held()).err());
        }
        let bound = self.over.or(self.holding.budget().is_used_up())?;
        Some(match self.best.take() {
            Some(best) => {
                self.path.iter().skip(1).for_each(|_| model.back());
                self.told(model, &best)
            }
            None => Verdict::Bounded(bound),
        })
    }
}

impl<M: Model> Search<M> for Bounded {
    fn turn(&mut self, model: &mut M) {
        if !std::mem::replace(&mut self.begun, true) {
            self.arrive(model, None, 0);
        }
        self.verdict = self.take_turn(model);
    }
    fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }
    fn stats(&self) -> Stats {
        let progress = progress(self.path.iter().map(|node| (node.todo, node.width)));
        Stats { progress, bound: Some(self.bound), ..self.stats }
    }
}
