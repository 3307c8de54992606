//! Tests of the pmap, of TLBs and of accesses through them, in both environments.
//!
//! The mistakes of pmap.md §3.3, and a test that fails if the code makes them:
//!
//! | mistake | test |
//! | --- | --- |
//! | no flush when a page is replaced | `enter::at_no_step_can_one_cpu_write_the_new_page_while_another_reads_the_old` |
//! | the flush after the new entry is stored | `enter::a_page_is_replaced_by_clearing_flushing_and_installing` |
//! | the new entry stored without a clear | `enter::a_page_is_replaced_by_clearing_flushing_and_installing` |
//! | the PV entry freed before the table entry is cleared | `remove::a_page_counts_as_mapped_until_its_last_flush` |
//! | PGA_WRITEABLE cleared before the page is dirty | `harvest::modified_is_known_at_every_step_while_the_write_right_is_taken` |
//! | A taken from the value that was read, not the one exchanged | `threads::a_mapping_that_was_only_prefaulted_is_replaced_as_safely` |

mod access;
mod enter;
mod fuzz;
mod harvest;
mod remove;
mod shortage;
mod threads;

use super::leaf::Slot;
use crate::check::tlb::check_tlb;
use crate::env::stepped::{Keep, Rest, Stepped};
use crate::env::{Env, Memory};
use crate::event::Event;
use crate::ids::{CpuId, PvId, SpaceId, TaskId};
use crate::ids::{ObjectId, ProcId};
use crate::kern::Prot;
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr, Vpn};
use crate::machine::entry::{Entry, Level};
use crate::page::Page;
use crate::policy::Policy;
use crate::step::Step;
use crate::sync::Mode;
use crate::word::Kind;
use crate::world::{Config, Cx, PmapCopy, World};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Addresses at which tests map: two pages of one table, one of another table.
const VA: VirtAddr = VirtAddr(0x40_0000);
const NEXT: VirtAddr = VirtAddr(0x40_1000);
const FAR: VirtAddr = VirtAddr(0x7f00_0000_2000);

/// Polls until it is ready: a lone task, stepped, is polled again at each point.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn config(frames: u32, cpus: u32) -> Config {
    Config { frames, cpus, ..Config::default() }
}

fn stepped(config: Config) -> World<Stepped> {
    let policy = Policy::preset("main").expect("a preset");
    World::new(Stepped::new(config.frames, Keep::ALL), policy, config)
}

/// The context of task `n`, which runs on CPU `n`.
fn task<E: Env>(world: &World<E>, n: u32, space: SpaceId) -> Cx<'_, E> {
    Cx::new(world, TaskId(n), CpuId(n), ProcId(n), space)
}

/// A new address space.
fn space<E: Env>(world: &World<E>) -> SpaceId {
    let cx = task(world, 0, SpaceId(0));
    let id = SpaceId(world.spaces.alloc(&cx));
    world.env.name(Kind::Space, id.0, 0x5bace + u64::from(id.0));
    block_on(cx.pmap_pinit(id)).expect("memory for a root");
    id
}

/// A valid page with `value` in its first word, busy.
fn page<E: Env>(world: &World<E>, value: u64) -> &Page<E> {
    let cx = task(world, 0, SpaceId(0));
    let object = cx.object_allocate_anon(1, None, false);
    page_of(&cx, object, value)
}

fn page_of<'w, E: Env>(cx: &Cx<'w, E>, object: ObjectId, value: u64) -> &'w Page<E> {
    let lock = &cx.object(object).lock;
    block_on(lock.lock(cx, Mode::Write));
    let page = cx.page_alloc(object, PageIndex(0)).expect("a free frame");
    lock.release(cx);
    cx.env.frame_store(page.frame, 0, value);
    page.make_valid(cx);
    page
}

/// The leaf for an address.
fn leaf<E: Env>(world: &World<E>, space: SpaceId, va: VirtAddr) -> Entry {
    leaf_slot(world, space, va)
        .map_or(Entry::empty(), |s| Entry::from_bits_retain(world.env.frame_peek(s.table, s.index)))
}

fn leaf_slot<E: Env>(world: &World<E>, space: SpaceId, va: VirtAddr) -> Option<Slot> {
    let cx = task(world, 0, space);
    cx.table_for(space, va).map(|table| Slot::of(table, Level::Pt, va))
}

/// Enters a page without any wait.
fn enter<E: Env>(cx: &Cx<'_, E>, va: VirtAddr, page: &Page<E>, prot: Prot, access: Prot) {
    block_on(cx.pmap_enter(cx.space.get(), va, page, prot, access, false, false)).expect("memory");
}

/// A task that a test steps.
struct Hand<'a> {
    env: &'a Stepped,
    task: TaskId,
    future: Pin<Box<dyn Future<Output = ()> + 'a>>,
    done: bool,
}

impl<'a> Hand<'a> {
    fn new<F: Future + 'a>(cx: &'a Cx<'a, Stepped>, future: F) -> Self {
        let future = Box::pin(async move {
            future.await;
        });
        Hand { env: &cx.world().env, task: cx.task, future, done: false }
    }
    /// Whether it can run.
    fn ready(&self) -> bool {
        !self.done && self.env.rest(self.task) == Rest::Ready
    }
    /// One step; returns where the task stops then.
    fn step(&mut self) -> Option<Step> {
        assert!(!self.done);
        self.env.switch_to(self.task);
        self.done = self.future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        self.at()
    }
    fn at(&self) -> Option<Step> {
        if self.done { None } else { self.env.at(self.task) }
    }
    /// Steps until it stops before `step`.
    fn until(&mut self, step: Step) {
        while self.step() != Some(step) {
            assert!(!self.done, "it never came to {step:?}");
        }
    }
    /// Steps to its end; returns the points it passed.
    fn finish(&mut self) -> Vec<Step> {
        let mut passed = Vec::new();
        while !self.done {
            passed.extend(self.step());
        }
        passed
    }
}

/// Events since the last call, without points and locks.
fn events(world: &World<Stepped>) -> Vec<Event> {
    let dull = |e: &Event| matches!(e, Event::Point { .. } | Event::Acquire { .. } | Event::Release { .. });
    world.env.take_events().into_iter().map(|r| r.event).filter(|e| !dull(e)).collect()
}

/// Position of the first event that `f` accepts.
fn position(events: &[Event], f: impl Fn(&Event) -> bool) -> usize {
    events.iter().position(f).unwrap_or_else(|| panic!("no such event in {events:#?}"))
}

fn assert_no_findings(world: &World<Stepped>) {
    assert_eq!(world.env.findings(), []);
}

/// Everything that must agree while no pmap is locked: leaves and PV entries, counts
/// of valid entries in each table, resident pages, PGA_WRITEABLE; and the TLBs.
fn audit<E: Env>(world: &World<E>, spaces: &[SpaceId]) {
    let env = &world.env;
    let mut mapped: BTreeMap<(u32, u64), FrameNo> = BTreeMap::new();
    let mut tables = Vec::new();
    for &id in spaces {
        let pmap = &world.spaces.peek(env, id.0).pmap;
        let root = pmap.root.peek(env).expect("a root");
        let before = (mapped.len(), tables.len());
        audit_table(world, id, root, Level::Pml4, 0, &mut mapped, &mut tables);
        let resident = mapped.len() - before.0 + tables.len() - before.1;
        assert_eq!(pmap.resident_count.peek(env) as usize, resident, "resident_count of {id:?}");
    }
    let mut listed = BTreeMap::new();
    for page in world.pages.made() {
        let mut at: Option<PvId> = page.pv_head.peek(env);
        let mut prev = None;
        while let Some(id) = at {
            let pv = world.pvs.peek(env, id.0);
            assert_eq!(pv.prev.peek(env), prev);
            assert_eq!(pv.frame.peek(env), page.frame);
            let key = (pv.space.peek(env).0, pv.vpn.peek(env).0);
            assert_eq!(listed.insert(key, page.frame), None, "two PV entries for {key:?}");
            prev = at;
            at = pv.next.peek(env);
        }
    }
    assert_eq!(mapped, listed, "leaves and PV entries");
    assert_eq!(world.pvs.live(env) as usize, listed.len(), "PV entries in use");
    let free = world.pages.len() - world.pages.made().filter(|p| p.busy.peek(env) != crate::page::busy::FREED).count();
    assert_eq!(free - 1, world.free.count.peek(env) as usize, "free frames, less frame 0");
    assert_eq!(check_tlb(world), []);
}

fn audit_table<E: Env>(
    world: &World<E>,
    space: SpaceId,
    table: FrameNo,
    level: Level,
    base: u64,
    mapped: &mut BTreeMap<(u32, u64), FrameNo>,
    tables: &mut Vec<FrameNo>,
) {
    use crate::page::PageFlags;
    assert!(!tables.contains(&table), "a table with two parents");
    tables.push(table);
    let page = world.page_of(table);
    assert_eq!(page.ref_count.peek(&world.env), 1, "a table is wired");
    let mut valid = 0;
    for index in 0..512 {
        let entry = Entry::from_bits_retain(world.env.frame_peek(table, index));
        if !entry.contains(Entry::V) {
            assert!(entry.is_empty());
            continue;
        }
        valid += 1;
        let va = base + index as u64 * level.span();
        let below = match level {
            Level::Pml4 => Level::Pdpt,
            Level::Pdpt => Level::Pd,
            Level::Pd => Level::Pt,
            _ => {
                let target = world.page_of(super::leaf::frame_of(entry));
                let writeable = target.flags.peek(&world.env).contains(PageFlags::WRITEABLE);
                assert!(writeable || !entry.contains(Entry::RW), "a writable mapping, but the page does not know");
                mapped.insert((space.0, Vpn(va >> 12).0), target.frame);
                continue;
            }
        };
        audit_table(world, space, entry.table().frame(), below, va, mapped, tables);
    }
    assert_eq!(page.table_refs.peek(&world.env), valid, "valid entries of a table");
    assert!(valid > 0 || level == Level::Pml4, "an empty table was kept");
}
