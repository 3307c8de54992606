//! Random small programs over words and kernel locks, and how they run.

use crate::toy::{Table, Toy};
use faultline_engine::env::{Observe, Report, Scope, Wait};
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::{ObjectId, TaskId};
use faultline_engine::property::Property;
use faultline_engine::step::Step;
use faultline_engine::sync::{Channel, LockClass, LockId, Mode};
use faultline_sched::{Checks, Executor};
use proptest::prelude::*;

/// What a task does between two points.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Nothing,
    Load(usize),
    Store(usize, u64),
    /// Stores the value read last plus something.
    Write(usize, u64),
    Cas(usize, u64, u64),
    Add(usize, i64),
    /// Violates an assertion if the word holds this value.
    Assert(usize, u64),
    Lock(u32, bool),
    TryLock(u32, bool),
    Upgrade(u32),
    Downgrade(u32),
    Unlock(u32),
    /// Sleeps until a later wakeup.
    Sleep(u32),
    /// Sleeps unless the word holds something: checks after it has registered, as is correct.
    Await(u32, usize),
    /// The same in the wrong order, with a point in between where a wakeup is lost.
    AwaitLate(u32, usize),
    Wakeup(u32),
    Tick,
    /// Reads the word up to twice, until it holds something, and then drops from its local hash how often: schedules
    /// of different lengths lead to one state.
    Retry(usize),
}

pub type Program = Vec<Vec<Act>>;

/// Words, locks and channels that programs share: few, so that tasks conflict.
const WORDS: usize = 2;
const LOCKS: u32 = 2;
const CHANNELS: u32 = 2;

/// A sleeper without a waker is reported as a lost wakeup on one channel, as a deadlock on the other.
fn channel(which: u32) -> Channel {
    if which == 0 { Channel::ObjectBusy { object: ObjectId(3) } } else { Channel::Vfork { parent: TaskId(9) } }
}

pub fn act() -> impl Strategy<Value = Act> {
    let (word, lock, on, value) = (0..WORDS, 0..LOCKS, 0..CHANNELS, 0u64..3);
    prop_oneof![
        1 => Just(Act::Nothing),
        2 => word.clone().prop_map(Act::Load),
        2 => (word.clone(), value.clone()).prop_map(|(w, v)| Act::Store(w, v)),
        2 => (word.clone(), value.clone()).prop_map(|(w, v)| Act::Write(w, v)),
        2 => (word.clone(), value.clone(), value.clone()).prop_map(|(w, old, new)| Act::Cas(w, old, new)),
        2 => (word.clone(), -1i64..2).prop_map(|(w, d)| Act::Add(w, d)),
        2 => (word.clone(), value).prop_map(|(w, v)| Act::Assert(w, v)),
        3 => (lock.clone(), any::<bool>()).prop_map(|(l, write)| Act::Lock(l, write)),
        2 => (lock.clone(), any::<bool>()).prop_map(|(l, write)| Act::TryLock(l, write)),
        1 => lock.clone().prop_map(Act::Upgrade),
        1 => lock.clone().prop_map(Act::Downgrade),
        2 => lock.prop_map(Act::Unlock),
        1 => on.clone().prop_map(Act::Sleep),
        1 => (on.clone(), word.clone()).prop_map(|(c, w)| Act::Await(c, w)),
        1 => (on.clone(), word).prop_map(|(c, w)| Act::AwaitLate(c, w)),
        3 => on.prop_map(Act::Wakeup),
        2 => Just(Act::Tick),
    ]
}

/// Two tasks of up to six points, or three of up to three.
pub fn program() -> impl Strategy<Value = Program> {
    let tasks = |count, points| prop::collection::vec(prop::collection::vec(act(), 1..=points), count);
    prop_oneof![2 => tasks(2, 6), 3 => tasks(3, 3)]
}

/// Two tasks of up to four points, or three of up to two.
pub fn small() -> impl Strategy<Value = Program> {
    // Each read of a retry is a point, so retries are for small programs only.
    let act = || prop_oneof![12 => act(), 1 => (0..WORDS).prop_map(Act::Retry)];
    let tasks = |count, points| prop::collection::vec(prop::collection::vec(act(), 1..=points), count);
    prop_oneof![2 => tasks(2, 4), 1 => tasks(3, 2)]
}

async fn perform(table: &Table, task: TaskId, acts: &[Act]) {
    let cx = table.cx(task);
    let words = &table.words;
    let lock = |l: u32| &table.world.objects.get(&cx, l).lock;
    let held = |l: u32| cx.holds(LockId { class: LockClass::Object, index: l });
    let mode = |write: bool| if write { Mode::Write } else { Mode::Read };
    let mut seen = 0;
    for &act in acts {
        if !matches!(act, Act::Lock(..)) {
            cx.point(Step::Access).await;
        }
        match act {
            Act::Nothing => {}
            Act::Load(w) => seen = words[w].load(&cx),
            Act::Store(w, v) => words[w].store(&cx, v),
            Act::Write(w, v) => words[w].store(&cx, seen.wrapping_add(v) % 3),
            Act::Cas(w, old, new) => seen = words[w].cas(&cx, old, new).err().unwrap_or(old),
            Act::Add(w, d) => seen = words[w].add64(&cx, d),
            Act::Assert(w, v) => {
                if words[w].load(&cx) == v {
                    let property = [Property::E01, Property::E02, Property::E03][v as usize];
                    let about = (Some(ObjectId(w as u32)), None);
                    cx.env.find(Finding::new(FindingKind::Assertion, property, task, about, ""));
                }
            }
            Act::Lock(l, write) if held(l).is_none() => lock(l).lock(&cx, mode(write)).await,
            Act::TryLock(l, write) if held(l).is_none() => _ = lock(l).try_lock(&cx, mode(write)),
            Act::Upgrade(l) if held(l) == Some(Mode::Read) => _ = lock(l).try_upgrade(&cx),
            Act::Downgrade(l) if held(l) == Some(Mode::Write) => lock(l).downgrade(&cx),
            Act::Unlock(l) if held(l).is_some() => lock(l).release(&cx),
            Act::Sleep(c) => {
                let ticket = cx.env.sleep_begin(task, channel(c));
                cx.env.sleep(task, channel(c), ticket).await;
            }
            Act::Await(c, w) => {
                let ticket = cx.env.sleep_begin(task, channel(c));
                if words[w].load(&cx) == 0 {
                    cx.env.sleep(task, channel(c), ticket).await;
                }
            }
            Act::AwaitLate(c, w) => {
                if words[w].load(&cx) == 0 {
                    cx.point(Step::Access).await;
                    let ticket = cx.env.sleep_begin(task, channel(c));
                    cx.point(Step::Access).await;
                    cx.env.sleep(task, channel(c), ticket).await;
                }
            }
            Act::Wakeup(c) => cx.env.wakeup(channel(c)),
            Act::Tick => cx.env.tick(task).await,
            Act::Retry(w) => {
                let scope = cx.scope();
                for look in 0..2 {
                    scope.restart();
                    cx.env.observe(look, None);
                    if words[w].load(&cx) != 0 {
                        break;
                    }
                    cx.point(Step::Access).await;
                }
            }
            Act::Lock(..) | Act::TryLock(..) | Act::Upgrade(_) | Act::Downgrade(_) | Act::Unlock(_) => {}
        }
    }
    for l in (0..LOCKS).filter(|&l| held(l).is_some()) {
        lock(l).release(&cx);
    }
}

/// The program as a model.
pub fn machine(program: &Program) -> Executor<Toy> {
    let toy = program.iter().cloned().fold(Toy::searched(), |toy, acts| {
        toy.task(move |table, task, _| {
            let acts = acts.clone();
            async move { perform(&table, task, &acts).await }
        })
    });
    Executor::new(toy, Checks::default())
}
