//! Contents of files: one word a page, since the memory oracle looks at one word a page (rulings R14).
//!
//! Until a page is first written it is a pure function of file and index, so that any two runs read the same, and a
//! file that is only read takes no storage, however long it is. A page that is written back gets a word for good,
//! undone like any other, and identified in the fingerprint by file and index.

use crate::env::{Cell, Env};
use crate::ids::{FileId, FilePageId};
use crate::machine::addr::PageIndex;
use crate::word::{Kind, Place, mix};
use crate::world::Cx;

/// A page of a file that was ever written back.
pub struct FilePage<E: Env> {
    /// Its contents. Under the lock of its file's store.
    pub(super) word: Cell<E, u64>,
    file: Cell<E, Option<FileId>>,
    index: Cell<E, PageIndex>,
}

impl<E: Env> FilePage<E> {
    pub(super) fn new(env: &E, number: u32) -> Self {
        FilePage {
            word: Cell::new(env, Place::at(Kind::FilePage, number, 0), 0),
            file: Cell::new(env, Place::NOWHERE, None),
            index: Cell::new(env, Place::NOWHERE, PageIndex(0)),
        }
    }
    pub(super) fn words(&self) -> [&E::Raw; 3] {
        [self.word.raw(), self.file.raw(), self.index.raw()]
    }
    /// File, index and contents, for checkers.
    pub(super) fn peek(&self, env: &E) -> Option<(FileId, PageIndex, u64)> {
        Some((self.file.peek(env)?, self.index.peek(env), self.word.peek(env)))
    }
}

/// Contents of a page of a file that was never written: never 0; the upper half marks it as a file's.
pub fn contents(file: FileId, index: PageIndex) -> u64 {
    CONTENTS | (mix(u64::from(file.0) + 1, index.0) >> 16)
}

/// A word that may be a file's: few others are.
pub fn is_contents(word: u64) -> bool {
    word & !(u64::MAX >> 16) == CONTENTS
}

/// The upper half of what files hold.
const CONTENTS: u64 = 0xf11e_0000_0000_0000;

impl<E: Env> Cx<'_, E> {
    /// The contents of the file's page. The word is for this step only: it is not live afterwards.
    pub(super) fn file_word(&self, id: FileId, index: PageIndex) -> u64 {
        let file = self.file(id);
        let look = || match file.written.get(self, index) {
            Some(page) => self.files.pages.get(self, page.0).word.load(self),
            None => contents(id, index),
        };
        self.env.untracked(|| file.store_lock.with(self, look))
    }
    /// Sets the contents of the file's page to `word`.
    pub(super) fn set_file_word(&self, id: FileId, index: PageIndex, word: u64) {
        let file = self.file(id);
        let write = || {
            let page = match file.written.get(self, index) {
                Some(page) => page,
                None => self.new_file_page(id, index),
            };
            self.files.pages.get(self, page.0).word.store(self, word);
        };
        self.env.untracked(|| file.store_lock.with(self, write));
    }
    fn new_file_page(&self, id: FileId, index: PageIndex) -> FilePageId {
        let number = FilePageId(self.files.pages.alloc(self));
        let page = self.files.pages.get(self, number.0);
        page.file.store(self, Some(id));
        page.index.store(self, index);
        if E::TRACING {
            let name = mix(mix(0xf11e_9a6e, u64::from(id.0)), index.0 + 1) | 1;
            self.env.name(Kind::FilePage, number.0, name);
        }
        self.file(id).written.insert(self, index, number);
        number
    }
}
