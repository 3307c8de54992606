//! What others have written: no text of theirs gets to a terminal as it is, and no file of theirs takes all memory.

use crate::called::{Called, Scratch, faultline};
use faultline_text::escape::acts;
use std::ffi::OsStr;

/// Clears the screen, sets the window's title, goes back on the line, turns the text around; in C1's way too.
const ESCAPES: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{9d}0;owned\u{9c}\r\u{202e}\u{2066}\u{200f}\u{feff}\u{e0041}\u{8}";

/// Those that a scenario's text may hold: control characters are refused there.
const HIDDEN: &str = "\u{202e}\u{2066}\u{200f}\u{feff}\u{e0041}";

fn is_plain(called: &Called, what: &str) {
    for (name, text) in [("output", &called.out), ("errors", &called.err)] {
        let raw = text.chars().find(|&c| acts(c) && c != '\n' && c != '\t');
        assert_eq!(raw, None, "{name} of {what}: {text}");
    }
}

/// Calls the program for people and for programs, and looks at all that it says.
fn says_plainly(args: &[&str], statuses: &[i32]) -> [Called; 2] {
    [args, &[args, &["--json"]].concat()].map(|args| {
        let (called, what) = (faultline(args), args.join(" "));
        is_plain(&called, &what);
        assert!(statuses.contains(&called.status), "{what}: {}", called.err);
        called
    })
}

#[test]
fn control_characters_of_a_scenario_are_escaped() {
    let t3 = faultline_scenario::gallery::find("t3").expect("there").text;
    let keys = ["title", "about", "when", "where", "who", "review", "watch"];
    let body: Vec<_> = t3.lines().filter(|line| !keys.iter().any(|key| line.starts_with(&format!("{key} ")))).collect();
    let with = |hidden: &str| {
        // A review is an address, or it is refused.
        let said = |key: &&str| format!("{key} {}{hidden}\n", if *key == "review" { "https://a/" } else { key });
        keys.iter().map(said).collect::<String>() + &body.join("\n")
    };
    let refused = Scratch::new(format!("refused{ESCAPES}.scn"), with(ESCAPES).as_bytes());
    let [called, _] = says_plainly(&["run", refused.name()], &[2]);
    assert!(called.err.contains("control characters"), "{}", called.err);
    let file = Scratch::new(format!("escapes{ESCAPES}.scn"), with(HIDDEN).as_bytes());
    let [run, json] = says_plainly(&["run", file.name()], &[1]);
    assert!(run.out.contains(r"title\u{202e}\u{2066}\u{200f}"), "{}", run.out);
    let name = json.json()["scenario"].as_str().expect("a name").to_owned();
    assert!(name.contains(ESCAPES), "a program gets the text itself: {name:?}");
    says_plainly(&["run", file.name(), "--story", "--events"], &[1]);
    says_plainly(&["run", file.name(), "--link"], &[1]);
    says_plainly(&["run", file.name(), "--schedule", ESCAPES], &[2]);
    let [explored, _] = says_plainly(&["explore", file.name(), "--preemptions", "2", "--workers", "1"], &[1]);
    assert!(explored.out.contains(r"title\u{202e}"), "{}", explored.out);
    says_plainly(&["fixes", file.name(), "--most", "1", "--preemptions", "1", "--states", "1000"], &[0]);

    let link = faultline(&["run", file.name(), "--link"]).out;
    let [replayed, _] = says_plainly(&["replay", link.trim()], &[1]);
    assert!(replayed.out.contains(r"title\u{202e}"), "{}", replayed.out);
}

#[test]
fn control_characters_in_an_error_are_escaped() {
    for line in [
        ESCAPES.to_owned(),
        format!("policy {ESCAPES}"),
        format!("setup {{ process {ESCAPES} }}"),
        format!("group {ESCAPES}"),
        format!("setup {{ process A; A: {ESCAPES} va0 }}"),
    ] {
        let file = Scratch::new("word.scn", line.as_bytes());
        says_plainly(&["run", file.name()], &[2]);
    }
    for args in [
        &["run", ESCAPES][..],
        &["run", "t3", "--policy", ESCAPES],
        &["run", "t3", "--choices", ESCAPES],
        &["run", "t3", "--schedule", ESCAPES],
        &["run", "t3", "--seed", ESCAPES],
        &["explore", ESCAPES],
        &["explore", "t3", "--kind", ESCAPES],
        &["explore", "t3", "--strategy", ESCAPES],
        &["matrix", ESCAPES],
        &["fixes", ESCAPES],
        &["replay", ESCAPES],
        &["trace", ESCAPES],
        &["walk", ESCAPES],
        &["list", ESCAPES],
        &[ESCAPES],
    ] {
        says_plainly(args, &[2]);
    }
    let link = |nth: usize| {
        let mut parts = ["#v1", "t3", "main", "a", "1", "0000000000000000", "", ""].map(String::from);
        parts[nth] = ESCAPES.bytes().map(|byte| format!("%{byte:02X}")).collect();
        parts.join(";")
    };
    (1..8).for_each(|nth| _ = says_plainly(&["replay", &link(nth)], &[0, 1, 2]));
    (1..8).for_each(|nth| _ = says_plainly(&["replay", &link(nth).replace("%1B", "\u{1b}")], &[0, 1, 2]));
}

#[test]
fn control_characters_of_a_recording_are_escaped() {
    let begin = format!("#faultline-trace\t1\nfile\t1\t/lib/{ESCAPES}\n0\t0\t1\texec\t{ESCAPES}\n");
    let good = Scratch::new(format!("{ESCAPES}.trace"), begin.as_bytes());
    says_plainly(&["trace", good.name(), "--frames", "64"], &[0]);
    for line in ["X", "0\tX", "0\t0\tX", "0\t0\t1\tX", "0\t0\t1\tfork\tX", "0\t0\t1\tmap\tX", "0\t0\t1\texit\tX"] {
        let bad = Scratch::new("bad.trace", (begin.clone() + &line.replace('X', ESCAPES)).as_bytes());
        says_plainly(&["trace", bad.name()], &[2]);
    }
    let header = Scratch::new("header.trace", ESCAPES.as_bytes());
    says_plainly(&["trace", header.name()], &[2]);
    let vectors = Scratch::new(format!("{ESCAPES}.bin.xz"), ESCAPES.as_bytes());
    says_plainly(&["walk", vectors.name()], &[2]);
}

#[cfg(unix)]
#[test]
fn file_names_need_not_be_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let t3 = faultline_scenario::gallery::find("g1").expect("there").text;
    let file = Scratch::new(OsStr::from_bytes(b"na\xffme.scn"), t3.as_bytes());
    let args = |words: &[&str]| {
        let (first, rest) = words.split_first().expect("a command");
        let mut args = vec![OsStr::new(*first).to_owned(), file.path().to_owned()];
        args.extend(rest.iter().map(|&word| word.into()));
        args
    };
    for words in [&["run"][..], &["explore"], &["fixes", "--most", "1"]] {
        let called = faultline(&args(words));
        assert_eq!((called.status, called.err.as_str()), (0, ""), "{words:?}");
    }
    for words in [&["trace"][..], &["walk"]] {
        faultline(&args(words)).refused(&["na\u{fffd}me.scn: "]);
    }
}

#[test]
fn files_are_read_up_to_their_limit_only() {
    if std::path::Path::new("/dev/zero").exists() {
        faultline(&["run", "/dev/zero"]).refused(&["/dev/zero: longer than 1048576 bytes", "give a scenario's file"]);
        faultline(&["explore", "/dev/zero"]).refused(&["/dev/zero: longer than 1048576 bytes"]);
        faultline(&["trace", "/dev/zero"]).refused(&["/dev/zero: line 1: expected a line of at most 65536 bytes"]);
        faultline(&["walk", "/dev/zero"]).refused(&["/dev/zero: record 524288", "and this one goes on"]);
    }
    let long = Scratch::new("long.scn", &vec![b'\n'; (1 << 20) + 1]);
    faultline(&["run", long.name()]).refused(&[long.name(), "longer than 1048576 bytes"]);
    // A character that ends behind the limit is no other error.
    let long = Scratch::new("long-utf8.scn", "é".repeat((1 << 20) + 1).as_bytes());
    faultline(&["run", long.name()]).refused(&[long.name(), "longer than 1048576 bytes"]);
}

#[test]
fn a_long_name_makes_no_long_message() {
    let name = "n".repeat(400_000);
    for text in [
        format!("setup {{ process {name}; process {name} }}"),
        format!("setup {{ process {name} }}\ntask T of B: exit"),
        format!("policy {name}\nsetup {{ process A }}\ntask T of A: exit"),
    ] {
        let file = Scratch::new("name.scn", text.as_bytes());
        let called = faultline(&["run", file.name()]);
        called.refused(&[file.name(), "expected"]);
        assert!(called.err.len() < 2_100, "{} bytes", called.err.len());
    }
    let name = "n".repeat(100_000);
    for args in [
        &["run", &name][..],
        &["run", "t3", "--policy", &name],
        &["replay", &name],
        &["run", "t3", "--schedule", &name],
        &["explore", "t3", "--kind", &name],
        &["matrix", &name],
        &["run", "t3", "--seed", &name],
    ] {
        let called = faultline(args);
        assert_eq!(called.status, 2);
        assert!(called.err.len() < 4_100, "{} bytes of {}", called.err.len(), args[0]);
    }
}

#[test]
fn a_recording_without_events_is_refused() {
    let nothing = Scratch::new("nothing.trace", b"#faultline-trace\t1\n# made by a recorder that saw nothing\n");
    faultline(&["trace", nothing.name()])
        .refused(&[nothing.name(), "a recording without an event; record a program that runs"]);
}

#[test]
fn too_many_mappings_are_refused_before_they_are_made() {
    let mut text = String::from("#faultline-trace\t1\n0\t0\t1\texec\ta\n");
    for n in 0..3_000 {
        text += &format!("0\t0\t1\tmap\t{:#x}\t0x1000\trw-\tprivate\tanon\n", 0x1000_0000 + n * 0x2000);
    }
    (2..3_002).for_each(|child| text += &format!("0\t0\t1\tfork\t{child}\n"));
    let file = Scratch::new("regions.trace", text.as_bytes());
    for mode in [&["--stepped"][..], &["--threads", "2"]] {
        faultline(&[&["trace", file.name()], mode].concat())
            .refused(&[file.name(), "line 3351: more than 1,048,576 mappings in all address spaces together"]);
    }
}
