//! Where everything of a world is stored, and how to undo what changes it (rulings R1); `fingerprint` says
//! what of it counts.
//!
//! One borrow gets at all of it, and everything inside is a plain field: whatever an access
//! has to do besides the access costs a few instructions.

use super::super::{KINDS, Kind, Place, mix};
use super::input::Input;
use super::memo::Recorder;
use super::undo::{TaskCheckpoint, Undo};
use super::{Access, Keep, Task, TaskState};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{Entry, FRAME_WORDS};
pub(super) use fingerprint::Change;
use fingerprint::{Container, ContainerId, NOWHERE, coefficient, content, term};

mod fingerprint;

/// Where a value lies: see [`Store::values`].
pub(super) type Slot = u32;

/// The word that stands for the oracle: where turns are known it is another one after each change.
pub(super) const ORACLE: u32 = 0;

/// What digests need to know of a word. For a reference the value behind its own is what it adds to its
/// container's sum: that goes by the name which the thing had when the word was written.
pub(super) struct Word {
    /// The turn that touched it last, twice, and whether that one wrote it.
    touched: u64,
    pub container: ContainerId,
    pub field: u8,
    refers: Option<Kind>,
}

pub(super) struct Store {
    pub keep: Keep,
    /// All that a turn can look at: the words of frames, frame by frame, then words, what references
    /// among them add, and the names of containers as they came.
    pub values: Vec<u64>,
    /// Where the words of frames end.
    frames: Slot,
    /// What stands behind them, by number from there.
    pub words: Vec<Word>,
    containers: Vec<Container>,
    /// Of each kind the containers, by their numbers in it.
    containers_of_kind: [Vec<ContainerId>; KINDS],
    /// Sum of the containers' shares.
    fingerprint: u64,
    /// Of each frame the words that may not be zero: those before this one.
    pub extents: Vec<u16>,
    pub undo: Vec<Undo>,
    pub recorder: Recorder,
    pub task_checkpoints: Vec<TaskCheckpoint>,
    /// By number; as many as have been switched to or woken.
    pub tasks: Vec<Task>,
    /// What the running task has read.
    pub log: Vec<Input>,
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
            containers: Vec::new(),
            containers_of_kind: Default::default(),
            fingerprint: 0,
            extents: vec![0; frames as usize],
            undo: Vec::new(),
            recorder: Recorder::new(frames * FRAME_WORDS as Slot),
            task_checkpoints: Vec::new(),
            tasks: Vec::new(),
            log: Vec::new(),
            cursor: 0,
            turn: 1,
            accesses: Vec::new(),
            moved_frames: Vec::new(),
            moved_pages: Vec::new(),
        };
        let oracle = store.new_value(0);
        debug_assert_eq!(oracle, ORACLE, "it is the first");
        let nowhere = store.new_container();
        debug_assert_eq!(nowhere, NOWHERE, "it is the first");
        store
    }
    pub fn begin_turn(&mut self) {
        self.turn += 1;
        self.accesses.clear();
        self.moved_frames.clear();
        self.moved_pages.clear();
    }
    /// The next entry in the record of the task that repeats, if there is one.
    #[inline]
    pub fn next_input(&mut self) -> Option<Input> {
        let at = self.cursor;
        self.cursor += 1;
        self.log.get(at).copied()
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

    /// The container with that number among all of them, by its kind and its number there.
    pub fn container_of(&self, container: ContainerId) -> Option<(Kind, u32)> {
        let of = |kind: Kind| {
            Some((kind, self.containers_of_kind[kind as usize].iter().position(|&h| h == container)? as u32))
        };
        Kind::ALL.into_iter().find_map(of)
    }

    // ---- as tasks and digests see it -----------------------------------

    #[inline]
    pub fn name_of(&self, kind: Kind, index: u32) -> u64 {
        let container = self.containers_of_kind[kind as usize].get(index as usize);
        container.map_or(0, |&container| self.value(self.containers[container as usize].name))
    }
    /// The name, for a task.
    #[inline]
    pub fn read_name(&mut self, kind: Kind, index: u32) -> u64 {
        let slot = self.name_slot(kind, index);
        self.read_slot(slot)
    }
    /// Where the name lies.
    #[inline]
    pub fn name_slot(&mut self, kind: Kind, index: u32) -> Slot {
        let container = self.container(kind, index);
        self.containers[container as usize].name
    }
    #[inline]
    pub fn value(&self, slot: Slot) -> u64 {
        self.values[slot as usize]
    }
    /// A value, for a task.
    #[inline]
    fn read_slot(&mut self, slot: Slot) -> u64 {
        let value = self.value(slot);
        self.recorder.note_read(slot, value);
        value
    }
    /// A value as digests see it: references go by name.
    #[inline]
    pub fn seen(&mut self, value: u64, refers: Option<Kind>) -> u64 {
        match refers {
            Some(kind) if value != 0 => mix(kind as u64, self.read_name(kind, (value - 1) as u32)),
            _ => value,
        }
    }
    /// A page-table entry as digests see it when a task is given it: the frame goes by name.
    pub fn seen_entry(&mut self, value: u64) -> u64 {
        let entry = Entry(value);
        if !entry.present() {
            return value;
        }
        mix(self.read_name(Kind::Frame, entry.frame().0), entry.bits_without_frame())
    }

    // ---- words ---------------------------------------------------------

    pub fn new_word(&mut self, value: u64, place: Place, refers: Option<Kind>) -> u32 {
        let container = self.container(place.kind, place.index);
        let index = self.new_value(value);
        self.words[index as usize] = Word { touched: 0, container, field: place.field, refers };
        if refers.is_some() {
            self.new_value(0);
        }
        // A word counts from its birth, so that one which was changed and changed back
        // counts as one that was never touched.
        // A pool grows once, in the turn of the task that needs it first; a later turn of the same kind makes no
        // words. So making them is no look of the turn.
        let seen = match refers {
            Some(kind) if value != 0 => mix(kind as u64, self.name_of(kind, (value - 1) as u32)),
            _ => value,
        };
        let term = self.term_as(index, seen);
        let slot = self.slot(index);
        match refers {
            Some(_) => self.apply(Change { slot: slot + 1, container, value: term, term }),
            None => self.apply(Change { slot, container, value: 0, term }),
        }
        index
    }
    fn new_value(&mut self, value: u64) -> u32 {
        self.values.push(value);
        self.words.push(Word { touched: 0, container: NOWHERE, field: 0, refers: None });
        (self.words.len() - 1) as u32
    }
    #[inline]
    pub fn slot(&self, index: u32) -> Slot {
        self.frames + index
    }
    /// The word, for a task, and what kind it refers to.
    #[inline]
    pub fn note_read(&mut self, index: u32) -> (u64, Option<Kind>) {
        (self.read_slot(self.slot(index)), self.words[index as usize].refers)
    }
    /// The word of a frame, for a task.
    #[inline]
    pub fn read_frame(&mut self, index: usize) -> u64 {
        self.read_slot(index as Slot)
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
        let slot = self.slot(index);
        // What is not changed is left alone, so what was there makes a difference.
        let before = self.read_slot(slot);
        if before == value {
            return;
        }
        let (by, term) = (value.wrapping_sub(before), self.term_of(index, value));
        let Word { container, refers, .. } = self.words[index as usize];
        match refers {
            None => {
                let term = term.wrapping_sub(self.term_as(index, before));
                self.write_value(Change { slot, container, value: by, term });
            }
            Some(_) => {
                let term = term.wrapping_sub(self.read_slot(slot + 1));
                self.write_value(Change { slot, container: NOWHERE, value: by, term: 0 });
                self.write_value(Change { slot: slot + 1, container, value: term, term });
            }
        }
    }
    #[inline]
    fn write_value(&mut self, change: Change) {
        self.recorder.change(change);
        self.make(change);
    }
    /// A number counts up or down.
    pub fn note(&mut self, index: u32, delta: i64) {
        let (slot, container) = (self.slot(index), self.words[index as usize].container);
        let (before, mut term) = (self.value(slot), 0);
        if container != NOWHERE {
            // What it adds to the digest depends on what it is, at which nobody has looked.
            self.recorder.once();
            let after = before.wrapping_add(delta as u64);
            term = self.term_as(index, after).wrapping_sub(self.term_as(index, before));
        }
        let change = Change { slot, container, value: delta as u64, term };
        self.recorder.note(change);
        self.make(change);
    }
    /// What the word adds to its container's sum with that value.
    #[inline]
    fn term_of(&mut self, index: u32, value: u64) -> u64 {
        let seen = self.seen(value, self.words[index as usize].refers);
        self.term_as(index, seen)
    }
    #[inline]
    fn term_as(&self, index: u32, seen: u64) -> u64 {
        let word = &self.words[index as usize];
        if self.keep.fingerprint && word.container != NOWHERE { term(word.field, seen) } else { 0 }
    }

    // ---- frames and names ----------------------------------------------

    pub fn set_frame_word(&mut self, index: usize, value: u64) {
        let before = self.values[index];
        if before == value {
            return;
        }
        self.extend(index);
        let (mut container, mut term) = (NOWHERE, 0);
        if self.keep.fingerprint {
            container = self.container(Kind::Frame, (index / FRAME_WORDS) as u32);
            term = content(index, value).wrapping_sub(content(index, before));
        }
        self.make(Change { slot: index as Slot, container, value: value.wrapping_sub(before), term });
    }
    fn extend(&mut self, index: usize) {
        let extent = &mut self.extents[index / FRAME_WORDS];
        *extent = (*extent).max((index % FRAME_WORDS + 1) as u16);
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
        // Also where there is no digest: a name tells a thing from another one that has had its number.
        if kind != Kind::None {
            let container = self.container(kind, index);
            let slot = self.containers[container as usize].name;
            self.values[slot as usize] = name;
            if self.keep.fingerprint {
                self.update_container(container, |record| record.coefficient = coefficient(name));
            }
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
        if self.keep.fingerprint {
            let container = self.container(Kind::Frame, frame);
            self.update_container(container, |record| record.led_to = record.led_to.wrapping_add(key));
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
