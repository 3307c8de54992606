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
//! The engine prints nothing, starts no thread and knows no browser. It reports what it does as [`event::Event`]s and
//! what goes wrong as [`finding::Finding`]s.

pub mod check;
pub mod detail;
pub mod env;
pub mod event;
pub mod finding;
pub mod ids;
pub mod kern;
pub mod lazy;
pub mod lock;
pub mod machine;
pub mod page;
pub mod pmap;
pub mod policy;
pub mod pool;
pub mod primitive;
pub mod property;
pub mod routine;
mod segments;
pub mod step;
pub mod sync;
pub mod trap;
pub mod trie;
pub mod vm;
pub mod word;
pub mod world;

#[cfg(all(test, loom))]
mod models;

pub use env::{Env, stepped::Stepped, threads::Threads};
pub use world::{Config, Cx, World};

/// Version of the semantics, which links carry (rulings R15). It is raised only when runs recorded before end in
/// other states, or in the same states with another fingerprint (key `digest` in links and JSON).
/// `crate/scenario/tests/all/fingerprints.rs` notices.
pub const REVISION: u32 = 3;
