//! Accesses with a beginning and an end.

use super::*;
use std::sync::atomic::AtomicBool;

impl Model {
    fn begin(&self, space: SpaceId) -> Ticket {
        self.0.ticket(space)
    }
    fn end(&self, space: SpaceId, page: u64, ticket: Ticket, value: u64) -> bool {
        self.0.load(space, Vpn(page), value, Some(ticket)).is_ok()
    }
    fn store_end(&self, space: SpaceId, page: u64, ticket: Ticket, value: u64) {
        self.0.store(space, Vpn(page), value, Some(ticket));
    }
}

/// Runs a test on a private page, a shared one and a file's: its result must not depend on where the page's values
/// are kept.
fn everywhere(test: impl Fn(&Model, SpaceId, SpaceId)) {
    test(&Model::anon(), P, P);
    let shared = Model::anon();
    shared.fork(P, C, Inherit::Share);
    test(&shared, P, C);
    let file = Model::file(true);
    file.map_file(C, true);
    file.store(P, 10, 0);
    test(&file, P, C);
}

#[test]
fn a_load_sees_any_value_current_between_its_ends() {
    everywhere(|m, a, b| {
        m.store(a, 10, 1);
        m.store(a, 10, 2);
        let load = m.begin(b);
        m.store(a, 10, 3);
        m.store(a, 11, 9);
        m.store(a, 10, 4);
        for fine in [2, 3, 4] {
            assert!(m.end(b, 10, load, fine), "{fine}");
        }
        assert!(!m.end(b, 10, load, 1), "gone before it began");
        m.store(a, 10, 4);
        assert!(!m.end(b, 10, load, 9), "another page's");
    });
}

#[test]
fn a_store_counts_from_its_beginning() {
    everywhere(|m, a, b| {
        m.store(a, 10, 1);
        let store = m.0.store_start(a, Vpn(10), 2);
        let load = m.begin(b);
        assert!(m.end(b, 10, load, 2) && m.end(b, 10, load, 1));
        m.store_end(a, 10, store, 2);
        assert!(m.end(b, 10, load, 1), "it began before the store's end");
        assert!(!m.end(b, 10, m.begin(b), 1), "it did not");
    });
}

#[test]
fn overlapping_stores_are_ordered_by_the_first_load() {
    everywhere(|m, a, b| {
        let race = || {
            let (x, y) = (m.0.store_start(a, Vpn(10), 1), m.0.store_start(b, Vpn(10), 2));
            m.store_end(a, 10, x, 1);
            m.store_end(b, 10, y, 2);
        };
        for (last, other) in [(1, 2), (2, 1)] {
            race();
            assert!(m.end(b, 10, m.begin(b), last));
            assert!(!m.end(a, 10, m.begin(a), other), "{last} was last");
        }
        race();
        let (load, store) = (m.begin(b), m.0.store_start(a, Vpn(10), 3));
        m.store_end(a, 10, store, 3);
        assert!(m.end(b, 10, load, 1) && m.end(b, 10, load, 2), "either may have been last before");
        assert!(!m.end(b, 10, m.begin(b), 1));
    });
}

#[test]
fn a_load_that_meets_a_change_of_the_map_is_let_pass() {
    let m = Model::anon();
    m.store(P, 10, 1);
    let load = m.begin(P);
    m.0.mapped(P, va(10), va(11), Backing::Anon, false);
    assert!(m.end(P, 10, load, 1));
    assert!(!m.end(P, 10, m.begin(P), 1));
}

#[test]
fn a_private_file_page_follows_the_file_in_between() {
    let m = Model::file(false);
    m.map_file(D, true);
    let load = m.begin(P);
    m.store(D, 10, 1);
    m.store(D, 10, 2);
    assert!(m.end(P, 10, load, file_page(5)) && m.end(P, 10, load, 1));
    assert_eq!(m.expects(P, 10), Some(2));
}

#[test]
fn a_race_of_stores_to_a_file_is_seen_through_private_mappings() {
    let m = Model::file(false);
    m.map_file(D, true);
    let race = || {
        let (x, y) = (m.0.store_start(D, Vpn(10), 1), m.0.store_start(D, Vpn(10), 2));
        m.store_end(D, 10, x, 1);
        m.store_end(D, 10, y, 2);
    };
    for (last, other) in [(1, 2), (2, 1)] {
        race();
        assert!(m.end(P, 10, m.begin(P), last));
        assert!(!m.end(D, 10, m.begin(D), other), "{last} was last");
    }
}

#[test]
fn a_private_store_that_has_ended_hides_the_file() {
    let m = Model::file(false);
    m.map_file(D, true);
    let before = m.begin(P);
    m.store(P, 10, 7);
    assert!(m.end(P, 10, before, file_page(5)), "it began before the store");
    let load = m.begin(P);
    m.store(D, 10, 1);
    assert!(!m.end(P, 10, load, 1), "the file's page is no longer this one");
    m.store(P, 10, 7);
    assert!(!m.end(P, 10, m.begin(P), file_page(5)));
}

#[test]
fn a_store_under_way_while_its_page_becomes_shared_races_with_those_before() {
    for last in [1, 2] {
        let m = Model::anon();
        let slow = m.0.store_start(P, Vpn(10), 1);
        m.store(P, 10, 2);
        m.fork(P, C, Inherit::Share);
        m.store_end(P, 10, slow, 1);
        assert!(m.end(C, 10, m.begin(C), last), "{last}");
        assert!(!m.end(P, 10, m.begin(P), 3 - last), "{last} was last");
    }
}

#[test]
fn a_load_under_way_while_its_page_becomes_shared_is_let_pass() {
    let m = Model::anon();
    m.store(P, 10, 1);
    let load = m.begin(P);
    m.store(P, 10, 2);
    m.fork(P, C, Inherit::Share);
    assert!(m.end(P, 10, load, 1));
    assert!(!m.end(P, 10, m.begin(P), 1));
}

#[test]
fn pages_that_become_shared_take_stores_under_way_along() {
    let m = Model::anon();
    let store = m.0.store_start(P, Vpn(10), 1);
    m.fork(P, C, Inherit::Share);
    assert!(m.end(C, 10, m.begin(C), 1));
    m.store_end(P, 10, store, 1);
    m.store(P, 10, 2);
    assert!(!m.end(C, 10, m.begin(C), 1), "nothing is left pending");
}

/// Threads load and store the pages of a shared range, which are real words of memory.
#[test]
fn real_threads_agree_with_the_model() {
    let m = Model::anon();
    m.fork(P, C, Inherit::Share);
    m.0.mapped(P, va(30), va(32), Backing::Anon, false);
    let memory: Vec<AtomicU64> = (0..4).map(|_| AtomicU64::new(0)).collect();
    let places = [(10, 0), (11, 1), (30, 2), (31, 3)];
    let wrong = AtomicBool::new(false);
    let rounds = if cfg!(miri) { 50 } else { 4000 };
    std::thread::scope(|scope| {
        for thread in 0..3u64 {
            let (m, memory, wrong) = (&m, &memory, &wrong);
            scope.spawn(move || {
                let mut dice = thread + 1;
                for n in 0..rounds {
                    dice = crate::word::mix(dice, n);
                    let (page, word) = places[dice as usize % places.len()];
                    let space = if word < 2 && dice & 64 != 0 { C } else { P };
                    if dice & 256 == 0 {
                        let value = n << 8 | thread;
                        let store = m.0.store_start(space, Vpn(page), value);
                        memory[word].store(value, Ordering::Release);
                        m.store_end(space, page, store, value);
                    } else {
                        let load = m.begin(space);
                        let value = memory[word].load(Ordering::Acquire);
                        if !m.end(space, page, load, value) {
                            wrong.store(true, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    assert!(!wrong.load(Ordering::Relaxed));
    for (page, word) in places {
        let last = memory[word].load(Ordering::Acquire);
        assert!(m.end(P, page, m.begin(P), last));
        assert!(!m.end(P, page, m.begin(P), last + 1));
    }
}
