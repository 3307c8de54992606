//! All tests of the command line in one program: it is linked once.

mod called;
mod explore;
mod hostile;
mod interrupt;
mod links;
mod program;
