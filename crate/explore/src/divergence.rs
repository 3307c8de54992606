//! The error of a model that cannot be trusted.

use crate::task::TaskId;
use std::fmt;

/// A replayed task diverged from its record.
///
/// A model that goes back by replaying a task, or applies recorded transitions, relies on this: the same task in the
/// same state does the same. If it does not, it depends on something that is neither in its state nor in its record.
/// That is an error of the model, and nothing that a search established holds: see
/// [`Verdict::Unsound`](crate::Verdict::Unsound).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// The replayed task.
    pub task: TaskId,
    /// The turn of the task in which it diverged, counted from 1; 0 if it differs from a recorded transition that
    /// started from the same local state after another history.
    pub turn: u32,
    /// Name of the point from which that turn began, or at which it ended if `turn` is 0; `None` for the first one.
    pub at: Option<&'static str>,
    /// What comes next in the record, as a verb with its object: `reads x and is given 1`.
    pub recorded: String,
    /// What the task did instead.
    pub met: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Divergence { task, turn, at, recorded, met } = self;
        let at = at.unwrap_or("its beginning");
        if *turn == 0 {
            write!(f, "task {} takes a turn to {at} that what it knows does not determine: ", task.0)?;
            return write!(f, "it {met}, where it {recorded} after another history");
        }
        write!(f, "task {} goes another way when it is repeated: in its turn {turn}, from {at} on, ", task.0)?;
        write!(f, "it {met}, where its record says that it {recorded}")
    }
}

impl std::error::Error for Divergence {}
