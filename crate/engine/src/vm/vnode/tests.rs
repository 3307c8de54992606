//! Stores to a shared mapping of a file reach the file, in both environments.
#![allow(clippy::unwrap_used)]

use super::contents;
use crate::check::structural;
use crate::env::stepped::{Keep, Stepped};
use crate::env::threads::Threads;
use crate::env::{Env, Memory};
use crate::event::Event;
use crate::ids::{CpuId, FileId, ObjectId, ProcId, SpaceId, TaskId};
use crate::kern::Prot;
use crate::machine::addr::{PAGE_SIZE, PageIndex, VirtAddr};
use crate::policy::{PRESETS, Policy};
use crate::property::Property;
use crate::sync::Mode;
use crate::vm::map::{MapKind, MapRequest};
use crate::word::mix;
use crate::world::{Config, Cx, World};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

const FRAMES: u32 = 128;
const FILE: FileId = FileId(2);
const PAGES: u64 = 40;

fn stepped(preset: &str) -> World<Stepped> {
    let config = Config { frames: FRAMES, ..Config::default() };
    World::new(Stepped::new(FRAMES, Keep::ALL), Policy::preset(preset).unwrap(), config)
}

fn threads(preset: &str) -> World<Threads> {
    let config = Config { frames: FRAMES, ..Config::default() };
    World::new(Threads::new(FRAMES, config.cpus), Policy::preset(preset).unwrap(), config)
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

fn view<E: Env>(world: &World<E>) -> Cx<'_, E> {
    Cx::new(world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0))
}

fn at(page: u64) -> VirtAddr {
    VirtAddr(0x10_0000 + page * PAGE_SIZE)
}

/// A process that maps the whole file; returns the file's object.
async fn process<E: Env>(cx: &Cx<'_, E>, shared: bool) -> ObjectId {
    let space = cx.vmspace_new().await.unwrap();
    cx.space.set(space);
    cx.pmap_activate(space).await;
    let kind = MapKind::File { file: FILE, offset: PageIndex(0), pages: Some(PAGES) };
    let request = MapRequest { start: at(0), len: PAGES * PAGE_SIZE, prot: Prot::RW, shared, kind };
    cx.mmap(space, &request).await.unwrap();
    cx.file(FILE).object.load(cx).unwrap()
}

async fn daemon<E: Env>(cx: &Cx<'_, E>, id: ObjectId, index: u64, writes: bool) {
    cx.object(id).lock.lock(cx, Mode::Write).await;
    match writes {
        true => cx.pageout(id, PageIndex(index)).await,
        false => cx.reclaim(id, PageIndex(index)).await,
    }
    cx.assert_unlocked();
}

fn clean<E: Env>(world: &World<E>) {
    assert_eq!(structural::check_quiet(world), []);
}

/// Number of the file's pages that differ from their initial contents.
fn written<E: Env>(world: &World<E>) -> usize {
    world.files.written(&world.env).count()
}

async fn round_trip<E: Env>(world: &World<E>) {
    let cx = view(world);
    let o = process(&cx, true).await;
    for page in [3, 4, 5, 7, 39] {
        cx.user_store(at(page), 100 + page).await.unwrap();
    }
    assert_eq!(cx.user_load(at(6)).await, Ok(contents(FILE, PageIndex(6))));
    assert_eq!(written(world), 0, "nothing is written before its time");
    clean(world);
    // The daemon leaves a dirty page alone; the laundry writes it.
    daemon(&cx, o, 4, false).await;
    daemon(&cx, o, 4, false).await;
    assert!(cx.page_lookup(o, PageIndex(4)).is_some());
    daemon(&cx, o, 4, true).await;
    assert_eq!(written(world), 1);
    clean(world);
    daemon(&cx, o, 4, false).await;
    assert!(cx.page_lookup(o, PageIndex(4)).is_none());
    assert_eq!(cx.user_load(at(4)).await, Ok(104));
    // A write that is complete does not cover the next store.
    daemon(&cx, o, 7, true).await;
    cx.user_store(at(7), 207).await.unwrap();
    clean(world);
    // The last process that maps the file exits, and the file's pages stay, clean.
    cx.vmspace_exit().await;
    assert_eq!(written(world), 5);
    assert_eq!(cx.object(o).resident_page_count.get(&cx), 6);
    assert!(world.pages.made().all(|page| !page.dirty.load(&cx)));
    clean(world);
    cx.vnode_reclaim_all().await;
    assert!(structural::leaks(world).is_empty(), "{:?}", structural::leaks(world));
    for shared in [true, false] {
        let again = process(&cx, shared).await;
        for (page, value) in [(3, 103), (4, 104), (5, 105), (7, 207), (39, 139)] {
            assert_eq!(cx.user_load(at(page)).await, Ok(value));
        }
        assert_eq!(cx.user_load(at(8)).await, Ok(contents(FILE, PageIndex(8))));
        assert!(!cx.might_be_dirty(FILE) || shared, "reading a private mapping dirties nothing");
        clean(world);
        cx.vmspace_exit().await;
        assert_eq!(cx.file(FILE).object.load(&cx), Some(again));
        cx.vnode_reclaim_all().await;
    }
    assert_eq!(written(world), 5);
}

#[test]
fn stores_reach_the_file_and_come_back() {
    for preset in PRESETS {
        let world = stepped(preset.name);
        run(round_trip(&world));
        assert_eq!(world.env.findings(), [], "{}", preset.name);
        let world = threads(preset.name);
        run(round_trip(&world));
        assert_eq!(world.env.findings(), [], "{}", preset.name);
    }
}

#[test]
fn a_scan_writes_runs_and_leaves_out_what_is_clean() {
    let world = stepped("main");
    let cx = view(&world);
    run(async {
        let o = process(&cx, true).await;
        for page in 0..36 {
            cx.user_store(at(page), page).await.unwrap();
        }
        cx.user_load(at(38)).await.unwrap();
        world.env.take_events();
        let object = cx.object(o);
        // The write locks the object again after each run.
        let writes = || {
            let events = world.env.take_events();
            let runs = events.split(|record| matches!(record.event, Event::Acquire { .. }));
            let pages = runs.map(|run| run.iter().filter(|r| matches!(r.event, Event::PageWrite { .. })).count());
            pages.filter(|&pages| pages > 0).collect::<Vec<_>>()
        };
        object.lock.lock(&cx, Mode::Write).await;
        // Cleans a part: first pages after the first one, then pages before it, 32 at most.
        cx.object_page_clean(o, PageIndex(10), PageIndex(12), true).await;
        assert_eq!(writes(), [32]);
        assert!(cx.might_be_dirty(FILE), "a part does not make the whole clean");
        cx.object_page_clean(o, PageIndex(0), PageIndex(PAGES), true).await;
        assert_eq!(writes(), [4]);
        assert!(!cx.might_be_dirty(FILE));
        object.lock.unlock(&cx).await;
        clean(&world);
        // A load from a page that may be written makes a mapping through which stores need no fault.
        daemon(&cx, o, 1, false).await;
        daemon(&cx, o, 1, false).await;
        cx.user_load(at(1)).await.unwrap();
        assert!(cx.might_be_dirty(FILE));
        cx.user_store(at(1), 77).await.unwrap();
        assert!(!cx.page_lookup(o, PageIndex(1)).unwrap().dirty.load(&cx), "only its entry knows");
        cx.vmspace_exit().await;
        assert_eq!(world.files.written(&world.env).find(|w| w.1.0 == 1).unwrap().2, 77);
    });
    assert_eq!(world.env.findings(), []);
}

/// The state after pages of the file were written back in some order.
fn fingerprint_after(order: &[u64]) -> u64 {
    let world = stepped("main");
    let cx = view(&world);
    run(async {
        let o = process(&cx, true).await;
        for page in 0..3 {
            cx.user_store(at(page), 10 + page).await.unwrap();
        }
        for &page in order {
            daemon(&cx, o, page, true).await;
        }
        cx.vmspace_exit().await;
        cx.vnode_reclaim_all().await;
    });
    world.env.fingerprint()
}

#[test]
fn a_digest_knows_what_files_hold_by_file_and_index() {
    assert_eq!(fingerprint_after(&[0, 1, 2]), fingerprint_after(&[2, 0, 1]));
    assert_eq!(fingerprint_after(&[]), fingerprint_after(&[0, 1, 2]), "who wrote it makes no difference");
    let word = |index, value| {
        let world = stepped("main");
        let cx = view(&world);
        cx.set_file_word(FILE, PageIndex(index), value);
        world.env.fingerprint()
    };
    let all = [stepped("main").env.fingerprint(), word(0, 1), word(0, 2), word(1, 1)];
    assert!((0..all.len()).all(|n| !all[..n].contains(&all[n])), "{all:?}");
}

#[test]
fn an_undone_write_never_was() {
    let world = stepped("2019-12");
    let cx = view(&world);
    let o = run(process(&cx, true));
    run(cx.user_store(at(0), 5)).unwrap();
    let (mark, before) = (world.env.checkpoint(), world.env.fingerprint());
    run(async {
        daemon(&cx, o, 0, true).await;
        daemon(&cx, o, 0, false).await;
    });
    assert_ne!(world.env.fingerprint(), before);
    assert_eq!(written(&world), 1);
    world.env.undo_to(mark);
    assert_eq!((world.env.fingerprint(), written(&world)), (before, 0));
    clean(&world);
    run(daemon(&cx, o, 0, true));
    assert_eq!(written(&world), 1);
}

#[test]
fn a_clean_page_that_differs_from_its_file_is_noticed() {
    let world = stepped("main");
    let cx = view(&world);
    let o = run(process(&cx, true));
    run(cx.user_load(at(0))).unwrap();
    let page = cx.page_lookup(o, PageIndex(0)).unwrap();
    clean(&world);
    world.env.frame_store(page.frame, 0, 1);
    assert_eq!(structural::check(&world).iter().map(|v| v.property).collect::<Vec<_>>(), [Property::E12]);
    run(cx.file(FILE).lock.lock(&cx, Mode::Read));
    let quiet: Vec<_> = structural::check_quiet(&world).iter().map(|v| v.property).collect();
    assert_eq!(quiet, [Property::E10, Property::E12]);
}

/// Two processes on two threads store to one file, write it back, unmap it and map it again.
#[test]
fn on_real_threads_no_store_is_lost() {
    for preset in ["2019-12", "main"] {
        let world = threads(preset);
        let life = async |n: u32| {
            let cx = Cx::new(&world, TaskId(n), CpuId(n), ProcId(n), SpaceId(0));
            for round in 0..60 {
                let o = process(&cx, true).await;
                for step in 0..20 {
                    let dice = mix(u64::from(n) + 1, round * 100 + step) >> 8;
                    let page = dice % 4;
                    match dice / 4 % 5 {
                        0 | 1 => cx.user_store(at(page), dice | 1).await.unwrap(),
                        2 => _ = cx.user_load(at(page)).await.unwrap(),
                        what => daemon(&cx, o, page, what == 3).await,
                    }
                }
                cx.vmspace_exit().await;
                cx.vnode_reclaim_all().await;
            }
        };
        std::thread::scope(|scope| {
            for n in 0..2 {
                let life = &life;
                scope.spawn(move || run(life(n)));
            }
        });
        assert_eq!(world.env.findings(), [], "{preset}");
        clean(&world);
        run(view(&world).vnode_reclaim_all());
        assert!(structural::leaks(&world).is_empty(), "{preset}: {:?}", structural::leaks(&world));
    }
}
