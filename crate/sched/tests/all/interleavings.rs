//! The executor controls every interleaving: each can be reached, exactly once.

use crate::toy::{Toy, every_interleaving};
use faultline_engine::step::Step;
use faultline_sched::{Progress, Run};
use std::collections::BTreeSet;

/// `steps` turns that touch a word of the task's own.
fn alone(toy: Toy, steps: u64) -> Toy {
    toy.task(move |table, task, _| async move {
        let cx = table.cx(task);
        for i in 1..steps {
            table.words[task.0 as usize].store(&cx, i);
            cx.point(Step::Access).await;
        }
        table.words[task.0 as usize].store(&cx, steps);
    })
}

fn binomial(n: u64, k: u64) -> u64 {
    (0..k).fold(1, |c, i| c * (n - i) / (i + 1))
}

fn choices_of(run: &Run<Toy>) -> Vec<u32> {
    run.trail().iter().map(|t| t.task.0).collect()
}

#[test]
fn two_tasks_of_m_and_n_points_have_binomially_many_interleavings() {
    for (m, n) in [(1, 1), (2, 1), (3, 3), (2, 5), (6, 4)] {
        let mut run = alone(alone(Toy::new(), m), n).run();
        let (mut command, mut fingerprints) = (BTreeSet::new(), BTreeSet::new());
        let count = every_interleaving(&mut run, |run| {
            assert_eq!(run.progress(), Progress::Finished);
            command.insert(choices_of(run));
            fingerprints.insert(run.fingerprint());
        });
        assert_eq!(count, binomial(m + n, n), "{m} and {n} points");
        assert_eq!(command.len() as u64, count, "each order once");
        assert_eq!(fingerprints.len(), 1, "they touch nothing in common");
    }
}

#[test]
fn three_tasks_have_multinomially_many_interleavings() {
    let mut run = alone(alone(alone(Toy::new(), 2), 2), 2).run();
    assert_eq!(every_interleaving(&mut run, |_| {}), binomial(6, 2) * binomial(4, 2));
}

#[test]
fn tasks_that_share_a_word_end_in_every_possible_state() {
    // Each task reads, passes a point, and writes what it read plus one: the lost update.
    let adder = |toy: Toy| {
        toy.task(|table, task, _| async move {
            let cx = table.cx(task);
            let seen = table.words[0].load(&cx);
            cx.point(Step::Access).await;
            table.words[0].store(&cx, seen + 1);
        })
    };
    let mut run = adder(adder(Toy::new())).run();
    let mut sums = BTreeSet::new();
    every_interleaving(&mut run, |run| {
        sums.insert(run.system().table.words[0].peek(&run.system().table.world.env));
    });
    assert_eq!(sums, BTreeSet::from([1, 2]));
}

#[test]
fn a_lock_leaves_only_the_orders_in_which_it_was_taken() {
    let adder = |toy: Toy| {
        toy.task(|table, task, _| async move {
            let cx = table.cx(task);
            let lock = &table.world.objects.get(&cx, 0).lock;
            lock.lock(&cx, faultline_engine::sync::Mode::Write).await;
            let seen = table.words[0].load(&cx);
            cx.point(Step::Access).await;
            table.words[0].store(&cx, seen + 1);
            lock.release(&cx);
        })
    };
    let mut run = adder(adder(adder(Toy::new()))).run();
    every_interleaving(&mut run, |run| {
        assert_eq!(run.progress(), Progress::Finished);
        assert!(run.findings().is_empty());
        assert_eq!(run.system().table.words[0].peek(&run.system().table.world.env), 3);
    });
}
