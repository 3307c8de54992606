//! Page-table pages: lookup, allocation and freeing; `pmap_pinit` and `pmap_release`.
//!
//! A table is a frame without an object: not on the free list, with `busy` unbusied, `ref_count` 1 (wired), and its
//! number of valid entries in `table_refs`. An intermediate entry has all rights, and A and M set, so that the leaf
//! alone decides and hardware writes nothing above it.

use super::leaf::Slot;
use crate::detail;
use crate::detail::Piece;
use crate::env::Env;
use crate::event::Event;
use crate::ids::SpaceId;
use crate::kern::Kern;
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr, Vpn};
use crate::machine::entry::{Entry, Level};
use crate::page::busy::{FREED, UNBUSIED};
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

/// Number of waits for memory after which an allocation fails (rulings R37).
const MEMORY_WAITS: u32 = 3;

/// Tables that became empty, to be freed after the flush. A list through the tables' `pindex`, which a page without
/// an object does not need.
#[derive(Default)]
pub(crate) struct EmptyTables {
    head: Option<FrameNo>,
}

/// The entry that points to `table`.
fn leading_to(table: FrameNo) -> Entry {
    Entry::next(table.addr(), Entry::U.union(Entry::RW).union(Entry::V).union(Entry::A).union(Entry::M))
}

/// The levels whose entries point to tables, from the top down.
const UPPER: [Level; 3] = [Level::Pml4, Level::Pdpt, Level::Pd];
/// The level of the table that an entry at each of those points to.
const LOWER: [Level; 3] = [Level::Pdpt, Level::Pd, Level::Pt];

impl<E: Env> Cx<'_, E> {
    // ---- lookup ------------------------------------------------------------

    /// The page table (level 1) that covers `va`, under the pmap lock.
    pub(crate) fn table_for(&self, space: SpaceId, va: VirtAddr) -> Option<FrameNo> {
        let mut table = self.space_of(space).pmap.root.load(self)?;
        for level in UPPER {
            let entry = self.entry_peek(Slot::of(table, level, va));
            if !entry.contains(Entry::V) {
                return None;
            }
            table = entry.table().frame();
        }
        Some(table)
    }
    /// The first page table that covers any of `[va, end)`: the part of the range in it, and the table. Under the
    /// pmap lock.
    pub(crate) fn next_table(
        &self,
        root: FrameNo,
        mut va: VirtAddr,
        end: VirtAddr,
    ) -> Option<(VirtAddr, VirtAddr, FrameNo)> {
        'walk: while va < end {
            let mut table = root;
            for level in UPPER {
                let entry = self.entry_peek(Slot::of(table, level, va));
                if !entry.contains(Entry::V) {
                    va = beyond(va, level);
                    continue 'walk;
                }
                table = entry.table().frame();
            }
            return Some((va, beyond(va, Level::Pd).min(end), table));
        }
        None
    }
    /// The leaf for `vpn` without the pmap lock. The caller holds the page's PV lock with the PV entry on the list,
    /// which keeps the tables from being freed.
    pub(crate) fn leaf_unlocked(&self, space: SpaceId, vpn: Vpn) -> Entry {
        let Some(mut table) = self.space_of(space).pmap.root.load(self) else { return Entry::empty() };
        for level in UPPER {
            let entry = self.entry_walk(Slot::of(table, level, vpn.addr()));
            if !entry.contains(Entry::V) {
                return Entry::empty();
            }
            table = entry.table().frame();
        }
        self.entry_walk(Slot::of(table, Level::Pt, vpn.addr()))
    }

    // ---- allocating and freeing -----------------------------------------

    /// Allocates a zeroed frame as a table.
    fn table_take(&self, space: SpaceId, level: Level) -> Option<FrameNo> {
        let frame = self.free.take(self)?;
        let page = self.page(frame);
        page.busy.store(self, UNBUSIED);
        page.ref_count.store(self, 1);
        page.table_refs.set(self, 0);
        self.env.frame_zero(frame);
        self.emit(Event::TableAlloc { space, level: level.number(), page: frame });
        Some(frame)
    }
    /// Frees an empty table; its words are all zero again.
    fn table_put(&self, space: SpaceId, frame: FrameNo) {
        let page = self.page(frame);
        page.pindex.store(self, PageIndex(0));
        page.ref_count.store(self, 0);
        page.busy.store(self, FREED);
        self.emit(Event::TableFree { space, page: frame });
        self.free.put(self, frame);
    }
    /// `pmap_allocpte`: the page table that covers `va`, allocated if necessary with all tables above it, under the
    /// pmap lock. `None` if memory is short: then nothing has changed, since the routine links no table before it has
    /// a frame for each.
    pub(crate) fn table_make(&self, space: SpaceId, va: VirtAddr) -> Option<FrameNo> {
        let pmap = &self.space_of(space).pmap;
        let mut table = pmap.root.load(self)?;
        for (depth, level) in UPPER.into_iter().enumerate() {
            let entry = self.entry_peek(Slot::of(table, level, va));
            if entry.contains(Entry::V) {
                table = entry.table().frame();
                continue;
            }
            let mut made = [FrameNo(0); UPPER.len()];
            for at in depth..UPPER.len() {
                match self.table_take(space, LOWER[at]) {
                    Some(frame) => made[at] = frame,
                    None => {
                        made[depth..at].iter().rev().for_each(|&frame| self.table_put(space, frame));
                        return None;
                    }
                }
            }
            for at in depth..UPPER.len() {
                self.link(space, Slot::of(table, UPPER[at], va), UPPER[at], va, Some(made[at]));
                let parent = self.page(table);
                parent.table_refs.set(self, parent.table_refs.get(self) + 1);
                table = made[at];
            }
            pmap.resident_count.set(self, pmap.resident_count.get(self) + (UPPER.len() - depth) as u32);
            return Some(table);
        }
        Some(table)
    }
    /// Counts a new valid leaf of a page table.
    pub(crate) fn table_hold(&self, table: FrameNo) {
        let refs = &self.page(table).table_refs;
        refs.set(self, refs.get(self) + 1);
    }
    /// `pmap_unuse_pt`: counts a valid leaf less in the page table that covers `va`. After the last it unlinks the
    /// table, and those above it that become empty, and puts them on `empty`, to be freed after the flush. Returns
    /// whether it unlinked the table.
    pub(crate) fn table_drop(&self, space: SpaceId, va: VirtAddr, empty: &mut EmptyTables) -> bool {
        let pmap = &self.space_of(space).pmap;
        let Some(root) = pmap.root.load(self) else { return false };
        let mut path = [root; UPPER.len() + 1];
        for (depth, level) in UPPER.into_iter().enumerate() {
            path[depth + 1] = self.entry_peek(Slot::of(path[depth], level, va)).table().frame();
        }
        for depth in (0..=UPPER.len()).rev() {
            let page = self.page(path[depth]);
            let left = page.table_refs.get(self).saturating_sub(1);
            page.table_refs.set(self, left);
            if left > 0 || depth == 0 {
                return depth < UPPER.len();
            }
            let level = UPPER[depth - 1];
            self.link(space, Slot::of(path[depth - 1], level, va), level, va, None);
            pmap.resident_count.set(self, pmap.resident_count.get(self) - 1);
            page.pindex.store(self, PageIndex(empty.head.map_or(0, |f| u64::from(f.0))));
            empty.head = Some(page.frame);
        }
        true
    }
    /// Frees tables that were unlinked and flushed.
    pub(crate) fn tables_free(&self, space: SpaceId, empty: &mut EmptyTables) {
        while let Some(frame) = empty.head {
            let next = self.page(frame).pindex.load(self).0;
            // Frame 0 is never a table.
            empty.head = (next != 0).then_some(FrameNo(next as u32));
            self.table_put(space, frame);
        }
    }
    /// Stores an intermediate entry.
    fn link(&self, space: SpaceId, slot: Slot, level: Level, va: VirtAddr, to: Option<FrameNo>) {
        let entry = to.map_or(Entry::empty(), leading_to);
        self.env.entry_store(slot.table, slot.index, entry.bits(), None);
        let va = VirtAddr(va.0 & !(level.span() - 1));
        self.emit(Event::Entry { space, va, level: level.number(), bits: entry.bits() });
    }

    // ---- locks and waits ---------------------------------------------------

    /// Locks a pmap right after a point: if the lock is free, passes no second point.
    pub(crate) async fn pmap_lock(&self, space: SpaceId) {
        let lock = &self.space_of(space).pmap.lock;
        if !lock.try_lock(self, Mode::Write) {
            lock.lock(self, Mode::Write).await;
        }
    }
    /// `vm_wait`: waits after a failed allocation, or fails after three waits in which no other task made a step
    /// (rulings R37). The caller holds no lock.
    pub(crate) async fn table_wait(&self, tries: &mut u32) -> Result<(), Kern> {
        if *tries == MEMORY_WAITS {
            return Err(Kern::ResourceShortage);
        }
        self.point(Step::MemoryWait).await;
        let before = self.env.steps();
        self.env.tick(self.task).await;
        *tries = if self.env.steps() > before { 0 } else { *tries + 1 };
        // Time is not part of a state; the number of waits left is.
        self.env.observe(u64::from(*tries), None);
        Ok(())
    }

    // ---- life cycle ---------------------------------------------------------

    /// `pmap_pinit`: allocates the zeroed top table of an address space.
    ///
    /// Waits while memory is short; [`Kern::ResourceShortage`] after three waits.
    pub async fn pmap_pinit(&self, space: SpaceId) -> Result<(), Kern> {
        let _routine = self.inside(Routine::PmapPinit);
        let mut tries = 0;
        loop {
            if let Some(root) = self.table_take(space, Level::Pml4) {
                let pmap = &self.space_of(space).pmap;
                pmap.resident_count.set(self, 1);
                pmap.root.store(self, Some(root));
                return Ok(());
            }
            self.table_wait(&mut tries).await?;
        }
    }

    /// `pmap_release`: frees the top table. The space is active on no CPU and maps nothing (A-pmap-4); mappings left
    /// all the same are removed first.
    pub async fn pmap_release(&self, space: SpaceId) {
        let _routine = self.inside(Routine::PmapRelease);
        let pmap = &self.space_of(space).pmap;
        let Some(root) = pmap.root.load(self) else { return };
        let (active, resident) = (pmap.active.load(self), pmap.resident_count.get(self));
        self.kassert(active == 0 && resident == 1, Property::APmap4, (None, None), || {
            detail!("{} is released with {} resident pages and CPUs {} on it", space, resident, Piece::Cpus(active))
        });
        if resident != 1 {
            self.pmap_remove(space, VirtAddr(0), VirtAddr(1 << 47)).await;
        }
        pmap.root.store(self, None);
        pmap.resident_count.set(self, 0);
        self.table_put(space, root);
    }
}

/// The first address after the span of the entry for `va` at `level`.
fn beyond(va: VirtAddr, level: Level) -> VirtAddr {
    VirtAddr((va.0 | (level.span() - 1)).saturating_add(1))
}
