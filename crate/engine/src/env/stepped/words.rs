//! Access of the running task to words, names and translations.
//!
//! A replayed task is given the values of its log and changes nothing.

use super::super::{Atomics, Names, Words};
use super::input::What;
use super::{Effect, Stepped};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::word::{Kind, Place, mix};

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

impl Words for Stepped {
    type Raw = u32;

    fn word(&self, init: u64, place: Place, refers: Option<Kind>) -> u32 {
        self.store.borrow_mut().new_word(init, place, refers)
    }
    fn read(&self, raw: &u32) -> u64 {
        self.read_word(*raw)
    }
    fn write(&self, raw: &u32, value: u64) {
        self.write_word(*raw, value);
    }
    fn peek(&self, raw: &u32) -> u64 {
        self.input(What::Read(*raw), |store| store.note_read(*raw).0)
    }
    fn note(&self, raw: &u32, delta: i64) {
        if self.does(What::Write(*raw), delta as u64) {
            self.store.borrow_mut().note(*raw, delta);
        }
    }
}

impl Atomics for Stepped {
    fn load(&self, raw: &u32) -> u64 {
        self.read_word(*raw)
    }
    fn store(&self, raw: &u32, value: u64) {
        self.write_word(*raw, value);
    }
    fn swap(&self, raw: &u32, value: u64) -> u64 {
        self.exchange_word(*raw, |_| Some(value))
    }
    fn cas(&self, raw: &u32, old: u64, new: u64) -> Result<(), u64> {
        let now = self.exchange_word(*raw, |now| (now == old).then_some(new));
        if now == old { Ok(()) } else { Err(now) }
    }
    fn add(&self, raw: &u32, delta: u64) -> u64 {
        self.exchange_word(*raw, |now| Some(now.wrapping_add(delta)))
    }
}

impl Names for Stepped {
    fn name(&self, kind: Kind, index: u32, name: u64) {
        self.set_name(kind, index, name);
    }
    fn name_of(&self, kind: Kind, index: u32) -> u64 {
        // Only other names depend on a name, so it is not hashed.
        self.plain_input(What::NameOf(kind, index), |store| store.read_name(kind, index))
    }
    fn fresh_name(&self, task: TaskId) -> u64 {
        self.plain_input(What::Fresh, |store| {
            let created = &mut store.task(task).state.created;
            *created += 1;
            mix(u64::from(task.0) + 1, *created)
        })
    }
    fn translation(&self, frame: FrameNo, page: (SpaceId, Vpn), key: u64, present: bool) {
        self.set_translation(frame, page, key, present);
    }
}
