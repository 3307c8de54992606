//! madvise: advice about a process's own mappings, and its effect on the pages.

use super::*;
use crate::ids::FileId;
use crate::kern::Inherit;
use crate::machine::addr::PageIndex;
use crate::machine::entry::{Entry, Level};
use crate::page::Page;
use crate::pmap::leaf::Slot;
use crate::sync::Mode;
use crate::vm::map::Advice;

/// The page-table entry of page `n`.
fn leaf(cx: &TestCx<'_>, space: SpaceId, n: u64) -> Entry {
    let table = cx.table_for(space, at(n)).unwrap();
    cx.leaf_load(Slot::of(table, Level::Pt, at(n)))
}

/// The page behind page `n`.
fn page<'w>(cx: &TestCx<'w>, space: SpaceId, n: u64) -> &'w Page<Stepped> {
    cx.page_lookup(object(cx, space, n).id, PageIndex(n)).unwrap()
}

/// Has the daemon reclaim page `n` of the object of page 0; returns whether it is still resident.
async fn reclaim(cx: &TestCx<'_>, space: SpaceId, n: u64) -> bool {
    let o = object(cx, space, 0);
    o.lock.lock(cx, Mode::Write).await;
    cx.reclaim(o.id, PageIndex(n)).await;
    cx.page_lookup(o.id, PageIndex(n)).is_some()
}

/// Shared memory that two processes use, mapped writable by a load, so that a store leaves M alone.
async fn two(cx: &TestCx<'_>, space: SpaceId) -> SpaceId {
    cx.mmap(space, &MapRequest { shared: true, ..anon(0, 2, Prot::RW) }).await.unwrap();
    cx.user_load(at(0)).await.unwrap();
    cx.user_load(at(1)).await.unwrap();
    let child = cx.vmspace_fork(space).await.unwrap();
    cx.user_store(at(0), 10).await.unwrap();
    assert!(!page(cx, space, 0).dirty.load(cx) && leaf(cx, space, 0).contains(Entry::M | Entry::A));
    child
}

#[test]
fn what_is_not_needed_soon_is_dirty_and_not_used() {
    everywhere(async |cx, space| {
        let child = two(cx, space).await;
        cx.madvise(space, at(0), at(1), Advice::DontNeed).await.unwrap();
        assert!(page(cx, space, 0).dirty.load(cx) && !leaf(cx, space, 0).intersects(Entry::M | Entry::A));
        assert!(leaf(cx, space, 1).contains(Entry::A), "beyond the range");
        assert!(reclaim(cx, space, 0).await, "a dirty page stays");
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        cx.vmspace_drop(child).await;
    });
}

#[test]
fn a_store_to_shared_memory_that_nobody_noticed_is_lost_by_madvise_free() {
    everywhere(async |cx, space| {
        let child = two(cx, space).await;
        cx.madvise(space, at(0), at(2), Advice::Free).await.unwrap();
        assert!(!page(cx, space, 0).dirty.load(cx) && !leaf(cx, space, 0).intersects(Entry::M | Entry::A));
        assert_eq!(cx.user_load(at(0)).await, Ok(10), "it is there as long as the memory is not needed");
        assert!(!reclaim(cx, space, 0).await);
        assert_eq!(cx.user_load(at(0)).await, Ok(0));
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(0)).await, Ok(0));
        cx.vmspace_exit().await;
        go_on(cx, space).await;
        // The only mapping again: the advice now applies to a dirty page too.
        cx.user_store(at(0), 11).await.unwrap();
        page(cx, space, 0).make_dirty(cx);
        cx.madvise(space, at(0), at(2), Advice::Free).await.unwrap();
        assert!(!reclaim(cx, space, 0).await);
    });
}

#[test]
fn a_store_of_another_process_is_kept() {
    everywhere(async |cx, space| {
        let child = two(cx, space).await;
        go_on(cx, child).await;
        cx.user_load(at(0)).await.unwrap();
        cx.user_store(at(0), 20).await.unwrap();
        assert!(!page(cx, space, 0).dirty.load(cx) && leaf(cx, child, 0).contains(Entry::M));
        go_on(cx, space).await;
        cx.madvise(space, at(0), at(1), Advice::Free).await.unwrap();
        assert!(leaf(cx, child, 0).contains(Entry::M | Entry::A) && !leaf(cx, space, 0).intersects(Entry::M));
        assert!(reclaim(cx, space, 0).await);
        assert!(page(cx, space, 0).dirty.load(cx), "the daemon found the other's M");
        assert_eq!(cx.user_load(at(0)).await, Ok(20));
        cx.vmspace_drop(child).await;
    });
}

#[test]
fn a_file_shows_what_it_holds_without_a_lost_store() {
    everywhere(async |cx, space| {
        let kind = MapKind::File { file: FileId(3), offset: PageIndex(0), pages: Some(1) };
        cx.mmap(space, &MapRequest { shared: true, kind, ..anon(0, 1, Prot::RW) }).await.unwrap();
        let held = cx.user_load(at(0)).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        cx.madvise(space, at(0), at(1), Advice::Free).await.unwrap();
        assert!(!reclaim(cx, space, 0).await);
        assert_eq!(cx.user_load(at(0)).await, Ok(held));
    });
}

/// An older value is on the swap device, and comes back from there.
#[test]
fn a_lost_store_may_uncover_an_older_one() {
    for preset in PRESETS {
        let config = Config { frames: 96, ..Config::default() };
        let world =
            World::new(Stepped::new(config.frames + 4, Keep::ALL), Policy::preset(preset.name).unwrap(), config);
        let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), NOBODY);
        let body = async {
            let space = cx.vmspace_new().await.unwrap();
            go_on(&cx, space).await;
            let child = two(&cx, space).await;
            let o = object(&cx, space, 0);
            o.lock.lock(&cx, Mode::Write).await;
            cx.pageout(o.id, PageIndex(0)).await;
            assert!(!reclaim(&cx, space, 0).await);
            assert_eq!(cx.user_load(at(0)).await, Ok(10));
            cx.user_store(at(0), 11).await.unwrap();
            cx.madvise(space, at(0), at(1), Advice::Free).await.unwrap();
            assert_eq!(crate::check::structural::check_quiet(&world), []);
            assert!(!reclaim(&cx, space, 0).await);
            assert_eq!(cx.user_load(at(0)).await, Ok(10), "from its block");
            cx.vmspace_drop(child).await;
            cx.vmspace_exit().await;
        };
        run(body, || {});
        assert_eq!(world.env.findings(), [], "{}", preset.name);
    }
}

/// Inheritance does not matter: madvise looks for a private copy further down, and leaves a shadow alone.
#[test]
fn a_shadow_is_left_alone() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
        cx.minherit(space, at(0), at(2), Inherit::Copy).await.unwrap();
        cx.user_store(at(0), 10).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        cx.user_store(at(0), 11).await.unwrap();
        cx.madvise(space, at(0), at(2), Advice::Free).await.unwrap();
        assert!(leaf(cx, space, 0).contains(Entry::M | Entry::A) && page(cx, space, 0).dirty.load(cx));
        cx.vmspace_drop(child).await;
    });
}
