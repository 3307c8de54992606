//! mmap and coalescing (rulings R22).

use super::*;
use crate::ids::FileId;
use crate::kern::Inherit;
use crate::kern::{Kern, Signal};
use crate::machine::addr::PageIndex;
use crate::vm::vnode::contents;

#[test]
fn adjacent_anonymous_memory_extends_entry_and_object() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 1, Prot::RW)).await.unwrap();
        cx.mmap(space, &anon(1, 1, Prot::RW)).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 2)], "no object yet");
        cx.user_store(at(0), 10).await.unwrap();
        let o = object(cx, space, 0);
        assert_eq!(o.size.load(cx), 2);
        cx.mmap(space, &anon(2, 3, Prot::RW)).await.unwrap();
        assert_eq!((layout(cx, space), o.size.load(cx)), (vec![(0, 5)], 5));
        assert_eq!(cx.user_load(at(4)).await, Ok(0));
        // Not adjacent, and below: separate entries.
        cx.mmap(space, &anon(6, 1, Prot::RW)).await.unwrap();
        cx.mmap(space, &anon(5, 1, Prot::READ)).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 5), (5, 6), (6, 7)]);
    });
}

#[test]
fn other_rights_share_the_object_but_not_the_entry() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 1, Prot::RW)).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        let o = object(cx, space, 0);
        cx.mmap(space, &anon(1, 1, Prot::READ)).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (1, 2)]);
        assert_eq!((object(cx, space, 1).id, o.ref_count.load(cx), o.size.load(cx)), (o.id, 2, 2));
        assert_eq!(views(cx, space)[1].offset, PageIndex(1));
        let shared = MapRequest { shared: true, ..anon(2, 1, Prot::READ) };
        cx.mmap(space, &shared).await.unwrap();
        assert_eq!((layout(cx, space).len(), o.ref_count.load(cx)), (3, 3));
        assert_eq!(views(cx, space)[2].inheritance, Inherit::Share);
        assert_eq!(cx.user_load(at(1)).await, Ok(0));
    });
}

#[test]
fn a_forked_entry_does_not_coalesce() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 1, Prot::RW)).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.vmspace_drop(child).await;
        cx.mmap(space, &anon(1, 1, Prot::RW)).await.unwrap();
        cx.user_store(at(1), 11).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (1, 2)]);
        assert_ne!(object(cx, space, 0).id, object(cx, space, 1).id);
    });
}

/// Only §11.2: entries that the map layer may extend have no backing object.
#[test]
fn an_object_with_a_backing_object_is_not_extended() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        cx.user_store(at(1), 11).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.user_store(at(0), 20).await.unwrap();
        let s = object(cx, space, 0);
        cx.map_lock(space).await;
        assert!(!cx.object_coalesce(Some(s.id), PageIndex(2), 1).await);
        assert_eq!(s.size.load(cx), 2);
        cx.map_unlock(space).await;
        // Once it shadows all of the object below, that goes first.
        cx.user_store(at(1), 21).await.unwrap();
        cx.map_lock(space).await;
        assert!(cx.object_coalesce(Some(s.id), PageIndex(2), 1).await);
        assert_eq!((s.size.load(cx), s.backing_object.load(cx)), (3, None));
        cx.map_unlock(space).await;
        cx.vmspace_drop(child).await;
    });
}

/// Pages that an unmapped part left behind must not show through.
#[test]
fn coalescing_drops_stale_pages() {
    everywhere(async |cx, space| {
        cx.mmap(space, &MapRequest { shared: true, ..anon(0, 2, Prot::RW) }).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        cx.user_store(at(1), 11).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.munmap(space, at(1), at(2)).await.unwrap();
        let o = object(cx, space, 0);
        cx.mmap(space, &MapRequest { shared: true, ..anon(1, 1, Prot::RW) }).await.unwrap();
        assert_eq!(layout(cx, space).len(), 2, "the child uses those pages");
        cx.munmap(space, at(1), at(2)).await.unwrap();
        cx.vmspace_drop(child).await;
        assert_eq!((o.ref_count.load(cx), o.resident_page_count.get(cx)), (1, 2));
        cx.mmap(space, &MapRequest { shared: true, ..anon(1, 1, Prot::RW) }).await.unwrap();
        assert_eq!((layout(cx, space), o.resident_page_count.get(cx)), (vec![(0, 2)], 1));
        assert_eq!(cx.user_load(at(1)).await, Ok(0));
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
    });
}

#[test]
fn a_mapping_replaces_what_was_there() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 4, Prot::RW)).await.unwrap();
        for n in 0..4 {
            cx.user_store(at(n), 10 + n).await.unwrap();
        }
        cx.mmap(space, &anon(1, 2, Prot::empty())).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 1), (1, 3), (3, 4)]);
        assert_eq!(cx.user_load(at(1)).await, Err(Signal::Segv));
        cx.mmap(space, &anon(1, 2, Prot::RW)).await.unwrap();
        assert_eq!(cx.user_load(at(1)).await, Ok(0));
        assert_eq!(cx.user_load(at(3)).await, Ok(13));
    });
}

/// Rulings R33.
#[test]
fn private_files_are_copied_and_shared_ones_written() {
    everywhere(async |cx, space| {
        let file = FileId(3);
        let kind = MapKind::File { file, offset: PageIndex(5), pages: None };
        let private = MapRequest { kind, ..anon(0, 2, Prot::RW) };
        cx.mmap(space, &private).await.unwrap();
        cx.mmap(space, &MapRequest { shared: true, start: at(2), ..private }).await.unwrap();
        let v = object(cx, space, 2);
        assert_eq!((v.ref_count.load(cx), v.size.load(cx)), (2, 7));
        let [p, s] = views(cx, space)[..] else { panic!("two entries") };
        assert!(p.cow && p.needs_copy && !s.cow && !s.needs_copy);
        assert_eq!((p.inheritance, s.inheritance), (Inherit::Copy, Inherit::Share));
        assert_eq!(cx.user_load(at(1)).await, Ok(contents(file, PageIndex(6))));
        cx.user_store(at(1), 9).await.unwrap();
        assert_eq!(cx.user_load(at(3)).await, Ok(contents(file, PageIndex(6))));
        cx.user_store(at(2), 8).await.unwrap();
        assert_eq!(cx.user_load(at(0)).await, Ok(8), "not copied yet: the file's present page");
        assert_ne!(object(cx, space, 0).id, v.id);
        // A page index beyond all pages.
        let kind = MapKind::File { file, offset: PageIndex(u64::MAX), pages: None };
        assert_eq!(cx.mmap(space, &MapRequest { kind, ..private }).await, Err(Kern::InvalidArgument));
    });
}

#[test]
fn a_relookup_never_changes_the_map() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 1, Prot::RW)).await.unwrap();
        let stamp = || cx.space_of(space).timestamp.get(cx);
        cx.map_read_lock(space).await;
        assert_eq!(cx.map_lookup_locked(space, at(0), Prot::READ).err(), Some(Kern::Failure), "no object yet");
        assert_eq!(cx.map_lookup_locked(space, at(1), Prot::READ).err(), Some(Kern::InvalidAddress));
        cx.map_read_unlock(space).await;
        let before = stamp();
        let made = cx.map_lookup(space, at(0), Prot::WRITE).await.unwrap();
        assert_eq!(stamp(), before + 1, "an upgrade moves the timestamp");
        assert_eq!(cx.map_lookup_locked(space, at(0), Prot::WRITE).unwrap().object, made.object);
        cx.map_read_unlock(space).await;
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.map_read_lock(space).await;
        assert_eq!(cx.map_lookup_locked(space, at(0), Prot::WRITE).err(), Some(Kern::Failure), "needs a shadow");
        let read = cx.map_lookup_locked(space, at(0), Prot::READ).unwrap();
        assert_eq!((read.object, read.prot), (made.object, Prot::READ));
        cx.map_read_unlock(space).await;
        assert_eq!(cx.map_lookup(space, at(0), Prot::EXECUTE).await.err(), Some(Kern::ProtectionFailure));
        let write = cx.map_lookup(space, at(0), Prot::WRITE).await.unwrap();
        assert!(write.object != made.object && write.prot == Prot::RW);
        cx.map_read_unlock(space).await;
        cx.vmspace_drop(child).await;
    });
}
