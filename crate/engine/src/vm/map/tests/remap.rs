//! mremap (rulings R36).

use super::*;
use crate::kern::{Kern, Signal};

async fn three_pages(cx: &TestCx<'_>, space: SpaceId) {
    cx.mmap(space, &anon(0, 3, Prot::RW)).await.unwrap();
    for n in 0..3 {
        cx.user_store(at(n), 10 + n).await.unwrap();
    }
}

#[test]
fn contents_and_translations_move() {
    everywhere(async |cx, space| {
        three_pages(cx, space).await;
        cx.mmap(space, &anon(20, 9, Prot::READ)).await.unwrap();
        cx.mremap(space, at(0), 3 * PAGE_SIZE, at(22), 5 * PAGE_SIZE).await.unwrap();
        assert_eq!(layout(cx, space)[0], (20, 22));
        let (values, events) = events_of(cx, async {
            let mut values = Vec::new();
            for n in 22..25 {
                values.push(cx.user_load(at(n)).await);
                cx.user_store(at(n), n).await.unwrap();
            }
            values
        })
        .await;
        assert_eq!(values, [Ok(10), Ok(11), Ok(12)]);
        assert!(!events.iter().any(|e| matches!(e, Event::HardwareFault { .. })), "translations moved too");
        assert_eq!(cx.user_load(at(26)).await, Ok(0), "new zero pages");
        assert_eq!(cx.user_store(at(26), 6).await, Ok(()));
        assert_eq!(cx.user_load(at(0)).await, Err(Signal::Segv));
        assert_eq!(cx.user_store(at(27), 1).await, Err(Signal::Segv), "what was there before");
    });
}

#[test]
fn length_changes_in_place() {
    everywhere(async |cx, space| {
        three_pages(cx, space).await;
        cx.mremap(space, at(0), 3 * PAGE_SIZE, at(0), 2 * PAGE_SIZE).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 2)]);
        cx.mremap(space, at(0), 2 * PAGE_SIZE, at(0), 4 * PAGE_SIZE).await.unwrap();
        assert_eq!(layout(cx, space), [(0, 4)]);
        assert_eq!(cx.user_load(at(1)).await, Ok(11));
        assert_eq!(cx.user_load(at(2)).await, Ok(0));
    });
}

/// Coalescing must not take a part that moved away for a free part of its object.
#[test]
fn a_moved_part_has_an_object_of_its_own() {
    everywhere(async |cx, space| {
        three_pages(cx, space).await;
        cx.mremap(space, at(1), 2 * PAGE_SIZE, at(30), 2 * PAGE_SIZE).await.unwrap();
        assert_ne!(object(cx, space, 0).id, object(cx, space, 30).id);
        cx.mmap(space, &anon(1, 2, Prot::RW)).await.unwrap();
        for (n, value) in [(0, 10), (1, 0), (2, 0), (30, 11), (31, 12)] {
            assert_eq!(cx.user_load(at(n)).await, Ok(value));
        }
    });
}

#[test]
fn a_shadowed_range_moves_and_stays_private() {
    everywhere(async |cx, space| {
        three_pages(cx, space).await;
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.user_store(at(0), 20).await.unwrap();
        cx.mremap(space, at(0), 3 * PAGE_SIZE, at(8), 3 * PAGE_SIZE).await.unwrap();
        assert_eq!(cx.user_load(at(8)).await, Ok(20));
        assert_eq!(cx.user_load(at(9)).await, Ok(11));
        cx.user_store(at(9), 21).await.unwrap();
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        assert_eq!(cx.user_load(at(1)).await, Ok(11));
        cx.vmspace_exit().await;
    });
}

#[test]
fn what_needs_copying_moves_write_protected() {
    everywhere(async |cx, space| {
        three_pages(cx, space).await;
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.mremap(space, at(0), 3 * PAGE_SIZE, at(8), 3 * PAGE_SIZE).await.unwrap();
        assert_eq!(cx.user_load(at(8)).await, Ok(10));
        cx.user_store(at(8), 20).await.unwrap();
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        cx.vmspace_exit().await;
    });
}

#[test]
fn holes_and_overlaps_are_refused() {
    everywhere(async |cx, space| {
        three_pages(cx, space).await;
        assert_eq!(cx.mremap(space, at(0), 3 * PAGE_SIZE, at(2), 3 * PAGE_SIZE).await, Err(Kern::InvalidArgument));
        assert_eq!(cx.mremap(space, at(2), 2 * PAGE_SIZE, at(9), 2 * PAGE_SIZE).await, Err(Kern::InvalidAddress));
        assert_eq!(layout(cx, space), [(0, 3)]);
        assert_eq!(cx.user_load(at(2)).await, Ok(12));
    });
}
