//! The device, writing to it and reading from it, in both environments.
#![allow(clippy::unwrap_used)]

use crate::check::structural;
use crate::env::Env;
use crate::env::Names;
use crate::env::stepped::{Keep, Stepped};
use crate::env::threads::Threads;
use crate::ids::{CpuId, ObjectId, ProcId, SpaceId, TaskId};
use crate::kern::Prot;
use crate::machine::addr::{PAGE_SIZE, PageIndex, VirtAddr};
use crate::page::PageFlags;
use crate::policy::{PRESETS, Policy, Switches};
use crate::property::Property;
use crate::sync::Mode;
use crate::vm::map::{Advice, Kept, MapKind, MapRequest};
use crate::vm::object::ObjectType;
use crate::word::Kind;
use crate::world::{Config, Cx, World};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

const FRAMES: u32 = 64;

fn stepped(policy: &Policy, blocks: u32) -> World<Stepped> {
    let config = Config { frames: FRAMES, ..Config::default() };
    World::new(Stepped::new(FRAMES + blocks, Keep::ALL), policy.clone(), config)
}

fn threads(policy: &Policy, blocks: u32) -> World<Threads> {
    let config = Config { frames: FRAMES, ..Config::default() };
    World::new(Threads::new(FRAMES + blocks, config.cpus), policy.clone(), config)
}

fn policies() -> impl Iterator<Item = Policy> {
    PRESETS.iter().map(|p| Policy::preset(p.name).unwrap())
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _ in 0..1_000_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
    panic!("it never ends");
}

fn at(page: u64) -> VirtAddr {
    VirtAddr(0x10_0000 + page * PAGE_SIZE)
}

fn clean<E: Env>(world: &World<E>) {
    assert_eq!(structural::check_quiet(world), []);
}

/// A process with four private pages, all stored to; returns its object.
async fn process<E: Env>(cx: &Cx<'_, E>) -> (SpaceId, ObjectId) {
    let space = cx.vmspace_new().await.unwrap();
    cx.space.set(space);
    cx.pmap_activate(space).await;
    let request = MapRequest { start: at(0), len: 4 * PAGE_SIZE, prot: Prot::RW, shared: false, kind: MapKind::Anon };
    cx.mmap(space, &request).await.unwrap();
    for page in 0..4 {
        cx.user_store(at(page), 10 + page).await.unwrap();
    }
    let (object, _) = cx.page_shown(space, at(0)).await.unwrap();
    (space, object)
}

fn view<E: Env>(world: &World<E>) -> Cx<'_, E> {
    Cx::new(world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0))
}

async fn out<E: Env>(cx: &Cx<'_, E>, object: ObjectId, index: u64) {
    cx.object(object).lock.lock(cx, Mode::Write).await;
    cx.pageout(object, PageIndex(index)).await;
    cx.assert_unlocked();
}

async fn reclaim<E: Env>(cx: &Cx<'_, E>, object: ObjectId, index: u64) {
    cx.object(object).lock.lock(cx, Mode::Write).await;
    cx.reclaim(object, PageIndex(index)).await;
    cx.assert_unlocked();
}

async fn round_trip<E: Env>(world: &World<E>) {
    let cx = view(world);
    let (space, o) = process(&cx).await;
    let has = |index| cx.swap_block(o, PageIndex(index)).is_some();
    let resident = || cx.object(o).resident_page_count.get(&cx);
    for index in 0..4 {
        out(&cx, o, index).await;
    }
    assert!((0..4).all(has) && resident() == 4);
    assert_eq!(cx.object(o).kind.load(&cx), ObjectType::Swap);
    clean(world);
    for index in 0..4 {
        reclaim(&cx, o, index).await;
    }
    assert_eq!(resident(), 0);
    clean(world);
    // One read reads the whole run, and the blocks stay.
    assert_eq!(cx.user_load(at(2)).await, Ok(12));
    assert_eq!(resident(), 4);
    assert!((0..4).all(has));
    clean(world);
    for page in 0..4 {
        assert_eq!(cx.user_load(at(page)).await, Ok(10 + page));
    }
    // A page that is written to no longer equals its block.
    cx.user_store(at(1), 21).await.unwrap();
    clean(world);
    reclaim(&cx, o, 1).await;
    assert_eq!(resident(), 4, "it is dirty");
    out(&cx, o, 1).await;
    reclaim(&cx, o, 1).await;
    assert_eq!(cx.user_load(at(1)).await, Ok(21));
    // The tail is unmapped, its blocks are freed with it; then everything.
    cx.munmap(space, at(2), at(4)).await.unwrap();
    clean(world);
    cx.vmspace_exit().await;
    clean(world);
    assert!(structural::leaks(world).is_empty(), "{:?}", structural::leaks(world));
}

#[test]
fn pages_go_to_the_device_and_come_back() {
    for policy in policies() {
        let world = stepped(&policy, 6);
        run(round_trip(&world));
        assert_eq!(world.env.findings(), [], "{}", policy.name);
        let world = threads(&policy, 6);
        run(round_trip(&world));
        assert_eq!(world.env.findings(), [], "{}", policy.name);
    }
}

#[test]
fn a_full_device_leaves_pages_where_they_are() {
    for blocks in [0, 1] {
        let world = stepped(&Policy::preset("main").unwrap(), blocks);
        let cx = view(&world);
        run(async {
            let (_, o) = process(&cx).await;
            for index in 0..4 {
                out(&cx, o, index).await;
                reclaim(&cx, o, index).await;
            }
            assert_eq!(cx.object(o).resident_page_count.get(&cx), u64::from(4 - blocks));
            assert_eq!(cx.user_load(at(0)).await, Ok(10));
        });
        clean(&world);
        assert_eq!(world.env.findings(), []);
    }
}

/// The state's fingerprint after pageouts in this order.
fn fingerprint_after(order: [u64; 2]) -> u64 {
    let world = stepped(&Policy::preset("main").unwrap(), 4);
    let cx = view(&world);
    run(async {
        let (_, o) = process(&cx).await;
        for index in order {
            out(&cx, o, index).await;
        }
    });
    world.env.fingerprint()
}

#[test]
fn a_digest_knows_blocks_by_owner_contents_and_place() {
    assert_eq!(fingerprint_after([0, 1]), fingerprint_after([0, 1]));
    assert_ne!(fingerprint_after([0, 1]), fingerprint_after([1, 0]), "of these only the first two adjoin");
    assert_ne!(fingerprint_after([0, 1]), fingerprint_after([0, 2]));
    let world = stepped(&Policy::preset("main").unwrap(), 4);
    let cx = view(&world);
    let o = run(async {
        let (_, o) = process(&cx).await;
        out(&cx, o, 0).await;
        reclaim(&cx, o, 0).await;
        o
    });
    let before = world.env.fingerprint();
    let block = cx.swap_block(o, PageIndex(0)).unwrap();
    crate::env::Memory::frame_store(&world.env, block, 0, 99);
    assert_ne!(world.env.fingerprint(), before, "contents count");
    crate::env::Memory::frame_store(&world.env, block, 0, 10);
    assert_eq!(world.env.fingerprint(), before);
    assert_ne!(world.env.name_of(Kind::Frame, block.0), 0);
}

/// Which of the four pages are resident.
fn resident(cx: &Cx<'_, Stepped>, object: ObjectId) -> Vec<u64> {
    (0..4).filter(|&index| cx.page_lookup(object, PageIndex(index)).is_some()).collect()
}

#[test]
fn only_neighbours_whose_blocks_adjoin_come_along() {
    for policy in policies() {
        let world = stepped(&policy, 8);
        let cx = view(&world);
        run(async {
            let (_, o) = process(&cx).await;
            for index in [0, 1, 3, 2] {
                out(&cx, o, index).await;
            }
            for index in 0..4 {
                reclaim(&cx, o, index).await;
            }
            assert_eq!(cx.user_load(at(1)).await, Ok(11));
            assert_eq!(resident(&cx, o), [0, 1], "blocks 0 and 1; page 2 has block 3");
            assert_eq!(cx.user_load(at(2)).await, Ok(12));
            assert_eq!(resident(&cx, o), [0, 1, 2], "page 3 has block 2, on the wrong side");
            // Writes all of them again, in order: they are adjacent.
            for index in 0..4 {
                cx.user_store(at(index), 20 + index).await.unwrap();
                out(&cx, o, index).await;
            }
            for index in 0..4 {
                reclaim(&cx, o, index).await;
            }
            assert_eq!(cx.user_load(at(2)).await, Ok(22));
            assert_eq!(resident(&cx, o), [0, 1, 2, 3]);
        });
        clean(&world);
        assert_eq!(world.env.findings(), [], "{}", policy.name);
    }
}

#[test]
fn a_write_takes_the_next_free_block_and_begins_anew_at_the_end() {
    let world = stepped(&Policy::preset("main").unwrap(), 4);
    let cx = view(&world);
    run(async {
        let (_, o) = process(&cx).await;
        let number = |index| cx.swap_block(o, PageIndex(index)).map(|block| world.swap.number(block));
        let write = async |index| {
            cx.user_store(at(index), 30 + index).await.unwrap();
            out(&cx, o, index).await;
        };
        write(0).await;
        write(1).await;
        assert_eq!((number(0), number(1)), (Some(0), Some(1)));
        write(0).await;
        assert_eq!(number(0), Some(2), "block 0 is free, but behind");
        write(2).await;
        write(3).await;
        assert_eq!((number(2), number(3)), (Some(3), Some(0)));
        assert_eq!(world.swap.free(&world.env), 0);
    });
    clean(&world);
}

/// Only the M bit says that the page is dirty, and it still has its block: the write needs another one first.
#[test]
fn a_page_keeps_its_block_until_it_is_written_to_another() {
    let world = stepped(&Policy::preset("main").unwrap(), 4);
    let cx = view(&world);
    run(async {
        let (_, o) = process(&cx).await;
        for index in 0..4 {
            out(&cx, o, index).await;
            reclaim(&cx, o, index).await;
        }
        assert_eq!(cx.user_load(at(0)).await, Ok(10));
        cx.user_store(at(0), 20).await.unwrap();
        assert!(cx.swap_block(o, PageIndex(0)).is_some());
        out(&cx, o, 0).await;
        assert!(cx.page_lookup(o, PageIndex(0)).unwrap().dirty.load(&cx), "there was no room");
        assert!(cx.swap_block(o, PageIndex(0)).is_some());
        reclaim(&cx, o, 1).await;
        cx.user_store(at(1), 21).await.unwrap();
        cx.object(o).lock.lock(&cx, Mode::Write).await;
        cx.swap_free(o, PageIndex(1));
        cx.object(o).lock.unlock(&cx).await;
        out(&cx, o, 0).await;
        assert!(!cx.page_lookup(o, PageIndex(0)).unwrap().dirty.load(&cx));
        assert_eq!(world.swap.free(&world.env), 1);
    });
    assert_eq!(world.env.findings(), []);
}

#[test]
fn an_undone_pageout_never_was() {
    let world = stepped(&Policy::preset("2019-12").unwrap(), 4);
    let cx = view(&world);
    let (_, o) = run(process(&cx));
    let (mark, before) = (world.env.checkpoint(), world.env.fingerprint());
    run(async {
        out(&cx, o, 0).await;
        reclaim(&cx, o, 0).await;
    });
    assert_ne!(world.env.fingerprint(), before);
    world.env.undo_to(mark);
    assert_eq!(world.env.fingerprint(), before);
    assert_eq!((cx.object(o).kind.load(&cx), world.swap.free(&world.env)), (ObjectType::Default, 4));
    clean(&world);
    assert_eq!(run(cx.user_load(at(0))), Ok(10));
}

#[test]
fn a_block_that_cannot_go_at_once_goes_later() {
    let world = stepped(&Policy::preset("main").unwrap(), 4);
    let cx = view(&world);
    run(async {
        let (_, o) = process(&cx).await;
        out(&cx, o, 0).await;
        let page = cx.page_lookup(o, PageIndex(0)).unwrap();
        assert!(page.flags.load(&cx).contains(PageFlags::SWAP_SPACE));
        // The fast path holds the object's lock for reading only.
        cx.user_store(at(0), 20).await.unwrap();
        assert!(page.flags.load(&cx).contains(PageFlags::SWAP_FREE) && cx.swap_block(o, PageIndex(0)).is_some());
        reclaim(&cx, o, 0).await;
        assert!(!page.flags.load(&cx).intersects(PageFlags::SWAP_FREE | PageFlags::SWAP_SPACE));
        assert!(page.dirty.load(&cx) && cx.swap_block(o, PageIndex(0)).is_none());
    });
    clean(&world);
}

#[test]
fn what_is_wrong_on_the_device_is_noticed() {
    let broken = |how: &dyn Fn(&Cx<'_, Stepped>, ObjectId)| {
        let world = stepped(&Policy::preset("main").unwrap(), 4);
        let cx = view(&world);
        let (_, o) = run(process(&cx));
        run(out(&cx, o, 0));
        run(out(&cx, o, 1));
        clean(&world);
        how(&cx, o);
        structural::check(&world).into_iter().map(|v| v.property).collect::<Vec<_>>()
    };
    let block = |cx: &Cx<'_, Stepped>, o, index| cx.swap_block(o, PageIndex(index)).unwrap();
    // Contents that differ from the clean page.
    assert_eq!(broken(&|cx, o| crate::env::Memory::frame_store(&cx.env, block(cx, o, 0), 0, 1)), [Property::E12]);
    // A free block with an owner, two for one page, one beyond the end, one of an object whose type has none.
    assert_eq!(broken(&|cx, o| cx.swap.put(cx, block(cx, o, 0))), [Property::E04]);
    let second = |cx: &Cx<'_, Stepped>, o| cx.swap.block(cx, block(cx, o, 1)).unwrap().pindex.store(cx, PageIndex(0));
    assert!(broken(&|cx, o| second(cx, o)).contains(&Property::E04));
    assert_eq!(broken(&|cx, o| cx.object(o).size.store(cx, 1)), [Property::E04]);
    assert_eq!(broken(&|cx, o| cx.object(o).kind.store(cx, ObjectType::Default)), [Property::E04]);
    assert_eq!(broken(&|cx, o| cx.object(o).swap_count.set(cx, 1)), [Property::E04]);
}

#[test]
fn under_p12_an_object_without_blocks_has_no_pager_to_ask() {
    for policy in policies() {
        let world = stepped(&policy, 4);
        let cx = view(&world);
        run(async {
            let (_, o) = process(&cx).await;
            let object = cx.object(o);
            assert!(!object.may_have_pager_data(&cx), "{}", policy.name);
            out(&cx, o, 0).await;
            assert!(object.may_have_pager_data(&cx), "{}", policy.name);
            object.lock.lock(&cx, Mode::Write).await;
            cx.swap_free(o, PageIndex(0));
            assert_eq!(object.may_have_pager_data(&cx), !policy.on(Switches::NO_DEFAULT_TYPE), "{}", policy.name);
            object.lock.unlock(&cx).await;
        });
    }
}

/// A fault where the last read stopped reads no page before it, though the block there is adjacent.
#[test]
fn a_sequential_fault_reads_ahead_alone() {
    for policy in policies() {
        let world = stepped(&policy, 8);
        let cx = view(&world);
        run(async {
            let (space, o) = process(&cx).await;
            for index in [0, 1, 2, 3] {
                out(&cx, o, index).await;
            }
            for index in 0..4 {
                reclaim(&cx, o, index).await;
            }
            // The entry covers only the first two pages.
            cx.mprotect(space, at(2), at(4), Prot::READ).await.unwrap();
            assert_eq!(cx.user_load(at(1)).await, Ok(11));
            assert_eq!(resident(&cx, o), [0, 1], "not sequential: it began at page 0");
            cx.mprotect(space, at(2), at(4), Prot::RW).await.unwrap();
            reclaim(&cx, o, 0).await;
            reclaim(&cx, o, 1).await;
            // The later of two merged entries has left its hint, the beginning of the mapping.
            assert_eq!(cx.user_load(at(1)).await, Ok(11));
            assert_eq!(resident(&cx, o), [0, 1, 2, 3], "a cluster");
            for index in 0..4 {
                reclaim(&cx, o, index).await;
            }
            cx.mprotect(space, at(2), at(4), Prot::READ).await.unwrap();
            assert_eq!(cx.user_load(at(0)).await, Ok(10));
            assert_eq!(resident(&cx, o), [0, 1]);
            reclaim(&cx, o, 1).await;
            reclaim(&cx, o, 0).await;
            let entry = cx.map_entry_at(space, at(0)).unwrap();
            assert_eq!(cx.entry(entry).next_read.load(&cx), at(2));
            cx.entry(entry).next_read.store(&cx, at(1));
            assert_eq!(cx.user_load(at(1)).await, Ok(11));
            assert_eq!(resident(&cx, o), [1], "sequential");
            assert_eq!(cx.entry(entry).read_ahead.load(&cx), 7);
            // The entry's madvise flags take precedence over all that.
            reclaim(&cx, o, 1).await;
            let whole = async |kept| cx.madvise(space, at(0), at(4), Advice::Kept(kept)).await.unwrap();
            cx.mprotect(space, at(2), at(4), Prot::RW).await.unwrap();
            whole(Kept::Random).await;
            assert_eq!(cx.user_load(at(1)).await, Ok(11));
            assert_eq!(resident(&cx, o), [1], "the page alone");
            reclaim(&cx, o, 1).await;
            whole(Kept::Sequential).await;
            assert_eq!(cx.user_load(at(1)).await, Ok(11));
            assert_eq!(resident(&cx, o), [1, 2, 3], "all that is ahead");
            let entry = cx.map_entry_at(space, at(1)).unwrap();
            assert_eq!(cx.entry(entry).read_ahead.load(&cx), 255);
        });
        clean(&world);
        assert_eq!(world.env.findings(), [], "{}", policy.name);
    }
}
