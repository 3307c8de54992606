//! The way back: every change logs what was there before.

use super::super::Kind;
use super::{Stepped, TaskState};
use crate::ids::TaskId;

pub(super) enum Undo {
    Word {
        index: u32,
        value: u64,
        share: u64,
    },
    Frame {
        index: usize,
        value: u64,
    },
    Name {
        kind: Kind,
        index: u32,
        name: u64,
    },
    Translation {
        frame: u32,
        key: u64,
    },
    /// Where a task stood.
    Task {
        task: TaskId,
        state: TaskState,
    },
    /// How much a task had read.
    Inputs {
        task: TaskId,
        count: u32,
    },
}

impl Stepped {
    /// A mark to come back to with [`Stepped::undo_to`].
    pub fn mark(&self) -> usize {
        self.undo.borrow().len()
    }
    /// Writes back what has changed since `mark`: the world, and with [`super::Keep::inputs`] also
    /// where tasks stood. Futures are not undone: the caller makes them again.
    pub fn undo_to(&self, mark: usize) {
        self.leave();
        loop {
            let last = {
                let mut undo = self.undo.borrow_mut();
                if undo.len() <= mark {
                    return;
                }
                undo.pop()
            };
            match last {
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
                Some(Undo::Task { task, state }) => self.with_task(task, |t| *t = state),
                Some(Undo::Inputs { task, count }) => self.truncate_inputs(task, count),
                None => return,
            }
        }
    }
    /// A task's state is about to change: logged where tasks can be made again.
    pub(super) fn log_task(&self, task: TaskId, state: TaskState) {
        if self.keep.inputs && self.keep.undo {
            self.undo.borrow_mut().push(Undo::Task { task, state });
        }
    }
    /// A task is about to read on.
    pub(super) fn log_inputs(&self, task: TaskId, count: u32) {
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Inputs { task, count });
        }
    }
}
