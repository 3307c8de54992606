//! Links: what is printed reads back and opens where it was made; what does not fit is said;
//! nothing that looks like a link does harm.

use faultline_engine::REVISION;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery::{self, GALLERY};
use faultline_scenario::link::{Difference, Link, OpenError, Source, first_finding, open, open_text};
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling};
use faultline_sched::Checks;

fn player(name: &str, policy: &str, how: &Scheduling) -> Player {
    let scenario = gallery::find(name).unwrap().scenario().unwrap();
    let mut player = Player::new(&scenario, &Policy::parse(policy).unwrap(), Checks::default()).unwrap();
    player.play(how).unwrap();
    player
}

/// A link to the first finding of the gallery's story, or to its end.
fn link(name: &str, policy: &str) -> Link {
    let mut player = player(name, policy, &Scheduling::Default);
    let turn = first_finding(&player).unwrap_or(player.run().trail().len());
    Link::to(&mut player, Source::Gallery(name.into()), turn, None).unwrap()
}

fn kinds(player: &Player) -> Vec<&'static str> {
    player.findings().iter().map(|f| f.kind.name()).collect()
}

#[test]
fn every_gallery_run_opens_at_its_finding_and_its_link_is_short() {
    let mut longest = 0;
    for exhibit in GALLERY {
        for preset in PRESETS {
            for how in [Scheduling::Default, Scheduling::Random(1), Scheduling::Random(2), Scheduling::Random(3)] {
                let mut player = player(exhibit.name, preset.name, &how);
                let (end, found) = (player.run().trail().len(), first_finding(&player));
                let (events, fingerprint) = (player.events().copied().collect::<Vec<_>>(), player.run().fingerprint());
                let source = Source::of(exhibit.name, exhibit.text);
                let link = Link::to(&mut player, source, found.unwrap_or(end), None).unwrap();
                let text = link.to_string();
                longest = longest.max(text.len());
                assert!(text.len() < 300, "{} characters: {text}", text.len());
                assert!(text[1..].bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~;=".contains(&b)), "{text}");
                assert_eq!(text.parse::<Link>().unwrap(), link);

                let mut opened = open_text(&format!("https://example.org/faultline/?x=1{text}")).unwrap();
                assert_eq!(opened.differs, [], "{text}");
                assert_eq!(opened.player.run().position(), found.unwrap_or(end));
                assert_eq!(kinds(&opened.player), kinds(&player), "{text}");
                let run = opened.player.run_mut();
                assert!(run.trail().len() == end && run.seek(end));
                assert_eq!(run.fingerprint(), fingerprint, "{text}");
                assert!(opened.player.events().eq(&events), "{text}");
            }
        }
    }
    assert!(longest > 100, "chance makes long schedules: {longest}");
}

#[test]
fn a_link_opens_at_its_position_before_or_after_the_finding() {
    let mut link = link("t3-story", "2019-12");
    let turn = link.turn.unwrap();
    let there = kinds(&open(&link).unwrap().player);
    assert!(!there.is_empty() && there.iter().all(|kind| *kind == "freed-while-mapped"), "{there:?}");
    link.turn = Some(turn - 1);
    let before = open(&link).unwrap();
    assert_eq!(kinds(&before.player), [""; 0]);
    assert!(matches!(before.differs[..], [Difference::Fingerprint { .. }]), "the digest belongs to the other place");
    link.turn = None;
    let end = open(&link).unwrap();
    assert!(kinds(&end.player).contains(&"foreign"), "without a place it is the end");
}

/// A page's view travels in a link, with the kernels that it compares; what opens is the same run.
#[test]
fn a_link_keeps_the_view_of_a_page() {
    let plain = link("t3", "2019-12");
    let text = format!("{plain};view=compare;before=2019-12;after=2020-01-fixed.~P10.-P11");
    let link: Link = text.parse().unwrap();
    let (name, before, after) = (link.view.name.as_deref(), link.view.before.as_deref(), link.view.after.as_deref());
    assert_eq!((name, before, after), (Some("compare"), Some("2019-12"), Some("2020-01-fixed,+P10,-P11")));
    assert_eq!(link.to_string(), text);
    assert_eq!(open(&link).unwrap().player.run().trail().len(), open(&plain).unwrap().player.run().trail().len());
    assert!(format!("{text};view=search").parse::<Link>().is_err(), "each once");
}

#[test]
fn a_link_to_an_unfinished_run_opens_with_its_choices() {
    let scenario = gallery::find("t3").unwrap().scenario().unwrap();
    let mut player = Player::new(&scenario, &Policy::parse("main,-P10").unwrap(), Checks::default()).unwrap();
    for task in ["B1", "A1", "A1", "B1"] {
        player.step(task).unwrap();
    }
    let link = Link::to(&mut player, Source::Gallery("t3".into()), 3, Some("B.va0".into())).unwrap();
    assert!(link.to_string().ends_with(";t=3;sel=B.va0") && link.to_string().contains(";main.-P10;"), "{link}");
    let opened = open_text(&link.to_string()).unwrap();
    assert_eq!((opened.differs.as_slice(), opened.selection.as_deref()), (&[][..], Some("B.va0")));
    assert_eq!((opened.player.run().position(), opened.player.run().trail().len()), (3, 4));
}

#[test]
fn the_link_in_the_docs_opens_without_differences() {
    let link = include_str!("../../../../docs/scenarios.md").lines().find(|line| line.starts_with("#v1;")).unwrap();
    let opened = open_text(link).unwrap();
    assert_eq!(opened.differs, [], "{link}");
    assert_eq!(opened.player.run().position(), 47);
}

#[test]
fn a_link_contains_an_edited_scenario() {
    let edited = gallery::find("t3").unwrap().text.replace("Z0", "Q7") + "# für später ☂\n";
    let scenario = parse("t3", &edited).unwrap();
    let mut player = Player::new(&scenario, &Policy::parse("2019-12,+P01,-P03").unwrap(), Checks::default()).unwrap();
    player.play(&Scheduling::Default).unwrap();
    let end = player.run().position();
    let source = Source::of("t3", &edited);
    let text = Link::to(&mut player, source, end, Some("M".into())).unwrap().to_string();
    assert!(text.starts_with("#v1;t3~") && text.contains(";2019-12.~P01.-P03;"), "{text}");
    assert!(text.len() < edited.len(), "{} of {}", text.len(), edited.len());
    let opened = open_text(&text).unwrap();
    assert_eq!((opened.differs.len(), opened.source.text(), opened.source.name()), (0, Some(edited.as_str()), "t3"));
    assert_eq!(opened.player.run().fingerprint(), player.run().fingerprint());
    let huge = Source::of("huge", &format!("{edited}#{}", "x".repeat(1 << 16)));
    let error = Link::to(&mut player, huge, end, None).unwrap_err().to_string();
    assert!(error.contains("65536 bytes"), "{error}");
}

/// What is said about a link, and whether it is still the same story.
fn said(link: &Link) -> (Vec<String>, bool) {
    let opened = open(link).unwrap();
    (opened.differs.iter().map(ToString::to_string).collect(), opened.is_another_story())
}

#[test]
fn differences_from_a_link_are_reported() {
    let link = link("t3-story", "2019-12");
    let of = link.choices.len();
    let turn = link.turn.unwrap();

    let (texts, another) = said(&Link { revision: REVISION + 1, ..link.clone() });
    assert!(texts[0].contains("the same state here") && texts.len() == 1 && !another, "{texts:?}");
    let (texts, another) = said(&Link { revision: REVISION + 1, fingerprint: 7, ..link.clone() });
    assert!(!texts[0].contains("same state") && texts[1].contains("0000000000000007") && another, "{texts:?}");

    // Another kernel's choices: a fixed kernel shows something, and it is said that it is something else.
    let (texts, another) = said(&Link { policy: "2020-01-fixed".into(), ..link.clone() });
    assert!(!texts.is_empty() && another, "{texts:?}");

    // A kernel that is not there: nothing is played.
    for policy in ["2031-07", "2019-12,+P99", "main,-P01", ""] {
        let opened = open(&Link { policy: policy.into(), ..link.clone() }).unwrap();
        assert!(matches!(&opened.differs[..], [Difference::Policy { instead, .. }] if instead == "2019-12"));
        assert_eq!((opened.player.run().position(), opened.player.run().trail().len()), (0, 0));
        assert!(opened.is_another_story());
    }

    let mut wrong = link.clone();
    let mut choices = link.choices.as_slice().to_vec();
    choices[20] = 40;
    wrong.choices = choices.into();
    let opened = open(&Link { turn: None, ..wrong.clone() }).unwrap();
    let [Difference::Choice { choice: 21, of: all, turn: stop }, Difference::Fingerprint { .. }] = opened.differs[..]
    else {
        panic!("{:?}", opened.differs)
    };
    assert_eq!((all, opened.player.run().position()), (of, stop), "it stands before the choice that does not fit");
    let opened = open(&wrong).unwrap();
    assert!(
        matches!(opened.differs[..], [Difference::Choice { .. }, Difference::Turn { reached, .. }] if reached == stop && turn > stop)
    );

    let mut long = link.clone();
    long.choices = [link.choices.as_slice(), &[0; 500]].concat().into();
    assert!(matches!(open(&long).unwrap().differs[..], [Difference::Over { played, .. }] if played >= of));

    let opened = open(&Link { selection: Some("nothing".into()), ..link.clone() }).unwrap();
    assert_eq!(opened.differs, [Difference::Selection("nothing".into())]);
    assert!(!opened.is_another_story() && opened.selection.is_none());

    let unknown = Link { source: Source::Gallery("t99".into()), ..link.clone() };
    assert!(matches!(open(&unknown), Err(OpenError::Scenario(unknown)) if unknown.name == "t99"));
    let nonsense = Link { source: Source::Carried { name: "x".into(), text: "titel y".into() }, ..link };
    let error = open(&nonsense).err().unwrap().to_string();
    assert!(error.contains("x:1:1: expected a header line or a section, not `titel`"), "{error}");
}

/// A text that is no link, and words of what is said about it.
const WRONG: &[(&str, &str)] = &[
    ("", "version at character 1: expected `v1`; copy the whole link"),
    ("https://example.org/", "version at character 1: expected `v1`"),
    ("https://example.org/#about", "version at character 22: expected `v1`"),
    ("#v2;t3;main;;1;0", "version at character 2: expected `v1`; this link comes from a newer Faultline"),
    ("#v1", "scenario at character 4: expected more: the link ends before it"),
    ("#v1;t3;main;a", "revision at character 14: expected more: the link ends before it"),
    ("#v1;;main;;1;0000000000000000", "scenario at character 5: expected the name of a scenario"),
    ("#v1;t3;main;;one;0000000000000000", "revision at character 14: expected a number"),
    ("#v1;t3;main;;+1;0000000000000000", "revision at character 14: expected a number"),
    ("#v1;t3;main;;1;00000000000000", "digest at character 16: expected sixteen hexadecimal digits"),
    ("#v1;t3;main;;1;+000000000000000", "digest at character 16: expected sixteen hexadecimal digits"),
    ("#v1;t3;main;a*;1;0000000000000000", "choices: `*` at offset 1"),
    ("#v1;t3;main;a99999999;1;0000000000000000", "choices: the count at offset"),
    ("#v1;t3;main;a999999;1;0000000000000000", "999999 turns are too many"),
    ("#v1;t3;main;;1;0000000000000000;t=", "t at character 35: expected a number"),
    ("#v1;t3;main;;1;0000000000000000;t=-1", "t at character 35: expected a number"),
    (
        "#v1;t3;main;;1;0000000000000000;t=1;t=2",
        "option at character 37: expected `t=`, `sel=`, `view=`, `before=` or `after=`, each once",
    ),
    ("#v1;t3;main;;1;0000000000000000;u=1", "option at character 33: expected `t=`, `sel=`"),
    ("#v1;t3;main;;1;0000000000000000;sel=%f", "sel at character 37: expected text"),
    ("#v1;t3;%ff;;1;0000000000000000", "policy at character 8: expected text"),
    ("#v1;t3~!;main;;1;0000000000000000", "scenario at character 8: expected after `~` letters, digits"),
    ("#v1;t3~AAAA;main;;1;0000000000000000", "scenario at character 8: expected after `~` a deflated text, whole"),
];

#[test]
fn errors_name_the_place_and_the_remedy() {
    for (text, said) in WRONG {
        let error = text.parse::<Link>().unwrap_err().to_string();
        assert!(error.contains(said), "{text}\n  {error}\n  lacks {said}");
    }
}

#[test]
fn links_survive_the_escapes_of_other_programs() {
    let link = link("t3", "2019-12,+P01");
    let text = link.to_string();
    let escaped = text[1..].replace(';', "%3B").replace('=', "%3D").replace('~', "%7E");
    for form in [text[1..].to_string(), format!("  {text}\n"), text.replace(".~", ",+"), format!("#{escaped}"), escaped]
    {
        assert_eq!(form.parse::<Link>().unwrap(), link, "{form}");
    }
}

fn a_link() -> Link {
    "#v1;t3;2019-12;;1;0000000000000000".parse().unwrap()
}

#[test]
fn a_link_to_an_edited_scenario_holds_what_was_edited_and_opens_to_the_same_text() {
    for exhibit in GALLERY {
        let printed = exhibit.scenario().unwrap().to_string();
        let texts = [
            format!("{printed}\ntask Z+ of Z: load va0 — ü\n"),
            exhibit.text.replacen("title    ", "title    Mine: ü", 1),
            exhibit.text[..exhibit.text.len() / 2].to_string(),
        ];
        for text in texts {
            let source = Source::Carried { name: exhibit.name.into(), text: text.clone() };
            let link = Link { source, ..a_link() };
            let written = link.to_string();
            assert!(written.contains("~~") && written.len() < 200, "{}: {written}", exhibit.name);
            assert_eq!(written.parse(), Ok(link), "{text}");
        }
    }
    // Of no scenario of the gallery, or one that it has little of: the whole text.
    for (name, text) in [("mine", "title x\n"), ("t3", "title x\n"), ("t3", "")] {
        let source = Source::Carried { name: name.into(), text: text.into() };
        let link = Link { source, ..a_link() };
        let written = link.to_string();
        assert!(!written.contains("~~") && written.parse() == Ok(link), "{written}");
    }
}

#[test]
fn an_edit_that_does_not_fit_is_refused_with_its_place() {
    let edit = |edit: &str| format!("#v1;t3~~{edit};2019-12;;1;0000000000000000").parse::<Link>();
    let good = Link { source: Source::of("t3", &format!("{}#", gallery::find("t3").unwrap().text)), ..a_link() };
    let good = good.to_string();
    let packed = good.split("~~").nth(1).unwrap().split(';').next().unwrap().to_string();
    assert!(edit(&packed).is_ok());
    let parts: Vec<&str> = packed[1..].splitn(4, '.').collect();
    let with =
        |letter: &str, start: &str, end: &str, crc: &str| edit(&format!("{letter}{start}.{end}.{crc}.{}", parts[3]));
    let [start, end, crc] = [parts[0], parts[1], parts[2]];
    assert!(with("f", start, end, crc).is_ok());
    for (wrong, said) in [
        (with("x", start, end, crc), "this gallery has"),
        (with("f", start, end, "00000000"), "this gallery has"),
        (with("f", "99999999999999999999", end, crc), "whole"),
        (with("f", "9999999", end, crc), "whole"),
        (with("f", start, "9999999", crc), "whole"),
        (edit(""), "whole"),
        (edit("f1.2"), "whole"),
        (edit(&format!("f{start}.{end}.{crc}.!")), "base64url"),
        (edit("é1.2.3.4"), "whole"),
    ] {
        let error = wrong.unwrap_err().to_string();
        assert!(error.starts_with("link, scenario at character ") && error.contains(said), "{error}");
    }
}
