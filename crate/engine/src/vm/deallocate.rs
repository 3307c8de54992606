//! `vm_object_deallocate`: drops one reference, with all its consequences (vm.md §9.4).
//!
//! The last reference terminates the object and drops the reference it held on its backing object. When one shadow is
//! the only user left, that shadow absorbs the object: this is how a chain becomes shorter when the last sibling
//! exits.

use crate::detail;
use crate::env::{Env, Scope};
use crate::event::Event;
use crate::ids::ObjectId;
use crate::kern::ObjectFlags;
use crate::policy::Switches;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::vm::object::{Object, ObjectType};
use crate::word::Word;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Drops a reference that is the operation's own ([`Cx::object_hold`] or [`Cx::object_take_over`]), and goes on
    /// down the chain while references run out. The caller holds no object lock, on return either.
    pub async fn object_deallocate(&self, id: ObjectId) {
        let _routine = self.inside(Routine::ObjectDeallocate);
        let scope = self.scope();
        let mut next = Some(id);
        while let Some(id) = next {
            // The next object is the only live value between rounds.
            scope.restart();
            self.env.observe(id.pack(), ObjectId::REFERS);
            next = self.deallocate_one(id).await;
        }
    }

    /// One round; returns the object whose reference to drop next, if any.
    async fn deallocate_one(&self, id: ObjectId) -> Option<ObjectId> {
        let o = self.object(id);
        self.point(Step::RefDrop).await;
        // D1: an atomic drop, as long as it has no consequences.
        let keep = if o.is_anon(self) { 2 } else { 1 };
        loop {
            let count = o.ref_count.load(self);
            if count <= keep {
                break;
            }
            if o.ref_count.cas(self, count, count - 1).is_ok() {
                self.object_hand_over(id);
                self.emit(Event::ObjectRef { object: id, count: count - 1 });
                return None;
            }
        }
        if o.kind.load(self) == ObjectType::Vnode {
            // D2: the pages stay with the file. The last reference to the object was the last to its vnode.
            o.lock.lock(self, Mode::Read).await;
            self.object_hand_over(id);
            let file = o.file.load(self).filter(|_| self.object_unref(id) == 0);
            o.lock.unlock(self).await;
            if let Some(file) = file {
                self.vnode_inactive(file).await;
            }
            return None;
        }
        // D3, D4.
        o.lock.lock(self, Mode::Write).await;
        self.object_hand_over(id);
        let left = self.object_unref(id);
        if left > 0 {
            if left > 1 || o.shadow_count.load(self) == 0 {
                if left == 1 && o.is_anon(self) {
                    o.set_flags(self, ObjectFlags::ONEMAPPING);
                }
                o.lock.unlock(self).await;
                return None;
            }
            return if self.on(Switches::DEALLOC_WAITS_PIP) {
                self.deallocate_anon_waiting(id).await
            } else {
                self.deallocate_anon(id).await
            };
        }
        // D5.
        let below = o.backing_object.load(self);
        if below.is_some() {
            self.backing_remove(id).await;
        }
        self.kassert(!o.has(self, ObjectFlags::DEAD), Property::I04, (Some(id), None), || {
            "its last reference goes, but it is dead already".into()
        });
        o.set_flags(self, ObjectFlags::DEAD);
        self.object_terminate(id).await;
        below
    }

    /// Unlinks an object, whose write lock the caller holds, from its backing object, and locks that meanwhile if it
    /// keeps a shadow list. The link's reference becomes the operation's own.
    async fn backing_remove(&self, id: ObjectId) {
        let _routine = self.inside(Routine::ObjectBackingRemove);
        let Some(b) = self.object(id).backing_object.load(self) else { return };
        let locked = self.lock_if_anon(b).await;
        self.backing_remove_locked(id);
        self.object_take_over(b);
        if locked {
            self.object(b).lock.unlock(self).await;
        }
    }

    /// The shadow that is the only user left of `b`. The caller holds `b`'s write lock on entry, and on return if there
    /// is such a shadow.
    async fn sole_shadow_or_unlock(&self, b: ObjectId) -> Option<ObjectId> {
        let backing = self.object(b);
        let shadow = backing.shadow_head.get(self);
        self.kassert(shadow.is_some() && backing.shadow_count.load(self) == 1, Property::I07, (Some(b), None), || {
            detail!("one reference is left but {} shadows", backing.shadow_count.load(self))
        });
        if shadow.is_none() {
            backing.lock.unlock(self).await;
        }
        shadow
    }

    /// Whether a shadow is torn down or collapses, so that it absorbs nothing. The caller holds its write lock.
    fn is_leaving(&self, shadow: &Object<E>) -> bool {
        shadow.has(self, ObjectFlags::DEAD | ObjectFlags::COLLAPSING) || shadow.ref_count.load(self) == 0
    }

    /// `vm_object_deallocate_anon`, since the collapse rewrite: the only reference left on `b` is a shadow's.
    /// Collapses that shadow and returns it with an extra reference to drop; backs off if it is dead or collapsing.
    /// The caller holds `b`'s write lock on entry and no lock on return.
    async fn deallocate_anon(&self, b: ObjectId) -> Option<ObjectId> {
        let _routine = self.inside(Routine::ObjectDeallocateAnon);
        let backing = self.object(b);
        let r = self.sole_shadow_or_unlock(b).await?;
        let shadow = self.object(r);
        if self.on(Switches::LOCKS_UPWARDS) {
            self.lock_upwards(r).await;
            backing.lock.unlock(self).await;
        } else if shadow.lock.try_lock(self, Mode::Write) {
            backing.lock.unlock(self).await;
        } else {
            // The pip keeps the shadow's struct from being torn down while it is unlocked.
            self.pip_add(r);
            backing.lock.unlock(self).await;
            shadow.lock.lock(self, Mode::Write).await;
            self.pip_drop(r);
        }
        if self.is_leaving(shadow) {
            shadow.lock.unlock(self).await;
            return None;
        }
        self.object_hold(r);
        if shadow.backing_object.load(self).is_some_and(|b| self.object(b).is_anon(self)) {
            self.object_collapse(r).await;
        }
        shadow.lock.unlock(self).await;
        Some(r)
    }

    /// P17, a defect: the lock order is shadow before backing object, so a task that holds the backing object's lock
    /// may only try the shadow's. This one waits, while a fault that goes down the same two objects holds the shadow
    /// and waits for the backing object.
    async fn lock_upwards(&self, shadow: ObjectId) {
        self.object(shadow).lock.lock(self, Mode::Write).await;
    }

    /// The older form (P15): waits until neither the shadow nor `b` has paging in progress. Locks as above.
    async fn deallocate_anon_waiting(&self, b: ObjectId) -> Option<ObjectId> {
        let _routine = self.inside(Routine::ObjectDeallocateAnon);
        let backing = self.object(b);
        let r = self.sole_shadow_or_unlock(b).await?;
        let shadow = self.object(r);
        if self.on(Switches::LOCKS_UPWARDS) {
            self.lock_upwards(r).await;
        } else if !shadow.lock.try_lock(self, Mode::Write) {
            // Puts the reference back, waits a tick and starts again.
            self.object_hold(b);
            backing.lock.unlock(self).await;
            self.point(Step::Tick).await;
            self.env.tick(self.task).await;
            return Some(b);
        }
        if self.is_leaving(shadow) {
            shadow.lock.release(self);
            backing.lock.unlock(self).await;
            return None;
        }
        self.object_hold(r);
        // Each round starts with both locked; the inner steps drop one or both.
        let scope = self.retry_scope();
        loop {
            scope.restart();
            if shadow.paging_in_progress.load(self) > 0 {
                backing.lock.unlock(self).await;
                self.pip_wait(r).await;
            } else if backing.paging_in_progress.load(self) > 0 {
                shadow.lock.release(self);
                self.pip_sleep(b).await;
                shadow.lock.lock(self, Mode::Write).await;
            } else {
                backing.lock.unlock(self).await;
                break;
            }
            if shadow.backing_object.load(self) != Some(b) {
                break;
            }
            backing.lock.lock(self, Mode::Write).await;
        }
        // If all other users have left meanwhile, dropping the extra reference terminates the shadow.
        if shadow.ref_count.load(self) > 1 {
            self.object_collapse(r).await;
        }
        shadow.lock.unlock(self).await;
        Some(r)
    }
}
