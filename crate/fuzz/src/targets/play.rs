//! A scenario, played: on a kernel without known defects the only findings are failed expectations.

use super::{SCENARIO, gallery, hash, small_scenario, sound_kernel};
use crate::Target;
use crate::memory::Bounds;
use faultline_engine::finding::FindingKind;
use faultline_scenario::narrate::{narration, story};
use faultline_scenario::player::{PlayError, Player, Scheduling};
use faultline_sched::{Checks, Progress};

/// Plays scenarios.
pub const TARGET: Target = Target {
    name: "play",
    form: SCENARIO,
    seeds: gallery,
    check,
    cases: 2_500,
    bounds: Bounds { held: 64 << 20, asked: 4 << 30 },
};

/// Turns of a run: what takes more is not looked at.
const TURNS: u64 = 20_000;

fn check(input: &[u8]) -> bool {
    let Some(scenario) = small_scenario(input) else { return false };
    let number = hash(input);
    let mut player = match Player::new(&scenario, &sound_kernel(number), Checks { limit: TURNS, ..Checks::FULL }) {
        Ok(player) => player,
        Err(PlayError::SetUp { .. }) => return false,
        Err(error) => panic!("it was read, and cannot be played: {error}"),
    };
    for how in [Scheduling::Default, Scheduling::Random(number)] {
        if player.play(&how).unwrap_or_else(|error| panic!("{error}")) == Progress::Going {
            return true;
        }
        let report = player.report();
        for finding in &report.findings {
            let allowed = [FindingKind::Expectation, FindingKind::Livelock].contains(&finding.kind);
            assert!(allowed, "{} ({}) on {}: {}", finding.kind.name(), finding.property, report.policy, finding.detail);
        }
        // The narration covers every step, and the choices replay the run.
        if number.is_multiple_of(4) {
            assert_eq!(story(&mut player).story.len(), player.run().position(), "steps without a sentence");
            assert_eq!(narration(&player).turns.len(), player.run().position(), "steps without a sentence");
        }
        let choices = player.run().choices();
        player.play(&Scheduling::Choices(choices)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(player.report().fingerprint, report.fingerprint, "the same choices lead elsewhere");
    }
    true
}
