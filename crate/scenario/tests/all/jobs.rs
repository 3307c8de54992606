//! Hunts: from the beginning, and from the middle of a run.

use faultline_engine::finding::FindingKind;
use faultline_engine::policy::Policy;
use faultline_explore::Choices;
use faultline_scenario::gallery;
use faultline_scenario::player::{PlayError, Player, Scheduling};
use faultline_scenario::search::report::SearchReport;
use faultline_scenario::search::{Established, KindFilter, Method, Request, SearchJob};
use faultline_sched::Checks;

fn job(policy: &str) -> SearchJob {
    let scenario = gallery::find("t3").unwrap().scenario().unwrap();
    SearchJob::new(&scenario, &Policy::parse(policy).unwrap(), Request::default(), false).unwrap()
}

fn report(mut job: SearchJob) -> SearchReport {
    while !job.advance(50_000).unwrap() {}
    job.report().unwrap()
}

fn first(count: usize, choices: &str) -> Choices {
    let mut choices: Choices = choices.parse().unwrap();
    choices.truncate(count);
    choices
}

#[test]
fn a_finding_after_a_prefix_begins_with_the_prefix() {
    // Somebody else goes first, so it is another finding than from the beginning.
    let before = first(3, "bab");
    let report = report(job("2019-12").from(&before).unwrap());
    assert_eq!(report.verdict, Established::Found);
    let found = &report.findings[0];
    let choices: Choices = found.choices.parse().unwrap();
    assert_eq!(&choices.as_slice()[..3], before.as_slice());

    let scenario = gallery::find("t3").unwrap().scenario().unwrap();
    let mut player = Player::new(&scenario, &Policy::parse("2019-12").unwrap(), Checks::default()).unwrap();
    player.play(&Scheduling::Choices(choices)).unwrap();
    let played = player.report();
    assert!(played.findings.iter().any(|f| f.kind == found.kind && f.detail == found.detail), "{found:?}");
    let trail = &player.run().trail()[..found.turns];
    let leaves = |at: usize| at > 0 && trail[at].task != trail[at - 1].task && trail[at].choice.is_some();
    // Not every change of task leaves one that could have gone on, but every preemption changes the task.
    assert!(found.preemptions as usize <= (0..trail.len()).filter(|&at| leaves(at)).count());
}

#[test]
fn a_prefix_that_has_the_finding_needs_no_search() {
    let whole = report(job("2019-12")).findings.remove(0);
    let again = report(job("2019-12").from(&first(usize::MAX, &format!("{}a40", whole.choices))).unwrap());
    assert_eq!((again.verdict, again.states), (Established::Found, 0));
    assert_eq!((again.findings[0].turns, again.findings[0].preemptions), (whole.turns, whole.preemptions));
}

#[test]
fn a_complete_search_after_a_prefix_covers_what_follows_it() {
    let report = report(job("2020-01-fixed").from(&first(12, "a6b6")).unwrap());
    assert_eq!((report.verdict, report.complete), (Established::Complete, true));
    assert!(report.text.contains("from there on"), "{}", report.text);
}

#[test]
fn choices_beyond_the_runnable_tasks_are_refused() {
    assert!(matches!(job("main").from(&first(1, "z")), Err(PlayError::Choice { at: 1, choice: 25, .. })));
}

#[test]
fn a_parallel_search_after_a_prefix_finds_what_one_worker_finds() {
    let before = first(3, "bab");
    let request = Request::default();
    let parallel = request.parallel(2);
    std::thread::scope(|scope| {
        for index in 0..2 {
            let (parallel, before) = (&parallel, &before);
            scope.spawn(move || job("2019-12").from(before).unwrap().run_worker(parallel, index));
        }
    });
    let mut together = job("2019-12").from(&before).unwrap();
    together.finish_with(parallel.verdict(), parallel.stats()).unwrap();
    assert_eq!(report(together).findings, report(job("2019-12").from(&before).unwrap()).findings);
}

#[test]
fn a_stopped_job_reports_how_far_it_came() {
    let mut stopped = job("2020-01-fixed");
    assert!(!stopped.advance(500).unwrap());
    let report = stopped.report().unwrap();
    assert_eq!(report.verdict, Established::Stopped);
    assert!(report.states > 100 && report.findings.is_empty(), "{report:?}");
}

/// `p2` breaks under one kernel, and never by a stale translation.
fn p2(policy: &str, kinds: KindFilter) -> SearchJob {
    let scenario = gallery::find("p2").unwrap().scenario().unwrap();
    let request = Request { kinds, ..Request::default() };
    SearchJob::new(&scenario, &Policy::parse(policy).unwrap(), request, false).unwrap()
}

#[test]
fn the_scenarios_own_kind_is_searched_first_unless_another_is_requested() {
    let scenario = gallery::find("t3").unwrap().scenario().unwrap();
    let asked = |name| KindFilter::asked(name, &scenario);
    assert_eq!(asked(None), Ok(KindFilter::First(FindingKind::FreedWhileMapped)));
    assert_eq!(asked(Some("zeroed")), Ok(KindFilter::Only(FindingKind::Zeroed)));
    assert_eq!(asked(Some("any")), Ok(KindFilter::Any));
    assert!(asked(Some("bug")).unwrap_err().to_string().contains("the kinds are any, freed-while-mapped"));
    let request = |kinds| Request { kinds, ..Request::default() };
    let found = |kinds| {
        let job = SearchJob::new(&scenario, &Policy::parse("2019-12").unwrap(), request(kinds), false).unwrap();
        report(job).findings[0].kind
    };
    assert_eq!(found(asked(None).unwrap()), FindingKind::FreedWhileMapped);
    assert_eq!(found(KindFilter::Any), FindingKind::Zeroed);
}

#[test]
fn findings_of_other_kinds_are_reported_if_the_preferred_kind_is_absent() {
    let broken = "2020-01-weakened-pip";
    let alone = report(p2(broken, KindFilter::Only(FindingKind::Tlb)));
    assert_eq!((alone.verdict, alone.findings.len()), (Established::Complete, 0));
    assert!(alone.text.starts_with("complete: no tlb comes up in any interleaving"), "{}", alone.text);
    assert!(alone.text.ends_with("other things break"), "{}", alone.text);

    let first = report(p2(broken, KindFilter::First(FindingKind::Tlb)));
    assert_eq!(first.findings, report(p2(broken, KindFilter::Any)).findings);
    assert!(first.text.ends_with("no tlb comes up in any interleaving"), "{}", first.text);

    // Where nothing was passed over, the proof is of everything.
    let clean = report(p2("2020-01-fixed", KindFilter::First(FindingKind::Tlb)));
    assert!(clean.complete && clean.text.starts_with("complete: nothing breaks"), "{}", clean.text);
}

#[test]
fn a_parallel_search_reports_that_it_passed_findings_over() {
    let request = Request { kinds: KindFilter::First(FindingKind::Tlb), ..Request::default() };
    let parallel = request.parallel(2);
    std::thread::scope(|scope| {
        for index in 0..2 {
            let parallel = &parallel;
            scope.spawn(move || p2("2020-01-weakened-pip", request.kinds).run_worker(parallel, index));
        }
    });
    assert!(parallel.stats().passed_over);
    let mut together = p2("2020-01-weakened-pip", request.kinds);
    together.finish_with(parallel.verdict(), parallel.stats()).unwrap();
    assert_eq!(report(together).verdict, Established::Found);
}

/// Who waits for what when something is found is no part of what its finder has read: made again
/// while others wait for other things, the finder goes on as it did.
#[test]
fn random_findings_are_minimised_past_other_findings() {
    for (name, policy) in [("of2-signal", "2020-01-weakened-pip,+OF1"), ("t3", "2025-04,-P14,+OF1")] {
        let scenario = gallery::find(name).unwrap().scenario().unwrap();
        let request = Request { method: Method::Random, executions: 300, ..Request::default() };
        let found = report(SearchJob::new(&scenario, &Policy::parse(policy).unwrap(), request, true).unwrap());
        assert_eq!(found.verdict, Established::Found, "{name} on {policy}");
        assert!(found.findings[0].fewest, "{name} on {policy}: {}", found.text);
    }
}

#[test]
fn a_bounded_search_names_its_bound_and_a_remedy() {
    let said = |request: Request| {
        let scenario = gallery::find("t3").unwrap().scenario().unwrap();
        let mut job = SearchJob::new(&scenario, &Policy::preset("2020-01-fixed").unwrap(), request, false).unwrap();
        while !job.advance(10_000).unwrap() {}
        let report = job.report().unwrap();
        assert_eq!((report.verdict, report.complete, report.findings.len()), (Established::Bounded, false, 0));
        report.text
    };
    for method in [Method::Exhaustive, Method::Preemptions(9)] {
        let text = said(Request { method, states: 500, ..Request::default() });
        assert!(text.contains("more than the 500 states that were allowed"), "{text}");
        assert!(text.ends_with("allow more, or search with few preemptions or at random"), "{text}");
        let text = said(Request { method, memory: 3 << 20, ..Request::default() });
        assert!(text.contains("more memory than the 3 MiB that were allowed"), "{text}");
        assert!(text.ends_with("allow more, or search with few preemptions or at random"), "{text}");
    }
}
