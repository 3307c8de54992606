//! Merging of entries, and the swap charge that keeps some apart.

use super::*;
use crate::check::structural;
use crate::ids::FileId;
use crate::kern::Inherit;
use crate::machine::addr::PageIndex;
use crate::vm::map::{Advice, EntryFlags, Kept};

/// Whether the entry and the object of page `n` carry a charge.
fn charges(cx: &TestCx<'_>, space: SpaceId, n: u64) -> (bool, bool) {
    let e = cx.entry(cx.map_entry_at(space, at(n)).unwrap());
    (e.charged.get(cx), e.object.get(cx).is_some_and(|o| cx.object(o).charged.load(cx)))
}

/// References of the object of page `n`, and whether it has a single mapping.
fn refs(cx: &TestCx<'_>, space: SpaceId, n: u64) -> (u32, bool) {
    let o = object(cx, space, n);
    (o.ref_count.load(cx), o.has(cx, ObjectFlags::ONEMAPPING))
}

async fn filled(cx: &TestCx<'_>, space: SpaceId, first: u64, pages: u64) {
    cx.mmap(space, &anon(first, pages, Prot::RW)).await.unwrap();
    for n in first..first + pages {
        cx.user_store(at(n), 10 + n).await.unwrap();
    }
}

#[test]
fn an_mprotect_that_is_taken_back_leaves_one_entry() {
    everywhere(async |cx, space| {
        filled(cx, space, 0, 3).await;
        cx.mprotect(space, at(1), at(2), Prot::READ).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 0)), (vec![(0, 1), (1, 2), (2, 3)], (3, true)));
        cx.mprotect(space, at(1), at(2), Prot::RW).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 0)), (vec![(0, 3)], (1, true)));
        // Gives all differing entries the same rights at once.
        cx.mprotect(space, at(0), at(1), Prot::READ).await.unwrap();
        cx.mprotect(space, at(2), at(3), Prot::empty()).await.unwrap();
        assert_eq!(layout(cx, space).len(), 3);
        cx.mprotect(space, at(0), at(3), Prot::READ).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 2)), (vec![(0, 3)], (1, true)));
        assert_eq!((cx.user_load(at(1)).await, cx.user_load(at(2)).await), (Ok(11), Ok(12)));
        // An entry with equal rights is split and merged again.
        cx.mprotect(space, at(1), at(2), Prot::READ).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 1)), (vec![(0, 3)], (1, true)));
    });
}

#[test]
fn a_fork_after_a_merge_copies_one_object() {
    everywhere(async |cx, space| {
        filled(cx, space, 0, 3).await;
        let o = object(cx, space, 0).id;
        cx.mprotect(space, at(1), at(2), Prot::READ).await.unwrap();
        cx.mprotect(space, at(1), at(2), Prot::RW).await.unwrap();
        let (child, events) = events_of(cx, cx.vmspace_fork(space)).await;
        let child = child.unwrap();
        assert!(!events.iter().any(|e| matches!(e, Event::Split { .. })), "nothing is split off");
        assert_eq!((layout(cx, child), object(cx, child, 2).id), (vec![(0, 3)], o));
        cx.user_store(at(1), 20).await.unwrap();
        let s = object(cx, space, 0);
        assert_eq!((s.size.load(cx), s.backing_object.load(cx)), (3, Some(o)));
        cx.vmspace_drop(child).await;
    });
}

#[test]
fn a_hole_that_is_filled_again_joins_its_neighbours() {
    everywhere(async |cx, space| {
        filled(cx, space, 0, 3).await;
        let o = object(cx, space, 0).id;
        cx.munmap(space, at(1), at(2)).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 0)), (vec![(0, 1), (2, 3)], (2, true)));
        let (_, events) = events_of(cx, cx.mmap(space, &anon(1, 1, Prot::RW))).await;
        assert_eq!((layout(cx, space), refs(cx, space, 0)), (vec![(0, 3)], (1, true)));
        assert!(events.iter().any(|e| matches!(e, Event::EntryRemove { .. })), "a fold of the events is told");
        assert_eq!([object(cx, space, 0).id, object(cx, space, 2).id], [o, o]);
        assert_eq!((cx.user_load(at(1)).await, cx.user_load(at(2)).await), (Ok(0), Ok(12)));
        // With other rights it is a separate entry, in the middle of the object.
        cx.munmap(space, at(1), at(2)).await.unwrap();
        cx.mmap(space, &anon(1, 1, Prot::READ)).await.unwrap();
        assert_eq!((layout(cx, space).len(), refs(cx, space, 1)), (3, (3, true)));
        cx.mprotect(space, at(1), at(2), Prot::RW).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 1)), (vec![(0, 3)], (1, true)));
    });
}

#[test]
fn what_a_fork_does_keeps_entries_apart_until_it_is_the_same() {
    everywhere(async |cx, space| {
        filled(cx, space, 0, 3).await;
        cx.minherit(space, at(1), at(2), Inherit::None).await.unwrap();
        assert_eq!(layout(cx, space).len(), 3);
        cx.minherit(space, at(2), at(3), Inherit::None).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 2)), (vec![(0, 1), (1, 3)], (2, true)));
        cx.minherit(space, at(0), at(3), Inherit::Copy).await.unwrap();
        assert_eq!((layout(cx, space), refs(cx, space, 2)), (vec![(0, 3)], (1, true)));
    });
}

#[test]
fn entries_of_different_objects_stay_apart() {
    everywhere(async |cx, space| {
        filled(cx, space, 1, 1).await;
        filled(cx, space, 0, 1).await;
        assert_eq!(layout(cx, space), [(0, 1), (1, 2)]);
        cx.mprotect(space, at(0), at(2), Prot::READ).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (1, 2)]);
        // Neither has an object yet: they become one entry, and will have one object.
        cx.mmap(space, &anon(6, 1, Prot::RW)).await.unwrap();
        cx.mmap(space, &anon(5, 1, Prot::RW)).await.unwrap();
        assert_eq!(layout(cx, space)[2..], [(5, 7)]);
        cx.user_store(at(6), 16).await.unwrap();
        assert_eq!(object(cx, space, 5).size.load(cx), 2);
    });
}

#[test]
fn pages_of_a_file_are_one_entry_where_they_go_on() {
    everywhere(async |cx, space| {
        let map = async |first: u64, pages: u64, offset: u64| {
            let kind = MapKind::File { file: FileId(3), offset: PageIndex(offset), pages: Some(9) };
            let request = MapRequest { kind, shared: true, ..anon(first, pages, Prot::RW) };
            cx.mmap(space, &request).await.unwrap();
        };
        map(0, 1, 0).await;
        map(2, 1, 2).await;
        let v = object(cx, space, 0);
        assert_eq!((layout(cx, space), v.ref_count.load(cx)), (vec![(0, 1), (2, 3)], 2));
        map(1, 1, 1).await;
        assert_eq!((layout(cx, space), v.ref_count.load(cx)), (vec![(0, 3)], 1));
        map(3, 1, 7).await;
        assert_eq!((layout(cx, space), v.ref_count.load(cx)), (vec![(0, 3), (3, 4)], 2));
    });
}

#[test]
fn parts_of_a_stack_stay_apart() {
    everywhere(async |cx, space| {
        let stack = |first| MapRequest { kind: MapKind::Stack, ..anon(first, 1, Prot::RW) };
        cx.mmap(space, &stack(9)).await.unwrap();
        cx.mmap(space, &stack(10)).await.unwrap();
        let mapped = || views(cx, space).iter().filter(|e| e.start >= at(9)).count();
        assert_eq!(mapped(), 2);
        cx.mprotect(space, at(9), at(11), Prot::READ).await.unwrap();
        assert_eq!(mapped(), 2);
    });
}

#[test]
fn memory_that_may_not_be_written_carries_no_charge_and_is_not_extended_by_what_does() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 1, Prot::READ)).await.unwrap();
        cx.mmap(space, &anon(1, 1, Prot::RW)).await.unwrap();
        assert_eq!((charges(cx, space, 0), charges(cx, space, 1)), ((false, false), (true, false)));
        cx.user_load(at(0)).await.unwrap();
        cx.user_load(at(1)).await.unwrap();
        assert_eq!((charges(cx, space, 0), charges(cx, space, 1)), ((false, false), (false, true)));
        assert_ne!(object(cx, space, 0).id, object(cx, space, 1).id);
        // An object without a charge is not extended for memory with one.
        cx.mmap(space, &anon(12, 1, Prot::READ)).await.unwrap();
        cx.user_load(at(12)).await.unwrap();
        cx.mmap(space, &anon(13, 1, Prot::RW)).await.unwrap();
        assert_eq!((object(cx, space, 12).size.load(cx), charges(cx, space, 13)), (1, (true, false)));
        // In the other order the object carries the charge of both.
        cx.mmap(space, &anon(2, 1, Prot::READ)).await.unwrap();
        assert_eq!((object(cx, space, 2).id, charges(cx, space, 2)), (object(cx, space, 1).id, (false, true)));
        // Not while the entry has no object to carry the charge.
        cx.mmap(space, &anon(5, 1, Prot::RW)).await.unwrap();
        cx.mmap(space, &anon(6, 1, Prot::READ)).await.unwrap();
        cx.user_load(at(6)).await.unwrap();
        assert_eq!((charges(cx, space, 5), charges(cx, space, 6)), ((true, false), (false, false)));
        assert_eq!(views(cx, space)[3].object, None);
    });
}

#[test]
fn an_mprotect_charges_what_becomes_writable() {
    everywhere(async |cx, space| {
        // Its object as a whole.
        cx.mmap(space, &anon(0, 2, Prot::READ)).await.unwrap();
        cx.user_load(at(0)).await.unwrap();
        cx.mprotect(space, at(1), at(2), Prot::RW).await.unwrap();
        assert_eq!((charges(cx, space, 0), charges(cx, space, 1)), ((false, true), (false, true)));
        cx.mmap(space, &anon(2, 1, Prot::RW)).await.unwrap();
        assert_eq!((layout(cx, space), object(cx, space, 2).id), (vec![(0, 1), (1, 3)], object(cx, space, 0).id));
        // The entry if there is no object; and a charge stays once made.
        cx.mmap(space, &anon(5, 1, Prot::READ)).await.unwrap();
        cx.mprotect(space, at(5), at(6), Prot::RW).await.unwrap();
        assert_eq!(charges(cx, space, 5), (true, false));
        cx.mmap(space, &anon(6, 1, Prot::RW)).await.unwrap();
        assert_eq!(layout(cx, space)[2..], [(5, 7)]);
        cx.mprotect(space, at(5), at(7), Prot::READ).await.unwrap();
        cx.mmap(space, &anon(7, 1, Prot::READ)).await.unwrap();
        assert_eq!(layout(cx, space)[2..], [(5, 7), (7, 8)], "they differ in nothing but who pays");
    });
}

#[test]
fn a_fork_charges_both_for_what_they_may_come_to_copy() {
    everywhere(async |cx, space| {
        filled(cx, space, 0, 1).await;
        cx.mmap(space, &anon(2, 1, Prot::READ)).await.unwrap();
        cx.user_load(at(2)).await.unwrap();
        cx.mmap(space, &anon(4, 1, Prot::RW)).await.unwrap();
        cx.mmap(space, &anon(6, 1, Prot::READ)).await.unwrap();
        cx.minherit(space, at(6), at(7), Inherit::Zero).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        let all = |space| [0, 2, 4, 6].map(|n| charges(cx, space, n));
        let unpaid = (false, false);
        assert_eq!(all(space), [(true, true), unpaid, (true, false), unpaid]);
        assert_eq!(all(child), [(true, true), unpaid, (true, false), (true, false)]);
        // A shadow takes the entry's charge over; a sole owner's is released.
        cx.user_store(at(0), 20).await.unwrap();
        assert_eq!(charges(cx, space, 0), (false, true));
        cx.vmspace_drop(child).await;
        cx.mprotect(space, at(2), at(3), Prot::RW).await.unwrap();
        assert_eq!(charges(cx, space, 2), (true, false));
        cx.user_store(at(2), 22).await.unwrap();
        assert_eq!(charges(cx, space, 2), unpaid, "its object stays without");
    });
}

#[test]
fn a_part_that_is_split_off_is_paid_for_as_the_whole_was() {
    everywhere(async |cx, space| {
        filled(cx, space, 0, 3).await;
        cx.munmap(space, at(1), at(2)).await.unwrap();
        let o = object(cx, space, 0).id;
        let child = cx.vmspace_fork(space).await.unwrap();
        assert_ne!(object(cx, space, 0).id, o);
        assert_eq!([charges(cx, space, 0), charges(cx, child, 2)], [(true, true); 2]);
        cx.vmspace_drop(child).await;
    });
}

#[test]
fn sharing_moves_the_charge_to_the_object() {
    everywhere(async |cx, space| {
        cx.mmap(space, &MapRequest { shared: true, ..anon(0, 1, Prot::RW) }).await.unwrap();
        assert_eq!(charges(cx, space, 0), (true, false));
        let child = cx.vmspace_fork(space).await.unwrap();
        assert_eq!([charges(cx, space, 0), charges(cx, child, 0)], [(false, true); 2]);
        cx.vmspace_drop(child).await;
        assert_eq!(refs(cx, space, 0), (1, true), "the only mapping again");
        assert_eq!(structural::check_quiet(cx.world()), []);
    });
}

#[test]
fn advice_that_is_kept_cuts_entries_and_joins_those_that_keep_the_same() {
    let other = |kept| match kept {
        Kept::Sequential | Kept::Random => Kept::Normal,
        Kept::NoSync => Kept::AutoSync,
        _ => Kept::Core,
    };
    let flags = |cx: &TestCx<'_>, space| cx.entry(cx.map_entry_at(space, at(1)).unwrap()).flags.get(cx);
    let all = [
        (Kept::Sequential, EntryFlags::SEQUENTIAL),
        (Kept::Random, EntryFlags::RANDOM),
        (Kept::NoSync, EntryFlags::NOSYNC),
        (Kept::NoCore, EntryFlags::NOCOREDUMP),
    ];
    everywhere(async |cx, space| {
        filled(cx, space, 0, 3).await;
        for (kept, flag) in all {
            cx.madvise(space, at(1), at(2), Advice::Kept(kept)).await.unwrap();
            assert_eq!((layout(cx, space), refs(cx, space, 0)), (vec![(0, 1), (1, 2), (2, 3)], (3, true)), "{kept:?}");
            assert!(flags(cx, space).contains(flag), "{kept:?}");
            cx.madvise(space, at(0), at(3), Advice::Kept(kept)).await.unwrap();
            assert_eq!((layout(cx, space), refs(cx, space, 0)), (vec![(0, 3)], (1, true)), "{kept:?}");
            // A mapping next to an entry with advice stays separate.
            cx.mmap(space, &anon(3, 1, Prot::RW)).await.unwrap();
            assert_eq!(layout(cx, space), [(0, 3), (3, 4)], "{kept:?}");
            cx.munmap(space, at(3), at(4)).await.unwrap();
            cx.madvise(space, at(0), at(3), Advice::Kept(other(kept))).await.unwrap();
            assert!(!flags(cx, space).contains(flag), "{kept:?}");
        }
        // One piece of advice replaces the other.
        cx.madvise(space, at(0), at(3), Advice::Kept(Kept::Sequential)).await.unwrap();
        cx.madvise(space, at(0), at(3), Advice::Kept(Kept::Random)).await.unwrap();
        assert!(!flags(cx, space).contains(EntryFlags::SEQUENTIAL));
        // A child's entries have it too.
        let child = cx.vmspace_fork(space).await.unwrap();
        assert!(flags(cx, child).contains(EntryFlags::RANDOM));
        cx.vmspace_drop(child).await;
        assert_eq!((cx.user_load(at(0)).await, cx.user_load(at(2)).await), (Ok(10), Ok(12)));
        assert_eq!(structural::check_quiet(cx.world()), []);
    });
}
