//! Runs in plain words.

use faultline_engine::ids::ObjectId;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery::{self, GALLERY};
use faultline_scenario::narrate::{Paragraph, Story, hint, narration, story};
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Player, Scheduling};
use faultline_scenario::search::{Method, Request, SearchJob};
use faultline_sched::Checks;

fn played(name: &str, policy: Option<&str>, how: &Scheduling) -> Player {
    let scenario = gallery::find(name).expect("there").scenario().expect("it can be read");
    let policy = Policy::parse(policy.unwrap_or(&scenario.header.policy.text)).expect("a kernel");
    let mut player = Player::new(&scenario, &policy, Checks::FULL).expect("it can be played");
    player.play(how).expect("it is played");
    player
}

/// The turns in which something happens: `>` before one that preempts, `!` after one in which something goes wrong.
fn lines(story: &Story) -> Vec<String> {
    let told = story.story.iter().filter(|told| !told.quiet);
    let line = |told: &faultline_scenario::narrate::NarratedStep| {
        let (before, after) = (if told.preempted.is_some() { "> " } else { "" }, if told.wrong { " !" } else { "" });
        format!("{before}{}{after}", told.text)
    };
    told.map(line).collect()
}

#[test]
fn the_freed_page_of_d23155_is_narrated_in_plain_words() {
    let mut player = played("t3", Some("2019-12"), &Scheduling::Default);
    let told = story(&mut player);
    let expected = [
        "B1 writes Z0 to va0.",
        "B1 faults.",
        "B1 puts an empty page 0 into S.",
        "B1 goes down to M.",
        "B1 goes down to O and makes p0 busy.",
        "> A1 reads va0.",
        "A1 faults.",
        "A1 puts an empty page 0 into M.",
        "A1 goes down to O.",
        "A1: page 0 of M is no longer busy.",
        "A1 waits until p0 is no longer busy.",
        "B1 copies p0 into page 0 of S.",
        "B1 marks page 0 of S valid.",
        "B1 wakes A1; p0 is no longer busy.",
        "> A2 forks C.",
        "A2 sees that M is 2 pages long and holds 2, believes that they hide all of O, and bypasses O.",
        "G exits.",
        "G clears the entry of G’s va0.",
        "G clears the entry of G’s va1.",
        "p0 is freed while B’s va0 still leads to it. q0 is freed. !",
        "G: O is torn down.",
        "B1 clears the entry of B’s va0.",
        "B1 maps B’s va0 to page 0 of S (writable).",
        "B1: page 0 of S is no longer busy.",
        "B1 stores Z0 at va0.",
        "A1 makes page 0 of M busy.",
        "A1 zeroes page 0 of M.",
        "A1 marks page 0 of M valid.",
        "A1 maps A’s va0 to page 0 of M (read-only).",
        "A1: page 0 of M is no longer busy.",
        "A1 gets 0 from va0 where X0 was stored. !",
    ];
    assert_eq!(lines(&told), expected);
    assert_eq!(
        told.ending[0],
        [
            "p0 is free, and B’s va0 (read-only) still leads to it.",
            "B1 holds map of B (read), page 0 of S (busy).",
            "G holds object O (write).",
        ]
    );
    let last = told.story.last().map(|told| told.turn);
    assert_eq!(
        (last, told.story.len()),
        (Some(player.run().position()), player.run().position()),
        "it stands where it stood"
    );
}

#[test]
fn the_refusal_of_the_fixed_kernel_is_narrated() {
    let told = lines(&story(&mut played("t3", Some("2020-01-fixed"), &Scheduling::Default)));
    let refused = told.iter().find(|line| line.contains("leaves")).expect("a refusal");
    assert_eq!(refused, "A2 leaves O below M: p0 is busy.");
    assert!(told.iter().all(|line| !line.ends_with('!')), "{told:#?}");
}

#[test]
fn a_story_marks_as_many_preemptions_as_the_search_has_counted() {
    let scenario = gallery::find("t3").expect("there").scenario().expect("it can be read");
    let policy = Policy::parse("2019-12").expect("a kernel");
    let mut job =
        SearchJob::new(&scenario, &policy, Request { method: Method::Preemptions(2), ..Request::default() }, false)
            .expect("it can be played");
    while !job.advance(100_000).expect("it goes on") {}
    let report = job.report().expect("a report");
    let found = &report.findings[0];
    let choices = found.choices.parse().expect("choices");
    let told = faultline_scenario::narrate::story_of(&scenario, &policy, &choices, found.turns).expect("it is played");
    assert!(found.preemptions > 0);
    assert_eq!(told.story.iter().filter(|told| told.preempted.is_some()).count(), found.preemptions as usize);
    assert!(told.story.last().expect("turns").wrong, "it ends with the finding");
    assert!(!told.ending.is_empty());
}

fn texts(paragraph: &Paragraph) -> Vec<&str> {
    paragraph.sentences.iter().map(|said| said.text.as_str()).collect()
}

#[test]
fn a_stretch_of_one_task_at_one_operation_is_a_paragraph() {
    let player = played("t3-story", Some("2019-12"), &Scheduling::Default);
    let paragraphs = narration(&player).paragraphs;
    let first = &paragraphs[0];
    assert_eq!((first.who.as_str(), first.from), ("B1", 0));
    assert_eq!(
        texts(first),
        ["writes Z0 to `va0`, faults and puts an empty page 0 into S.", "It goes down to M and O and makes `p0` busy."]
    );
    assert_eq!(first.short, "write va0 → M → O");
    let stores: Vec<_> = paragraphs.iter().filter(|one| one.who == "H").collect();
    assert!(stores[0].sentences.len() > 1, "the first of three stores is told");
    assert_eq!(
        stores[1..].iter().map(|one| texts(one)).collect::<Vec<_>>().concat(),
        ["does the same at `va2`.", "does the same at `va3`."]
    );
    assert!(
        paragraphs.iter().any(|one| one.short == "exit, free p0, free q0"),
        "what a finding says is in the lanes too"
    );
    let wrong: Vec<_> = paragraphs.iter().flat_map(|one| &one.sentences).filter(|said| said.wrong).collect();
    assert_eq!(
        wrong.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(),
        [
            "*p0 is freed while B’s va0 still leads to it*.",
            "It gets *H3* from `va0` where X0 was stored: *what another lineage wrote*.",
            "*A1* gets *0* from `va0` where X0 was stored.",
        ]
    );
}

#[test]
fn in_a_sequence_the_processes_act() {
    let player = played("g13", Some("main"), &Scheduling::Default);
    let paragraphs = narration(&player).paragraphs;
    let who: Vec<_> = paragraphs.iter().filter(|one| !one.sentences.is_empty()).map(|one| one.who.as_str()).collect();
    assert!(who.contains(&"P") && who.contains(&"C") && !who.contains(&"sequence"), "{who:?}");
}

#[test]
fn paragraphs_say_the_same_as_the_step_by_step_story() {
    for exhibit in GALLERY {
        let mut player = played(exhibit.name, None, &Scheduling::Default);
        let (told, story) = (narration(&player), story(&mut player));
        let marked = told.turns.iter().map(|turn| (turn.text.replace(['*', '`'], ""), turn.quiet));
        let lines = story.story.iter().map(|one| (one.text.clone(), one.quiet));
        assert!(marked.eq(lines), "{}", exhibit.name);
        let wrong = |from: usize, to: usize| story.story[from..to].iter().any(|one| one.wrong);
        for (at, one) in told.paragraphs.iter().enumerate() {
            let before = if at == 0 { 0 } else { told.paragraphs[at - 1].to };
            assert_eq!((before, one.wrong), (one.from, wrong(one.from, one.to)), "{}: {one:?}", exhibit.name);
        }
    }
}

#[test]
fn a_hint_says_what_a_task_would_do_without_its_findings() {
    let mut player = played("t3-story", Some("2019-12"), &Scheduling::Default);
    let mut hints = Vec::new();
    for turn in 0..player.run().trail().len() {
        let run = player.run_mut();
        run.seek(turn);
        let (task, from) = (run.trail()[turn].task, run.events().len());
        let label = run.executor().at(task).label();
        run.forward();
        hints.push(hint(&player, from, label));
    }
    for said in [
        "writes Z0 to `va0`",
        "goes down to O and makes `p0` busy",
        "takes the lock of G’s map",
        "passes `pte_cleared`",
    ] {
        assert!(hints.iter().any(|hint| hint == said), "{said} in {hints:?}");
    }
    let secret = ["still leads", "where X0 was stored"];
    assert!(hints.iter().all(|hint| !hint.is_empty() && !secret.iter().any(|one| hint.contains(one))), "{hints:?}");
}

/// Names that the engine has and a scenario has not.
fn is_raw(text: &str) -> bool {
    let words: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let numbered = |pair: &[&str]| {
        ["frame", "space", "object", "task", "process"].contains(&pair[0]) && pair[1].parse::<u32>().is_ok()
    };
    words.windows(2).any(numbered) || text.contains('\u{1}') || text.contains('\u{2}') || text.contains("  ")
}

#[test]
fn every_event_of_the_gallery_is_narrated() {
    for exhibit in GALLERY {
        for preset in PRESETS {
            for how in [Scheduling::Default, Scheduling::Random(1)] {
                let mut player = played(exhibit.name, Some(preset.name), &how);
                let (turns, findings) = (player.run().position(), player.findings());
                let Story { story: told, ending } = story(&mut player);
                let place = format!("{} under {}, {how:?}", exhibit.name, preset.name);
                assert_eq!(told.len(), turns, "{place}");
                assert_eq!(ending.is_empty(), findings.is_empty(), "{place}");
                for one in told {
                    assert!(one.text.ends_with('.') && !is_raw(&one.text), "{place}, turn {}: {}", one.turn, one.text);
                    assert!(!one.text.contains(" and and ") && !one.text.contains(".."), "{place}: {}", one.text);
                }
                for sentence in ending.iter().flatten() {
                    assert!(sentence.ends_with('.'), "{place}: {sentence}");
                }
            }
        }
    }
}

/// Numbers of objects, spaces and frames are used again: what an event is about is called what it was called then.
#[test]
fn names_stay_with_their_things_when_numbers_are_reused() {
    let text = "setup { process P; P: mmap va0; store va0 X0; name A = object P va0; name a = page A 0 }
        sequence { P: munmap va0; mmap va0; store va0 X1\n name B = object P va0; name b = page B 0; P: load va0 }";
    let scenario = parse("again", text).expect("it can be read");
    let mut player = Player::new(&scenario, &Policy::default(), Checks::FULL).expect("it can be played");
    player.play(&Scheduling::TaskOrder).expect("it is played");
    let names = player.names();
    let objects: Vec<_> = names.objects.iter().map(|born| (born.id, born.name.as_str())).collect();
    assert_eq!(objects, [(objects[0].0, "A"), (objects[0].0, "B")], "the number is used again");
    let (first, second) = (names.objects[0].from, names.objects[1].from);
    let called = |event| names.object(ObjectId(objects[0].0), event);
    assert_eq!([called(first), called(second - 1), called(second)], ["A", "A", "B"]);
    let said = story(&mut player).story.iter().map(|told| told.text.clone()).collect::<Vec<_>>().join(" ");
    assert!(said.contains("A is torn down") && !said.contains("B is torn down"), "{said}");
    assert!(said.contains("a is freed"), "{said}");
}
