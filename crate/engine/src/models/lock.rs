//! [`Lock`] and [`Spin`]: each holder sees what the previous one did, and no waiter sleeps forever.
//!
//! Fails with relaxed exchanges in [`Atomics::cas`](crate::env::Atomics::cas); without the waiter's second check in
//! `Lock::lock`.

use super::*;
use crate::env::Guarded;
use crate::lock::{Lock, Spin};
use crate::sync::{LockClass, LockId, Mode};
use crate::word::{Kind, Place};

/// Two words that are changed together, and their lock.
struct Account {
    lock: Lock<Threads>,
    left: Guarded<Threads, u64>,
    right: Guarded<Threads, u64>,
}

impl Account {
    fn new(world: &World<Threads>) -> Arc<Self> {
        let id = LockId { class: LockClass::Map, index: 0 };
        let word = || Guarded::new(&world.env, Place::NOWHERE, 0);
        Arc::new(Account { lock: Lock::new(&world.env, id, Kind::Space), left: word(), right: word() })
    }
    /// Adds to both; the caller holds the lock for writing.
    fn add(&self, cx: &Cx<'_, Threads>) {
        self.left.set(cx, self.left.get(cx) + 1);
        self.right.set(cx, self.right.get(cx) + 1);
    }
    /// Both, which are equal; the caller holds the lock.
    fn look(&self, cx: &Cx<'_, Threads>) -> u64 {
        let (left, right) = (self.left.get(cx), self.right.get(cx));
        assert_eq!(left, right, "half of what was done under the lock");
        left
    }
}

#[test]
fn three_writers_one_after_the_other() {
    model(2, || {
        let world = world();
        let account = Account::new(&world);
        let add = |account: &Arc<Account>| {
            let account = account.clone();
            move |cx: &Cx<'_, Threads>| {
                done(account.lock.lock(cx, Mode::Write));
                account.add(cx);
                account.lock.release(cx);
            }
        };
        let others = [0, 1].map(|n| run(&world, n, SpaceId(0), add(&account)));
        let cx = task(&world, 2, SpaceId(0));
        add(&account)(&cx);
        others.into_iter().for_each(|other| other.join().expect("it ends"));
        done(account.lock.lock(&cx, Mode::Read));
        assert_eq!(account.look(&cx), 3);
    });
}

#[test]
fn a_writer_among_readers_and_what_it_leaves_to_them() {
    model(2, || {
        let world = world();
        let account = Account::new(&world);
        let read = |account: &Arc<Account>| {
            let account = account.clone();
            move |cx: &Cx<'_, Threads>| {
                done(account.lock.lock(cx, Mode::Read));
                let seen = account.look(cx);
                // A sole reader may become the writer, and no task has written in between.
                if account.lock.try_upgrade(cx) {
                    assert_eq!(account.look(cx), seen);
                    account.add(cx);
                    account.lock.downgrade(cx);
                }
                account.look(cx);
                account.lock.release(cx);
            }
        };
        let others = [0, 1].map(|n| run(&world, n, SpaceId(0), read(&account)));
        others.into_iter().for_each(|other| other.join().expect("it ends"));
        assert!(account.look(&task(&world, 2, SpaceId(0))) <= 2);
        assert!(account.lock.is_free(&world.env));
    });
}

#[test]
fn a_spin_lock_hands_over_what_it_guards() {
    model(3, || {
        let world = world();
        let shared = Arc::new((Spin::new(&world.env), Account::new(&world)));
        let add = |shared: &Arc<(Spin<Threads>, Arc<Account>)>| {
            let shared = shared.clone();
            move |cx: &Cx<'_, Threads>| shared.0.with(cx, || shared.1.add(cx))
        };
        let other = run(&world, 0, SpaceId(0), add(&shared));
        let cx = task(&world, 1, SpaceId(0));
        add(&shared)(&cx);
        other.join().expect("it ends");
        assert_eq!(shared.1.look(&cx), 2);
    });
}
