//! The model alone: what it expects, and how it classifies other values.

use super::*;
use crate::finding::FindingKind;
use crate::kern::Inherit;
use crate::machine::addr::PAGE_SIZE;

mod classes;
mod random;
mod threads;

const P: SpaceId = SpaceId(0);
const C: SpaceId = SpaceId(1);
const D: SpaceId = SpaceId(2);
const FILE: FileId = FileId(3);

fn va(page: u64) -> VirtAddr {
    VirtAddr(page * PAGE_SIZE)
}

/// An oracle with stores and loads by page number.
#[derive(Default)]
struct Model(Oracle);

impl Model {
    /// Pages 10 to 13 of the first space: anonymous and private.
    fn anon() -> Model {
        let m = Model::default();
        m.0.mapped(P, va(10), va(14), Backing::Anon, false);
        m
    }
    /// The same pages over the file, from its page 5.
    fn file(shared: bool) -> Model {
        let m = Model::default();
        m.map_file(P, shared);
        m
    }
    fn map_file(&self, space: SpaceId, shared: bool) {
        self.0.mapped(space, va(10), va(14), Backing::File { file: FILE, offset: PageIndex(5) }, shared);
    }
    fn fork(&self, from: SpaceId, to: SpaceId, inherit: Inherit) {
        self.0.forked(from, to, va(10), va(14), inherit);
    }
    fn store(&self, space: SpaceId, page: u64, value: u64) {
        self.0.store(space, Vpn(page), value, None);
    }
    fn expects(&self, space: SpaceId, page: u64) -> Option<u64> {
        self.0.expected(space, va(page))
    }
    /// The kind of finding for a load of `value`.
    fn load(&self, space: SpaceId, page: u64, value: u64) -> Option<FindingKind> {
        let wrong = self.0.load(space, Vpn(page), value, None).err()?;
        Some(self.0.classify(&wrong, value).0)
    }
    fn fingerprint(&self) -> u64 {
        self.0.fingerprint(|space| u64::from(space.0) + 100)
    }
}

fn file_page(index: u64) -> u64 {
    contents(FILE, PageIndex(index))
}

#[test]
fn fresh_memory_is_zero_and_unmapped_memory_is_nobodys() {
    let m = Model::anon();
    assert_eq!((m.expects(P, 10), m.expects(P, 13), m.expects(P, 14), m.expects(P, 9)), (Some(0), Some(0), None, None));
    m.store(P, 11, 7);
    assert_eq!((m.expects(P, 10), m.expects(P, 11)), (Some(0), Some(7)));
    m.0.unmapped(P, va(11), va(12));
    assert_eq!((m.expects(P, 10), m.expects(P, 11), m.expects(P, 12)), (Some(0), None, Some(0)));
    // The model ignores accesses there.
    m.store(P, 11, 8);
    assert_eq!(m.load(P, 11, 9), None);
    m.0.mapped(P, va(11), va(12), Backing::Anon, false);
    assert_eq!(m.expects(P, 11), Some(0));
}

#[test]
fn a_copy_parts_both_ways() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.fork(P, C, Inherit::Copy);
    m.store(P, 10, 2);
    m.store(C, 11, 3);
    m.fork(C, D, Inherit::Copy);
    m.store(C, 10, 4);
    let all = |page| [P, C, D].map(|s| m.expects(s, page));
    assert_eq!(all(10), [Some(2), Some(4), Some(1)]);
    assert_eq!(all(11), [Some(0), Some(3), Some(3)]);
}

#[test]
fn a_range_forked_again_takes_the_newer_value() {
    let m = Model::anon();
    m.fork(P, C, Inherit::Copy);
    m.store(P, 11, 5);
    m.0.forked(P, C, va(11), va(12), Inherit::Copy);
    m.store(P, 11, 6);
    assert_eq!((m.expects(C, 10), m.expects(C, 11), m.expects(C, 12)), (Some(0), Some(5), Some(0)));
}

#[test]
fn shared_inheritance_shares_every_page_both_ways() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.fork(P, C, Inherit::Share);
    assert_eq!(m.expects(C, 10), Some(1));
    m.store(C, 10, 2);
    m.store(P, 12, 3);
    m.fork(C, D, Inherit::Share);
    m.store(D, 13, 4);
    for space in [P, C, D] {
        assert_eq!([10, 12, 13].map(|p| m.expects(space, p)), [Some(2), Some(3), Some(4)]);
    }
    m.0.space_gone(C);
    assert_eq!((m.expects(C, 10), m.expects(P, 10)), (None, Some(2)));
}

#[test]
fn sharing_a_part_leaves_the_rest_private() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.0.forked(P, C, va(11), va(12), Inherit::Share);
    m.0.forked(P, C, va(10), va(11), Inherit::Copy);
    m.store(C, 11, 2);
    m.store(C, 10, 3);
    assert_eq!((m.expects(P, 11), m.expects(P, 10), m.expects(C, 12)), (Some(2), Some(1), None));
}

#[test]
fn none_and_zero_are_as_named() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.fork(P, C, Inherit::None);
    m.fork(P, D, Inherit::Zero);
    assert_eq!((m.expects(C, 10), m.expects(D, 10)), (None, Some(0)));
    // The child's zero pages are a new mapping: the parent's stores are not part of their history.
    m.store(D, 10, 2);
    assert_eq!(m.load(D, 10, 1), Some(FindingKind::Foreign));
}

#[test]
fn shared_anonymous_memory_is_shared_by_inheritors_only() {
    let m = Model::default();
    for space in [P, D] {
        m.0.mapped(space, va(10), va(14), Backing::Anon, true);
    }
    m.fork(P, C, Inherit::Share);
    m.store(C, 12, 9);
    assert_eq!([P, C, D].map(|s| m.expects(s, 12)), [Some(9), Some(9), Some(0)]);
}

#[test]
fn a_private_file_page_shows_the_file_until_its_first_store() {
    let m = Model::file(false);
    m.map_file(D, true);
    assert_eq!((m.expects(P, 10), m.expects(P, 13)), (Some(file_page(5)), Some(file_page(8))));
    m.store(D, 10, 1);
    assert_eq!((m.expects(P, 10), m.expects(D, 10)), (Some(1), Some(1)));
    m.fork(P, C, Inherit::Copy);
    m.store(P, 10, 2);
    m.store(D, 10, 3);
    assert_eq!([P, C, D].map(|s| m.expects(s, 10)), [Some(2), Some(3), Some(3)]);
    // Stores to a file stay in it when it is no longer mapped.
    m.0.space_gone(D);
    m.map_file(D, true);
    assert_eq!([P, C, D].map(|s| m.expects(s, 10)), [Some(2), Some(3), Some(3)]);
    assert_eq!(m.load(D, 10, file_page(5)), Some(FindingKind::Stale), "the store was lost");
}

#[test]
fn a_private_file_mapping_can_be_inherited_shared() {
    let m = Model::file(false);
    m.map_file(D, true);
    m.fork(P, C, Inherit::Share);
    m.store(D, 10, 1);
    assert_eq!((m.expects(P, 10), m.expects(C, 10)), (Some(1), Some(1)));
    m.store(C, 10, 2);
    assert_eq!([P, C, D].map(|s| m.expects(s, 10)), [Some(2), Some(2), Some(1)]);
}

#[test]
fn a_shared_mapping_that_is_forked_copy_becomes_private_on_both_sides() {
    for m in [Model::file(true), Model::default()] {
        if m.expects(P, 10).is_none() {
            m.0.mapped(P, va(10), va(14), Backing::Anon, true);
        }
        m.store(P, 10, 1);
        m.fork(P, C, Inherit::Copy);
        m.store(P, 10, 2);
        m.store(C, 10, 3);
        assert_eq!((m.expects(P, 10), m.expects(C, 10)), (Some(2), Some(3)));
        assert_eq!(m.load(C, 10, 2), Some(FindingKind::Future), "the parent stored it after they parted");
    }
    let m = Model::file(true);
    m.map_file(D, true);
    m.fork(P, C, Inherit::Copy);
    m.store(P, 10, 2);
    m.store(D, 11, 4);
    assert_eq!([P, C, D].map(|s| m.expects(s, 10)), [Some(2), Some(file_page(5)), Some(file_page(5))]);
    assert_eq!(m.expects(C, 11), Some(4));
}

#[test]
fn what_another_shares_is_exempt_once_it_is_forked_copy() {
    let m = Model::anon();
    m.fork(P, C, Inherit::Share);
    m.store(P, 10, 1);
    assert_eq!(m.load(C, 10, 99), Some(FindingKind::Foreign), "checked up to here");
    m.fork(P, D, Inherit::Copy);
    m.fork(D, SpaceId(3), Inherit::Copy);
    m.fork(D, SpaceId(4), Inherit::Share);
    m.fork(C, SpaceId(5), Inherit::Share);
    for space in 0..=5 {
        assert_eq!(m.load(SpaceId(space), 10, 98), None, "space {space}");
    }
    // Alone again, or in another range, loads are checked.
    let m = Model::anon();
    m.fork(P, C, Inherit::Share);
    m.0.space_gone(C);
    m.fork(P, D, Inherit::Copy);
    m.store(P, 10, 1);
    assert_eq!((m.load(P, 10, 99), m.load(D, 10, 1)), (Some(FindingKind::Foreign), Some(FindingKind::Future)));
    // A part that has left the sharing is no longer shared.
    let m = Model::default();
    m.0.mapped(P, va(10), va(14), Backing::Anon, true);
    m.0.forked(P, C, va(10), va(12), Inherit::Copy);
    m.0.forked(P, C, va(12), va(14), Inherit::Copy);
    assert_eq!(m.load(C, 12, 99), Some(FindingKind::Foreign));
}

#[test]
fn after_madv_free_it_is_the_old_value_or_zero() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.store(P, 11, 1);
    m.0.advised_free(P, va(10), va(11));
    m.fork(P, C, Inherit::Copy);
    assert_eq!((m.load(P, 10, 1), m.load(P, 10, 0), m.load(P, 11, 0)), (None, None, Some(FindingKind::Zeroed)));
    assert_eq!(m.load(P, 10, 1), Some(FindingKind::Stale), "it was seen as 0");
    assert_eq!((m.load(C, 10, 1), m.load(C, 10, 2)), (None, Some(FindingKind::Foreign)));
    let m = Model::anon();
    m.store(P, 10, 1);
    m.0.advised_free(P, va(10), va(14));
    m.store(P, 10, 2);
    assert_eq!(m.load(P, 10, 0), Some(FindingKind::Zeroed), "a store settles it");
}

#[test]
fn a_moved_mapping_keeps_values_and_history() {
    let m = Model::anon();
    m.store(P, 11, 1);
    m.store(P, 11, 2);
    m.0.mapped(P, va(20), va(30), Backing::Anon, false);
    m.store(P, 21, 5);
    m.0.moved(P, va(11), va(21), 2 * PAGE_SIZE);
    let seen = [10, 11, 12, 13, 20, 21, 22, 23].map(|p| m.expects(P, p));
    assert_eq!(seen, [Some(0), None, None, Some(0), Some(0), Some(2), Some(0), Some(0)]);
    assert_eq!(m.load(P, 21, 1), Some(FindingKind::Stale));
    m.0.moved(P, va(20), va(12), 3 * PAGE_SIZE);
    assert_eq!([12, 13, 14].map(|p| m.expects(P, p)), [Some(0), Some(1), Some(0)]);
}

#[test]
fn a_snapshot_brings_everything_back() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.fork(P, C, Inherit::Share);
    let (snapshot, fingerprint) = (m.0.snapshot(), m.fingerprint());
    for _ in 0..2 {
        // Every change in stepped mode is noted like this.
        m.0.edited();
        m.store(C, 10, 2);
        m.fork(P, D, Inherit::Copy);
        m.map_file(SpaceId(9), true);
        m.store(SpaceId(9), 10, 3);
        m.0.space_gone(C);
        assert_ne!(m.fingerprint(), fingerprint);
        m.0.restore(&snapshot);
        assert_eq!(m.fingerprint(), fingerprint);
        // Fingerprints use names, also if one is cached.
        assert_ne!(m.0.fingerprint(|space| u64::from(space.0) + 200), fingerprint);
        assert_eq!(m.fingerprint(), fingerprint);
        assert_eq!([P, C, D, SpaceId(9)].map(|s| m.expects(s, 10)), [Some(1), Some(1), None, None]);
        assert_eq!(m.load(P, 10, 2), Some(FindingKind::Foreign), "the store of 2 is undone too");
        m.0.restore(&snapshot);
    }
}

#[test]
fn the_digest_tells_what_may_be_answered() {
    let fingerprint = |f: &dyn Fn(&Model)| {
        let m = Model::anon();
        f(&m);
        m.fingerprint()
    };
    let all = [
        fingerprint(&|_| {}),
        fingerprint(&|m| m.store(P, 10, 1)),
        fingerprint(&|m| m.store(P, 11, 1)),
        fingerprint(&|m| (m.store(P, 10, 2), m.store(P, 10, 1)).0),
        fingerprint(&|m| m.fork(P, C, Inherit::Copy)),
        fingerprint(&|m| m.fork(P, C, Inherit::Share)),
        fingerprint(&|m| m.fork(P, C, Inherit::Zero)),
        fingerprint(&|m| (m.store(P, 10, 1), m.0.advised_free(P, va(10), va(11))).0),
        fingerprint(&|m| m.map_file(P, false)),
        fingerprint(&|m| m.map_file(P, true)),
        fingerprint(&|m| m.0.unmapped(P, va(10), va(11))),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(!all[..i].contains(a), "{i}");
    }
    // Spaces are hashed by name and not by number, groups by the places where they are mapped.
    let twins = |child: SpaceId| {
        let m = Model::default();
        m.0.mapped(D, va(1), va(2), Backing::Anon, true);
        m.0.mapped(P, va(10), va(14), Backing::Anon, true);
        m.0.mapped(P, va(20), va(22), Backing::Anon, false);
        for (from, to) in [(va(10), va(14)), (va(20), va(22))] {
            m.0.forked(P, child, from, to, if to == va(14) { Inherit::Share } else { Inherit::Copy });
        }
        m.store(child, 10, 4);
        m.store(child, 20, 5);
        m.0.fingerprint(|s| if s == child { 7 } else { u64::from(s.0) + 100 })
    };
    assert_eq!(twins(SpaceId(3)), twins(SpaceId(8)));
}
