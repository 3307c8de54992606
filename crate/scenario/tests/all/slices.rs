//! Slices: the steps on which a finding depends suffice for it, and those of bystanders are no part of them.

use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::TaskId;
use faultline_engine::policy::Policy;
use faultline_explore::Tasks;
use faultline_scenario::gallery::{GALLERY, find};
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling};
use faultline_sched::Checks;
use std::collections::BTreeSet;

fn player(scenario: &Scenario) -> Player {
    let policy = Policy::parse(&scenario.header.policy.text).expect("a preset");
    Player::new(scenario, &policy, Checks::FULL).expect("it can be set up")
}

/// The run of a scenario's own schedule, and the steps in which findings showed.
fn played(scenario: &Scenario) -> (Player, Vec<usize>) {
    let mut player = player(scenario);
    player.play(&Scheduling::Default).expect("it can be played");
    let steps = player.run().trail().len();
    player.run_mut().seek(0);
    let mut counts = vec![player.finding_count()];
    for step in 0..steps {
        player.run_mut().seek(step + 1);
        counts.push(player.finding_count());
    }
    (player, (0..steps).filter(|&step| counts[step + 1] > counts[step]).collect())
}

fn shown(player: &Player) -> Option<(&'static str, String)> {
    let found: Option<Finding> = player.findings().pop();
    found.map(|found| (found.kind.name(), found.property.to_string()))
}

#[test]
fn the_steps_of_a_slice_alone_lead_to_its_finding() {
    let (mut shorter, mut compared) = (0, 0);
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().expect("it parses");
        let (mut whole, at) = played(&scenario);
        for at in at {
            let slice = whole.slice(at);
            assert_eq!(slice.last(), Some(&at), "{}: the finding's own step is part of its slice", exhibit.name);
            let trail = whole.run().trail().to_vec();
            let left_out: BTreeSet<usize> = (0..at).filter(|step| !slice.contains(step)).collect();
            // An operation that was left out cannot be skipped when its task goes on to another.
            let ended: BTreeSet<TaskId> = left_out.iter().map(|&step| trail[step].task).collect();
            let goes_on = |step: usize| left_out.range(..step).any(|&before| trail[before].task == trail[step].task);
            if slice.iter().any(|&step| ended.contains(&trail[step].task) && goes_on(step)) {
                continue;
            }
            let mut alone = player(&scenario);
            for &step in &slice {
                let taken = alone.run_mut().step_task(trail[step].turn);
                assert!(taken.is_ok(), "{}: step {step} of {slice:?} cannot be taken", exhibit.name);
            }
            whole.run_mut().seek(at + 1);
            if shown(&whole)
                .is_some_and(|(kind, _)| FindingKind::from_name(kind).is_some_and(FindingKind::is_of_waiting))
            {
                // It shows once no other task can run.
                while let Some(turn) = alone.run().runnable().first() {
                    alone.run_mut().step_task(turn).expect("it can run");
                }
            }
            assert_eq!(shown(&alone), shown(&whole), "{} at {at}: {slice:?}", exhibit.name);
            compared += 1;
            shorter += usize::from(!left_out.is_empty());
        }
    }
    assert!(shorter > 15 && compared > 20, "{shorter} of {compared} slices are shorter than the run");
}

#[test]
fn a_bystander_and_what_came_back_are_no_part_of_a_slice() {
    let text = find("t3s").expect("it is there").text;
    // A process with memory of its own, which runs before everything else.
    let text = text.replacen("setup {", "setup {\n  process Z\n  Z: mmap va0; store va0 Z0; store va1 Z1", 1);
    let text = text.replacen("task ", "task Z of Z { load va0; store va1 Z2 }\ntask ", 1);
    let text = text.replacen("schedule quiet {", "schedule quiet {\n  Z until end", 1);
    let (mut player, at) = played(&parse("with-bystander", &text).expect("it parses"));
    let trail = player.run().trail().to_vec();
    let of_z = trail.iter().filter(|taken| taken.task == trail[0].task).count();
    assert!(of_z > 3 && !at.is_empty(), "{of_z} steps of Z, findings at {at:?}");
    let slice = player.slice(at[0]);
    assert!(slice.len() > 10 && slice.iter().all(|&step| trail[step].task != trail[0].task), "{slice:?}");
    assert!(player.slice(trail.len()).is_empty(), "the run has no such step");
}
