//! Whoever follows a set-up or a run hears how far it is, and what a stranger has made may only cost so much.

use crate::player::PlayError;
use faultline_explore::strategy::Outcome;
use faultline_explore::{Strategy, TaskBits, TaskId, Turn};
use faultline_sched::TaskFuture;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// What a set-up, and what a link's run, may cost: turns times frames. Every turn is checked, and what the checks
/// look at grows with the frames. No scenario of the gallery comes to a thousandth of it.
pub const BUDGET: u64 = 1 << 28;

/// Turns between two reports.
const REPORTS: u64 = 64;

/// Turns that [`BUDGET`] is enough for.
pub fn most_turns(frames: u32) -> u64 {
    BUDGET / u64::from(frames.max(1))
}

/// What is being done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// The set-up.
    SetUp,
    /// The run.
    Run,
}

impl Doing {
    /// One word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Doing::SetUp => "set-up",
            Doing::Run => "run",
        }
    }
}

type Hear = dyn Fn(Doing, u64, Option<u64>);

/// Somebody who hears, every now and then, how many turns have been taken, and of how many where that is known;
/// or nobody. Cheap to clone.
#[derive(Clone, Default)]
pub struct Watch(Option<Rc<Hear>>);

impl Watch {
    /// `hear` is called from within the work, so it has to be quick.
    pub fn new(hear: impl Fn(Doing, u64, Option<u64>) + 'static) -> Watch {
        Watch(Some(Rc::new(hear)))
    }
    /// So many turns have been taken.
    pub fn tell(&self, doing: Doing, turns: u64, of: Option<u64>) {
        if let Some(hear) = self.0.as_ref().filter(|_| turns.is_multiple_of(REPORTS)) {
            hear(doing, turns, of);
        }
    }
}

/// What a run costs is more than [`BUDGET`].
pub(crate) fn too_much(doing: Doing, frames: u32, line: usize) -> PlayError {
    let line = if line == 0 { String::new() } else { format!(" (line {line})") };
    PlayError::TooMuch { doing: doing.name(), turns: most_turns(frames), frames, line }
}

/// A set-up that somebody follows; it ends when its turns are used up.
pub(crate) struct Followed {
    body: TaskFuture,
    watch: Watch,
    turns: u64,
    most: u64,
    over: Rc<Cell<bool>>,
}

impl Followed {
    /// `over` tells, when it has ended, whether `most` turns were too few.
    pub fn body(body: TaskFuture, watch: &Watch, most: u64, over: &Rc<Cell<bool>>) -> TaskFuture {
        Box::pin(Followed { body, watch: watch.clone(), turns: 0, most, over: over.clone() })
    }
}

impl Future for Followed {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.turns == self.most {
            self.over.set(true);
            return Poll::Ready(());
        }
        self.turns += 1;
        self.watch.tell(Doing::SetUp, self.turns, None);
        self.body.as_mut().poll(cx)
    }
}

/// A strategy that somebody follows; it pauses when its turns are used up.
pub(crate) struct Limited<'s> {
    pub strategy: &'s mut dyn Strategy<TaskBits>,
    pub watch: Watch,
    pub most: u64,
    /// It has paused for want of turns.
    pub over: bool,
}

impl Strategy<TaskBits> for Limited<'_> {
    fn begin(&mut self) -> bool {
        self.strategy.begin()
    }
    fn choose(&mut self, turn: &Turn<TaskBits>) -> Option<TaskId> {
        if turn.number >= self.most {
            self.over = true;
            return None;
        }
        self.watch.tell(Doing::Run, turn.number, None);
        self.strategy.choose(turn)
    }
    fn took(&mut self, number: u64, task: TaskId, outcome: Outcome) {
        self.strategy.took(number, task, outcome);
    }
}
