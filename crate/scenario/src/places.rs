//! Where in FreeBSD's source the steps of a run stand.

use crate::player::Player;
use faultline_engine::routine::{Routine, SourcePlace};
use faultline_engine::step::Step;
use faultline_sched::System;
use serde::Serialize;

/// A step and its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PlacedStep {
    /// Steps taken when it was over: as the page counts them, and `t=` in links.
    pub turn: usize,
    /// The number of its first event in the whole stream, the set-up's included.
    pub event: usize,
    /// The task that took it.
    pub task: String,
    /// The label of the point at which it began.
    pub at: &'static str,
    /// The routine in which it began; none if the kernel has none for it.
    pub place: Option<SourcePlace>,
    /// Why there is none.
    pub outside: Option<&'static str>,
}

/// Why a task that is in no routine of the kernel has no place.
const NO_ROUTINE: &str = "FreeBSD has no routine for it";

/// The place of each step of a run that is known.
pub fn places(player: &Player) -> Vec<PlacedStep> {
    let (run, names, setup) = (player.run(), player.names(), player.setup_events());
    let mut event = setup;
    let mut places = Vec::with_capacity(run.trail().len());
    for (turn, taken) in run.trail().iter().enumerate() {
        let Some((step, routine)) = run.taken_from(turn) else { break };
        let place = place_of(player, step, routine);
        let outside = place.is_none().then(|| step.outside().unwrap_or(NO_ROUTINE));
        places.push(PlacedStep {
            turn: turn + 1,
            event,
            task: names.task(taken.task),
            at: step.label(),
            place,
            outside,
        });
        event = setup + taken.events;
    }
    places
}

/// The place of a step on the kernel of a run.
pub fn place_of(player: &Player, step: Step, routine: Routine) -> Option<SourcePlace> {
    step.place(routine, player.run().system().world().policy.preset_name())
}
