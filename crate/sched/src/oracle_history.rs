//! History of the oracle: snapshots to return to.

use faultline_engine::check::oracle::Snapshot;
use faultline_engine::env::Names;
use faultline_engine::ids::SpaceId;
use faultline_engine::word::Kind;
use faultline_engine::{Stepped, World};
use std::cell::Cell;

/// A snapshot of the oracle, and its edit count then.
struct Model {
    edits: u64,
    snapshot: Snapshot,
}

/// The distinct states of the oracle, the latest one last.
#[derive(Default)]
pub(crate) struct OracleHistory {
    kept: Vec<Model>,
    /// The fingerprint computed last, and the edit count then.
    asked: Cell<Option<(u64, u64)>>,
}

impl OracleHistory {
    /// The fingerprint of the oracle, that is of what memory should hold; spaces by name.
    #[inline]
    pub(crate) fn fingerprint(&self, world: &World<Stepped>) -> u64 {
        let edits = world.oracle.edits();
        match self.asked.get() {
            Some((at, fingerprint)) if at == edits => fingerprint,
            _ => self.ask(world, edits),
        }
    }
    #[cold]
    fn ask(&self, world: &World<Stepped>, edits: u64) -> u64 {
        let fingerprint = world.oracle.fingerprint(|space: SpaceId| world.env.name_of(Kind::Space, space.0));
        self.asked.set(Some((edits, fingerprint)));
        fingerprint
    }
    /// Keeps a snapshot of the present state; returns how many are kept, for [`OracleHistory::back`].
    #[inline]
    pub(crate) fn keep(&mut self, world: &World<Stepped>) -> usize {
        let edits = world.oracle.edits();
        if self.kept.last().is_none_or(|model| model.edits != edits) {
            self.add(world, edits);
        }
        self.kept.len()
    }
    #[cold]
    fn add(&mut self, world: &World<Stepped>, edits: u64) {
        self.kept.push(Model { edits, snapshot: world.oracle.snapshot() });
    }
    /// Restores the state in which `kept` snapshots were kept.
    pub(crate) fn back(&mut self, world: &World<Stepped>, kept: usize) {
        self.kept.truncate(kept);
        if let Some(model) = self.kept.last_mut().filter(|model| model.edits != world.oracle.edits()) {
            world.oracle.restore(&model.snapshot);
            model.edits = world.oracle.edits();
        }
    }
}
