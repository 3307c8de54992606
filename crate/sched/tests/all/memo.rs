//! Memoised transitions: a recorded turn is applied only if everything it read is unchanged.

use crate::toy::Toy;
use faultline_engine::env::{Observe, Report};
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::TaskId;
use faultline_engine::property::Property;
use faultline_engine::step::Step;
use faultline_sched::ids::to_explorer;
use faultline_sched::{Checks, Executor};

const LOOKS: TaskId = TaskId(1);
const CHANGES: TaskId = TaskId(2);

/// One task reads and keeps the value; the other one changes it and ends.
fn machine(look: fn(&crate::toy::Table) -> u64, change: fn(&crate::toy::Table, TaskId)) -> Executor<Toy> {
    let toy = Toy::searched()
        .task(move |table, task, _| async move {
            let cx = table.cx(task);
            cx.point(Step::Access).await;
            table.words[1].store(&cx, look(&table));
            cx.point(Step::Access).await;
        })
        .task(move |table, task, _| async move { change(&table, task) });
    Executor::new(toy, Checks::default())
}

fn kept(machine: &Executor<Toy>) -> u64 {
    machine.system().table.words[1].peek(machine.env())
}

/// What the reading task keeps before the other one has run, again before it, and after it.
fn looked(mut machine: Executor<Toy>) -> ([u64; 3], u64) {
    let mut seen = [0; 3];
    for (nth, changed) in [false, false, true].into_iter().enumerate() {
        if changed {
            machine.step(to_explorer(CHANGES)).unwrap();
        }
        machine.step(to_explorer(LOOKS)).unwrap();
        machine.step(to_explorer(LOOKS)).unwrap();
        seen[nth] = kept(&machine);
        while machine.back() {}
    }
    (seen, machine.env().memoised_turns())
}

#[test]
fn a_turn_is_memoised_only_if_the_words_it_reads_are_unchanged() {
    let (seen, memoised) = looked(machine(
        |table| table.words[0].load(&table.cx(LOOKS)) + 1,
        |table, task| table.words[0].store(&table.cx(task), 7),
    ));
    // Its first turn each time, and its second turn the second time.
    assert_eq!((seen, memoised), ([1, 1, 8], 3));
}

#[test]
fn a_turn_that_reads_findings_is_never_memoised() {
    let (seen, memoised) = looked(machine(
        |table| table.world.env.findings().len() as u64 + 1,
        |table, task| {
            let about = (None, None);
            table.world.env.find(Finding::new(FindingKind::Assertion, Property::Oracle, task, about, ""));
        },
    ));
    assert_eq!((seen, memoised), ([1, 1, 2], 2));
}

/// A task that reads in one turn and writes in the next. Returns how many memoised turns were taken when it has done
/// so twice, with a change of what it reads in between.
fn in_two_turns(look: fn(&crate::toy::Table)) -> u64 {
    let toy = Toy::searched()
        .task(move |table, task, _| async move {
            let cx = table.cx(task);
            cx.point(Step::Access).await;
            look(&table);
            cx.point(Step::Access).await;
            table.words[1].store(&cx, 1);
        })
        .task(|table, task, _| async move { table.words[0].store(&table.cx(task), 2) });
    let mut machine = Executor::new(toy, Checks::default());
    for changed in [false, true] {
        if changed {
            machine.step(to_explorer(CHANGES)).unwrap();
        }
        (0..3).for_each(|_| _ = machine.step(to_explorer(LOOKS)).unwrap());
        assert_eq!(kept(&machine), 1);
        while machine.back() {}
    }
    machine.env().memoised_turns()
}

#[test]
fn tasks_with_equal_observed_values_share_memoised_turns() {
    // Its first turn and the turn that writes are memoised; the turn that reads is another one.
    let forgets = in_two_turns(|table| {
        let cx = table.cx(LOOKS);
        let word = cx.env.untracked(|| table.words[0].load(&cx));
        cx.env.observe(word % 2, None);
    });
    assert_eq!(forgets, 2);
    // Its local hash differs now, so it might have written another value.
    assert_eq!(in_two_turns(|table| _ = table.words[0].load(&table.cx(LOOKS))), 1);
}

#[test]
fn observed_numbers_keep_memoised_turns_apart() {
    let by_number = in_two_turns(|table| {
        let cx = table.cx(LOOKS);
        let word = cx.env.untracked(|| table.words[0].load(&cx));
        cx.env.observe_exact(word);
    });
    assert_eq!(by_number, 1);
}
