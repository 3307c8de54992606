//! Scenario files: what they say, and how a wrong one is refused.

use faultline_engine::policy::Policy;
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{Scheduling, run};
use faultline_scenario::value::Value;
use proptest::prelude::*;

#[test]
fn a_printed_scenario_parses_to_the_same_scenario() {
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().unwrap_or_else(|e| panic!("{e}"));
        let text = scenario.to_string();
        let again = parse(exhibit.name, &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(again.to_string(), text);
        for preset in ["2019-12", "main"] {
            let policy = Policy::preset(preset).unwrap();
            let fingerprint = |s| run(s, &policy, &Scheduling::Default).unwrap().fingerprint;
            assert_eq!(fingerprint(&scenario), fingerprint(&again), "{}", exhibit.name);
        }
    }
}

/// A wrong text, where it is wrong, and words of what is said about it.
const WRONG: &[(&str, usize, usize, &str)] = &[
    (
        "titel x",
        1,
        1,
        "expected a header line or a section, not `titel`; did you mean `title`? the header's lines begin with title,",
    ),
    ("prefualt 4 4", 1, 1, "did you mean `prefault`?"),
    ("sequnce { }", 1, 1, "did you mean `sequence`?"),
    ("title a\u{1b}[2J", 1, 8, "text without control characters"),
    ("wholly other", 1, 1, "a section, not `wholly`; the header's lines begin with title, about, group"),
    (
        "setup { process A }\nframes 12",
        2,
        1,
        "a section, not the header's `frames`; put the header before all sections",
    ),
    ("setup { process A }\nexpct A va0 = 0", 2, 1, "did you mean `expect`? sections begin with setup"),
    ("process A", 1, 1, "into `setup { … }`"),
    ("A: store va0", 1, 1, "write tasks as `task T of A: …`"),
    ("}", 1, 1, "begin with `title …`"),
    ("frames many", 1, 8, "a number of frames"),
    ("frames 3\nsetup { process A }\nsequence { A: exit }", 1, 1, "more frames"),
    ("policy 2018\nsequence { process A }", 1, 8, "the presets are"),
    ("policy main,+P01,+P07\nsequence { process A }", 1, 8, "P11 needs P07 off"),
    ("setup {\n  process A\n", 3, 1, "`}`"),
    ("setup { process A }", 1, 1, "either a sequence or tasks"),
    ("setup { process A; process A }\ntask T of A: exit", 1, 28, "a new process"),
    (
        "setup { process A\n A: stoer va0 }",
        2,
        5,
        "an operation, not `stoer`; did you mean `store`? the operations are store, load",
    ),
    ("setup { process A\n A: frobnicate va0 }", 2, 5, "an operation, not `frobnicate`; the operations are store, load"),
    ("setup { process A\n A: mlock va0 }", 2, 5, "not `mlock`; not modelled yet: wired memory (docs/modelled.md says"),
    ("setup { process A\n A: msync va0 }", 2, 5, "not modelled yet: msync; `pageout` writes a page to its file"),
    ("setup { process A\n A: madvise va0 MADV_WILLNEED }", 2, 17, "not modelled yet: MADV_WILLNEED"),
    ("setup { process A\n A: madvise va0 fre }", 2, 17, "did you mean `free`? write one of dontneed, free"),
    ("setup { process A\n A: mmap va0 guard }", 2, 14, "not modelled yet: MAP_GUARD"),
    ("setup { process A\n A: mmap va0 privte }", 2, 14, "did you mean `private`?"),
    ("setup { process A\n store va0 }", 2, 2, "say whose operation it is: `A: store …`"),
    ("setup { process A\n prcess B }", 2, 2, "did you mean `process`?"),
    ("setup { process A\n A: \u{1b}[2J va0 }", 2, 5, "not `\\u{1b}`"),
    ("setup { process A\n expect rfe(O) = 1 }", 2, 9, "an expectation, not `rfe`; did you mean `ref`?"),
    ("setup { process A }\ntask T of A: exit\nschedule s { T until pmap_entr }", 3, 22, "did you mean `pmap_enter`?"),
    ("setup { process parent }\ntask T of parnt: exit", 2, 11, "not `parnt`; did you mean `parent`? known are parent"),
    ("setup { process A\n A: store v0 }", 2, 11, "a page"),
    ("setup { process A\n A: store va99999999 }", 2, 11, "a page"),
    ("setup { process A\n A: store va0 muchtoolong }", 2, 15, "1 to 8 letters"),
    ("setup { process A\n A: load va0 X0 }", 2, 14, "the end of the line"),
    ("setup { process A\n A: mmap va0 0 }", 2, 14, "1 page at least"),
    ("setup { process A\n A: mprotect va0 1 wr }", 2, 20, "one of none, r, rw"),
    ("setup { process A\n A: mmap va0 file f }\ntask T of A: exit", 2, 19, "there is none yet"),
    ("setup { process A\n B: exit }\ntask T of A: exit", 2, 2, "known are A"),
    ("setup { process A\n A: exit\n A: exit }\ntask T of A: exit", 3, 2, "has exited"),
    ("setup { process A\n A: exit; exec }\ntask T of A: exit", 2, 2, "nothing after `exit`"),
    ("setup { process A\n name O = thing A va0 }", 2, 11, "object or page"),
    ("setup { process A\n expect ref(O) = 1 }\ntask T of A: exit", 2, 13, "an object"),
    ("setup { process A\n expect under 1999: finding tlb }\ntask T of A: exit", 2, 15, "the presets are"),
    ("setup { process A\n expect count(apples) = 1 }\ntask T of A: exit", 2, 15, "cow_copy"),
    ("setup { process A\n expect finding bug }\ntask T of A: exit", 2, 17, "freed-while-mapped"),
    ("prefault 17 0\nsequence { process A }", 1, 10, "from 0 to 16"),
    ("prefault 4\nsequence { process A }", 1, 11, "pages after the faulting one"),
    ("setup { process A\n A: load va0 = X0 for x }\ntask T of A: exit", 2, 19, "the end of the line"),
    ("setup { process A\n A: load va0 as 1 }\ntask T of A: exit", 2, 17, "a name is a letter"),
    ("setup { process A\n A: load va0 as x; load va1 as x }\ntask T of A: exit", 2, 32, "choose another name"),
    (
        "setup { process A\n expect x = y\n A: load va0 as x; load va0 as y }\ntask T of A: exit",
        2,
        9,
        "there is none yet",
    ),
    ("setup { process A }\ntask T of A: load va0 as x\nexpect x = X0", 3, 12, "known are x"),
    ("seek trouble\nsetup { process A }\ntask T of A: exit", 1, 6, "freed-while-mapped"),
    ("setup { process A\n expect no ref(A) = 1 }\ntask T of A: exit", 2, 12, "goes with finding"),
    ("setup { process A }\ntask T of B: exit", 2, 11, "known are A"),
    ("setup { process A }\ntask T on A: exit", 2, 8, "`of`"),
    ("setup { process A }\ntask T of A on cpu99: exit", 2, 16, "cpu0 to cpu63"),
    ("cpus 2\nsetup { process A }\ntask T of A on cpu2: exit", 3, 6, "raise `cpus`"),
    ("setup { process A }\ntask T of A: exit\ntask U of A: exec", 3, 6, "an exec ends"),
    ("setup { process A }\ntask T of A: fork T", 2, 19, "a new task"),
    ("setup { process A }\ntask T of A: vfork C { store va0 }", 2, 20, "its parent waits"),
    ("setup { process A }\ntask T of A: exit\nschedule s { U until end }", 3, 14, "the tasks are T"),
    ("setup { process A }\ntask T of A: exit\nschedule s { T until lunch }", 3, 22, "pmap_enter"),
    ("setup { process A }\ntask T of A: exit\nschedule s { T until access #0 }", 3, 29, "#2"),
    ("setup { process A }\ntask T of A: exit\nschedule s { T until end }\nschedule s { }", 4, 10, "a new schedule"),
    ("when x\nsetup { process é }", 2, 17, "a name is a letter"),
];

#[test]
fn a_wrong_text_is_refused_with_place_and_remedy() {
    for &(text, line, column, says) in WRONG {
        let error = match parse("wrong", text) {
            Ok(_) => panic!("{text} should be refused"),
            Err(error) => error,
        };
        let said = error.to_string();
        assert_eq!((error.line, error.column), (line, column), "{said}\n{text}");
        assert!(said.contains(says), "{said}\n{text}");
        assert!(said.starts_with(&format!("wrong:{line}:{column}: expected ")) && said.contains("; "), "{said}");
    }
}

#[test]
fn comments_and_empty_lines_mean_nothing() {
    let text = "# first\ntitle a title # and more\n\nsetup { # here\n process A # there\n ;; A: mmap va0;; store va0 a#1\n }\n\
                task T of A: load va0 = a#1 # the end\nschedule s { T until access #2 # twice\n }";
    let scenario = parse("t", text).unwrap();
    assert_eq!(scenario.header.title, "a title # and more");
    assert_eq!(run(&scenario, &Policy::preset("main").unwrap(), &Scheduling::Default).unwrap().findings, []);
}

#[test]
fn lines_may_stand_on_one_line() {
    let one = "setup { process A; A: mmap va0; fork B; B: store va0 X; name S = object B va0; expect ref(S) = 1 }
        sequence { A: load va0 = 0; B: load va0 = X; expect A va0 = 0; }";
    let scenario = parse("t", one).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((scenario.setup.len(), scenario.sequence.len()), (5, 3));
    assert_eq!(run(&scenario, &Policy::preset("main").unwrap(), &Scheduling::Default).unwrap().findings, []);
}

proptest! {
    #[test]
    fn values_read_back_as_they_were(text in "[A-Za-z0-9!?_'+*.][A-Za-z0-9!?_'+*.#]{0,7}") {
        let value: Value = text.parse().unwrap();
        prop_assert_eq!(value.name(), Some(text.clone()));
        prop_assert_eq!(value.0 == 0, text == "0");
    }

    #[test]
    fn automatic_values_differ_from_all_named_values(
        a in ("[A-Z][a-z]{0,9}", 1usize..50, 1usize..2000), b in ("[A-Z][a-z]{0,9}", 1usize..50, 1usize..2000)
    ) {
        prop_assume!((&a.0, a.2) != (&b.0, b.2) && a.1 != b.1);
        prop_assert_ne!(Value::automatic(&a.0, a.1, a.2), Value::automatic(&b.0, b.1, b.2));
    }

    #[test]
    fn no_text_made_of_scenario_words_panics(words in prop::collection::vec(
        prop::sample::select(vec![
            "setup", "sequence", "task", "of", "A", "B", "process", "{", "}", ":", ";", "\n", "store", "load", "fork", "exit",
            "va0", "va1", "=", "X0", "expect", "ref", "(", ")", "1", "schedule", "until", "end", "#2", "# x", "no", "finding",
            "under", "main", "chain", "[", "]", "name", "object", "mmap", "file", "frames", "policy", "é", "signal", "at",
        ]), 0..60)) {
        let text = words.join(" ");
        if let Err(error) = parse("words", &text) {
            let lines = text.split('\n').count();
            prop_assert!((1..=lines).contains(&error.line), "{}", error);
            prop_assert!(!error.expected.is_empty() && !error.remedy.is_empty());
        }
    }

    #[test]
    fn no_mutation_of_a_gallery_text_panics(
        which in any::<prop::sample::Index>(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, "[ -~\n]{0,4}"), 1..4)
    ) {
        let mut text = which.get(GALLERY).text.to_string();
        for (at, length, new) in cuts {
            let starts: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let from = at.index(starts.len());
            text.replace_range(starts[from]..starts[(from + length).min(starts.len() - 1)], &new);
        }
        match parse("changed", &text) {
            Err(error) => {
                let line = text.split('\n').nth(error.line - 1);
                prop_assert!(line.is_some_and(|l| error.column <= l.chars().count() + 1), "{}", error);
            }
            // It may still be a scenario; then it plays, whatever it finds.
            Ok(scenario) if scenario.header.frames <= 256 => {
                let policy = Policy::parse(&scenario.header.policy.text).unwrap();
                prop_assert!(run(&scenario, &policy, &Scheduling::Default).is_ok());
            }
            Ok(_) => {}
        }
    }
}

#[test]
fn a_message_is_short_however_long_the_word_is() {
    let long = "x".repeat(1 << 19);
    let texts = [
        format!("{long} y"),
        format!("policy {long}\nsequence {{ process A }}"),
        format!("setup {{ process {long} }}"),
        format!("setup {{ process A\n A: {long} }}"),
        format!("setup {{ process A\n {long}: exit }}\ntask T of A: exit"),
        format!("setup {{ process A\n A: mmap va0 file {long} }}\ntask T of A: exit"),
        format!("setup {{ process A\n expect {long}(O) = 1 }}\ntask T of A: exit"),
        format!("setup {{ process A\n expect under {long}: no finding }}\ntask T of A: exit"),
        format!("setup {{ process A }}\ntask T of A: exit\nschedule s {{ {long} until end }}"),
        format!("setup {{ process A }}\ntask T of A: exit\nschedule s {{ T until {long} }}"),
    ];
    for text in texts {
        let said = parse("long", &text).map(|_| ()).unwrap_err().to_string();
        assert!(said.len() < 2_000, "{} bytes: {}…", said.len(), &said[..200]);
    }
}
