//! What the oracle knew at the turns so far: copies to come back to, and their digests.

use faultline_engine::check::oracle::Snapshot;
use faultline_engine::env::{Env, Kind};
use faultline_engine::ids::SpaceId;
use faultline_engine::{Stepped, World};
use std::cell::Cell;

/// The oracle's state after so many edits.
struct Model {
    edits: u64,
    snapshot: Snapshot,
    /// Its digest, once somebody has asked.
    digest: Cell<Option<u64>>,
}

/// The oracle's states, each once, the last one last.
#[derive(Default)]
pub(crate) struct Models {
    kept: Vec<Model>,
    /// The digest after so many edits, where nothing is kept for these yet.
    fresh: Cell<Option<(u64, u64)>>,
}

impl Models {
    /// The digest of what memory should hold now; spaces go by name.
    pub(crate) fn digest(&self, world: &World<Stepped>) -> u64 {
        let edits = world.oracle.edits();
        let kept = self.kept.last().filter(|model| model.edits == edits);
        let known = kept.map_or_else(|| self.fresh_after(edits), |model| model.digest.get());
        known.unwrap_or_else(|| {
            let digest = world.oracle.digest(|space: SpaceId| world.env.name_of(Kind::Space, space.0));
            match kept {
                Some(model) => model.digest.set(Some(digest)),
                None => self.fresh.set(Some((edits, digest))),
            }
            digest
        })
    }
    fn fresh_after(&self, edits: u64) -> Option<u64> {
        self.fresh.get().filter(|fresh| fresh.0 == edits).map(|fresh| fresh.1)
    }
    /// Keeps the present state, and says how many are kept: for [`Models::back`].
    pub(crate) fn keep(&mut self, world: &World<Stepped>) -> usize {
        let edits = world.oracle.edits();
        if self.kept.last().is_none_or(|model| model.edits != edits) {
            let digest = Cell::new(self.fresh_after(edits));
            self.kept.push(Model { edits, snapshot: world.oracle.snapshot(), digest });
        }
        self.kept.len()
    }
    /// Makes the oracle what it was when so many were kept.
    pub(crate) fn back(&mut self, world: &World<Stepped>, kept: usize) {
        self.kept.truncate(kept);
        if let Some(model) = self.kept.last_mut().filter(|model| model.edits != world.oracle.edits()) {
            world.oracle.restore(&model.snapshot);
            model.edits = world.oracle.edits();
        }
    }
}
