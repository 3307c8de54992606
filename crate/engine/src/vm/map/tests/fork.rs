//! Fork, by inheritance.

use super::*;
use crate::ids::FileId;
use crate::kern::Inherit;
use crate::kern::ObjectFlags;
use crate::kern::Signal;
use crate::machine::addr::PageIndex;
use crate::vm::vnode::contents;

async fn two_pages(cx: &TestCx<'_>, space: SpaceId) {
    cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
    cx.user_store(at(0), 10).await.unwrap();
    cx.user_store(at(1), 11).await.unwrap();
}

/// G1.
#[test]
fn copy_shares_the_object_until_a_write() {
    everywhere(async |cx, space| {
        two_pages(cx, space).await;
        let o = object(cx, space, 0);
        assert!(o.has(cx, ObjectFlags::ONEMAPPING));
        let child = cx.vmspace_fork(space).await.unwrap();
        assert_eq!((object(cx, child, 0).id, o.ref_count.load(cx)), (o.id, 2));
        assert!(!o.has(cx, ObjectFlags::ONEMAPPING));
        for v in [views(cx, space), views(cx, child)].concat() {
            assert!(v.cow && v.needs_copy);
        }
        // The parent's pages are write-protected: its store makes a shadow.
        cx.user_store(at(0), 20).await.unwrap();
        assert_ne!(object(cx, space, 0).id, o.id);
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        assert_eq!(cx.user_load(at(1)).await, Ok(11));
        cx.vmspace_exit().await;
    });
}

/// G3: the last sibling left without writing, so no shadow is due.
#[test]
fn a_sole_owner_needs_no_shadow() {
    everywhere(async |cx, space| {
        two_pages(cx, space).await;
        let o = object(cx, space, 0);
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.vmspace_drop(child).await;
        assert!(o.has(cx, ObjectFlags::ONEMAPPING));
        cx.user_store(at(0), 20).await.unwrap();
        assert_eq!(object(cx, space, 0).id, o.id);
        assert!(!views(cx, space)[0].needs_copy);
    });
}

/// G4: a fork collapses the chain first.
#[test]
fn forking_a_full_shadow_bypasses_what_it_hides() {
    everywhere(async |cx, space| {
        two_pages(cx, space).await;
        let o = object(cx, space, 0);
        let child = cx.vmspace_fork(space).await.unwrap();
        go_on(cx, child).await;
        cx.user_store(at(0), 20).await.unwrap();
        cx.user_store(at(1), 21).await.unwrap();
        let s = object(cx, child, 0);
        assert_eq!((s.backing_object.load(cx), o.ref_count.load(cx)), (Some(o.id), 2));
        let grandchild = cx.vmspace_fork(child).await.unwrap();
        assert_eq!((s.backing_object.load(cx), o.ref_count.load(cx)), (None, 1));
        assert_eq!(object(cx, grandchild, 1).id, s.id);
        cx.vmspace_exit().await;
        go_on(cx, grandchild).await;
        assert_eq!(cx.user_load(at(1)).await, Ok(21));
        cx.vmspace_exit().await;
    });
}

/// G8.
#[test]
fn shared_memory_stays_one_object() {
    everywhere(async |cx, space| {
        cx.mmap(space, &MapRequest { shared: true, ..anon(0, 1, Prot::RW) }).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        let o = object(cx, space, 0);
        assert_eq!((object(cx, child, 0).id, o.ref_count.load(cx)), (o.id, 2));
        assert!(!o.has(cx, ObjectFlags::ONEMAPPING));
        assert!(views(cx, child).iter().all(|v| !v.cow && !v.needs_copy && v.inheritance == Inherit::Share));
        cx.user_store(at(0), 5).await.unwrap();
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(5));
        cx.user_store(at(0), 6).await.unwrap();
        go_on(cx, space).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(6));
        assert_eq!((object(cx, space, 0).id, object(cx, child, 0).id), (o.id, o.id));
        cx.vmspace_drop(child).await;
    });
}

/// G9: an entry that was copied before and is shared from now on gets one shadow for both.
#[test]
fn sharing_what_needs_copying_makes_one_shadow_for_both() {
    everywhere(async |cx, space| {
        two_pages(cx, space).await;
        let o = object(cx, space, 0);
        let first = cx.vmspace_fork(space).await.unwrap();
        cx.minherit(space, at(0), at(2), Inherit::Share).await.unwrap();
        // No mappings: with some, scenario SH would begin here (rulings R26).
        cx.pmap_remove(space, at(0), at(2)).await;
        let second = cx.vmspace_fork(space).await.unwrap();
        let s = object(cx, space, 0);
        assert_eq!((object(cx, second, 0).id, s.ref_count.load(cx)), (s.id, 2));
        assert_eq!((s.backing_object.load(cx), o.ref_count.load(cx)), (Some(o.id), 2));
        assert!(!s.has(cx, ObjectFlags::ONEMAPPING));
        assert!(!views(cx, space)[0].needs_copy && !views(cx, second)[0].needs_copy);
        cx.user_store(at(0), 20).await.unwrap();
        go_on(cx, second).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(20));
        cx.user_store(at(1), 21).await.unwrap();
        go_on(cx, space).await;
        assert_eq!(cx.user_load(at(1)).await, Ok(21));
        go_on(cx, first).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        cx.vmspace_exit().await;
        cx.vmspace_drop(second).await;
    });
}

#[test]
fn none_and_zero() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 3, Prot::RW)).await.unwrap();
        for n in 0..3 {
            cx.user_store(at(n), 10 + n).await.unwrap();
        }
        cx.minherit(space, at(1), at(2), Inherit::None).await.unwrap();
        cx.minherit(space, at(2), at(3), Inherit::Zero).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (1, 2), (2, 3)]);
        let child = cx.vmspace_fork(space).await.unwrap();
        assert_eq!(layout(cx, child), [(0, 1), (2, 3)]);
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        assert_eq!(cx.user_load(at(1)).await, Err(Signal::Segv));
        assert_eq!(cx.user_load(at(2)).await, Ok(0));
        cx.user_store(at(2), 5).await.unwrap();
        assert_eq!(views(cx, child)[1].inheritance, Inherit::Zero);
        cx.vmspace_exit().await;
        go_on(cx, space).await;
        assert_eq!(cx.user_load(at(2)).await, Ok(12));
    });
}

/// G11: each part of a clipped private object becomes an object of its own.
#[test]
fn forking_a_clipped_region_splits_it() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 4, Prot::RW)).await.unwrap();
        for n in 0..4 {
            cx.user_store(at(n), 10 + n).await.unwrap();
        }
        cx.munmap(space, at(1), at(2)).await.unwrap();
        let o = object(cx, space, 0).id;
        let (child, events) = events_of(cx, cx.vmspace_fork(space)).await;
        let child = child.unwrap();
        assert!(events.iter().any(|e| matches!(e, Event::Split { object, .. } if *object == o)));
        let (low, high) = (object(cx, space, 0), object(cx, space, 2));
        assert_ne!(low.id, high.id);
        assert_eq!((low.resident_page_count.get(cx), high.resident_page_count.get(cx)), (1, 2));
        assert_eq!((object(cx, child, 0).id, object(cx, child, 2).id), (low.id, high.id));
        for who in [space, child] {
            go_on(cx, who).await;
            for n in [0, 2, 3] {
                assert_eq!(cx.user_load(at(n)).await, Ok(10 + n));
            }
        }
        cx.vmspace_exit().await;
    });
}

#[test]
fn private_files_are_inherited_with_their_copies() {
    everywhere(async |cx, space| {
        let file = FileId(0);
        let kind = MapKind::File { file, offset: PageIndex(0), pages: Some(2) };
        cx.mmap(space, &MapRequest { kind, ..anon(0, 2, Prot::RW) }).await.unwrap();
        let v = object(cx, space, 0);
        let first = cx.vmspace_fork(space).await.unwrap();
        assert_eq!((object(cx, first, 0).id, v.ref_count.load(cx)), (v.id, 2));
        cx.user_store(at(0), 20).await.unwrap();
        let second = cx.vmspace_fork(space).await.unwrap();
        go_on(cx, second).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(20));
        go_on(cx, first).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(contents(file, PageIndex(0))));
        cx.vmspace_exit().await;
        cx.vmspace_drop(second).await;
    });
}
