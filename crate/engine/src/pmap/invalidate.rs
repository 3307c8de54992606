//! `pmap_invalidate_page` and `pmap_invalidate_all`: the TLB shootdown.
//!
//! The caller holds the pmap lock and has changed the table. The routine drops the local CPU's entry at once, and
//! asks every other CPU in `pm_active` in turn; all have acknowledged when it returns. A CPU that is not in the set
//! flushed when it left, and will walk the changed table when it comes back.
//!
//! Stepped, this task does the other CPU's part as a step of its own: it passes points before each request and after
//! each acknowledgement, and none if no other CPU is active. `machine::tlb` says why, in threads mode, the entry is
//! really gone.

use crate::env::Env;
use crate::ids::{CpuId, SpaceId};
use crate::machine::addr::Vpn;
use crate::routine::Routine;
use crate::step::Step;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `pmap_invalidate_page`: on return no CPU translates `vpn` by an earlier entry.
    pub(crate) async fn invalidate_page(&self, space: SpaceId, vpn: Vpn) {
        let _routine = self.inside(Routine::PmapInvalidatePage);
        self.shootdown(space, Some(vpn)).await;
    }

    /// `pmap_invalidate_all`: the same for every page of the address space.
    pub(crate) async fn invalidate_all(&self, space: SpaceId) {
        let _routine = self.inside(Routine::PmapInvalidateAll);
        self.shootdown(space, None).await;
    }

    async fn shootdown(&self, space: SpaceId, vpn: Option<Vpn>) {
        let mut targets = self.active_cpus(space);
        let own = 1u64 << self.cpu.0;
        if targets & own != 0 {
            let cpu = self.cpu_of(self.cpu);
            match vpn {
                Some(vpn) => _ = self.tlb_drop(cpu, vpn),
                None => self.tlb_flush(cpu),
            }
            targets &= !own;
        }
        while targets != 0 {
            let id = CpuId(targets.trailing_zeros());
            targets &= targets - 1;
            self.point(Step::Shootdown).await;
            let cpu = self.cpu_of(id);
            // Stepped, a CPU that has left the address space meanwhile caches nothing of it. With threads `space` may
            // lag behind the bit in `active`: never skip there.
            if !E::TRACING || cpu.space.load(self) == Some(space) {
                self.tlb_shoot(cpu, vpn);
            }
            self.point(Step::ShootdownAck).await;
        }
    }
}
