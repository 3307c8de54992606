//! Each invariant is broken on purpose, one word at a time, and is then reported.

use super::*;
use crate::env::Memory;
use crate::kern::ObjectFlags;
use crate::machine::entry::{Entry as Pte, Level, PageSize};
use crate::page::busy::FREED;
use crate::page::{OBJREF, Page};
use crate::property::Property;
use crate::sync::Mode;
use crate::vm::map::EntryFlags;

/// A world to break.
struct Bench<'w> {
    cx: Cx<'w, Stepped>,
    parent: SpaceId,
    child: SpaceId,
    /// The backing object of the parent's and the child's private pages, and the child's own object.
    below: ObjectId,
    top: ObjectId,
}

impl<'w> Bench<'w> {
    fn new(world: &'w World<Stepped>) -> Self {
        let cx = task(world, 0);
        let (parent, child) = run(family(&cx), || {});
        let top = entries(world, child).next().unwrap().object.peek(&world.env).unwrap();
        let below = cx.object(top).backing_object.load(&cx).unwrap();
        assert_eq!((check(world), check_quiet(world), hazards(world)), (vec![], vec![], vec![]));
        Bench { cx, parent, child, below, top }
    }
    fn page(&self, object: ObjectId, index: u64) -> &'w Page<Stepped> {
        self.cx.page_lookup(object, PageIndex(index)).unwrap()
    }
    /// The child's copy of a page, busy and valid, as a fault makes it.
    fn copy(&self, index: u64) -> &'w Page<Stepped> {
        let lock = &self.cx.object(self.top).lock;
        assert!(lock.try_lock(&self.cx, Mode::Write));
        let copy = self.cx.page_alloc(self.top, PageIndex(index)).unwrap();
        lock.release(&self.cx);
        copy.make_valid(&self.cx);
        copy
    }
    /// The leaf of a page of a space: its table, its place there, and itself.
    fn leaf(&self, space: SpaceId, page: u64) -> (FrameNo, usize, Pte) {
        let env = &self.cx.env;
        let mut table = self.cx.space_of(space).pmap.root.peek(env).unwrap();
        for level in [Level::Pml4, Level::Pdpt, Level::Pd] {
            let entry = env.frame_peek(table, level.index(at(page)) as usize);
            table = Pte::from_bits_retain(entry).table().frame();
        }
        let index = Level::Pt.index(at(page)) as usize;
        (table, index, Pte::from_bits_retain(env.frame_peek(table, index)))
    }
    fn set_leaf(&self, space: SpaceId, page: u64, change: impl Fn(Pte) -> Pte) {
        let (table, index, old) = self.leaf(space, page);
        let named = Some((space, at(page).vpn()));
        self.cx.env.entry_store(table, index, change(old).bits(), named);
    }
}

fn broken(how: impl Fn(&Bench<'_>)) -> (Vec<Property>, Vec<Property>) {
    let world = world("main", 1);
    let bench = Bench::new(&world);
    how(&bench);
    let names = |found: Vec<Violation>| {
        let mut names: Vec<_> = found.iter().map(|v| v.property).collect();
        names.dedup();
        names
    };
    (names(check(&world)), names(check_quiet(&world)))
}

/// The violation is reported between two steps, and at rest.
fn shows(property: Property, how: impl Fn(&Bench<'_>)) {
    let (step, rest) = broken(how);
    assert!(step.contains(&property), "{property}: {step:?}");
    assert!(rest.contains(&property), "{property} at rest: {rest:?}");
}

/// The state is legal between two steps, but not at rest.
fn shows_at_rest(property: Property, how: impl Fn(&Bench<'_>)) {
    let (step, rest) = broken(how);
    assert!(step.is_empty(), "{property}: {step:?}");
    assert!(rest.contains(&property), "{property} at rest: {rest:?}");
}

#[test]
fn references_and_shadows() {
    for delta in [1, -1] {
        shows(Property::E01, |b| assert_eq!(b.cx.object(b.below).ref_count.add(&b.cx, delta), 2));
    }
    shows(Property::E01, |b| b.cx.object_take_over(b.top));
    shows_at_rest(Property::E01, |b| b.cx.object_hold(b.top));
    shows_at_rest(Property::E01, |b| assert!(b.cx.object_allocate_anon(1, None, false) > b.top));
    // One entry's reference may have become a link's while its map is write-locked.
    shows_at_rest(Property::E01, |b| {
        assert!(b.cx.space_of(b.parent).lock.try_lock(&b.cx, Mode::Write));
        b.cx.object(b.below).ref_count.add(&b.cx, -1);
    });
    shows(Property::E01, |b| {
        assert!(b.cx.space_of(b.parent).lock.try_lock(&b.cx, Mode::Write));
        b.cx.object(b.below).ref_count.add(&b.cx, -2);
    });
    shows_at_rest(Property::E01, |b| {
        assert!(b.cx.object(b.below).lock.try_lock(&b.cx, Mode::Write));
        b.cx.object(b.below).ref_count.add(&b.cx, -1);
    });
    // A new object belongs to its creator, but cannot have fewer references than operations that hold it.
    shows(Property::E01, |b| {
        let new = b.cx.object_allocate_anon(1, None, false);
        (0..2).for_each(|_| b.cx.object_take_over(new));
    });
    shows(Property::E02, |b| b.cx.object(b.below).shadow_count.store(&b.cx, 0));
    shows(Property::E02, |b| b.cx.object(b.below).shadow_head.set(&b.cx, None));
    shows(Property::E02, |b| b.cx.object(b.top).shadow_next.set(&b.cx, Some(b.top)));
}

#[test]
fn chains() {
    shows(Property::E03, |b| b.cx.object(b.below).backing_object.store(&b.cx, Some(b.top)));
    shows(Property::E03, |b| b.cx.object(b.below).backing_object.store(&b.cx, Some(b.below)));
    shows(Property::E03, |b| {
        let free = b.cx.object_allocate_anon(1, None, false);
        b.cx.object(free).kind.store(&b.cx, ObjectType::Dead);
        b.cx.object(b.below).backing_object.store(&b.cx, Some(free));
    });
    // Two objects refer to each other, and no entry refers to them.
    shows(Property::E03, |b| {
        let [x, y] = [(); 2].map(|()| b.cx.object_allocate_anon(1, None, false));
        for (x, y) in [(x, y), (y, x)] {
            b.cx.object(y).lock.try_lock(&b.cx, Mode::Write);
            b.cx.backing_insert_locked(x, y);
            b.cx.object(y).lock.release(&b.cx);
        }
    });
    shows_at_rest(Property::E03, |b| assert!(b.cx.object_allocate_anon(1, None, false) > b.top));
}

#[test]
fn pages() {
    shows(Property::E04, |b| b.page(b.below, 0).pindex.store(&b.cx, PageIndex(1)));
    shows(Property::E04, |b| b.page(b.top, 0).object.store(&b.cx, Some(b.below)));
    shows(Property::E04, |b| b.page(b.top, 0).object.store(&b.cx, None));
    shows(Property::E04, |b| {
        b.page(b.top, 0).object.store(&b.cx, None);
        b.page(b.top, 0).ref_count.add(&b.cx, 1);
        b.cx.object(b.top).resident_page_count.set(&b.cx, 0);
    });
    shows(Property::E04, |b| b.page(b.top, 0).ref_count.store(&b.cx, 0));
    shows(Property::E04, |b| b.page(b.top, 0).ref_count.store(&b.cx, OBJREF - 1));
    shows(Property::E04, |b| b.page(b.top, 0).busy.store(&b.cx, FREED));
    shows(Property::E04, |b| assert!(b.cx.free.take(&b.cx).is_some()));
    shows(Property::E04, |b| {
        let frame = b.cx.free.take(&b.cx).unwrap();
        b.cx.page(frame).valid.store(&b.cx, true);
        b.cx.free.put(&b.cx, frame);
    });
    shows(Property::E04, |b| b.cx.object(b.top).resident_page_count.set(&b.cx, 7));
}

#[test]
fn page_tables_and_lists() {
    // An entry without its PV entry, and the reverse.
    shows(Property::E05, |b| b.page(b.top, 0).pv_head.set(&b.cx, None));
    shows(Property::E05, |b| b.set_leaf(b.child, 0, |_| Pte::empty()));
    shows(Property::E05, |b| {
        b.set_leaf(b.child, 0, |leaf| leaf.with_frame(PageSize::Size4K, b.page(b.below, 1).frame.addr()))
    });
    shows(Property::E05, |b| b.set_leaf(b.child, 0, |leaf| leaf.with_frame(PageSize::Size4K, FrameNo(5000).addr())));
    shows(Property::E05, |b| {
        let root = b.cx.space_of(b.child).pmap.root.load(&b.cx).unwrap();
        let data = Pte::next(b.page(b.top, 0).frame.addr(), Pte::V);
        b.cx.env.entry_store(root, 7, data.bits(), None);
    });
    shows(Property::E05, |b| {
        let (page, twin) = (b.page(b.top, 0), crate::ids::PvId(b.cx.pvs.alloc(&b.cx)));
        let pv = b.cx.pvs.get(&b.cx, twin.0);
        pv.space.set(&b.cx, b.child);
        pv.vpn.set(&b.cx, at(0).vpn());
        pv.next.set(&b.cx, page.pv_head.get(&b.cx));
        page.pv_head.set(&b.cx, Some(twin));
    });
    // The PV entry is removed after the table entry, under the pmap's lock.
    shows_at_rest(Property::E05, |b| {
        assert!(b.cx.space_of(b.child).pmap.lock.try_lock(&b.cx, Mode::Write));
        b.set_leaf(b.child, 0, |_| Pte::empty());
    });
}

#[test]
fn a_free_frame_that_is_mapped() {
    let world = world("main", 1);
    let bench = Bench::new(&world);
    let (cx, page) = (&bench.cx, bench.page(bench.below, 1));
    assert_eq!(mapped_free_frames(&world), []);
    // As in the race: the frame is free, and both spaces still map it.
    run(cx.object(bench.below).lock.lock(cx, Mode::Write), || {});
    assert!(page.try_xbusy(cx));
    page.free(cx, Property::I13);
    cx.object(bench.below).lock.release(cx);
    assert_eq!(mapped_free_frames(&world), [page.frame]);
    let found: Vec<Violation> = check(&world).into_iter().filter(|v| v.property == Property::E06).collect();
    assert_eq!(found.len(), 2, "the parent's mapping and the child's: {found:?}");
    assert!(found.iter().all(|v| v.kind == FindingKind::FreedWhileMapped));
    // The search through all pages finds the same.
    while world.pvs.used(&world.env) < world.pages.len() as u32 {
        world.pvs.alloc(cx);
    }
    assert_eq!(mapped_free_frames(&world), [page.frame]);
}

#[test]
fn progress_and_marks() {
    shows(Property::E10, |b| b.cx.object(b.top).paging_in_progress.store(&b.cx, u32::MAX));
    shows_at_rest(Property::E10, |b| b.cx.pip_add(b.top));
    shows_at_rest(Property::E10, |b| b.cx.object_busy(b.top));
    shows_at_rest(Property::E10, |b| assert!(b.page(b.top, 0).try_sbusy(&b.cx)));
    shows_at_rest(Property::E10, |b| assert!(b.cx.object(b.top).lock.try_lock(&b.cx, Mode::Read)));
    let collapsing = |b: &Bench<'_>| {
        for o in [b.top, b.below] {
            b.cx.pip_add(o);
        }
        b.cx.object(b.top).set_flags(&b.cx, ObjectFlags::COLLAPSING);
    };
    shows(Property::E11, |b| collapsing(b));
    shows(Property::E11, |b| {
        collapsing(b);
        b.cx.object(b.top).set_flags(&b.cx, ObjectFlags::DEAD);
    });
    // The parent's entry refers to the object that is being collapsed, and holds it.
    let marked = |b: &Bench<'_>| {
        collapsing(b);
        b.cx.object(b.below).set_flags(&b.cx, ObjectFlags::DEAD);
    };
    shows(Property::E11, marked);
    let changing = |b: &Bench<'_>| {
        marked(b);
        assert!(b.cx.space_of(b.parent).lock.try_lock(&b.cx, Mode::Write));
    };
    assert!(broken(changing).0.is_empty(), "it may be on its way out of that entry");
    let two = |b: &Bench<'_>| (changing(b), b.cx.object(b.below).shadow_count.store(&b.cx, 2)).1;
    assert_eq!(broken(two).0, [Property::E02, Property::E11]);
}

fn noted(how: impl Fn(&Bench<'_>)) -> Vec<Property> {
    let world = world("main", 1);
    let bench = Bench::new(&world);
    how(&bench);
    let notes = hazards(&world);
    // An exclusively locked map is being changed.
    for space in [bench.parent, bench.child] {
        assert!(world.spaces.peek(&world.env, space.0).lock.try_lock(&bench.cx, Mode::Write));
    }
    assert_eq!(hazards(&world), []);
    notes.iter().map(|v| v.property).collect()
}

#[test]
fn what_mappings_show() {
    let invalid = |b: &Bench<'_>| b.page(b.top, 0).valid.store(&b.cx, false);
    assert_eq!(noted(invalid), [Property::E07], "the chain offers the page below");
    assert_eq!(noted(|b| b.page(b.below, 1).valid.store(&b.cx, false)), [Property::E07, Property::E07]);
    let first = |b: &Bench<'_>, space| entries(b.cx.world(), space).next().unwrap().id;
    assert_eq!(noted(|b| b.cx.entry(first(b, b.child)).flags.set(&b.cx, EntryFlags::NEEDS_COPY)), [Property::E08]);
    assert_eq!(noted(|b| b.set_leaf(b.child, 1, |leaf| leaf | Pte::RW)), [Property::E08]);
    assert_eq!(noted(|b| b.cx.entry(first(b, b.child)).object.set(&b.cx, None)).first(), Some(&Property::E07));
    // A copy exists, and the old page below it is still mapped.
    assert_eq!(noted(|b| assert!(b.copy(1).is_xbusy(&b.cx))), [Property::E07], "busy: a fault is about to enter it");
    assert_eq!(noted(|b| b.copy(1).xunbusy(&b.cx)), [Property::E07, Property::E09]);
    // The fix: the source stays busy until then.
    assert_eq!(noted(|b| (b.copy(1), assert!(b.page(b.below, 1).try_xbusy(&b.cx))).1), Vec::<&str>::new());
}

#[test]
fn a_leak_is_counted() {
    let world = world("main", 1);
    let cx = task(&world, 0);
    assert!(leaks(&world).is_empty());
    let (parent, child) = run(family(&cx), || {});
    // Two top tables and three levels below each; pages 0 to 2, the child's copy, a file page.
    let all = Leaks { frames: 2 * 4 + 3 + 1 + 1, objects: 3, entries: 4, pvs: 6, spaces: 2, blocks: 0 };
    assert_eq!(leaks(&world), all);
    run(
        async {
            cx.pmap_deactivate().await;
            cx.vmspace_drop(parent).await;
            cx.vmspace_drop(child).await;
        },
        || {},
    );
    assert_eq!(leaks(&world), Leaks { frames: 1, objects: 1, ..Leaks::default() }, "the file's");
}
