//! The engine as a model: an executor that keeps what it takes to go back.

use super::model::{Model, Property, Wanted};
use crate::executor::{Executor, Standing};
use crate::task::Subject;
use faultline_engine::env::stepped::{Access, Rest};
use faultline_engine::env::{Env, Kind, mix};
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::{SpaceId, TaskId};

/// A finding as a search tells it from others: by its kind and the property's name.
pub fn property(finding: &Finding) -> Property {
    let which = finding.property.bytes().fold(0, |hash, byte| mix(hash, u64::from(byte)));
    Property { kind: finding.kind as u8, which }
}

/// The kind of a property that [`property`] made.
pub fn kind(property: Property) -> Option<FindingKind> {
    FindingKind::ALL.into_iter().find(|&kind| kind as u8 == property.kind)
}

impl<S: Subject> Model for Executor<S> {
    fn runnable(&self) -> u64 {
        self.runnable_mask()
    }
    fn step(&mut self, task: TaskId) {
        // A search steps only those that can run.
        let stepped = Executor::step(self, task);
        debug_assert!(stepped.is_ok(), "{stepped:?}");
    }
    fn back(&mut self) {
        Executor::back(self);
    }
    /// The world (rulings R4), what is expected of it, and where every task stands with what
    /// it knows (R3). What a task that has ended knew makes no difference any more.
    fn state(&self) -> u64 {
        let world = self.subject().world();
        let env = &world.env;
        let model = self.model_digest(|space: SpaceId| env.name_of(Kind::Space, space.0));
        self.tasks().fold(mix(mix(env.digest(), model), self.subject().besides()), |state, task| {
            let standing = match self.standing(task) {
                Standing::Unborn => 1,
                Standing::Done => 2,
                Standing::Ready => mix(3, env.standing_digest(task)),
                Standing::Asleep(_) => mix(4, env.standing_digest(task)),
                Standing::Ticking => mix(5, env.standing_digest(task)),
            };
            mix(state, standing)
        })
    }
    fn accesses(&self, touched: &mut dyn FnMut(u64, bool)) {
        self.env().each_access(|access| touched(access.word, access.write));
        // Whose turn comes after a tick ends it: a tick may not change places with any turn.
        let ticks = self.last().is_some_and(|task| matches!(self.env().rest(task), Rest::Tick(_)));
        touched(Access::TIME, ticks);
    }
    fn plain_turns(&self) -> u32 {
        self.polls()
    }
    fn plainly(&mut self, on: bool) {
        self.set_fused(!on);
    }
    fn broken(&self, wanted: Wanted) -> Option<Property> {
        let over = self.runnable_mask() == 0;
        if self.env().finding_count() == 0 && !over {
            return None;
        }
        let mut findings = self.env().findings();
        if over {
            let of_the_end = self.subject().ended(&findings);
            findings.extend(of_the_end);
        }
        findings.iter().map(property).find(|&p| wanted.is(p))
    }
}
