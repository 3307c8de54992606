//! What runs say: by whom, in whose words, and what follows from what.

use faultline_engine::finding::FindingKind;
use faultline_engine::policy::Policy;
use faultline_scenario::gallery;
use faultline_scenario::narrate::story;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling, run};
use faultline_scenario::report::RunReport;
use faultline_sched::Checks;

fn report(text: &str) -> RunReport {
    let scenario = parse("t", text).unwrap_or_else(|error| panic!("{error}"));
    run(&scenario, &Policy::preset("main").unwrap(), &Scheduling::Default).unwrap()
}

fn said(report: &RunReport) -> Vec<String> {
    report.findings.iter().map(|f| format!("{}: {}", f.task, f.detail)).collect()
}

#[test]
fn a_failed_expectation_of_the_end_names_no_task() {
    let report =
        report("setup { process A; A: mmap va0\n expect A va0 = X }\ntask T of A: store va0 Y\nexpect A va0 = X");
    let expected =
        ["set-up: line 2: expected A va0 = X, but it is 0", "the end: line 4: expected A va0 = X, but it is Y"];
    assert_eq!(said(&report), expected);
}

#[test]
fn a_signal_has_one_name_and_its_short_form_still_parses() {
    let text = |name| format!("setup {{ process A }}\ntask T of A: load va0\nexpect signal {name} at va0");
    let (long, short) = (parse("t", &text("SIGSEGV")).unwrap(), parse("t", &text("SEGV")).unwrap());
    assert_eq!(long.to_string(), short.to_string());
    assert!(long.to_string().contains("signal SIGSEGV at va0"));
    assert_eq!(report(&text("SEGV")).findings, []);
    assert_eq!(said(&report("setup { process A }\ntask T of A: load va0")), ["T: A got SIGSEGV at va0"]);
    let error = parse("t", &text("SIGSEG")).unwrap_err().to_string();
    assert!(error.contains("not `SIGSEG`; did you mean `SIGSEGV`? write one of SIGSEGV, SIGBUS, SIGKILL"), "{error}");
}

#[test]
fn running_out_of_frames_is_reported_with_the_frames() {
    let stores: String = (0..20).map(|page| format!("; store va{page}")).collect();
    let killed = report(&format!("frames 16\nsetup {{ process A }}\ntask T of A: mmap va0 20{stores}"));
    assert_eq!(killed.findings.len(), 1, "{:?}", said(&killed));
    let detail = &killed.findings[0].detail;
    assert!(detail.starts_with("A got SIGKILL at va"), "{detail}");
    assert!(detail.ends_with("no frame is free; give more than `frames 16` in the header"), "{detail}");
    let unborn: String = (0..9).map(|n| format!("process P{n}; P{n}: mmap va0; store va0\n")).collect();
    let unborn = report(&format!("frames 16\nsetup {{ {unborn} }}\ntask T of P0: exit"));
    let first = unborn.findings.iter().find(|f| f.detail.contains("birth")).unwrap();
    assert!(first.detail.ends_with("give more than `frames 16` in the header"), "{}", first.detail);
}

#[test]
fn files_their_objects_and_their_values_have_names() {
    let text = "setup { process A; file f 2; file g 2; A: mmap va0 2 file f; mmap va4 2 shared file g; mmap va8 }
        task T of A: load va1 = X; load va4; store va8
        expect A va0 = Y
        expect chain(A va4) = []";
    let scenario = parse("t", text).unwrap();
    let mut player = Player::new(&scenario, &Policy::preset("main").unwrap(), Checks::FULL).unwrap();
    player.play(&Scheduling::Default).unwrap();
    let names: Vec<_> = player.names().objects.iter().map(|born| born.name.clone()).collect();
    assert_eq!(names, ["f", "g", "o3"]);
    let report = player.report();
    let said = said(&report);
    assert_eq!(said[0], "T: A loaded f:1 at va1 instead of X");
    assert_eq!(said[1], "the end: line 3: expected A va0 = Y, but it is f:0");
    assert_eq!(report.findings[0].object.as_deref(), Some("f"));
    let told: Vec<_> = story(&mut player).story.into_iter().map(|told| told.text).collect();
    assert!(told.iter().any(|text| text.contains("page 1 of f")), "{told:#?}");
    assert!(told.iter().any(|text| text.contains("f:1")), "{told:#?}");
    // A name that the scenario gives to something else is not given twice.
    let taken = text.replacen("mmap va8 }", "mmap va8; store va8\n name f = object A va8 }", 1);
    let mut player = Player::new(&parse("t", &taken).unwrap(), &Policy::preset("main").unwrap(), Checks::FULL).unwrap();
    player.play(&Scheduling::Default).unwrap();
    let names: Vec<_> = player.names().objects.iter().map(|born| born.name.clone()).collect();
    assert_eq!(names, ["o1", "g", "f"]);
}

#[test]
fn findings_of_one_cause_are_grouped_under_it() {
    let scenario = gallery::find("t3-story").unwrap().scenario().unwrap();
    let mut player = Player::new(&scenario, &Policy::preset("2019-12").unwrap(), Checks::FULL).unwrap();
    player.play(&Scheduling::Default).unwrap();
    let report = player.report();
    assert_eq!((report.findings[0].kind, report.findings[0].follows), (FindingKind::FreedWhileMapped, None));
    let heads = report.causes().count();
    assert!(heads < report.findings.len(), "{:?}", said(&report));
    for (at, finding) in report.findings.iter().enumerate() {
        let Some(cause) = finding.follows else { continue };
        assert!(cause < at && report.findings[cause].follows.is_none(), "{at} follows from {cause}");
    }
    assert_eq!(report.causes().map(|(_, rest)| 1 + rest.count()).sum::<usize>(), report.findings.len());
    assert!(story(&mut player).ending.len() <= heads);
}
