//! Files: what they hold, their objects, and the vnode pager (vm.md §13; rulings R33, R52).
//!
//! `store` holds the contents of files, `pager` reads and writes their pages, `inactive` deals with the object of a
//! file that is no longer mapped.
//!
//! A mapped file is no longer open: the references of its object are those of its vnode. File systems differ in how
//! they lock a vnode for a write; this one shares the lock (MNT_SHARED_WRITES), so only a vnode without users is ever
//! locked exclusively.

mod inactive;
mod pager;
mod store;
#[cfg(test)]
mod tests;

pub use store::{FilePage, contents, is_contents};

use crate::env::{Cell, Env, Guarded};
use crate::event::Event;
use crate::ids::{FileId, FilePageId, ObjectId};
use crate::lock::{Lock, Spin};
use crate::machine::addr::PageIndex;
use crate::pool::Pool;
use crate::sync::{LockClass, LockId, Mode};
use crate::trie::Trie;
use crate::vm::page_clean::SCANNED;
use crate::word::{Kind, Place, mix};
use crate::world::Cx;

/// A file that is or was mapped, and its vnode.
pub struct File<E: Env> {
    /// The vnode's lock. Tasks that map the file or write its pages hold it shared, a task that inactivates or
    /// reclaims it exclusive.
    pub lock: Lock<E>,
    /// Its object, once the file was mapped; it outlives its references until it is reclaimed. Under `interlock`.
    pub object: Cell<E, Option<ObjectId>>,
    /// `vm_object.generation` of its object: see [`crate::vm::page_clean`].
    pub generation: Cell<E, u64>,
    /// `vm_object.cleangeneration`: the generation of the last scan that left nothing dirty. Write lock of the
    /// object.
    pub clean_generation: Guarded<E, u64>,
    interlock: Spin<E>,
    /// Pages that were ever written back. Under `store_lock`.
    written: Trie<E, FilePageId>,
    store_lock: Spin<E>,
}

impl<E: Env> File<E> {
    fn new(env: &E, index: u32) -> Self {
        let at = |field| Place::at(Kind::Vnode, index, field);
        File {
            lock: Lock::new(env, LockId { class: LockClass::Vnode, index }, Kind::Vnode),
            object: Cell::new(env, Place::NOWHERE, None),
            generation: Cell::new(env, at(0), SCANNED),
            clean_generation: Guarded::new(env, at(1), SCANNED),
            interlock: Spin::new(env),
            written: Trie::new(env, mix(0xf11e, u64::from(index))),
            store_lock: Spin::new(env),
        }
    }
}

/// All files.
pub struct Files<E: Env> {
    files: Pool<E, File<E>>,
    /// Pages of all files that were ever written back.
    pages: Pool<E, FilePage<E>>,
    /// One more than the highest file number used.
    used: Cell<E, u32>,
}

impl<E: Env> Files<E> {
    /// No files mapped.
    pub fn new(env: &E) -> Self {
        Files {
            files: Pool::new(env, File::new),
            pages: Pool::new(env, FilePage::new),
            used: Cell::new(env, Place::NOWHERE, 0),
        }
    }
    /// The file with this number.
    pub fn get<'w>(&'w self, cx: &Cx<'w, E>, id: FileId) -> &'w File<E> {
        self.files.get(cx, id.0)
    }
    /// The same, for checkers.
    pub fn peek(&self, env: &E, id: FileId) -> &File<E> {
        self.files.peek(env, id.0)
    }
    /// The number before which all files that were ever mapped lie, for checkers.
    pub fn used(&self, env: &E) -> u32 {
        self.used.peek(env)
    }
    /// The pages of files that were ever written back, and their contents, for checkers and views.
    pub fn written(&self, env: &E) -> impl Iterator<Item = (FileId, PageIndex, u64)> {
        (0..self.pages.used(env)).filter_map(|at| self.pages.peek(env, at).peek(env))
    }
    /// How many pages were ever written, for checkers.
    pub(crate) fn pages_used(&self, env: &E) -> u32 {
        self.pages.used(env)
    }
    /// The words of one of them, for checkers.
    pub(crate) fn page_words(&self, env: &E, number: u32) -> [&E::Raw; 3] {
        self.pages.peek(env, number).words()
    }
}

impl<E: Env> Cx<'_, E> {
    /// `vm_mmap_vnode`: returns the object of a file, made at its first use, with a reference that is the operation's
    /// own; `size` is in pages, and the object grows to it (rulings R33: files of recordings have no known length).
    /// The routine holds the vnode lock meanwhile, so the object is not being terminated. The caller holds no lock,
    /// on return either.
    pub async fn vnode_object(&self, id: FileId, size: u64) -> ObjectId {
        let file = self.file(id);
        if E::TRACING {
            self.env.name(Kind::Vnode, id.0, mix(0xf11e, u64::from(id.0)) | 1);
        }
        file.lock.lock(self, Mode::Read).await;
        let object = file.interlock.with(self, || match file.object.load(self) {
            Some(object) => {
                self.object_reference(object);
                let o = self.object(object);
                if o.size.load(self) < size {
                    o.size.store(self, size);
                    self.emit(Event::ObjectSize { object, size });
                }
                object
            }
            None => {
                let object = self.object_allocate_vnode(id, size);
                file.object.store(self, Some(object));
                loop {
                    let used = self.files.used.load(self);
                    if used > id.0 || self.files.used.cas(self, used, id.0 + 1).is_ok() {
                        break;
                    }
                }
                object
            }
        });
        self.object_take_over(object);
        file.lock.unlock(self).await;
        object
    }
}
