//! Strategies on the engine: exact replay, stored schedules, random ones, and manual choice.

use crate::toy::Toy;
use faultline_engine::env::Wait;
use faultline_engine::step::Step;
use faultline_engine::sync::Channel;
use faultline_explore::strategy::directive::{Directive, Obstacle, Parting, Stored, Until};
use faultline_explore::strategy::manual::Manual;
use faultline_explore::strategy::order::TaskOrder;
use faultline_explore::strategy::pct::Pct;
use faultline_explore::strategy::random::Random;
use faultline_explore::strategy::replay::Replay;
use faultline_explore::{Choices, Strategy, TaskBits, TaskId, Tasks};
use faultline_sched::ids::{point, to_engine};
use faultline_sched::{Checks, Outcome, Progress, Run};
use proptest::prelude::*;

/// Three tasks of some length that read what the others wrote; the second starts a fourth.
fn busy() -> Toy {
    let step = [Step::Access, Step::ObjectLock, Step::PmapEnter, Step::PageCopy];
    let work = move |toy: Toy, starts: Option<faultline_engine::ids::TaskId>| {
        toy.task(move |table, task, spawner| async move {
            let cx = table.cx(task);
            for (i, at) in step.into_iter().enumerate() {
                let sum: u64 = table.words.iter().map(|w| w.load(&cx)).sum();
                table.words[task.0 as usize].store(&cx, sum * 31 + u64::from(task.0));
                cx.emit(faultline_engine::event::Event::OpStart { op: i as u32 });
                if let (1, Some(child)) = (i, starts) {
                    spawner.start(child);
                }
                cx.point(at).await;
            }
        })
    };
    work(work(work(Toy::new(), None), Some(to_engine(TaskId(4)))), None).child(|table, task, _| async move {
        let cx = table.cx(task);
        table.words[5].store(&cx, table.words[1].load(&cx) + 7);
    })
}

fn seeded(seed: u64) -> Run<Toy> {
    let mut run = busy().run();
    let mut random = Random::new(seed, 1);
    assert!(Strategy::<TaskBits>::begin(&mut random));
    assert_eq!(run.play(&mut random), Progress::Finished);
    run
}

proptest! {
    #[test]
    fn the_same_choices_give_the_same_run(seed in any::<u64>()) {
        let first = seeded(seed);
        let mut second = busy().run();
        let text = first.choices().to_string();
        let mut replay = Replay::new(text.parse().unwrap());
        second.play(&mut replay);
        prop_assert_eq!(replay.misfit(), None);
        prop_assert_eq!(replay.left(), 0);
        prop_assert_eq!((second.fingerprint(), second.steps(), second.choices()), (first.fingerprint(), first.steps(), first.choices()));
        prop_assert_eq!(second.events(), first.events());
        prop_assert_eq!(second.trail(), first.trail());
    }

    #[test]
    fn stepping_back_and_forth_shows_the_same_states(seed in any::<u64>(), jumps in prop::collection::vec(any::<prop::sample::Index>(), 1..8)) {
        let mut run = busy().run();
        let mut seen = vec![(run.fingerprint(), run.events().to_vec(), run.tasks(), run.counters())];
        let mut random = Random::new(seed, 1);
        Strategy::<TaskBits>::begin(&mut random);
        while run.step(&mut random).is_some() {
            seen.push((run.fingerprint(), run.events().to_vec(), run.tasks(), run.counters()));
        }
        for jump in jumps {
            let to = jump.index(seen.len());
            prop_assert!(run.seek(to));
            prop_assert_eq!(run.position(), to);
            prop_assert_eq!(&(run.fingerprint(), run.events().to_vec(), run.tasks(), run.counters()), &seen[to]);
            if run.back() {
                prop_assert_eq!(run.fingerprint(), seen[to - 1].0);
            }
        }
    }
}

#[test]
fn choices_are_counted_only_where_more_than_one_task_can_run() {
    let mut run = Toy::new()
        .task(|table, task, _| async move {
            for _ in 0..5 {
                table.cx(task).point(Step::Access).await;
            }
        })
        .run();
    run.play(&mut TaskOrder);
    assert_eq!((run.position(), run.choices().len()), (6, 0));
}

#[test]
fn choices_of_another_scenario_are_detected_and_the_run_continues_in_task_order() {
    let mut run = busy().run();
    let mut replay = Replay::new("bZa".parse().unwrap());
    assert_eq!(run.play(&mut replay), Progress::Finished);
    assert_eq!(replay.misfit(), Some(1));
    assert_eq!(run.choices().to_string().parse::<Choices>().unwrap().as_slice()[..3], [1, 0, 0]);
}

#[test]
fn a_different_step_in_the_past_drops_the_later_steps() {
    let mut run = seeded(3);
    let length = run.trail().len();
    assert!(run.seek(2));
    assert_eq!(run.trail().len(), length, "what is ahead stays known");
    let known = run.trail()[2].turn;
    let other = run.runnable().iter().find(|&t| t != known).unwrap();
    run.step_task(other).unwrap();
    assert_eq!(run.trail().len(), 3);
    assert_eq!(run.play(&mut TaskOrder), Progress::Finished);
    assert!(run.step_task(TaskId(1)).unwrap_err().to_string().contains("cannot run"));
}

#[test]
fn seeking_a_step_stops_where_that_many_points_were_passed() {
    let mut run = seeded(5);
    let all = run.steps();
    for step in 0..=all {
        assert!(run.seek_step(step));
        assert_eq!(run.steps(), step);
    }
    assert!(!run.seek_step(all + 1), "there is no such step");
}

#[test]
fn a_stored_schedule_runs_each_task_until_its_step() {
    let until = |task, step, n| Directive { task: TaskId(task), until: Until::Point(point(step), n) };
    let mut run = busy().run();
    let mut stored = Stored::new(vec![
        until(2, Step::PmapEnter, 1),
        until(1, Step::Access, 1),
        Directive { task: TaskId(3), until: Until::End },
    ]);
    run.play(&mut stored);
    assert_eq!(stored.parted(), []);
    let order: Vec<_> = run.trail().iter().map(|t| t.task.0).collect();
    assert_eq!(order[..9], [2, 2, 2, 1, 3, 3, 3, 3, 3]);
    assert_eq!(order[9..14], [1; 5][..4].iter().copied().chain([2]).collect::<Vec<_>>(), "the rest in task order");
}

#[test]
fn an_impossible_directive_is_reported_and_ends_when_its_task_blocks_or_finishes() {
    let sleeper = |toy: Toy| {
        toy.task(|table, task, _| async move {
            let cx = table.cx(task);
            let ticket = cx.env.sleep_begin(task, Channel::Memory);
            cx.env.sleep(task, Channel::Memory, ticket).await;
            cx.point(Step::Woken).await;
        })
    };
    let mut run = sleeper(Toy::new())
        .task(|table, task, _| async move {
            let cx = table.cx(task);
            cx.point(Step::Access).await;
            cx.env.wakeup(Channel::Memory);
        })
        .child(|_, _, _| async {})
        .run();
    let (one, two, three) = (TaskId(1), TaskId(2), TaskId(3));
    let mut stored = Stored::new(vec![
        Directive { task: one, until: Until::Point(point(Step::Woken), 1) },
        Directive { task: one, until: Until::Blocked },
        Directive { task: three, until: Until::End },
        Directive { task: two, until: Until::Point(point(Step::PmapEnter), 1) },
        Directive { task: one, until: Until::Point(point(Step::Woken), 1) },
    ]);
    assert_eq!(run.play(&mut stored), Progress::Finished);
    let part = |directive, turn, why| Parting { directive, turn, why };
    assert_eq!(
        stored.parted(),
        [part(0, 0, Obstacle::Blocked), part(2, 1, Obstacle::Absent), part(3, 2, Obstacle::Finished)]
    );
}

#[test]
fn a_manual_strategy_chooses_and_pauses() {
    let mut run = busy().run();
    let mut picks = vec![TaskId(3), TaskId(1)].into_iter();
    let mut manual = Manual::new(|_: &faultline_explore::Turn<TaskBits>| picks.next());
    assert_eq!(run.play(&mut manual), Progress::Going);
    assert_eq!(run.trail().iter().map(|t| t.task.0).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(run.step_task(TaskId(2)), Ok(Outcome::At(Step::Access)));
}

#[test]
fn a_seed_gives_the_same_run_everywhere() {
    assert_eq!(seeded(2020).choices().to_string(), seeded(2020).choices().to_string());
    let texts: std::collections::BTreeSet<_> = (0..20).map(|seed| seeded(seed).choices().to_string()).collect();
    assert!(texts.len() > 15, "seeds differ: {texts:?}");
}

#[test]
fn ticking_tasks_let_the_task_run_that_they_wait_for() {
    for seed in 0..40 {
        let retry = |toy: Toy| {
            toy.task(|table, task, _| async move {
                let cx = table.cx(task);
                while table.words[0].load(&cx) == 0 {
                    cx.env.tick(task).await;
                }
            })
        };
        let toy = retry(retry(Toy::new())).task(|table, task, _| async move {
            let cx = table.cx(task);
            for step in [Step::Access, Step::ObjectLock, Step::PageCopy] {
                cx.point(step).await;
            }
            table.words[0].store(&cx, 1);
        });
        let mut run = Run::new(toy, Checks { limit: 200, ..Checks::FULL });
        let mut pct = Pct::new(seed, 4, 1);
        assert!(pct.begin());
        assert_eq!(run.play(&mut pct), Progress::Finished, "seed {seed}");
    }
}
