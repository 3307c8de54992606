//! Frames and raw words in threads mode: the one place with `unsafe`.

use super::addr::{FrameNo, PAGE_SHIFT};
use std::cell::UnsafeCell;
use std::sync::atomic::AtomicU64;

/// Words of 8 bytes in a frame.
pub const FRAME_WORDS: usize = 512;

const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// A leaf of 4 KiB as far as digests care: present, frame, the other bits.
#[derive(Clone, Copy)]
pub(crate) struct Entry(pub u64);

impl Entry {
    pub(crate) fn present(self) -> bool {
        self.0 & 1 != 0
    }
    pub(crate) fn frame(self) -> FrameNo {
        FrameNo(((self.0 & ADDRESS) >> PAGE_SHIFT) as u32)
    }
    pub(crate) fn bits_without_frame(self) -> u64 {
        self.0 & !ADDRESS
    }
}

/// A word that is plain where a lock protects it and atomic elsewhere.
#[repr(transparent)]
pub struct RawWord(UnsafeCell<u64>);

// SAFETY: `read` and `write` are for words under a lock of the engine, whose
// acquire and release order the accesses; all other accesses are atomic.
unsafe impl Sync for RawWord {}
// SAFETY: a word owns nothing that is tied to a thread.
unsafe impl Send for RawWord {}

impl RawWord {
    /// A word that holds `value`.
    pub fn new(value: u64) -> Self {
        RawWord(UnsafeCell::new(value))
    }
    /// Plain read: the lock that guards the word is held.
    #[inline]
    pub fn read(&self) -> u64 {
        // SAFETY: the guarding lock is held, so nobody writes at the same time.
        unsafe { *self.0.get() }
    }
    /// Plain write: the lock that guards the word is held for writing.
    #[inline]
    pub fn write(&self, value: u64) {
        // SAFETY: the guarding lock is held for writing, so nobody else reads or writes.
        unsafe { *self.0.get() = value }
    }
    /// The word as an atomic.
    #[inline]
    pub fn atomic(&self) -> &AtomicU64 {
        // SAFETY: the pointer is aligned and lives as long as `self`; words that are
        // used as atomics are used as nothing else while threads share them.
        unsafe { AtomicU64::from_ptr(self.0.get()) }
    }
}

/// Frames shared between threads.
pub struct PlainFrames {
    words: Box<[AtomicU64]>,
}

impl PlainFrames {
    /// `frames` zeroed frames.
    pub fn new(frames: u32) -> Self {
        let words = vec![0u64; frames as usize * FRAME_WORDS].into_boxed_slice();
        // SAFETY: AtomicU64 has the size and, on all targets of this crate, the
        // alignment of u64, and any u64 is a valid AtomicU64. Zeroed memory from the
        // allocator stays untouched until it is used.
        let words = unsafe { Box::from_raw(Box::into_raw(words) as *mut [AtomicU64]) };
        PlainFrames { words }
    }
    /// Number of frames.
    pub fn len(&self) -> u32 {
        (self.words.len() / FRAME_WORDS) as u32
    }
    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
    /// One word.
    #[inline]
    pub fn word(&self, frame: FrameNo, word: usize) -> &AtomicU64 {
        &self.words[frame.0 as usize * FRAME_WORDS + word]
    }
    fn words(&self, frame: FrameNo) -> &[AtomicU64] {
        let base = frame.0 as usize * FRAME_WORDS;
        &self.words[base..base + FRAME_WORDS]
    }
    /// Copies a frame.
    ///
    /// The page's busy lock keeps the kernel away, but it does not stop a CPU that
    /// stores to the source through a mapping it still has: hardware allows that race,
    /// and each word then arrives as it was before or after the store. Bulk memory
    /// operations are 90 times as fast as a loop over atomics in wasm, so they are used
    /// although the language calls the race undefined; under Miri the loop runs.
    pub fn copy(&self, from: FrameNo, to: FrameNo) {
        let (from, to) = (self.words(from), self.words(to));
        if cfg!(miri) {
            for (f, t) in from.iter().zip(to) {
                t.store(f.load(std::sync::atomic::Ordering::Relaxed), std::sync::atomic::Ordering::Relaxed);
            }
            return;
        }
        // SAFETY: both slices are FRAME_WORDS long and distinct frames do not overlap
        // (`copy` allows equal ones). For the race see above.
        unsafe {
            std::ptr::copy(from.as_ptr().cast::<u64>(), to.as_ptr().cast::<u64>().cast_mut(), FRAME_WORDS);
        }
    }
    /// Zeroes a frame; the same words on the race hold.
    pub fn zero(&self, frame: FrameNo) {
        let words = self.words(frame);
        if cfg!(miri) {
            for w in words {
                w.store(0, std::sync::atomic::Ordering::Relaxed);
            }
            return;
        }
        // SAFETY: the slice is FRAME_WORDS long and made of atomics, which may be
        // written through a shared reference. For the race see `copy`.
        unsafe {
            std::ptr::write_bytes(words.as_ptr().cast::<u64>().cast_mut(), 0, FRAME_WORDS);
        }
    }
}
