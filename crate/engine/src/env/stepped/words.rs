//! Words, names and translations, as the running task gets at them.
//!
//! A task that repeats is given from its log what it was given before, and changes nothing.

use super::super::Kind;
use super::store::Slot;
use super::{Deed, Env, Stepped, mode};
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, Vpn};

impl Stepped {
    pub(super) fn read_word(&self, index: u32) -> u64 {
        let mode = self.local.mode();
        let store = &mut *self.store.borrow_mut();
        if mode & mode::REPEATS != 0 {
            return store.next_input();
        }
        if mode & mode::DECLARES != 0 {
            store.touch_word(index, false);
        }
        let (value, refers) = store.look(index);
        self.given(store, mode, value, refers);
        value
    }
    pub(super) fn write_word(&self, index: u32, value: u64) {
        let mode = self.local.mode();
        if mode & mode::REPEATS == 0 {
            let store = &mut *self.store.borrow_mut();
            if mode & mode::DECLARES != 0 {
                store.touch_word(index, true);
            }
            store.write(index, value);
        }
    }
    /// Puts what `new` makes of the word in its place, if it makes anything; gives what was there.
    #[inline]
    pub(super) fn exchange_word(&self, index: u32, new: impl FnOnce(u64) -> Option<u64>) -> u64 {
        let mode = self.local.mode();
        let store = &mut *self.store.borrow_mut();
        if mode & mode::REPEATS != 0 {
            return store.next_input();
        }
        let (now, refers) = store.look(index);
        let new = new(now);
        if mode & mode::DECLARES != 0 {
            store.touch_word(index, new.is_some());
        }
        self.given(store, mode, now, refers);
        if let Some(new) = new {
            store.write(index, new);
        }
        now
    }
    pub(super) fn set_name(&self, kind: Kind, index: u32, name: u64) {
        if !self.repeating() {
            let store = &mut *self.store.borrow_mut();
            let slot = store.name_slot(kind, index);
            store.recorder.act_on(slot, Deed::Name(kind, index, name));
            store.set_name(kind, index, name, self.local.declares());
        }
    }
    pub(super) fn set_translation(&self, frame: FrameNo, page: (SpaceId, Vpn), key: u64, present: bool) {
        if !self.repeating() {
            let store = &mut *self.store.borrow_mut();
            store.recorder.act(Deed::Translation(frame.0, page, key, present));
            store.set_translation(frame.0, page, key, present, self.local.declares());
        }
    }
    pub(super) fn set_entry(&self, index: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) {
        let store = &mut *self.store.borrow_mut();
        store.recorder.act_on(index as Slot, Deed::Entry(index as u32, value, leaf));
        store.set_entry(index, value, leaf, self.local.declares());
    }
}
