//! The store: every value of a world, and the undo log of its changes (rulings R1); `fingerprint` maintains the
//! fingerprint.
//!
//! It is borrowed as a whole, and everything inside is a plain field, so what an access does besides the access costs
//! a few instructions.

use super::input::Input;
use super::memo::{Effect, Recorder};
use super::undo::{TaskCheckpoint, Undo};
use super::{Access, Keep, Task, TaskState};
use crate::ids::{SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{Entry, FRAME_WORDS};
use crate::word::{KINDS, Kind, Place, mix};
pub(super) use fingerprint::Change;
use fingerprint::{Container, ContainerId, NOWHERE, coefficient, content, term};
use rows::Rows;

mod fingerprint;
mod rows;

/// Index of a value: see [`Store::values`].
pub(super) type Slot = u32;

/// The word that stands for the oracle: with the memo it has another value after each change of the oracle.
pub(super) const ORACLE: u32 = 0;

/// What fingerprints need of a word. If it is a reference, the next value is its term in the container's sum: it
/// depends on the name that the referent had when the word was written.
pub(super) struct Word {
    /// The turn that touched it last, twice, and whether that one wrote it.
    touched: u32,
    /// Where its value lies, and behind it what a reference adds.
    slot: Slot,
    pub container: ContainerId,
    pub field: u8,
    refers: Option<Kind>,
}

pub(super) struct Store {
    pub keep: Keep,
    /// All that a turn can look at, and what references add: see `rows`.
    pub values: Vec<u64>,
    /// Which of them belong to frames, and where.
    rows: Rows,
    /// By number.
    pub words: Vec<Word>,
    containers: Vec<Container>,
    /// The containers of each kind, by index.
    containers_of_kind: [Vec<ContainerId>; KINDS],
    /// Sum of the terms of all containers.
    fingerprint: u64,
    /// For each frame a bound: words from this one on are zero.
    pub extents: Vec<u16>,
    pub undo: Vec<Undo>,
    /// How often something was taken back.
    pub undone: u64,
    pub recorder: Recorder,
    pub task_checkpoints: Vec<TaskCheckpoint>,
    /// By number; as many as have been switched to or woken.
    pub tasks: Vec<Task>,
    /// The log of the running task.
    pub log: Vec<Input>,
    /// During a replay: the next entry of the log.
    pub cursor: usize,
    /// Counts turns: marks what one has touched.
    turn: u32,
    /// What the turn has touched: the word, and in the lowest bit whether it was written.
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
            values: Vec::new(),
            rows: Rows::new(frames),
            words: Vec::new(),
            containers: Vec::new(),
            containers_of_kind: Default::default(),
            fingerprint: 0,
            extents: vec![0; frames as usize],
            undo: Vec::new(),
            undone: 0,
            recorder: Recorder::default(),
            task_checkpoints: Vec::new(),
            tasks: Vec::new(),
            log: Vec::new(),
            cursor: 0,
            turn: 1,
            accesses: Vec::new(),
            moved_frames: Vec::new(),
            moved_pages: Vec::new(),
        };
        let nowhere = store.new_container();
        debug_assert_eq!(nowhere, NOWHERE, "it is the first");
        let oracle = store.new_word(0, Place::NOWHERE, None);
        debug_assert_eq!(oracle, ORACLE, "it is the first");
        store
    }
    pub fn begin_turn(&mut self) {
        self.turn += 1;
        if self.turn > u32::MAX >> 1 {
            self.words.iter_mut().for_each(|word| word.touched = 0);
            self.turn = 1;
        }
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
        let slot = self.new_slot(1 + Slot::from(refers.is_some()));
        self.values[slot as usize] = value;
        self.words.push(Word { touched: 0, slot, container, field: place.field, refers });
        let index = (self.words.len() - 1) as u32;
        // A word counts from its birth, so that one which was changed and changed back
        // counts as one that was never touched.
        // A pool grows once, in the turn of the task that needs it first; a later turn of the same kind makes no
        // words. So making them is no look of the turn.
        let seen = match refers {
            Some(kind) if value != 0 => mix(kind as u64, self.name_of(kind, (value - 1) as u32)),
            _ => value,
        };
        let term = self.term_as(index, seen);
        match refers {
            Some(_) => self.apply(Change { slot: slot + 1, container, value: term, term }),
            None => self.apply(Change { slot, container, value: 0, term }),
        }
        index
    }
    /// Room for so many values in a row, each 0.
    fn new_slot(&mut self, values: Slot) -> Slot {
        self.rows.room(values, &mut self.values)
    }
    #[inline]
    pub fn slot(&self, index: u32) -> Slot {
        self.words[index as usize].slot
    }
    /// The word whose value lies there. Slow: for messages.
    pub fn word_at(&self, slot: Slot) -> Option<u32> {
        self.words.iter().position(|word| word.slot == slot).map(|index| index as u32)
    }
    /// The word of a frame that lies there, by its number among all words of frames.
    pub fn frame_word_at(&self, slot: Slot) -> Option<usize> {
        let frame = self.rows.frame_at(slot)?;
        Some(frame.0 as usize * FRAME_WORDS + slot as usize % FRAME_WORDS)
    }
    /// Reads the word on behalf of a task; returns also the kind it refers to.
    #[inline]
    pub fn note_read(&mut self, index: u32) -> (u64, Option<Kind>) {
        let Word { slot, refers, .. } = self.words[index as usize];
        (self.read_slot(slot), refers)
    }
    /// Reads a word of a frame, on behalf of a task.
    #[inline]
    pub fn read_frame(&mut self, index: usize) -> u64 {
        match self.rows.made(index / FRAME_WORDS) {
            Some(row) => self.read_slot(row + (index % FRAME_WORDS) as Slot),
            None => self.look_unmade(index),
        }
    }
    #[cold]
    fn look_unmade(&mut self, index: usize) -> u64 {
        if self.recorder.records() {
            // That it was zero makes a difference for the turn.
            let slot = self.frame_slot(index);
            self.read_slot(slot);
        }
        0
    }
    /// About how many bytes it holds.
    pub fn held(&self) -> u64 {
        let world = self.values.capacity() * size_of::<u64>() + self.words.capacity() * size_of::<Word>();
        let back =
            self.undo.capacity() * size_of::<Undo>() + self.task_checkpoints.capacity() * size_of::<TaskCheckpoint>();
        let inputs = self.tasks.iter().map(|task| task.inputs.capacity()).sum::<usize>() * size_of::<Input>();
        (world + back + inputs) as u64
    }
    /// How many frames are made.
    pub fn frames_made(&self) -> usize {
        self.rows.frames_made()
    }
    /// The value of a word by its number in an [`Access`]; 0 where there is none.
    pub fn word_value(&self, word: u64) -> u64 {
        let slot = match word.checked_sub(Access::MEMORY) {
            None => self.words.get(word as usize).map(|word| word.slot),
            Some(word) => {
                let (frame, nth) = (word as usize / FRAME_WORDS, word as usize % FRAME_WORDS);
                self.rows.made(frame).map(|row| row + nth as Slot)
            }
        };
        slot.map_or(0, |slot| self.value(slot))
    }
    /// Where the word of a frame lies: the frame is made if it is not.
    #[inline]
    pub fn frame_slot(&mut self, index: usize) -> Slot {
        self.frame_row(index / FRAME_WORDS) + (index % FRAME_WORDS) as Slot
    }
    #[inline]
    fn frame_row(&mut self, frame: usize) -> Slot {
        self.rows.made(frame).unwrap_or_else(|| self.rows.make(frame, &mut self.values))
    }
    /// Declares an access, once per turn, word and direction: their order makes no difference. A write implies that
    /// the word may have been read as well.
    #[inline]
    pub fn touch_word(&mut self, index: u32, write: bool) {
        let word = &mut self.words[index as usize];
        let now = self.turn << 1 | u32::from(write);
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
        let slot = self.frame_slot(index);
        let before = self.value(slot);
        if before == value {
            return;
        }
        self.extend(index);
        let (mut container, mut term) = (NOWHERE, 0);
        if self.keep.fingerprint {
            container = self.container(Kind::Frame, (index / FRAME_WORDS) as u32);
            term = content(index, value).wrapping_sub(content(index, before));
        }
        self.make(Change { slot, container, value: value.wrapping_sub(before), term });
    }
    /// A task fills a frame, from another one or with zeroes.
    pub fn fill(&mut self, to: FrameNo, from: Option<FrameNo>) {
        let (row, source) = (self.frame_row(to.0 as usize), from.map(|from| self.frame_row(from.0 as usize)));
        self.recorder.fill(row, source, from.map_or(Effect::Zero(to), |from| Effect::Copy(from, to)));
        match from {
            Some(from) => self.copy_frame(from, to),
            None => self.zero_frame(to),
        }
    }
    fn extend(&mut self, index: usize) {
        let extent = &mut self.extents[index / FRAME_WORDS];
        *extent = (*extent).max((index % FRAME_WORDS + 1) as u16);
    }
    /// Copies the extent only: beyond it a frame is zero.
    pub fn copy_frame(&mut self, from: FrameNo, to: FrameNo) {
        let (from, to) = (from.0 as usize, to.0 as usize);
        let (kept, longest) = (self.extents[from], self.extents[from].max(self.extents[to]));
        let source = self.frame_row(from);
        for word in 0..longest as usize {
            self.set_frame_word(to * FRAME_WORDS + word, self.value(source + word as Slot));
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
        let slot = self.frame_slot(index);
        let old = self.value(slot);
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
    /// Declares a property: see [`crate::env::Dependence::declare`].
    pub fn declare(&mut self, about: u64, write: bool) {
        self.touch(Access::PROPERTY | about >> 16, write);
    }
}
