//! `swap_pager_copy`: moves blocks along with the pages that a collapse or a split moves (§13.7).

use crate::env::Env;
use crate::ids::ObjectId;
use crate::machine::addr::PageIndex;
use crate::vm::object::ObjectType;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Moves the blocks of `src` that `dst` would see at `offset` (in pages) to `dst`; if `dst` has a block of its
    /// own there, that is newer, and the other is freed. With `destroy` frees the rest of `src`'s blocks too. The
    /// caller holds both write locks.
    ///
    /// The kernel may drop the locks when it runs out of memory for the trie; nodes do not run out here. Resident
    /// pages do not matter: one without a block of its own differs from any block, so it is dirty and will be written
    /// before it is freed.
    pub(crate) fn swap_copy(&self, src: ObjectId, dst: ObjectId, offset: u64, destroy: bool) {
        let end = PageIndex(offset + self.object(dst).size.load(self));
        let mut from = PageIndex(offset);
        while let Some(at) = self.swap_find_least(src, from).filter(|&at| at < end) {
            from = at + 1;
            let target = PageIndex(at.0 - offset);
            match self.swap_detach(src, at) {
                Some(block) if self.swap_block(dst, target).is_none() => self.swap_attach(dst, target, block),
                Some(block) => self.swap.put(self, block),
                None => {}
            }
        }
        if destroy {
            self.swap_free_all(src);
            let o = self.object(src);
            if o.kind.load(self) == ObjectType::Swap && !self.on(crate::policy::Switches::NO_DEFAULT_TYPE) {
                o.kind.store(self, ObjectType::Default);
            }
        }
    }
}
