//! The swap pager: pages of anonymous objects on a device (vm.md §13).
//!
//! [`meta`](self) what an object has on the device, `get` reading, `put` writing, `copy`
//! what a collapse and a split do with it.
//!
//! **The device** is storage of the environment's memory behind the physical frames: block
//! `n` is frame `frames + n`, which no physical address reaches. So contents are undone like
//! any memory, and a digest knows a block as it knows a page, by its owner and index and
//! what it holds.
//!
//! **Where a block is** decides something: a read takes only such neighbours along whose blocks adjoin on
//! the device. A write takes the first free block behind the one that was taken last (`bl_cursor` of
//! the kernel's `blist`), and from the beginning again once there is none. So, other than with frames,
//! numbers count: the number is part of a block's name, and the cursor is a word of the digest. Which blocks
//! are free follows from these, and from the one that a write has in its hand.
//!
//! **When I/O is over.** The task that starts an I/O also completes it, with points between:
//! `pager_get` or `pager_put`, the transfer, `pager_done`, the completion. In between anybody
//! else may run, and finds the pages busy and paging in progress on the object: that is all
//! that the kernel lets others see of an I/O. A read's pages are of use to nobody before the
//! faulting task goes on, so its completion needs no other owner. What starts a write (here
//! [`Cx::pageout`]) has nothing more to do after it, so its completion is the rest of that
//! task's operation; a task whose own later operations should run before the write is over
//! leaves the pageout to another task. A disk that is a task of the world would allow no
//! order of events besides that, and would stand in every list of tasks.

mod copy;
mod get;
mod meta;
mod put;
#[cfg(test)]
mod tests;

use crate::env::{Cell, Env, Guarded};
use crate::ids::ObjectId;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::sync::Spin;
use crate::word::{Kind, Place, Word};
use crate::world::Cx;

/// A block of the device: a page's worth.
pub struct Block<E: Env> {
    /// The storage.
    pub frame: FrameNo,
    /// The object that has it. Write lock of that object, as for `pindex`.
    pub owner: Cell<E, Option<ObjectId>>,
    /// For which of its pages.
    pub pindex: Cell<E, PageIndex>,
    /// Nobody has it. Under the device's lock.
    free: Guarded<E, bool>,
}

/// The swap device.
pub struct Device<E: Env> {
    blocks: Vec<Block<E>>,
    /// Storage of the first block.
    first: u32,
    lock: Spin<E>,
    /// The block at which the next search for a free one begins. Under `lock`.
    cursor: Guarded<E, u32>,
    /// Blocks that nobody has. Under `lock`.
    free: Guarded<E, u32>,
}

impl<E: Env> Device<E> {
    /// A device of all storage from frame `first` on; without any there is no swap.
    pub fn new(env: &E, first: u32) -> Self {
        let end = env.frames().max(first);
        let block = |frame: u32| Block {
            frame: FrameNo(frame),
            owner: Cell::new(env, Place::NOWHERE, None),
            pindex: Cell::new(env, Place::NOWHERE, PageIndex(0)),
            free: Guarded::new(env, Place::NOWHERE, true),
        };
        Device {
            blocks: (first..end).map(block).collect(),
            first,
            lock: Spin::new(env),
            cursor: Guarded::new(env, Place::at(Kind::Swap, 0, 0), 0),
            free: Guarded::new(env, Place::NOWHERE, end - first),
        }
    }
    /// All blocks, for checkers and views.
    pub fn blocks(&self) -> &[Block<E>] {
        &self.blocks
    }
    /// Blocks that nobody has, for checkers.
    pub fn free(&self, env: &E) -> u32 {
        self.free.peek(env)
    }
    /// Which block it is, counted from the first.
    fn number(&self, frame: FrameNo) -> u32 {
        frame.0.wrapping_sub(self.first)
    }
    fn block(&self, frame: FrameNo) -> Option<&Block<E>> {
        self.blocks.get(self.number(frame) as usize)
    }
    /// `swp_pager_getswapspace` for one page: the next free block.
    fn take(&self, cx: &Cx<'_, E>) -> Option<FrameNo> {
        let taken = self.lock.with(cx, || cx.env.untracked(|| self.take_next(cx)));
        cx.env.observe(taken.pack(), None);
        taken
    }
    /// `blist_alloc` of one block.
    fn take_next(&self, cx: &Cx<'_, E>) -> Option<FrameNo> {
        let (cursor, all) = (self.cursor.get(cx) as usize, self.blocks.len());
        let block = (cursor..all).chain(0..cursor).map(|n| &self.blocks[n]).find(|b| b.free.get(cx))?;
        block.free.set(cx, false);
        self.free.set(cx, self.free.get(cx) - 1);
        let next = (self.number(block.frame) + 1) % all as u32;
        self.cursor.set(cx, next);
        if E::TRACING {
            // A device at its beginning adds nothing to a digest.
            cx.env.name(Kind::Swap, 0, u64::from(next != 0));
        }
        Some(block.frame)
    }
    /// `swp_pager_freeswapspace`: a block that nobody has any more.
    fn put(&self, cx: &Cx<'_, E>, frame: FrameNo) {
        let put = || {
            if let Some(block) = self.block(frame) {
                block.free.set(cx, true);
            }
            self.free.set(cx, self.free.get(cx) + 1);
        };
        self.lock.with(cx, || cx.env.untracked(put));
    }
}
