//! Running one future alone: a set-up, with which no task interleaves.

use crate::check::{Checks, after_all, after_step};
use crate::deadlock;
use crate::outcome::Progress;
use crate::task::TaskFuture;
use faultline_engine::check::structural::Watch;
use faultline_engine::env::Wait;
use faultline_engine::env::stepped::Rest;
use faultline_engine::ids::TaskId;
use faultline_engine::sync::Channel;
use faultline_engine::{Stepped, World};
use std::task::{Context, Waker};

/// Runs `body` as `task` to its end. What it violates, or why it never ends, is reported among the findings of the
/// world.
pub fn run_to_completion(world: &World<Stepped>, task: TaskId, mut body: TaskFuture, checks: Checks) -> Progress {
    let mut watch = Watch::default();
    for turns in 1..=checks.limit {
        world.env.switch_to(task);
        let polled = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        world.env.leave();
        after_step(world, task, checks, &mut watch);
        if polled.is_ready() {
            after_all(world, task, checks, &mut watch);
            return Progress::Finished;
        }
        match world.env.rest(task) {
            Rest::Ready | Rest::Tick(_) => {}
            Rest::On(Channel::Memory) => world.env.wakeup(Channel::Memory),
            Rest::On(channel) => {
                deadlock::report(world, &[(task, channel)]);
                return Progress::Stuck;
            }
        }
        if turns == checks.limit {
            deadlock::report_endless(world, Some(task), turns);
        }
    }
    Progress::Stuck
}
