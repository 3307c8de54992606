//! A simulated CPU: its address space and its TLB.

use crate::env::{Cell, Env, Guarded};
use crate::ids::{CpuId, SpaceId};
use crate::word::{Kind, Place};

/// Entries of a TLB. A page's slot is its number modulo this, so a small world never evicts: an entry goes only by
/// invalidation (rulings R6).
pub const TLB_ENTRIES: usize = 256;

/// One TLB entry.
pub struct TlbEntry<E: Env> {
    /// Virtual page number × 2 + 1, or 0 when empty. Only its own CPU fills it; any CPU may clear it to invalidate.
    pub tag: Cell<E, u64>,
    /// The translation as a 4 KiB leaf: frame, and the effective rights of the walk in the bits R/W, U/S, XD and D.
    /// Only its own CPU writes it, before `tag`, and reads it, so an access is declared through `tag`.
    pub leaf: Cell<E, u64>,
}

/// A CPU.
pub struct Cpu<E: Env> {
    /// Its number.
    pub id: CpuId,
    /// The address space whose tables it walks (`curpmap`). Written by this CPU only.
    pub space: Cell<E, Option<SpaceId>>,
    /// The TLB.
    pub tlb: Vec<TlbEntry<E>>,
    /// Slots filled since the last flush, one bit each: those that a flush visits. In threads mode only this CPU uses
    /// it.
    pub filled: [Guarded<E, u64>; TLB_ENTRIES / 64],
}

impl<E: Env> Cpu<E> {
    /// A CPU without an address space, its TLB empty.
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
