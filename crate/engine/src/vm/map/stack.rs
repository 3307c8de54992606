//! Stacks: an entry that grows down into the gap below it (rulings R35).

use super::EntryFlags;
use super::entry::{READ_AHEAD, Range};
use super::insert::MapRequest;
use crate::check::oracle::Backing;
use crate::env::Env;
use crate::ids::{EntryId, SpaceId};
use crate::kern::Inherit;
use crate::kern::Prot;
use crate::machine::addr::{PAGE_SIZE, PageIndex, VirtAddr};
use crate::policy::Switches;
use crate::routine::Routine;
use crate::world::Cx;

/// Maximum length of a stack with its gap, in bytes (`maxssiz`).
const STACK_MAX: u64 = 8 << 20;
/// A stack grows by multiples of this many bytes (`sgrowsiz`).
const STACK_GROW: u64 = 128 << 10;
/// Bytes of a gap that always stay (`stack_guard_page`).
const GUARD: u64 = PAGE_SIZE;

/// Outcome of an attempt to grow a stack.
pub(super) enum Growth {
    /// The stack has grown; the caller holds the map's read lock.
    Grown,
    /// The map changed meanwhile; the caller holds no lock.
    Moved,
    /// The stack cannot grow that far; the caller holds the map's read lock.
    NoRoom,
}

impl<E: Env> Cx<'_, E> {
    /// `vm_map_stack`: maps a stack, and the gap below it down to the next mapping. The caller holds the map's write
    /// lock, and the range is empty.
    pub(super) async fn map_stack(&self, space: SpaceId, request: &MapRequest, end: VirtAddr) {
        let _routine = self.inside(Routine::MapStack);
        let (prev, _) = self.map_entries_around(space, request.start);
        let floor = prev.map_or(0, |id| self.entry(id).end.get(self).0);
        let bottom = end.0.saturating_sub(STACK_MAX).max(floor);
        let stack = self.map_stack_part(space, prev, request.start, end, request.prot);
        if bottom < request.start.0 {
            let gap = Range {
                start: VirtAddr(bottom),
                end: request.start,
                flags: EntryFlags::GUARD | EntryFlags::STACK_GAP,
                protection: Prot::empty(),
                // The protection given to mmap, for the parts that grow.
                max_protection: request.prot,
                charged: false,
                ..self.entry(stack).range(self)
            };
            let gap = self.map_entry_link(space, prev, &gap);
            self.map_try_merge(space, prev, gap).await;
        }
    }

    /// Adds a part of a stack.
    fn map_stack_part(
        &self,
        space: SpaceId,
        prev: Option<EntryId>,
        start: VirtAddr,
        end: VirtAddr,
        prot: Prot,
    ) -> EntryId {
        let range = Range {
            start,
            end,
            object: None,
            offset: PageIndex(0),
            flags: EntryFlags::GROWS_DOWN,
            protection: prot,
            max_protection: Prot::ALL,
            inheritance: Inherit::Copy,
            charged: prot.contains(Prot::WRITE),
            next_read: start,
            read_ahead: READ_AHEAD,
        };
        let id = self.map_entry_link(space, prev, &range);
        self.model(space, |model| model.mapped(space, start, end, Backing::Anon, false));
        id
    }

    /// `vm_map_growstack`: extends the stack above `gap` to `va`, which is in the gap, by an entry of its own: stack
    /// entries are never merged. The caller holds the map's read lock. The part has the protection given to mmap;
    /// before D41089 (2023), that of the part above (P20).
    pub(super) async fn map_growstack(&self, space: SpaceId, va: VirtAddr, gap: EntryId) -> Growth {
        let _routine = self.inside(Routine::MapGrowstack);
        let g = self.entry(gap);
        let end = g.end.get(self);
        let has_stack =
            |a: &&super::Entry<E>| a.flags.get(self).contains(EntryFlags::GROWS_DOWN) && a.start.get(self) == end;
        let Some(above) = g.next.get(self).map(|id| self.entry(id)).filter(has_stack) else { return Growth::NoRoom };
        let room = (end.0 - g.start.get(self).0).saturating_sub(GUARD);
        let wanted = end.0 - va.trunc().0;
        if wanted > room {
            return Growth::NoRoom;
        }
        if !self.map_upgrade(space).await {
            return Growth::Moved;
        }
        let start = VirtAddr(end.0 - wanted.next_multiple_of(STACK_GROW).min(room));
        g.end.set(self, start);
        self.map_entry_changed(space, gap);
        // P20: an mprotect of the lowest part also applied to what grew below it.
        let prot = match self.on(Switches::GROW_LOWEST_PROT) {
            true => above.protection.get(self),
            false => g.max_protection.get(self),
        };
        self.map_stack_part(space, Some(gap), start, end, prot);
        self.map_downgrade(space);
        Growth::Grown
    }
}
