//! Where tasks stop: points, sleeps, ticks and wakeups.

use super::super::{Dependence, Forget, Report, Wait};
use super::input::What as Did;
use super::{Effect, Rest, Stepped, Store};
use crate::event::Event;
use crate::ids::{CpuId, TaskId};
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Channel;
use crate::word::mix;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What the local hash takes when a task has slept, and when it has waited a tick.
const SLEPT: u64 = 0x51ee;
const TICKED: u64 = 0x71c4;

enum What {
    Point(Step),
    Sleep(Channel),
    Tick,
}

/// The future of a yield: pending once, then ready when the executor polls the task again.
pub struct Yield<'a> {
    env: &'a Stepped,
    task: TaskId,
    what: What,
    begun: bool,
    /// The routine to which the task returns.
    routine: Routine,
}

impl<'a> Yield<'a> {
    pub(super) fn point(env: &'a Stepped, task: TaskId, step: Step) -> Self {
        Yield { env, task, what: What::Point(step), begun: false, routine: env.routine.get() }
    }
    pub(super) fn sleep(env: &'a Stepped, task: TaskId, channel: Channel) -> Self {
        Yield { env, task, what: What::Sleep(channel), begun: false, routine: env.routine.get() }
    }
    pub(super) fn tick(env: &'a Stepped, task: TaskId) -> Self {
        Yield { env, task, what: What::Tick, begun: false, routine: env.routine.get() }
    }
    /// Stops the task here, unless it is being replayed and its replay goes on.
    fn stop(&self) -> Poll<()> {
        let goes_on = self.env.is_replaying() && self.env.local.replay_turn();
        if goes_on { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Stepped {
    /// Declares a sleep on a channel or a wakeup of it: a sleep does not commute with a wakeup, whatever words they
    /// share.
    pub(super) fn declare_channel(&self, channel: Channel, wakes: bool) {
        self.declare(mix(channel.hash(), 0xc4a7), wakes);
    }
    pub(super) fn wake(&self, channel: Channel) {
        if !self.does(Did::Wake, channel.hash()) {
            return;
        }
        self.declare_channel(channel, true);
        let store = &mut *self.store.borrow_mut();
        store.recorder.note_effect(Effect::Wake(channel));
        self.wake_sleepers(store, channel);
    }
    pub(super) fn wake_sleepers(&self, store: &mut Store, channel: Channel) {
        let mut woken = 0;
        for index in 0..store.tasks.len() {
            if store.tasks[index].state.registered != Some(channel) {
                continue;
            }
            let task = TaskId(index as u32);
            match 1u64.checked_shl(task.0) {
                Some(bit) => self.woken.set(self.woken.get() | bit),
                None => self.woken_later.borrow_mut().push(task),
            }
            if task != self.current.get() {
                store.log_task(task);
            }
            let state = &mut store.tasks[index].state;
            state.registered = None;
            state.rest = Rest::Ready;
            woken += 1;
        }
        if woken > 0 {
            self.emit(self.current.get(), Event::Wakeup { channel, tasks: woken });
        }
    }
}

impl Future for Yield<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let first = !std::mem::replace(&mut this.begun, true);
        let local = &this.env.local;
        local.set_polled(true);
        let polled = this.poll_what(first);
        local.set_polled(polled.is_ready());
        if polled.is_ready() {
            this.env.routine.set(this.routine);
        }
        polled
    }
}

impl Yield<'_> {
    fn poll_what(&self, first: bool) -> Poll<()> {
        let (env, task) = (self.env, self.task);
        match self.what {
            What::Point(step) if first => {
                if env.does(Did::Point, step as u64) {
                    env.set_local_hash(env.local.local_hash().and(step as u64));
                    env.steps.set(env.steps.get() + 1);
                    env.store.borrow_mut().task(task).stand(step, self.routine);
                }
                self.stop()
            }
            What::Point(_) => Poll::Ready(()),
            What::Sleep(channel) => {
                // A wakeup may have come between the registration and here.
                let registered = |store: &mut Store| store.state(task).registered.is_some();
                let waits = || env.input(Did::Waits, |store| u64::from(registered(store))) != 0;
                if env.is_replaying() {
                    while waits() {
                        if !env.local.replay_turn() {
                            return Poll::Pending;
                        }
                    }
                    return Poll::Ready(());
                }
                let waits = waits();
                env.declare_channel(channel, false);
                if waits {
                    // A task that has slept is in another local state than before.
                    env.set_local_hash(env.local.local_hash().and(SLEPT));
                }
                env.with_task(task, |t| t.rest = if waits { Rest::On(channel) } else { Rest::Ready });
                if waits { Poll::Pending } else { Poll::Ready(()) }
            }
            What::Tick if first => {
                if env.does(Did::Tick, 0) {
                    env.set_local_hash(env.local.local_hash().and(TICKED));
                    env.with_task(task, |t| t.rest = Rest::Tick(env.steps.get()));
                }
                self.stop()
            }
            What::Tick => {
                env.with_task(task, |t| t.rest = Rest::Ready);
                Poll::Ready(())
            }
        }
    }
}

impl Wait for Stepped {
    type Point<'a> = Yield<'a>;
    type Sleep<'a> = Yield<'a>;

    fn point<'a>(&'a self, task: TaskId, step: Step) -> Yield<'a> {
        Yield::point(self, task, step)
    }
    fn sleep_begin(&self, task: TaskId, channel: Channel) -> u64 {
        if self.does(Did::Register, channel.hash()) {
            self.declare_channel(channel, false);
            let store = &mut *self.store.borrow_mut();
            store.recorder.note_effect(Effect::Register(channel));
            store.task(task).state.registered = Some(channel);
        }
        0
    }
    fn sleep<'a>(&'a self, task: TaskId, channel: Channel, _ticket: u64) -> Yield<'a> {
        Yield::sleep(self, task, channel)
    }
    fn wakeup(&self, channel: Channel) {
        self.wake(channel);
    }
    fn tick<'a>(&'a self, task: TaskId) -> Yield<'a> {
        Yield::tick(self, task)
    }

    // One task runs at a time, so nothing is under way when another task asks.
    fn access_begin(&self, _cpu: CpuId) {}
    fn access_end(&self, _cpu: CpuId) {}
    fn access_wait(&self, _cpu: CpuId) {}
}
