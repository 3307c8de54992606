//! Software changes an entry during a walk.

use super::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const WRITE: Access = Access::user(AccessKind::Write);

/// A path on which only the leaf still needs a store.
fn warm(size: PageSize) -> Path {
    let path = Path::new(plain(), size);
    path.walk(Access::user(AccessKind::Read)).expect("allowed");
    path.mem.stores.set(0);
    path
}

#[test]
fn an_entry_that_goes_away_before_dirty_is_set_faults_and_stays_clean() {
    for size in PageSize::ALL {
        let path = warm(size);
        let gone = path.mem.get(path.leaf_at()) - Entry::V;
        path.mem.meanwhile(path.leaf_at(), gone.bits());
        assert_eq!(path.fault(WRITE), 6);
        assert_eq!(path.mem.get(path.leaf_at()), gone);
        assert_eq!(path.mem.stores.get(), 0);
    }
}

#[test]
fn a_write_that_loses_its_right_before_dirty_is_set_faults_and_stays_clean() {
    let path = warm(PageSize::Size4K);
    let readonly = path.mem.get(path.leaf_at()) - Entry::RW;
    path.mem.meanwhile(path.leaf_at(), readonly.bits());
    assert_eq!(path.fault(WRITE), 7);
    assert_eq!(path.mem.get(path.leaf_at()), readonly);
}

#[test]
fn a_frame_that_is_replaced_is_found_by_the_repeated_walk() {
    let path = warm(PageSize::Size4K);
    let moved = path.mem.get(path.leaf_at()).with_frame(PageSize::Size4K, PhysAddr(0x7000));
    path.mem.meanwhile(path.leaf_at(), moved.bits());
    let t = path.walk(WRITE).expect("allowed");
    assert_eq!(t.frame_base, PhysAddr(0x7000));
    assert_eq!(t.leaf, moved | Entry::M);
    assert_eq!(path.mem.get(path.leaf_at()), moved | Entry::M);
}

#[test]
fn a_table_that_becomes_a_superpage_is_found_by_the_repeated_walk() {
    let path = Path::new(plain(), PageSize::Size4K);
    let (_, pd_at) = path.steps[2];
    let all = Entry::V | Entry::RW | Entry::U;
    let huge = Entry::leaf(PhysAddr(0x1_4000_0000), PageSize::Size2M, all);
    path.mem.meanwhile(pd_at, huge.bits());
    let t = path.walk(WRITE).expect("allowed");
    assert_eq!((t.size, t.leaf_at), (PageSize::Size2M, pd_at));
    assert_eq!(path.mem.get(pd_at), huge | Entry::A | Entry::M);
    assert!(!path.mem.get(path.leaf_at()).contains(Entry::A), "the old leaf was not used");
}

#[test]
fn a_table_that_maps_itself_is_walked_as_often_as_its_entry_changes() {
    // One entry at all four levels: the table is its own PDPT, PD, PT and page.
    let mem = Mem::default();
    let index = 0x1ed;
    let at = PhysAddr(ROOT.0 + 8 * index);
    mem.set(at, Entry::next(ROOT, Entry::V | Entry::RW).bits());
    let va = VirtAddr(u64::MAX << 48 | index << 39 | index << 30 | index << 21 | index << 12);
    let t = walk(&mem, ROOT, &plain(), va, Access::supervisor(AccessKind::Write)).expect("allowed");
    assert_eq!(t.phys, ROOT);
    assert_eq!(mem.get(at), Entry::next(ROOT, Entry::V | Entry::RW | Entry::A | Entry::M));
}

/// Memory shared by real threads: words from 0 up.
struct Shared(Vec<AtomicU64>);

impl TableMemory for Shared {
    fn load_entry(&self, at: PhysAddr) -> u64 {
        self.0.get((at.0 / 8) as usize).map_or(0, |word| word.load(Ordering::Acquire))
    }
    fn cas_entry(&self, at: PhysAddr, old: u64, new: u64) -> bool {
        self.0
            .get((at.0 / 8) as usize)
            .is_some_and(|word| word.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).is_ok())
    }
}

#[test]
fn threads_never_see_dirty_in_an_entry_that_was_taken_away() {
    // Tables at 0, 4096, 8192, 12288; one page. Software removes the leaf by exchange, as pmap_load_clear does, and
    // may find D only if a write came through; the cleared entry must stay as software left it.
    let mem = Shared((0..4 * 512).map(|_| AtomicU64::new(0)).collect());
    let all = Entry::V | Entry::RW | Entry::U;
    for n in 0..3 {
        mem.0[n * 512].store(Entry::next(PhysAddr(4096 * (n as u64 + 1)), all).bits(), Ordering::Release);
    }
    let leaf = &mem.0[3 * 512];
    let fresh = Entry::leaf(PhysAddr(0x5000), PageSize::Size4K, all).bits();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut wrote = 0_u64;
            while !done.load(Ordering::Acquire) {
                let outcome = walk(&mem, PhysAddr(0), &plain(), VirtAddr(0), WRITE);
                wrote += u64::from(outcome.is_ok());
            }
            wrote
        });
        let mut dirty = 0_u64;
        for _ in 0..20_000 {
            leaf.store(fresh, Ordering::Release);
            std::hint::spin_loop();
            let taken = Entry::from_bits_retain(leaf.swap(0, Ordering::AcqRel));
            assert!(!taken.contains(Entry::M) || taken.contains(Entry::A), "A and D come together");
            dirty += u64::from(taken.contains(Entry::M));
            assert_eq!(leaf.load(Ordering::Acquire), 0, "nothing comes back into a cleared entry");
        }
        done.store(true, Ordering::Release);
        let wrote = writer.join().expect("the writer does not panic");
        assert!(dirty <= wrote, "{dirty} pages found dirty by {wrote} writes");
    });
}
