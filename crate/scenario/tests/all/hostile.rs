//! Links that were damaged, cut, or made to do harm: each is read or refused, in bounded
//! memory, and what opens says what does not fit.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use faultline_engine::policy::{Policy, SWITCHES};
use faultline_explore::Choices;
use faultline_scenario::gallery;
use faultline_scenario::link::{Link, LinkError, MAX_LINK, MAX_TEXT, Source, View, first_finding, open_text};
use faultline_scenario::player::{Player, Scheduling};
use faultline_sched::Checks;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;
use std::io::Write;

fn links() -> Vec<String> {
    let made = |name: &str, policy: &str, source: fn(&str, &str) -> Source| {
        let exhibit = gallery::find(name).unwrap();
        let policy = Policy::parse(policy).unwrap();
        let mut player = Player::new(&exhibit.scenario().unwrap(), &policy, Checks::default()).unwrap();
        player.play(&Scheduling::Default).unwrap();
        let turn = first_finding(&player).unwrap_or(0);
        let looked = format!("{}.va0", player.names().processes[0]);
        Link::to(&mut player, source(name, exhibit.text), turn, Some(looked)).unwrap().to_string()
    };
    let carried = |name: &str, text: &str| Source::Carried { name: name.into(), text: text.into() };
    vec![
        made("t3-story", "2019-12", Source::of),
        made("t3", "2020-01-fixed,+P08", Source::of),
        made("g1", "main", Source::of),
        made("t3", "2019-12", carried),
    ]
}

fn packed(bytes: &[u8]) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    BASE64_URL_SAFE_NO_PAD.encode(encoder.finish().unwrap())
}

/// Opens a damaged link. If it opens as if nothing were wrong, nothing may be wrong: the
/// state is the one whose digest it carries.
fn judge(damaged: &str) {
    if let Ok(opened) = open_text(damaged) {
        let link: Link = damaged.parse().unwrap();
        assert!(opened.is_another_story() || opened.player.run().fingerprint() == link.fingerprint, "{damaged}");
    }
}

#[test]
fn a_truncated_link_is_refused_wherever_it_is_cut() {
    for link in links() {
        let whole = open_text(&link).unwrap();
        assert_eq!(whole.differs, []);
        for cut in 0..link.len() {
            match open_text(&link[..cut]) {
                Err(error) => assert!(error.to_string().contains("; "), "{error} has no remedy"),
                // Without what is looked at, or with less of its name, it is the same state.
                Ok(opened) => {
                    assert!(opened.is_another_story() || cut >= link.rfind(";sel=").unwrap(), "{}", &link[..cut])
                }
            }
        }
    }
}

#[test]
fn decompression_of_a_link_is_bounded() {
    let bomb = packed(&vec![b'#'; 64 << 20]);
    assert!(bomb.len() < MAX_LINK, "{}", bomb.len());
    for size in [MAX_TEXT + 1, 1 << 20] {
        let link = format!("#v1;x~{};main;;1;0000000000000000", packed(&vec![b'#'; size]));
        let error = link.parse::<Link>().unwrap_err().to_string();
        assert!(error.contains("at most 65536 bytes"), "{error}");
    }
    let link = format!("#v1;x~{bomb};main;;1;0000000000000000");
    assert!(link.parse::<Link>().is_err());
    let most = format!("#v1;x~{};main;;1;0000000000000000", packed(&vec![b'#'; MAX_TEXT]));
    assert!(matches!(most.parse::<Link>().unwrap().source, Source::Carried { text, .. } if text.len() == MAX_TEXT));
    let long = format!("#v1;{}", "a".repeat(MAX_LINK));
    assert!(matches!(long.parse::<Link>(), Err(LinkError::Long(_))));
}

#[test]
fn messages_contain_no_control_characters() {
    let text = packed(b"setup { process A }\ntask T of A: exit");
    let links = [
        "#v1;x%1b[2J;main;;1;0000000000000000".into(),
        format!("#v1;x%1b[2J~{text};main;;1;0000000000000000"),
        format!("#v1;{}~{text};main;;1;0000000000000000", "x".repeat(1_000)),
        "#v1;t3;main%1b[2J;;1;0000000000000000".into(),
        "#v1;t3;main;%1b;1;0000000000000000".into(),
        "#v1;t3;main;\u{1b};1;0000000000000000".into(),
        format!("#v1;x~{text};main;;1;0000000000000000;sel=%1b[2J"),
    ];
    for link in &links {
        let said: Vec<_> = match open_text(link) {
            Err(error) => vec![error.to_string()],
            Ok(opened) => opened.differs.iter().map(ToString::to_string).collect(),
        };
        assert!(!said.is_empty(), "{link}");
        for message in said {
            assert!(message.len() < 2_000 && !message.contains(char::is_control), "{message:?}");
        }
    }
    // A file may be called anything; a link to it can be read all the same.
    let Source::Carried { name, .. } = Source::of("my\u{1b}[2J file", "text") else {
        panic!("it is not of the gallery")
    };
    assert_eq!(name, "my[2J file");
}

#[test]
fn oversized_scenarios_in_links_are_refused_or_played() {
    let mut texts = vec![
        "setup { process A }\ntask T of A: ".to_string() + &"fork C { ".repeat(5_000),
        "frames 65536\ncpus 64\nsetup { process A\n A: mmap va0 1048576 }\ntask T of A: store va1048575".into(),
        "setup { process A }\ntask T of A: mmap va0".to_string() + &"; store va0".repeat(5_000),
    ];
    let many: Vec<_> = (0..200).map(|n| format!("task T{n} of A: mmap va0")).collect();
    texts.push(format!("setup {{ process A }}\n{}", many.join("\n")));
    for text in texts {
        judge(&format!("#v1;x~{};main;a100;1;0000000000000000;t=100000", packed(text.as_bytes())));
    }
}

fn switched() -> impl Strategy<Value = String> {
    let change = (any::<bool>(), 0..SWITCHES.len());
    let presets = prop::sample::select(vec!["2019-12", "2020-01-fixed", "main", "d2", "no such kernel"]);
    (presets, prop::collection::vec(change, 0..4)).prop_map(|(preset, changes)| {
        let changes = changes.iter().map(|(on, nth)| format!(",{}{}", if *on { '+' } else { '-' }, SWITCHES[*nth].id));
        format!("{preset}{}", changes.collect::<String>())
    })
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        "[a-zA-Z][a-zA-Z0-9-]{0,12}".prop_map(Source::Gallery),
        ("\\PC{0,12}", "(\\PC|\n){0,300}").prop_map(|(name, text)| Source::Carried { name, text }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_printed_link_parses_to_the_same_link(
        source in source(), policy in switched(), choices in prop::collection::vec(0..400u16, 0..200),
        revision: u32, fingerprint: u64, turn in prop::option::of(0..=100_000usize), selection in prop::option::of("\\PC{0,20}"),
        name in prop::option::of("\\PC{0,20}"), before in prop::option::of(switched()), after in prop::option::of(switched()),
    ) {
        let view = View { name, before, after };
        let link = Link { source, policy, choices: Choices::from(choices), revision, fingerprint, turn, selection, view };
        let text = link.to_string();
        prop_assert!(text[1..].bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~;=%".contains(&b)), "{}", text);
        prop_assert_eq!(text.parse::<Link>().unwrap(), link);
    }
    #[test]
    fn any_text_parses_as_a_link_or_is_refused(text in "(#?v1)?(;?\\PC){0,60}") {
        _ = open_text(&text);
    }
    #[test]
    fn random_parts_of_a_link_are_parsed_or_refused(
        task_specs in prop::collection::vec("[-a-zA-Z0-9.~%=_ü]{0,12}", 0..9), name in prop::sample::select(vec!["t3", "g1", "x~"]),
    ) {
        judge(&format!("#v1;{name};{}", task_specs.join(";")));
    }
    #[test]
    fn a_damaged_link_is_refused_or_its_differences_are_reported(
        nth in 0..4usize, at: prop::sample::Index, with in prop::option::of(prop::sample::select(b"az09;=~.%#AF".to_vec())), more: bool,
    ) {
        let link = &links()[nth];
        let mut bytes = link.clone().into_bytes();
        let at = at.index(bytes.len());
        match (with, more) {
            (Some(byte), false) => bytes[at] = byte,
            (Some(byte), true) => bytes.insert(at, byte),
            (None, _) => _ = bytes.remove(at),
        }
        judge(&String::from_utf8(bytes).unwrap());
    }
}
