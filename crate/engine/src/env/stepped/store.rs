//! The store: every value of a world, and the undo log of its changes (rulings R1); `fingerprint` maintains the
//! fingerprint.
//!
//! It is borrowed as a whole, and everything inside is a plain field, so what an access does besides the access costs
//! a few instructions.

use super::input::Input;
use super::memo::Recorder;
use super::undo::{TaskCheckpoint, Undo};
use super::{Access, Keep, Task, TaskState};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{Entry, FRAME_WORDS};
use crate::word::{KINDS, Kind, Place, mix};
pub(super) use fingerprint::Change;
use fingerprint::{Container, ContainerId, NOWHERE, coefficient, content, term};

mod fingerprint;

/// Index of a value: see [`Store::values`].
pub(super) type Slot = u32;

/// The word that stands for the oracle: with the memo it has another value after each change of the oracle.
pub(super) const ORACLE: u32 = 0;

/// What fingerprints need of a word. If it is a reference, the next value is its term in the container's sum: it
/// depends on the name that the referent had when the word was written.
pub(super) struct Word {
    /// Twice the turn that touched it last, plus 1 if that turn wrote it.
    touched: u64,
    pub container: ContainerId,
    pub field: u8,
    refers: Option<Kind>,
}

pub(super) struct Store {
    pub keep: Keep,
    /// All that a turn can read: the words of frames, frame by frame; then words, each reference followed by its
    /// term, and names of containers, in order of creation.
    pub values: Vec<u64>,
    /// First slot behind the words of frames.
    frames: Slot,
    /// The slots from `frames` on, by number.
    pub words: Vec<Word>,
    containers: Vec<Container>,
    /// The containers of each kind, by index.
    containers_of_kind: [Vec<ContainerId>; KINDS],
    /// Sum of the terms of all containers.
    fingerprint: u64,
    /// For each frame a bound: words from this one on are zero.
    pub extents: Vec<u16>,
    pub undo: Vec<Undo>,
    pub recorder: Recorder,
    pub task_checkpoints: Vec<TaskCheckpoint>,
    /// By number; as many as have been switched to or woken.
    pub tasks: Vec<Task>,
    /// The log of the running task.
    pub log: Vec<Input>,
    /// During a replay: the next entry of the log.
    pub cursor: usize,
    /// Counts turns: marks what the current one has touched.
    turn: u64,
    /// The declared accesses of the turn: twice the word, plus 1 if it was written.
    pub accesses: Vec<u64>,
    /// Frames that this turn allocated or freed, or to which it added or removed a translation.
    pub moved_frames: Vec<FrameNo>,
    /// Pages of which this turn added or removed a translation.
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
    /// The next log entry of the replayed task, if there is one.
    #[inline]
    pub fn next_input(&mut self) -> Option<Input> {
        let at = self.cursor;
        self.cursor += 1;
        self.log.get(at).copied()
    }
    /// The task's state; it need not have run yet.
    #[inline]
    pub fn state(&self, task: TaskId) -> &TaskState {
        self.tasks.get(task.0 as usize).map_or(&TaskState::NEW, |t| &t.state)
    }
    /// The task, which from here on counts as one that has run.
    #[inline]
    pub fn task(&mut self, task: TaskId) -> &mut Task {
        let index = task.0 as usize;
        if self.tasks.len() <= index {
            self.tasks.resize_with(index + 1, Task::default);
        }
        &mut self.tasks[index]
    }
    /// Swaps the task's log with the active one, when it begins or stops to run.
    #[inline]
    pub fn swap_log(&mut self, task: TaskId) {
        let at = task.0 as usize;
        std::mem::swap(&mut self.tasks[at].inputs, &mut self.log);
    }

    /// Kind of the container, and its index in the kind.
    pub fn container_of(&self, container: ContainerId) -> Option<(Kind, u32)> {
        let of = |kind: Kind| {
            Some((kind, self.containers_of_kind[kind as usize].iter().position(|&h| h == container)? as u32))
        };
        Kind::ALL.into_iter().find_map(of)
    }

    // ---- as tasks and fingerprints see it ------------------------------

    #[inline]
    pub fn name_of(&self, kind: Kind, index: u32) -> u64 {
        let container = self.containers_of_kind[kind as usize].get(index as usize);
        container.map_or(0, |&container| self.value(self.containers[container as usize].name))
    }
    /// Reads the name, on behalf of a task.
    #[inline]
    pub fn read_name(&mut self, kind: Kind, index: u32) -> u64 {
        let slot = self.name_slot(kind, index);
        self.read_slot(slot)
    }
    /// The slot of the name.
    #[inline]
    pub fn name_slot(&mut self, kind: Kind, index: u32) -> Slot {
        let container = self.container(kind, index);
        self.containers[container as usize].name
    }
    #[inline]
    pub fn value(&self, slot: Slot) -> u64 {
        self.values[slot as usize]
    }
    /// Reads a value, on behalf of a task.
    #[inline]
    fn read_slot(&mut self, slot: Slot) -> u64 {
        let value = self.value(slot);
        self.recorder.note_read(slot, value);
        value
    }
    /// Canonical form of a value: references by name.
    #[inline]
    pub fn seen(&mut self, value: u64, refers: Option<Kind>) -> u64 {
        match refers {
            Some(kind) if value != 0 => mix(kind as u64, self.read_name(kind, (value - 1) as u32)),
            _ => value,
        }
    }
    /// Canonical form of a page-table entry that a task has read: the frame by name.
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
        // A word counts from its creation, so a word that was changed and changed back counts like one that was never
        // touched. A pool grows once, in the turn of the task that needs it first; a later turn of the same kind
        // creates no words. So creating words is no read of the turn.
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
    /// Reads the word on behalf of a task; returns also the kind it refers to.
    #[inline]
    pub fn note_read(&mut self, index: u32) -> (u64, Option<Kind>) {
        (self.read_slot(self.slot(index)), self.words[index as usize].refers)
    }
    /// Reads a word of a frame, on behalf of a task.
    #[inline]
    pub fn read_frame(&mut self, index: usize) -> u64 {
        self.read_slot(index as Slot)
    }
    /// Declares an access, once per turn, word and direction: their order makes no difference. A write implies that
    /// the word may have been read as well.
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
    /// Writes a word, on behalf of a task.
    #[inline]
    pub fn write(&mut self, index: u32, value: u64) {
        let slot = self.slot(index);
        // Storing the present value is a no-op, so a write also reads the old value.
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
    /// Adds to a word without reading it.
    pub fn note(&mut self, index: u32, delta: i64) {
        let (slot, container) = (self.slot(index), self.words[index as usize].container);
        let (before, mut term) = (self.value(slot), 0);
        if container != NOWHERE {
            // The change of the term depends on the value, which the turn has not read.
            self.recorder.once();
            let after = before.wrapping_add(delta as u64);
            term = self.term_as(index, after).wrapping_sub(self.term_as(index, before));
        }
        let change = Change { slot, container, value: delta as u64, term };
        self.recorder.note(change);
        self.make(change);
    }
    /// The word's term in its container's sum with `value`.
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
    /// Copies the extent only: beyond it a frame is zero.
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
    /// Stores a page-table entry and, if it is a leaf, updates the translations.
    pub fn set_entry(&mut self, index: usize, value: u64, leaf: Option<(SpaceId, Vpn)>, declares: bool) {
        let old = self.values[index];
        if old == value {
            return;
        }
        self.set_frame_word(index, value);
        if let Some((space, vpn)) = leaf {
            let who = mix(self.name_of(Kind::Space, space.0), vpn.0);
            if declares {
                // From here on any CPU of the space may use the entry, or no longer (pmap.md §3.2).
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
        // Also without a fingerprint: a name tells apart two things that have had the same number.
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
            // Allocating or freeing a frame does not commute with a change of a translation to it (E06).
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
    /// E06 reads a frame's owner and the translations to it: translations commute with each other, so they only
    /// declare a read.
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
