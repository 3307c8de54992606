//! What tasks observe and forget, and what their turns depend on besides words.

use super::super::{Dependence, Forget, Observe};
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

impl Forget for Stepped {
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
