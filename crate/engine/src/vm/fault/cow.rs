//! Copy on write (`vm_fault_cow`, §8.10): the fault found the page below the top object, and the access writes.
//!
//! Here the kernels of the COW fault race differ. The source stays mapped in the faulting pmap until `pmap_enter`;
//! whether it also stays busy until then is P01.

use super::FaultState;
use crate::env::Env;
use crate::event::{Event, FaultKind};
use crate::kern::ObjectFlags;
use crate::policy::Switches;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// Moves or copies `m` into the placeholder in `first_object`, which becomes `m`. With P07 the fault holds
    /// `object`'s write lock on entry and `first_object`'s on return; else it holds no object lock.
    pub(super) async fn cow(&self, fs: &mut FaultState) {
        let _routine = self.inside(Routine::FaultCow);
        let held = self.on(Switches::LOCK_THRU_FAULT);
        let first = self.object(fs.first_object);
        let mut first_locked = false;
        let renamed = self.can_cow_rename(fs.object) && self.source_xbusied(fs) && {
            first_locked = first.lock.try_lock(self, Mode::Write);
            first_locked && self.cow_rename(fs, held)
        };
        if renamed {
            fs.kind = FaultKind::CowRename;
        } else {
            self.cow_copy(fs, held, &mut first_locked).await;
            fs.kind = FaultKind::CowCopy;
        }
        // C5, "D": from here on the fault has a pip only on first_object.
        self.pip_wakeup(fs.object).await;
        fs.object = fs.first_object;
        fs.pindex = fs.first_pindex;
        fs.m = fs.first_m.take();
        if held && !first_locked {
            first.lock.lock(self, Mode::Write).await;
        } else if !held && first_locked {
            first.lock.unlock(self).await;
        }
    }

    fn source_xbusied(&self, fs: &FaultState) -> bool {
        fs.m.is_some_and(|m| self.page(m).is_xbusy(self))
    }

    /// C-RENAME: no other task can want the source, so it is moved up instead of copied. The fault holds
    /// `first_object`'s write lock. Returns whether it did; the source's object is unlocked then.
    fn cow_rename(&self, fs: &mut FaultState, held: bool) -> bool {
        let (object, first) = (self.object(fs.object), self.object(fs.first_object));
        let (Some(m), Some(placeholder)) = (fs.m, fs.first_m) else { return false };
        if first.backing_object.load(self) != Some(fs.object) {
            return false;
        }
        if !held {
            if !object.lock.try_lock(self, Mode::Write) {
                return false;
            }
            if !self.can_cow_rename(fs.object) {
                object.lock.release(self);
                return false;
            }
        }
        let page = self.page(m);
        page.remove_xbusy(self);
        self.page_replace(page, fs.first_object, fs.first_pindex, self.page(placeholder));
        page.make_dirty(self);
        object.lock.release(self);
        fs.first_m = Some(m);
        fs.m = None;
        true
    }

    /// C-COPY: copies `m` into the placeholder, holding no object lock.
    async fn cow_copy(&self, fs: &mut FaultState, held: bool, first_locked: &mut bool) {
        let first = self.object(fs.first_object);
        if held {
            self.object(fs.object).lock.unlock(self).await;
        } else if std::mem::take(first_locked) {
            first.lock.unlock(self).await;
        }
        let (Some(source), Some(target)) = (fs.m.take(), fs.first_m) else { return };
        let (from, to) = (self.page(source), self.page(target));
        // C1.
        self.point(Step::PageCopy).await;
        self.env.frame_copy(source, target);
        self.emit(Event::PageCopy { from: source, to: target, value: self.env.frame_peek(target, 0) });
        self.point(Step::PageCopied).await;
        // C2, "V": other tasks see the copy as valid although the source is still mapped.
        if self.on(Switches::DEFER_VALID) {
            fs.copied = true;
        } else {
            to.make_valid(self);
        }
        // C4.
        if self.on(Switches::COW_UNMAP_SHARED) && !first.has(self, ObjectFlags::ONEMAPPING) {
            // P09: other maps share first_object and may still map the source.
            self.pmap_remove_all(from).await;
        }
        if self.on(Switches::HOLD_COW_SRC) {
            fs.m_cow = Some(source);
        } else {
            // "R": from here on any task may busy the source.
            self.unbusy(from).await;
        }
    }
}
