//! Two threads of one process map, unmap, fork and use memory under random schedules: no wrong value, no finding,
//! nothing left over, no task stuck.

use super::*;
use crate::env::stepped::Rest;
use crate::env::threads::Threads;
use crate::ids::FileId;
use crate::kern::Inherit;
use crate::machine::addr::PageIndex;
use crate::vm::map::Advice;
use crate::word::mix;

/// Numbers that depend only on the seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = mix(self.0, 0xd1ce);
        (self.0 >> 8) % sides
    }
    /// Some pages among the first ten.
    fn pages(&mut self) -> (u64, u64) {
        (self.roll(8), 1 + self.roll(3))
    }
    fn range(&mut self) -> (VirtAddr, VirtAddr) {
        let (first, pages) = self.pages();
        (at(first), at(first + pages))
    }
}

async fn touch<E: Env>(cx: &Cx<'_, E>, dice: &mut Dice, times: u64) {
    for _ in 0..times {
        let va = at(dice.roll(10));
        // If nothing is mapped, or not writable, a signal is right.
        if dice.roll(2) == 0 {
            let _ = cx.user_load(va).await;
        } else {
            let _ = cx.user_store(va, mix(u64::from(cx.task.0), dice.0) | 1).await;
        }
    }
}

async fn operation<E: Env>(cx: &Cx<'_, E>, space: SpaceId, dice: &mut Dice) {
    let (start, end) = dice.range();
    let _ = match dice.roll(12) {
        0 | 1 => {
            let (first, pages) = dice.pages();
            let kind = match dice.roll(4) {
                0 => MapKind::File { file: FileId(0), offset: PageIndex(first), pages: None },
                _ => MapKind::Anon,
            };
            cx.mmap(space, &MapRequest { kind, ..anon(first, pages, Prot::RW) }).await
        }
        2 => cx.munmap(space, start, end).await,
        3 => cx.mprotect(space, start, end, if dice.roll(2) == 0 { Prot::READ } else { Prot::RW }).await,
        4 => {
            let inherit = [Inherit::Copy, Inherit::None, Inherit::Zero][dice.roll(3) as usize];
            cx.minherit(space, start, end, inherit).await
        }
        5 => cx.madvise(space, start, end, if dice.roll(2) == 0 { Advice::Free } else { Advice::DontNeed }).await,
        6 => {
            let (to, pages) = dice.pages();
            cx.mremap(space, start, end.0 - start.0, at(to), pages * PAGE_SIZE).await
        }
        7 | 8 => {
            let child = cx.vmspace_fork(space).await.unwrap();
            if dice.roll(2) == 0 {
                touch(cx, dice, 2).await;
            }
            go_on(cx, child).await;
            touch(cx, dice, 4).await;
            cx.vmspace_exit().await;
            go_on(cx, space).await;
            Ok(())
        }
        _ => {
            touch(cx, dice, 4).await;
            Ok(())
        }
    };
}

/// The operations of one of the threads.
async fn life<E: Env>(cx: &Cx<'_, E>, space: SpaceId, seed: u64, operations: u32) {
    let mut dice = Dice(mix(seed, u64::from(cx.task.0)));
    go_on(cx, space).await;
    cx.mmap(space, &anon(0, 10, Prot::RW)).await.unwrap();
    for _ in 0..operations {
        operation(cx, space, &mut dice).await;
    }
    cx.vmspace_exit().await;
}

/// Asserts that nothing is left over.
fn nothing_left<E: Env>(world: &World<E>, what: &str) {
    let env = &world.env;
    let live = [world.objects.live(env), world.entries.live(env), world.spaces.live(env), world.pvs.live(env)];
    assert_eq!(live, [0; 4], "objects, entries, spaces, PV entries left: {what}");
    assert_eq!(world.free.count.peek(env), world.config.frames - 1, "frames that are free: {what}");
}

fn schedule(preset: &str, seed: u64) {
    let config = Config { frames: 256, ..Config::default() };
    let world = World::new(Stepped::new(config.frames, Keep::NOTHING), Policy::preset(preset).unwrap(), config);
    let cx: Vec<TestCx<'_>> = (0..2).map(|n| Cx::new(&world, TaskId(n), CpuId(n), ProcId(0), NOBODY)).collect();
    let space = run(cx[0].vmspace_new(), || {}).unwrap();
    cx[0].vmspace_share(space);
    let mut bodies: Vec<_> = cx.iter().map(|cx| Box::pin(life(cx, space, seed, 12))).collect();
    let mut left: Vec<usize> = vec![0, 1];
    let mut dice = Dice(mix(seed, 77));
    while !left.is_empty() {
        let ready = |&n: &usize| world.env.rest(TaskId(n as u32)) == Rest::Ready;
        let able: Vec<usize> = left.iter().copied().filter(ready).collect();
        assert!(!able.is_empty(), "preset {preset}, seed {seed}: everybody waits");
        let n = able[dice.roll(able.len() as u64) as usize];
        world.env.switch_to(TaskId(n as u32));
        if poll_once(bodies[n].as_mut()).is_ready() {
            left.retain(|&m| m != n);
        }
        assert_eq!(world.env.findings(), [], "preset {preset}, seed {seed}");
        // A running bypass or split has references of its own.
        if cx.iter().all(|cx| cx.locks_held().is_empty()) {
            references(&world);
        }
    }
    run(cx[0].vnode_reclaim_all(), || {});
    nothing_left(&world, &format!("preset {preset}, seed {seed}"));
}

/// Rulings R43: these two are believed to be correct.
#[test]
fn random_schedules_of_two_threads_find_nothing() {
    for seed in 0..200 {
        schedule("2025-04", seed);
        schedule("main", seed);
    }
}

/// The same on two real threads, on which a map has its hint.
#[test]
fn real_threads_find_nothing() {
    let config = Config { frames: 512, ..Config::default() };
    let world = World::new(Threads::new(config.frames, config.cpus), main_policy(), config);
    for seed in 0..20 {
        let cx = |n| Cx::new(&world, TaskId(n), CpuId(n), ProcId(0), NOBODY);
        let space = run(cx(0).vmspace_new(), || {}).unwrap();
        cx(0).vmspace_share(space);
        std::thread::scope(|scope| {
            for n in 0..2 {
                scope.spawn(move || run(life(&cx(n), space, seed, 60), || {}));
            }
        });
        run(cx(0).vnode_reclaim_all(), || {});
        assert_eq!(world.env.findings(), [], "seed {seed}");
        nothing_left(&world, &format!("seed {seed}"));
    }
}
