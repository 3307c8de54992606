//! A reader that counts the bytes that pass.

use std::cell::Cell;
use std::io::{self, Read};

/// Counts the bytes that pass.
pub(crate) struct Counted<'c, R> {
    inner: R,
    bytes: &'c Cell<u64>,
}

impl<'c, R> Counted<'c, R> {
    /// Adds what is read from `inner` to `bytes`.
    pub(crate) fn new(inner: R, bytes: &'c Cell<u64>) -> Self {
        Counted { inner, bytes }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + got as u64);
        Ok(got)
    }
}
