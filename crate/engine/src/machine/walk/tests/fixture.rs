//! A small memory with paths of tables, shared by the walker's tests.

use super::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Address of the tests' top table.
pub(super) const ROOT: PhysAddr = PhysAddr(0x30_0000);

/// A few entries in an otherwise empty memory. It counts the walker's stores, and can have software change an entry
/// just before a store.
#[derive(Default)]
pub(super) struct Mem {
    words: RefCell<BTreeMap<u64, u64>>,
    pub(super) stores: Cell<u32>,
    /// Stored once, between the walker's reads and its next store.
    meanwhile: Cell<Option<(PhysAddr, u64)>>,
}

impl Mem {
    pub(super) fn get(&self, at: PhysAddr) -> Entry {
        Entry::from_bits_retain(self.load_entry(at))
    }
    pub(super) fn set(&self, at: PhysAddr, entry: u64) {
        self.words.borrow_mut().insert(at.0, entry);
    }
    /// Makes software store `entry` at `at` before the walker's next store.
    pub(super) fn meanwhile(&self, at: PhysAddr, entry: u64) {
        self.meanwhile.set(Some((at, entry)));
    }
}

impl TableMemory for Mem {
    fn load_entry(&self, at: PhysAddr) -> u64 {
        assert_eq!(at.0 % 8, 0, "an entry is aligned");
        self.words.borrow().get(&at.0).copied().unwrap_or(0)
    }
    fn cas_entry(&self, at: PhysAddr, old: u64, new: u64) -> bool {
        if let Some((at, entry)) = self.meanwhile.take() {
            self.set(at, entry);
        }
        if self.load_entry(at) != old {
            return false;
        }
        let changed = Entry::from_bits_retain(old ^ new);
        assert!(Entry::V.bits() & old != 0, "A and D go to present entries only");
        assert_eq!(old & !new, 0, "hardware clears nothing");
        assert!((Entry::A | Entry::M).contains(changed), "hardware sets A and D only");
        self.stores.set(self.stores.get() + 1);
        self.set(at, new);
        true
    }
}

/// Registers with every feature off.
pub(super) fn plain() -> Regs {
    Regs {
        cr0: Cr0::empty(),
        cr4: Cr4::PAE,
        efer: Efer::LME | Efer::LMA,
        pkru: 0,
        pkrs: 0,
        phys_bits: 40,
        page_1g: true,
    }
}

/// A canonical address with a different index at each level.
pub(super) fn somewhere(regs: &Regs) -> VirtAddr {
    match regs.top() {
        Level::Pml5 => VirtAddr(0xff12_9234_5678_9abc),
        _ => VirtAddr(0xffff_9234_5678_9abc),
    }
}

/// A path of tables for one address, root first, with one leaf.
pub(super) struct Path {
    pub(super) mem: Mem,
    pub(super) regs: Regs,
    pub(super) va: VirtAddr,
    /// Each level passed and the address of its entry; the leaf is last.
    pub(super) steps: Vec<(Level, PhysAddr)>,
}

impl Path {
    /// A path to a page of `size` with all rights.
    pub(super) fn new(regs: Regs, size: PageSize) -> Path {
        let va = somewhere(&regs);
        let mem = Mem::default();
        let mut steps = Vec::new();
        let all = Entry::V | Entry::RW | Entry::U;
        let mut table = ROOT;
        for level in Level::ALL.into_iter().rev() {
            if level > regs.top() || level < size.level() {
                continue;
            }
            let at = level.entry_at(table, va);
            steps.push((level, at));
            if level == size.level() {
                mem.set(at, Entry::leaf(PhysAddr(0x2_4000_0000), size, all).bits());
            } else {
                table = PhysAddr(table.0 + 0x1_1000);
                mem.set(at, Entry::next(table, all).bits());
            }
        }
        Path { mem, regs, va, steps }
    }

    pub(super) fn leaf_level(&self) -> Level {
        self.steps[self.steps.len() - 1].0
    }

    pub(super) fn leaf_at(&self) -> PhysAddr {
        self.steps[self.steps.len() - 1].1
    }

    /// Changes the entry at `level` by setting and clearing bits.
    pub(super) fn change(&self, level: Level, set: Entry, clear: Entry) {
        let (_, at) = self.steps.iter().find(|step| step.0 == level).expect("a level of the path");
        self.mem.set(*at, ((self.mem.get(*at) | set) - clear).bits());
    }

    pub(super) fn walk(&self, access: Access) -> Result<Translation, HardwareFault> {
        walk(&self.mem, ROOT, &self.regs, self.va, access)
    }

    /// Walks and returns the error code of the page fault that must result.
    pub(super) fn fault(&self, access: Access) -> u32 {
        match self.walk(access) {
            Err(HardwareFault::PageFault(PageFault { address, code })) => {
                assert_eq!(address, self.va, "CR2 is the address of the access");
                code.bits()
            }
            other => panic!("expected a page fault, got {other:x?}"),
        }
    }

    /// All entries of the path as they are now.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.steps.iter().map(|&(_, at)| self.mem.get(at)).collect()
    }
}

/// Every shape of path: both depths, the three page sizes.
pub(super) fn shapes(regs: Regs) -> impl Iterator<Item = Path> {
    [false, true]
        .into_iter()
        .flat_map(move |five| PageSize::ALL.into_iter().map(move |size| Path::new(regs.with_five_levels(five), size)))
}
