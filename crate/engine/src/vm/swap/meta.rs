//! The swap blocks of an object (§13.1 to §13.3, §13.6): a trie from page index to block, under the object's write
//! lock.

use crate::env::Env;
use crate::event::Event;
use crate::ids::ObjectId;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::page::{Page, PageFlags};
use crate::sync::Mode;
use crate::vm::object::ObjectType;
use crate::word::{Kind, mix};
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `swap_pager_haspage`: the block of `id[index]`. The caller holds the object's lock.
    pub fn swap_block(&self, id: ObjectId, index: PageIndex) -> Option<FrameNo> {
        let o = self.object(id);
        if o.swap_count.get(self) == 0 { None } else { o.blocks.get(self, index) }
    }
    /// `swap_pager_find_least`: the lowest index from `index` on that has a block. The caller holds the object's
    /// lock.
    pub fn swap_find_least(&self, id: ObjectId, index: PageIndex) -> Option<PageIndex> {
        let o = self.object(id);
        if o.swap_count.get(self) == 0 { None } else { o.blocks.next(self, index).map(|(at, _)| at) }
    }
    /// `swap_pager_freespace`: frees the blocks of `[start, end)`. The caller holds the object's write lock.
    pub fn swap_freespace(&self, id: ObjectId, start: PageIndex, end: PageIndex) {
        while let Some(at) = self.swap_find_least(id, start).filter(|&at| at < end) {
            self.swap_free(id, at);
        }
    }
    /// The same for one page.
    pub fn swap_free(&self, id: ObjectId, index: PageIndex) {
        if let Some(block) = self.swap_detach(id, index) {
            self.swap.put(self, block);
        }
    }
    /// `swp_pager_meta_free_all`: frees all blocks of an object that is being terminated.
    pub(crate) fn swap_free_all(&self, id: ObjectId) {
        self.swap_freespace(id, PageIndex(0), PageIndex(u64::MAX));
    }
    /// `swp_pager_meta_build`: gives the unowned `block` to `id[index]`, which has none. The caller holds the
    /// object's write lock; the first block changes the object's type to swap.
    pub(super) fn swap_attach(&self, id: ObjectId, index: PageIndex, block: FrameNo) {
        let o = self.object(id);
        self.assert_locked(o.lock.id(), Mode::Write);
        if o.kind.load(self) == ObjectType::Default {
            o.kind.store(self, ObjectType::Swap);
        }
        o.blocks.insert(self, index, block);
        o.swap_count.set(self, o.swap_count.get(self) + 1);
        self.block_owner(block, Some((id, index)));
        self.emit(Event::SwapBlock { object: id, index, held: true });
    }
    /// Takes the block of `id[index]` away; returns it, unowned. The caller holds the object's write lock.
    pub(super) fn swap_detach(&self, id: ObjectId, index: PageIndex) -> Option<FrameNo> {
        let block = self.swap_block(id, index)?;
        let o = self.object(id);
        self.assert_locked(o.lock.id(), Mode::Write);
        o.blocks.remove(self, index);
        o.swap_count.set(self, o.swap_count.get(self) - 1);
        self.block_owner(block, None);
        self.emit(Event::SwapBlock { object: id, index, held: false });
        Some(block)
    }
    fn block_owner(&self, block: FrameNo, owner: Option<(ObjectId, PageIndex)>) {
        let Some(b) = self.swap.block(self, block) else { return };
        b.owner.store(self, owner.map(|o| o.0));
        b.pindex.store(self, owner.map_or(PageIndex(0), |o| o.1));
        if E::TRACING {
            // Named like pages, but not the same: a page and its block may both exist. The place on the device
            // counts.
            let number = u64::from(self.swap.number(block));
            let of = |(o, i): (ObjectId, PageIndex)| {
                mix(mix(mix(0x5b10c, self.env.name_of(Kind::Object, o.0)), i.0 + 1), number) | 1
            };
            self.env.name(Kind::Frame, block.0, owner.map_or(0, of));
        }
    }
    /// `vm_pager_page_unswapped` (§13.6): frees the block from which the page is about to differ. Without the
    /// object's write lock it leaves that to the next task that holds it.
    pub fn page_unswapped(&self, page: &Page<E>) {
        let Some(id) = page.object.load(self) else { return };
        if self.holds(self.object(id).lock.id()) == Some(Mode::Write) {
            page.clear_flag(self, PageFlags::SWAP_SPACE | PageFlags::SWAP_FREE);
            self.swap_free(id, page.pindex.load(self));
        } else {
            page.set_flag(self, PageFlags::SWAP_FREE);
        }
    }
    /// Does what [`Cx::page_unswapped`] deferred. The caller holds the write lock of the page's object.
    pub fn page_deferred_unswap(&self, page: &Page<E>) {
        if page.flags.load(self).contains(PageFlags::SWAP_FREE) {
            self.page_unswapped(page);
        }
    }
}
