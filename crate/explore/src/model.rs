//! The model that a search explores: a transition system that can go back.

use crate::choices::Choices;
use crate::divergence::Divergence;
use crate::task::{TaskId, TaskSet};

/// A world with tasks in it, as a search sees it: which tasks can run, what a turn touched, which state it is.
///
/// The front page of this crate has a small one.
pub trait Model {
    /// The turns that can be taken now, by task. Empty: the run is over.
    fn runnable(&self) -> TaskSet;
    /// Takes one turn, an element of [`Model::runnable`].
    fn step(&mut self, task: TaskId);
    /// The divergence of a replayed task in the last turn, if there was one: the model is not to be trusted, and the
    /// search ends with [`Verdict::Unsound`](crate::Verdict::Unsound).
    fn unsound(&self) -> Option<Divergence> {
        None
    }
    /// The task behind an element of [`Model::runnable`]: a task with two possible turns is two elements.
    fn taker(&self, turn: TaskId) -> TaskId {
        turn
    }
    /// Takes the last turn back.
    fn back(&mut self);
    /// Fingerprint of the state: equal for equal states, different for different ones. From equal states the same
    /// turns lead to equal states.
    fn state(&self) -> u64;
    /// Calls `touched` with every word that the last turn accessed, and whether the turn wrote it. Turns of two tasks
    /// commute if neither writes a word that the other accesses. A turn that accesses nothing may start other tasks,
    /// but disables none.
    fn accesses(&self, touched: impl FnMut(u64, bool));
    /// Whether the last turn ended in a wait for a turn of another task.
    fn ticks(&self) -> bool {
        false
    }
    /// Number of unfused turns in the last turn: a model may take several at once if no task could tell the
    /// difference.
    fn unfused_len(&self) -> u32 {
        1
    }
    /// Switches fusion off (`on`), so that every turn is a single one, or on again.
    fn set_unfused(&mut self, on: bool) {
        let _ = on;
    }
    /// About how many bytes it holds, to come back and to go on: it grows with the turns to be taken back.
    fn held(&self) -> u64 {
        0
    }
    /// A wanted property that the run has violated so far. It is also asked when the run is over.
    fn broken(&self, wanted: Wanted) -> Option<Property>;
}

/// A violated property.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Property {
    /// Kind of the property.
    pub kind: u8,
    /// Identifies the property.
    pub which: u64,
}

/// The properties that a search looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Wanted {
    /// Any property.
    #[default]
    Any,
    /// Any property of this kind.
    Kind(u8),
    /// This property only.
    This(Property),
}

impl Wanted {
    /// Whether the property is wanted.
    pub fn is(self, property: Property) -> bool {
        match self {
            Wanted::Any => true,
            Wanted::Kind(kind) => property.kind == kind,
            Wanted::This(this) => property == this,
        }
    }
}

/// Turns in order: the task of each, and its number of unfused turns.
pub type Path = Vec<(TaskId, u32)>;

/// Takes one turn; an error if it shows that the model is not to be trusted.
#[inline]
pub(crate) fn step<M: Model>(model: &mut M, task: TaskId) -> Result<(), Box<Divergence>> {
    model.step(task);
    model.unsound().map_or(Ok(()), |divergence| Err(Box::new(divergence)))
}

/// The choices of the run without fusion that takes these turns, and its number of turns. Before and after the call
/// the model stands where they begin.
pub fn unfused<M: Model>(model: &mut M, path: &[(TaskId, u32)]) -> Result<(Choices, usize), Box<Divergence>> {
    model.set_unfused(true);
    let mut choices = Choices::default();
    let mut turns = 0;
    for &(task, times) in path {
        for _ in 0..times {
            let runnable = model.runnable();
            if let Some(place) = runnable.place(task).filter(|_| runnable.len() > 1) {
                choices.push(place as u16);
            }
            step(model, task)?;
            turns += 1;
        }
    }
    (0..turns).for_each(|_| model.back());
    model.set_unfused(false);
    Ok((choices, turns))
}
