//! The narrator that follows a run says what narrating the whole run says, for the cost of a step.

use faultline_engine::policy::Policy;
use faultline_explore::Tasks;
use faultline_explore::strategy::random::Dice;
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::model::Scenario;
use faultline_scenario::names::Born;
use faultline_scenario::narrate::{Narration, Narrator, Paragraph, narration};
use faultline_scenario::parse::parse;
use faultline_scenario::player::Player;
use faultline_sched::Checks;
use proptest::prelude::*;

/// What a receiver has put together from the changes it got.
#[derive(Default)]
struct Receiver {
    paragraphs: Vec<Paragraph>,
    objects: Vec<Born>,
    pages: Vec<Born>,
}

impl Receiver {
    /// Takes the changes; returns how many paragraphs and names they hold.
    fn take(&mut self, narrator: &mut Narrator) -> usize {
        let changes = narrator.changes();
        let size = changes.paragraphs.items.len() + changes.objects.items.len() + changes.pages.items.len();
        changes.paragraphs.apply(&mut self.paragraphs);
        changes.objects.apply(&mut self.objects);
        changes.pages.apply(&mut self.pages);
        size
    }
}

fn open(scenario: &Scenario, policy: &Policy) -> Player {
    Player::new(scenario, policy, Checks { frames: false, tlb: false, ..Checks::default() }).expect("it can be played")
}

/// Steps at random, and now and then goes back and takes another way; after every move what the receiver has is the
/// narration of the whole run.
fn compare(scenario: &Scenario, policy: &Policy, seed: u64, moves: usize) -> Result<(), TestCaseError> {
    let (mut player, mut dice) = (open(scenario, policy), Dice::new(seed));
    let (mut narrator, mut receiver) = (Narrator::new(&player), Receiver::default());
    for _ in 0..moves {
        let (here, last) = (player.run().position(), player.run().executor().last());
        let goes_back = dice.below(12) == 0 || player.run().runnable().is_empty();
        if goes_back {
            let to = if dice.below(2) == 0 { dice.below(here + 1) } else { here - dice.below(here.min(4) + 1) };
            narrator.rewind(to);
            player.run_mut().seek(to);
        }
        for _ in 0..=dice.below(20) {
            let runnable = player.run().runnable();
            let Some(other) = runnable.nth(dice.below(runnable.len().max(1))) else { break };
            let stays = last.filter(|&last| runnable.contains(last) && dice.below(4) > 0);
            player.run_mut().step_task(stays.unwrap_or(other)).expect("it can run");
            narrator.advance(&player);
        }
        narrator.advance(&player);
        receiver.take(&mut narrator);
        let Narration { turns, paragraphs } = narration(&player);
        let (what, names) = (format!("{} under {}", scenario.name, policy.name), player.names());
        prop_assert_eq!(narrator.turns(), turns, "{}", what);
        prop_assert_eq!(&receiver.paragraphs, &paragraphs, "{}", what);
        prop_assert_eq!((&receiver.objects, &receiver.pages), (&names.objects, &names.pages), "{}", what);
        prop_assert_eq!(narrator.names(), &names, "{}", what);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn following_a_run_back_and_forth_says_what_the_whole_run_says(which in 0..GALLERY.len(), seed: u64) {
        let scenario = GALLERY[which].scenario().expect("it can be read");
        let policy = Policy::parse(&scenario.header.policy.text).expect("a kernel");
        compare(&scenario, &policy, seed, 40)?;
    }
}

/// Names that are given during the run hold for what was told before, and no more once that is undone.
#[test]
fn names_given_late_are_in_what_was_told_before() {
    let text = "setup { process P; P: mmap va0; store va0 X0; name A = object P va0; name a = page A 0 }
        sequence { P: munmap va0; mmap va0; store va0 X1\n name B = object P va0; name b = page B 0; P: load va0; fork C { store va0 X2 }; store va0 X3\n name D = object P va0 }";
    let scenario = parse("late", text).expect("it can be read");
    for seed in 0..20 {
        compare(&scenario, &Policy::default(), seed, 30).expect("it says the same");
    }
}

/// Two tasks with many operations each, which often take turns.
fn long() -> Player {
    let ops: String = (0..400).map(|n| format!("store va{} X{n}; load va{}; ", n % 4, (n + 1) % 4)).collect();
    let text = format!(
        "pages 4\nframes 200\nsetup {{ process P; P: mmap va0; store va0 X0; fork A; fork B }}
        task A of A {{ {ops} load va0 }}\ntask B of B {{ {ops} load va0 }}"
    );
    open(&parse("long", &text).expect("it can be read"), &Policy::default())
}

#[test]
fn a_step_costs_as_much_late_in_a_run_as_early() {
    let (mut player, mut dice) = (long(), Dice::new(7));
    let (mut narrator, mut receiver) = (Narrator::new(&player), Receiver::default());
    let mut costs = Vec::new();
    for at in 0..2_100 {
        let runnable = player.run().runnable();
        let task = runnable.nth(dice.below(runnable.len())).unwrap_or_else(|| panic!("it is over after {at} steps"));
        let (visited, events) = (narrator.records_visited(), player.run().events().len());
        player.run_mut().step_task(task).expect("it can run");
        narrator.advance(&player);
        let visited = narrator.records_visited() - visited;
        assert_eq!(visited, (player.run().events().len() - events) as u64, "only the step's own records are read");
        costs.push(visited as usize + receiver.take(&mut narrator));
    }
    let of = |at: usize| costs[at..at + 100].iter().sum::<usize>();
    let (early, late) = (of(100), of(2_000));
    assert!(late <= 2 * early, "100 steps cost {early} at 100 and {late} at 2000: {:?}", &costs[2_000..]);
}
