//! Links on the command line: `run --link` prints one, `replay` plays it.

use crate::called::{Scratch, faultline};

/// The link of a gallery run.
fn link(args: &[&str], status: i32) -> String {
    let called = faultline(&[&["run"], args, &["--link"]].concat());
    assert_eq!((called.status, called.err.as_str()), (status, ""));
    let link = called.out.strip_suffix('\n').expect("a line");
    assert!(link.starts_with("#v1;") && !link.contains(char::is_whitespace), "{link}");
    link.into()
}

#[test]
fn a_link_replays_the_run_it_was_printed_for() {
    for (args, status) in [
        (&["t3-story"][..], 1),
        (&["t3", "--policy", "2020-01-fixed,+P08"], 0),
        (&["t3", "--seed", "7"], 0),
        (&["g1"], 0),
    ] {
        let link = link(args, status);
        let run = faultline(&[&["run"], args, &["--json", "--events", "--story"]].concat()).json();
        for given in [link.clone(), format!("https://example.org/faultline/?scenario=g1{link}")] {
            let replay = faultline(&["replay", &given, "--json", "--events"]);
            assert_eq!((replay.status, replay.err.as_str()), (status, ""));
            let mut json = replay.json();
            let stands = json["link"].take();
            assert_eq!(stands["differs"], serde_json::json!([]));
            assert!(stands["turn"].as_u64() <= stands["turns"].as_u64());
            assert_eq!(stands["turn"] == stands["turns"], status == 0, "at the finding, or at the end");
            json.as_object_mut().expect("an object").remove("link");
            // Choices know nothing of the schedule that they came from.
            json["parted"] = run["parted"].clone();
            assert_eq!(json, run);
        }
    }
    let json = faultline(&["run", "t3-story", "--json", "--link"]).json();
    assert_eq!(json["link"].as_str(), Some(link(&["t3-story"], 1).as_str()));
}

#[test]
fn a_replayed_link_is_narrated_like_a_run() {
    let link = link(&["t3"], 1);
    let (run, replay) = (faultline(&["run", "t3", "--story"]), faultline(&["replay", &link]));
    assert_eq!((replay.status, replay.err.as_str()), (1, ""));
    let rest = replay.out.strip_prefix(&run.out).expect("the same first");
    assert!(rest.contains("the link stands at step"), "{rest}");
}

#[test]
fn a_link_contains_a_scenario_that_is_not_in_the_gallery() {
    let text = faultline_scenario::gallery::find("t3").expect("there").text.replacen("title ", "title My own:", 1);
    let file = Scratch::new("own.scn", text.as_bytes());
    let link = link(&[file.name()], 1);
    drop(file);
    let replay = faultline(&["replay", &link]);
    assert_eq!((replay.status, replay.err.as_str()), (1, ""));
    assert!(replay.out.contains("own: My own:   The fault COW race"), "{}", replay.out);
    let gallery = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenario/gallery/t3.scn");
    assert!(
        self::link(&[gallery.to_str().expect("UTF-8")], 1).starts_with("#v1;t3;"),
        "the gallery's text needs no carrying"
    );
}

#[test]
fn differences_from_a_link_go_to_standard_error() {
    let link = link(&["t3"], 1);
    let parts: Vec<_> = link.split(';').collect();
    let with = |nth: usize, text: &str| {
        let mut parts = parts.clone();
        parts[nth] = text;
        faultline(&["replay", &parts.join(";"), "--json"])
    };
    let other = with(4, "4294967295");
    assert_eq!(other.status, 1);
    assert!(
        other.err.starts_with("faultline: link: the link was made by revision 4294967295")
            && other.err.contains("the same state here"),
        "{}",
        other.err
    );
    let other = with(5, "0123456789abcdef");
    assert!(other.status == 1 && other.err.contains("its digest was 0123456789abcdef and is"), "{}", other.err);
    assert_eq!(other.json()["link"]["differs"].as_array().map(Vec::len), Some(1));
    let other = with(3, "a3z");
    assert!(
        other.status == 0 && other.err.contains("choice 4 of the link's 4 names a task that cannot run here"),
        "{}",
        other.err
    );
    assert_eq!(other.json()["outcome"], "going");
}

#[test]
fn an_unplayable_link_is_refused() {
    faultline(&["replay", "https://example.org/"]).refused(&["link, version at character 1", "copy the whole link"]);
    faultline(&["replay", "#v1;t99;main;;1;0000000000000000"]).refused(&["the gallery has no scenario `t99`"]);
    faultline(&["replay", "#v1;t3;2031;;1;0000000000000000"])
        .refused(&["kernel `2031` is not available in this build", "there is no preset"]);
    faultline(&["replay", "#v1;t3;main;a-;1;0000000000000000"]).refused(&["choices: `-` at offset 1"]);
}

#[test]
fn a_link_to_a_finding_reproduces_it() {
    let called = faultline(&["explore", "t3", "--policy", "2019-12", "--json"]);
    assert_eq!(called.status, 1, "{}", called.err);
    let json = called.json();
    let found = &json["findings"][0];
    let link = found["link"].as_str().expect("a link");
    assert!(link.starts_with("#v1;t3;2019-12;") && link.len() < 300, "{link}");
    let replay = faultline(&["replay", link, "--json"]);
    assert_eq!((replay.status, replay.err.as_str()), (1, ""), "{link}");
    let replay = replay.json();
    let kinds: Vec<_> = replay["findings"].as_array().expect("findings").iter().map(|f| f["kind"].clone()).collect();
    assert!(kinds.contains(&found["kind"]), "{kinds:?} of {link}");
    assert_eq!(replay["link"]["turn"], found["turns"], "it stands where it was found");
}
