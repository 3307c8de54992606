//! A simulated CPU: which address space it runs on, and its TLB.

use crate::env::{Cell, Env, Guarded};
use crate::ids::{CpuId, SpaceId};
use crate::word::{Kind, Place};

/// Entries of a TLB. A page's slot is its number modulo this, so a small world
/// never evicts: an entry then goes only by invalidation (rulings R6).
pub const TLB_ENTRIES: usize = 256;

/// One TLB entry.
pub struct TlbEntry<E: Env> {
    /// Virtual page number × 2 + 1, or 0 when empty. Filled by its own CPU alone;
    /// cleared by anyone who invalidates.
    pub tag: Cell<E, u64>,
    /// The translation as a leaf of 4 KiB: frame, and the effective rights of the walk
    /// in the bits R/W, U/S, XD and D. Written by its own CPU before `tag`, and read by
    /// it alone, so that an access is declared through `tag`.
    pub leaf: Cell<E, u64>,
}

/// A CPU.
pub struct Cpu<E: Env> {
    /// Its number.
    pub id: CpuId,
    /// The address space whose tables it walks (`curpmap`). Written by itself alone.
    pub space: Cell<E, Option<SpaceId>>,
    /// The TLB.
    pub tlb: Vec<TlbEntry<E>>,
    /// Slots filled since the last flush, one bit each: what a flush visits. Its own
    /// CPU's in threads mode.
    pub filled: [Guarded<E, u64>; TLB_ENTRIES / 64],
}

impl<E: Env> Cpu<E> {
    /// A CPU that runs on nothing, its TLB empty.
    pub fn new(env: &E, id: CpuId) -> Self {
        Cpu {
            id,
            space: Cell::new(env, Place::at(Kind::Cpu, id.0, 0), None),
            tlb: (0..TLB_ENTRIES)
                .map(|_| TlbEntry { tag: Cell::new(env, Place::NOWHERE, 0), leaf: Cell::new(env, Place::NOWHERE, 0) })
                .collect(),
            filled: std::array::from_fn(|_| Guarded::new(env, Place::NOWHERE, 0)),
        }
    }
}
