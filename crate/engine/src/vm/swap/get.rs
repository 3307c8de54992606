//! `swap_pager_getpages`: reading (§13.4).

use crate::detail;
use crate::env::Env;
use crate::event::Event;
use crate::ids::ObjectId;
use crate::kern::ObjectFlags;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::page::{Page, PageFlags};
use crate::policy::Switches;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Reads `page` of object `id` from its block, and with it up to `around` pages before and after it. Returns how
    /// many pages it read ahead, or `None` if there was no block. The caller holds the page exclusively busy. With
    /// P07 it holds the object's write lock on entry and on return; else it does not, and the pager takes the lock.
    pub async fn swap_getpages(&self, id: ObjectId, page: &Page<E>, around: (u64, u64)) -> Option<u64> {
        let _routine = self.inside(Routine::SwapGetpages);
        let o = self.object(id);
        let locked = self.on(Switches::LOCK_THRU_FAULT);
        if !locked {
            o.lock.lock(self, Mode::Write).await;
        }
        let index = page.pindex.load(self);
        let Some(block) = self.swap_block(id, index) else {
            if !locked {
                o.lock.unlock(self).await;
            }
            return None;
        };
        let mut pages = vec![(page, block)];
        let ahead = self.read_around(id, index, around, &mut pages);
        pages.iter().for_each(|_| self.pip_add(id));
        o.lock.unlock(self).await;
        self.point(Step::PagerGet).await;
        for &(page, block) in &pages {
            self.env.frame_copy(block, page.frame);
            self.emit(Event::PageFill { page: page.frame, value: self.env.frame_peek(page.frame, 0) });
        }
        self.point(Step::PagerDone).await;
        o.lock.lock(self, Mode::Write).await;
        for &(page, _) in &pages {
            self.read_done(page);
            self.pip_drop(id);
        }
        // No task waits for the neighbours: the pager releases them (`vm_page_readahead_finish`).
        pages.iter().skip(1).for_each(|(page, _)| page.xunbusy(self));
        if !locked {
            o.lock.unlock(self).await;
        }
        Some(ahead)
    }

    /// Allocates pages for neighbours of `index` that are not resident, before the lock is dropped: one run each way,
    /// as long as their blocks are adjacent on the device. None while a split or a collapse moves pages or blocks out
    /// of the object: it would meet pages where it has been (OF3). Returns the number of pages ahead.
    fn read_around<'a>(
        &'a self,
        id: ObjectId,
        index: PageIndex,
        (behind, ahead): (u64, u64),
        pages: &mut Vec<(&'a Page<E>, FrameNo)>,
    ) -> u64 {
        let Some(&(_, first)) = pages.first() else { return 0 };
        if self.object(id).has(self, ObjectFlags::SPLIT | ObjectFlags::DEAD) {
            return 0;
        }
        let mut run = |indices: &mut dyn Iterator<Item = u64>| {
            let before = pages.len();
            for at in indices.map(PageIndex) {
                let adjoins = |block: &FrameNo| u64::from(block.0) + index.0 == u64::from(first.0) + at.0;
                let block = self.swap_block(id, at).filter(adjoins).filter(|_| self.page_lookup(id, at).is_none());
                let Some(block) = block else { break };
                let Some(page) = self.page_alloc(id, at) else { break };
                pages.push((page, block));
            }
            (pages.len() - before) as u64
        };
        run(&mut (index.0.saturating_sub(behind)..index.0).rev());
        run(&mut (index.0 + 1..=index.0.saturating_add(ahead)))
    }

    /// `swp_pager_async_iodone` of a read, for one page. The caller holds the object's write lock.
    fn read_done(&self, page: &Page<E>) {
        let (mapped, dirty) = (page.is_mapped(self), page.dirty.load(self));
        self.kassert(!mapped && !dirty, Property::APager1, page.about(&self.env), || {
            detail!("{} was read although it is mapped or dirty", page.frame)
        });
        page.set_flag(self, PageFlags::SWAP_SPACE);
        page.make_valid(self);
    }
}
