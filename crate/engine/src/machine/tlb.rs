//! The TLB of a simulated CPU: direct-mapped, one address space at a time.
//!
//! There are no process-context identifiers: a CR3 load flushes. An entry goes only by invalidation or when another
//! page takes its slot (rulings R6).
//!
//! **Who writes what.** An entry is `(tag, leaf)`. Only its own CPU fills it: leaf first, then tag. Any CPU may
//! invalidate it, which only ever turns a tag into 0; so the two words cannot disagree for their only reader, the
//! CPU.
//!
//! **Why a remote invalidation is complete** (threads mode). The caller has already changed the page table.
//! `Cx::tlb_shoot` then
//! 1. clears the tag if it matches: accesses that begin later miss and walk the new table;
//! 2. waits until the access in progress, if any, is over. That access may have walked the old table and have filled
//!    the entry *after* 1;
//! 3. looks at the tag again. An access that begins after 2 walks the new table, so no CPU can fill a stale entry any
//!    more; if the look found one, it clears it and waits for the accesses that hit it in between.
//!
//! Each side writes one word and then reads the other's (tag and access bracket), so both need a full fence between:
//! the bracket is a sequentially consistent read-modify-write, and so are the page-table exchange before 1 and the
//! compare-and-swap in 1 and 3. Stepped, an access is one step and 1 is enough.

use super::addr::{FrameNo, Vpn};
use super::cpu::{Cpu, TLB_ENTRIES, TlbEntry};
use super::entry::{Entry, PageSize};
use super::walk::AccessKind;
use crate::env::Env;
use crate::event::Event;
use crate::ids::{CpuId, SpaceId};
use crate::word::{Kind, mix};
use crate::world::Cx;

/// The space of a CPU that has none: no space has this number.
const NO_SPACE: SpaceId = SpaceId(u32::MAX);

/// The tag for a page: never 0.
pub(crate) const fn tag_of(vpn: Vpn) -> u64 {
    vpn.0 << 1 | 1
}

/// The page for a tag that is not 0.
pub(crate) const fn vpn_of(tag: u64) -> Vpn {
    Vpn(tag >> 1)
}

const fn slot_of(vpn: Vpn) -> usize {
    vpn.0 as usize % TLB_ENTRIES
}

/// Whether a cached translation satisfies a user access. A clean entry never satisfies a write: the CPU has to go
/// back to the table and set D there (pmap.md §1.5), which is why taking R/W from a clean entry needs no flush.
pub(crate) fn satisfies(leaf: Entry, kind: AccessKind) -> bool {
    let needs = if kind.writes() { Entry::U.union(Entry::RW).union(Entry::M) } else { Entry::U };
    let barred = matches!(kind, AccessKind::Fetch) && leaf.contains(Entry::NX);
    leaf.contains(needs) && !barred
}

impl<E: Env> Cpu<E> {
    pub(crate) fn slot(&self, vpn: Vpn) -> &TlbEntry<E> {
        &self.tlb[slot_of(vpn)]
    }
}

impl<E: Env> Cpu<E> {
    /// The frame that the TLB has for a page, for views: declares no access. Whoever runs on the CPU knows it to be
    /// that of the present address space.
    pub fn tlb_peek(&self, env: &E, vpn: Vpn) -> Option<FrameNo> {
        let entry = self.slot(vpn);
        let leaf = || Entry::from_bits_retain(entry.leaf.peek(env)).frame(PageSize::Size4K).frame();
        (entry.tag.peek(env) == tag_of(vpn)).then(leaf)
    }
}

impl<'w, E: Env> Cx<'w, E> {
    /// The CPU with this number.
    #[inline]
    pub(crate) fn cpu_of(&self, id: CpuId) -> &'w Cpu<E> {
        &self.world().cpus[id.0 as usize]
    }

    /// The entry that the TLB holds for a page. Only the CPU itself calls it, inside an access.
    #[inline]
    pub(crate) fn tlb_lookup(&self, cpu: &Cpu<E>, vpn: Vpn) -> Option<Entry> {
        let entry = cpu.slot(vpn);
        (entry.tag.load(self) == tag_of(vpn)).then(|| Entry::from_bits_retain(entry.leaf.peek(&self.env)))
    }

    /// Caches a translation, in place of whatever had its slot. Only the CPU itself calls it, inside an access, after
    /// a walk that set A (and D, if `leaf` has it).
    pub(crate) fn tlb_fill(&self, cpu: &Cpu<E>, vpn: Vpn, leaf: Entry) {
        let entry = cpu.slot(vpn);
        if E::TRACING {
            let old = entry.tag.peek(&self.env);
            self.tlb_forget(cpu, entry);
            if old != 0 && old != tag_of(vpn) {
                self.emit(Event::TlbDrop { cpu: cpu.id, va: vpn_of(old).addr() });
            }
            entry.leaf.store(self, leaf.bits());
            entry.tag.store(self, tag_of(vpn));
            self.tlb_account(cpu, vpn, leaf, true);
            self.emit(Event::TlbFill { cpu: cpu.id, va: vpn.addr(), bits: leaf.bits() });
        } else {
            // No other CPU reads the leaf, so the old tag may be beside the new leaf for a moment.
            entry.leaf.store(self, leaf.bits());
            entry.tag.store(self, tag_of(vpn));
        }
        let (word, bit) = (slot_of(vpn) / 64, slot_of(vpn) % 64);
        let filled = &cpu.filled[word];
        filled.set(self, filled.get(self) | 1 << bit);
    }

    /// INVLPG: drops a page's entry in the TLB, of any CPU; for a remote one see [`Cx::tlb_shoot`].
    #[inline]
    pub(crate) fn tlb_drop(&self, cpu: &Cpu<E>, vpn: Vpn) -> bool {
        let entry = cpu.slot(vpn);
        let tag = tag_of(vpn);
        if entry.tag.load(self) != tag {
            return false;
        }
        if E::TRACING {
            self.tlb_forget(cpu, entry);
            self.emit(Event::TlbDrop { cpu: cpu.id, va: vpn.addr() });
            return true;
        }
        // If this fails the CPU has just put another entry there: the old one is gone all the same.
        _ = entry.tag.cas(self, tag, 0);
        true
    }

    /// Drops all entries of the TLB: called by the CPU itself (a CR3 load), or stepped.
    pub(crate) fn tlb_flush(&self, cpu: &Cpu<E>) {
        let mut any = false;
        for (word, filled) in cpu.filled.iter().enumerate() {
            let mut bits = filled.get(self);
            if bits == 0 {
                continue;
            }
            any = true;
            filled.set(self, 0);
            while bits != 0 {
                let entry = &cpu.tlb[word * 64 + bits.trailing_zeros() as usize];
                bits &= bits - 1;
                if E::TRACING { self.tlb_forget(cpu, entry) } else { entry.tag.store(self, 0) }
            }
        }
        if any {
            self.emit(Event::TlbFlush { cpu: cpu.id });
        }
    }

    /// Makes another CPU drop a page's entry, or all entries. On return no access through the old translation is in
    /// progress, or can begin.
    pub(crate) fn tlb_shoot(&self, cpu: &Cpu<E>, vpn: Option<Vpn>) {
        if E::TRACING {
            match vpn {
                Some(vpn) => _ = self.tlb_drop(cpu, vpn),
                None => self.tlb_flush(cpu),
            }
            return;
        }
        self.tlb_sweep(cpu, vpn);
        self.env.access_wait(cpu.id);
        if self.tlb_sweep(cpu, vpn) {
            self.env.access_wait(cpu.id);
        }
    }

    /// Clears the matching tags of another thread's CPU; returns whether there were any. The bitmap belongs to that
    /// CPU, so this looks at all slots.
    fn tlb_sweep(&self, cpu: &Cpu<E>, vpn: Option<Vpn>) -> bool {
        let Some(vpn) = vpn else {
            let mut any = false;
            for entry in &cpu.tlb {
                let tag = entry.tag.load(self);
                if tag != 0 {
                    any = true;
                    _ = entry.tag.cas(self, tag, 0);
                }
            }
            return any;
        };
        self.tlb_drop(cpu, vpn)
    }

    /// Clears an entry and takes it out of the fingerprint.
    fn tlb_forget(&self, cpu: &Cpu<E>, entry: &TlbEntry<E>) {
        let tag = entry.tag.peek(&self.env);
        if tag != 0 {
            self.tlb_account(cpu, vpn_of(tag), Entry::from_bits_retain(entry.leaf.peek(&self.env)), false);
            entry.tag.store(self, 0);
        }
    }

    /// A stale entry makes a state different: it is counted among the translations to the frame.
    fn tlb_account(&self, cpu: &Cpu<E>, vpn: Vpn, leaf: Entry, present: bool) {
        let id = cpu.space.peek(&self.env);
        let space = id.map_or(0, |id| self.env.name_of(Kind::Space, id.0));
        let who = mix(mix(0x71b + u64::from(cpu.id.0), space), vpn.0);
        let frame = leaf.frame(PageSize::Size4K);
        // A task that writes the page's table entry conflicts with every CPU that caches it (pmap.md §3.2).
        self.env.declare(mix(space, vpn.0), true);
        self.env.translation(frame.frame(), (id.unwrap_or(NO_SPACE), vpn), mix(who, leaf.bits() ^ frame.0), present);
    }
}
