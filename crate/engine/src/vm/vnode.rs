//! Files, and the pager that reads them.
//!
//! What a file holds is a pure function of file and page index, so that any two
//! runs read the same and nothing is stored.

use crate::env::{Cell, Env, Place, mix};
use crate::event::Event;
use crate::ids::{FileId, ObjectId};
use crate::machine::addr::PageIndex;
use crate::pool::Pool;
use crate::step::Step;
use crate::sync::Spin;
use crate::vm::page::Page;
use crate::world::Cx;

/// A file that is or was mapped.
pub struct File<E: Env> {
    /// Its object, once it was mapped; it outlives its references until it is reclaimed.
    pub object: Cell<E, Option<ObjectId>>,
    lock: Spin<E>,
}

/// All files.
pub struct Files<E: Env> {
    files: Pool<E, File<E>>,
    /// One more than the highest file number used.
    used: Cell<E, u32>,
}

/// The first word of a page of a file: never 0, its upper half marks it as a file's.
pub fn contents(file: FileId, index: PageIndex) -> u64 {
    0xf11e_0000_0000_0000 | (mix(u64::from(file.0) + 1, index.0) >> 16)
}

impl<E: Env> Files<E> {
    /// No files mapped.
    pub fn new(env: &E) -> Self {
        let make = |env: &E, _| File { object: Cell::new(env, Place::NOWHERE, None), lock: Spin::new(env) };
        Files { files: Pool::new(env, make), used: Cell::new(env, Place::NOWHERE, 0) }
    }
    /// The objects of all files that have one.
    pub fn objects(&self, cx: &Cx<'_, E>) -> Vec<ObjectId> {
        (0..self.used.load(cx)).filter_map(|i| self.files.get(cx, i).object.load(cx)).collect()
    }
    /// The file with this number.
    pub fn get<'w>(&'w self, cx: &Cx<'w, E>, id: FileId) -> &'w File<E> {
        self.files.get(cx, id.0)
    }
}

impl<E: Env> Cx<'_, E> {
    /// The object of a file with one more reference on it, made at its first use;
    /// `size` in pages, and the object grows to it (rulings R33: files of recordings
    /// have no known length).
    pub fn vnode_object(&self, id: FileId, size: u64) -> ObjectId {
        let file = self.file(id);
        file.lock.with(self, || match file.object.load(self) {
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
        })
    }
    /// `vnode_pager_getpages`: fills one exclusively busy page of a vnode object. The
    /// read takes two points: begun, and done.
    pub async fn vnode_getpage(&self, object: ObjectId, page: &Page<E>) {
        self.point(Step::PagerGet).await;
        let Some(file) = self.object(object).file.load(self) else { return };
        let value = contents(file, page.pindex.load(self));
        self.env.frame_zero(page.frame);
        self.env.frame_store(page.frame, 0, value);
        self.point(Step::PagerDone).await;
        self.emit(Event::PageFill { page: page.frame, value });
        page.make_valid(self);
    }
}
