//! The arena of words, and the digest of the world (rulings R1, R4).

use super::super::{Env, Kind, Place, mix};
use super::arena::Word;
use super::{Stepped, Undo};
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{Entry, FRAME_WORDS};

#[derive(Clone, Copy, Default)]
pub(super) struct Container {
    pub name: u64,
    /// Sum of its words' shares; for a frame also of its contents'.
    pub sum: u64,
    /// Sum of the translations that lead to it (frames only).
    pub led_to: u64,
    /// What it adds to the digest.
    pub share: u64,
}

/// What no translation at all adds.
const UNTRANSLATED: u64 = mix(7, 0);

impl Container {
    /// What it adds to the digest. A frame without a name is free and counts only if
    /// something still translates to it: a mapping of a free frame is a state.
    fn share(&self) -> u64 {
        match (self.name, self.led_to) {
            (0, 0) => 0,
            (0, led_to) => mix(0x0f7e_e000, led_to),
            (name, 0) => mix(name, self.sum.wrapping_add(UNTRANSLATED)),
            (name, led_to) => mix(name, self.sum.wrapping_add(mix(7, led_to))),
        }
    }
}

impl Stepped {
    /// Changes a container and keeps the digest the sum of all shares.
    pub(super) fn shift(&self, kind: Kind, index: u32, f: impl FnOnce(&mut Container)) {
        if !self.keep.digest || kind == Kind::None {
            return;
        }
        let mut containers = self.containers[kind as usize].borrow_mut();
        let at = index as usize;
        if containers.len() <= at {
            containers.resize_with(at + 1, Container::default);
        }
        let c = &mut containers[at];
        let before = c.share;
        f(c);
        c.share = c.share();
        self.digest.set(self.digest.get().wrapping_sub(before).wrapping_add(c.share));
    }
    /// The value as digests see it: references go by name.
    pub(super) fn canonical(&self, value: u64, refers: Option<Kind>) -> u64 {
        match refers {
            Some(kind) if value != 0 => mix(kind as u64, self.name_of(kind, (value - 1) as u32)),
            _ => value,
        }
    }
    pub(super) fn new_word(&self, init: u64, place: Place, refers: Option<Kind>) -> u32 {
        // A word counts from its birth, so that one which was changed and changed back
        // counts as one that was never touched.
        let counts = self.keep.digest && place.kind != Kind::None;
        let share = if counts { mix(u64::from(place.field) + 1, self.canonical(init, refers)) } else { 0 };
        self.shift(place.kind, place.index, |c| c.sum = c.sum.wrapping_add(share));
        self.words.add(init, share, place, refers)
    }
    #[inline]
    pub(super) fn read_word(&self, index: u32) -> u64 {
        if self.repeating() {
            return self.next_input();
        }
        let word = self.words.get(index);
        self.touch_word(word, index, false);
        let value = word.value.get();
        self.log_input(value);
        self.learn_value(value, word.refers.get());
        value
    }
    pub(super) fn write_word(&self, index: u32, value: u64) {
        if !self.repeating() {
            let word = self.words.get(index);
            self.touch_word(word, index, true);
            self.set_word(index, value);
        }
    }
    /// Declares an access, once a turn for each word and way: their order makes no difference.
    #[inline]
    fn touch_word(&self, word: &Word, index: u32, write: bool) {
        if !self.local.declares() {
            return;
        }
        let now = self.turn.get() << 1 | u64::from(write);
        if word.touched.get() < now {
            word.touched.set(now);
            self.touch(u64::from(index), write);
        }
    }
    pub(super) fn set_word(&self, index: u32, value: u64) {
        let word = self.words.get(index);
        let old = word.value.get();
        if old == value {
            return;
        }
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Word { index, value: old, share: word.share.get() });
        }
        word.value.set(value);
        let place = word.place.get();
        if self.keep.digest && place.kind != Kind::None {
            let share = mix(u64::from(place.field) + 1, self.canonical(value, word.refers.get()));
            let delta = share.wrapping_sub(word.share.replace(share));
            self.shift(place.kind, place.index, |c| c.sum = c.sum.wrapping_add(delta));
        }
    }
    pub(super) fn set_name(&self, kind: Kind, index: u32, name: u64) {
        if self.repeating() {
            return;
        }
        let old = self.name_of(kind, index);
        if old == name {
            return;
        }
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Name { kind, index, name: old });
        }
        if kind == Kind::Frame {
            // Who frees or takes a frame meets everybody who translates to it (E06).
            self.declare_frame(index, true);
        }
        self.shift(kind, index, |c| c.name = name);
    }
    pub(super) fn set_translation(&self, frame: FrameNo, page: (SpaceId, Vpn), key: u64, present: bool) {
        if self.repeating() {
            return;
        }
        self.moved_pages.borrow_mut().push(page);
        let delta = if present { key } else { key.wrapping_neg() };
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Translation { frame: frame.0, key: delta.wrapping_neg() });
        }
        self.declare_frame(frame.0, false);
        self.shift(Kind::Frame, frame.0, |c| c.led_to = c.led_to.wrapping_add(delta));
    }
    /// E06 looks at a frame's owner and at what translates to it: translations among
    /// themselves commute, so they only read.
    fn declare_frame(&self, frame: u32, write: bool) {
        self.moved_frames.borrow_mut().push(FrameNo(frame));
        self.declare(u64::from(frame) << 16, write);
    }
    /// Contents count by their place in the frame; zero words add nothing.
    pub(super) fn put_frame_word(&self, index: usize, value: u64) {
        let old = self.frames[index].replace(value);
        let extent = &self.extents[index / FRAME_WORDS];
        extent.set(extent.get().max((index % FRAME_WORDS + 1) as u16));
        let share = |v: u64| if v == 0 { 0 } else { mix(v, (index % FRAME_WORDS) as u64 + 0x1000) };
        let delta = share(value).wrapping_sub(share(old));
        self.shift(Kind::Frame, (index / FRAME_WORDS) as u32, |c| c.sum = c.sum.wrapping_add(delta));
    }
    pub(super) fn set_frame_word(&self, index: usize, value: u64) {
        let old = self.frames[index].get();
        if old == value {
            return;
        }
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Frame { index, value: old });
        }
        self.put_frame_word(index, value);
    }
    pub(super) fn set_entry(&self, index: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) {
        let old = self.frames[index].get();
        if old == value {
            return;
        }
        self.set_frame_word(index, value);
        if let Some((space, vpn)) = leaf {
            let who = mix(self.name_of(Kind::Space, space.0), vpn.0);
            // Any CPU of the space may use the entry from here on, or no longer (pmap.md §3.2).
            self.declare(who, true);
            for (entry, present) in [(Entry(old), false), (Entry(value), true)] {
                if entry.present() {
                    self.set_translation(entry.frame(), (space, vpn), mix(who, entry.bits_without_frame()), present);
                }
            }
        }
    }
    /// A page-table entry as digests see it: the frame goes by name.
    pub(super) fn canonical_entry(&self, value: u64) -> u64 {
        let entry = Entry(value);
        if !entry.present() {
            return value;
        }
        mix(self.name_of(Kind::Frame, entry.frame().0), entry.bits_without_frame())
    }
}
