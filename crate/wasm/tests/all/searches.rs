//! Searches as the page drives them: the same verdicts and schedules natively and in the
//! browser, with one worker and with several (rulings R44).
//!
//! `searches.txt` holds what native searches came to. `FAULTLINE_BLESS=1 cargo test -p
//! faultline-wasm searches` writes it anew after a change that is meant to change them.

use faultline_wasm::search::{Request, Search};
use wasm_bindgen_test::wasm_bindgen_test;

const KNOWN: &str = include_str!("searches.txt");
/// Turns between two looks.
const SLICE: u32 = 20_000;

fn t3(policy: &str, strategy: &str) -> Request {
    let (scenario, policy, strategy) = ("t3".into(), policy.into(), strategy.into());
    Request { scenario, policy, strategy, shrink: true, workers: Some(1), ..Request::default() }
}

/// One of every sort.
fn requests() -> Vec<(&'static str, Request)> {
    vec![
        ("every interleaving", t3("2019-12", "exhaustive")),
        ("few preemptions", Request { preemptions: Some(3), ..t3("2019-12", "preemptions") }),
        ("by depth", Request { seed: Some(7), executions: Some(20_000), ..t3("2019-12", "pct") }),
        ("by chance", Request { executions: Some(200), ..t3("2020-01-fixed", "random") }),
        ("whatever comes first", Request { kind: Some("any".into()), ..t3("2019-12", "exhaustive") }),
        ("onwards", Request { from: Some("bab".into()), ..t3("2019-12", "exhaustive") }),
    ]
}

fn to_the_end(search: &mut Search) {
    while !search.advance(SLICE).expect("it goes on") {
        std::thread::yield_now();
    }
}

/// What it came to in one line: after the `#` what depends on the number of workers.
fn line(title: &str, search: &Search) -> String {
    let report = search.report().expect("it can be told").report;
    let mut line = format!("{title}: {}", report.verdict);
    for found in &report.findings {
        let (kind, choices) = (found.kind.name(), &found.choices);
        let lines = found.scenario.as_ref().map_or(0, |text| text.lines().count());
        line += &format!(" {kind} {choices} {} turns {} preemptions {lines} lines", found.turns, found.preemptions);
    }
    line + &format!(" # {} states {} turns {} executions", report.states, report.steps, report.executions)
}

fn lines() -> Vec<String> {
    let ended = |(title, request): &(&str, Request)| {
        let mut search = Search::new(request).expect("it can be searched");
        to_the_end(&mut search);
        line(title, &search)
    };
    requests().iter().map(ended).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn searches_have_the_results_of_native_ones() {
    if std::env::var_os("FAULTLINE_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/all/searches.txt");
        std::fs::write(path, lines().join("\n") + "\n").expect("the file can be written");
        return;
    }
    assert_eq!(lines(), KNOWN.lines().collect::<Vec<_>>());
    assert!(KNOWN.lines().next().is_some_and(|first| first.contains("found freed-while-mapped")));
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{SLICE, Search, line, t3, to_the_end};
    use faultline_scenario::search::Established;
    use faultline_wasm::search::Request;

    #[test]
    fn a_search_can_be_paused_and_stopped() {
        let mut search = Search::new(&t3("2020-01-fixed", "exhaustive")).expect("it can be searched");
        assert!(!search.advance(100).expect("it goes on"));
        search.pause();
        let before = search.progress();
        assert!(!search.advance(SLICE).expect("it waits"));
        assert_eq!(search.progress(), before);
        search.resume();
        assert!(!search.advance(100).expect("it goes on"));
        assert!(search.progress().steps > before.steps);
        search.stop();
        assert!(search.advance(SLICE).expect("it is over"));
        let report = search.report().expect("it can be told").report;
        assert_eq!((report.verdict, report.steps), (Established::Stopped, search.progress().steps));
    }
    #[test]
    fn a_paused_search_has_the_same_result() {
        let mut held = Search::new(&t3("2019-12", "exhaustive")).expect("it can be searched");
        for _ in 0..3 {
            held.pause();
            held.resume();
            _ = held.advance(50).expect("it goes on");
        }
        to_the_end(&mut held);
        assert_eq!(Some(line("every interleaving", &held).as_str()), super::KNOWN.lines().next());
    }
    #[test]
    fn an_impossible_request_is_refused_with_a_remedy() {
        let refused = |request: Request| Search::new(&request).err().expect("it is refused");
        assert!(refused(t3("main", "cleverly")).remedy.is_some_and(|remedy| remedy.contains("pct")));
        let no_kind = Request { kind: Some("gremlin".into()), ..t3("main", "exhaustive") };
        assert!(refused(no_kind).message.contains("any, freed-while-mapped"));
        assert!(refused(Request { scenario: "what?".into(), ..t3("main", "random") }).line.is_some());
        let misfit = Request { from: Some("z".into()), ..t3("main", "exhaustive") };
        assert!(refused(misfit).message.contains("choice 1"));
    }
}

/// All that is seen on the pool's workers, one search after the other: they are shared.
#[cfg(all(target_arch = "wasm32", feature = "threads"))]
#[wasm_bindgen_test]
async fn workers_find_what_one_finds_and_can_be_paused_and_stopped() {
    crate::pool::start().await;
    let schedule = |search: &Search| line("every interleaving", search).split(" #").next().map(str::to_owned);
    let known = KNOWN.lines().next().and_then(|line| line.split(" #").next()).map(str::to_owned);
    let two = Request { workers: Some(2), ..t3("2019-12", "exhaustive") };
    let begun = || Search::new(&two).expect("it can be searched");

    let mut held = begun();
    assert!(held.elsewhere());
    held.pause();
    // Meanwhile another comes to its end, with the workers that are left.
    let mut free = begun();
    to_the_end(&mut free);
    assert_eq!(schedule(&free), known);
    assert_eq!(free.report().expect("it can be told").workers, 2);
    assert!(!held.advance(1).expect("it waits") && held.elsewhere());
    held.resume();
    to_the_end(&mut held);
    assert_eq!(schedule(&held), known);

    let mut stopped = begun();
    stopped.pause();
    stopped.stop();
    to_the_end(&mut stopped);
    assert!(!stopped.elsewhere());

    let onwards = Request { from: Some("bab".into()), ..two };
    let mut onwards = Search::new(&onwards).expect("it can be searched");
    to_the_end(&mut onwards);
    let (now, last) = (line("onwards", &onwards), KNOWN.lines().last().expect("it is known"));
    assert_eq!(now.split(" #").next(), last.split(" #").next());
}
