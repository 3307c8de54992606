//! What the model depends on, for partial-order reduction: two steps whose order the model can tell must not commute,
//! even if they access no common word of the world.

use super::Oracle;
use super::lineage::Sharing;
use super::space::What;
use crate::env::Env;
use crate::ids::SpaceId;
use crate::machine::addr::VirtAddr;
use crate::primitive::Ordering;
use crate::word::mix;
use crate::world::Cx;

/// The mappings of a space.
fn layout(space: SpaceId) -> u64 {
    mix(0x1a07, u64::from(space.0))
}

/// The spaces that share, and the exemptions.
fn family(sharing: Sharing) -> u64 {
    match sharing {
        Sharing::File(file) => mix(0xf117, u64::from(file.0)),
        Sharing::Group(group) => mix(0x6700, u64::from(group)),
    }
}

impl Oracle {
    /// Declares an access at `va` that is about to be recorded or judged.
    pub fn declare_access<E: Env>(&self, cx: &Cx<'_, E>, va: VirtAddr, write: bool) {
        let (space, vpn) = (cx.space.get(), va.vpn());
        cx.env.touch_oracle();
        cx.env.declare(layout(space), false);
        let held = self.spaces.get(space.0).lock();
        let Some(region) = held.state.find(vpn).map(|at| &held.state.regions[at]) else { return };
        let page = region.page(vpn).0;
        match &region.what {
            What::Private { base, .. } => {
                cx.env.declare(mix(layout(space), vpn.0), write);
                if let Some(file) = base.file() {
                    cx.env.declare(mix(family(Sharing::File(file)), page), false);
                }
            }
            What::Shared(sharing) => {
                cx.env.declare(family(*sharing), false);
                cx.env.declare(mix(family(*sharing), page), write);
            }
        }
        if write {
            self.edited();
        }
    }
    /// Declares that the mappings of a space are about to change, or to be inherited.
    pub fn declare_change<E: Env>(&self, cx: &Cx<'_, E>, space: SpaceId) {
        cx.env.touch_oracle();
        cx.env.declare(layout(space), true);
        let held = self.spaces.get(space.0).lock();
        for sharing in held.state.regions.iter().filter_map(|r| r.sharing()) {
            cx.env.declare(family(sharing), true);
        }
        self.edited();
    }
    /// Notes that the model has changed, or is about to.
    pub(super) fn edited(&self) {
        // Relaxed, here and below: the count is used only in stepped mode, where there is one thread.
        self.edits.fetch_add(1, Ordering::Relaxed);
        *self.present() = None;
    }
    /// Counts changes (stepped mode): while it is unchanged, so is the model.
    pub fn edits(&self) -> u64 {
        self.edits.load(Ordering::Relaxed)
    }
}

impl<E: Env> Cx<'_, E> {
    /// Informs the model of a change of the mappings of `space`. A replayed task has done so before.
    pub fn model(&self, space: SpaceId, tell: impl FnOnce(&Oracle)) {
        if self.env.is_replaying() {
            return;
        }
        if E::TRACING {
            self.oracle.declare_change(self, space);
        }
        tell(&self.oracle);
    }
}
