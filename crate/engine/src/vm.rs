//! The machine-independent layer: one file an operation, named as the kernel names it.

pub mod collapse;
pub mod deallocate;
pub mod fault;
pub mod map;
pub mod object;
pub mod page_clean;
pub mod page_remove;
pub mod pageout;
pub mod pip;
pub mod split;
pub mod swap;
pub mod terminate;
pub mod vnode;
