//! What a search walks through: a transition system that can go back.

use crate::choices::Choices;
use crate::tasks::TaskSet;
use faultline_engine::env::stepped::Divergence;
use faultline_engine::ids::TaskId;

/// A world with tasks in it, seen from outside: who can go on, what a turn touched, which
/// state it is. The engine is one (through the [`crate::Executor`]), a small state machine
/// can be another.
pub trait Model {
    /// Tasks that can take a turn now. Nobody can: the run is over.
    fn runnable(&self) -> TaskSet;
    /// One turn of a task that can.
    fn step(&mut self, task: TaskId);
    /// The last turn showed that the model can't be believed: a task that had to be repeated went
    /// another way than it went. The search ends with [`super::Verdict::Unsound`].
    fn unsound(&self) -> Option<Divergence> {
        None
    }
    /// The task behind one of [`Model::runnable`]: a task that may go on in two ways is two of them.
    fn taker(&self, turn: TaskId) -> TaskId {
        turn
    }
    /// Takes the last turn back.
    fn back(&mut self);
    /// What state it is: equal states have equal numbers, others different ones. From equal
    /// states the same turns lead to the same.
    fn state(&self) -> u64;
    /// Every word that the last turn touched, and whether it wrote it. Turns of two tasks
    /// that touch nothing in common but what both only read may change places. A turn that touches nothing
    /// may start others, but hinders nobody.
    fn accesses(&self, touched: impl FnMut(u64, bool));
    /// The last turn ended in a wait until somebody else has taken one.
    fn ticks(&self) -> bool {
        false
    }
    /// How many turns of a plain run the last turn was: a model may take several at once if
    /// nobody could tell the difference.
    fn unfused_len(&self) -> u32 {
        1
    }
    /// With `on` every turn is one of a plain run from here on.
    fn set_unfused(&mut self, on: bool) {
        let _ = on;
    }
    /// A property that the run has broken so far, if it is one that is wanted. Also asked
    /// where the run is over.
    fn broken(&self, wanted: Wanted) -> Option<Property>;
}

/// A property that was broken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Property {
    /// What sort of thing went wrong.
    pub kind: u8,
    /// Which property, by a number that is the same for the same one.
    pub which: u64,
}

/// What a search looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Wanted {
    /// Anything that goes wrong.
    #[default]
    Any,
    /// Anything of this kind.
    Kind(u8),
    /// This property alone.
    This(Property),
}

impl Wanted {
    /// Whether it is one of those.
    pub fn is(self, property: Property) -> bool {
        match self {
            Wanted::Any => true,
            Wanted::Kind(kind) => property.kind == kind,
            Wanted::This(this) => property == this,
        }
    }
}

/// Turns one after the other: who took each, and how many it was of a plain run.
pub type Path = Vec<(TaskId, u32)>;

/// One turn of a task that can go on, unless it shows that the model can't be believed.
#[inline]
pub(super) fn step<M: Model>(model: &mut M, task: TaskId) -> Result<(), Box<Divergence>> {
    model.step(task);
    model.unsound().map_or(Ok(()), |divergence| Err(Box::new(divergence)))
}

/// The choices of a plain run that takes these turns, and how many turns it has. The model
/// stands where they begin, before and after.
pub fn unfused<M: Model>(model: &mut M, path: &[(TaskId, u32)]) -> Result<(Choices, usize), Box<Divergence>> {
    model.set_unfused(true);
    let mut choices = Choices::default();
    let mut turns = 0;
    for &(task, times) in path {
        for _ in 0..times {
            let runnable = model.runnable();
            if let Some(place) = runnable.place(task).filter(|_| runnable.len() > 1) {
                choices.push(place as u8);
            }
            step(model, task)?;
            turns += 1;
        }
    }
    (0..turns).for_each(|_| model.back());
    model.set_unfused(false);
    Ok((choices, turns))
}
