//! munmap, mprotect, madvise, and invalid ranges.

use super::*;
use crate::kern::Inherit;
use crate::kern::{Kern, Signal};
use crate::sync::{LockClass, Mode};
use crate::vm::map::Advice;

/// G10, rulings R21.
#[test]
fn unmapping_part_of_a_private_object_frees_its_pages() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 4, Prot::RW)).await.unwrap();
        for n in 0..4 {
            cx.user_store(at(n), 10 + n).await.unwrap();
        }
        let o = object(cx, space, 0);
        cx.munmap(space, at(1), at(2)).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (2, 4)]);
        assert_eq!((o.ref_count.load(cx), o.resident_page_count.get(cx), o.size.load(cx)), (2, 3, 4));
        cx.munmap(space, at(3), at(7)).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (2, 3)]);
        assert_eq!((o.ref_count.load(cx), o.resident_page_count.get(cx), o.size.load(cx)), (2, 2, 3));
        assert_eq!(cx.user_load(at(2)).await, Ok(12));
        assert_eq!(cx.user_load(at(1)).await, Err(Signal::Segv));
        cx.munmap(space, at(0), at(1)).await.unwrap();
        assert_eq!(
            (o.ref_count.load(cx), o.resident_page_count.get(cx), o.size.load(cx)),
            (1, 1, 3),
            "only a tail shrinks it"
        );
        assert_eq!(cx.user_load(at(2)).await, Ok(12));
    });
}

#[test]
fn a_forked_object_keeps_the_pages_of_what_is_unmapped() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        cx.user_store(at(1), 11).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.munmap(space, at(1), at(2)).await.unwrap();
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(1)).await, Ok(11));
        cx.vmspace_exit().await;
    });
}

/// §12.5: the chain becomes shorter on the way.
#[test]
fn unmapping_part_of_a_shadow_collapses_it() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        cx.user_store(at(1), 11).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.user_store(at(0), 20).await.unwrap();
        cx.user_store(at(1), 21).await.unwrap();
        let s = object(cx, space, 0);
        assert!(s.backing_object.load(cx).is_some());
        cx.munmap(space, at(0), at(1)).await.unwrap();
        assert_eq!((s.backing_object.load(cx), s.resident_page_count.get(cx)), (None, 1), "bypassed, then freed");
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        cx.vmspace_exit().await;
    });
}

/// §12.3: each reference is dropped by itself and after the map lock, the last entry's first.
#[test]
fn references_are_dropped_after_the_map_lock() {
    everywhere(async |cx, space| {
        let (mut objects, mut freed) = (Vec::new(), Vec::new());
        for n in [0, 2, 4] {
            cx.mmap(space, &anon(n, 1, Prot::RW)).await.unwrap();
            cx.user_store(at(n), 1).await.unwrap();
            objects.push(object(cx, space, n).id);
        }
        let (done, events) = events_of(cx, cx.munmap(space, at(0), at(5))).await;
        assert_eq!(done, Ok(()));
        let map = cx.space_of(space).lock.id();
        let mut locked = false;
        for event in &events {
            match event {
                Event::Acquire { lock, .. } if *lock == map => locked = true,
                Event::Release { lock } if *lock == map => locked = false,
                Event::PageFree { .. } => assert!(!locked, "a page goes under the map lock"),
                Event::ObjectFree { object } => {
                    assert!(!locked, "{object:?} goes under the map lock");
                    freed.push(*object);
                }
                _ => {}
            }
        }
        freed.reverse();
        assert_eq!(freed, objects);
        let cleared = events.iter().position(|e| matches!(e, Event::Entry { level: 1, bits: 0, .. }));
        let removed = events.iter().position(|e| matches!(e, Event::EntryRemove { .. }));
        assert!(cleared < removed, "mappings go before their entry");
        assert_eq!(map.class, LockClass::Map);
    });
}

#[test]
fn protections_go_at_once_and_come_back_by_faults() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 3, Prot::RW)).await.unwrap();
        for n in 0..3 {
            cx.user_store(at(n), 10 + n).await.unwrap();
        }
        cx.mprotect(space, at(1), at(2), Prot::READ).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(cx.user_load(at(1)).await, Ok(11));
        assert_eq!(cx.user_store(at(1), 21).await, Err(Signal::Segv));
        assert_eq!(cx.user_store(at(2), 22).await, Ok(()));
        cx.mprotect(space, at(0), at(3), Prot::empty()).await.unwrap();
        assert_eq!(cx.user_load(at(2)).await, Err(Signal::Segv));
        cx.mprotect(space, at(0), at(9), Prot::RW).await.unwrap();
        assert_eq!(cx.user_load(at(1)).await, Ok(11));
        assert_eq!(cx.user_load(at(2)).await, Ok(22));
        // One entry may not have the protection, and nothing changes.
        let last = cx.map_entry_at(space, at(2)).unwrap();
        cx.map_lock(space).await;
        cx.entry(last).max_protection.set(cx, Prot::READ);
        cx.map_unlock(space).await;
        assert_eq!(cx.mprotect(space, at(0), at(3), Prot::ALL).await, Err(Kern::ProtectionFailure));
        assert_eq!(views(cx, space)[0].protection, Prot::RW);
    });
}

/// §12.8: a copy-on-write page gets write access only by a fault.
#[test]
fn lowering_a_copied_entry_takes_writes_away_too() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 1, Prot::ALL)).await.unwrap();
        for forked in [false, true] {
            cx.mprotect(space, at(0), at(1), Prot::ALL).await.unwrap();
            cx.user_store(at(0), 1).await.unwrap();
            cx.mprotect(space, at(0), at(1), Prot::RW).await.unwrap();
            let (stored, events) = events_of(cx, cx.user_store(at(0), 2)).await;
            assert_eq!(stored, Ok(()));
            assert_eq!(events.iter().any(|e| matches!(e, Event::HardwareFault { .. })), forked);
            if !forked {
                let child = cx.vmspace_fork(space).await.unwrap();
                cx.vmspace_drop(child).await;
            }
        }
    });
}

/// OF4 and rulings R36: dropping a shadow's page would show older data.
#[test]
fn free_advice_spares_shadows_and_dontneed_keeps_all() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        cx.user_store(at(1), 11).await.unwrap();
        let o = object(cx, space, 0);
        let dirty = |o: &Object<Stepped>, n| {
            let page = cx.page_lookup(o.id, crate::machine::addr::PageIndex(n)).unwrap();
            page.dirty.load(cx) || cx.pmap_is_modified(page)
        };
        cx.madvise(space, at(0), at(2), Advice::DontNeed).await.unwrap();
        assert!(dirty(o, 0) && dirty(o, 1));
        cx.madvise(space, at(0), at(1), Advice::from_linux(8).unwrap()).await.unwrap();
        assert!(!dirty(o, 0) && dirty(o, 1));
        cx.user_store(at(0), 20).await.unwrap();
        assert!(dirty(o, 0), "a store ends it");
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.user_store(at(0), 30).await.unwrap();
        let s = object(cx, space, 0);
        assert_ne!(s.id, o.id);
        cx.madvise(space, at(0), at(2), Advice::Free).await.unwrap();
        assert!(dirty(s, 0));
        assert_eq!(cx.user_load(at(0)).await, Ok(30));
        cx.vmspace_drop(child).await;
    });
}

#[test]
fn bad_ranges_change_nothing() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
        let user_end = VirtAddr(super::super::entry::USER_END);
        let bad = [
            (at(0), at(0)),
            (at(1), at(0)),
            (VirtAddr(at(0).0 + 8), at(1)),
            (at(0), VirtAddr(at(1).0 + 1)),
            (at(0), VirtAddr(user_end.0 + PAGE_SIZE)),
            (VirtAddr(u64::MAX - PAGE_SIZE + 1), VirtAddr(0)),
        ];
        let wrong = Err(Kern::InvalidArgument);
        for (start, end) in bad {
            let len = end.0.wrapping_sub(start.0);
            assert_eq!(cx.munmap(space, start, end).await, wrong);
            assert_eq!(cx.mprotect(space, start, end, Prot::READ).await, wrong);
            assert_eq!(cx.minherit(space, start, end, Inherit::None).await, wrong);
            assert_eq!(cx.madvise(space, start, end, Advice::Free).await, wrong);
            assert_eq!(cx.mmap(space, &MapRequest { start, len, ..anon(0, 1, Prot::RW) }).await, wrong);
            assert_eq!(cx.mremap(space, start, len, at(8), PAGE_SIZE).await, wrong);
        }
        assert_eq!(layout(cx, space), [(0, 2)]);
        assert_eq!(views(cx, space)[0].inheritance, Inherit::Copy);
        cx.munmap(space, VirtAddr(0), user_end).await.unwrap();
        assert_eq!(layout(cx, space), []);
        assert!(cx.space_of(space).lock.try_lock(cx, Mode::Write));
        cx.space_of(space).lock.release(cx);
    });
}
