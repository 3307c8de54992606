//! Frames: data and page tables, accessed by words.

use super::super::Memory;
use super::input::What;
use super::{Access, Effect, Stepped, Store};
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::FRAME_WORDS;

fn at(frame: FrameNo, word: usize) -> usize {
    frame.0 as usize * FRAME_WORDS + word
}

impl Store {
    fn touch_memory(&mut self, index: usize, write: bool, declares: bool) {
        if declares {
            self.touch(Access::MEMORY + index as u64, write);
        }
    }
}

impl Stepped {
    /// Gives the running task a word of a frame and declares the access; the canonical local hash takes `seen` of the
    /// value.
    #[inline]
    fn given_memory(&self, index: usize, write: bool, seen: impl FnOnce(&mut Store, u64) -> u64) -> u64 {
        let what = What::Load(index as u32);
        if let Some(value) = self.replayed(what) {
            return value;
        }
        let store = &mut *self.store.borrow_mut();
        store.touch_memory(index, write, self.local.declares());
        let value = store.read_frame(index);
        self.given_as(store, what, value, |store| seen(store, value));
        value
    }
    fn given_entry(&self, index: usize, write: bool) -> u64 {
        self.given_memory(index, write, Store::seen_entry)
    }
}

impl Memory for Stepped {
    fn frames(&self) -> u32 {
        self.store.borrow().extents.len() as u32
    }
    fn frame_load(&self, frame: FrameNo, word: usize) -> u64 {
        self.given_memory(at(frame, word), false, |_, value| value)
    }
    fn frame_store(&self, frame: FrameNo, word: usize, value: u64) {
        let index = at(frame, word);
        if self.does(What::Store(index as u32), value) {
            let store = &mut *self.store.borrow_mut();
            store.touch_memory(index, true, self.local.declares());
            let slot = store.frame_slot(index);
            store.recorder.note_effect_on(slot, Effect::Frame(index as u32, value));
            store.set_frame_word(index, value);
        }
    }
    fn entry_load(&self, frame: FrameNo, word: usize) -> u64 {
        self.given_entry(at(frame, word), false)
    }
    fn entry_store(&self, frame: FrameNo, word: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) -> u64 {
        let index = at(frame, word);
        let old = self.given_entry(index, true);
        self.set_entry(index, value, leaf);
        old
    }
    fn entry_cas(
        &self,
        frame: FrameNo,
        word: usize,
        old: u64,
        new: u64,
        leaf: Option<(SpaceId, Vpn)>,
    ) -> Result<(), u64> {
        let index = at(frame, word);
        let now = self.given_entry(index, true);
        if now != old {
            return Err(now);
        }
        self.set_entry(index, new, leaf);
        Ok(())
    }
    fn frame_copy(&self, from: FrameNo, to: FrameNo) {
        if !self.does(What::Copy(to.0), u64::from(from.0)) {
            return;
        }
        let (store, declares) = (&mut *self.store.borrow_mut(), self.local.declares());
        // One step reads one whole frame and writes the other: two accesses stand for all their words.
        store.touch_memory(at(from, 0), false, declares);
        store.touch_memory(at(to, 0), true, declares);
        store.fill(to, Some(from));
    }
    fn frame_zero(&self, frame: FrameNo) {
        if !self.does(What::Zero(frame.0), 0) {
            return;
        }
        let store = &mut *self.store.borrow_mut();
        store.touch_memory(at(frame, 0), true, self.local.declares());
        store.fill(frame, None);
    }
    fn frame_peek(&self, frame: FrameNo, word: usize) -> u64 {
        let index = at(frame, word);
        self.input(What::Load(index as u32), |store| store.read_frame(index))
    }
}
