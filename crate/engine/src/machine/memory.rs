//! Frames and raw words in threads mode: the only file with `unsafe`.
//!
//! Natively every access is atomic, relaxed at least, so that no caller can cause a race that the language leaves
//! undefined. Two kinds of access are not atomic to the compiler, because the atomic form is slow, and mean the same
//! to the machine:
//!
//! - *x86-64*: frames are copied and zeroed by `rep movsq` and `rep stosq`, as fast as `memcpy`: with the frame in
//!   the cache 30 ns against 530 for a loop of relaxed loads and stores, 30 against 140 for zeroes. Assembly is
//!   opaque to the compiler and stands for the loop that it replaces: it moves each word by itself.
//! - *wasm*: words under a lock are read and written plainly, since an atomic store to shared memory is a
//!   sequentially consistent exchange of about 10 ns; and frames are copied and zeroed by bulk memory operations, 90
//!   times as fast as a loop over atomics. WebAssembly defines every race (a read returns bytes that were written),
//!   so all that is left is what the compiler may conclude: of volatile accesses nothing, and the words of a bulk
//!   operation are otherwise accessed by atomics only, about whose values it assumes nothing either.
//!
//! With ThreadSanitizer (`--cfg tsan`) words under a lock are plain too, so that it sees where no lock orders them.

use super::addr::{FrameNo, PAGE_SHIFT};
use crate::primitive::AtomicU64;

/// Number of 8-byte words in a frame.
pub const FRAME_WORDS: usize = 512;

const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// A 4 KiB leaf as fingerprints see it: present, frame, the other bits.
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

/// One word of the world in threads mode.
///
/// Words that a lock protects use [`RawWord::read`] and [`RawWord::write`], all others [`RawWord::atomic`].
#[repr(transparent)]
pub struct RawWord(AtomicU64);

impl RawWord {
    /// A word with this value.
    pub fn new(value: u64) -> Self {
        RawWord(AtomicU64::new(value))
    }
    /// Reads the word. The caller holds the lock that guards it: that, and not this access, orders it.
    #[inline]
    pub fn read(&self) -> u64 {
        #[cfg(any(target_family = "wasm", tsan))]
        // SAFETY: the pointer is aligned and valid as long as `self`. For races see the head of this file.
        return unsafe { self.0.as_ptr().read_volatile() };
        // Relaxed: an ordinary load, and defined even where a caller forgot the lock.
        #[cfg(not(any(target_family = "wasm", tsan)))]
        self.0.load(crate::primitive::Ordering::Relaxed)
    }
    /// Writes the word. The caller holds the lock that guards it for writing.
    #[inline]
    pub fn write(&self, value: u64) {
        #[cfg(any(target_family = "wasm", tsan))]
        // SAFETY: the pointer is aligned and valid as long as `self`. For races see the head of this file.
        return unsafe { self.0.as_ptr().write_volatile(value) };
        #[cfg(not(any(target_family = "wasm", tsan)))]
        self.0.store(value, crate::primitive::Ordering::Relaxed);
    }
    /// The word for accesses that no lock guards.
    #[inline]
    pub fn atomic(&self) -> &AtomicU64 {
        &self.0
    }
}

/// A word of a frame. A loom atomic has a history, and a model touches only a few words, so under loom each is made
/// at its first use.
#[cfg(not(loom))]
type FrameWord = AtomicU64;
#[cfg(loom)]
type FrameWord = std::sync::OnceLock<AtomicU64>;

/// Frames shared between threads.
pub struct PlainFrames {
    words: Box<[FrameWord]>,
}

impl PlainFrames {
    /// `frames` zeroed frames.
    #[cfg(not(loom))]
    pub fn new(frames: u32) -> Self {
        let words = vec![0u64; frames as usize * FRAME_WORDS].into_boxed_slice();
        // SAFETY: AtomicU64 has the size and, on all targets of this crate, the alignment of u64, and any u64 is a
        // valid AtomicU64. Zeroed memory from the allocator stays untouched until it is used.
        let words = unsafe { Box::from_raw(Box::into_raw(words) as *mut [AtomicU64]) };
        PlainFrames { words }
    }
    #[cfg(loom)]
    #[allow(missing_docs)]
    pub fn new(frames: u32) -> Self {
        PlainFrames { words: (0..frames as usize * FRAME_WORDS).map(|_| FrameWord::new()).collect() }
    }
    /// Number of frames.
    pub fn len(&self) -> u32 {
        (self.words.len() / FRAME_WORDS) as u32
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
    /// One word.
    #[inline]
    pub fn word(&self, frame: FrameNo, word: usize) -> &AtomicU64 {
        let word = &self.words[frame.0 as usize * FRAME_WORDS + word];
        #[cfg(loom)]
        let word = word.get_or_init(|| AtomicU64::new(0));
        word
    }
    /// Copies a frame; `from` and `to` may be the same.
    ///
    /// The page's busy lock keeps the kernel out, but does not stop a CPU that stores to the source through a mapping
    /// it still has: hardware allows that race, and each word then arrives as it was before or after the store. So
    /// this means a loop of relaxed accesses (`bulk::copy`), done by an operation that is fast on the target.
    pub fn copy(&self, from: FrameNo, to: FrameNo) {
        bulk::copy(self, from, to);
    }
    /// Zeroes a frame, as [`PlainFrames::copy`] copies it.
    pub fn zero(&self, frame: FrameNo) {
        bulk::zero(self, frame);
    }
    /// Address of a frame's first word.
    #[cfg(not(any(miri, loom)))]
    #[cfg(any(target_arch = "x86_64", target_family = "wasm"))]
    fn start(&self, frame: FrameNo) -> *mut u64 {
        let base = frame.0 as usize * FRAME_WORDS;
        self.words[base..base + FRAME_WORDS].as_ptr().cast::<u64>().cast_mut()
    }
}

/// Bulk operations of x86-64.
#[cfg(all(target_arch = "x86_64", not(any(miri, loom))))]
mod bulk {
    use super::{FRAME_WORDS, FrameNo, PlainFrames};
    use std::arch::asm;

    pub(super) fn copy(frames: &PlainFrames, from: FrameNo, to: FrameNo) {
        // SAFETY: both are FRAME_WORDS aligned words of atomics that live as long as `frames`, one and the same or
        // apart; the direction flag is clear.
        unsafe {
            asm!(
                "rep movsq",
                inout("rcx") FRAME_WORDS => _,
                inout("rsi") frames.start(from) => _,
                inout("rdi") frames.start(to) => _,
                options(nostack, preserves_flags),
            );
        }
    }
    pub(super) fn zero(frames: &PlainFrames, frame: FrameNo) {
        // SAFETY: FRAME_WORDS aligned words of atomics that live as long as `frames`; the direction flag is clear.
        unsafe {
            asm!(
                "rep stosq",
                in("rax") 0,
                inout("rcx") FRAME_WORDS => _,
                inout("rdi") frames.start(frame) => _,
                options(nostack, preserves_flags),
            );
        }
    }
}

/// Bulk operations of wasm: `memory.copy` and `memory.fill`.
#[cfg(all(target_family = "wasm", not(any(miri, loom))))]
mod bulk {
    use super::{FRAME_WORDS, FrameNo, PlainFrames};

    pub(super) fn copy(frames: &PlainFrames, from: FrameNo, to: FrameNo) {
        // SAFETY: both are FRAME_WORDS aligned words of atomics, which may be written through a shared reference.
        // For races see the head of this file.
        unsafe { std::ptr::copy(frames.start(from), frames.start(to), FRAME_WORDS) }
    }
    pub(super) fn zero(frames: &PlainFrames, frame: FrameNo) {
        // SAFETY: as of `copy`.
        unsafe { std::ptr::write_bytes(frames.start(frame), 0, FRAME_WORDS) }
    }
}

/// Word by word, which is what the other versions mean.
#[cfg(any(miri, not(any(loom, target_arch = "x86_64", target_family = "wasm"))))]
mod bulk {
    use super::{FRAME_WORDS, FrameNo, PlainFrames};
    use crate::primitive::Ordering;

    pub(super) fn copy(frames: &PlainFrames, from: FrameNo, to: FrameNo) {
        for word in 0..FRAME_WORDS {
            frames.word(to, word).store(frames.word(from, word).load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
    pub(super) fn zero(frames: &PlainFrames, frame: FrameNo) {
        for word in 0..FRAME_WORDS {
            frames.word(frame, word).store(0, Ordering::Relaxed);
        }
    }
}

/// The same under loom, skipping words that were never written.
#[cfg(all(loom, not(miri)))]
mod bulk {
    use super::{FRAME_WORDS, FrameNo, PlainFrames};
    use crate::primitive::Ordering;

    fn is_made(frames: &PlainFrames, frame: FrameNo, word: usize) -> bool {
        frames.words[frame.0 as usize * FRAME_WORDS + word].get().is_some()
    }
    pub(super) fn copy(frames: &PlainFrames, from: FrameNo, to: FrameNo) {
        for word in (0..FRAME_WORDS).filter(|&w| is_made(frames, from, w) || is_made(frames, to, w)) {
            frames.word(to, word).store(frames.word(from, word).load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
    pub(super) fn zero(frames: &PlainFrames, frame: FrameNo) {
        for word in (0..FRAME_WORDS).filter(|&w| is_made(frames, frame, w)) {
            frames.word(frame, word).store(0, Ordering::Relaxed);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::primitive::Ordering;

    #[test]
    fn frames_are_copied_and_zeroed_whole_and_alone() {
        let frames = PlainFrames::new(4);
        let fill = |frame, seed: u64| {
            for word in 0..FRAME_WORDS {
                frames.word(FrameNo(frame), word).store(seed << 32 | word as u64, Ordering::Relaxed);
            }
        };
        let holds = |frame, seed: Option<u64>| {
            (0..FRAME_WORDS).all(|word| {
                let value = frames.word(FrameNo(frame), word).load(Ordering::Relaxed);
                value == seed.map_or(0, |seed| seed << 32 | word as u64)
            })
        };
        (0..4).for_each(|frame| fill(frame, u64::from(frame) + 1));
        frames.copy(FrameNo(2), FrameNo(1));
        frames.copy(FrameNo(3), FrameNo(3));
        assert!(holds(0, Some(1)) && holds(1, Some(3)) && holds(2, Some(3)) && holds(3, Some(4)));
        frames.zero(FrameNo(2));
        assert!(holds(1, Some(3)) && holds(2, None) && holds(3, Some(4)));
    }

    #[test]
    fn a_word_is_one_word_however_it_is_accessed() {
        let word = RawWord::new(1);
        assert_eq!(word.read(), 1);
        word.write(2);
        assert_eq!(word.atomic().fetch_add(3, Ordering::Relaxed), 2);
        assert_eq!(word.read(), 5);
    }
}
