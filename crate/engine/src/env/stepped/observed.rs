//! What tasks observe and forget, and what their turns depend on besides words.

use super::super::{Dependence, Forget, Observe, Scope};
use super::Stepped;
use super::input::What;
use super::store::ORACLE;
use crate::ids::TaskId;
use crate::word::{Kind, LocalHash, mix};

impl Observe for Stepped {
    fn untracked<R>(&self, f: impl FnOnce() -> R) -> R {
        self.local.untracked(f)
    }
    fn opaque(&self, f: impl FnOnce() -> u64) -> u64 {
        if let Some(value) = self.replayed(What::Answer) {
            return value;
        }
        let value = self.local.opaque(f);
        self.input(What::Answer, |_| value)
    }
    fn opaque_effect(&self, f: impl FnOnce()) {
        if !self.is_replaying() {
            self.local.opaque(f);
        }
    }
    fn observe(&self, value: u64, refers: Option<Kind>) {
        self.observe_value(value, refers);
    }
    fn observe_exact(&self, number: u64) {
        self.local.observe_exact(number);
    }
}

/// A place in the local hash of a task, to which the hash returns.
pub struct LocalScope<'a> {
    env: &'a Stepped,
    task: TaskId,
    /// The hash at its beginning.
    entry: LocalHash,
    /// Whether the hash returns to `entry` when the scope ends.
    closes: bool,
}

impl Scope for LocalScope<'_> {
    fn restart(&self) {
        self.env.set_local_hash(self.entry);
    }
}

impl Drop for LocalScope<'_> {
    // A suspended future is dropped when its task has gone back, or with the whole run: then this task does not run,
    // or another one does.
    fn drop(&mut self) {
        if self.closes && self.env.local.runs() && self.env.current.get() == self.task {
            self.restart();
        }
    }
}

impl Forget for Stepped {
    type Scope<'a> = LocalScope<'a>;

    fn scope(&self, task: TaskId) -> LocalScope<'_> {
        LocalScope { env: self, task, entry: self.local_hash(), closes: true }
    }
    fn retry_scope(&self, task: TaskId) -> LocalScope<'_> {
        LocalScope { env: self, task, entry: self.local_hash(), closes: false }
    }
    fn op_begin(&self, _task: TaskId, op: u64) {
        let op = mix(op, 0x0b);
        if !self.does(What::Operation, op) {
            return;
        }
        self.set_local_hash(LocalHash { canonical: op, ..self.local.local_hash().and(op) });
    }
    fn local_hash(&self) -> LocalHash {
        // The caller keeps the hash, so it is an input: a replay gets the value of the first run.
        let LocalHash { canonical, concrete } = self.local.local_hash();
        let kept = |value| self.plain_input(What::LocalHash, |_| value);
        LocalHash { canonical: kept(canonical), concrete: kept(concrete) }
    }
    fn set_local_hash(&self, known: LocalHash) {
        self.local.set_local_hash(known);
    }
    fn reset_local_hash(&self, number: u64) {
        let canonical = self.local.local_hash().canonical;
        self.set_local_hash(LocalHash { canonical, concrete: mix(canonical, number) });
    }
}

impl Dependence for Stepped {
    fn declare(&self, about: u64, write: bool) {
        if self.local.declares() {
            self.store.borrow_mut().declare(about, write);
        }
    }
    fn uncacheable(&self) {
        self.store.borrow_mut().recorder.once();
    }
    fn touch_oracle(&self) {
        self.store.borrow_mut().note_read(ORACLE);
    }
    fn is_replaying(&self) -> bool {
        self.local.is_replaying()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Wait;
    use super::super::Keep;
    use super::*;
    use crate::step::Step;
    use std::pin::{Pin, pin};
    use std::task::{Context, Waker};

    const ONE: TaskId = TaskId(0);
    const TWO: TaskId = TaskId(1);

    fn env() -> Stepped {
        Stepped::new(2, Keep::ALL)
    }
    fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> bool {
        future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }
    /// Observes something in a scope, with a point in between; leaves early if `early`.
    async fn scoped(env: &Stepped, task: TaskId, early: bool) {
        let scope = env.scope(task);
        env.observe(7, None);
        if early {
            return;
        }
        env.point(task, Step::Access).await;
        scope.restart();
        env.observe(8, None);
    }

    #[test]
    fn a_scope_leaves_nothing_behind_whichever_way_it_is_left() {
        for early in [true, false] {
            let env = env();
            env.switch_to(ONE);
            let before = env.local.local_hash();
            let mut body = pin!(scoped(&env, ONE, early));
            while !poll(body.as_mut()) {
                assert_ne!(env.local.local_hash(), before, "what was observed is live at the point");
                env.switch_to(ONE);
            }
            assert_eq!(env.local.local_hash(), before);
        }
    }

    #[test]
    fn a_scope_dropped_with_a_suspended_future_leaves_the_hash_of_every_task_alone() {
        for next in [None, Some(ONE), Some(TWO)] {
            let env = env();
            let mut body = Box::pin(scoped(&env, ONE, false));
            env.switch_to(ONE);
            assert!(!poll(body.as_mut()));
            if let Some(next) = next {
                // The turn of a task has begun, by the memo or in a future of its own.
                env.begin_turn(next);
            }
            if next == Some(TWO) {
                env.switch_to(TWO);
                env.observe(9, None);
            }
            let hashes = || [ONE, TWO].map(|task| env.local_fingerprint(task));
            let before = hashes();
            drop(body);
            assert_eq!(hashes(), before, "dropped in the turn of {next:?}");
        }
    }
}
