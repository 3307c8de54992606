//! Stacks: an entry that grows down into the gap below it (rulings R35).

use super::entry::{READ_AHEAD, Range};
use super::insert::MapRequest;
use super::{EntryFlags, Inherit};
use crate::check::oracle::Backing;
use crate::env::Env;
use crate::ids::{EntryId, SpaceId};
use crate::kern::Prot;
use crate::machine::addr::{PAGE_SIZE, PageIndex, VirtAddr};
use crate::policy::Switches;
use crate::world::Cx;

/// A stack and its gap together are at most this long (`maxssiz`).
const STACK_MAX: u64 = 8 << 20;
/// A stack grows by multiples of this (`sgrowsiz`).
const STACK_GROW: u64 = 128 << 10;
/// What always stays of a gap (`stack_guard_page`).
const GUARD: u64 = PAGE_SIZE;

/// What became of an attempt to grow a stack.
pub(super) enum Growth {
    /// It is longer; the map is read-locked.
    Grown,
    /// The map changed meanwhile; nothing is held.
    Moved,
    /// It can't grow that far; the map is read-locked.
    NoRoom,
}

impl<E: Env> Cx<'_, E> {
    /// `vm_map_stack`: the mapped part of a stack, and the gap below it down to the next
    /// mapping. The map is write-locked and the range itself empty.
    pub(super) async fn map_stack(&self, space: SpaceId, request: &MapRequest, end: VirtAddr) {
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
                // What was given to mmap, for the parts that grow.
                max_protection: request.prot,
                charged: false,
                ..self.entry(stack).range(self)
            };
            let gap = self.map_entry_link(space, prev, &gap);
            self.map_try_merge(space, prev, gap).await;
        }
    }

    /// A part of a stack that becomes accessible.
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

    /// `vm_map_growstack`: makes `va`, which is in `gap`, part of the stack above, as
    /// an entry of its own: stack entries are never merged. The map is read-locked. Its
    /// protection is the one given to mmap; before D41089 (2023) that of the part above (P20).
    pub(super) async fn map_growstack(&self, space: SpaceId, va: VirtAddr, gap: EntryId) -> Growth {
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
        // P20: an mprotect of the lowest part went for what grew below it as well.
        let prot = match self.on(Switches::GROW_LOWEST_PROT) {
            true => above.protection.get(self),
            false => g.max_protection.get(self),
        };
        self.map_stack_part(space, Some(gap), start, end, prot);
        self.map_downgrade(space);
        Growth::Grown
    }
}
