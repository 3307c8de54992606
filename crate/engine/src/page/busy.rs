//! The page busy lock (vm.md §5).
//!
//! One word: exclusive with its owner, or shared with a count, and a bit for
//! waiters. It protects contents during I/O and copies, identity, and the step
//! from invalid to valid. It does not stop CPUs that access the page through a
//! mapping they have.

use crate::env::{Cell, Env};
use crate::event::{BusyState, Event};
use crate::ids::{ObjectId, TaskId};
use crate::machine::addr::PageIndex;
use crate::page::Page;
use crate::policy::Switches;
use crate::property::Property;
use crate::step::Step;
use crate::sync::{Channel, Mode};
use crate::world::Cx;

const SHARED: u64 = 1;
const EXCLUSIVE: u64 = 2;
const WAITERS: u64 = 4;
const ONE_SHARER: u64 = 8;
const OWNER_SHIFT: u32 = 32;
const SHARERS_MASK: u64 = 0xffff_fff8;

/// Not busy: shared, without sharers.
pub const UNBUSIED: u64 = SHARED;
/// On the free list: neither share- nor exclusive-busyable.
pub const FREED: u64 = 0xffff_ffff & !SHARED & !WAITERS;

fn state(word: u64) -> BusyState {
    if word & !WAITERS == FREED {
        BusyState::Freed
    } else if word & EXCLUSIVE != 0 {
        BusyState::Exclusive { owner: TaskId((word >> OWNER_SHIFT) as u32) }
    } else {
        match (word & SHARERS_MASK) / ONE_SHARER {
            0 => BusyState::None,
            n => BusyState::Shared { holders: n as u32 },
        }
    }
}

impl<E: Env> Page<E> {
    fn changed(&self, cx: &Cx<'_, E>, word: u64) {
        if E::TRACING {
            cx.emit(Event::PageBusy { page: self.frame, state: state(word) });
        }
    }
    /// The busy state, for views and checkers.
    pub fn busy_state(&self, env: &E) -> BusyState {
        state(self.busy.peek(env))
    }
    fn exclusive(cx: &Cx<'_, E>) -> u64 {
        EXCLUSIVE | u64::from(cx.task.0) << OWNER_SHIFT
    }
    /// Exclusively busy, by anyone.
    pub fn is_xbusy(&self, cx: &Cx<'_, E>) -> bool {
        cx.env.outcome(|| {
            let word = self.busy.load(cx);
            word & EXCLUSIVE != 0 && word & !WAITERS != FREED
        })
    }
    /// Busy in any way.
    pub fn is_busy(&self, cx: &Cx<'_, E>) -> bool {
        cx.env.outcome(|| !matches!(state(self.busy.load(cx)), BusyState::None | BusyState::Freed))
    }
    /// The object that owns it is busy as a whole (§6.5).
    ///
    /// Who makes an object busy counts it and then looks at pages' busy words; who makes a page busy changes
    /// its word and then looks at the count, by [`Env::load_last`]: at least one of the two sees the other.
    fn object_busy(&self, cx: &Cx<'_, E>) -> bool {
        self.owner_busy(cx, Cell::load_last)
    }
    fn owner_busy(&self, cx: &Cx<'_, E>, look: impl Fn(&Cell<E, u32>, &Cx<'_, E>) -> u32) -> bool {
        self.object.load(cx).is_some_and(|o| look(&cx.object(o).busy, cx) > 0)
    }
    /// `vm_page_tryxbusy`: exclusively busy if nobody has it busy and its object is
    /// not busy as a whole. Never sleeps. The caller passes [`Step::PageBusied`].
    pub fn try_xbusy(&self, cx: &Cx<'_, E>) -> bool {
        cx.env.outcome(|| {
            let word = Self::exclusive(cx);
            if self.busy.cas(cx, UNBUSIED, word).is_err() {
                return false;
            }
            if self.object_busy(cx) {
                self.drop_xbusy(cx, word);
                return false;
            }
            self.changed(cx, word);
            true
        })
    }
    /// `vm_page_trysbusy`: one more sharer if it is not exclusively busy.
    pub fn try_sbusy(&self, cx: &Cx<'_, E>) -> bool {
        loop {
            let now = self.busy.load(cx);
            // A first look keeps most tasks from being sharers for a moment; the one after the exchange decides.
            if now & SHARED == 0 || self.owner_busy(cx, Cell::load) {
                return false;
            }
            if self.busy.cas(cx, now, now + ONE_SHARER).is_ok() {
                self.changed(cx, now + ONE_SHARER);
                if self.object_busy(cx) {
                    self.sunbusy(cx);
                    return false;
                }
                return true;
            }
        }
    }
    /// A page fresh from the free list is its allocator's.
    pub(crate) fn set_xbusy_new(&self, cx: &Cx<'_, E>) {
        let word = Self::exclusive(cx);
        self.busy.store(cx, word);
        self.changed(cx, word);
    }
    pub(crate) fn set_freed(&self, cx: &Cx<'_, E>) {
        // One exchange: a waiter that sets its bit between a look and a store would never be woken.
        let waited = cx.env.untracked(|| self.busy.swap(cx, FREED)) & WAITERS != 0;
        self.changed(cx, FREED);
        if waited {
            cx.env.wakeup(Channel::Busy { page: self.frame });
        }
    }
    /// The word was `now` when the holder, who lets go, last saw it.
    fn drop_xbusy(&self, cx: &Cx<'_, E>, mut now: u64) {
        cx.env.untracked(|| {
            while let Err(present) = self.busy.cas(cx, now, UNBUSIED) {
                now = present;
            }
        });
        if now & WAITERS != 0 {
            cx.env.wakeup(Channel::Busy { page: self.frame });
        }
    }
    /// `vm_page_xunbusy`: the exclusive holder lets go and wakes all waiters. The
    /// points around it (y3) are the caller's: see [`Cx::xunbusy`].
    pub fn xunbusy(&self, cx: &Cx<'_, E>) {
        let owner = cx.env.untracked(|| self.busy.load(cx));
        cx.kassert(owner & !WAITERS == Self::exclusive(cx), Property::APage5, self.about(&cx.env), || {
            format!("frame {} is released by task {} but is {:?}", self.frame.0, cx.task.0, state(owner))
        });
        self.drop_xbusy(cx, owner);
        self.changed(cx, UNBUSIED);
    }
    /// `vm_page_busy_downgrade`: the exclusive holder becomes the one sharer and wakes all
    /// waiters.
    pub fn busy_downgrade(&self, cx: &Cx<'_, E>) {
        let shared = SHARED | ONE_SHARER;
        loop {
            let now = cx.env.untracked(|| self.busy.load(cx));
            cx.kassert(now & !WAITERS == Self::exclusive(cx), Property::APage5, self.about(&cx.env), || {
                format!("frame {} is downgraded by task {} but is {:?}", self.frame.0, cx.task.0, state(now))
            });
            if self.busy.cas(cx, now, shared).is_ok() {
                if now & WAITERS != 0 {
                    cx.env.wakeup(Channel::Busy { page: self.frame });
                }
                return self.changed(cx, shared);
            }
        }
    }
    /// `vm_page_sunbusy`: one sharer lets go; the last wakes all waiters.
    pub fn sunbusy(&self, cx: &Cx<'_, E>) {
        loop {
            let now = self.busy.load(cx);
            let sharers = now & SHARERS_MASK;
            if now & SHARED == 0 || sharers == 0 {
                cx.kassert(false, Property::APage5, self.about(&cx.env), || {
                    format!("frame {} has no sharer to release", self.frame.0)
                });
                return;
            }
            let last = sharers == ONE_SHARER;
            let new = if last { UNBUSIED } else { now - ONE_SHARER };
            if self.busy.cas(cx, now, new).is_ok() {
                self.changed(cx, new);
                if last && now & WAITERS != 0 {
                    cx.env.wakeup(Channel::Busy { page: self.frame });
                }
                return;
            }
        }
    }
    /// Releases it however the caller holds it.
    pub fn unbusy_any(&self, cx: &Cx<'_, E>) {
        if self.is_xbusy(cx) { self.xunbusy(cx) } else { self.sunbusy(cx) }
    }
}

impl<E: Env> Cx<'_, E> {
    /// Releases an exclusively busy page, with a point before and after (y3).
    pub async fn xunbusy(&self, page: &Page<E>) {
        self.point(Step::PageUnbusy).await;
        page.xunbusy(self);
        self.point(Step::PageUnbusied).await;
    }
    /// Releases a page however it is held, with a point before and after (y3).
    pub async fn unbusy(&self, page: &Page<E>) {
        self.point(Step::PageUnbusy).await;
        page.unbusy_any(self);
        self.point(Step::PageUnbusied).await;
    }
    /// `vm_page_busy_sleep` (§5.6): waits until the page might be free to busy. Its
    /// object is locked on entry in `mode` and unlocked on return, whatever happens.
    /// With `shared_ok` only an exclusive holder is waited for. The caller looks the
    /// page up again.
    pub async fn busy_sleep(&self, page: &Page<E>, object: ObjectId, shared_ok: bool) {
        let o = self.object(object);
        // Whoever wakes looks again: all that is known of the wait is that it was.
        let entry_hash = self.env.local_hash();
        let index = page.pindex.load(self);
        debug_assert!(self.holds(o.lock.id()) >= Some(Mode::Read));
        if o.busy.load(self) > 0 {
            let channel = Channel::ObjectBusy { object };
            let ticket = self.env.sleep_begin(self.task, channel);
            if o.busy.load(self) == 0 {
                self.env.wakeup(channel);
            }
            o.lock.release(self);
            self.emit(Event::Sleep { channel });
            self.env.set_local_hash(entry_hash);
            self.env.sleep(self.task, channel, ticket).await;
            self.env.set_local_hash(entry_hash);
            self.point(Step::Woken).await;
            return;
        }
        let channel = Channel::Busy { page: page.frame };
        if self.on(Switches::SLEEPS_LATE) {
            return self.busy_sleep_late(page, object, shared_ok).await;
        }
        let ticket = self.env.sleep_begin(self.task, channel);
        let must_wait = self.busy_wants_wait(page, object, index, shared_ok);
        o.lock.release(self);
        if must_wait {
            self.emit(Event::Sleep { channel });
        } else {
            self.env.wakeup(channel);
        }
        self.env.set_local_hash(entry_hash);
        self.env.sleep(self.task, channel, ticket).await;
        self.env.set_local_hash(entry_hash);
        self.point(if must_wait { Step::Woken } else { Step::ObjectUnlocked }).await;
    }

    /// Whether a page that is still `object[index]` has to be waited for. If so its waiters'
    /// bit is set: who lets go of the page wakes those that are registered by then.
    fn busy_wants_wait(&self, page: &Page<E>, object: ObjectId, index: PageIndex, shared_ok: bool) -> bool {
        loop {
            let now = page.busy.load(self);
            let owned = page.object.load(self) == Some(object) && page.pindex.load(self) == index;
            let free = match state(now) {
                BusyState::None | BusyState::Freed => true,
                BusyState::Shared { .. } => shared_ok,
                BusyState::Exclusive { .. } => false,
            };
            if free || !owned {
                return false;
            }
            if now & WAITERS != 0 || page.busy.cas(self, now, now | WAITERS).is_ok() {
                return true;
            }
        }
    }

    /// P18, a defect: the page is looked at, the object is let go, and only then the task is
    /// registered. A holder that lets go in between wakes nobody, and nobody will again.
    async fn busy_sleep_late(&self, page: &Page<E>, object: ObjectId, shared_ok: bool) {
        let channel = Channel::Busy { page: page.frame };
        let must_wait = self.busy_wants_wait(page, object, page.pindex.load(self), shared_ok);
        self.object(object).lock.unlock(self).await;
        if must_wait {
            let ticket = self.env.sleep_begin(self.task, channel);
            self.emit(Event::Sleep { channel });
            self.env.sleep(self.task, channel, ticket).await;
            self.point(Step::Woken).await;
        }
    }
}
