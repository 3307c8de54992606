//! The swap pager: pages of anonymous objects on a device (vm.md §13).
//!
//! [`meta`](self) what an object has on the device, `get` reading, `put` writing, `copy`
//! what a collapse and a split do with it.
//!
//! **The device** is storage of the environment's memory behind the physical frames: block
//! `n` is frame `frames + n`, which no physical address reaches. So contents are undone like
//! any memory, and a digest knows a block as it knows a page, by its owner and index and
//! what it holds, never by its number (rulings R4). Whether pages are read together never
//! depends on where on the device they are.
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

use crate::env::{Cell, Env, Guarded, Place, Word};
use crate::ids::ObjectId;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::sync::Spin;
use crate::world::Cx;

/// A block of the device: a page's worth.
pub struct Block<E: Env> {
    /// The storage.
    pub frame: FrameNo,
    /// The object that has it. Write lock of that object, as for `pindex`.
    pub owner: Cell<E, Option<ObjectId>>,
    /// For which of its pages.
    pub pindex: Cell<E, PageIndex>,
    /// Next free block. Under the device's lock.
    next_free: Guarded<E, Option<FrameNo>>,
}

/// The swap device.
pub struct Device<E: Env> {
    blocks: Vec<Block<E>>,
    /// Storage of the first block.
    first: u32,
    lock: Spin<E>,
    head: Guarded<E, Option<FrameNo>>,
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
            next_free: Guarded::new(env, Place::NOWHERE, (frame + 1 < end).then_some(FrameNo(frame + 1))),
        };
        Device {
            blocks: (first..end).map(block).collect(),
            first,
            lock: Spin::new(env),
            head: Guarded::new(env, Place::NOWHERE, (first < end).then_some(FrameNo(first))),
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
    fn block(&self, frame: FrameNo) -> Option<&Block<E>> {
        self.blocks.get((frame.0.wrapping_sub(self.first)) as usize)
    }
    /// `swp_pager_getswapspace` for one page: the block that was freed last. Which one it is
    /// makes no difference to anybody.
    fn take(&self, cx: &Cx<'_, E>) -> Option<FrameNo> {
        let take = || {
            let frame = self.head.get(cx)?;
            self.head.set(cx, self.block(frame).and_then(|b| b.next_free.get(cx)));
            self.free.set(cx, self.free.get(cx) - 1);
            Some(frame)
        };
        let taken = self.lock.with(cx, || cx.env.quiet(take));
        cx.env.learn(u64::from(taken.is_some()), None);
        cx.env.learn_number(taken.pack());
        taken
    }
    /// `swp_pager_freeswapspace`: a block that nobody has any more.
    fn put(&self, cx: &Cx<'_, E>, frame: FrameNo) {
        let put = || {
            if let Some(block) = self.block(frame) {
                block.next_free.set(cx, self.head.get(cx));
            }
            self.head.set(cx, Some(frame));
            self.free.set(cx, self.free.get(cx) + 1);
        };
        self.lock.with(cx, || cx.env.quiet(put));
    }
}
