//! Bits that hardware sets must reach the page: protect, remove_write, is_modified, ts_referenced, clear_modify.

use super::*;
use crate::page::PageFlags;

/// A page mapped writable in two spaces, each active on a CPU.
struct Shared {
    world: World<Stepped>,
    s: [SpaceId; 2],
    page: FrameNo,
}

fn shared() -> Shared {
    let world = stepped(config(64, 3));
    let s = [space(&world), space(&world)];
    let page = page(&world, 1).frame;
    for (n, &s) in s.iter().enumerate() {
        let cx = task(&world, n as u32, s);
        enter(&cx, VA, cx.page(page), Prot::RW, Prot::READ);
    }
    Shared { world, s, page }
}

#[test]
fn protect_dirties_before_it_takes_the_right() {
    let Shared { world, s, page } = shared();
    let (cx, other) = (task(&world, 2, s[0]), task(&world, 0, s[0]));
    assert_eq!(block_on(other.user_store(VA, 2)), Ok(()));
    events(&world);
    block_on(cx.pmap_protect(s[0], VirtAddr(0), FAR, Prot::READ | Prot::EXECUTE));
    let said = events(&world);
    let dirtied = position(&said, |e| *e == Event::PageDirty { page, dirty: true });
    let cleared = position(&said, |e| matches!(e, Event::Entry { level: 1, .. }));
    let flushed = position(&said, |e| *e == Event::TlbFlush { cpu: CpuId(0) });
    assert!(dirtied < cleared && cleared < flushed, "{said:#?}");
    assert!(!leaf(&world, s[0], VA).intersects(Entry::RW | Entry::M));
    assert!(block_on(other.user_store(VA, 3)).is_err());
    assert_eq!(block_on(other.user_load(VA)), Ok(2));
    assert!(cx.page(page).flags.load(&cx).contains(PageFlags::WRITEABLE), "the other space still may");
    audit(&world, &s);
}

#[test]
fn protect_takes_execute_and_nothing_for_free() {
    let world = stepped(config(64, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    enter(&cx, VA, page(&world, 1), Prot::ALL, Prot::WRITE);
    let full = leaf(&world, s, VA);
    block_on(cx.pmap_protect(s, VA, NEXT, Prot::ALL));
    assert_eq!(leaf(&world, s, VA), full);
    block_on(cx.pmap_protect(s, VA, NEXT, Prot::RW));
    assert_eq!(leaf(&world, s, VA), full | Entry::NX);
    // It never gives a right back.
    block_on(cx.pmap_protect(s, VA, NEXT, Prot::READ | Prot::EXECUTE));
    assert_eq!(leaf(&world, s, VA), (full | Entry::NX) - (Entry::RW | Entry::M));
    block_on(cx.pmap_protect(s, VA, NEXT, Prot::empty()));
    assert!(leaf(&world, s, VA).is_empty());
    audit(&world, &[s]);
}

#[test]
fn modified_is_known_at_every_step_of_a_removal() {
    let Shared { world, s, page } = shared();
    let (cx, user) = (task(&world, 2, s[0]), task(&world, 0, s[0]));
    let page = cx.page(page);
    assert!(!cx.pmap_is_modified(page));
    assert_eq!(block_on(user.user_store(VA, 2)), Ok(()));
    assert!(cx.pmap_is_modified(page) && !page.dirty.load(&cx));
    let mut hand = Hand::new(&cx, cx.pmap_remove_all(page));
    while !hand.done {
        hand.step();
        assert!(page.dirty.load(&cx) || cx.pmap_is_modified(page), "nobody knows before {:?}", hand.at());
    }
    assert!(page.dirty.load(&cx) && !cx.pmap_is_modified(page));
}

#[test]
fn modified_is_known_at_every_step_while_the_write_right_is_taken() {
    // PGA_WRITEABLE says whether to look for M: it must not be cleared before M has reached `dirty`.
    let Shared { world, s, page } = shared();
    let (cx, user) = (task(&world, 2, s[0]), task(&world, 1, s[1]));
    let page = cx.page(page);
    assert_eq!(block_on(user.user_store(VA, 2)), Ok(()));
    let mut hand = Hand::new(&cx, cx.pmap_remove_write(page));
    while !hand.done {
        hand.step();
        assert!(page.dirty.load(&cx) || cx.pmap_is_modified(page), "nobody knows before {:?}", hand.at());
    }
    assert!(page.dirty.load(&cx) && !page.flags.load(&cx).contains(PageFlags::WRITEABLE));
}

#[test]
fn remove_write_leaves_readers() {
    let Shared { world, s, page } = shared();
    let cx = task(&world, 2, s[0]);
    let page = cx.page(page);
    let users = [task(&world, 0, s[0]), task(&world, 1, s[1])];
    assert_eq!(block_on(users[1].user_store(VA, 2)), Ok(()));
    block_on(cx.pmap_remove_write(page));
    assert!(page.dirty.load(&cx) && !page.flags.load(&cx).contains(PageFlags::WRITEABLE));
    for user in &users {
        assert!(block_on(user.user_store(VA, 3)).is_err());
        assert_eq!(block_on(user.user_load(VA)), Ok(2));
    }
    audit(&world, &s);
    assert_no_findings(&world);
}

#[test]
fn remove_write_waits_for_a_protect_that_has_not_flushed_yet() {
    let Shared { world, s, page } = shared();
    let (cx, user, daemon) = (task(&world, 2, s[0]), task(&world, 0, s[0]), task(&world, 1, s[1]));
    assert_eq!(block_on(user.user_store(VA, 2)), Ok(()));
    let mut protect = Hand::new(&cx, cx.pmap_protect(s[0], VA, NEXT, Prot::READ));
    protect.until(Step::Shootdown);
    let mut write = Hand::new(&daemon, daemon.pmap_remove_write(cx.page(page)));
    while write.ready() {
        write.step();
    }
    assert!(!write.done, "a CPU can still write");
    assert_eq!(block_on(user.user_store(VA, 3)), Ok(()), "indeed it can");
    protect.finish();
    write.finish();
    assert!(block_on(user.user_store(VA, 4)).is_err());
    assert!(cx.page(page).dirty.load(&cx));
}

#[test]
fn remove_write_finds_a_mapping_that_came_behind_it() {
    // A fork copies page tables while `remove_write` visits mappings in order of spaces.
    let world = stepped(Config { pmap_copy: PmapCopy::All, ..config(64, 3) });
    let (child, parent) = (space(&world), space(&world));
    let page = page(&world, 1);
    let (forker, daemon) = (task(&world, 0, parent), task(&world, 1, parent));
    enter(&forker, VA, page, Prot::RW, Prot::WRITE);
    let mut write = Hand::new(&daemon, daemon.pmap_remove_write(page));
    let mut fork = Hand::new(&forker, forker.pmap_copy(child, parent, VA, NEXT));
    write.until(Step::PmapRemoveAll);
    fork.until(Step::PmapUnlocked);
    write.finish();
    fork.finish();
    for s in [child, parent] {
        assert!(leaf(&world, s, VA).contains(Entry::V) && !leaf(&world, s, VA).contains(Entry::RW));
    }
    audit(&world, &[child, parent]);
}

#[test]
fn references_are_counted_and_cleared() {
    let Shared { world, s, page } = shared();
    let cx = task(&world, 2, s[0]);
    let page = cx.page(page);
    let users = [task(&world, 0, s[0]), task(&world, 1, s[1])];
    for user in &users {
        assert_eq!(block_on(user.user_load(VA)), Ok(1));
    }
    assert_eq!(block_on(cx.pmap_ts_referenced(page)), 2);
    assert_eq!(block_on(cx.pmap_ts_referenced(page)), 0, "nobody used it since");
    assert_eq!(block_on(users[0].user_load(VA)), Ok(1), "cached or not");
    assert_eq!(block_on(cx.pmap_ts_referenced(page)), 1);
    assert_eq!(block_on(users[1].user_store(VA, 2)), Ok(()));
    assert_eq!(block_on(cx.pmap_ts_referenced(page)), 1);
    assert!(page.dirty.load(&cx));
    audit(&world, &s);
}

#[test]
fn at_most_five_references_are_counted() {
    let world = stepped(config(64, 1));
    let s = space(&world);
    let cx = task(&world, 0, s);
    let page = page(&world, 1);
    for i in 0..8 {
        enter(&cx, VirtAddr(VA.0 + i * 0x1000), page, Prot::READ, Prot::READ);
    }
    assert_eq!(block_on(cx.pmap_ts_referenced(page)), 5);
    assert_eq!(block_on(cx.pmap_ts_referenced(page)), 3);
    assert_eq!(block_on(cx.pmap_ts_referenced(page)), 0);
}

#[test]
fn after_clear_modify_the_next_write_is_noticed() {
    let Shared { world, s, page } = shared();
    let cx = task(&world, 2, s[0]);
    let page = cx.page(page);
    let user = task(&world, 0, s[0]);
    assert_eq!(block_on(user.user_store(VA, 2)), Ok(()));
    block_on(cx.pmap_clear_modify(page));
    assert!(!cx.pmap_is_modified(page) && !page.dirty.load(&cx));
    // The dirty TLB entry is gone, so the walk sets M again.
    assert_eq!(block_on(user.user_store(VA, 3)), Ok(()));
    assert!(cx.pmap_is_modified(page));
    audit(&world, &s);
}
