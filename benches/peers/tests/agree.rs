//! The same model everywhere: as many states, and the mistake found by each that can.

use faultline_explore::exhaustive::Reduction;
use faultline_peers::peers::{Search, loom, ours, shuttle, spin, stateright};
use faultline_peers::plain::census;
use faultline_peers::race::{Kernel, State, Task};
use std::time::Duration;

#[test]
fn stateright_visits_the_same_states() {
    for order in [stateright::Order::Breadth, stateright::Order::Depth] {
        let search = stateright::search(order, Kernel::Fixed);
        assert!(search.complete && !search.found, "{search:?}");
        assert_eq!(search.states, census(State::START, Kernel::Fixed).states as u64);
        assert!(stateright::search(order, Kernel::Mistaken).found);
    }
}

#[test]
fn our_explorer_visits_the_same_states() {
    let search = |kernel, sleep| ours::exhaustive(kernel, &Task::ALL, Reduction { states: true, sleep });
    let whole = search(Kernel::Fixed, false);
    assert!(whole.complete && !whole.found, "{whole:?}");
    assert_eq!(whole.states, census(State::START, Kernel::Fixed).states as u64);
    let reduced = search(Kernel::Fixed, true);
    assert!(reduced.complete && !reduced.found && reduced.states < whole.states, "{reduced:?}");
    assert!(search(Kernel::Mistaken, false).found && search(Kernel::Mistaken, true).found);
}

#[test]
fn our_explorer_finds_the_bug_in_random_runs_and_by_pct_of_the_right_depth() {
    let looks: [fn(Kernel, u64) -> Search; 2] =
        [|kernel, runs| ours::random(kernel, 1, runs), |kernel, runs| ours::pct(kernel, 1, 5, runs)];
    for look in looks {
        assert!(look(Kernel::Mistaken, 1_000_000).found);
        let search = look(Kernel::Fixed, 2_000);
        assert!(!search.found && search.executions == 2_000, "{search:?}");
    }
}

#[test]
fn spin_visits_the_same_states() {
    if !spin::installed() {
        eprintln!("spin or cc is not installed: Debian has `spin` and `gcc`");
        return;
    }
    let scratch = tempfile::tempdir().expect("a directory");
    let search = |kernel, reduction| {
        let verifier = spin::make(scratch.path(), kernel, reduction).expect("a verifier");
        verifier.search().expect("a search")
    };
    let whole = search(Kernel::Fixed, spin::Reduction::None);
    assert!(whole.complete && !whole.found, "{whole:?}");
    assert_eq!(whole.states, census(State::START, Kernel::Fixed).states as u64);
    let reduced = search(Kernel::Fixed, spin::Reduction::Partial);
    assert!(reduced.complete && !reduced.found && reduced.states < whole.states, "{reduced:?}");
    assert!(search(Kernel::Mistaken, spin::Reduction::None).found);
    assert!(search(Kernel::Mistaken, spin::Reduction::Partial).found);
}

#[test]
fn shuttle_finds_the_bug_in_random_runs_and_by_pct_of_the_right_depth() {
    for strategy in [shuttle::Strategy::Random(1), shuttle::Strategy::Pct(1, 5)] {
        let search = shuttle::search(strategy, Kernel::Mistaken, 200_000);
        assert!(search.found && search.executions < 200_000, "{strategy:?}: {search:?}");
        let search = shuttle::search(strategy, Kernel::Fixed, 2_000);
        assert!(!search.found && search.executions == 2_000, "{strategy:?}: {search:?}");
    }
}

#[test]
fn loom_explores_every_order_of_two_tasks() {
    let search = loom::search(&loom::SMALL, Kernel::Mistaken, None, Duration::from_secs(600));
    assert!(search.complete && !search.found, "{search:?}");
    // It also tells apart when threads begin and end.
    let command = command(State::start(&loom::SMALL));
    assert!(search.executions >= command, "{} executions, {command} orders", search.executions);
}

/// How many ways there are from a state to an end.
fn command(state: State) -> u64 {
    let can = || Task::ALL.into_iter().filter(|&task| state.can(task));
    if can().next().is_none() {
        return 1;
    }
    can().map(|task| command(state.step(task, Kernel::Mistaken).0)).sum()
}
