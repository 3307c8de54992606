//! Runs one future of the engine to completion, in either environment.

use faultline_engine::env::Env;
use faultline_engine::env::stepped::Rest;
use faultline_engine::ids::TaskId;
use faultline_engine::sync::Channel;
use faultline_engine::{Stepped, Threads};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Consecutive ticks after which a lone task counts as stuck.
const TICKS: u32 = 10_000;

/// A lone task waits for something that only another task could do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Stuck {
    /// It sleeps on a channel.
    #[error("it sleeps on {}, and no other task runs", .0.thing())]
    Asleep(Channel),
    /// It retries without end.
    #[error("it tries again and again, and no other task runs")]
    Endless,
}

/// An environment on which one task can run alone, without a scheduler.
pub trait Drive: Env {
    /// Runs `future`, an operation of `task`, to completion.
    fn drive<F: Future>(&self, task: TaskId, future: F) -> Result<F::Output, Stuck>;
}

impl Drive for Threads {
    /// Points are ready at once and sleeps park the thread, so one poll suffices.
    #[inline]
    fn drive<F: Future>(&self, _: TaskId, future: F) -> Result<F::Output, Stuck> {
        let mut future = pin!(future);
        for _ in 0..TICKS {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Ok(output);
            }
        }
        Err(Stuck::Endless)
    }
}

impl Drive for Stepped {
    /// The task continues at each point, since there is no other.
    fn drive<F: Future>(&self, task: TaskId, future: F) -> Result<F::Output, Stuck> {
        let mut future = pin!(future);
        let mut ticks = 0;
        self.switch_to(task);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Ok(output);
            }
            match self.rest(task) {
                Rest::Ready => ticks = 0,
                Rest::Tick(_) if ticks < TICKS => ticks += 1,
                Rest::Tick(_) => return Err(Stuck::Endless),
                Rest::On(channel) => return Err(Stuck::Asleep(channel)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline_engine::env::Wait;
    use faultline_engine::env::stepped::Keep;
    use faultline_engine::step::Step;

    #[test]
    fn a_sleep_without_a_waker_is_reported() {
        let env = Stepped::new(2, Keep::NOTHING);
        let task = TaskId(1);
        let passed = env.drive(task, async {
            env.point(task, Step::Begin).await;
            env.tick(task).await;
            env.point(task, Step::Access).await;
            7
        });
        assert_eq!(passed, Ok(7));
        let asleep = env.drive(task, async {
            let ticket = env.sleep_begin(task, Channel::Memory);
            env.sleep(task, Channel::Memory, ticket).await;
        });
        assert_eq!(asleep, Err(Stuck::Asleep(Channel::Memory)));
    }

    #[test]
    fn an_endless_retry_is_reported() {
        let env = Stepped::new(2, Keep::NOTHING);
        let task = TaskId(1);
        let endless = env.drive(task, async {
            loop {
                env.tick(task).await;
            }
        });
        let endless: Result<(), _> = endless;
        assert_eq!(endless, Err(Stuck::Endless));
    }
}
