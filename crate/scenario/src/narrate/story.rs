//! A run narrated step by step, with its preemptions and its findings.

use super::phrase::plain;
use super::{Phraser, Turn};
use crate::model::Scenario;
use crate::player::{PlayError, Player, Scheduling};
use crate::report::RunReport;
use faultline_engine::policy::Policy;
use faultline_explore::{Choices, Tasks};
use faultline_sched::Checks;
use faultline_sched::ids::to_explorer;
use serde::Serialize;

/// A preempted task, which was still runnable.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Interrupted {
    /// Its name.
    pub task: String,
    /// The point at which it had stopped.
    pub before: &'static str,
}

/// One step in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NarratedStep {
    /// Steps taken when it was over: as the page counts them, and `t=` in links.
    pub turn: usize,
    /// Points passed by all tasks when it was over.
    pub step: u64,
    /// The task that took it.
    pub task: String,
    /// What the task did, in a sentence.
    pub text: String,
    /// Nothing happened in it but locking and counting.
    pub quiet: bool,
    /// It has a finding.
    pub wrong: bool,
    /// The task that it preempted.
    pub preempted: Option<Interrupted>,
}

/// A run in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Story {
    /// Its steps.
    pub story: Vec<NarratedStep>,
    /// Sentences about its findings: one list for each finding, without repetitions.
    pub ending: Vec<Vec<String>>,
}

/// Narrates the run of a player up to its present position, to which the player returns.
pub fn story(player: &mut Player) -> Story {
    let end = player.run().position();
    let mut phraser = Phraser::of(player);
    let endings = endings(&player.report());
    player.run_mut().seek(0);
    let mut story = Vec::with_capacity(end);
    let mut last = None;
    while player.run().position() < end {
        let run = player.run();
        let Some(task) = run.trail().get(run.position()).map(|taken| taken.task) else { break };
        let left = last.filter(|last| *last != task && run.runnable().contains(to_explorer(*last)));
        let preempted =
            left.map(|last| Interrupted { task: phraser.namer.task(last), before: run.executor().at(last).label() });
        let (label, from) = (run.executor().at(task).label(), run.events().len());
        if player.run_mut().forward().is_none() {
            break;
        }
        let run = player.run();
        let heard = phraser.hear(&run.events()[from..]);
        let Turn { text, is_quiet: quiet, is_wrong: wrong } = phraser.turn(task, label, &heard);
        let (turn, step, name) = (run.position(), run.steps(), phraser.namer.task(task));
        story.push(NarratedStep { turn, step, task: name, text: plain(&text), quiet, wrong, preempted });
        last = Some(task);
    }
    player.run_mut().seek(end);
    Story { story, ending: endings }
}

fn endings(report: &RunReport) -> Vec<Vec<String>> {
    let mut endings: Vec<Vec<String>> = Vec::new();
    for (head, rest) in report.causes() {
        let mut told = head.told.clone();
        for sentence in rest.filter_map(|finding| finding.told.first()) {
            if !told.contains(sentence) {
                told.push(sentence.clone());
            }
        }
        if !endings.iter().any(|said| said.first() == told.first()) {
            endings.push(told);
        }
    }
    endings
}

/// Narrates the run of these choices up to step `turns`.
pub fn story_of(scenario: &Scenario, policy: &Policy, choices: &Choices, turns: usize) -> Result<Story, PlayError> {
    let mut player = Player::new(scenario, policy, Checks::default())?;
    player.play(&Scheduling::Choices(choices.clone()))?;
    player.run_mut().seek(turns);
    Ok(story(&mut player))
}
