//! The way back: every change logs what was there before.

use super::super::Kind;
use super::{Stepped, TaskState};
use crate::ids::TaskId;

pub(super) enum Undo {
    Word { index: u32, value: u64, share: u64 },
    Frame { index: usize, value: u64 },
    Name { kind: Kind, index: u32, name: u64 },
    Translation { frame: u32, key: u64 },
}

/// Where a task stood, and how much it had read.
pub(super) struct Stood {
    task: TaskId,
    state: TaskState,
    inputs: usize,
}

/// A moment to come back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    words: usize,
    tasks: usize,
}

impl Stepped {
    /// A mark to come back to with [`Stepped::undo_to`].
    pub fn mark(&self) -> Mark {
        Mark { words: self.undo.borrow().len(), tasks: self.stood.borrow().len() }
    }
    /// Writes back what has changed since `mark`: the world, and with [`super::Keep::inputs`] also
    /// where tasks stood. Futures are not undone: the caller makes them again.
    pub fn undo_to(&self, mark: Mark) {
        self.leave();
        let mut stood = self.stood.borrow_mut();
        while stood.len() > mark.tasks {
            let Some(Stood { task, state, inputs }) = stood.pop() else { break };
            self.with_task(task, |t| *t = state);
            self.truncate_inputs(task, inputs);
        }
        let mut undo = self.undo.borrow_mut();
        while undo.len() > mark.words {
            match undo.pop() {
                Some(Undo::Word { index, value, share }) => {
                    let word = self.words.get(index);
                    word.value.set(value);
                    let delta = share.wrapping_sub(word.share.replace(share));
                    let place = word.place.get();
                    self.shift(place.kind, place.index, |c| c.sum = c.sum.wrapping_add(delta));
                }
                Some(Undo::Frame { index, value }) => self.put_frame_word(index, value),
                Some(Undo::Name { kind, index, name }) => self.shift(kind, index, |c| c.name = name),
                Some(Undo::Translation { frame, key }) => {
                    self.shift(Kind::Frame, frame, |c| c.led_to = c.led_to.wrapping_add(key));
                }
                None => break,
            }
        }
    }
    /// A task that does not run is about to change or to read on: logged where tasks can
    /// be made again.
    pub(super) fn log_task(&self, task: TaskId, state: TaskState) {
        if self.keep.inputs && self.keep.undo {
            let inputs = self.local.read_so_far(task);
            self.stood.borrow_mut().push(Stood { task, state, inputs });
        }
    }
}
