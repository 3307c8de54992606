//! The page busy lock (vm.md §5).
//!
//! One word: exclusive with its owner, or shared with a count, and a bit for waiters. The lock protects contents
//! during I/O and copies, identity, and the step from invalid to valid. It does not stop CPUs that access the page
//! through an existing mapping.

use crate::detail;
use crate::env::{Cell, Env, Scope};
use crate::event::Event;
use crate::ids::{ObjectId, TaskId};
use crate::kern::BusyState;
use crate::machine::addr::PageIndex;
use crate::page::Page;
use crate::policy::Switches;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::{Channel, Mode};
use crate::world::Cx;

const SHARED: u64 = 1;
const EXCLUSIVE: u64 = 2;
const WAITERS: u64 = 4;
const ONE_SHARER: u64 = 8;
const OWNER_SHIFT: u32 = 32;
const SHARERS_MASK: u64 = 0xffff_fff8;

/// Not busy: shared, with no sharers.
pub const UNBUSIED: u64 = SHARED;
/// On the free list: no task can share- or exclusive-busy it.
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
    /// The busy state, read without declaring an access, for views and checkers.
    pub fn busy_state(&self, env: &E) -> BusyState {
        state(self.busy.peek(env))
    }
    fn exclusive(cx: &Cx<'_, E>) -> u64 {
        EXCLUSIVE | u64::from(cx.task.0) << OWNER_SHIFT
    }
    /// Whether any task holds the page exclusively busy.
    pub fn is_xbusy(&self, cx: &Cx<'_, E>) -> bool {
        cx.env.outcome(|| {
            let word = self.busy.load(cx);
            word & EXCLUSIVE != 0 && word & !WAITERS != FREED
        })
    }
    /// Whether any task holds the page busy in any mode.
    pub fn is_busy(&self, cx: &Cx<'_, E>) -> bool {
        cx.env.outcome(|| !matches!(state(self.busy.load(cx)), BusyState::None | BusyState::Freed))
    }
    /// Whether the object that owns the page is busy as a whole (§6.5).
    ///
    /// A task that busies an object raises the count and then looks at pages' busy words; a task that busies a page
    /// changes its word and then looks at the count, by [`Cell::load_last`]: at least one of the two sees the other.
    fn object_busy(&self, cx: &Cx<'_, E>) -> bool {
        self.owner_busy(cx, |count| count.load_last(cx))
    }
    fn owner_busy(&self, cx: &Cx<'_, E>, look: impl Fn(&Cell<E, u32>) -> u32) -> bool {
        self.object.load(cx).is_some_and(|o| look(&cx.object(o).busy) > 0)
    }
    /// `vm_page_tryxbusy`: busies the page exclusively unless any task holds it busy or its object is busy as a
    /// whole. Never sleeps. The caller passes [`Step::PageBusied`].
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
    /// `vm_page_trysbusy`: adds a sharer unless the page is exclusively busy or its object busy as a whole. Never
    /// sleeps.
    pub fn try_sbusy(&self, cx: &Cx<'_, E>) -> bool {
        loop {
            let now = self.busy.load(cx);
            // The first look keeps most tasks from being sharers for a moment; the look after the exchange decides.
            if now & SHARED == 0 || self.owner_busy(cx, |count| count.load(cx)) {
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
    /// Makes the allocator of a page fresh from the free list its exclusive holder.
    pub(crate) fn set_xbusy_new(&self, cx: &Cx<'_, E>) {
        let word = Self::exclusive(cx);
        self.busy.store(cx, word);
        self.changed(cx, word);
    }
    pub(crate) fn set_freed(&self, cx: &Cx<'_, E>) {
        // One exchange: a waiter that set its bit between a load and a store would never be woken.
        let waited = cx.env.untracked(|| self.busy.swap(cx, FREED)) & WAITERS != 0;
        self.changed(cx, FREED);
        if waited {
            cx.env.wakeup(Channel::Busy { page: self.frame });
        }
    }
    /// Releases the word, which was `now` when the holder last read it, and wakes the waiters.
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
    /// `vm_page_xunbusy`: the exclusive holder releases the page and wakes all waiters. The caller passes the points
    /// around it (y3): see [`Cx::xunbusy`].
    pub fn xunbusy(&self, cx: &Cx<'_, E>) {
        let owner = cx.env.untracked(|| self.busy.load(cx));
        cx.kassert(owner & !WAITERS == Self::exclusive(cx), Property::APage5, self.about(&cx.env), || {
            detail!("{} is released by {} but is {}", self.frame, cx.task, state(owner))
        });
        self.drop_xbusy(cx, owner);
        self.changed(cx, UNBUSIED);
    }
    /// `vm_page_busy_downgrade`: the exclusive holder becomes the only sharer and wakes all waiters.
    pub fn busy_downgrade(&self, cx: &Cx<'_, E>) {
        let shared = SHARED | ONE_SHARER;
        loop {
            let now = cx.env.untracked(|| self.busy.load(cx));
            cx.kassert(now & !WAITERS == Self::exclusive(cx), Property::APage5, self.about(&cx.env), || {
                detail!("{} is downgraded by {} but is {}", self.frame, cx.task, state(now))
            });
            if self.busy.cas(cx, now, shared).is_ok() {
                if now & WAITERS != 0 {
                    cx.env.wakeup(Channel::Busy { page: self.frame });
                }
                return self.changed(cx, shared);
            }
        }
    }
    /// `vm_page_sunbusy`: a sharer releases the page; the last wakes all waiters.
    pub fn sunbusy(&self, cx: &Cx<'_, E>) {
        loop {
            let now = self.busy.load(cx);
            let sharers = now & SHARERS_MASK;
            if now & SHARED == 0 || sharers == 0 {
                cx.kassert(false, Property::APage5, self.about(&cx.env), || {
                    detail!("{} has no sharer to release", self.frame)
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
    /// Releases the page in the mode in which the caller holds it.
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
    /// Releases a page in the mode in which the caller holds it, with a point before and after (y3).
    pub async fn unbusy(&self, page: &Page<E>) {
        self.point(Step::PageUnbusy).await;
        page.unbusy_any(self);
        self.point(Step::PageUnbusied).await;
    }
    /// `vm_page_busy_sleep` (§5.6): sleeps until the page may be free to busy. The caller holds the lock of its
    /// `object` in either mode on entry and never on return. With `shared_ok` it waits for an exclusive holder only.
    /// The caller looks the page up again.
    pub async fn busy_sleep(&self, page: &Page<E>, object: ObjectId, shared_ok: bool) {
        let _routine = self.inside(Routine::PageBusySleep);
        let o = self.object(object);
        // A woken task looks again: nothing read before or during the wait is live.
        let scope = self.scope();
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
            scope.restart();
            self.env.sleep(self.task, channel, ticket).await;
            scope.end();
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
        scope.restart();
        self.env.sleep(self.task, channel, ticket).await;
        scope.end();
        self.point(if must_wait { Step::Woken } else { Step::ObjectUnlocked }).await;
    }

    /// Whether the task must wait for a page, if it is still `object[index]`. If so it sets the waiters' bit: the
    /// holder that releases the page wakes the tasks registered by then.
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

    /// P18, a defect: the waiter looks at the page, unlocks the object, and only then registers. A holder that
    /// releases the page in between wakes no task, and no later wakeup comes.
    async fn busy_sleep_late(&self, page: &Page<E>, object: ObjectId, shared_ok: bool) {
        let _routine = self.inside(Routine::PageBusySleep);
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
