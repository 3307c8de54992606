//! `pmap_activate`: the address space whose tables a CPU uses.

use crate::env::Env;
use crate::event::Event;
use crate::ids::SpaceId;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `pmap_activate_sw`: switches this CPU to `space` by a CR3 load, which flushes its TLB. Does nothing if `space`
    /// is active already.
    pub async fn pmap_activate(&self, space: SpaceId) {
        self.load_cr3(Some(space));
    }

    /// Switches this CPU to the kernel's own address space, which has no user half: after an exit, before the pmap is
    /// released.
    pub async fn pmap_deactivate(&self) {
        self.load_cr3(None);
    }

    /// The switch itself, one step.
    ///
    /// The CPU sets its bit in the new pmap's `active` first, then flushes, and clears its bit in the old one's last:
    /// from before the first walk of a table until it caches nothing of it, any task that changes the table sees that
    /// it must ask this CPU.
    ///
    /// It sets the bit by a read-modify-write, and [`Cx::active_cpus`] reads by one ([`Cell::load_last`](crate::env::Cell::load_last)): a task that
    /// does not see the bit has made a change that this CPU's later walks see.
    pub(crate) fn load_cr3(&self, space: Option<SpaceId>) {
        let cpu = self.cpu_of(self.cpu);
        let old = cpu.space.load(self);
        if old == space {
            return;
        }
        let bit = 1u64 << cpu.id.0;
        if let Some(new) = space {
            self.change_active(new, |set| set | bit);
            self.emit(Event::Activate { cpu: cpu.id, space: new });
        }
        // Before `space` changes: the entries are accounted for under the old one.
        self.tlb_flush(cpu);
        cpu.space.store(self, space);
        if let Some(old) = old {
            self.change_active(old, |set| set & !bit);
            self.emit(Event::Deactivate { cpu: cpu.id, space: old });
        }
    }

    fn change_active(&self, space: SpaceId, f: impl Fn(u64) -> u64) {
        let active = &self.space_of(space).pmap.active;
        loop {
            let now = active.load(self);
            if active.cas(self, now, f(now)).is_ok() {
                return;
            }
        }
    }

    /// `pm_active`, read after a table change. See [`Cx::load_cr3`].
    pub(crate) fn active_cpus(&self, space: SpaceId) -> u64 {
        self.space_of(space).pmap.active.load_last(self)
    }
}
