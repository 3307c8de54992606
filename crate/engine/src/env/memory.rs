//! Frames.

use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, Vpn};

/// Simulated physical memory: frames of 512 words.
///
/// A frame is data or a page table; the caller knows which. Words of a page table are stored with
/// [`Memory::entry_store`], which also updates the fingerprint with what a leaf translates (rulings R4: entries count
/// as object, index and bits).
pub trait Memory {
    /// Number of frames.
    fn frames(&self) -> u32;
    /// Loads word `word` (0 to 511) of `frame`, as one access of a CPU.
    fn frame_load(&self, frame: FrameNo, word: usize) -> u64;
    /// Stores a data word, as one access of a CPU.
    fn frame_store(&self, frame: FrameNo, word: usize, value: u64);
    /// Loads a page-table entry.
    fn entry_load(&self, frame: FrameNo, word: usize) -> u64 {
        self.frame_load(frame, word)
    }
    /// Stores a page-table entry; returns the old one (an exchange). `leaf` names
    /// the translation if the entry is a leaf.
    fn entry_store(&self, frame: FrameNo, word: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) -> u64;
    /// Compare-and-swap of a page-table entry; on failure returns the present value.
    fn entry_cas(
        &self,
        frame: FrameNo,
        word: usize,
        old: u64,
        new: u64,
        leaf: Option<(SpaceId, Vpn)>,
    ) -> Result<(), u64>;
    /// Copies a whole frame of data (512 words).
    fn frame_copy(&self, from: FrameNo, to: FrameNo);
    /// Zeroes a whole frame of data (512 words).
    fn frame_zero(&self, frame: FrameNo);
    /// Reads a word without declaring an access, for checkers and views.
    fn frame_peek(&self, frame: FrameNo, word: usize) -> u64;
}
