//! Collapse and bypass: how chains become shorter (vm.md §10).
//!
//! Both look at an object and its backing object. *Collapse*: only the object uses its backing object, whose pages
//! are moved up or freed, and which is then freed. *Bypass*: others use it too, but the object shadows all that it
//! could see of it, so the object is linked past it. Neither changes mappings; pages freed here are believed to be
//! unmapped: "shadowed, hence unmapped" (§10.5).

use crate::detail;
use crate::env::{Env, Scope};
use crate::event::{Event, Refusal, ScanStep};
use crate::ids::ObjectId;
use crate::kern::ObjectFlags;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::page::Page;
use crate::policy::Switches;
use crate::property::Property;
use crate::routine::Routine;
use crate::sync::Mode;
use crate::vm::object::ObjectType;
use crate::world::Cx;

impl<E: Env> Cx<'_, E> {
    /// `vm_object_collapse`: shortens the chain below `o`, on which the caller holds a reference. The caller holds
    /// its write lock on entry and on return; the collapse may drop it in between. P05 picks the form (rulings R16).
    pub async fn object_collapse(&self, o: ObjectId) {
        let _routine = self.inside(Routine::ObjectCollapse);
        if self.on(Switches::COLLAPSING_FLAG) {
            self.collapse_marked(o).await;
        } else {
            self.collapse_gated(o).await;
        }
    }

    /// The form before the rewrite (§10.1).
    async fn collapse_gated(&self, o: ObjectId) {
        let object = self.object(o);
        // Each round reads the chain afresh, and no value of it is live in the caller.
        let scope = self.scope();
        loop {
            scope.restart();
            let Some(b) = object.backing_object.load(self).filter(|&b| self.object(b).is_anon(self)) else { return };
            let backing = self.object(b);
            backing.lock.lock(self, Mode::Write).await;
            if object.has(self, ObjectFlags::DEAD) || backing.has(self, ObjectFlags::DEAD) || !object.is_anon(self) {
                self.refuse(o, b, Refusal::Dead, None);
                backing.lock.unlock(self).await;
                return;
            }
            let gated = self.on(Switches::PIP_GATES_COLLAPSE);
            if gated && (object.paging_in_progress.load(self) > 0 || backing.paging_in_progress.load(self) > 0) {
                self.refuse(o, b, Refusal::Pip, None);
                if backing.ref_count.load(self) == 1 {
                    // The quick scan moves the pages it can busy and leaves the rest.
                    self.collapse_scan(o, b, false).await;
                }
                backing.lock.unlock(self).await;
                return;
            }
            if backing.ref_count.load(self) == 1 {
                self.emit(Event::Collapse { object: o, backing: b });
                // The pips keep other tasks from collapsing either object while the scan sleeps (OF2).
                let guarded = !self.on(Switches::SCAN_UNGUARDED);
                if guarded {
                    self.pip_add(o);
                    self.pip_add(b);
                }
                backing.set_flags(self, ObjectFlags::DEAD);
                self.collapse_scan(o, b, true).await;
                self.swap_copy(b, o, object.backing_object_offset.get(self), true);
                self.backing_transfer(o, b).await;
                let refs = backing.ref_count.load(self);
                self.kassert(refs == 1, Property::I11, (Some(b), None), || {
                    detail!("{} references after the scan, not 1", refs)
                });
                if guarded {
                    self.pip_drop(b);
                }
                if !gated {
                    // Nothing kept faults out of the backing object: the collapse waits until they have left.
                    self.pip_wait(b).await;
                }
                backing.kind.store(self, ObjectType::Dead);
                self.object_unref(b);
                self.emit(Event::Collapsed { object: o, backing: b });
                backing.lock.unlock(self).await;
                // A fault that met it dead may still hold its pip: rulings R27.
                self.object_destroy(b);
                if guarded {
                    self.pip_drop(o);
                }
            } else if !self.bypass(o, b).await {
                return;
            }
        }
    }

    /// The rewritten form (§10.2): sets flags on the pair instead of refusing while paging is in progress.
    async fn collapse_marked(&self, o: ObjectId) {
        let object = self.object(o);
        // Each round reads the chain afresh, and no value of it is live in the caller.
        let scope = self.scope();
        loop {
            scope.restart();
            self.kassert(
                object.is_anon(self) && !object.has(self, ObjectFlags::DEAD),
                Property::I10,
                (Some(o), None),
                || "collapse of an object that is dead or not anonymous".into(),
            );
            let Some(b) = self.backing_collapse_wait(o).await else { return };
            let backing = self.object(b);
            let (refs, shadows) = (object.ref_count.load(self), object.shadow_count.load(self));
            self.kassert(
                refs > 0 && refs > shadows && !object.has(self, ObjectFlags::DEAD | ObjectFlags::COLLAPSING),
                Property::I10,
                (Some(o), None),
                || {
                    detail!(
                        "collapse of an object with {} references, {} shadows, {}",
                        refs,
                        shadows,
                        object.flags.load(self).names()
                    )
                },
            );
            if self.on(Switches::PIP_GATES_COLLAPSE)
                && (object.paging_in_progress.load(self) > 0 || backing.paging_in_progress.load(self) > 0)
            {
                self.refuse(o, b, Refusal::Pip, None);
                backing.lock.unlock(self).await;
                return;
            }
            if backing.ref_count.load(self) == 1 {
                let shadows = backing.shadow_count.load(self);
                self.kassert(shadows == 1, Property::I11, (Some(b), None), || {
                    detail!("one reference but {} shadows", shadows)
                });
                self.emit(Event::Collapse { object: o, backing: b });
                self.pip_add(o);
                object.set_flags(self, ObjectFlags::COLLAPSING);
                self.pip_add(b);
                backing.set_flags(self, ObjectFlags::DEAD);
                self.collapse_scan(o, b, true).await;
                self.swap_copy(b, o, object.backing_object_offset.get(self), true);
                object.clear_flags(self, ObjectFlags::COLLAPSING);
                self.backing_transfer(o, b).await;
                object.lock.unlock(self).await;
                self.pip_wakeup(o).await;
                let refs = backing.ref_count.load(self);
                self.kassert(refs == 1, Property::I11, (Some(b), None), || {
                    detail!("{} references after the scan, not 1", refs)
                });
                self.pip_wakeup(b).await;
                self.object_unref(b);
                self.emit(Event::Collapsed { object: o, backing: b });
                self.object_terminate(b).await;
                object.lock.lock(self, Mode::Write).await;
            } else if !self.bypass(o, b).await {
                return;
            }
        }
    }

    /// Links `o` past `b`, which others use too, if `o` shadows all it could see of `b`. The caller holds both write
    /// locks on entry and only `o`'s on return. Returns whether it did.
    async fn bypass(&self, o: ObjectId, b: ObjectId) -> bool {
        let (object, backing) = (self.object(o), self.object(b));
        let by_count =
            self.on(Switches::COUNT_SHORTCUT) && object.resident_page_count.get(self) == object.size.load(self);
        if !by_count && !self.scan_all_shadowed(o, b) {
            backing.lock.unlock(self).await;
            return false;
        }
        self.backing_remove_locked(o);
        self.emit(Event::Bypass { object: o, backing: b, by_count });
        if let Some(n) = backing.backing_object.load(self) {
            let locked = self.lock_if_anon(n).await;
            object
                .backing_object_offset
                .set(self, object.backing_object_offset.get(self) + backing.backing_object_offset.get(self));
            self.backing_insert_ref_locked(o, n);
            if locked {
                self.object(n).lock.unlock(self).await;
            }
        }
        let left = self.object_unref(b);
        self.kassert(left >= 1, Property::I11, (Some(b), None), || "a bypass dropped the last reference".into());
        backing.lock.unlock(self).await;
        true
    }

    /// Puts `o` in the place of `b` in the chain: `b`'s reference on the object below passes to `o`. The caller holds
    /// both write locks.
    async fn backing_transfer(&self, o: ObjectId, b: ObjectId) {
        let _routine = self.inside(Routine::ObjectBackingTransfer);
        let (object, backing) = (self.object(o), self.object(b));
        self.backing_remove_locked(o);
        let offset = object.backing_object_offset.get(self) + backing.backing_object_offset.get(self);
        object.backing_object_offset.set(self, offset);
        if let Some(n) = backing.backing_object.load(self) {
            let locked = self.lock_if_anon(n).await;
            self.backing_remove_locked(b);
            self.backing_insert_locked(o, n);
            if locked {
                self.object(n).lock.unlock(self).await;
            }
        }
    }

    /// `vm_object_backing_collapse_wait` (§9.9): waits until the anonymous backing object of `o` is neither dead nor
    /// collapsing, and returns it write-locked; `None` if there is none. The caller holds `o`'s write lock, which the
    /// wait may drop.
    pub(crate) async fn backing_collapse_wait(&self, o: ObjectId) -> Option<ObjectId> {
        let _routine = self.inside(Routine::ObjectBackingWait);
        let object = self.object(o);
        let scope = self.retry_scope();
        loop {
            scope.restart();
            let b = object.backing_object.load(self).filter(|&b| self.object(b).is_anon(self))?;
            let backing = self.object(b);
            backing.lock.lock(self, Mode::Write).await;
            if !backing.has(self, ObjectFlags::DEAD | ObjectFlags::COLLAPSING) {
                return Some(b);
            }
            object.lock.unlock(self).await;
            if backing.paging_in_progress.load(self) > 0 {
                self.pip_sleep(b).await;
            } else {
                backing.lock.unlock(self).await;
            }
            object.lock.lock(self, Mode::Write).await;
        }
    }

    /// `vm_object_collapse_wait` (§9.9): waits until `o`, whose write lock the caller holds, is not collapsing.
    pub(crate) async fn collapse_wait(&self, o: ObjectId) {
        let _routine = self.inside(Routine::ObjectCollapseWait);
        while self.object(o).has(self, ObjectFlags::COLLAPSING) {
            self.pip_wait(o).await;
        }
    }

    /// `vm_object_scan_all_shadowed` (§10.3): whether `o` shadows all that it could see of `b`, resident or swapped.
    /// The caller holds both write locks; the scan drops no lock and changes nothing.
    fn scan_all_shadowed(&self, o: ObjectId, b: ObjectId) -> bool {
        let (object, backing) = (self.object(o), self.object(b));
        let first = object.backing_object_offset.get(self);
        let end = first + object.size.load(self);
        let mut from = PageIndex(first);
        loop {
            let resident = backing.pages.next(self, from);
            let swapped = self.swap_find_least(b, from);
            let index = match (resident, swapped) {
                (Some((page, _)), Some(block)) => page.min(block),
                (page, block) => match page.map(|p| p.0).or(block) {
                    Some(index) => index,
                    None => return true,
                },
            };
            if index.0 >= end {
                return true;
            }
            // The scan looks at the next page even where the index has only a block.
            let p = resident.map(|(_, frame)| self.page(frame));
            if let Err(why) = self.scan_one(o, p, PageIndex(index.0 - first)) {
                self.refuse(o, b, why, p.map(|p| p.frame));
                return false;
            }
            from = index + 1;
        }
    }

    /// Whether `o` shadows index `at`; `p` is the next resident page of the backing object.
    fn scan_one(&self, o: ObjectId, p: Option<&Page<E>>, at: PageIndex) -> Result<(), Refusal> {
        let busied = p.filter(|_| self.on(Switches::SHADOW_SCAN_BUSY));
        if busied.is_some_and(|p| !p.try_xbusy(self)) {
            return Err(Refusal::Busy);
        }
        let invalid = self.on(Switches::SCAN_REJ_INVALID) && p.is_some_and(|p| !p.valid.load(self));
        let hidden = || self.page_lookup(o, at).is_some_and(|q| q.valid.load(self)) || self.swap_block(o, at).is_some();
        let verdict = match invalid {
            true => Err(Refusal::Invalid),
            false if hidden() => Ok(()),
            false => Err(Refusal::Unshadowed),
        };
        if let Some(p) = busied {
            p.xunbusy(self);
        }
        verdict
    }

    /// `vm_object_collapse_scan` (§10.4): moves or frees every page of `b`. The caller holds both write locks; with
    /// `wait` the scan sleeps on busy pages, dropping both locks, and starts again.
    async fn collapse_scan(&self, o: ObjectId, b: ObjectId, wait: bool) {
        let _routine = self.inside(Routine::ObjectCollapseScan);
        let (object, backing) = (self.object(o), self.object(b));
        let mut from = PageIndex(0);
        let scope = self.retry_scope();
        loop {
            // The position is the only live value of the scan.
            scope.restart();
            self.env.observe(from.0, None);
            let Some((index, frame)) = backing.pages.next(self, from) else { break };
            from = index + 1;
            let p = self.page(frame);
            let owner = p.object.load(self);
            self.kassert(owner == Some(b), Property::I12, (Some(b), Some(index)), || {
                detail!("a page of {} among those of the backing object", owner)
            });
            if !p.try_xbusy(self) {
                if wait {
                    self.scan_wait(o, b, p, b).await;
                    from = PageIndex(0);
                } else {
                    self.scanned(o, frame, ScanStep::Skip);
                }
                continue;
            }
            let at = index
                .0
                .checked_sub(object.backing_object_offset.get(self))
                .filter(|&i| i < object.size.load(self))
                .map(PageIndex);
            let Some(at) = at else {
                self.scanned(o, frame, ScanStep::Outside);
                self.swap_free(b, index);
                p.free_or_unbusy(self, Property::I13);
                continue;
            };
            if self.on(Switches::SCAN_REJ_INVALID) && !p.valid.load(self) {
                self.scanned(o, frame, ScanStep::Invalid);
                p.free_or_unbusy(self, Property::I13);
                continue;
            }
            if let Some(q) = self.page_lookup(o, at) {
                if wait && self.on(Switches::SCAN_TRUSTS_BUSY) {
                    // OF1: `q` may be invalid, and then nothing shadows the page freed here.
                    self.scanned(o, frame, ScanStep::Shadowed);
                    self.swap_free(b, index);
                    p.free_or_unbusy(self, Property::I13);
                    continue;
                }
                if !q.try_xbusy(self) {
                    // `q` may be a copy that a fault is making.
                    p.xunbusy(self);
                    if wait {
                        self.scan_wait(o, b, q, o).await;
                        from = PageIndex(0);
                    } else {
                        self.scanned(o, frame, ScanStep::Skip);
                    }
                    continue;
                }
                if q.valid.load(self) {
                    self.scanned(o, frame, ScanStep::Shadowed);
                    self.swap_free(b, index);
                    p.free_or_unbusy(self, Property::I13);
                    q.xunbusy(self);
                    continue;
                }
                q.free_or_unbusy(self, Property::APage2);
            }
            if self.swap_block(o, at).is_some() {
                self.scanned(o, frame, ScanStep::Shadowed);
                self.swap_free(b, index);
                p.free_or_unbusy(self, Property::I13);
                continue;
            }
            self.scanned(o, frame, ScanStep::Renamed);
            p.rename(self, o, at);
            self.swap_free(b, index);
            p.xunbusy(self);
        }
    }

    /// WAIT of §10.4: sleeps on `page` of `owner`, one of the pair. The scan holds both write locks on entry and on
    /// return. The dead and collapsing flags keep the pair linked.
    async fn scan_wait(&self, o: ObjectId, b: ObjectId, page: &Page<E>, owner: ObjectId) {
        let _routine = self.inside(Routine::ObjectCollapseScanWait);
        self.scanned(o, page.frame, ScanStep::Wait);
        let (object, backing) = (self.object(o), self.object(b));
        let other = if owner == o { backing } else { object };
        other.lock.release(self);
        self.busy_sleep(page, owner, false).await;
        object.lock.lock(self, Mode::Write).await;
        backing.lock.lock(self, Mode::Write).await;
        let now = object.backing_object.load(self);
        self.kassert(now == Some(b), Property::I12, (Some(o), None), || {
            detail!("the backing object changed to {} during the scan", now)
        });
    }

    fn refuse(&self, object: ObjectId, backing: ObjectId, why: Refusal, page: Option<FrameNo>) {
        self.emit(Event::CollapseRefused { object, backing, why, page });
    }
    fn scanned(&self, object: ObjectId, page: FrameNo, what: ScanStep) {
        self.emit(Event::CollapseScan { object, page, what });
    }
}
