//! How a wrong value is classified and described.

use super::*;
use crate::env::stepped::{Keep, Stepped};
use crate::ids::{CpuId, ProcId, TaskId};
use crate::policy::Policy;
use crate::property::Property;
use crate::world::{Config, World};

#[test]
fn zero_for_a_value_is_zeroed() {
    let m = Model::anon();
    m.store(P, 10, 1);
    assert_eq!(m.load(P, 10, 0), Some(FindingKind::Zeroed));
    let m = Model::file(false);
    assert_eq!(m.load(P, 10, 0), Some(FindingKind::Zeroed));
}

#[test]
fn an_older_value_is_stale_also_an_ancestors() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.store(P, 10, 2);
    m.fork(P, C, Inherit::Copy);
    m.store(C, 10, 3);
    m.fork(C, D, Inherit::Copy);
    m.store(D, 10, 4);
    m.0.space_gone(P);
    for old in [1, 2, 3] {
        m.store(D, 10, 4);
        assert_eq!(m.load(D, 10, old), Some(FindingKind::Stale), "{old}");
    }
}

#[test]
fn what_another_stored_after_the_fork_is_future() {
    let m = Model::anon();
    m.fork(P, C, Inherit::Copy);
    m.fork(P, D, Inherit::Copy);
    m.store(P, 10, 1);
    m.store(D, 10, 2);
    assert_eq!(m.load(C, 10, 1), Some(FindingKind::Future), "the parent's");
    assert_eq!(m.load(C, 10, 2), Some(FindingKind::Future), "a sibling's");
    m.store(C, 10, 3);
    assert_eq!(m.load(P, 10, 3), Some(FindingKind::Future), "the child's");
    // Stored before the fork and again after it: the child's own history.
    let m = Model::anon();
    m.store(P, 10, 1);
    m.store(P, 10, 2);
    m.fork(P, C, Inherit::Copy);
    m.store(P, 10, 1);
    assert_eq!(m.load(C, 10, 1), Some(FindingKind::Stale));
}

#[test]
fn through_shared_memory_too() {
    let m = Model::anon();
    m.store(P, 10, 1);
    m.fork(P, C, Inherit::Share);
    m.store(C, 10, 2);
    assert_eq!(m.load(P, 10, 1), Some(FindingKind::Stale), "the old page of SH");
    m.0.space_gone(C);
    m.fork(P, D, Inherit::Copy);
    m.store(P, 10, 3);
    assert_eq!(m.load(D, 10, 3), Some(FindingKind::Future));
    m.store(D, 10, 4);
    assert_eq!(m.load(D, 10, 2), Some(FindingKind::Stale));
}

#[test]
fn values_of_a_file_belong_to_its_line() {
    let m = Model::file(false);
    m.map_file(D, true);
    m.store(D, 10, 1);
    m.store(P, 10, 2);
    m.store(D, 10, 3);
    assert_eq!(m.load(P, 10, 1), Some(FindingKind::Stale), "shown before it had its own");
    m.store(P, 10, 2);
    assert_eq!(m.load(P, 10, 3), Some(FindingKind::Future), "stored after");
    m.store(P, 10, 2);
    assert_eq!(m.load(P, 10, file_page(5)), Some(FindingKind::Stale), "what it began with");
    assert_eq!(m.load(D, 10, file_page(5)), Some(FindingKind::Stale));
    assert_eq!(m.load(D, 10, 2), Some(FindingKind::Foreign), "a private store that went through");
    assert_eq!(m.load(D, 10, file_page(6)), Some(FindingKind::Foreign), "another page of the file");
}

#[test]
fn anything_else_is_foreign() {
    let m = Model::anon();
    m.0.mapped(P, va(20), va(24), Backing::Anon, false);
    m.0.mapped(C, va(10), va(14), Backing::Anon, false);
    m.store(P, 11, 1);
    m.store(P, 20, 2);
    m.store(C, 10, 3);
    for other in [1, 2, 3, 0x8000_0000_0000_1067] {
        assert_eq!(m.load(P, 10, other), Some(FindingKind::Foreign), "{other}");
        m.store(P, 10, 0);
    }
    // A value of an earlier mapping is foreign as well.
    m.store(P, 12, 4);
    m.0.mapped(P, va(12), va(13), Backing::Anon, false);
    assert_eq!(m.load(P, 12, 4), Some(FindingKind::Foreign));
}

#[test]
fn the_model_takes_the_engines_value() {
    let m = Model::file(false);
    m.map_file(D, true);
    assert_eq!(m.load(P, 10, 7), Some(FindingKind::Foreign));
    assert_eq!((m.load(P, 10, 7), m.expects(D, 10)), (None, Some(file_page(5))));
    assert_eq!(m.load(D, 10, 8), Some(FindingKind::Foreign));
    assert_eq!((m.load(D, 10, 8), m.expects(P, 10)), (None, Some(7)));
    // Adopting a value does not make it part of the history, because it was never stored.
    m.store(P, 10, 1);
    assert_eq!(m.load(P, 10, 7), Some(FindingKind::Foreign));
}

#[test]
fn a_finding_names_the_value_and_who_stored_it() {
    let keep = Keep { events: true, ..Keep::NOTHING };
    let policy = Policy::preset("main").expect("a preset");
    let world = World::new(Stepped::new(8, keep), policy, Config { frames: 8, ..Config::default() });
    let cx = |space| crate::Cx::new(&world, TaskId(1), CpuId(0), ProcId(0), space);
    let (p, c) = (cx(P), cx(C));
    let o = &world.oracle;
    o.mapped(P, va(10), va(14), Backing::Anon, false);
    o.forked(P, C, va(10), va(14), Inherit::Copy);
    o.stored(&p, va(10), 0xabc);
    assert_eq!((o.loaded(&p, va(10), 0xabc, None), o.loaded(&c, va(10), 0, None)), (0xabc, 0));
    assert!(world.env.findings().is_empty());
    assert_eq!(o.loaded(&c, va(10), 0xabc, None), 0, "what it should have been");
    assert_eq!(o.loaded(&c, va(10), 0xabc, None), 0xabc, "told once");
    let found = world.env.findings();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, found[0].property, found[0].task), (FindingKind::Future, Property::Oracle, TaskId(1)));
    let said = "a load of 0xa000 in space 1 returned 0xabc and should have returned 0x0: \
                stored by space 0 at 0xa000 after the two were separated";
    assert_eq!(found[0].detail.to_string(), said);
}
