//! What the model is, found without any explorer.

use faultline_peers::plain::{census, least_preemptions, random_run};
use faultline_peers::race::{Kernel, State, Task, Word};

#[test]
fn the_model_has_about_a_hundred_thousand_states() {
    for kernel in [Kernel::Mistaken, Kernel::Fixed] {
        let states = census(State::START, kernel).states;
        assert!((90_000..=110_000).contains(&states), "{kernel:?}: {states}");
    }
}

#[test]
fn the_bug_needs_four_preemptions_and_the_fixed_model_has_none() {
    assert_eq!(least_preemptions(State::START, Kernel::Mistaken), Some(4));
    assert_eq!(least_preemptions(State::START, Kernel::Fixed), None);
    assert_eq!(census(State::START, Kernel::Fixed).broken, 0);
}

#[test]
fn the_bug_needs_all_tasks_but_the_reader() {
    for absent in Task::ALL {
        let others: Vec<_> = Task::ALL.into_iter().filter(|&task| task != absent).collect();
        let least = least_preemptions(State::start(&others), Kernel::Mistaken);
        // Without the exit the second reference stays: nothing is freed.
        assert_eq!(least.is_some(), absent == Task::R, "without {absent:?}: {least:?}");
    }
}

#[test]
fn a_turn_touches_the_words_it_declares_and_no_others() {
    // Reading: changing a word that a turn does not read changes neither what it writes nor where it goes.
    let mut seed = 1_u64;
    for kernel in [Kernel::Mistaken, Kernel::Fixed] {
        let mut state = State::START;
        let mut turns = 0;
        while turns < 20_000 {
            let can: Vec<_> = Task::ALL.into_iter().filter(|&task| state.can(task)).collect();
            if can.is_empty() {
                state = State::START;
                continue;
            }
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let task = can[(seed >> 33) as usize % can.len()];
            let (next, seen) = state.step(task, kernel);
            for other in Word::ALL {
                let bit = 1 << other as u8;
                assert!(
                    seen.written & bit != 0 || state.word(other) == next.word(other),
                    "{task:?} at {} wrote {other:?} without saying so",
                    state.at(task)
                );
                if (seen.read | seen.written) & bit == 0 {
                    let flipped = state.with(other, state.word(other) ^ 1);
                    let expected = next.with(other, state.word(other) ^ 1);
                    assert_eq!(flipped.step(task, kernel), (expected, seen), "{task:?} reads {other:?} in secret");
                }
            }
            state = next;
            turns += 1;
        }
    }
}

#[test]
fn random_runs_find_the_bug_now_and_then() {
    let mut seed = 7;
    let runs = 200_000;
    let broken = (0..runs).filter(|_| random_run(State::START, Kernel::Mistaken, &mut seed)).count();
    assert!(broken > 0 && broken < runs / 20, "{broken} of {runs}");
    assert!((0..runs).all(|_| !random_run(State::START, Kernel::Fixed, &mut seed)));
}

#[test]
fn the_mask_holds_the_runnable_tasks() {
    for present in 0_u32..32 {
        let tasks: Vec<_> = Task::ALL.into_iter().filter(|&task| present >> task as u32 & 1 != 0).collect();
        let mut state = State::start(&tasks);
        loop {
            let one_by_one =
                Task::ALL.into_iter().filter(|&task| state.can(task)).fold(0, |all, task| all | 1 << task as u32);
            assert_eq!(state.all_that_can(), one_by_one);
            let Some(task) = Task::ALL.into_iter().rfind(|&task| state.can(task)) else { break };
            state = state.step(task, Kernel::Fixed).0;
        }
        assert_eq!(state.all_that_can(), 0);
    }
}
