//! Stacks (rulings R35).

use super::*;
use crate::env::stepped::Rest;
use crate::kern::{Kern, Signal};
use crate::policy::Switches;
use crate::sync::Mode;

const TOP: u64 = 4096;
const FAULT: Prot = Prot::WRITE.union(Prot::FAULT_LOOKUP);

fn stack(pages: u64) -> MapRequest {
    MapRequest { kind: MapKind::Stack, ..anon(TOP - pages, pages, Prot::RW) }
}

#[test]
fn a_stack_grows_by_faults_in_its_gap() {
    everywhere(async |cx, space| {
        cx.mmap(space, &stack(4)).await.unwrap();
        assert_eq!(layout(cx, space), [(TOP - 2048, TOP - 4), (TOP - 4, TOP)], "8 MiB together");
        cx.user_store(at(TOP - 1), 1).await.unwrap();
        assert_eq!(
            cx.map_lookup(space, at(TOP - 5), Prot::WRITE).await.err(),
            Some(Kern::ProtectionFailure),
            "only faults make it grow"
        );
        cx.user_store(at(TOP - 5), 2).await.unwrap();
        assert_eq!(
            layout(cx, space),
            [(TOP - 2048, TOP - 36), (TOP - 36, TOP - 4), (TOP - 4, TOP)],
            "128 KiB at a time"
        );
        cx.user_store(at(TOP - 36 - 33), 3).await.unwrap();
        assert_eq!(layout(cx, space)[..2], [(TOP - 2048, TOP - 100), (TOP - 100, TOP - 36)]);
        assert_eq!(cx.user_load(at(TOP - 5)).await, Ok(2));
        // Down to the last page above the guard.
        assert_eq!(cx.user_load(at(TOP - 2048)).await, Err(Signal::Segv));
        assert_eq!(cx.user_load(at(TOP - 2047)).await, Ok(0));
        assert_eq!(layout(cx, space)[..2], [(TOP - 2048, TOP - 2047), (TOP - 2047, TOP - 100)]);
        assert_eq!(cx.user_load(at(TOP - 2048)).await, Err(Signal::Segv));
    });
}

#[test]
fn a_mapping_limits_and_cuts_the_gap() {
    everywhere(async |cx, space| {
        cx.mmap(space, &anon(TOP - 64, 1, Prot::RW)).await.unwrap();
        cx.mmap(space, &stack(4)).await.unwrap();
        assert_eq!(layout(cx, space)[1], (TOP - 63, TOP - 4), "down to the mapping below");
        cx.mmap(space, &anon(TOP - 20, 10, Prot::READ)).await.unwrap();
        let cut =
            [(TOP - 64, TOP - 63), (TOP - 63, TOP - 20), (TOP - 20, TOP - 10), (TOP - 10, TOP - 4), (TOP - 4, TOP)];
        assert_eq!(layout(cx, space), cut);
        assert_eq!(cx.user_load(at(TOP - 30)).await, Err(Signal::Segv), "no stack above it any more");
        assert_eq!(cx.user_load(at(TOP - 20)).await, Ok(0), "the mapping that cut it");
        assert_eq!(cx.user_store(at(TOP - 10), 1).await, Err(Signal::Segv), "the guard page");
        assert_eq!(cx.user_store(at(TOP - 9), 1).await, Ok(()));
        // The gap cannot be given rights.
        cx.mprotect(space, at(TOP - 10), at(TOP - 9), Prot::RW).await.unwrap();
        assert_eq!(cx.user_store(at(TOP - 10), 1).await, Err(Signal::Segv));
    });
}

#[test]
fn a_child_has_a_stack_that_grows() {
    everywhere(async |cx, space| {
        cx.mmap(space, &stack(2)).await.unwrap();
        cx.user_store(at(TOP - 3), 7).await.unwrap();
        let child = cx.vmspace_fork(space).await.unwrap();
        assert_eq!(layout(cx, child), layout(cx, space));
        go_on(cx, child).await;
        assert_eq!(cx.user_load(at(TOP - 3)).await, Ok(7));
        assert_eq!(cx.user_store(at(TOP - 90), 8).await, Ok(()));
        assert_ne!(layout(cx, child), layout(cx, space));
        cx.vmspace_exit().await;
    });
}

/// The upgrade dropped the lock and the map changed: the lookup starts again.
#[test]
fn growth_looks_again_when_the_map_changed() {
    let world = World::new(Stepped::new(64, Keep::ALL), main_policy(), Config::default());
    let cx = |task| Cx::new(&world, TaskId(task), CpuId(task), ProcId(task), NOBODY);
    let (a, b) = (cx(0), cx(1));
    for unmap in [true, false] {
        world.env.switch_to(TaskId(1));
        let space = run(b.vmspace_new(), || {}).unwrap();
        run(b.mmap(space, &stack(4)), || {}).unwrap();
        assert!(b.space_of(space).lock.try_lock(&b, Mode::Read));
        world.env.switch_to(TaskId(0));
        let mut lookup = pin!(a.map_lookup(space, at(TOP - 6), FAULT));
        while matches!(world.env.rest(TaskId(0)), Rest::Ready) {
            assert!(poll_once(lookup.as_mut()).is_pending());
        }
        world.env.switch_to(TaskId(1));
        b.space_of(space).lock.release(&b);
        if unmap {
            run(b.munmap(space, at(TOP - 2048), at(TOP - 4)), || {}).unwrap();
        }
        world.env.switch_to(TaskId(0));
        let found = run(lookup, || {});
        if unmap {
            assert_eq!(found.err(), Some(Kern::InvalidAddress));
            assert_eq!((layout(&a, space), world.entries.live(&world.env)), (vec![(TOP - 4, TOP)], 1));
        } else {
            assert_eq!(found.map(|l| l.start).ok(), Some(at(TOP - 36)), "nothing had changed: the upgrade holds");
            a.space_of(space).lock.release(&a);
        }
    }
}

/// P20: since D41089 an mprotect of the lowest part applies to that part alone.
#[test]
fn what_a_stack_grows_by_has_the_rights_that_mmap_gave() {
    everywhere(async |cx, space| {
        let name = &cx.policy.name;
        cx.mmap(space, &stack(4)).await.unwrap();
        cx.mprotect(space, at(TOP - 4), at(TOP - 3), Prot::READ).await.unwrap();
        let stored = cx.user_store(at(TOP - 9), 1).await;
        let expected = if cx.on(Switches::GROW_LOWEST_PROT) { Err(Signal::Segv) } else { Ok(()) };
        assert_eq!(stored, expected, "{name}");
        assert_eq!(layout(cx, space)[1], (TOP - 36, TOP - 4), "{name}: it has grown all the same");
        cx.mprotect(space, at(TOP - 36), at(TOP - 35), Prot::RW).await.unwrap();
        assert_eq!(cx.user_store(at(TOP - 40), 2).await, Ok(()), "{name}: the lowest part decides, not those above");
    });
}
