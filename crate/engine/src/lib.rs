//! FreeBSD's virtual memory as an engine.
//!
//! Layers, each importing only from those below it, which a test checks: [`machine`] is what the hardware
//! does, [`page`] is a page's identity, states and busy lock, [`pmap`] the machine-dependent layer that writes
//! page tables, [`vm`] the machine-independent layer (objects, faults, collapse, maps), and [`trap`] a user's access
//! that the hardware may refuse and the fault handler then serves.
//!
//! All of it is generic over an [`env::Env`], which decides whether a point in
//! an operation is a place where a scheduler may switch tasks (*stepped*) or
//! nothing at all (*threads*).
//!
//! The engine prints nothing, starts no thread and knows no browser. What it
//! does it says as [`event::Event`]s; what goes wrong it reports as
//! [`finding::Finding`]s.

pub mod check;
pub mod env;
pub mod event;
pub mod finding;
pub mod ids;
pub mod kern;
pub mod machine;
pub mod page;
pub mod pmap;
pub mod policy;
pub mod pool;
pub mod primitive;
pub mod property;
pub mod step;
pub mod sync;
pub mod trap;
pub mod trie;
pub mod vm;
pub mod world;

#[cfg(all(test, loom))]
mod models;

pub use env::{Env, stepped::Stepped, threads::Threads};
pub use world::{Config, Cx, World};

/// Which semantics this is, as links carry it (rulings R15): raised when runs that were made
/// before end in other states, or in the same with another digest, and only then.
/// `crate/scenario/tests/all/fingerprints.rs` notices.
pub const REVISION: u32 = 3;
