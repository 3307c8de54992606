//! `madvise` (vm.md §11.3, rulings R36).

use super::entry::range_check;
use crate::env::Env;
use crate::ids::{ObjectId, SpaceId};
use crate::machine::addr::{PAGE_SHIFT, PAGE_SIZE, PageIndex, VirtAddr};
use crate::policy::Switches;
use crate::sync::Mode;
use crate::vm::kern::Kern;
use crate::vm::object::ObjectFlags;
use crate::vm::page::{Page, PageFlags};
use crate::world::Cx;

/// What a process says about its use of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Advice {
    /// Nothing special. Does nothing here.
    Normal,
    /// It will be used soon. Does nothing here: only mappings would come earlier.
    WillNeed,
    /// It will not be used soon; the contents stay.
    DontNeed,
    /// The contents need not be kept until the next store.
    Free,
}

impl Advice {
    /// The advice that a Linux madvise number stands for in a recording.
    pub fn from_linux(number: u64) -> Advice {
        match number {
            4 => Advice::DontNeed,
            8 => Advice::Free,
            _ => Advice::Normal,
        }
    }
}

impl<E: Env> Cx<'_, E> {
    /// `vm_map_madvise`: the map is read-locked while its objects are gone through.
    pub async fn madvise(&self, space: SpaceId, start: VirtAddr, end: VirtAddr, advice: Advice) -> Result<(), Kern> {
        range_check(start, end)?;
        if matches!(advice, Advice::Normal | Advice::WillNeed) {
            return Ok(());
        }
        self.map_read_lock(space).await;
        let (_, mut at) = self.map_entries_around(space, start);
        while let Some(id) = self.within(at, end) {
            let e = self.entry(id);
            at = e.next.get(self);
            let Some(object) = e.object.get(self) else { continue };
            // Without its page a shadow would show older data: time would run backwards.
            let shadows = self.object(object).backing_object.load(self).is_some();
            if advice == Advice::Free && shadows && !self.on(Switches::FREE_REWINDS) {
                continue;
            }
            let mut va = e.start.get(self).max(start);
            while va < e.end.get(self).min(end) {
                let index = e.offset.get(self).0 + ((va.0 - e.start.get(self).0) >> PAGE_SHIFT);
                self.object_madvise((space, va), object, PageIndex(index), advice).await;
                va = VirtAddr(va.0 + PAGE_SIZE);
            }
        }
        self.map_read_unlock(space).await;
        Ok(())
    }

    /// `vm_object_madvise` for one page, which `whose` is shown: the topmost resident one of
    /// the chain. With [`Advice::Free`] blocks of the swap device go too, of that page and
    /// of what is passed on the way down.
    async fn object_madvise(&self, whose: (SpaceId, VirtAddr), object: ObjectId, index: PageIndex, advice: Advice) {
        let (mut id, mut at) = (object, index);
        self.object(id).lock.lock(self, Mode::Write).await;
        loop {
            let o = self.object(id);
            if advice == Advice::Free && !o.flags.load(self).contains(ObjectFlags::ANON | ObjectFlags::ONEMAPPING) {
                break;
            }
            let Some(page) = self.page_lookup(id, at) else {
                if advice == Advice::Free && self.swap_block(id, at).is_some() {
                    self.swap_free(id, at);
                    self.may_be_dropped(whose);
                }
                // Hand over hand down the chain.
                let Some(below) = o.backing_object.load(self) else { break };
                at = PageIndex(at.0 + o.backing_object_offset.get(self));
                self.object(below).lock.lock(self, Mode::Write).await;
                o.lock.unlock(self).await;
                id = below;
                continue;
            };
            if !page.valid.load(self) || page.wired(self) > 0 {
                break;
            }
            if page.try_xbusy(self) {
                self.page_advise(page, advice).await;
                if advice == Advice::Free {
                    page.clear_flag(self, PageFlags::SWAP_SPACE | PageFlags::SWAP_FREE);
                    self.swap_free(id, at);
                    self.may_be_dropped(whose);
                }
                page.xunbusy(self);
                break;
            }
            self.busy_sleep(page, id, false).await;
            (id, at) = (object, index);
            self.object(id).lock.lock(self, Mode::Write).await;
        }
        self.object(id).lock.unlock(self).await;
    }

    /// Tells the oracle in the step in which it comes true: the page may read as zero from
    /// here on, until it is stored to.
    fn may_be_dropped(&self, (space, va): (SpaceId, VirtAddr)) {
        self.model(space, |model| model.advised_free(space, va, VirtAddr(va.0 + PAGE_SIZE)));
    }

    /// `pmap_advise` and `vm_page_advise`: nobody has used the page lately, and with
    /// [`Advice::Free`] nothing of it is worth writing out. Exclusively busy.
    async fn page_advise(&self, page: &Page<E>, advice: Advice) {
        if advice == Advice::Free {
            self.pmap_ts_referenced(page).await;
            // A store from here on sets M again, and the page is kept.
            self.pmap_clear_modify(page).await;
            page.undirty(self);
        } else {
            self.pmap_ts_referenced(page).await;
            if !page.dirty.load(self) && self.pmap_is_modified(page) {
                page.make_dirty(self);
            }
        }
        page.clear_flag(self, PageFlags::REFERENCED);
    }
}
