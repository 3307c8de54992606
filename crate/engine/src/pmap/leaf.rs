//! One page-table entry: where it is, how software reads and changes it, and what belongs to a change (the event, the
//! fingerprint, the harvest of M).

use crate::detail;
use crate::env::Env;
use crate::event::Event;
use crate::finding::FindingKind;
use crate::ids::SpaceId;
use crate::kern::Prot;
use crate::machine::addr::{FrameNo, PAGE_SHIFT, PAGE_SIZE, PhysAddr, VirtAddr, Vpn};
use crate::machine::entry::{ENTRY_SIZE, Entry, Level, PageSize};
use crate::page::Page;
use crate::page::busy::FREED;
use crate::property::Property;
use crate::world::Cx;

/// Place of an entry: a table's frame, and the entry's index in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Slot {
    pub table: FrameNo,
    pub index: usize,
}

impl Slot {
    /// The entry for `va` in a table of `level`.
    pub(crate) fn of(table: FrameNo, level: Level, va: VirtAddr) -> Slot {
        Slot { table, index: level.index(va) as usize }
    }
    /// The entry at a physical address; `None` if that is outside memory.
    pub(crate) fn at(at: PhysAddr, frames: u32) -> Option<Slot> {
        let inside = at.0 >> PAGE_SHIFT < u64::from(frames);
        inside.then(|| Slot { table: at.frame(), index: (at.0 % PAGE_SIZE / ENTRY_SIZE) as usize })
    }
}

/// A leaf for `frame` with these rights; the caller adds A, M and W.
pub(crate) fn leaf_for(frame: FrameNo, prot: Prot) -> Entry {
    let mut bits = Entry::V | Entry::U | Entry::MANAGED;
    bits.set(Entry::RW, prot.contains(Prot::WRITE));
    bits.set(Entry::NX, !prot.contains(Prot::EXECUTE));
    Entry::leaf(frame.addr(), PageSize::Size4K, bits)
}

/// Whether hardware may have written through the entry: "M is meaningful only with RW".
pub(crate) fn is_modified(entry: Entry) -> bool {
    entry.contains(Entry::M | Entry::RW)
}

/// The frame that a leaf maps.
pub(crate) fn frame_of(entry: Entry) -> FrameNo {
    entry.frame(PageSize::Size4K).frame()
}

impl<E: Env> Cx<'_, E> {
    /// Reads an entry that only software changes, under the pmap lock.
    #[inline]
    pub(crate) fn entry_peek(&self, slot: Slot) -> Entry {
        Entry::from_bits_retain(self.env.frame_peek(slot.table, slot.index))
    }
    /// Reads an entry that hardware, or software without this task's lock, may change.
    #[inline]
    pub(crate) fn entry_load(&self, slot: Slot) -> Entry {
        Entry::from_bits_retain(self.env.entry_load(slot.table, slot.index))
    }
    /// `pte_load`, under the pmap lock: an empty leaf need not be declared.
    #[inline]
    pub(crate) fn leaf_load(&self, slot: Slot) -> Entry {
        let entry = self.entry_peek(slot);
        if !E::TRACING || !entry.contains(Entry::V) { entry } else { self.entry_load(slot) }
    }
    /// Reads an entry as a hardware walk does, or lock-free software. Whatever matters of a present intermediate
    /// entry shows at the leaf, so only the last entry read is declared: the leaf, or the absent one.
    #[inline]
    pub(crate) fn entry_walk(&self, slot: Slot) -> Entry {
        if E::TRACING {
            let entry = self.entry_peek(slot);
            if entry.contains(Entry::V) && !entry.contains(Entry::MANAGED) {
                return entry;
            }
        }
        self.entry_load(slot)
    }
    /// `pte_load_store`: exchanges a leaf, under the pmap lock; returns the previous entry.
    pub(crate) fn leaf_store(&self, space: SpaceId, vpn: Vpn, slot: Slot, new: Entry) -> Entry {
        let old = self.env.entry_store(slot.table, slot.index, new.bits(), Some((space, vpn)));
        self.emit(Event::Entry { space, va: vpn.addr(), level: 1, bits: new.bits() });
        Entry::from_bits_retain(old)
    }
    /// `atomic_cmpset` of a leaf; returns the present entry on failure.
    pub(crate) fn leaf_cas(&self, space: SpaceId, vpn: Vpn, slot: Slot, old: Entry, new: Entry) -> Result<(), Entry> {
        self.env
            .entry_cas(slot.table, slot.index, old.bits(), new.bits(), Some((space, vpn)))
            .map_err(Entry::from_bits_retain)?;
        self.emit(Event::Entry { space, va: vpn.addr(), level: 1, bits: new.bits() });
        Ok(())
    }
    /// Installs a leaf into an empty slot. A leaf for a free frame is a finding (E06).
    pub(crate) fn leaf_install(&self, space: SpaceId, vpn: Vpn, slot: Slot, page: &Page<E>, new: Entry) {
        self.assert_mappable(space, vpn, page);
        self.leaf_store(space, vpn, slot, new);
    }
    /// Reports a mapping of a free frame (E06).
    pub(crate) fn assert_mappable(&self, space: SpaceId, vpn: Vpn, page: &Page<E>) {
        if page.busy.load(self) == FREED {
            self.find(FindingKind::FreedWhileMapped, Property::E06, page.about(&self.env), {
                detail!("{} maps {}, which is free, at {}", space, page.frame, vpn.addr())
            });
        }
    }
    /// `pte_load_clear` with its harvest of M; returns the previous entry.
    pub(crate) fn leaf_clear(&self, space: SpaceId, vpn: Vpn, slot: Slot, page: &Page<E>, seen: Entry) -> Entry {
        self.leaf_exchange(space, vpn, slot, page, seen, Entry::empty())
    }
    /// Exchanges `page`'s leaf and harvests its M: the page is dirty before any task that looks for M finds the entry
    /// gone (pmap.md §2.14).
    pub(crate) fn leaf_exchange(
        &self,
        space: SpaceId,
        vpn: Vpn,
        slot: Slot,
        page: &Page<E>,
        seen: Entry,
        new: Entry,
    ) -> Entry {
        let exchange = || self.leaf_store(space, vpn, slot, new);
        if !seen.contains(Entry::RW) {
            // The entry cannot gain M.
            return exchange();
        }
        self.pv_lock(page.frame).with(self, || {
            let old = exchange();
            if is_modified(old) {
                page.make_dirty(self);
            }
            old
        })
    }
}
