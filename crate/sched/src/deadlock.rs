//! Deadlock, lost wakeup and livelock: no task can run, or none makes progress (rulings R8).

use faultline_engine::detail;
use faultline_engine::detail::Detail;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::{FileId, TaskId};
use faultline_engine::kern::BusyState;
use faultline_engine::property::Property;
use faultline_engine::sync::{Channel, LockClass};
use faultline_engine::{Stepped, World};

/// How often time may pass without any change of the world: more often than any retry limit.
const PATIENCE: u32 = 64;

/// Counts how often time passed while the world was unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Patience {
    fingerprint: u64,
    idle: u32,
}

impl Patience {
    /// Counts that time passed once more; returns whether the limit is exceeded.
    pub(crate) fn is_over(&mut self, fingerprint: u64, turns: u64) -> bool {
        // Without a fingerprint the limit on turns ends the run.
        if fingerprint != self.fingerprint || turns == 0 {
            *self = Patience { fingerprint, idle: 0 };
        }
        self.idle += u32::from(fingerprint != 0);
        self.idle > PATIENCE
    }
}

/// Whether the event that the sleeper waits for has happened, as far as the world shows.
fn has_happened(world: &World<Stepped>, channel: Channel) -> bool {
    let env = &world.env;
    match channel {
        Channel::Lock { lock } => match lock.class {
            LockClass::Map => world.spaces.peek(env, lock.index).lock.is_free(env),
            LockClass::Pmap => world.spaces.peek(env, lock.index).pmap.lock.is_free(env),
            LockClass::Object => world.objects.peek(env, lock.index).lock.is_free(env),
            LockClass::Vnode => world.files.peek(env, FileId(lock.index)).lock.is_free(env),
        },
        Channel::Busy { page } => world
            .pages
            .get(env, page.0 as usize)
            .is_some_and(|p| matches!(p.busy_state(env), BusyState::None | BusyState::Freed)),
        Channel::Pip { object } => world.objects.peek(env, object.0).paging_in_progress.peek(env) == 0,
        Channel::ObjectBusy { object } => world.objects.peek(env, object.0).busy.peek(env) == 0,
        Channel::Memory => world.free.count.peek(env) > 0,
        Channel::Vfork { .. } => false,
    }
}

/// Reports why no task can run: a sleeper whose condition holds has lost its wakeup; if there is no such sleeper, the
/// tasks are deadlocked.
pub(crate) fn report(world: &World<Stepped>, sleepers: &[(TaskId, Channel)]) {
    let mut lost = false;
    for &(task, channel) in sleepers.iter().filter(|s| has_happened(world, s.1)) {
        lost = true;
        let detail = detail!("{} sleeps on {} although it is available", task, channel.thing());
        find(world, FindingKind::LostWakeup, Property::LostWakeup, task, detail);
    }
    if let (false, Some(&(first, _))) = (lost, sleepers.first()) {
        let waits = sleepers.iter().map(|&(task, channel)| detail!("{} waits for {}", task, channel.thing()));
        find(world, FindingKind::Deadlock, Property::Deadlock, first, Detail::join(waits, ", "));
    }
}

/// Reports a livelock: tasks only retry.
pub(crate) fn report_endless(world: &World<Stepped>, last: Option<TaskId>, turns: u64) {
    let detail = detail!("after {} turns tasks still retry and nothing changes", turns);
    find(world, FindingKind::Livelock, Property::Livelock, last.unwrap_or_default(), detail);
}

fn find(world: &World<Stepped>, kind: FindingKind, property: Property, task: TaskId, detail: Detail) {
    world.report(Finding::new(kind, property, task, (None, None), detail));
}
