//! Random programs of a few processes, one operation at a time: every load is right, every structure is sound, and no
//! mergeable neighbours remain.

use super::random::Dice;
use super::*;
use crate::check::structural;
use crate::ids::EntryId;
use crate::kern::Inherit;
use crate::machine::addr::PageIndex;
use crate::policy::Switches;
use crate::sync::Mode;
use crate::vm::map::{Advice, EntryFlags, Kept};
use crate::word::mix;

const FRAMES: u32 = 256;
const BLOCKS: u32 = 6;
const PAGES: u64 = 8;
const PROCESSES: usize = 5;
const DEPTH: u32 = 3;

/// The conditions of `vm_map_mergeable_neighbors`, written independently.
fn mergeable(cx: &TestCx<'_>, a: EntryId, b: EntryId) -> bool {
    let (v, w) = (cx.entry(a).view(&cx.env), cx.entry(b).view(&cx.env));
    let pages = (v.end.0 - v.start.0) / PAGE_SIZE;
    let goes_on = v.object.is_none() || v.offset.0 + pages == w.offset.0;
    let apart = |id: EntryId| {
        let e = cx.entry(id);
        (e.flags.get(cx), e.max_protection.get(cx).bits(), e.wired_count.get(cx), e.charged.get(cx))
    };
    v.end == w.start
        && (v.object, v.protection, v.inheritance) == (w.object, w.protection, w.inheritance)
        && goes_on
        && apart(a) == apart(b)
        && !apart(a).0.contains(EntryFlags::GROWS_DOWN)
}

/// Whether the map has no mergeable neighbours. A fork makes several entries from what its parent had in several, and
/// merges none: entries without an object still show that.
fn merged(cx: &TestCx<'_>, space: SpaceId) -> bool {
    let fresh = |id: EntryId| {
        let e = cx.entry(id);
        e.object.get(cx).is_none() && e.inheritance.get(cx) == Inherit::Zero
    };
    cx.map_entries(space).windows(2).all(|pair| !mergeable(cx, pair[0], pair[1]) || fresh(pair[0]))
}

struct Program<'w> {
    cx: TestCx<'w>,
    dice: Dice,
    /// Address spaces, and their generation in the family.
    alive: Vec<(SpaceId, u32)>,
    /// Memory is shared: kernels before 2021 show stale pages then (SH).
    share: bool,
    log: Vec<String>,
}

impl Program<'_> {
    fn pages(&mut self) -> (u64, u64) {
        let first = self.dice.roll(PAGES);
        (first, 1 + self.dice.roll((PAGES - first).min(4)))
    }
    async fn daemon(&self, space: SpaceId, n: u64, out: bool) {
        let Some((object, index)) = self.cx.page_shown(space, at(n)).await else { return };
        self.cx.object(object).lock.lock(&self.cx, Mode::Write).await;
        if out { self.cx.pageout(object, index).await } else { self.cx.reclaim(object, index).await }
    }
    async fn operation(&mut self) {
        let who = self.dice.roll(self.alive.len() as u64) as usize;
        let (space, depth) = self.alive[who];
        go_on(&self.cx, space).await;
        let (first, pages) = self.pages();
        let (start, end) = (at(first), at(first + pages));
        let (op, how) = (self.dice.roll(32), self.dice.roll(8));
        self.log.push(format!("{}: {op} {first} {pages} {how}", space.0));
        let prot =
            [Prot::RW, Prot::RW, Prot::RW, Prot::READ, Prot::READ, Prot::empty(), Prot::RW, Prot::RW][how as usize];
        let cx = &self.cx;
        match op {
            0..=3 => {
                let shared = self.share && self.dice.roll(3) == 0;
                cx.mmap(space, &MapRequest { shared, ..anon(first, pages, prot) }).await.unwrap();
            }
            4 | 5 => cx.munmap(space, start, end).await.unwrap(),
            6..=9 => cx.mprotect(space, start, end, prot).await.unwrap(),
            10 | 11 => {
                let all = [Inherit::Copy, Inherit::None, Inherit::Zero, Inherit::Share];
                let kinds = if self.share { 4 } else { 3 };
                cx.minherit(space, start, end, all[how as usize % kinds]).await.unwrap();
            }
            12 | 13 => {
                let kept = [Kept::Normal, Kept::Sequential, Kept::Random, Kept::NoCore, Kept::Core];
                let advice = match how {
                    0 | 1 => Advice::Free,
                    2 | 3 => Advice::DontNeed,
                    _ => Advice::Kept(kept[how as usize % kept.len()]),
                };
                cx.madvise(space, start, end, advice).await.unwrap();
            }
            14 | 15 if self.alive.len() < PROCESSES && depth < DEPTH => {
                self.alive.push((cx.vmspace_fork(space).await.unwrap(), depth + 1));
            }
            16 if self.alive.len() > 1 => {
                self.alive.swap_remove(who);
                cx.vmspace_exit().await;
            }
            17..=19 => self.daemon(space, first, true).await,
            20..=22 => self.daemon(space, first, false).await,
            23..=27 => _ = cx.user_store(at(first), mix(self.dice.0, 5) | 1).await,
            _ => _ = cx.user_load(at(first)).await,
        }
    }
}

fn program(preset: &str, seed: u64) {
    let policy = Policy::preset(preset).unwrap();
    let share = policy.on(Switches::COW_UNMAP_SHARED);
    let config = Config { frames: FRAMES, ..Config::default() };
    let world = World::new(Stepped::new(FRAMES + BLOCKS, Keep::NOTHING), policy, config);
    let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), NOBODY);
    let mut p = Program { cx, dice: Dice(mix(seed, 3)), alive: Vec::new(), share, log: Vec::new() };
    p.alive.push((run(p.cx.vmspace_new(), || {}).unwrap(), 1));
    for _ in 0..8 + p.dice.roll(33) {
        run(p.operation(), || {});
        let what = || format!("preset {preset}, seed {seed}: {:#?}", p.log);
        assert_eq!(structural::check_quiet(&world), [], "{}", what());
        assert_eq!(world.env.findings(), [], "{}", what());
        assert!(p.alive.iter().all(|&(space, _)| merged(&p.cx, space)), "{}", what());
    }
    for (space, _) in std::mem::take(&mut p.alive) {
        run(
            async {
                go_on(&p.cx, space).await;
                for n in 0..PAGES {
                    _ = p.cx.user_load(at(n)).await;
                }
                p.cx.vmspace_exit().await;
            },
            || {},
        );
    }
    let leaks = structural::leaks(&world);
    assert!(leaks.is_empty() && world.env.findings().is_empty(), "{leaks:?}, preset {preset}, seed {seed}");
}

#[test]
fn random_programs_find_nothing_on_any_kernel() {
    let seeds = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    for preset in PRESETS {
        (0..seeds).for_each(|seed| program(preset.name, seed));
    }
}

/// Checks the checker: it finds mergeable neighbours that are separate entries.
#[test]
fn neighbours_that_were_not_merged_are_noticed() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(0, 2, Prot::RW)).await.unwrap();
        assert!(merged(cx, space));
        cx.map_lock(space).await;
        cx.map_clip_start(space, at(1)).await;
        assert!(!merged(cx, space));
        let all = cx.map_entries(space);
        cx.map_try_merge(space, Some(all[0]), all[1]).await;
        assert!(merged(cx, space) && layout(cx, space) == [(0, 2)]);
        cx.map_unlock(space).await;
        assert_eq!(cx.entry(all[0]).offset.get(cx), PageIndex(0));
    });
}
