//! Turns taken by rote: only where everything is that the turn looked at.

use crate::toy::Toy;
use faultline_engine::env::Env;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::TaskId;
use faultline_engine::step::Step;
use faultline_sched::{Checks, Executor};

const LOOKS: TaskId = TaskId(1);
const CHANGES: TaskId = TaskId(2);

/// One task looks and keeps what it saw; the other has changed that, once it is through.
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
    machine.subject().table.words[1].peek(machine.env())
}

/// What the one task keeps before the other one has run, again before it, and after it.
fn looked(mut machine: Executor<Toy>) -> ([u64; 3], u64) {
    let mut seen = [0; 3];
    for (nth, changed) in [false, false, true].into_iter().enumerate() {
        if changed {
            machine.step(CHANGES).unwrap();
        }
        machine.step(LOOKS).unwrap();
        machine.step(LOOKS).unwrap();
        seen[nth] = kept(&machine);
        while machine.back() {}
    }
    (seen, machine.env().turns_by_rote())
}

#[test]
fn a_turn_that_meets_the_same_words_is_taken_by_rote_and_no_other() {
    let (seen, by_rote) = looked(machine(
        |table| table.words[0].load(&table.cx(LOOKS)) + 1,
        |table, task| table.words[0].store(&table.cx(task), 7),
    ));
    // Its beginning each time, and what it does next the second time.
    assert_eq!((seen, by_rote), ([1, 1, 8], 3));
}

#[test]
fn a_turn_that_looks_at_findings_is_run_each_time() {
    let (seen, by_rote) = looked(machine(
        |table| table.world.env.findings().len() as u64 + 1,
        |table, task| {
            let about = (None, None);
            table.world.env.find(Finding::new(FindingKind::Assertion, "seen", task, about, String::new()));
        },
    ));
    assert_eq!((seen, by_rote), ([1, 1, 2], 2));
}
