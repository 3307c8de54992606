//! A fixed number of things of which most are never used: each is made, with its neighbours, when it is
//! first asked for.
//!
//! So a world with 65,536 frames costs what it touches, and whoever looks at all that there is looks at what
//! was made: the rest is as it would be made.

use crate::env::Env;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many are made at once.
const CHUNK: usize = 64;

/// Things numbered from `first` on.
pub struct Lazy<E: Env, T> {
    chunks: Box<[OnceLock<Box<[T]>>]>,
    first: u32,
    len: usize,
    make: fn(&E, u32) -> T,
    /// Chunks that are made. Relaxed: whoever goes by it has the world to itself.
    count: AtomicUsize,
}

impl<E: Env, T> Lazy<E, T> {
    /// `len` things, of which `make(env, number)` makes one; none is made yet.
    pub fn new(first: u32, len: u32, make: fn(&E, u32) -> T) -> Self {
        let len = len as usize;
        Lazy {
            chunks: (0..len.div_ceil(CHUNK)).map(|_| OnceLock::new()).collect(),
            first,
            len,
            make,
            count: AtomicUsize::new(0),
        }
    }
    /// How many there are, made or not.
    pub fn len(&self) -> usize {
        self.len
    }
    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// The thing at `index`, counted from the first; nothing beyond the last.
    #[inline]
    pub fn get(&self, env: &E, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get_or_init(|| self.chunk(env, index / CHUNK)).get(index % CHUNK)
    }
    #[cold]
    fn chunk(&self, env: &E, chunk: usize) -> Box<[T]> {
        self.count.fetch_add(1, Ordering::Relaxed);
        let number = |index: usize| self.first + index as u32;
        (chunk * CHUNK..self.len.min((chunk + 1) * CHUNK)).map(|index| (self.make)(env, number(index))).collect()
    }
    /// The same if it is made.
    pub fn peek(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get()?.get(index % CHUNK)
    }
    /// How often some were made: as long as it is the same, so is [`Lazy::made`].
    pub fn made_chunks(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
    /// Those that are made, in order.
    pub fn made(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().filter_map(OnceLock::get).flatten()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::env::stepped::{Keep, Stepped};

    #[test]
    fn what_is_asked_for_is_made_with_its_neighbours() {
        let env = Stepped::new(1, Keep::NOTHING);
        let row = Lazy::new(7, 150, |_: &Stepped, number| number);
        assert_eq!((row.len(), row.made().count(), row.peek(149)), (150, 0, None));
        assert_eq!((row.get(&env, 149), row.get(&env, 150), row.get(&env, 1 << 20)), (Some(&156), None, None));
        assert_eq!(row.made().copied().collect::<Vec<_>>(), (135..157).collect::<Vec<_>>());
        assert_eq!((row.get(&env, 0), row.peek(63), row.peek(64)), (Some(&7), Some(&70), None));
        assert_eq!(row.made().count(), 64 + 22);
    }
}
