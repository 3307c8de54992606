//! `sleep_begin`, `sleep` and `wakeup`: no wakeup is lost.
//!
//! Fails with relaxed loads or stores of cells; with a relaxed check for sleepers in [`Wait::wakeup`](crate::env::Wait::wakeup), or one by a
//! load; with a relaxed registration in [`Wait::sleep_begin`](crate::env::Wait::sleep_begin).

use super::*;
use crate::env::{Cell, Guarded, Wait};
use crate::sync::Channel;
use crate::word::Place;

/// Sleeps until the flag is raised, as every sleeper does: registers, checks, sleeps, checks again.
fn wait(cx: &Cx<'_, Threads>, flag: &Cell<Threads, u64>) {
    while flag.load(cx) == 0 {
        let ticket = cx.env.sleep_begin(cx.task, Channel::Memory);
        if flag.load(cx) != 0 {
            cx.env.wakeup(Channel::Memory);
        }
        done(cx.env.sleep(cx.task, Channel::Memory, ticket));
    }
}

#[test]
fn who_sees_no_change_is_woken() {
    model(3, || {
        let world = world();
        let flag = Arc::new(Cell::new(&world.env, Place::NOWHERE, 0u64));
        let news = Arc::new(Guarded::new(&world.env, Place::NOWHERE, 0u64));
        let sleeper = run(&world, 0, SpaceId(0), {
            let (flag, news) = (flag.clone(), news.clone());
            move |cx| {
                wait(cx, &flag);
                assert_eq!(news.get(cx), 1, "the flag was raised after it");
            }
        });
        let cx = task(&world, 1, SpaceId(0));
        news.set(&cx, 1);
        flag.store(&cx, 1);
        cx.env.wakeup(Channel::Memory);
        sleeper.join().expect("it ends");
    });
}

#[test]
fn two_sleepers_for_one_change_are_both_woken() {
    model(2, || {
        let world = world();
        let flag = Arc::new(Cell::new(&world.env, Place::NOWHERE, 0u64));
        let sleepers = [0, 1].map(|n| {
            let flag = flag.clone();
            run(&world, n, SpaceId(0), move |cx| wait(cx, &flag))
        });
        let cx = task(&world, 2, SpaceId(0));
        flag.store(&cx, 1);
        cx.env.wakeup(Channel::Memory);
        sleepers.into_iter().for_each(|sleeper| sleeper.join().expect("it ends"));
    });
}
