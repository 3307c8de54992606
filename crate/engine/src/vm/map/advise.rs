//! `madvise` (vm.md §11.3, rulings R36).

use super::EntryFlags;
use super::entry::range_check;
use crate::env::{Env, Scope};
use crate::ids::{ObjectId, SpaceId};
use crate::kern::Kern;
use crate::kern::ObjectFlags;
use crate::machine::addr::{PAGE_SHIFT, PAGE_SIZE, PageIndex, VirtAddr};
use crate::page::{Page, PageFlags};
use crate::policy::Switches;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::world::Cx;

/// How a process says it will use memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Advice {
    /// Advice stored in the entries of the range.
    Kept(Kept),
    /// The process will use it soon. Does nothing here: it would only make mappings earlier.
    WillNeed,
    /// The process will not use it soon; the contents stay.
    DontNeed,
    /// The contents may be lost until the next store.
    Free,
}

/// Advice that an entry stores in its flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// Read in any order: the fault guesses how much to read ahead.
    Normal,
    /// Read sequentially.
    Sequential,
    /// Read at random.
    Random,
    /// Not written back early.
    NoSync,
    /// Undoes `NoSync`.
    AutoSync,
    /// Left out of core dumps.
    NoCore,
    /// Undoes `NoCore`.
    Core,
}

impl Kept {
    /// The flags that it clears, and those that it then sets.
    fn flags(self) -> (EntryFlags, EntryFlags) {
        let none = EntryFlags::empty();
        let behaviour = EntryFlags::SEQUENTIAL | EntryFlags::RANDOM;
        match self {
            Kept::Normal => (behaviour, none),
            Kept::Sequential => (behaviour, EntryFlags::SEQUENTIAL),
            Kept::Random => (behaviour, EntryFlags::RANDOM),
            Kept::NoSync => (EntryFlags::NOSYNC, EntryFlags::NOSYNC),
            Kept::AutoSync => (EntryFlags::NOSYNC, none),
            Kept::NoCore => (EntryFlags::NOCOREDUMP, EntryFlags::NOCOREDUMP),
            Kept::Core => (EntryFlags::NOCOREDUMP, none),
        }
    }
}

impl Advice {
    /// The advice that a Linux madvise number in a recording means; `None` if FreeBSD has no such advice.
    pub fn from_linux(number: u64) -> Option<Advice> {
        Some(match number {
            0 => Advice::Kept(Kept::Normal),
            1 => Advice::Kept(Kept::Random),
            2 => Advice::Kept(Kept::Sequential),
            3 => Advice::WillNeed,
            4 => Advice::DontNeed,
            8 => Advice::Free,
            16 => Advice::Kept(Kept::NoCore),
            17 => Advice::Kept(Kept::Core),
            _ => return None,
        })
    }
}

impl<E: Env> Cx<'_, E> {
    /// `vm_map_madvise`. Advice stored in entries takes the map's write lock and clips entries at both ends of the
    /// range. For the rest the routine holds the read lock while it visits the page table and the objects. The caller
    /// holds no lock, on return either. Fails with `InvalidArgument` if the range is empty, unaligned or not the
    /// user's.
    pub async fn madvise(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, advice: Advice) -> Result<(), Kern> {
        let _routine = self.inside(Routine::MapMadvise);
        range_check(start, end)?;
        match advice {
            Advice::WillNeed => {}
            Advice::Kept(kept) => self.advice_keep(space, start, end, kept).await,
            Advice::DontNeed | Advice::Free => self.advice_to_pages(space, start, end, advice).await,
        }
        Ok(())
    }

    /// Stores `kept` in the entries of the range, and merges them with equal neighbours.
    async fn advice_keep(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, kept: Kept) {
        let (clear, set) = kept.flags();
        self.map_lock(space).await;
        let (mut prev, mut at) = self.map_clip_start(space, start).await;
        while let Some(id) = self.within(at, end) {
            self.map_clip_end(space, id, end).await;
            let e = self.entry(id);
            e.flags.set(self, (e.flags.get(self) - clear) | set);
            self.map_entry_changed(space, id);
            let id = self.map_try_merge(space, prev, id).await;
            at = self.entry(id).next.get(self);
            prev = Some(id);
        }
        self.map_try_merge_next(space, prev).await;
        self.map_unlock(space).await;
    }

    /// Applies advice to pages. The page table comes first, before the check whether the advice applies to the
    /// object: with [`Advice::Free`] the process loses its own stores even to memory that it shares.
    async fn advice_to_pages(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, advice: Advice) {
        self.map_read_lock(space).await;
        let (_, mut at) = self.map_entries_around(space, start);
        while let Some(id) = self.within(at, end) {
            let e = self.entry(id);
            at = e.next.get(self);
            // Without an object no page is mapped either.
            let Some(object) = e.object.get(self) else { continue };
            // Without its page a shadow would show older data: the contents would go back in time.
            let shadows = self.object(object).backing_object.load(self).is_some();
            if advice == Advice::Free && shadows && !self.on(Switches::FREE_REWINDS) {
                continue;
            }
            let (first, last) = (e.start.get(self).max(start), e.end.get(self).min(end));
            self.pmap_advise(space, first, last, advice == Advice::Free, |va, frame| {
                // A page that is dirty all the same will be written out.
                if !self.page(frame).dirty.load(self) {
                    self.page(frame).note_forgone(self, true);
                    self.may_be_dropped((space, va));
                }
            })
            .await;
            let index = e.offset.get(self) + ((first.0 - e.start.get(self).0) >> PAGE_SHIFT);
            self.object_madvise((space, first), object, index, (last.0 - first.0) >> PAGE_SHIFT, advice).await;
        }
        self.map_read_unlock(space).await;
    }

    /// `vm_object_madvise` for `pages` pages from `index` on, mapped by the space of `whose` from that address on.
    /// Each time it advises the topmost resident page of the chain. With [`Advice::Free`] it also frees swap blocks,
    /// of the page and of the objects passed on the way down.
    ///
    /// It holds the object's write lock throughout, and that of the object in which it looks for a page. After a wait
    /// for a busy page it starts again at that page. Takes and releases its locks.
    async fn object_madvise(
        &self,
        whose: (SpaceId, VirtAddr),
        object: ObjectId,
        index: PageIndex,
        pages: u64,
        advice: Advice,
    ) {
        let _routine = self.inside(Routine::ObjectMadvise);
        let mut done = 0;
        let scope = self.scope();
        self.object(object).lock.lock(self, Mode::Write).await;
        while done < pages && self.advice_applies(object, advice) {
            scope.restart();
            self.env.observe(done, None);
            let va = VirtAddr(whose.1.0 + done * PAGE_SIZE);
            match self.page_to_advise((whose.0, va), object, index + done, advice).await {
                Some((page, below)) if page.try_xbusy(self) => {
                    self.page_advise(page, advice);
                    if advice == Advice::Free {
                        page.clear_flag(self, PageFlags::SWAP_SPACE | PageFlags::SWAP_FREE);
                        self.swap_free(below, page.pindex.load(self));
                        self.may_be_dropped((whose.0, va));
                    }
                    page.xunbusy(self);
                    self.unlock_below(object, below).await;
                }
                Some((page, below)) => {
                    if below != object {
                        self.object(object).lock.unlock(self).await;
                    }
                    self.busy_sleep(page, below, false).await;
                    self.object(object).lock.lock(self, Mode::Write).await;
                    continue;
                }
                None => {}
            }
            done += 1;
        }
        scope.end();
        self.object(object).lock.unlock(self).await;
    }

    /// The page that shows through at `object[index]`, if it is valid and not wired, and the object it is in, which
    /// is returned write-locked, as `object` is. With `None` only `object` is locked.
    async fn page_to_advise(
        &self,
        whose: (SpaceId, VirtAddr),
        object: ObjectId,
        index: PageIndex,
        advice: Advice,
    ) -> Option<(&Page<E>, ObjectId)> {
        let (mut id, mut at) = (object, index);
        let page = loop {
            if let Some(page) = self.page_lookup(id, at) {
                break page;
            }
            if advice == Advice::Free && self.swap_block(id, at).is_some() {
                self.swap_free(id, at);
                self.may_be_dropped(whose);
            }
            let o = self.object(id);
            let below = o.backing_object.load(self);
            if let Some(below) = below {
                at += o.backing_object_offset.get(self);
                self.object(below).lock.lock(self, Mode::Write).await;
            }
            self.unlock_below(object, id).await;
            id = below?;
            if !self.advice_applies(id, advice) {
                self.unlock_below(object, id).await;
                return None;
            }
        };
        if page.valid.load(self) && page.wired(self) == 0 {
            return Some((page, id));
        }
        self.unlock_below(object, id).await;
        None
    }

    /// Unlocks an object of the chain below `object`, which stays locked.
    async fn unlock_below(&self, object: ObjectId, id: ObjectId) {
        if id != object {
            self.object(id).lock.unlock(self).await;
        }
    }

    /// `vm_object_advice_applies`: [`Advice::Free`] applies only to memory that one process sees.
    fn advice_applies(&self, id: ObjectId, advice: Advice) -> bool {
        let private = ObjectFlags::ANON | ObjectFlags::ONEMAPPING;
        advice != Advice::Free || self.object(id).flags.load(self).contains(private)
    }

    /// Tells the oracle, in the step in which it becomes true, that until the next store the page may read as it
    /// would without the stores to it.
    fn may_be_dropped(&self, (space, va): (SpaceId, VirtAddr)) {
        self.model(space, |model| model.advised_free(space, va, VirtAddr(va.0 + PAGE_SIZE)));
    }

    /// `vm_page_advise`: the page counts as not recently used, and with [`Advice::Free`] as clean. The bits in other
    /// page tables stay. The caller holds the page exclusively busy.
    fn page_advise(&self, page: &Page<E>, advice: Advice) {
        if advice == Advice::Free {
            // A store from here on sets M again, and the page is kept.
            page.undirty(self);
        } else if !page.dirty.load(self) && self.pmap_is_modified(page) {
            page.make_dirty(self);
        }
        page.clear_flag(self, PageFlags::REFERENCED);
    }
}
