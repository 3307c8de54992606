//! Where everything of a world is stored, how to undo what changes it, and its digest
//! (rulings R1, R4).
//!
//! One borrow gets at all of it, and everything inside is a plain field: whatever an access
//! has to do besides the access costs a few instructions.

use super::super::{KINDS, Kind, Place, mix};
use super::rote::Recorder;
use super::undo::{Stood, Undo};
use super::{Access, Keep, Task, TaskState};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{Entry, FRAME_WORDS};

/// Where a value lies: see [`Store::values`].
pub(super) type Slot = u32;

/// The word that stands for the oracle: where turns are known it is another one after each change.
pub(super) const ORACLE: u32 = 0;

/// What digests need to know of a word.
struct Word {
    /// What it adds to its container's sum, if it is a reference: that goes by the name which the thing
    /// had when the word was written. For others it follows from the value.
    share: u64,
    /// The turn that touched it last, twice, and whether that one wrote it.
    touched: u64,
    place: Place,
    refers: Option<Kind>,
}

/// A word's value, and what that adds to its container's sum.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub index: u32,
    pub value: u64,
    pub share: u64,
}

/// A word that a task writes.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub slot: Slot,
    pub place: Place,
    pub refers: bool,
    pub before: Written,
    pub after: Written,
}

struct Container {
    /// Where its name lies.
    name: Slot,
    /// Sum of its words' shares; for a frame also of its contents'.
    sum: u64,
    /// Sum of the translations that lead to it (frames only).
    led_to: u64,
    /// What it adds to the digest, as it was when it was last asked for.
    share: u64,
    /// It has changed since: it stands in [`Store::stale`].
    stale: bool,
}

/// What no translation at all adds.
const UNTRANSLATED: u64 = mix(7, 0);

impl Container {
    /// What it adds to the digest. A frame without a name is free and counts only if
    /// something still translates to it: a mapping of a free frame is a state.
    fn share(&self, name: u64) -> u64 {
        match (name, self.led_to) {
            (0, 0) => 0,
            (0, led_to) => mix(0x0f7e_e000, led_to),
            (name, 0) => mix(name, self.sum.wrapping_add(UNTRANSLATED)),
            (name, led_to) => mix(name, self.sum.wrapping_add(mix(7, led_to))),
        }
    }
}

/// What a word's value adds to its container's sum.
#[inline]
fn share(place: Place, canonical: u64) -> u64 {
    mix(u64::from(place.field) + 1, canonical)
}

/// What a frame's word adds: contents count by their place, and zero words add nothing.
fn content(index: usize, value: u64) -> u64 {
    if value == 0 { 0 } else { mix(value, (index % FRAME_WORDS) as u64 + 0x1000) }
}

pub(super) struct Store {
    pub keep: Keep,
    /// All that a task can be given: the words of frames, frame by frame, then words and
    /// the names of containers as they came.
    pub values: Vec<u64>,
    /// Where the words of frames end.
    frames: Slot,
    /// What stands behind them, by number from there.
    words: Vec<Word>,
    containers: [Vec<Container>; KINDS],
    /// Containers that count for the digest with what they were before they changed.
    stale: Vec<(Kind, u32)>,
    /// Sum of the containers' shares.
    digest: u64,
    /// Of each frame the words that may not be zero: those before this one.
    pub extents: Vec<u16>,
    pub undo: Vec<Undo>,
    pub recorder: Recorder,
    pub stood: Vec<Stood>,
    /// By number; as many as have been switched to or woken.
    pub tasks: Vec<Task>,
    /// What the running task has read.
    pub log: Vec<u64>,
    /// While one repeats: its next input.
    pub cursor: usize,
    /// Counts turns: marks what one has touched.
    turn: u64,
    /// What the turn has touched: the word, and in the lowest bit whether it was written.
    pub accesses: Vec<u64>,
    /// Frames that came or went in this turn, themselves or translations to them.
    pub moved_frames: Vec<FrameNo>,
    /// Pages whose translations came or went in this turn.
    pub moved_pages: Vec<(SpaceId, Vpn)>,
}

impl Store {
    pub fn new(frames: u32, keep: Keep) -> Self {
        let mut store = Store {
            keep,
            values: vec![0; frames as usize * FRAME_WORDS],
            frames: frames * FRAME_WORDS as Slot,
            words: Vec::new(),
            containers: Default::default(),
            stale: Vec::new(),
            digest: 0,
            extents: vec![0; frames as usize],
            undo: Vec::new(),
            recorder: Recorder::new(frames * FRAME_WORDS as Slot),
            stood: Vec::new(),
            tasks: Vec::new(),
            log: Vec::new(),
            cursor: 0,
            turn: 1,
            accesses: Vec::new(),
            moved_frames: Vec::new(),
            moved_pages: Vec::new(),
        };
        let oracle = store.new_value(0, Place::NOWHERE, None, 0);
        debug_assert_eq!(oracle, ORACLE, "it is the first");
        store
    }
    pub fn begin_turn(&mut self) {
        self.turn += 1;
        self.accesses.clear();
        self.moved_frames.clear();
        self.moved_pages.clear();
    }
    /// What the task that repeats was given here.
    #[inline]
    pub fn next_input(&mut self) -> u64 {
        let at = self.cursor;
        self.cursor += 1;
        debug_assert!(at < self.log.len(), "a repeated task reads more than it did");
        self.log.get(at).copied().unwrap_or_default()
    }
    /// How the task stands, which need not have run yet.
    #[inline]
    pub fn state(&self, task: TaskId) -> &TaskState {
        self.tasks.get(task.0 as usize).map_or(&TaskState::NEW, |t| &t.state)
    }
    /// The task, from here on one of those that have run.
    #[inline]
    pub fn task(&mut self, task: TaskId) -> &mut Task {
        let index = task.0 as usize;
        if self.tasks.len() <= index {
            self.tasks.resize_with(index + 1, Task::default);
        }
        &mut self.tasks[index]
    }
    /// A task begins or stops to run: its log is at hand meanwhile.
    #[inline]
    pub fn swap_log(&mut self, task: TaskId) {
        let at = task.0 as usize;
        std::mem::swap(&mut self.tasks[at].inputs, &mut self.log);
    }

    // ---- digest --------------------------------------------------------

    /// The digest of the world. Containers are hashed here, once for all that changed them.
    #[inline(always)]
    pub fn digest(&mut self) -> u64 {
        while let Some((kind, index)) = self.stale.pop() {
            let c = &mut self.containers[kind as usize][index as usize];
            c.stale = false;
            let now = c.share(self.values[c.name as usize]);
            let before = std::mem::replace(&mut c.share, now);
            self.digest = self.digest.wrapping_sub(before).wrapping_add(now);
        }
        self.digest
    }
    #[inline]
    fn container(&mut self, kind: Kind, index: u32) -> &mut Container {
        debug_assert!(index < 1 << 24, "there is no such {kind:?}: {index}");
        while self.containers[kind as usize].len() <= index as usize {
            let name = self.new_value(0, Place::NOWHERE, None, 0);
            let new = Container { name: self.slot(name), sum: 0, led_to: 0, share: 0, stale: false };
            self.containers[kind as usize].push(new);
        }
        &mut self.containers[kind as usize][index as usize]
    }
    /// A container that is about to change.
    #[inline]
    fn change(&mut self, kind: Kind, index: u32) -> &mut Container {
        self.container(kind, index);
        let c = &mut self.containers[kind as usize][index as usize];
        if !std::mem::replace(&mut c.stale, true) {
            self.stale.push((kind, index));
        }
        c
    }
    /// A container's sum changes by so much.
    #[inline]
    pub fn shift(&mut self, kind: Kind, index: u32, delta: u64) {
        if self.keep.digest && kind != Kind::None {
            let c = self.change(kind, index);
            c.sum = c.sum.wrapping_add(delta);
        }
    }
    #[inline]
    pub fn name_of(&self, kind: Kind, index: u32) -> u64 {
        self.containers[kind as usize].get(index as usize).map_or(0, |c| self.value(c.name))
    }
    /// The name, for a task.
    #[inline]
    pub fn look_name(&mut self, kind: Kind, index: u32) -> u64 {
        let slot = self.name_slot(kind, index);
        self.look_at(slot)
    }
    /// Where the name lies.
    #[inline]
    pub fn name_slot(&mut self, kind: Kind, index: u32) -> Slot {
        self.container(kind, index).name
    }
    #[inline]
    pub fn value(&self, slot: Slot) -> u64 {
        self.values[slot as usize]
    }
    /// A value, for a task.
    #[inline]
    fn look_at(&mut self, slot: Slot) -> u64 {
        let value = self.value(slot);
        self.recorder.look(slot, value);
        value
    }
    /// A value as digests see it: references go by name.
    #[inline]
    pub fn seen(&mut self, value: u64, refers: Option<Kind>) -> u64 {
        match refers {
            Some(kind) if value != 0 => mix(kind as u64, self.look_name(kind, (value - 1) as u32)),
            _ => value,
        }
    }
    /// A page-table entry as digests see it when a task is given it: the frame goes by name.
    pub fn seen_entry(&mut self, value: u64) -> u64 {
        let entry = Entry(value);
        if !entry.present() {
            return value;
        }
        mix(self.look_name(Kind::Frame, entry.frame().0), entry.bits_without_frame())
    }

    // ---- words ---------------------------------------------------------

    pub fn new_word(&mut self, value: u64, place: Place, refers: Option<Kind>) -> u32 {
        // A word counts from its birth, so that one which was changed and changed back
        // counts as one that was never touched.
        let share = self.share_of(place, refers, value);
        self.shift(place.kind, place.index, share);
        self.new_value(value, place, refers, share)
    }
    fn new_value(&mut self, value: u64, place: Place, refers: Option<Kind>, share: u64) -> u32 {
        self.values.push(value);
        self.words.push(Word { share, touched: 0, place, refers });
        (self.words.len() - 1) as u32
    }
    #[inline]
    pub fn slot(&self, index: u32) -> Slot {
        self.frames + index
    }
    #[inline]
    pub fn peek(&self, index: u32) -> u64 {
        self.value(self.slot(index))
    }
    /// The word, for a task, and what kind it refers to.
    #[inline]
    pub fn look(&mut self, index: u32) -> (u64, Option<Kind>) {
        (self.look_at(self.slot(index)), self.words[index as usize].refers)
    }
    /// The word of a frame, for a task.
    #[inline]
    pub fn look_frame(&mut self, index: usize) -> u64 {
        self.look_at(index as Slot)
    }
    /// Declares an access, once a turn for each word and way: their order makes no difference.
    /// To write says that it may be read as well.
    #[inline]
    pub fn touch_word(&mut self, index: u32, write: bool) {
        let word = &mut self.words[index as usize];
        let now = self.turn << 1 | u64::from(write);
        if word.touched < now {
            word.touched = now;
            self.touch(u64::from(index), write);
        }
    }
    #[inline]
    pub fn touch(&mut self, word: u64, write: bool) {
        self.accesses.push(word << 1 | u64::from(write));
    }
    /// A task writes a word.
    #[inline]
    pub fn write(&mut self, index: u32, value: u64) {
        let after = self.written(index, value);
        if self.recorder.is_on() {
            let Word { place, refers, .. } = self.words[index as usize];
            let (slot, before) = (self.slot(index), self.present(index));
            self.recorder.write(Change { slot, place, refers: refers.is_some(), before, after });
        }
        if self.peek(index) != value {
            self.set(after);
        }
    }
    /// A word counts up or down.
    pub fn note(&mut self, index: u32, delta: i64) {
        let value = self.peek(index).wrapping_add(delta as u64);
        let written = self.written(index, value);
        self.set(written);
    }
    /// The word with that value.
    #[inline]
    fn written(&mut self, index: u32, value: u64) -> Written {
        let Word { place, refers, .. } = self.words[index as usize];
        Written { index, value, share: self.share_of(place, refers, value) }
    }
    /// The word as it is.
    #[inline]
    fn present(&self, index: u32) -> Written {
        let (value, word) = (self.peek(index), &self.words[index as usize]);
        let share = match word.refers {
            Some(_) => word.share,
            None => self.share_as(word.place, value),
        };
        Written { index, value, share }
    }
    /// What a word there would add to its container's sum with that value.
    #[inline]
    fn share_of(&mut self, place: Place, refers: Option<Kind>, value: u64) -> u64 {
        let seen = self.seen(value, refers);
        self.share_as(place, seen)
    }
    #[inline]
    fn share_as(&self, place: Place, seen: u64) -> u64 {
        if self.keep.digest && place.kind != Kind::None { share(place, seen) } else { 0 }
    }
    /// The word's value from here on.
    #[inline]
    pub fn set(&mut self, written: Written) {
        let before = self.put(written);
        if self.keep.undo {
            self.undo.push(Undo::Word(before));
        }
    }
    /// The same without a way back: gives what was there.
    #[inline]
    pub fn put(&mut self, Written { index, value, share }: Written) -> Written {
        let before = self.present(index);
        let slot = self.slot(index) as usize;
        self.values[slot] = value;
        let word = &mut self.words[index as usize];
        word.share = share;
        let place = word.place;
        self.shift(place.kind, place.index, share.wrapping_sub(before.share));
        before
    }

    // ---- frames and names ----------------------------------------------

    pub fn put_frame_word(&mut self, index: usize, value: u64) {
        let before = std::mem::replace(&mut self.values[index], value);
        let extent = &mut self.extents[index / FRAME_WORDS];
        *extent = (*extent).max((index % FRAME_WORDS + 1) as u16);
        if self.keep.digest {
            let delta = content(index, value).wrapping_sub(content(index, before));
            self.shift(Kind::Frame, (index / FRAME_WORDS) as u32, delta);
        }
    }
    pub fn set_frame_word(&mut self, index: usize, value: u64) {
        let before = self.values[index];
        if before == value {
            return;
        }
        if self.keep.undo {
            self.undo.push(Undo::Frame { index, value: before });
        }
        self.put_frame_word(index, value);
    }
    /// Beyond its extent a frame is zero.
    pub fn copy_frame(&mut self, from: FrameNo, to: FrameNo) {
        let (from, to) = (from.0 as usize, to.0 as usize);
        let (kept, longest) = (self.extents[from], self.extents[from].max(self.extents[to]));
        for word in 0..longest as usize {
            self.set_frame_word(to * FRAME_WORDS + word, self.values[from * FRAME_WORDS + word]);
        }
        self.extents[to] = kept;
    }
    pub fn zero_frame(&mut self, frame: FrameNo) {
        let frame = frame.0 as usize;
        for word in 0..self.extents[frame] as usize {
            self.set_frame_word(frame * FRAME_WORDS + word, 0);
        }
        self.extents[frame] = 0;
    }
    /// A page-table entry, and what it says of translations if it is a leaf.
    pub fn set_entry(&mut self, index: usize, value: u64, leaf: Option<(SpaceId, Vpn)>, declares: bool) {
        let old = self.values[index];
        if old == value {
            return;
        }
        self.set_frame_word(index, value);
        if let Some((space, vpn)) = leaf {
            let who = mix(self.name_of(Kind::Space, space.0), vpn.0);
            if declares {
                // Any CPU of the space may use the entry from here on, or no longer (pmap.md §3.2).
                self.declare(who, true);
            }
            for (entry, present) in [(Entry(old), false), (Entry(value), true)] {
                if entry.present() {
                    let key = mix(who, entry.bits_without_frame());
                    self.set_translation(entry.frame().0, (space, vpn), key, present, declares);
                }
            }
        }
    }
    pub fn put_name(&mut self, kind: Kind, index: u32, name: u64) {
        if self.keep.digest && kind != Kind::None {
            let slot = self.change(kind, index).name;
            self.values[slot as usize] = name;
        }
    }
    pub fn set_name(&mut self, kind: Kind, index: u32, name: u64, declares: bool) {
        let before = self.name_of(kind, index);
        if before == name {
            return;
        }
        if self.keep.undo {
            self.undo.push(Undo::Name { kind, index, name: before });
        }
        if kind == Kind::Frame {
            // Who frees or takes a frame meets everybody who translates to it (E06).
            self.move_frame(index, true, declares);
        }
        self.put_name(kind, index, name);
    }
    pub fn put_translation(&mut self, frame: u32, key: u64) {
        if self.keep.digest {
            let c = self.change(Kind::Frame, frame);
            c.led_to = c.led_to.wrapping_add(key);
        }
    }
    pub fn set_translation(&mut self, frame: u32, page: (SpaceId, Vpn), key: u64, present: bool, declares: bool) {
        let key = if present { key } else { key.wrapping_neg() };
        self.moved_pages.push(page);
        if self.keep.undo {
            self.undo.push(Undo::Translation { frame, key: key.wrapping_neg() });
        }
        self.move_frame(frame, false, declares);
        self.put_translation(frame, key);
    }
    /// E06 looks at a frame's owner and at what translates to it: translations among
    /// themselves commute, so they only read.
    fn move_frame(&mut self, frame: u32, write: bool, declares: bool) {
        self.moved_frames.push(FrameNo(frame));
        if declares {
            self.declare(u64::from(frame) << 16, write);
        }
    }
    /// Declares a property: see [`super::Env::declare`].
    pub fn declare(&mut self, about: u64, write: bool) {
        self.touch(Access::PROPERTY | about >> 16, write);
    }
}
