//! When no task can run, the run reports why instead of failing.

use crate::toy::{Toy, every_interleaving};
use faultline_engine::env::Wait;
use faultline_engine::finding::FindingKind;
use faultline_engine::machine::addr::FrameNo;
use faultline_engine::property::Property;
use faultline_engine::step::Step;
use faultline_engine::sync::{Channel, Mode};
use faultline_explore::strategy::order::TaskOrder;
use faultline_explore::strategy::random::Random;
use faultline_explore::{Strategy, TaskBits, TaskId};
use faultline_sched::ids::to_engine;
use faultline_sched::{Checks, Progress, Run, Standing};

fn locks(toy: Toy, first: u32, second: u32) -> Toy {
    toy.task(move |table, task, _| async move {
        let cx = table.cx(task);
        for lock in [first, second] {
            table.world.objects.get(&cx, lock).lock.lock(&cx, Mode::Write).await;
        }
        for lock in [second, first] {
            table.world.objects.get(&cx, lock).lock.release(&cx);
        }
    })
}

#[test]
fn locks_in_opposite_order_deadlock_in_some_interleavings() {
    let mut run = locks(locks(Toy::new(), 0, 1), 1, 0).run();
    let (mut stuck, mut finished) = (0, 0);
    every_interleaving(&mut run, |run| match run.progress() {
        Progress::Finished => finished += 1,
        Progress::Stuck => {
            stuck += 1;
            let findings = run.findings();
            assert_eq!(findings.len(), 1);
            assert_eq!((findings[0].kind, findings[0].property), (FindingKind::Deadlock, Property::Deadlock));
            assert!(
                findings[0]
                    .detail
                    .to_string()
                    .contains("task 1 waits for the lock of object 1, task 2 waits for the lock of object 0")
            );
            assert!(matches!(run.tasks()[0].standing, Standing::Asleep(Channel::Lock { .. })));
            assert_eq!(run.tasks()[0].held.len(), 1, "and says what each holds");
        }
        Progress::Going => panic!("the run is over"),
    });
    assert!(stuck > 0 && finished > 0);
}

#[test]
fn locks_in_one_order_never_deadlock() {
    let mut run = locks(locks(Toy::new(), 0, 1), 0, 1).run();
    every_interleaving(&mut run, |run| assert_eq!(run.progress(), Progress::Finished));
}

fn sleeps(toy: Toy, channel: Channel) -> Run<Toy> {
    toy.task(move |table, task, _| async move {
        let cx = table.cx(task);
        let ticket = cx.env.sleep_begin(task, channel);
        cx.env.sleep(task, channel, ticket).await;
    })
    .run()
}

#[test]
fn a_sleeper_whose_condition_holds_has_lost_its_wakeup() {
    let mut run = sleeps(Toy::new(), Channel::Busy { page: FrameNo(2) });
    assert_eq!(run.play(&mut TaskOrder), Progress::Stuck);
    let findings = run.findings();
    assert_eq!((findings[0].kind, findings[0].task), (FindingKind::LostWakeup, to_engine(TaskId(1))));
}

#[test]
fn a_task_that_waits_for_memory_alone_is_not_left_asleep() {
    let mut run = sleeps(Toy::new(), Channel::Memory);
    assert_eq!(run.play(&mut TaskOrder), Progress::Finished);
}

#[test]
fn a_tick_ends_when_another_task_has_taken_a_turn_even_its_last() {
    let mut run = Toy::new()
        .task(|table, task, _| async move { table.cx(task).env.tick(task).await })
        .task(|_, _, _| async {})
        .run();
    run.step_task(TaskId(1)).unwrap();
    assert_eq!(run.tasks()[0].standing, Standing::Ticking);
    run.step_task(TaskId(2)).unwrap();
    assert_eq!(run.play(&mut TaskOrder), Progress::Finished);
}

#[test]
fn a_lone_retry_that_changes_nothing_is_a_livelock() {
    let mut run = Toy::new()
        .task(|table, task, _| async move {
            loop {
                table.cx(task).env.tick(task).await
            }
        })
        .run();
    assert_eq!(run.play(&mut TaskOrder), Progress::Stuck);
    assert_eq!(run.findings()[0].kind, FindingKind::Livelock);
    assert!(run.position() < 1000);
}

#[test]
fn two_endless_retries_end_at_the_bound() {
    let spin = |toy: Toy| {
        toy.task(|table, task, _| async move {
            loop {
                table.cx(task).point(Step::Tick).await
            }
        })
    };
    let mut run = Run::new(spin(spin(Toy::new())), Checks { limit: 5000, ..Checks::default() });
    let mut random = Random::new(1, 1);
    Strategy::<TaskBits>::begin(&mut random);
    assert_eq!(run.play(&mut random), Progress::Stuck);
    assert_eq!((run.position(), run.findings()[0].kind), (5000, FindingKind::Livelock));
}
