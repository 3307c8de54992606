//! A link: read, written, read again; and opened, where that is little work.

use super::is_helpful;
use crate::Target;
use crate::memory::Bounds;
use crate::mutate::Form;
use faultline_engine::policy::Policy;
use faultline_scenario::link::{Link, Source, open};
use faultline_scenario::model::Scenario;
use faultline_scenario::player::{Player, Scheduling};
use faultline_sched::Checks;

/// Reads and opens links.
pub const TARGET: Target = Target {
    name: "link",
    form: Form::Text {
        words: &[
            "v1", "t3", "g1", "main", "2019-12", "a1", "b2", "a100", "t=", "sel=", "~P01", ".", "-P03", "%3b", "x~",
        ],
        ends: &[';', '~', '='],
    },
    seeds,
    check,
    cases: 4_000,
    bounds: Bounds { held: 32 << 20, asked: 1 << 30 },
};

/// Frames, bytes of text and choices of a link that is opened.
const FEW: (u32, usize, usize) = (200, 2_000, 2_000);

fn seeds() -> Vec<Vec<u8>> {
    let text = "setup { process A\n A: mmap va0; store va0 X }\ntask T of A: load va0 = X\ntask U of A: store va0 Y";
    let carried = Source::Carried { name: "x".into(), text: text.into() };
    let sources = [("t3-story", "2019-12"), ("g1", "main"), ("t3", "2020-01-fixed,+P08"), ("of1", "main,+OF1")];
    let sources = sources.map(|(name, policy)| (Source::Gallery(name.into()), policy)).into_iter();
    let made = |(source, policy): (Source, &str)| {
        let scenario = source.scenario().ok()?;
        let mut player = Player::new(&scenario, &Policy::parse(policy).ok()?, Checks::default()).ok()?;
        player.play(&Scheduling::Random(1)).ok()?;
        let turn = player.run().trail().len() / 2;
        Link::to(&mut player, source, turn, Some("A.va0".into())).ok().map(|link| link.to_string().into_bytes())
    };
    sources.chain([(carried, "main")]).filter_map(made).collect()
}

fn check(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    let link: Link = match text.parse() {
        Ok(link) => link,
        Err(error) => {
            is_helpful(&format!("{error}"));
            return false;
        }
    };
    let written = link.to_string();
    assert_eq!(written.parse::<Link>().as_ref(), Ok(&link), "what is written reads as something else: {written}");
    if is_little_work(&link) {
        match open(&link) {
            Err(error) => is_helpful(&error.to_string()),
            Ok(opened) => {
                let fingerprint = opened.player.run().fingerprint();
                assert!(
                    opened.is_another_story() || fingerprint == link.fingerprint,
                    "another state, and nothing is said of it"
                );
                opened.differs.iter().for_each(|differs| is_helpful(&differs.to_string()));
            }
        }
    }
    true
}

fn is_little_work(link: &Link) -> bool {
    let (frames, bytes, choices) = FEW;
    let is_short = match &link.source {
        Source::Gallery(_) => true,
        Source::Carried { text, .. } => text.len() <= bytes,
    };
    // Where there is no scenario that is said at once.
    let is_small = |scenario: Scenario| scenario.header.frames <= frames && scenario.header.swap <= frames;
    is_short && link.choices.len() <= choices && link.source.scenario().ok().is_none_or(is_small)
}
