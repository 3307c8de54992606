//! Where values lie: in rows of as many as a frame has words, one after the other as they are needed.
//!
//! A row is a frame's, made when the frame is first used, or holds the values of words and names. So a
//! world costs what it uses and not what it declares, and of a slot it is plain whose row it is in. A row stays
//! for good: nothing that goes back takes it away, and in a frame that was never used there are zeroes anyway.

use super::Slot;
use crate::machine::addr::FrameNo;
use crate::machine::memory::FRAME_WORDS;

const LEN: Slot = FRAME_WORDS as Slot;

pub(super) struct Rows {
    /// Of each frame where its words begin; 0, which is never a frame's, if it is not made.
    begin: Vec<Slot>,
    /// Of each row the frame, + 1; 0 if it is not a frame's.
    frame: Vec<u32>,
    /// Where the next value of a word goes: in a row, or at its end.
    next: Slot,
}

impl Rows {
    /// None for `frames` frames.
    pub fn new(frames: u32) -> Self {
        Rows { begin: vec![0; frames as usize], frame: Vec::new(), next: 0 }
    }
    /// Where the words of a frame begin, if it is made. Panics if there is no such frame.
    #[inline]
    pub fn made(&self, frame: usize) -> Option<Slot> {
        Some(self.begin[frame]).filter(|&begin| begin != 0)
    }
    /// Makes a frame that is not made, of zeroes.
    #[cold]
    pub fn make(&mut self, frame: usize, values: &mut Vec<u64>) -> Slot {
        self.begin[frame] = self.add(frame as u32 + 1, values);
        self.begin[frame]
    }
    fn add(&mut self, frame: u32, values: &mut Vec<u64>) -> Slot {
        let begin = values.len();
        debug_assert!(frame == 0 || begin > 0, "the first row is none of a frame");
        self.frame.push(frame);
        values.resize(begin + FRAME_WORDS, 0);
        begin as Slot
    }
    /// Room for so many values of words in one row.
    pub fn room(&mut self, count: Slot, values: &mut Vec<u64>) -> Slot {
        if self.next.is_multiple_of(LEN) || self.next % LEN + count > LEN {
            self.next = self.add(0, values);
        }
        let slot = self.next;
        self.next += count;
        slot
    }
    /// The frame whose word lies at `slot`.
    #[inline]
    pub fn frame_at(&self, slot: Slot) -> Option<FrameNo> {
        let frame = self.frame.get(slot as usize / FRAME_WORDS)?;
        frame.checked_sub(1).map(FrameNo)
    }
    /// How many frames are made.
    pub fn frames_made(&self) -> usize {
        self.frame.iter().filter(|&&frame| frame != 0).count()
    }
}
