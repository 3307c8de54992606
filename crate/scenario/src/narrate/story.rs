//! A run told turn by turn, with who was interrupted, and what came of it.

use super::phrase::plain;
use super::{Narrator, Turn};
use crate::model::Scenario;
use crate::player::{PlayError, Player, Scheduling};
use faultline_engine::policy::Policy;
use faultline_explore::Choices;
use faultline_sched::Checks;
use faultline_sched::ids::to_explorer;
use serde::Serialize;

/// A task that was left although it could have gone on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Interrupted {
    /// Its name.
    pub task: String,
    /// The step it was about to take.
    pub before: &'static str,
}

/// One turn in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NarratedStep {
    /// Turns taken when it was over: as the page counts steps, and `t=` in links.
    pub turn: usize,
    /// Points passed by all tasks when it was over.
    pub step: u64,
    /// Who took it.
    pub task: String,
    /// What it did, in a sentence.
    pub text: String,
    /// Nothing happened in it but locks and counts.
    pub quiet: bool,
    /// Something went wrong in it.
    pub wrong: bool,
    /// Whom it preempted.
    pub preempted: Option<Interrupted>,
}

/// A run in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Story {
    /// Its turns.
    pub story: Vec<NarratedStep>,
    /// What there is to say about its findings, in sentences: one list for each, but what says
    /// the same is said once.
    pub ending: Vec<Vec<String>>,
}

/// Tells the run of a player up to where it stands. The player then stands there again.
pub fn story(player: &mut Player) -> Story {
    let end = player.run().position();
    let mut narrator = Narrator::of(player);
    let mut endings: Vec<Vec<String>> = Vec::new();
    for finding in player.report().findings {
        if !endings.iter().any(|said| said.first() == finding.told.first()) {
            endings.push(finding.told);
        }
    }
    player.run_mut().seek(0);
    let mut story = Vec::with_capacity(end);
    let mut last = None;
    while player.run().position() < end {
        let run = player.run();
        let Some(task) = run.trail().get(run.position()).map(|taken| taken.task) else { break };
        let left = last.filter(|last| *last != task && run.runnable().contains(to_explorer(*last)));
        let preempted =
            left.map(|last| Interrupted { task: narrator.namer.task(last), before: run.executor().at(last).label() });
        let (label, from) = (run.executor().at(task).label(), run.events().len());
        if player.run_mut().forward().is_none() {
            break;
        }
        let run = player.run();
        let heard = narrator.hear(&run.events()[from..]);
        let Turn { text, is_quiet: quiet, is_wrong: wrong } = narrator.turn(task, label, &heard);
        let (turn, step, name) = (run.position(), run.steps(), narrator.namer.task(task));
        story.push(NarratedStep { turn, step, task: name, text: plain(&text), quiet, wrong, preempted });
        last = Some(task);
    }
    player.run_mut().seek(end);
    Story { story, ending: endings }
}

/// Tells the run that these choices lead to, up to its turn `turns`.
pub fn story_of(scenario: &Scenario, policy: &Policy, choices: &Choices, turns: usize) -> Result<Story, PlayError> {
    let mut player = Player::new(scenario, policy, Checks::default())?;
    player.play(&Scheduling::Choices(choices.clone()))?;
    player.run_mut().seek(turns);
    Ok(story(&mut player))
}
