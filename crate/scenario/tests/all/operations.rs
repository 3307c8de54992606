//! What each operation and each header line does, in small scenarios of their own.

use faultline_engine::env::stepped::Keep;
use faultline_engine::event::Event;
use faultline_engine::finding::FindingKind;
use faultline_engine::kern::Signal;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_explore::Verdict;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{PlayError, Player, Scheduling, run};
use faultline_scenario::report::RunReport;
use faultline_scenario::search::{Request, SearchJob, executor_for};
use faultline_sched::Checks;
use std::rc::Rc;

fn report(text: &str, policy: &str) -> RunReport {
    let scenario = parse("small", text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    run(&scenario, &Policy::parse(policy).unwrap(), &Scheduling::Default).unwrap()
}

/// On every kernel nothing is found, so all expectations hold.
fn holds(text: &str) {
    for preset in PRESETS {
        let report = report(text, preset.name);
        assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{} on\n{text}", preset.name);
    }
}

#[test]
fn a_collapse_by_name_bypasses_the_backing_object_that_it_hides() {
    holds(
        "pages 2
        setup { process P; P: mmap va0; store va0 a; store va1 b; fork C; C: store va0 c
          name O = object P va0; name S = object C va0 }
        sequence {
          C: collapse S
          expect chain(C va0) = [S O]
          C: store va1 d; collapse S
          expect chain(C va0) = [S]
          expect ref(S) = 1
          C: load va0 = c; load va1 = d
          C: collapse S
          expect ref(S) = 1
        }",
    );
}

#[test]
fn a_collapse_at_a_page_is_one_of_the_object_that_is_mapped_there() {
    holds(
        "pages 2
        setup { process P; P: mmap va0; store va0 a; store va1 b; fork C; C: store va0 c
          name O = object P va0; name S = object C va0 }
        sequence {
          P: collapse va1
          C: store va1 d; collapse va1
          expect chain(C va0) = [S]
          expect ref(S) = 1
        }",
    );
    let nothing = report("setup { process P }\nsequence { P: collapse va0 }", "main");
    assert!(nothing.findings[0].detail.contains("`collapse va0` of P failed"), "{:?}", nothing.findings);
    let text = "setup { process P; P: mmap va0; store va0 }\ntask A of P: collapse va0; collapse va0\n";
    let scenario = parse("t", text).expect("it parses");
    assert_eq!(parse("t", &scenario.to_string()).map(|printed| printed.tasks), Ok(scenario.tasks));
}

#[test]
fn a_collapse_of_an_object_that_is_gone_is_an_error_that_can_be_allowed() {
    let text = "setup { process P; P: mmap va0; store va0; fork C; C: store va0 c; name S = object C va0 }
        sequence { C: exit\n P: collapse S }";
    let strict = report(text, "main");
    assert_eq!(strict.kinds(), [FindingKind::Expectation]);
    assert!(strict.findings[0].detail.contains("`collapse S` of P failed"), "{:?}", strict.findings);
    holds(&format!("errors allowed\n{text}"));
}

#[test]
fn protections_make_signals_and_a_task_goes_on_after_one() {
    holds(
        "setup { process P; P: mmap va0; store va0 a }
        sequence {
          P: mprotect va0 r
          expect pte(P va0) = r
          P: store va0 b; load va0 = a
          expect signal SIGSEGV at va0 in P
          P: mprotect va0 none
          P: load va0
          P: mprotect va0 rw; store va0 c; load va0 = c
          P: load va9
        }
        expect signal SIGSEGV at va9",
    );
    let unexpected = report("setup { process P }\nsequence { P: load va0 }", "main");
    assert_eq!(unexpected.kinds(), [FindingKind::Expectation]);
    assert!(unexpected.findings[0].detail.contains("P got SIGSEGV at va0"), "{:?}", unexpected.findings);
    let missing =
        report("setup { process P; P: mmap va0 }\nsequence { P: load va0 }\nexpect signal BUS at va0", "main");
    assert_eq!(missing.kinds(), [FindingKind::Expectation]);
}

#[test]
fn inheritance_decides_what_a_child_gets() {
    holds(
        "pages 4
        setup { process P; P: mmap va0; store va0 a; store va1 b; store va2 c; store va3 d
          P: minherit va1 1 none; minherit va2 1 zero; minherit va3 1 share }
        sequence {
          P: fork C
          expect C va1 = nothing
          C: load va0 = a; load va2 = 0; load va3 = d
          C: store va3 e
          P: load va3 = e; load va2 = c; load va1 = b
        }",
    );
}

#[test]
fn freed_memory_reads_as_it_was_or_zero() {
    holds(
        "setup { process P; P: mmap va0; store va0 a }\nsequence { P: madvise va0 1 free; load va0; store va0 b; load va0 = b }",
    );
}

#[test]
fn in_every_order_freed_memory_reads_as_it_was_or_zero() {
    // A search goes back behind a load that has decided which.
    let text = "pages 1
        setup { process P; P: mmap va0; store va0 a; name O = object P va0; P: madvise va0 1 free }
        task R of P: reclaim O 0
        task B of P { load va0; load va0 }";
    let scenario = Rc::new(parse("freed", text).unwrap());
    for preset in PRESETS {
        let mut engine = executor_for(&scenario, &Policy::preset(preset.name).unwrap(), Keep::SEARCH).unwrap();
        let verdict = Request::default().search().advance(&mut engine, u64::MAX);
        assert_eq!(verdict, Some(Verdict::Complete), "{}", preset.name);
    }
}

#[test]
fn a_page_is_paged_out_by_name_by_index_and_by_address() {
    holds(
        "pages 3
        setup { process P; P: mmap va0; store va0 a; store va1 b; store va2 c
          name O = object P va0; name q = page O 1 }
        sequence {
          P: pageout O 0; pageout q; pageout va2
          expect swapped(O 0)
          expect swapped(O 1)
          expect swapped(O 2)
          expect res(O) = 3
          P: reclaim O 0; reclaim q; reclaim va2
          expect res(O) = 0
          # Nothing is there any more, and that is no error.
          P: reclaim O 0; reclaim q; pageout va2; pageout O 7; reclaim va9
          P: load va1 = b
          expect res(O) = 3
          P: exit
          expect gone(O)
        }",
    );
}

#[test]
fn a_page_in_use_is_reclaimed_only_if_it_is_not_accessed_again() {
    holds(
        "pages 2
        setup { process P; P: mmap va0; store va0 a; store va1 b; name O = object P va0; P: pageout O 0 }
        sequence {
          P: reclaim O 1
          expect page(O 1) = dirty
          P: load va0 = a; reclaim O 0
          expect page(O 0) = none
          expect pte(P va0) = none
        }",
    );
}

#[test]
fn a_write_that_is_under_way_keeps_the_page_busy_and_lets_readers_in() {
    let text = "pages 1
        setup { process P; P: mmap va0; store va0 a; name O = object P va0 }
        task L of P: pageout O 0
        task R of P: load va0
        task W of P: store va0 b
        schedule s { L until pager_done\n R until end\n W until blocked\n L until end }
        expect P va0 = b
        expect no finding";
    holds(text);
    let scenario = parse("io", text).unwrap();
    for preset in PRESETS {
        let mut player = Player::new(&scenario, &Policy::preset(preset.name).unwrap(), Checks::FULL).unwrap();
        player.play(&Scheduling::Default).unwrap();
        assert_eq!(player.report().parted, [], "{}: the store waits for the write", preset.name);
    }
    for seed in 0..40 {
        for preset in PRESETS {
            let report = run(&scenario, &Policy::preset(preset.name).unwrap(), &Scheduling::Random(seed)).unwrap();
            assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{} {}", preset.name, report.choices);
        }
    }
}

#[test]
fn pages_stay_resident_if_the_swap_device_is_full() {
    holds(
        "swap 1\npages 2
        setup { process P; P: mmap va0; store va0 a; store va1 b; name O = object P va0 }
        sequence {
          P: pageout O 0; pageout O 1; reclaim O 0; reclaim O 1
          expect swapped(O 0)
          expect no swapped(O 1)
          expect page(O 1) = dirty
          P: load va0 = a; load va1 = b
        }",
    );
}

#[test]
fn a_file_is_mapped_privately_and_shared_and_can_be_dropped() {
    holds(
        "pages 2
        setup { process P; file f 2 }
        sequence {
          P: mmap va0 file f; mmap va4 file f shared; mmap va8 1 r private file f from 1
          P: load va0; load va4; load va8
          P: store va4 a
          P: load va0 = a
          P: store va0 b
          P: load va4 = a; load va0 = b
          P: munmap va0; munmap va4; munmap va8 1; reclaim
        }",
    );
}

#[test]
fn a_stack_grows_down() {
    holds("setup { process P; P: mmap va40 2 stack }\nsequence { P: store va41 a; store va38 b; load va38 = b }");
}

#[test]
fn a_vfork_child_borrows_and_its_parent_waits() {
    let text = "setup { process P; P: mmap va0; store va0 a }
        task T of P { vfork C { store va0 b; exec; mmap va0; load va0 = 0 }; load va0 = b; fork D { load va0 = b; exit } }";
    holds(text);
    let scenario = parse("vfork", text).unwrap();
    for seed in 0..20 {
        let report = run(&scenario, &Policy::preset("main").unwrap(), &Scheduling::Random(seed)).unwrap();
        assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{}", report.choices);
    }
    holds("setup { process P; P: mmap va0; vfork C { store va0 b; exit } }\nsequence { P: load va0 = b }");
}

#[test]
fn exec_leaves_nothing_behind() {
    holds(
        "setup { process P; P: mmap va0; store va0 a; name O = object P va0 }
        sequence { P: exec\n expect gone(O)\n expect P va0 = nothing\n P: mmap va0; load va0 = 0 }",
    );
}

#[test]
fn the_last_task_of_an_exiting_process_frees_its_memory() {
    let text = "setup { process P; P: mmap va0; store va0 a; name O = object P va0 }
        task T of P { load va0; load va0; load va0 }\ntask U of P { load va0; exit }
        expect gone(O)\nexpect P va0 = nothing";
    let scenario = parse("threads", text).unwrap();
    for seed in 0..30 {
        let report = run(&scenario, &Policy::preset("2021").unwrap(), &Scheduling::Random(seed)).unwrap();
        assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{}", report.choices);
    }
    // Without an exit it stays, whoever has come to his end.
    holds(
        "setup { process P; P: mmap va0; store va0 a }\ntask T of P: load va0\ntask U of P: store va0 b\nexpect no finding\nexpect pte(P va0) = rw",
    );
}

#[test]
fn running_out_of_memory_kills_the_process_instead_of_hanging() {
    let stores: Vec<_> = (0..60).map(|p| format!("store va{p}")).collect();
    let text =
        format!("frames 16\npages 64\nsetup {{ process P; P: mmap va0 }}\ntask T of P {{ {} }}", stores.join("; "));
    let scenario = parse("full", &text).unwrap();
    for preset in PRESETS {
        let mut player = Player::new(&scenario, &Policy::preset(preset.name).unwrap(), Checks::FULL).unwrap();
        player.play(&Scheduling::Default).unwrap();
        let killed = player.events().any(|r| matches!(r.event, Event::Signal { signal: Signal::Kill, .. }));
        let exited = player.events().any(|r| matches!(r.event, Event::ProcessExit { .. }));
        let report = player.report();
        assert!(killed && exited && report.outcome == "finished", "{} {:?}", preset.name, report.findings);
        assert_eq!(report.kinds(), [FindingKind::Expectation], "nobody expected a SIGKILL");
    }
}

#[test]
fn tasks_have_cpus_of_their_own_or_share_one() {
    let cpus = |text: &str| {
        let scenario = parse("cpus", text).unwrap();
        let player = Player::new(&scenario, &Policy::preset("main").unwrap(), Checks::FULL).unwrap();
        player.tasks().iter().map(|t| t.cpu).collect::<Vec<_>>()
    };
    let own = "setup { process P; process Q; P: mmap va0; Q: mmap va0 }\n";
    assert_eq!(cpus(&format!("{own}task A of P: load va0\ntask B of Q: load va0\ntask C of P: load va0")), [0, 1, 2]);
    let one = format!(
        "{own}task A of P on cpu0 {{ store va0 a; load va0 = a }}\ntask B of Q on cpu0 {{ store va0 b; load va0 = b }}"
    );
    assert_eq!(cpus(&one), [0, 0]);
    assert_eq!(cpus(&format!("{own}task A of P on cpu1: load va0\ntask B of Q: load va0")), [1, 0]);
    let scenario = parse("one", &one).unwrap();
    for seed in 0..20 {
        let report = run(&scenario, &Policy::preset("main").unwrap(), &Scheduling::Random(seed)).unwrap();
        assert_eq!((report.outcome, report.findings), ("finished", vec![]), "{}", report.choices);
    }
}

#[test]
fn a_policy_that_no_kernel_has_is_refused_by_name() {
    let scenario = parse("small", "setup { process P }\nsequence { P: exit }").unwrap();
    let mut policy = Policy::preset("main").unwrap();
    policy.switches.insert(faultline_engine::policy::Switches::LOCK_THRU_FAULT);
    let Err(PlayError::Policy(error)) = Player::new(&scenario, &policy, Checks::FULL).map(|_| ()) else { panic!() };
    assert!(error.to_string().contains("P11 needs P07 off"));
}

#[test]
fn expectations_under_a_preset_apply_to_it_alone() {
    let text = "setup { process P; P: mmap va0 }\nsequence { P: store va0 a }\nexpect under 2021 a: P va0 = b";
    for (policy, broken) in [("2021", true), ("2019-12", true), ("main", false), ("2021,-P09", false)] {
        assert_eq!(report(text, policy).has(FindingKind::Expectation), broken, "{policy}");
    }
}

#[test]
fn a_name_for_what_is_not_there_is_a_finding() {
    for line in ["name O = object P va0", "P: mmap va1; store va1; name O = object P va1; name p = page O 3"] {
        let line = line.replace("; name", "\n name");
        let report = report(&format!("setup {{ process P\n {line} }}\nsequence {{ P: exit }}"), "main");
        assert_eq!(report.kinds(), [FindingKind::Expectation], "{line}");
    }
}

#[test]
fn prefault_maps_resident_neighbours_read_only_within_its_range() {
    // C maps nothing yet; its load of va3 brings neighbours along, of what is resident below it.
    let text = |hint: &str, mapped: &str| {
        let ptes = (0..6).zip(mapped.chars()).map(|(page, pte)| {
            let rights = if pte == 'r' { "r" } else { "none" };
            format!("expect pte(C va{page}) = {rights}")
        });
        let ptes: Vec<_> = ptes.collect();
        format!(
            "pages 6\n{hint}\nsetup {{ process P; P: mmap va0; store va0; store va1; store va2; store va3; store va5; fork C }}
            sequence {{ C: load va3\n {}\n }}",
            ptes.join("\n ")
        )
    };
    holds(&text("", "---r--"));
    holds(&text("prefault 0 0", "---r--"));
    holds(&text("prefault 1 0", "--rr--"));
    holds(&text("prefault 2 0", "-rrr--"));
    // Nobody has touched va4: there the walk over the neighbours ends.
    holds(&text("prefault 4 4", "--rr--"));
    let without = text("prefault 0 3", "---r--").replace("store va3; store va5", "store va3; store va4; store va5");
    holds(&without.replace("pte(C va4) = none", "pte(C va4) = r").replace("pte(C va5) = none", "pte(C va5) = r"));
    // Not beyond the entry.
    holds(
        "pages 4\nprefault 4 4\nsetup { process P; P: mmap va0; store va0; store va1; store va2; store va3; mprotect va0 1 r; fork C }
        sequence { C: load va1\n expect pte(C va0) = none\n expect pte(C va2) = r\n expect pte(C va3) = r }",
    );
}

#[test]
fn two_loads_with_names_can_be_compared() {
    holds(
        "pages 2
        setup { process P; P: mmap va0; store va0 a; store va1 b; load va0 as x\n expect x = x }
        sequence {
          P: load va0 = a as y; load va1 as z; fork C { load va0 as w; store va0 b; load va0 as v }
          expect x = y
          expect x = w
          expect v = z
        }
        expect y = w",
    );
    let broken = |text: &str| {
        let report = report(text, "main");
        assert_eq!(report.kinds(), [FindingKind::Expectation], "{text}");
        report.findings[0].detail.clone()
    };
    let differs = "pages 2
        setup { process P; P: mmap va0; store va0 a; store va1 b }
        task T of P { load va0 as x; load va1 as y }\nexpect x = y";
    assert!(broken(differs).contains("expected x = y, but they are a and b"), "{}", broken(differs));
    // A load that ends in a signal has loaded nothing.
    let never = "errors allowed
        setup { process P; P: mmap va0; store va0 a }
        task T of P { load va0 as x; load va9 as y }\nexpect x = y";
    assert!(broken(never).contains("nothing has been loaded as y"), "{}", broken(never));
}

/// What a load has brought is part of the state for as long as an expectation may look at it: of two runs
/// that differ in nothing else both are walked.
#[test]
fn states_with_different_named_loads_are_distinct() {
    let text = "setup { process P; P: mmap va0; store va0 a; load va0 as x }
        task S of P: store va0 b\ntask L of P: load va0 as y\nexpect x = y";
    let scenario = parse("loads", text).unwrap();
    for preset in PRESETS {
        let policy = Policy::preset(preset.name).unwrap();
        let early = run(&scenario, &policy, &Scheduling::Choices("b20".parse().unwrap())).unwrap();
        let late = run(&scenario, &policy, &Scheduling::TaskOrder).unwrap();
        assert_eq!((early.findings.len(), late.findings.len()), (0, 1), "{}", preset.name);
        assert_ne!(early.fingerprint, late.fingerprint, "{}", preset.name);
        let mut job = SearchJob::new(&scenario, &policy, Request::default(), false).unwrap();
        while !job.advance(100_000).unwrap() {}
        let found = &job.report().unwrap().findings[0];
        assert_eq!(found.kind, FindingKind::Expectation, "{}", preset.name);
    }
}
