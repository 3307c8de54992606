//! The walk down the chain: busies or allocates a page in each object (F4 to F9).

use super::{FaultState, Place, ReadAhead, Stepped, Stop};
use crate::env::Env;
use crate::event::{Event, FaultKind, Restart};
use crate::kern::{Kern, Prot};
use crate::machine::addr::{PAGE_SHIFT, VirtAddr};
use crate::page::{Page, PageFlags};
use crate::policy::Switches;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::vm::map::EntryFlags;
use crate::world::Cx;

/// Result of the look into one object.
enum Here {
    /// `m` is busy and valid: the fault goes on with it.
    Found,
    /// The object has no valid page: the walk goes on to the next.
    Nothing,
}

/// Pages of a swap read (`VM_FAULT_READ_DEFAULT`): the aligned run of this many around the page, clipped to the
/// entry.
const READ_CLUSTER: u64 = 16;

/// Pages to read ahead at a first sequential fault (`VM_FAULT_READ_AHEAD_MIN`), and the maximum.
const READ_AHEAD: (u32, u32) = (7, 255);

/// Numbers of pages before and after the page that the pager may read with it.
fn read_cluster(fs: &FaultState) -> (u64, u64) {
    let Some(lookup) = fs.lookup else { return (0, 0) };
    let before = fs.pindex.0 % READ_CLUSTER;
    let (behind, ahead) = match fs.nera {
        Some(ReadAhead::Nothing) => return (0, 0),
        Some(ReadAhead::Pages(pages)) => (0, u64::from(pages)),
        Some(ReadAhead::Cluster) | None => {
            (before.min((fs.va.0 - lookup.start.0) >> PAGE_SHIFT), READ_CLUSTER - 1 - before)
        }
    };
    (behind, ahead.min(((lookup.end.0 - fs.va.0) >> PAGE_SHIFT) - 1))
}

impl<E: Env> Cx<'_, E> {
    /// Finds or makes the page. On entry the fault holds the top object's write lock. On success `m` is busy and
    /// valid, and with P07 the fault holds `object`'s write lock, else no object lock.
    pub(super) async fn walk(&self, fs: &mut FaultState) -> Stepped<()> {
        let _routine = self.inside(Routine::FaultObject);
        loop {
            self.fault_record(fs, Place::Walk);
            self.emit(Event::FaultWalk { object: fs.object, index: fs.pindex });
            if let Here::Found = self.look_here(fs).await? {
                return Ok(());
            }
            if !self.next_object(fs).await? {
                self.zerofill(fs).await;
                return Ok(());
            }
        }
    }

    /// F4 to F7 on the present object, which the fault has locked.
    async fn look_here(&self, fs: &mut FaultState) -> Stepped<Here> {
        if self.is_dead(fs.object) {
            return Err(self.met_dead(fs).await);
        }
        let object = self.object(fs.object);
        if let Some(m) = self.page_lookup(fs.object, fs.pindex) {
            let shared = self.may_share(fs, m);
            let busied = if shared { m.try_sbusy(self) } else { m.try_xbusy(self) };
            if !busied {
                return Err(self.fault_busy_sleep(fs, m, shared).await);
            }
            fs.m = Some(m.frame);
            self.point(Step::PageBusied).await;
            if m.valid.load(self) {
                if !self.on(Switches::LOCK_THRU_FAULT) {
                    object.lock.unlock(self).await;
                }
                return Ok(Here::Found);
            }
        }
        let pager = object.may_have_pager_data(self);
        if fs.m.is_none() && (pager || fs.object == fs.first_object) {
            self.fault_allocate(fs).await?;
        }
        if pager && self.getpages(fs).await {
            return Ok(Here::Found);
        }
        Ok(Here::Nothing)
    }

    /// §8.9: whether to share-busy a page (P11), which is enough if the fault reads it below the top, or maps it
    /// read-only, and will not rename it.
    fn may_share(&self, fs: &FaultState, m: &Page<E>) -> bool {
        // vm_fault_is_read. That the access does not write is not enough: a read of the top object's page makes a
        // writable mapping, while the laundry may be writing the page out.
        let read = !fs.prot.contains(Prot::WRITE) && !fs.fault_type.intersects(Prot::WRITE | Prot::COPY);
        self.on(Switches::SBUSY_SOFT)
            && m.valid.load(self)
            && (fs.object != fs.first_object || read)
            && !(self.can_cow_rename(fs.object)
                && self.object(fs.first_object).backing_object.load(self) == Some(fs.object))
    }

    /// `can_cow_rename`: whether only the object directly above can want this object's pages.
    pub(super) fn can_cow_rename(&self, id: crate::ids::ObjectId) -> bool {
        let o = self.object(id);
        o.shadow_count.load(self) == 1
            && o.ref_count.load(self) == 1
            && o.handle.load(self).is_none()
            && o.is_anon(self)
    }

    /// BUSY_SLEEP (`vm_fault_busy_sleep`, §8.5): releases all but the reference, waits for the page, and restarts.
    /// The object is locked on entry; the fault holds nothing on return.
    async fn fault_busy_sleep(&self, fs: &mut FaultState, m: &Page<E>, shared: bool) -> Stop {
        let _routine = self.inside(Routine::FaultBusySleep);
        m.set_flag(self, PageFlags::REFERENCED);
        let (object, first) = (self.object(fs.object), self.object(fs.first_object));
        if fs.object != fs.first_object {
            if let Some(placeholder) = fs.first_m.take().map(|f| self.page(f)) {
                if self.on(Switches::LEAVE_INVALID) {
                    // P06: the fault leaves it in first_object, invalid and not busy.
                    self.xunbusy(placeholder).await;
                } else {
                    let mode = self.holds(object.lock.id()).unwrap_or(Mode::Write);
                    if !first.lock.try_lock(self, Mode::Write) {
                        object.lock.unlock(self).await;
                        first.lock.lock(self, Mode::Write).await;
                        object.lock.lock(self, mode).await;
                    }
                    placeholder.free_or_unbusy(self, Property::APage2);
                    first.lock.release(self);
                }
            }
            self.pip_wakeup(fs.first_object).await;
        }
        self.pip_wakeup(fs.object).await;
        self.unlock_map(fs).await;
        if self.page_lookup(fs.object, fs.pindex).is_some_and(|now| now.frame == m.frame) {
            self.busy_sleep(m, fs.object, shared).await;
        } else {
            object.lock.unlock(self).await;
        }
        self.object_deallocate(fs.first_object).await;
        Stop::Again(Restart::Busy)
    }

    /// ALLOCATE (`vm_fault_allocate`, §8.6): allocates a page, busy and invalid, at `object[pindex]`. The object is
    /// locked, on success for writing. Fails beyond the object's size and while no page is free, and restarts if it
    /// cannot upgrade the lock.
    async fn fault_allocate(&self, fs: &mut FaultState) -> Stepped<()> {
        let _routine = self.inside(Routine::FaultAllocate);
        self.need_write_lock(fs).await?;
        let object = self.object(fs.object);
        if fs.pindex.0 >= object.size.load(self) {
            self.unlock_and_deallocate(fs).await;
            return Err(Stop::Error(Kern::OutOfBounds));
        }
        match self.page_alloc(fs.object, fs.pindex) {
            Some(page) => {
                fs.m = Some(page.frame);
                Ok(())
            }
            None => {
                self.unlock_and_deallocate(fs).await;
                Err(self.fault_memory_wait(fs).await)
            }
        }
    }

    /// GETPAGES (§8.7): drops the map lock and asks the object's pager for `m`. Returns whether it had the page; then
    /// the locks are as F5b leaves them, else the fault holds the object's write lock.
    ///
    /// With P07 the fault calls the swap pager with the object locked, which drops the lock only to read; without P07
    /// it drops the lock first, and in between other tasks can lock the object. Only a vnode whose object is unmapped
    /// is ever locked exclusively, so the fault would never wait for the shared lock of G2, which is left out.
    async fn getpages(&self, fs: &mut FaultState) -> bool {
        let _routine = self.inside(Routine::FaultGetpages);
        if fs.nera.is_none() {
            fs.nera = self.read_ahead(fs);
        }
        self.unlock_map(fs).await;
        let object = self.object(fs.object);
        let locked = self.on(Switches::LOCK_THRU_FAULT);
        let Some(page) = fs.m.map(|f| self.page(f)) else { return false };
        let swap = object.is_anon(self);
        if !(locked && swap) {
            object.lock.unlock(self).await;
        }
        let read = if swap {
            self.swap_getpages(fs.object, page, read_cluster(fs)).await
        } else {
            self.vnode_getpage(fs.object, page).await;
            page.valid.load(self).then_some(0)
        };
        let got = read.is_some();
        if got {
            fs.kind = FaultKind::Pager;
            fs.ahead = read;
        }
        if locked && !swap || !locked && !got {
            object.lock.lock(self, Mode::Write).await;
        }
        got
    }

    /// `vm_fault_readahead`: decides what to ask the pager for besides the page. A fault at the address where the
    /// last read stopped is sequential, and each asks for more than the one before; any other asks for a cluster.
    /// madvise flags of the entry take precedence. The fault holds the map's read lock.
    fn read_ahead(&self, fs: &FaultState) -> Option<ReadAhead> {
        let e = self.entry(fs.lookup?.entry);
        let before = e.read_ahead.load(self);
        let flags = e.flags.get(self);
        let (least, most) = READ_AHEAD;
        let now = match (e.next_read.load(self) == fs.va, before) {
            _ if flags.contains(EntryFlags::RANDOM) => 0,
            _ if flags.contains(EntryFlags::SEQUENTIAL) => most,
            (false, _) => 0,
            (true, 0) => least,
            (true, before) => (least + before + 1).min(most),
        };
        if now != before {
            e.read_ahead.store(self, now);
        }
        Some(match now {
            0 if flags.contains(EntryFlags::RANDOM) => ReadAhead::Nothing,
            0 => ReadAhead::Cluster,
            pages => ReadAhead::Pages(pages),
        })
    }

    /// Stores, once the pager has read the page, where a sequential reader would fault next. The fault holds the
    /// map's read lock.
    pub(super) fn read_noted(&self, fs: &FaultState) {
        if let (Some(lookup), Some(ahead)) = (fs.lookup, fs.ahead) {
            self.entry(lookup.entry).next_read.store(self, VirtAddr(fs.va.0 + ((ahead + 1) << PAGE_SHIFT)));
        }
    }

    /// NEXT (`vm_fault_next`, §8.8): keeps `m` as the placeholder, or frees it, and goes down to the backing object
    /// hand over hand. Returns whether there is one.
    async fn next_object(&self, fs: &mut FaultState) -> Stepped<bool> {
        let _routine = self.inside(Routine::FaultNext);
        if fs.object == fs.first_object {
            fs.first_m = fs.m.take();
        } else if fs.m.is_some() {
            self.need_write_lock(fs).await?;
            if let Some(m) = fs.m.take() {
                self.page(m).free_or_unbusy(self, Property::APage2);
            }
        }
        let object = self.object(fs.object);
        let Some(next) = object.backing_object.load(self) else { return Ok(false) };
        self.kassert(
            fs.first_m.is_some() && next != fs.object,
            Property::AFault3,
            (Some(fs.object), Some(fs.pindex)),
            || "descends without a placeholder, or into itself".into(),
        );
        let mode = if fs.can_read_lock { Mode::Read } else { Mode::Write };
        self.object(next).lock.lock(self, mode).await;
        self.pip_add(next);
        if fs.object != fs.first_object {
            self.pip_drop(fs.object);
        }
        fs.pindex += object.backing_object_offset.get(self);
        object.lock.unlock(self).await;
        fs.object = next;
        Ok(true)
    }

    /// P13: the fault allocates and frees pages of a backing object only under its write lock. If it cannot upgrade
    /// its read lock, it restarts and takes no more read locks.
    async fn need_write_lock(&self, fs: &mut FaultState) -> Stepped<()> {
        let lock = &self.object(fs.object).lock;
        if self.holds(lock.id()) == Some(Mode::Write) || lock.try_upgrade(self) {
            return Ok(());
        }
        fs.can_read_lock = false;
        self.unlock_and_deallocate(fs).await;
        Err(Stop::Again(Restart::Upgrade))
    }

    /// F9: no object has data, so the placeholder becomes a zero page in the top object. Locks on return as from
    /// [`Cx::walk`].
    async fn zerofill(&self, fs: &mut FaultState) {
        let _routine = self.inside(Routine::FaultZerofill);
        let held = self.on(Switches::LOCK_THRU_FAULT);
        let descended = fs.object != fs.first_object;
        if descended {
            self.pip_drop(fs.object);
        }
        if descended || !held {
            self.object(fs.object).lock.unlock(self).await;
        }
        fs.object = fs.first_object;
        fs.pindex = fs.first_pindex;
        if descended && held {
            self.object(fs.object).lock.lock(self, Mode::Write).await;
        }
        self.kassert(
            fs.m.is_none() && fs.first_m.is_some(),
            Property::AFault4,
            (Some(fs.object), Some(fs.pindex)),
            || "zero fill without a placeholder".into(),
        );
        fs.m = fs.first_m.take();
        if let Some(m) = fs.m {
            self.point(Step::PageZero).await;
            self.env.frame_zero(m);
            self.emit(Event::PageZero { page: m });
            self.point(Step::PageZeroed).await;
            self.page(m).make_valid(self);
        }
        fs.kind = FaultKind::ZeroFill;
    }
}
