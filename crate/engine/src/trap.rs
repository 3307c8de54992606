//! User loads and stores: TLB, walk, fault, retry.
//!
//! An access is one step (vm.md §7.10): if the TLB or the page table permits it, the CPU sets A and D, reads or
//! writes the word, and tells the oracle, before any other task runs. If not, the task handles the fault, in as many
//! steps as that takes, and begins the access again. Meanwhile other tasks of the address space use its page table
//! and their TLBs.
//!
//! An access always goes to the first word of its page (rulings R14), whatever the offset in the address.

use crate::detail;
use crate::detail::Piece;
use crate::env::{Env, Scope};
use crate::event::Event;
use crate::finding::FindingKind;
use crate::ids::SpaceId;
use crate::kern::{Prot, Signal};
use crate::machine::addr::{FrameNo, PhysAddr, VirtAddr, Vpn};
use crate::machine::cpu::Cpu;
use crate::machine::entry::{Entry, PageSize};
use crate::machine::regs::{Cr0, Cr4, Efer, Regs};
use crate::machine::walk::{Access, AccessKind, ErrorCode, HardwareFault, PageFault, TableMemory, Translation, walk};
use crate::pmap::leaf::Slot;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::word::mix;
use crate::world::Cx;

/// The registers of every simulated CPU: four levels, write protection, no-execute,
/// and no user memory for the kernel by accident.
pub const REGS: Regs = Regs {
    cr0: Cr0::WP,
    cr4: Cr4::PAE.union(Cr4::PGE).union(Cr4::SMEP).union(Cr4::SMAP),
    efer: Efer::LME.union(Efer::LMA).union(Efer::NXE),
    pkru: 0,
    pkrs: 0,
    phys_bits: 46,
    page_1g: true,
};

/// Index of the word that represents a page's contents.
const WORD: usize = 0;

/// Physical memory as the walk of one access sees it.
struct Tables<'a, 'w, E: Env> {
    cx: &'a Cx<'w, E>,
    space: SpaceId,
    vpn: Vpn,
}

impl<E: Env> TableMemory for Tables<'_, '_, E> {
    #[inline]
    fn load_entry(&self, at: PhysAddr) -> u64 {
        Slot::at(at, self.cx.config.frames).map_or(0, |slot| self.cx.entry_walk(slot).bits())
    }
    fn cas_entry(&self, at: PhysAddr, old: u64, new: u64) -> bool {
        let Some(slot) = Slot::at(at, self.cx.config.frames) else { return false };
        let (old, new) = (Entry::from_bits_retain(old), Entry::from_bits_retain(new));
        // Entries above a leaf are made with A and M set and never need an update.
        self.cx.leaf_cas(self.space, self.vpn, slot, old, new).is_ok()
    }
}

/// Why an access did not reach memory.
enum Stop {
    Fault(HardwareFault),
    /// The entry names a frame that there is not.
    Nowhere(Entry),
}

impl<E: Env> Cx<'_, E> {
    /// Loads the page's word at `va` as this task; the caller holds no lock. An error is the signal that the kernel
    /// delivers.
    pub async fn user_load(&self, va: VirtAddr) -> Result<u64, Signal> {
        self.user_access(va, AccessKind::Read, None).await
    }

    /// Stores to the page's word at `va` as this task, as [`Cx::user_load`] loads.
    pub async fn user_store(&self, va: VirtAddr, value: u64) -> Result<(), Signal> {
        self.user_access(va, AccessKind::Write, Some(value)).await.map(|_| ())
    }

    /// Makes an access from a recording, which has addresses but no values. A write stores `value`, or a token made
    /// of task and page if that is `None`.
    pub async fn user_touch(&self, va: VirtAddr, kind: AccessKind, value: Option<u64>) -> Result<(), Signal> {
        let token = value.unwrap_or_else(|| mix(u64::from(self.task.0) + 1, va.vpn().0) | 1);
        self.user_access(va, kind, kind.writes().then_some(token)).await.map(|_| ())
    }

    /// Returns the value read or stored.
    async fn user_access(&self, va: VirtAddr, kind: AccessKind, store: Option<u64>) -> Result<u64, Signal> {
        let scope = self.retry_scope();
        loop {
            // An attempt leaves no live value to the next.
            scope.restart();
            self.point(Step::Access).await;
            match self.access_once(va, kind, store) {
                Ok(value) => return Ok(value),
                Err(Stop::Fault(HardwareFault::PageFault(fault))) => {
                    scope.restart();
                    self.trap_pfault(fault).await?;
                }
                // T_PROTFLT of a user is SIGBUS.
                Err(Stop::Fault(HardwareFault::GeneralProtection)) => return Err(Signal::Bus),
                Err(Stop::Nowhere(leaf)) => {
                    self.find(FindingKind::Assertion, Property::E05, (None, None), {
                        detail!(
                            "{} translates to {}, outside of memory",
                            va,
                            Piece::Word(leaf.frame(PageSize::Size4K).0)
                        )
                    });
                    return Err(Signal::Bus);
                }
            }
        }
    }

    /// `trap_pfault` (pmap.md §2.16): passes the access that faulted to `vm_fault`. Neither P nor U matters there:
    /// the map entry decides.
    async fn trap_pfault(&self, fault: PageFault) -> Result<(), Signal> {
        let _routine = self.inside(Routine::Trap);
        let PageFault { address: va, code } = fault;
        self.emit(Event::HardwareFault { cpu: self.cpu, va, code: code.bits() });
        if code.contains(ErrorCode::RSVD) {
            self.find(
                FindingKind::Assertion,
                Property::E05,
                (None, None),
                detail!("a reserved bit is set in an entry for {}", va),
            );
            return Err(Signal::Bus);
        }
        // The rest of the error code is only for the event.
        let access = if code.contains(ErrorCode::W) {
            Prot::WRITE
        } else if code.contains(ErrorCode::I) {
            Prot::EXECUTE
        } else {
            Prot::READ
        };
        self.env.observe(u64::from(access.bits()), None);
        self.vm_fault_trap(va, access, code.contains(ErrorCode::P)).await
    }

    /// One attempt at the access, in one step.
    fn access_once(&self, va: VirtAddr, kind: AccessKind, store: Option<u64>) -> Result<u64, Stop> {
        let (cpu, space) = (self.cpu_of(self.cpu), self.space.get());
        // Another task may have run on this CPU: the switch is part of the step.
        if cpu.space.load(self) != Some(space) {
            self.load_cr3(Some(space));
        }
        self.env.access_begin(cpu.id);
        let reached = self.translate(cpu, space, va, kind).map(|frame| match store {
            Some(value) => (frame, value, self.store_word(frame, va, value)),
            None => self.load_word(frame, va),
        });
        self.env.access_end(cpu.id);
        let (page, value, expected) = reached?;
        let write = store.is_some();
        self.emit(Event::Access { cpu: cpu.id, space, va, page, write, value, expected });
        Ok(value)
    }

    /// The frame behind `va`, through the TLB if that permits the access, else by a walk, whose result the TLB
    /// caches. (A cached translation without the rights is not trusted but walked again, as QEMU does; hardware may
    /// also raise a spurious fault.)
    #[inline]
    fn translate(&self, cpu: &Cpu<E>, space: SpaceId, va: VirtAddr, kind: AccessKind) -> Result<FrameNo, Stop> {
        let vpn = va.vpn();
        if let Some(leaf) = self.tlb_lookup(cpu, vpn).filter(|&leaf| crate::machine::tlb::satisfies(leaf, kind)) {
            return Ok(leaf.frame(PageSize::Size4K).frame());
        }
        let Some(root) = self.space_of(space).pmap.root.load(self) else {
            return Err(Stop::Nowhere(Entry::empty()));
        };
        match walk(&Tables { cx: self, space, vpn }, root.addr(), &REGS, va, Access::user(kind)) {
            Ok(found) => {
                let leaf = cached(&found);
                let frame = found.frame_base;
                if Slot::at(frame, self.config.frames).is_none() {
                    return Err(Stop::Nowhere(leaf));
                }
                self.tlb_fill(cpu, vpn, leaf);
                Ok(frame.frame())
            }
            Err(fault) => {
                // A page fault drops the cached translation of the address.
                self.tlb_drop(cpu, vpn);
                Err(Stop::Fault(fault))
            }
        }
    }

    /// Stores the word and tells the oracle; returns the value expected there from now on. With threads a store takes
    /// effect between its begin and its end. Still inside the access, so no shootdown can complete meanwhile.
    #[inline]
    fn store_word(&self, frame: FrameNo, va: VirtAddr, value: u64) -> u64 {
        if E::TRACING {
            self.env.frame_store(frame, WORD, value);
            if !self.env.is_replaying() {
                self.oracle.declare_access(self, va, true);
                self.oracle.stored(self, va, value);
            }
        } else {
            let ticket = self.oracle.store_begin(self, va, value);
            self.env.frame_store(frame, WORD, value);
            self.oracle.store_end(self, va, ticket, value);
        }
        value
    }

    /// Loads the word and asks the oracle about it; returns the frame, the value read and the expected one.
    #[inline]
    fn load_word(&self, frame: FrameNo, va: VirtAddr) -> (FrameNo, u64, u64) {
        if E::TRACING {
            let value = self.env.frame_load(frame, WORD);
            if self.env.is_replaying() {
                return (frame, value, value);
            }
            self.oracle.declare_access(self, va, false);
            return (frame, value, self.oracle.loaded(self, va, value, Some(frame)));
        }
        let ticket = self.oracle.load_begin(self, va);
        let value = self.env.frame_load(frame, WORD);
        (frame, value, self.oracle.load_end(self, va, ticket, value))
    }
}

/// A walk's result as a TLB caches it: the leaf with the combined rights of all levels.
fn cached(found: &Translation) -> Entry {
    let mut bits = Entry::V | Entry::A;
    bits.set(Entry::U, found.user);
    bits.set(Entry::RW, found.writable);
    bits.set(Entry::NX, !found.executable);
    bits.set(Entry::M, found.dirty);
    Entry::leaf(found.frame_base, PageSize::Size4K, bits)
}
