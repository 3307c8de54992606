//! What a stranger's scenario may cost: a set-up and a link's run have so many turns times frames and no more, and
//! whoever follows hears how far they are.

use faultline_engine::policy::{PRESETS, Policy};
use faultline_explore::Choices;
use faultline_scenario::gallery::{self, GALLERY};
use faultline_scenario::link::{Link, Source, View, open_watched};
use faultline_scenario::parse::parse;
use faultline_scenario::player::{PlayError, Player, Scheduling};
use faultline_scenario::watch::{BUDGET, Doing, Watch, most_turns};
use faultline_sched::Checks;
use std::cell::RefCell;
use std::rc::Rc;

/// A word of progress: what is being done, the turns taken, and of how many.
type NarratedSentence = (Doing, u64, Option<u64>);

fn heard() -> (Watch, Rc<RefCell<Vec<NarratedSentence>>>) {
    let said = Rc::new(RefCell::new(Vec::new()));
    let hears = said.clone();
    (Watch::new(move |doing, turns, of| hears.borrow_mut().push((doing, turns, of))), said)
}

/// The most frames there are, on the second line.
fn large(setup: usize, run: usize) -> String {
    let loads = |n| "; load va0".repeat(n);
    format!(
        "title Large\nframes 65536\nsetup {{ process A; A: mmap va0{} }}\ntask T of A: store va0{}\n",
        loads(setup),
        loads(run)
    )
}

fn main() -> Policy {
    Policy::parse("main").unwrap()
}

#[test]
fn a_set_up_that_costs_too_much_is_refused_with_the_line_and_what_to_do() {
    let scenario = parse("large", &large(7_200, 0)).unwrap();
    let (watch, said) = heard();
    let refused = Player::watched(&scenario, &main(), Checks::default(), &watch).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "the set-up takes more than 4096 turns, the most with 65536 frames; write a smaller number in the `frames` \
         line (line 2), or shorten the set-up"
    );
    // Nobody is kept waiting without a word, and it ends where it has to.
    let said = said.borrow();
    assert!(said.len() >= 60 && said.iter().all(|&(doing, turns, _)| doing == Doing::SetUp && turns <= 4096));
    assert!(said.is_sorted_by_key(|&(_, turns, _)| turns));
}

#[test]
fn a_run_that_costs_too_much_is_refused_in_a_link() {
    let text = large(0, 7_200);
    let scenario = parse("large", &text).unwrap();
    let mut player = Player::new(&scenario, &main(), Checks::default()).unwrap();
    let refused = player.play_watched(&Scheduling::Default, &Watch::default()).unwrap_err();
    let expected = PlayError::TooMuch { doing: "run", turns: 4096, frames: 65_536, line: " (line 2)".into() };
    assert_eq!(refused, expected);
    assert!(player.play(&Scheduling::Default).is_ok(), "whoever has it at home may play it");

    // In a link it is far more than that: with fewer frames it opens.
    let open = |text: String| {
        let source = Source::Carried { name: "large".into(), text };
        let (policy, choices) = ("main".into(), Choices::default());
        let link = Link {
            source,
            policy,
            choices,
            revision: 0,
            fingerprint: 0,
            turn: None,
            selection: None,
            view: View::default(),
        };
        let (watch, said) = heard();
        (open_watched(&link, &watch).map(|opened| opened.player.run().trail().len()), said)
    };
    let (opened, said) = open(text.replace("65536", "64"));
    assert!(opened.unwrap() > 4096);
    assert!(said.borrow().iter().filter(|(doing, ..)| *doing == Doing::Run).count() > 60);
}

#[test]
fn every_scenario_of_the_gallery_is_far_below_the_budget() {
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().unwrap();
        for preset in PRESETS {
            let policy = Policy::parse(preset.name).unwrap();
            let mut player = Player::new(&scenario, &policy, Checks::default()).unwrap();
            for how in [Scheduling::Default, Scheduling::Random(1), Scheduling::Random(2)] {
                player.play(&how).unwrap();
                let turns = player.run().trail().len() as u64;
                let cost = turns * u64::from(scenario.header.frames);
                assert!(cost * 1_000 < BUDGET, "{} on {}: {turns} turns", exhibit.name, preset.name);
            }
        }
    }
    assert!(most_turns(64) > 1_000_000, "more than a run has before it is a livelock");
}

#[test]
fn addresses_of_other_schemes_are_refused_with_place_and_remedy() {
    let text = gallery::find("g1").unwrap().text;
    let with = |review: &str| parse("mine", &format!("title x\nreview   {review}\n{}", text.replace("review", "# ")));
    for fine in ["https://a.org/D1 and HTTP://b.org/D2", "D23155", "see: the list", "see a:", "1:2"] {
        assert!(with(fine).is_ok(), "{fine}");
    }
    for (wrong, column) in [
        ("javascript:alert(1)//D23155", 10),
        ("https://a.org and JaVaScript:alert(1)", 28),
        ("data:text/html,x", 10),
        ("vbscript:x", 10),
        ("file:///etc/passwd", 10),
    ] {
        let error = with(wrong).unwrap_err();
        assert_eq!((error.line, error.column), (2, column), "{wrong}: {error}");
        assert!(error.expected.contains("https://") && error.remedy.contains("https://"), "{error}");
    }
}
