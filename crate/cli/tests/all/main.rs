//! All tests of the command line in one program: it is linked once.

mod called;
mod explore;
mod links;
mod program;
