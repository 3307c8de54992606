//! What an input costs, in bytes: memory held at once, and memory asked for in all, which stands for work and,
//! other than time, is the same on every machine.

use cap::Cap;
use peak_alloc::PeakAlloc;

/// The allocator of a program that measures: `#[global_allocator] static ALLOCATOR: Counting = counting();`.
pub type Counting = Cap<PeakAlloc>;

/// Bytes that the whole program may hold. Beyond them it is ended, before the machine suffers.
const MOST: usize = 3 << 30;

/// An allocator that counts and has an end.
pub const fn counting() -> Counting {
    Cap::new(PeakAlloc, MOST)
}

/// What one input may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes held at once, beyond those before.
    pub held: usize,
    /// Bytes asked for, those given back included.
    pub asked: usize,
}

/// Measures by the program's allocator, if it is one that counts.
#[derive(Clone, Copy)]
pub struct Meter(pub Option<&'static Counting>);

impl Meter {
    /// Runs something, and says what is too much about it.
    pub fn measure<T>(self, bounds: Bounds, run: impl FnOnce() -> T) -> (T, Option<String>) {
        let Some(allocator) = self.0 else { return (run(), None) };
        PeakAlloc.reset_peak_usage();
        let (before, asked) = (PeakAlloc.current_usage(), allocator.total_allocated());
        let result = run();
        let held = PeakAlloc.peak_usage().saturating_sub(before);
        let asked = allocator.total_allocated().wrapping_sub(asked);
        let excess = match () {
            () if held > bounds.held => Some(format!("held {held} bytes at once; {} are the most", bounds.held)),
            () if asked > bounds.asked => Some(format!("asked for {asked} bytes; {} are the most", bounds.asked)),
            () => None,
        };
        (result, excess)
    }
}
