//! Random operations of three tasks under random schedules that switch at any point.

use super::*;

/// A generator of numbers, the same for the same seed.
struct Random(std::cell::Cell<u64>);

impl Random {
    fn below(&self, n: u64) -> u64 {
        self.0.set(crate::word::mix(self.0.get(), 1));
        self.0.get() % n
    }
}

const PAGES: usize = 4;

struct Play<'w> {
    world: &'w World<Stepped>,
    spaces: [SpaceId; 2],
    pages: [FrameNo; PAGES],
    random: Random,
}

impl Play<'_> {
    fn va(&self) -> VirtAddr {
        [VA, NEXT, FAR][self.random.below(3) as usize]
    }
    async fn operation(&self, cx: &Cx<'_, Stepped>) {
        let page = cx.page(self.pages[self.random.below(PAGES as u64) as usize]);
        let s = self.spaces[self.random.below(2) as usize];
        let (va, value) = (self.va(), self.random.below(1000));
        match self.random.below(16) {
            0..3 => _ = cx.pmap_enter(s, va, page, Prot::RW, Prot::WRITE, false, true).await,
            3 => _ = cx.pmap_enter(s, va, page, Prot::RW, Prot::READ, false, true).await,
            4 => _ = cx.pmap_enter(s, va, page, Prot::READ, Prot::READ, false, true).await,
            5 => cx.pmap_enter_quick(s, va, page, Prot::READ).await,
            6 => cx.pmap_remove(s, va, VirtAddr(va.0 + 0x1000)).await,
            7 => cx.pmap_remove(s, VA, VirtAddr(FAR.0 + 0x1000)).await,
            8 => cx.pmap_protect(s, VA, VirtAddr(FAR.0 + 0x1000), Prot::READ).await,
            9 => cx.pmap_remove_all(page).await,
            10 => {
                cx.pmap_remove_write(page).await;
                page.undirty(cx);
            }
            11 => _ = cx.pmap_ts_referenced(page).await,
            12 => cx.pmap_copy(self.spaces[0], self.spaces[1], VirtAddr(0), VirtAddr(1 << 47)).await,
            13..15 => _ = cx.user_store(va, value).await,
            _ => _ = cx.user_load(va).await,
        }
    }
}

fn play(seed: u64) -> u64 {
    let world = stepped(Config { pmap_copy: PmapCopy::All, ..config(48, 3) });
    let spaces = [space(&world), space(&world)];
    let pages = std::array::from_fn(|i| page(&world, i as u64).frame);
    let play = Play { world: &world, spaces, pages, random: Random(std::cell::Cell::new(seed)) };
    let cxs = [0, 1, 2].map(|n| task(&world, n, spaces[usize::from(n == 2)]));
    let scheduler = Random(std::cell::Cell::new(!seed));
    let mut hands: Vec<_> = cxs
        .iter()
        .map(|cx| {
            let play = &play;
            Hand::new(cx, async move {
                for _ in 0..10 {
                    play.operation(cx).await;
                }
            })
        })
        .collect();
    // Frames that a CPU has written and no task has cleaned since.
    let mut written = std::collections::BTreeSet::new();
    let mut steps = 0;
    let mut unlocked = 0;
    while hands.iter().any(|h| !h.done) {
        let ready: Vec<_> = (0..3).filter(|&i| hands[i].ready()).collect();
        assert!(!ready.is_empty(), "seed {seed}: deadlock");
        let i = ready[scheduler.below(ready.len() as u64) as usize];
        hands[i].step();
        steps += 1;
        let about = || format!("seed {seed}, step {steps}, task {i} before {:?}", hands[i].at());
        for event in events(&world) {
            match event {
                Event::Access { write: true, page, .. } => _ = written.insert(page),
                Event::PageDirty { page, dirty: false } => _ = written.remove(&page),
                _ => {}
            }
        }
        assert_eq!(check_tlb(&world), [], "{}", about());
        for &frame in &written {
            let page = cxs[i].page(frame);
            assert!(
                page.dirty.peek(&world.env) || cxs[i].pmap_is_modified(page),
                "a write to {frame:?} is lost: {}",
                about()
            );
        }
        if spaces.iter().all(|s| world.spaces.peek(&world.env, s.0).pmap.lock.is_free(&world.env)) {
            unlocked += 1;
            if unlocked % 8 == 0 {
                audit(&world, &spaces);
            }
        }
    }
    audit(&world, &spaces);
    assert_no_findings(&world);
    for s in spaces {
        block_on(cxs[0].pmap_remove(s, VirtAddr(0), VirtAddr(1 << 47)));
    }
    audit(&world, &spaces);
    for page in play.pages.map(|f| play.world.env.frame_peek(f, 0)) {
        assert!(page < 1000);
    }
    steps
}

#[test]
fn invariants_hold_at_every_step_of_random_schedules() {
    let steps: u64 = (0..400).map(play).sum();
    assert!(steps > 20_000, "{steps} steps are too few to mean anything");
}

#[test]
fn the_same_choices_give_the_same_run() {
    assert_eq!(play(7), play(7));
}
