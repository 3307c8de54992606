//! The engine as a model: an executor that keeps what going back needs.

use crate::executor::Executor;
use crate::ids;
use crate::task::System;
use faultline_engine::env::stepped::{Access, Rest};
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::word::mix;
use faultline_explore::model::{Model, Property, Wanted};
use faultline_explore::{Divergence, TaskId, TaskSet};

/// The property of a finding, by which a search identifies it: its kind and the property's name.
pub fn property(finding: &Finding) -> Property {
    let which = finding.property.code().bytes().fold(0, |hash, byte| mix(hash, u64::from(byte)));
    Property { kind: finding.kind as u8, which }
}

/// The kind of a property from [`property`].
pub fn kind(property: Property) -> Option<FindingKind> {
    FindingKind::ALL.into_iter().find(|&kind| kind as u8 == property.kind)
}

impl<S: System> Model for Executor<S> {
    fn runnable(&self) -> TaskSet {
        *Executor::runnable(self)
    }
    fn step(&mut self, task: TaskId) {
        // A search steps only runnable tasks.
        let stepped = Executor::step(self, task);
        debug_assert!(stepped.is_ok(), "{stepped:?}");
    }
    fn unsound(&self) -> Option<Divergence> {
        if self.env().has_diverged() { self.divergence() } else { None }
    }
    fn taker(&self, turn: TaskId) -> TaskId {
        Executor::taker(self, turn)
    }
    fn back(&mut self) {
        Executor::back(self);
    }
    fn state(&self) -> u64 {
        self.fingerprint()
    }
    fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
        self.env().each_access(|access| touched(access.word, access.write));
        // The turn after a tick ends it, whichever task takes it: a tick commutes with no turn.
        touched(Access::TIME, self.ticks());
    }
    fn ticks(&self) -> bool {
        self.last().is_some_and(|task| matches!(self.env().rest(ids::to_engine(task)), Rest::Tick(_)))
    }
    fn unfused_len(&self) -> u32 {
        self.polls()
    }
    fn set_unfused(&mut self, on: bool) {
        self.set_fused(!on);
    }
    fn held(&self) -> u64 {
        Executor::held(self)
    }
    fn broken(&self, wanted: Wanted) -> Option<Property> {
        let over = Executor::runnable(self).is_empty();
        if self.env().finding_count() == 0 && !over {
            return None;
        }
        let mut findings = self.env().findings();
        if over {
            let of_the_end = self.system().final_findings(&findings);
            findings.extend(of_the_end);
        }
        findings.iter().map(property).find(|&p| wanted.is(p))
    }
}
