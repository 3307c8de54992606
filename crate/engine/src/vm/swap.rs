//! The swap pager: pages of anonymous objects on a device (vm.md §13).
//!
//! [`meta`](self) maps an object's pages to blocks, `get` reads, `put` writes, `copy` serves collapse and split.
//!
//! **The device** is storage of the environment's memory behind the physical frames: block `n` is frame `frames + n`,
//! which no physical address reaches. So undo covers its contents like any memory, and the fingerprint identifies a
//! block, as a page, by its owner, index and contents.
//!
//! **The place of a block** matters: a read also reads those neighbours whose blocks are adjacent on the device. A
//! write takes the first free block after the last one taken (`bl_cursor` of the kernel's `blist`), and wraps around
//! once there is none. So, unlike with frames, numbers count: the number is part of a block's name, and the cursor is
//! a word of the fingerprint. These, and the block that a running write holds, determine which blocks are free.
//!
//! **Completion of I/O.** The task that starts an I/O also completes it, with points between: `pager_get` or
//! `pager_put`, the transfer, `pager_done`, the completion. In between any other task may run, and finds the pages
//! busy and paging in progress on the object: that is all that the kernel shows other threads of an I/O. No task can
//! use the pages of a read before the faulting task goes on, so its completion needs no other owner. The task that
//! starts a write (here [`Cx::pageout`]) has nothing more to do after it, so the completion is the rest of its
//! operation; a scenario in which a task's later operations should run before the write completes gives the pageout
//! to another task. A disk as a task of the world would allow no further order of events, and would be in every list
//! of tasks.

mod copy;
mod get;
mod meta;
mod put;
#[cfg(test)]
mod tests;

use crate::env::{Cell, Env, Guarded};
use crate::ids::ObjectId;
use crate::lazy::Lazy;
use crate::lock::Spin;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::word::{Kind, Place, Word};
use crate::world::Cx;

/// A block of the device: one page.
pub struct Block<E: Env> {
    /// The storage.
    pub frame: FrameNo,
    /// The object that the block belongs to. Write lock of that object, as for `pindex`.
    pub owner: Cell<E, Option<ObjectId>>,
    /// Index of its page in the object.
    pub pindex: Cell<E, PageIndex>,
    /// The block is free. Lock of the device.
    free: Guarded<E, bool>,
}

/// The swap device.
pub struct Device<E: Env> {
    /// One that is not made is free and was never used.
    blocks: Lazy<E, Block<E>>,
    /// Storage of the first block.
    first: u32,
    lock: Spin<E>,
    /// The block at which the next search for a free one begins. Under `lock`.
    cursor: Guarded<E, u32>,
    /// Number of free blocks. Under `lock`.
    free: Guarded<E, u32>,
}

impl<E: Env> Device<E> {
    /// A device of all storage from frame `first` on; without storage there there is no swap.
    pub fn new(env: &E, first: u32) -> Self {
        let end = env.frames().max(first);
        let block = |env: &E, frame: u32| Block {
            frame: FrameNo(frame),
            owner: Cell::new(env, Place::NOWHERE, None),
            pindex: Cell::new(env, Place::NOWHERE, PageIndex(0)),
            free: Guarded::new(env, Place::NOWHERE, true),
        };
        Device {
            blocks: Lazy::new(first, end - first, block),
            first,
            lock: Spin::new(env),
            cursor: Guarded::new(env, Place::at(Kind::Swap, 0, 0), 0),
            free: Guarded::new(env, Place::NOWHERE, end - first),
        }
    }
    /// All blocks, for checkers and views.
    pub fn blocks(&self) -> &Lazy<E, Block<E>> {
        &self.blocks
    }
    /// Number of free blocks, for checkers.
    pub fn free(&self, env: &E) -> u32 {
        self.free.peek(env)
    }
    /// The block's number, counted from the first.
    fn number(&self, frame: FrameNo) -> u32 {
        frame.0.wrapping_sub(self.first)
    }
    fn block(&self, cx: &Cx<'_, E>, frame: FrameNo) -> Option<&Block<E>> {
        self.blocks.get(&cx.env, self.number(frame) as usize)
    }
    /// `swp_pager_getswapspace` for one page: takes the next free block; `None` if the device is full.
    fn take(&self, cx: &Cx<'_, E>) -> Option<FrameNo> {
        let taken = self.lock.with(cx, || cx.env.untracked(|| self.take_next(cx)));
        cx.env.observe(taken.pack(), None);
        taken
    }
    /// `blist_alloc` of one block.
    fn take_next(&self, cx: &Cx<'_, E>) -> Option<FrameNo> {
        let (cursor, all) = (self.cursor.get(cx) as usize, self.blocks.len());
        let block =
            (cursor..all).chain(0..cursor).filter_map(|n| self.blocks.get(&cx.env, n)).find(|b| b.free.get(cx))?;
        block.free.set(cx, false);
        self.free.set(cx, self.free.get(cx) - 1);
        let next = (self.number(block.frame) + 1) % all as u32;
        self.cursor.set(cx, next);
        if E::TRACING {
            // A device in its initial state adds nothing to the fingerprint.
            cx.env.name(Kind::Swap, 0, u64::from(next != 0));
        }
        Some(block.frame)
    }
    /// `swp_pager_freeswapspace`: frees a block, which no longer has an owner.
    fn put(&self, cx: &Cx<'_, E>, frame: FrameNo) {
        let put = || {
            if let Some(block) = self.block(cx, frame) {
                block.free.set(cx, true);
            }
            self.free.set(cx, self.free.get(cx) + 1);
        };
        self.lock.with(cx, || cx.env.untracked(put));
    }
}
