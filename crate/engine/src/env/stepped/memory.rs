//! Frames: data and page tables, word by word.

use super::super::Memory;
use super::{Access, Env, Stepped};
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::FRAME_WORDS;

impl Memory for Stepped {
    fn frames(&self) -> u32 {
        (self.frames.len() / FRAME_WORDS) as u32
    }
    fn frame_load(&self, frame: FrameNo, word: usize) -> u64 {
        if self.repeating() {
            return self.next_input();
        }
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, false);
        let value = self.input(|| self.frames[index].get());
        self.learn_value(value, None);
        value
    }
    fn frame_store(&self, frame: FrameNo, word: usize, value: u64) {
        if self.repeating() {
            return;
        }
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, true);
        self.set_frame_word(index, value);
    }
    fn entry_load(&self, frame: FrameNo, word: usize) -> u64 {
        if self.repeating() {
            return self.next_input();
        }
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, false);
        let value = self.input(|| self.frames[index].get());
        self.learn_entry(value);
        value
    }
    fn entry_store(&self, frame: FrameNo, word: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) -> u64 {
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, true);
        let old = self.input(|| self.frames[index].get());
        self.learn_entry(old);
        if !self.repeating() {
            self.set_entry(index, value, leaf);
        }
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
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, true);
        let now = self.input(|| self.frames[index].get());
        self.learn_entry(now);
        if now != old {
            return Err(now);
        }
        if !self.repeating() {
            self.set_entry(index, new, leaf);
        }
        Ok(())
    }
    fn frame_copy(&self, from: FrameNo, to: FrameNo) {
        if self.repeating() {
            return;
        }
        let (from, to) = (from.0 as usize * FRAME_WORDS, to.0 as usize * FRAME_WORDS);
        // One step reads the whole frame and writes the other: two accesses stand for all words.
        self.touch(Access::MEMORY + from as u64, false);
        self.touch(Access::MEMORY + to as u64, true);
        // Beyond its extent a frame is zero.
        let extent = |base: usize| self.extents[base / FRAME_WORDS].get() as usize;
        for word in 0..extent(from).max(extent(to)) {
            self.set_frame_word(to + word, self.frames[from + word].get());
        }
        self.extents[to / FRAME_WORDS].set(extent(from) as u16);
    }
    fn frame_zero(&self, frame: FrameNo) {
        if self.repeating() {
            return;
        }
        let base = frame.0 as usize * FRAME_WORDS;
        self.touch(Access::MEMORY + base as u64, true);
        let extent = &self.extents[base / FRAME_WORDS];
        for word in 0..extent.get() as usize {
            self.set_frame_word(base + word, 0);
        }
        extent.set(0);
    }
    fn frame_peek(&self, frame: FrameNo, word: usize) -> u64 {
        self.input(|| self.frames[frame.0 as usize * FRAME_WORDS + word].get())
    }
}

impl Stepped {
    fn learn_entry(&self, value: u64) {
        if self.keep.digest {
            self.learn_value(self.canonical_entry(value), None);
        }
    }
}
