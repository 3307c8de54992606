//! Access of the running task to words, names and translations.
//!
//! A replayed task is given the values of its log and changes nothing.

use super::input::What;
use super::{Effect, Stepped};
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, Vpn};
use crate::word::Kind;

impl Stepped {
    pub(super) fn read_word(&self, index: u32) -> u64 {
        if let Some(value) = self.replayed(What::Read(index)) {
            return value;
        }
        let store = &mut *self.store.borrow_mut();
        if self.local.declares() {
            store.touch_word(index, false);
        }
        let (value, refers) = store.note_read(index);
        self.given(store, What::Read(index), value, refers);
        value
    }
    pub(super) fn write_word(&self, index: u32, value: u64) {
        if self.replays(What::Write(index), value) {
            return;
        }
        let store = &mut *self.store.borrow_mut();
        if self.local.declares() {
            store.touch_word(index, true);
        }
        self.record(store, What::Write(index), value);
        store.write(index, value);
    }
    /// Replaces the word by `new` of it, unless that is `None`; returns the previous value.
    #[inline]
    pub(super) fn exchange_word(&self, index: u32, new: impl FnOnce(u64) -> Option<u64>) -> u64 {
        if let Some(now) = self.replayed(What::Read(index)) {
            if let Some(new) = new(now)
                && !self.replays(What::Write(index), new)
            {
                self.store.borrow_mut().write(index, new);
            }
            return now;
        }
        let store = &mut *self.store.borrow_mut();
        let (now, refers) = store.note_read(index);
        let new = new(now);
        if self.local.declares() {
            store.touch_word(index, new.is_some());
        }
        self.given(store, What::Read(index), now, refers);
        if let Some(new) = new {
            self.record(store, What::Write(index), new);
            store.write(index, new);
        }
        now
    }
    pub(super) fn set_name(&self, kind: Kind, index: u32, name: u64) {
        if self.does(What::SetName(kind, index), name) {
            let store = &mut *self.store.borrow_mut();
            let slot = store.name_slot(kind, index);
            store.recorder.note_effect_on(slot, Effect::Name(kind, index, name));
            store.set_name(kind, index, name, self.local.declares());
        }
    }
    pub(super) fn set_translation(&self, frame: FrameNo, page: (SpaceId, Vpn), key: u64, present: bool) {
        let way = if present { key } else { key.wrapping_neg() };
        if self.does(What::Translation(frame.0), way) {
            let store = &mut *self.store.borrow_mut();
            store.recorder.note_effect(Effect::Translation(frame.0, page, key, present));
            store.set_translation(frame.0, page, key, present, self.local.declares());
        }
    }
    pub(super) fn set_entry(&self, index: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) {
        if !self.does(What::Store(index as u32), value) {
            return;
        }
        let store = &mut *self.store.borrow_mut();
        let slot = store.frame_slot(index);
        store.recorder.note_effect_on(slot, Effect::Entry(index as u32, value, leaf));
        store.set_entry(index, value, leaf, self.local.declares());
    }
}
