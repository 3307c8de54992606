//! Links on every build: what was found natively is found again through its link, with the
//! digest that `fingerprints.txt` has from a native run.

use faultline_engine::policy::Policy;
use faultline_scenario::gallery;
use faultline_scenario::link::{Link, Source, first_finding};
use faultline_scenario::player::{Player, Scheduling};
use faultline_sched::Checks;
use faultline_wasm::{LinkSession, Session};
use wasm_bindgen_test::wasm_bindgen_test;

const KNOWN: &str = include_str!("fingerprints.txt");

/// The run of a line of `fingerprints.txt` again, by way of a link to its first finding. Whether
/// there is one.
fn replayed(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    let (name, policy, how) = (words[0], Policy::parse(words[1]).expect("a kernel"), words[2]);
    let (how, rest) = match how {
        "seed" => (Scheduling::Random(words[3].parse().expect("a seed")), &words[4..]),
        _ => (Scheduling::Default, &words[3..]),
    };
    let kinds: Vec<&str> = rest.get(2).map(|kinds| kinds.split(',').collect()).unwrap_or_default();
    if kinds.is_empty() {
        return false;
    }
    let exhibit = gallery::find(name).expect("it is in the gallery");
    let mut player =
        Player::new(&exhibit.scenario().expect("it can be read"), &policy, Checks::FULL).expect("it plays");
    player.play(&how).expect("it plays");
    let (end, turn) = (player.run().trail().len(), first_finding(&player).expect("something was found"));
    let text = Link::to(&mut player, Source::Gallery(name.into()), turn, None).expect("it fits").to_string();
    assert!(text.len() < 300, "{text}");

    let link = LinkSession::to(&text).expect("it opens");
    let opened = link.opened().clone();
    assert_eq!((&opened.differs, opened.position), (&vec![], turn), "{line}");
    let found: Vec<&str> = opened.opened.steps.iter().flat_map(|c| &c.findings).map(|f| f.kind.name()).collect();
    assert!(kinds.iter().all(|kind| found.contains(kind)), "{line}: {found:?}");
    assert!(!opened.opened.steps[turn - 1].findings.is_empty(), "{line}: it stands where it was found");
    let mut session = link.session();
    assert_eq!(session.link(turn, None).expect("it fits"), text, "the same link again");
    let at_end: Link = session.link(end, None).expect("it fits").parse().expect("a link");
    assert_eq!(format!("{:016x}", at_end.fingerprint), rest[0], "{line}");
    true
}

#[wasm_bindgen_test(unsupported = test)]
fn links_reproduce_every_finding() {
    let lines = KNOWN.lines().filter(|line| !line.starts_with("recording"));
    assert!(lines.filter(|line| replayed(line)).count() >= 2);
}

/// Manual operations travel in a link, and more can follow them.
#[wasm_bindgen_test(unsupported = test)]
fn links_contain_manual_operations() {
    let source = gallery::find("t3-story").expect("it is there").text;
    let mut session = Session::new(source, "main").expect("it is sound");
    session.open().expect("it plays");
    let fork = session.perform(3, "A", faultline_wasm::manual::Operation::Fork).expect("A can fork");
    let at = 3 + fork.steps.len();
    let child = fork.names.all.as_ref().and_then(|names| names.processes.last()).expect("a child").clone();
    let store = faultline_wasm::manual::Operation::Store { page: 0 };
    let stored = session.perform(at, &child, store.clone()).expect("the child can store");
    let at = at + stored.steps.len();
    let text = session.link(at, Some(format!("{child}.va0"))).expect("it fits");
    assert!(text.starts_with("#v1;t3-story~"), "{text}");
    let link = LinkSession::to(&text).expect("it opens");
    let opened = link.opened().clone();
    assert_eq!((&opened.differs, opened.position, opened.gallery), (&vec![], at, false));
    assert_eq!(opened.selection, Some(format!("{child}.va0")));
    let mut again = link.session();
    assert_eq!(again.link(at, opened.selection).expect("it fits"), text);
    again.perform(at, "A", store).expect("A can still do something");
}

/// A scenario that was edited, with a comment, comes back to the letter; where the run parts
/// from its stored schedule is still said.
#[wasm_bindgen_test(unsupported = test)]
fn links_contain_edited_scenarios() {
    let text = gallery::find("t3-story").expect("it is there").text.replace("Z0", "Q7") + "# mine\n";
    let mut session = Session::named(&text, "2020-01-fixed", "t3-story").expect("it is sound");
    let run = session.open().expect("it plays");
    let link = session.link(7, None).expect("it fits");
    let link = LinkSession::to(&link).expect("it opens");
    let opened = link.opened();
    assert_eq!((opened.text.as_str(), opened.scenario.as_str(), opened.gallery), (text.as_str(), "t3-story", false));
    assert_eq!((&opened.opened, opened.position), (&run, 7));
    assert!(opened.opened.steps.iter().any(|c| !c.parted.is_empty()));
}

/// What does not fit comes with words, and a link that cannot be opened with what to do.
#[wasm_bindgen_test(unsupported = test)]
fn differences_from_a_link_are_reported() {
    let mut session = Session::new(gallery::find("t3").expect("it is there").text, "2019-12").expect("it is sound");
    session.open().expect("it plays");
    let link = session.link(5, None).expect("it fits");
    let link = LinkSession::to(&link.replace(";2019-12;", ";2031;")).expect("it opens");
    let opened = link.opened();
    assert!(opened.another_story && opened.differs[0].contains("`2031`"), "{:?}", opened.differs);
    assert_eq!((opened.position, opened.policy.as_str()), (0, "2019-12"));
    assert!(!opened.opened.steps.is_empty(), "its own story is there to be played");
    let problem = LinkSession::to("https://example.org/#v1;t3").err().expect("it is cut");
    assert!(problem.message.contains("copy the whole link"), "{problem:?}");
}

#[test]
fn a_link_to_a_scenario_that_is_not_there_names_the_one_that_may_have_been_meant() {
    let problem = LinkSession::to("#v1;t3s0;2019-12;;1;0000000000000000").err().expect("there is no t3s0");
    assert_eq!(
        (problem.message.as_str(), problem.near.as_deref()),
        ("the gallery has no scenario `t3s0`", Some("t3s"))
    );
    let problem = LinkSession::to("#v1;zzzz;2019-12;;1;0000000000000000").err().expect("there is no zzzz");
    assert_eq!(problem.near, None);
}
