//! A correct kernel violates nothing, at any step, in any preset.

use super::*;
use crate::env::stepped::Rest;
use crate::env::threads::Threads;
use crate::policy::PRESETS;
use crate::word::mix;
use std::pin::Pin;

fn clean<E: Env>(world: &World<E>, when: &str) {
    let found = check(world);
    assert!(found.is_empty(), "{when}: {found:#?}");
    assert_eq!(mapped_free_frames(world), [], "{when}");
}

/// No operation is in progress: the checks make no exceptions, and mappings agree with the chains.
fn at_rest<E: Env>(world: &World<E>, when: &str) {
    let found = check_quiet(world);
    assert!(found.is_empty(), "{when}: {found:#?}");
    let notes = hazards(world);
    assert!(notes.is_empty(), "{when}: {notes:#?}");
}

/// One random operation of a process; returns the child if it is a fork.
async fn act<E: Env>(cx: &Cx<'_, E>, space: SpaceId, dice: u64) -> Option<SpaceId> {
    let (page, len) = (dice >> 8 & 7, 1 + (dice >> 16 & 3));
    let file = MapKind::File { file: FileId(1), offset: PageIndex(page), pages: Some(16) };
    match dice % 16 {
        0 => cx.mmap(space, &request(page, len, MapKind::Anon, false)).await.unwrap(),
        1 => cx.mmap(space, &request(page, len, file, dice & 1 << 20 != 0)).await.unwrap(),
        2 => cx.munmap(space, at(page), at(page + len)).await.unwrap(),
        3 => cx.mprotect(space, at(page), at(page + 1), Prot::RW).await.unwrap_or(()),
        4 | 5 => return cx.vmspace_fork(space).await.ok(),
        6..=10 => drop(cx.user_load(at(page)).await),
        _ => drop(cx.user_store(at(page), dice | 1).await),
    }
    None
}

/// Several processes take turns on one task.
async fn by_turns<E: Env>(cx: &Cx<'_, E>, seed: u64, acts: u64) {
    let first = cx.vmspace_new().await.unwrap();
    enter(cx, first).await;
    cx.mmap(first, &request(0, 8, MapKind::Anon, false)).await.unwrap();
    let (mut spaces, mut dice) = (vec![first], seed);
    for n in 0..acts {
        dice = mix(dice, n);
        let one = (dice >> 32) as usize % spaces.len();
        enter(cx, spaces[one]).await;
        if dice >> 40 & 15 == 0 && spaces.len() > 1 {
            let gone = spaces.remove(one);
            cx.pmap_deactivate().await;
            cx.vmspace_drop(gone).await;
        } else if spaces.len() < 4 || !matches!(dice % 16, 4 | 5) {
            spaces.extend(act(cx, spaces[one], dice).await);
        }
        at_rest(cx.world(), &format!("seed {seed}, act {n}"));
    }
    cx.pmap_deactivate().await;
    for space in spaces {
        cx.vmspace_drop(space).await;
    }
}

/// Only the pages of the file are left, because they stay with it.
fn only_the_file_is_left<E: Env>(world: &World<E>) {
    let cached = live_objects(world).map(|o| o.resident_page_count.peek(&world.env) as u32).sum();
    let objects = live_objects(world).count() as u32;
    assert!(objects <= 1);
    assert_eq!(leaks(world), Leaks { frames: cached, objects, ..Leaks::default() });
}

#[test]
fn one_task_leaves_no_violation_at_any_step() {
    for (n, preset) in PRESETS.iter().enumerate() {
        for seed in 0..4 {
            let world = world(preset.name, 1);
            let cx = task(&world, 0);
            run(by_turns(&cx, seed * 100 + n as u64, 60), || clean(&world, preset.name));
            at_rest(&world, preset.name);
            only_the_file_is_left(&world);
            assert_eq!(world.env.findings(), []);
        }
    }
}

#[test]
fn nor_with_words_that_are_real_atomics() {
    let config = Config { frames: 96, cpus: 1, ..Config::default() };
    let world = World::new(Threads::new(config.frames, 1), Policy::preset("main").unwrap(), config);
    let cx = task(&world, 0);
    run(by_turns(&cx, 5, 300), || {});
    at_rest(&world, "the end");
    only_the_file_is_left(&world);
    assert_eq!(world.env.findings(), []);
}

/// A process that runs concurrently with others.
async fn alone<E: Env>(cx: &Cx<'_, E>, space: SpaceId, seed: u64) {
    enter(cx, space).await;
    let mut dice = seed;
    for n in 0..12 {
        dice = mix(dice, n);
        if let Some(child) = act(cx, space, dice).await {
            cx.vmspace_drop(child).await;
        }
    }
    cx.vmspace_exit().await;
}

#[test]
fn three_processes_at_once_leave_none_either() {
    for seed in 0..60 {
        let world = world(["2025-04", "main"][seed as usize % 2], 4);
        let first = task(&world, 3);
        let spaces = run(
            async {
                let (a, b) = family(&first).await;
                let c = first.vmspace_fork(b).await.unwrap();
                first.pmap_deactivate().await;
                [a, b, c]
            },
            || {},
        );
        let views: Vec<Cx<'_, Stepped>> = (0..3).map(|n| task(&world, n)).collect();
        let mut tasks: Vec<Option<Pin<Box<dyn Future<Output = ()> + '_>>>> = Vec::new();
        for (n, cx) in views.iter().enumerate() {
            tasks.push(Some(Box::pin(alone(cx, spaces[n], seed * 3 + n as u64))));
        }
        let mut dice = seed;
        for turn in 0.. {
            let ready = |n: &usize| tasks[*n].is_some() && world.env.rest(TaskId(*n as u32)) == Rest::Ready;
            let ready: Vec<usize> = (0..tasks.len()).filter(ready).collect();
            if ready.is_empty() {
                break;
            }
            dice = mix(dice, turn);
            let n = ready[dice as usize % ready.len()];
            world.env.switch_to(TaskId(n as u32));
            let polled = tasks[n].as_mut().map(|t| t.as_mut().poll(&mut Context::from_waker(Waker::noop())));
            if polled.is_none_or(|p| p.is_ready()) {
                tasks[n] = None;
            }
            clean(&world, &format!("seed {seed}, turn {turn}"));
        }
        assert!(tasks.iter().all(Option::is_none), "seed {seed}: somebody sleeps for ever");
        drop(tasks);
        at_rest(&world, &format!("seed {seed}"));
        only_the_file_is_left(&world);
        assert_eq!(world.env.findings(), []);
    }
}
