//! `mmap`: new mappings (vm.md §12.6, rulings R22, R33).

use super::EntryFlags;
use super::entry::{READ_AHEAD, Range, range_end};
use crate::check::oracle::Backing;
use crate::env::Env;
use crate::ids::{FileId, SpaceId};
use crate::kern::Inherit;
use crate::kern::{Kern, Prot};
use crate::machine::addr::{PAGE_SHIFT, PageIndex, VirtAddr};
use crate::routine::Routine;
use crate::step::Step;
use crate::world::Cx;

/// Arguments of an mmap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MapRequest {
    /// First byte.
    pub start: VirtAddr,
    /// Length in bytes.
    pub len: u64,
    /// Permitted accesses; empty reserves addresses only.
    pub prot: Prot,
    /// MAP_SHARED: forked children share the memory, and stores reach the file.
    pub shared: bool,
    /// What is mapped.
    pub kind: MapKind,
}

/// What is mapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapKind {
    /// Anonymous memory.
    Anon,
    /// Anonymous memory that grows down: MAP_STACK.
    Stack,
    /// Pages of a file.
    File {
        /// The file.
        file: FileId,
        /// First page of the file in the mapping.
        offset: PageIndex,
        /// Length of the file in pages; with `None` the file ends where the longest mapping of it does.
        pages: Option<u64>,
    },
}

impl<E: Env> Cx<'_, E> {
    /// `vm_mmap` with MAP_FIXED: maps a range, replacing what is there. The caller holds no lock, on return either.
    /// Fails with `InvalidArgument` as `range_end` does, or if `offset` overflows.
    pub async fn mmap(&self, space: SpaceId, request: &MapRequest) -> Result<(), Kern> {
        let _routine = self.inside(Routine::Mmap);
        let (start, end) = (request.start, range_end(request.start, request.len)?);
        let mut range = Range {
            start,
            end,
            object: None,
            offset: PageIndex(0),
            flags: EntryFlags::empty(),
            protection: request.prot & Prot::ALL,
            max_protection: Prot::ALL,
            inheritance: if request.shared { Inherit::Share } else { Inherit::Copy },
            charged: false,
            next_read: start,
            read_ahead: READ_AHEAD,
        };
        let mut backing = Backing::Anon;
        if let MapKind::File { file, offset, pages } = request.kind {
            let mapped = offset.0.checked_add(request.len >> PAGE_SHIFT).ok_or(Kern::InvalidArgument)?;
            // `vm_mmap_vnode` references the object before the map lock is taken.
            let object = self.vnode_object(file, pages.unwrap_or(mapped)).await;
            (range.object, range.offset) = (Some(object), offset);
            backing = Backing::File { file, offset };
            if !request.shared {
                range.flags = EntryFlags::COW | EntryFlags::NEEDS_COPY;
            }
        }
        self.map_lock(space).await;
        self.map_delete(space, start, end).await;
        if request.kind == MapKind::Stack {
            self.map_stack(space, request, end).await;
        } else {
            self.map_insert(space, range, backing).await;
        }
        self.map_unlock(space).await;
        Ok(())
    }

    /// `vm_map_insert`: adds an entry for an empty range, or extends the previous entry, and merges neighbours where
    /// possible. The caller holds the map's write lock; the operation's reference on the object passes to the entry.
    /// Swap is reserved for private memory that may be written; a range extends an entry only if the entry or its
    /// object is charged as the range is.
    pub(super) async fn map_insert(&self, space: SpaceId, mut range: Range, backing: Backing) {
        let _routine = self.inside(Routine::MapInsert);
        let shared = range.inheritance == Inherit::Share;
        let copies = range.object.is_none() || range.flags.intersects(EntryFlags::NEEDS_COPY);
        range.charged = range.protection.contains(Prot::WRITE) && copies;
        let (prev, _) = self.map_entries_around(space, range.start);
        if let Some(object) = range.object {
            self.object_hand_over(object);
        } else if let Some(id) = prev {
            let p = self.entry(id);
            let (object, next) = (p.object.get(self), p.next_index(self));
            let alike = p.flags.get(self) == range.flags
                && p.end.get(self) == range.start
                && (p.charged.get(self) == range.charged
                    || object.is_some_and(|object| self.object(object).charged.load(self) == range.charged));
            let pages = (range.end.0 - range.start.0) >> PAGE_SHIFT;
            if alike && self.object_coalesce(object, next, pages).await {
                if p.inheritance.get(self) == range.inheritance
                    && p.protection.get(self) == range.protection
                    && p.max_protection.get(self) == range.max_protection
                    && p.wired_count.get(self) == 0
                {
                    p.end.set(self, range.end);
                    self.map_entry_changed(space, id);
                    self.model(space, |model| model.mapped(space, range.start, range.end, backing, shared));
                    return self.map_try_merge_next(space, prev).await;
                }
                // The object is long enough, but the entry cannot be extended: adds another on the same object.
                if let Some(object) = object {
                    self.point(Step::RefAdd).await;
                    self.object_reference(object);
                    (range.object, range.offset) = (Some(object), next);
                    // The object, which has grown, may carry its charge already.
                    range.charged &= !self.object(object).charged.load(self);
                }
            }
        }
        let new = self.map_entry_link(space, prev, &range);
        self.model(space, |model| model.mapped(space, range.start, range.end, backing, shared));
        let new = self.map_try_merge(space, prev, new).await;
        self.map_try_merge_next(space, Some(new)).await;
    }
}
