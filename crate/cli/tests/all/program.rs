//! The program as people and scripts meet it: exit statuses, JSON, error texts.

use crate::called::{Scratch, faultline};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(name).to_str().expect("UTF-8").into()
}

/// A recording small enough for every test.
const SMALL: &str = "#faultline-trace\t1
0\t0\t1\texec\tsh
1\t0\t1\tmap\t0x10000\t0x4000\trw-\tprivate\tanon
2\t0\t1\tfault\t0x10000\tw\tabsent\tuser
3\t0\t1\tfork\t2
4\t1\t2\tfault\t0x10000\tw\tprotection\tuser
5\t1\t2\texit
6\t0\t1\tfault\t0x10000\tr\tabsent\tuser
7\t0\t1\texit
";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).expect("a vector takes everything");
    out.finish().expect("a vector takes everything")
}

#[test]
fn help_names_every_command_and_bad_usage_is_status_2() {
    let help = faultline(&["--help"]);
    assert_eq!(help.status, 0);
    for word in
        ["run", "trace", "walk", "list", "Exit status: 0 no findings, 1 findings, 2 bad input, 3 an unsound search"]
    {
        assert!(help.out.contains(word), "{word}");
    }
    for bad in [
        &["fly"][..],
        &[],
        &["trace"],
        &["trace", "x", "--threads", "two"],
        &["trace", "x", "--threads", "2", "--stepped"],
    ] {
        let called = faultline(bad);
        assert_eq!((called.status, called.out.as_str()), (2, ""), "{bad:?}");
        assert!(called.err.contains("Usage") || called.err.contains("--help"), "{}", called.err);
    }
}

#[test]
fn list_names_scenarios_kernels_and_switches() {
    let json = faultline(&["list", "--json"]).json();
    let names = |of: &str, key: &str| -> Vec<String> {
        json[of].as_array().expect("a list").iter().map(|e| e[key].as_str().expect("a name").into()).collect()
    };
    assert_eq!(names("presets", "letter"), ["o", "a", "aw", "b", "c", "c2", "d", "d2"]);
    assert_eq!(names("switches", "id").len(), 17);
    assert_eq!(names("defects", "id"), ["P17", "P18", "OF1", "OF2", "OF4", "OF5"]);
    assert!(names("scenarios", "name").contains(&"t3".into()));
    assert_eq!(json["presets"][1]["switches"], serde_json::json!(["P03", "P04", "P06", "P07", "P15", "P19", "P20"]));
    let plain = faultline(&["list"]);
    assert_eq!(plain.status, 0);
    for name in [names("scenarios", "name"), names("presets", "name"), names("switches", "id")].concat() {
        assert!(plain.out.contains(&name), "{name}");
    }
}

#[test]
fn a_recording_is_replayed_and_summarised() {
    for content in [SMALL.as_bytes().to_vec(), gzip(SMALL.as_bytes())] {
        let file = Scratch::new("small", &content);
        for mode in [&["--stepped"][..], &["--threads", "1"], &["--threads", "3"], &["--cpus", "1"]] {
            let called = faultline(&[&["trace", file.name(), "--json", "--frames", "256"], mode].concat());
            assert_eq!((called.status, called.err.as_str()), (0, ""));
            let json = called.json();
            assert_eq!((&json["events"], &json["processes"]), (&8.into(), &2.into()));
            for number in
                ["collapses", "bypasses", "renames_in_collapse", "splits", "objects_peak", "max_chain", "frames_at_end"]
            {
                assert!(json[number].is_i64(), "{number}");
            }
            for kind in ["soft", "zero_fill", "cow_copy", "cow_rename", "pager", "protection"] {
                assert!(json["faults"][kind].is_u64(), "{kind}");
            }
            assert_eq!((&json["findings"], &json["frames_at_end"]), (&Value::Array(vec![]), &0.into()));
            assert_eq!((&json["faults"]["zero_fill"], &json["faults"]["cow_copy"]), (&1.into(), &1.into()));
            assert!(json["wall_s"].is_f64());
        }
        let plain = faultline(&["trace", file.name(), "--frames", "256", "--policy", "2021"]);
        assert_eq!((plain.status, plain.err.as_str()), (0, ""));
        for text in [
            "8 events of 2 processes, 3 faults recorded",
            "kernel 2021, 1 thread, 2 CPUs, 256 frames",
            "no findings",
            "every frame is free",
        ] {
            assert!(plain.out.contains(text), "{}\n  lacks {text:?}", plain.out);
        }
    }
}

#[test]
fn bad_recordings_are_refused_with_place_and_remedy() {
    faultline(&["trace", "/no/such/file"]).refused(&["/no/such/file: ", "give the name of a readable recording"]);
    faultline(&["trace", "/"]).refused(&["/: ", "give the name of a readable recording"]);
    let zipped = gzip(SMALL.as_bytes());
    let cut = Scratch::new("cut.gz", &zipped[..zipped.len() - 12]);
    faultline(&["trace", cut.name()])
        .refused(&[cut.name(), "the gzip data is cut short; fetch or record the file again"]);
    let none = Scratch::new("none", b"");
    faultline(&["trace", none.name()]).refused(&[none.name(), "line 1: expected the header", "found an empty file"]);
    let wrong = Scratch::new("wrong", SMALL.replace("fork\t2", "spoon\t2").as_bytes());
    faultline(&["trace", wrong.name(), "--json"])
        .refused(&["line 5, field 4 (operation): expected one of", "found `spoon`"]);
    let unborn = Scratch::new("unborn", SMALL.replace("fork\t2", "fork\t3").as_bytes());
    faultline(&["trace", unborn.name()])
        .refused(&["line 6, field 3 (process): expected a process that the lines before have named, found 2"]);
}

#[test]
fn impossible_settings_are_refused() {
    let file = Scratch::new("settings", SMALL.as_bytes());
    let trace = |more: &[&str]| faultline(&[&["trace", file.name()], more].concat());
    trace(&["--threads", "0"]).refused(&["--threads 0", "at least one"]);
    trace(&["--threads", "3", "--cpus", "2"]).refused(&["--threads 3 with --cpus 2", "at least as many CPUs"]);
    trace(&["--cpus", "65"]).refused(&["--cpus 65", "1 to 64"]);
    trace(&["--frames", "2"]).refused(&["--frames 2", "16 to"]);
    trace(&["--policy", "2022"]).refused(&["--policy 2022: there is no preset `2022`", "did you mean `2021`?"]);
    trace(&["--policy", "main,P01"]).refused(&["there is no switch `P01`; write +P01"]);
    trace(&["--policy", "main,+P16"]).refused(&["there is no switch"]);
    for (policy, conflict) in
        [("main,+P07", "P07"), ("2025-04,+P07", "P13 needs P07 off"), ("main,-P01", "P11 needs P01")]
    {
        trace(&["--policy", policy]).refused(&["--policy", conflict]);
    }
    let mut large =
        "#faultline-trace\t1\n0\t0\t1\texec\tsh\n1\t0\t1\tmap\t0x10000\t0x20000\trw-\tprivate\tanon\n".to_string();
    for page in 0x10..0x30 {
        large += &format!("2\t0\t1\tfault\t{page:#x}000\tw\tabsent\tuser\n");
    }
    let file = Scratch::new("large", large.as_bytes());
    for mode in [&["--stepped"][..], &["--threads", "2"]] {
        let called = faultline(&[&["trace", file.name(), "--frames", "16"], mode].concat());
        called.refused(&[file.name(), "line ", "out of memory with 16 frames; give more with --frames"]);
    }
    assert_eq!(faultline(&["trace", file.name(), "--frames", "64"]).status, 0);
}

#[test]
fn a_run_finds_the_race_before_the_fix_and_nothing_after_it() {
    let before = faultline(&["run", "t3", "--json"]);
    assert_eq!((before.status, before.err.as_str()), (1, ""));
    let json = before.json();
    assert_eq!((&json["scenario"], &json["policy"]), (&"t3".into(), &"2019-12".into()));
    let kinds: Vec<_> = json["findings"].as_array().expect("findings").iter().map(|f| f["kind"].clone()).collect();
    assert!(kinds.contains(&"freed-while-mapped".into()), "{kinds:?}");
    assert!(json["steps"].is_u64() && json["choice_count"].is_u64() && json["counters"]["cow_copy"].is_u64());
    assert_eq!(json["digest"].as_str().map(str::len), Some(16));
    // The printed choices play the same run again.
    let choices = json["choices"].as_str().expect("a text");
    assert_eq!(faultline(&["run", "t3", "--choices", choices, "--json"]).json()["digest"], json["digest"]);
    let plain = faultline(&["run", "t3"]);
    assert_eq!(plain.status, 1);
    assert!(plain.out.contains(choices) && plain.out.contains("freed-while-mapped"), "{}", plain.out);
    let after = faultline(&["run", "t3", "--policy", "2020-01-fixed"]);
    assert_eq!((after.status, after.err.as_str()), (0, ""));
    assert!(after.out.contains("no findings"), "{}", after.out);
}

#[test]
fn a_seed_plays_the_same_run_every_time() {
    let run = |seed: &str| faultline(&["run", "t3", "--seed", seed, "--json"]).json();
    assert_eq!(run("7"), run("7"));
    assert_ne!(
        (1..9).map(|s| run(&s.to_string())["choices"].to_string()).collect::<std::collections::BTreeSet<_>>().len(),
        1
    );
}

#[test]
fn the_stream_of_events_is_printed_one_a_line() {
    let json = faultline(&["run", "g1", "--events", "--json"]).json();
    let events = json["events"].as_array().expect("events");
    assert!(events.iter().all(|e| e["kind"].is_string() && e["step"].is_u64() && e["task"].is_u64()));
    let plain = faultline(&["run", "g1", "--events"]);
    assert_eq!(plain.status, 0);
    // Between the events stands where in the source each step is.
    let (steps, stream): (Vec<_>, Vec<_>) =
        plain.out.lines().take_while(|line| !line.is_empty()).partition(|line| line.contains(" -- "));
    assert_eq!((stream.len(), steps.is_empty()), (events.len(), false));
    for (line, event) in stream.iter().zip(events) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(event["step"].to_string().as_str()), "{line}");
        assert_eq!(words.nth(1), event["kind"].as_str(), "{line}");
    }
}

#[test]
fn bad_scenarios_and_choices_are_refused() {
    faultline(&["run", "t3-stroy"]).refused(&[
        "there is no scenario `t3-stroy`",
        "`faultline list`",
        "did you mean `t3-story`?",
    ]);
    faultline(&["run", "./nowhere.scn"]).refused(&["./nowhere.scn: ", "give a readable file"]);
    let broken = Scratch::new("broken.scn", b"title x\npages many\n");
    faultline(&["run", broken.name()]).refused(&[&format!("{}:2:", broken.name()), "expected"]);
    let binary = Scratch::new("binary.scn", &[0xff, 0xfe, 0]);
    faultline(&["run", binary.name()]).refused(&[binary.name(), "not text in UTF-8"]);
    faultline(&["run", "t3", "--choices", "a-b"]).refused(&["--choices: `-` at offset 1 is no choice"]);
    faultline(&["run", "t3", "--choices", "3"]).refused(&["--choices: the number at offset 0 repeats nothing"]);
    faultline(&["run", "t3", "--choices", "z"])
        .refused(&["--choices: choice 1 of 1 names a task that cannot run", "one scenario and one kernel"]);
    faultline(&["run", "t3", "--choices", "a9999"]).refused(&["--choices: the run is over after", "of 9999 choices"]);
    faultline(&["run", "t3", "--schedule", "tale"]).refused(&["no schedule `tale`", "story"]);
    faultline(&["run", "t3", "--policy", "main,-P01"]).refused(&["--policy main,-P01: P11 needs P01"]);
}

#[test]
fn a_scenario_file_is_played_like_one_of_the_gallery() {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenario/gallery/g1.scn");
    let by_file = faultline(&["run", gallery.to_str().expect("UTF-8"), "--json"]);
    assert_eq!(by_file.json(), faultline(&["run", "g1", "--json"]).json());
}

#[test]
fn walks_are_compared_with_those_of_a_real_mmu() {
    let called = faultline(&["walk", &data("walk-4level.bin.xz"), "--json"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let json = called.json();
    assert_eq!((&json["records"], &json["disagree"]), (&json["agree"], &Value::Array(vec![])));
    faultline(&["walk", "/no/such/vectors"]).refused(&["/no/such/vectors"]);
    faultline(&["walk", &data("walk-4level.bin.xz"), "--levels", "3"]).refused(&["--levels 3"]);
}

#[test]
fn a_closed_pipe_is_no_panic() {
    for args in [&["list"][..], &["list", "--json"], &["run", "t3", "--events"], &["run", "t3", "--events", "--json"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_faultline"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut err).expect("text");
        let status = child.wait().expect("it ends").code();
        assert_eq!((status, err.as_str()), (Some(i32::from(args[0] == "run")), ""), "{args:?}");
    }
}

#[test]
fn a_full_standard_output_is_reported() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let output =
        Command::new(env!("CARGO_BIN_EXE_faultline")).arg("list").stdout(full).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output: "));
}
