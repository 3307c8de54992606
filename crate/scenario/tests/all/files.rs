//! Files that are written through shared mappings: what is stored is in the file (rulings R52).

use faultline_engine::env::stepped::Keep;
use faultline_engine::event::Event;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_explore::Verdict;
use faultline_scenario::narrate::story;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling};
use faultline_scenario::search::{Request, executor_for};
use faultline_sched::Checks;
use std::rc::Rc;

/// Under every kernel nothing is found at any step, so all expectations hold.
fn holds(text: &str) {
    for preset in PRESETS {
        let scenario = parse("file", text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let mut player = Player::new(&scenario, &Policy::preset(preset.name).unwrap(), Checks::FULL).unwrap();
        player.play(&Scheduling::Default).unwrap();
        let report = player.report();
        assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{} on\n{text}", preset.name);
    }
}

/// The same in every order. How many states there are, over all kernels.
fn holds_in_every_order(text: &str) {
    let scenario = Rc::new(parse("file", text).unwrap_or_else(|e| panic!("{e}\n{text}")));
    for preset in PRESETS {
        let mut engine = executor_for(&scenario, &Policy::preset(preset.name).unwrap(), Keep::SEARCH).unwrap();
        let verdict = Request::default().search().advance(&mut engine, u64::MAX);
        assert_eq!(verdict, Some(Verdict::Complete), "{} on\n{text}", preset.name);
    }
}

#[test]
fn a_store_survives_the_end_of_the_files_object() {
    holds(
        "pages 2
        setup { process P; process Q; file f 2 }
        sequence {
          P: mmap va0 file f shared; store va0 a; munmap va0; reclaim
          P: mmap va0 file f shared; load va0 = a
          Q: mmap va4 file f shared; load va4 = a; store va4 b; store va5 c
          P: load va0 = b; munmap va0
          Q: munmap va4; reclaim
          P: mmap va8 file f; load va8 = b; store va8 d; load va9 = c
          Q: mmap va0 1 r shared file f from 1; load va0 = c; mmap va1 1 r file f; load va1 = b
        }",
    );
}

#[test]
fn a_files_object_is_freed_without_mappings_and_no_store_is_lost() {
    holds(
        "pages 1
        setup { process P; file f 1; P: mmap va0 file f shared; store va0 a; name F = object P va0 }
        sequence {
          P: reclaim
          expect no gone(F)
          expect page(F 0) = dirty
          P: munmap va0
          expect page(F 0) = clean
          expect P va0 = nothing
          P: reclaim
          expect gone(F)
          P: mmap va0 file f shared
          expect P va0 = a
          P: load va0 = a
        }",
    );
}

#[test]
fn the_laundry_writes_a_page_of_a_file_and_the_daemon_takes_only_a_clean_one() {
    holds(
        "pages 1
        setup { process P; process Q; file f 1; P: mmap va0 file f shared; store va0 a; name F = object P va0 }
        sequence {
          P: reclaim F 0; reclaim va0
          expect page(F 0) = dirty
          P: pageout F 0
          expect page(F 0) = clean
          expect pte(P va0) = r
          expect no swapped(F 0)
          P: store va0 b
          expect page(F 0) = dirty
          P: reclaim va0; reclaim va0; load va0 = b
          P: pageout va0; reclaim va0; reclaim va0
          expect page(F 0) = none
          Q: mmap va0 file f; load va0 = b
          P: load va0 = b; store va0 c
          Q: load va0 = c; munmap va0
          P: exit
          Q: reclaim; mmap va0 file f; load va0 = c
        }
        expect gone(F)",
    );
}

#[test]
fn children_share_the_file_and_the_last_to_leave_writes_it() {
    for leave in ["exit", "munmap va0", "mmap va0"] {
        holds(&format!(
            "pages 1
            setup {{ process P; process Q; file f 1; P: mmap va0 file f shared; store va0 a }}
            sequence {{
              P: fork C
              C: load va0 = a; store va0 b
              P: load va0 = b; {leave}
              C: store va0 c; {leave}
              Q: reclaim; mmap va0 file f; load va0 = c
            }}"
        ));
    }
    holds(
        "pages 1
        setup { process P; process Q; file f 1; P: mmap va0 file f shared; store va0 a }
        sequence { P: vfork C { store va0 b; exec }; exec\n Q: reclaim; mmap va0 file f; load va0 = b }",
    );
}

#[test]
fn a_private_mapping_shows_the_file_until_its_first_store() {
    holds(
        "pages 2
        setup { process P; process Q; file f 2; P: mmap va0 file f shared; store va0 a; Q: mmap va0 file f }
        sequence {
          Q: load va0 = a
          P: store va0 b
          Q: load va0 = b; fork C
          P: store va0 c
          Q: load va0 = c; store va0 q
          P: store va0 d; munmap va0
          Q: load va0 = q
          C: load va0 = d; exit
          Q: reclaim va1; exit
          P: reclaim; mmap va0 file f; load va0 = d
        }",
    );
}

#[test]
fn a_store_through_an_entry_entered_by_a_load_is_written_back() {
    // The load maps the page for writing: only the entry knows of the store.
    holds(
        "pages 3
        setup { process P; process Q; file f 3 }
        sequence {
          P: mmap va0 file f shared; load va0; load va1; load va2
          expect pte(P va1) = rw
          P: store va1 b; munmap va0
          Q: reclaim; mmap va0 file f; load va1 = b
        }",
    );
}

#[test]
fn writing_back_a_page_of_a_file_is_narrated() {
    let text = "pages 2
        setup { process P; file f 2; P: mmap va0 file f shared; store va0 a; store va1 b }
        sequence { P: pageout va0; munmap va0 }";
    let scenario = parse("file", text).unwrap();
    let mut player = Player::new(&scenario, &Policy::preset("main").unwrap(), Checks::FULL).unwrap();
    player.play(&Scheduling::Default).unwrap();
    let names = player.names();
    let written = player.events().filter_map(|record| match record.event {
        Event::PageWrite { file, value, .. } => Some((names.file(file.unwrap()), names.value(value))),
        _ => None,
    });
    assert_eq!(written.collect::<Vec<_>>(), [("f".into(), "a".into()), ("f".into(), "b".into())]);
    let story: String = story(&mut player).story.iter().map(|told| told.text.as_str()).collect();
    for sentence in ["writes page 0 of f to file f", "writes page 1 of f to file f"] {
        assert!(story.contains(sentence), "{sentence} in\n{story}");
    }
}

#[test]
fn a_store_beside_a_write_waits_for_it_or_is_written_again() {
    let text = "pages 1
        setup { process P; file f 1; P: mmap va0 file f shared; store va0 a; name F = object P va0 }
        task L of P: pageout F 0
        task W of P { store va0 b; load va0 = b }
        expect P va0 = b";
    holds_in_every_order(text);
    let waits = "schedule s { L until pager_done\n W until blocked\n L until end\n W until end }";
    let scenario = parse("waits", &format!("{text}\n{waits}")).unwrap();
    for preset in PRESETS {
        let mut player = Player::new(&scenario, &Policy::preset(preset.name).unwrap(), Checks::FULL).unwrap();
        player.play(&Scheduling::Default).unwrap();
        let report = player.report();
        assert_eq!((report.parted.len(), report.findings), (0, vec![]), "{}", preset.name);
    }
}

#[test]
fn a_store_beside_the_daemon_is_not_lost() {
    holds_in_every_order(
        "pages 1
        setup { process P; file f 1; P: mmap va0 file f shared; load va0; name F = object P va0; P: reclaim F 0; load va0 }
        task D of P: reclaim F 0
        task W of P { store va0 b; load va0 = b }
        expect P va0 = b",
    );
}

#[test]
fn a_laundry_beside_the_daemon_loses_nothing() {
    holds_in_every_order(
        "pages 1
        setup { process P; file f 1; P: mmap va0 file f shared; store va0 a; name F = object P va0; P: reclaim F 0 }
        task D of P: reclaim F 0
        task L of P: pageout F 0
        expect P va0 = a",
    );
}

#[test]
fn mapping_a_file_during_its_teardown_shows_the_stored_values() {
    holds_in_every_order(
        "pages 1
        setup { process P; process Q; process R; file f 1; P: mmap va0 file f shared; store va0 a }
        task T of P: munmap va0
        task D of R: reclaim
        task M of Q { mmap va0 file f; load va0 = a }",
    );
}

#[test]
fn the_last_unmap_beside_the_laundry_leaves_nothing_unwritten() {
    holds_in_every_order(
        "pages 1
        setup { process P; process Q; file f 1; P: mmap va0 file f shared; store va0 a; name F = object P va0; Q: mmap va4 }
        task T of P { store va0 b; munmap va0 }
        task L of Q { pageout F 0; reclaim }
        expect no finding",
    );
}
