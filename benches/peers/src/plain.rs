//! The straight loops: what a search of the model can find, and what it costs where nothing
//! stands between the loop and the state.

use crate::race::{Kernel, State, Task};
use std::collections::{HashMap, HashSet, VecDeque};

/// What there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Census {
    /// States that can be reached, the first one included.
    pub states: usize,
    /// Those in which every task is over.
    pub ends: usize,
    /// Those that are broken.
    pub broken: usize,
}

/// The states after a turn of each task that can take one.
fn after(state: State, kernel: Kernel) -> impl Iterator<Item = (Task, State)> {
    let can = Task::ALL.into_iter().filter(move |&task| state.can(task));
    can.map(move |task| (task, state.step(task, kernel).0))
}

/// Counts every state, breadth first.
pub fn census(start: State, kernel: Kernel) -> Census {
    let mut seen = HashSet::from([start]);
    let mut ahead = VecDeque::from([start]);
    let mut census = Census { states: 1, ends: 0, broken: 0 };
    while let Some(state) = ahead.pop_front() {
        census.ends += usize::from(state.is_end());
        census.broken += usize::from(state.broken());
        ahead.extend(after(state, kernel).map(|(_, next)| next).filter(|&next| seen.insert(next)));
    }
    census.states = seen.len();
    census
}

/// The fewest preemptions that lead to a broken state: switches away from a task that could
/// have gone on. Nothing if none is ever broken.
pub fn least_preemptions(start: State, kernel: Kernel) -> Option<u32> {
    // Breadth first by preemptions: those that cost one more wait for the next round.
    let mut best: HashMap<(State, Option<Task>), u32> = HashMap::new();
    let mut ahead = VecDeque::from([(start, None::<Task>, 0)]);
    while let Some((state, last, cost)) = ahead.pop_front() {
        if best.get(&(state, last)).is_some_and(|&known| known <= cost) {
            continue;
        }
        best.insert((state, last), cost);
        if state.broken() {
            return Some(cost);
        }
        for (task, next) in after(state, kernel) {
            match last {
                Some(last) if last != task && state.can(last) => ahead.push_back((next, Some(task), cost + 1)),
                _ => ahead.push_front((next, Some(task), cost)),
            }
        }
    }
    None
}

/// Runs the model to its end with random choices; `seed` must not be 0. Returns whether a state was broken.
pub fn random_run(start: State, kernel: Kernel, seed: &mut u64) -> bool {
    let mut state = start;
    let mut broken = false;
    loop {
        let mut can = [Task::B; 5];
        let mut count = 0;
        for task in Task::ALL {
            can[count.min(4)] = task;
            count += usize::from(state.can(task));
        }
        if count == 0 {
            return broken;
        }
        // Xorshift: any generator does, and this one costs three shifts.
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        let task = can[(((*seed >> 32) * count as u64) >> 32) as usize];
        state = state.step(task, kernel).0;
        broken |= state.broken();
    }
}
