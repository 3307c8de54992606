//! Searches as the page drives them, natively.

use faultline_scenario::gallery;
use faultline_scenario::search::Established;
use faultline_wasm::Session;
use faultline_wasm::search::{Request, Search};

fn request(policy: &str) -> Request {
    let scenario = gallery::find("t3").expect("it is there").text.into();
    Request { scenario, policy: policy.into(), strategy: "exhaustive".into(), shrink: true, ..Request::default() }
}

fn ended(request: &Request) -> Search {
    let mut search = Search::new(request).expect("it can be searched");
    while !search.advance(50_000).expect("it goes on") {}
    search
}

#[test]
fn the_race_is_found_and_its_run_opens_at_the_finding() {
    let report = ended(&request("2019-12")).report().expect("it has one").report;
    assert_eq!(report.verdict, Established::Found);
    let found = &report.findings[0];
    let source = gallery::find("t3").expect("it is there").text;
    let mut session = Session::new(source, "2019-12").expect("it is sound");
    let story = session.follow(&found.choices).expect("they are choices").steps;
    assert!(story[found.turns - 1].findings.iter().any(|f| f.kind == found.kind));
    assert!(story[..found.turns - 1].iter().all(|c| c.findings.is_empty()));
}

#[test]
fn from_a_step_on_a_finding_is_reachable_or_not() {
    let source = gallery::find("t3-story").expect("it is there").text;
    let mut session = Session::new(source, "2019-12").expect("it is sound");
    let story = session.open().expect("it plays").steps;
    let first = story.iter().position(|c| !c.findings.is_empty()).expect("there is one");
    // The run is known to its end once it has been played.
    session.step(story.len() - 1, None).expect("it can run");
    let here = Request {
        scenario: source.into(),
        shrink: false,
        from: Some(session.choices(first - 1)),
        ..request("2019-12")
    };
    let report = ended(&here).report().expect("it has one").report;
    assert_eq!(report.verdict, Established::Found);
    let choices = &report.findings[0].choices;
    assert!(
        choices.parse::<faultline_explore::Choices>().expect("they are choices").len()
            >= session.choices(first - 1).len().min(1)
    );
    let followed =
        Session::new(source, "2019-12").expect("it is sound").follow(choices).expect("they lead there").steps;
    assert!(followed[report.findings[0].turns - 1].findings.iter().any(|f| f.kind == report.findings[0].kind));
}

#[test]
fn a_search_without_memory_is_bounded() {
    let little = Request { memory: Some(3), ..request("2020-01-fixed") };
    let report = ended(&little).report().expect("it has one").report;
    assert_eq!((report.verdict, report.findings.len()), (Established::Bounded, 0));
    assert!(report.text.contains("more memory than the 3 MiB that were allowed"), "{}", report.text);
}
