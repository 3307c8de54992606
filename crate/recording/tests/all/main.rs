//! All tests of recordings and of page-walk vectors in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod recording;
mod vectors;
