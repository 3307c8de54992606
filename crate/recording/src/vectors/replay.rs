//! Runs one record on this project's walker.
//!
//! A record has at most five entries: one at each level, at the place that the entry above names. The processor kept
//! its TLB between the two accesses of a record, so this keeps one too; like the emulator that made the vectors, it
//! walks again whenever a cached translation does not suffice.

use super::{Levels, Outcome, Record, Vector};
use faultline_engine::machine::addr::{PhysAddr, VirtAddr};
use faultline_engine::machine::entry::{Entry, Level};
use faultline_engine::machine::regs::Regs;
use faultline_engine::machine::walk::{Access, AccessKind, HardwareFault, TableMemory, Translation, check, walk};
use std::cell::Cell;
use std::fmt::Write;

/// Address of the top table: no entry can point there, so none hits it accidentally.
const ROOT: PhysAddr = PhysAddr(1 << 52);

/// Exception vector of an access that was not made.
const NO_ACCESS: u32 = u32::MAX;

/// Describes how `record` differs from the walker's results, if it does.
pub(super) fn differences(record: &Record, levels: Levels) -> Option<String> {
    let vector = &record.vector;
    let regs = vector.regs.with_five_levels(levels == Levels::Five);
    let tables = Tables::of(vector, &regs);
    let mut tlb = Vec::new();
    let mut spared = [false; 5];
    let mut words = String::new();

    for (n, name) in ["first access", "second access"].into_iter().enumerate() {
        let told = &record.outcomes[n];
        let Some(access) = vector.accesses[n] else {
            if told.exception != NO_ACCESS {
                say(&mut words, name, &describe(told, None), "no access");
            }
            continue;
        };
        let va = VirtAddr(vector.va.wrapping_add(offset_of(access.kind)));
        tables.deepest.set(None);
        let found = use_tlb(&mut tlb, &tables, &regs, va, access);
        if let Err(HardwareFault::PageFault(_)) = found {
            tables.spare_accessed(&regs, &mut spared);
        }
        let found = outcome_of(access, found);
        // Undefined parts of an outcome are zero on both sides.
        if found != told.meaningful(access) {
            say(&mut words, name, &describe(told, Some(access)), &describe(&found, Some(access)));
        }
    }

    for (slot, spared) in spared.into_iter().enumerate().skip(tables.first) {
        let (told, found) = (record.entries[slot], tables.entry(slot));
        let free = if spared { Entry::A.bits() } else { 0 };
        // If A is undefined, the file may have it set and the walker not.
        if told != found && told != found | free {
            let name = format!("e{} afterwards", 5 - slot);
            say(&mut words, &name, &format!("{told:#x}"), &format!("{found:#x}"));
        }
    }
    (!words.is_empty()).then_some(words)
}

fn say(words: &mut String, what: &str, expected: &str, found: &str) {
    let gap = if words.is_empty() { "" } else { "; " };
    // Writing into a string cannot fail.
    let _ = write!(words, "{gap}{what}: expected {expected}, found {found}");
}

/// Offset in the page at which each kind of access goes.
fn offset_of(kind: AccessKind) -> u64 {
    match kind {
        AccessKind::Read => 0,
        AccessKind::Write | AccessKind::Rmw => 8,
        AccessKind::Fetch => 0x800,
    }
}

fn outcome_of(access: Access, found: Result<PhysAddr, HardwareFault>) -> Outcome {
    let none = Outcome { exception: 0, error: 0, cr2: 0, data: 0 };
    let outcome = match found {
        Ok(phys) => Outcome { data: phys.0, ..none },
        Err(HardwareFault::GeneralProtection) => Outcome { exception: 13, ..none },
        Err(HardwareFault::PageFault(fault)) => {
            Outcome { exception: 14, error: fault.code.bits(), cr2: fault.address.0, ..none }
        }
    };
    outcome.meaningful(access)
}

impl Outcome {
    /// The outcome's defined parts: CR2 belongs to a page fault, and `data` to a successful read. All else becomes
    /// zero.
    fn meaningful(self, access: Access) -> Outcome {
        let read = self.exception == 0 && access.kind == AccessKind::Read;
        Outcome { cr2: if self.exception == 14 { self.cr2 } else { 0 }, data: if read { self.data } else { 0 }, ..self }
    }
}

fn describe(outcome: &Outcome, access: Option<Access>) -> String {
    let Outcome { exception, error, cr2, data } = *outcome;
    match exception {
        NO_ACCESS => "no access".to_owned(),
        0 if error == 0 => match access.map(|access| access.kind) {
            Some(AccessKind::Read) => format!("success at physical address {data:#x}"),
            _ => "success".to_owned(),
        },
        14 => format!("page fault {error:#x} at {cr2:#x}"),
        13 => format!("general protection fault {error:#x}"),
        _ => format!("exception {exception} with error {error:#x}"),
    }
}

/// Makes one access through the TLB `tlb`, which a successful walk fills.
///
/// Each use checks the rights; if they do not suffice, or a write finds the translation clean, the tables decide
/// instead of the cached translation.
fn use_tlb(
    tlb: &mut Vec<(u64, Translation)>,
    tables: &Tables,
    regs: &Regs,
    va: VirtAddr,
    access: Access,
) -> Result<PhysAddr, HardwareFault> {
    let covers = |held: &(u64, Translation)| va.0 & !held.1.size.offset_mask() == held.0;
    if let Some((_, held)) = tlb.iter().find(|held| covers(held)) {
        let clean = access.kind.writes() && !held.dirty;
        if !clean && check(regs, held, access).is_ok() {
            return Ok(PhysAddr(held.frame_base.0 | va.0 & held.size.offset_mask()));
        }
    }
    let translation = walk(tables, ROOT, regs, va, access)?;
    tlb.retain(|held| !covers(held));
    tlb.push((va.0 & !translation.size.offset_mask(), translation));
    Ok(translation.phys)
}

/// The entries of one record as memory.
struct Tables {
    /// Entry `e5` in slot 0 to `e1` in slot 4.
    words: [Cell<u64>; 5],
    places: [PhysAddr; 5],
    /// Slot of the top table: 0 with five levels, 1 with four.
    first: usize,
    /// The lowest level that the present walk has read, as a slot.
    deepest: Cell<Option<usize>>,
}

impl Tables {
    fn of(vector: &Vector, regs: &Regs) -> Tables {
        let first = 5 - usize::from(regs.top().number());
        let mut places = [PhysAddr(u64::MAX); 5];
        let mut table = ROOT;
        for (slot, place) in places.iter_mut().enumerate().skip(first) {
            *place = level_of(slot).entry_at(table, VirtAddr(vector.va));
            table = Entry::from_bits_retain(vector.entries[slot]).table();
        }
        Tables { words: vector.entries.map(Cell::new), places, first, deepest: Cell::new(None) }
    }

    /// The slot of the entry at `at`: the highest one, if an entry serves two levels because a table names itself.
    fn slot_at(&self, at: PhysAddr) -> Option<usize> {
        (self.first..5).find(|&slot| self.places[slot] == at)
    }

    /// The present entry of `slot`.
    fn entry(&self, slot: usize) -> u64 {
        let given = self.words[slot].get();
        self.slot_at(self.places[slot]).map_or(given, |slot| self.words[slot].get())
    }

    /// Marks the slots whose A bit is undefined after the present walk, which faulted: those above the entry at which
    /// it ended (hardware may or may not set A there), and that entry if it maps 1 GiB, since QEMU sets A there
    /// before it checks the rights and the reserved bits that only a page of that size has.
    fn spare_accessed(&self, regs: &Regs, spared: &mut [bool; 5]) {
        let Some(last) = self.deepest.get() else {
            return;
        };
        spared[..last].fill(true);
        let entry = Entry::from_bits_retain(self.entry(last));
        spared[last] |= level_of(last) == Level::Pdpt
            && entry.contains(Entry::V | Entry::PS)
            && entry.bits() & regs.reserved_everywhere() == 0;
    }
}

fn level_of(slot: usize) -> Level {
    Level::ALL[4 - slot]
}

impl TableMemory for Tables {
    fn load_entry(&self, at: PhysAddr) -> u64 {
        self.slot_at(at).map_or(0, |slot| {
            self.deepest.set(self.deepest.get().max(Some(slot)));
            self.words[slot].get()
        })
    }

    fn cas_entry(&self, at: PhysAddr, old: u64, new: u64) -> bool {
        let Some(slot) = self.slot_at(at) else {
            return false;
        };
        let same = self.words[slot].get() == old;
        if same {
            self.words[slot].set(new);
        }
        same
    }
}
