//! `mremap`, which recordings of Linux contain and FreeBSD lacks (rulings R36).

use super::EntryFlags;
use super::entry::{READ_AHEAD, Range, range_end};
use crate::check::oracle::Backing;
use crate::env::Env;
use crate::ids::{EntryId, SpaceId};
use crate::kern::Inherit;
use crate::kern::ObjectFlags;
use crate::kern::{Kern, Prot};
use crate::machine::addr::{FrameNo, PAGE_SHIFT, PageIndex, VirtAddr, Vpn};
use crate::page::Page;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Moves `[old_start, old_start + old_len)` to `new_start`, cut to `new_len` bytes or extended by zero pages, and
    /// unmaps what was at the new place. Fails with `InvalidAddress` unless the old range is mapped without holes,
    /// and with `InvalidArgument` for a bad range or one that overlaps its new place. The caller holds no lock, on
    /// return either.
    pub async fn mremap(
        &self,
        space: SpaceId,
        old_start: VirtAddr,
        old_len: u64,
        new_start: VirtAddr,
        new_len: u64,
    ) -> Result<(), Kern> {
        let (old_end, new_end) = (range_end(old_start, old_len)?, range_end(new_start, new_len)?);
        let moves = old_start != new_start;
        if moves && new_start < old_end && old_start < new_end {
            return Err(Kern::InvalidArgument);
        }
        self.map_lock(space).await;
        if !self.is_mapped_whole(space, old_start, old_end) {
            self.map_unlock(space).await;
            return Err(Kern::InvalidAddress);
        }
        let kept = old_len.min(new_len);
        let kept_end = VirtAddr(old_start.0 + kept);
        if kept < old_len {
            self.map_delete(space, kept_end, old_end).await;
        }
        if moves {
            self.map_delete(space, new_start, new_end).await;
            self.map_move(space, old_start, kept_end, new_start).await;
        }
        if new_len > kept {
            self.map_grow(space, VirtAddr(new_start.0 + kept), new_end).await;
        }
        self.map_unlock(space).await;
        Ok(())
    }

    /// Whether entries cover the range without a hole.
    fn is_mapped_whole(&self, space: SpaceId, start: VirtAddr, end: VirtAddr) -> bool {
        let mut to = start;
        let (_, mut at) = self.map_entries_around(space, start);
        while let Some(id) = self.within(at, end).filter(|&id| self.entry(id).start.get(self) <= to) {
            to = self.entry(id).end.get(self);
            at = self.entry(id).next.get(self);
        }
        to >= end
    }

    /// Moves the entries of `[start, end)` and their mappings to `to`, an empty range.
    async fn map_move(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, to: VirtAddr) {
        let (mut prev, mut at) = self.map_clip_range(space, start, end).await;
        let mapped = self.frames_of(space, start, end).await;
        self.pmap_remove(space, start, end).await;
        let mut moved = Vec::new();
        while let Some(id) = self.within(at, end) {
            at = self.entry(id).next.get(self);
            self.map_entry_unlink(space, prev, id);
            moved.push(id);
        }
        (prev, _) = self.map_entries_around(space, to);
        for &id in &moved {
            let e = self.entry(id);
            e.start.set(self, VirtAddr(e.start.get(self).0 - start.0 + to.0));
            e.end.set(self, VirtAddr(e.end.get(self).0 - start.0 + to.0));
            self.map_entry_insert(space, prev, id);
            prev = Some(id);
        }
        self.model(space, |model| model.moved(space, start, to, end.0 - start.0));
        for id in moved {
            self.entry_separate(space, id).await;
        }
        for (va, frame) in mapped {
            self.map_again(space, VirtAddr(va.0 - start.0 + to.0), frame).await;
        }
    }

    /// The pages that the page table maps in a range.
    async fn frames_of(&self, space: SpaceId, start: VirtAddr, end: VirtAddr) -> Vec<(VirtAddr, FrameNo)> {
        let mut frames = Vec::new();
        for vpn in start.vpn().0..end.vpn().0 {
            let va = Vpn(vpn).addr();
            frames.extend(self.pmap_extract(space, va).await.map(|frame| (va, frame)));
        }
        frames
    }

    /// Maps `frame` at `va` if it is still the page there, in the first object and not busy; otherwise the next fault
    /// maps the right one.
    async fn map_again(&self, space: SpaceId, va: VirtAddr, frame: FrameNo) {
        let Some(e) = self.map_entry_at(space, va).map(|id| self.entry(id)) else { return };
        let Some(object) = e.object.get(self) else { return };
        let index = e.offset.get(self) + ((va.0 - e.start.get(self).0) >> PAGE_SHIFT);
        let lock = &self.object(object).lock;
        lock.lock(self, Mode::Read).await;
        let good = |page: &&Page<E>| page.frame == frame && page.valid.load(self) && page.try_xbusy(self);
        let page = self.page_lookup(object, index).filter(good);
        lock.unlock(self).await;
        let Some(page) = page else { return };
        let mut prot = e.protection.get(self);
        if e.flags.get(self).intersects(EntryFlags::NEEDS_COPY) {
            prot -= Prot::WRITE;
        }
        if prot.contains(Prot::READ) {
            // Failing for lack of a page-table page is harmless: see above.
            let _ = self.pmap_enter(space, va, page, prot, Prot::READ, false, true).await;
        }
        self.xunbusy(page).await;
    }

    /// Gives a moved entry an object of its own if other entries use parts of a private one: once addresses no longer
    /// follow page indices, coalescing could not tell a free part of the object from one in use elsewhere.
    async fn entry_separate(&self, space: SpaceId, id: EntryId) {
        let Some(object) = self.entry(id).object.get(self) else { return };
        let o = self.object(object);
        if !o.is_anon(self) {
            return;
        }
        o.lock.lock(self, Mode::Write).await;
        let own = if o.has(self, ObjectFlags::ONEMAPPING) { self.object_split(id, object).await } else { object };
        if own != object {
            self.map_entry_changed(space, id);
        }
        self.object(own).lock.unlock(self).await;
    }

    /// Adds zero pages at `[start, end)`, with the rights of the entry that ends there.
    async fn map_grow(&self, space: SpaceId, start: VirtAddr, end: VirtAddr) {
        self.map_delete(space, start, end).await;
        let (prev, _) = self.map_entries_around(space, start);
        let Some(like) = prev.map(|id| self.entry(id).range(self)) else { return };
        let grown = Range {
            start,
            end,
            object: None,
            offset: PageIndex(0),
            flags: EntryFlags::empty(),
            next_read: start,
            read_ahead: READ_AHEAD,
            inheritance: if like.inheritance == Inherit::Share { Inherit::Share } else { Inherit::Copy },
            ..like
        };
        self.map_insert(space, grown, Backing::Anon).await;
    }
}
