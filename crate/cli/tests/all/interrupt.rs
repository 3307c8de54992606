//! Ctrl-C: long work ends with its result so far; and its progress before that.
#![cfg(unix)]

use crate::called::Scratch;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Three processes that share memory and have far more interleavings than a test can cover.
fn large() -> Scratch {
    let stores = |first: u32| (0..12).map(|n| format!("store va{}", (first + n) % 8)).collect::<Vec<_>>().join("; ");
    let tasks: String = (0..4).map(|n| format!("task T{n} of A{n}: {}\n", stores(n))).collect();
    let forks: String = (1..4).map(|n| format!("  A0: fork A{n}\n")).collect();
    let text = format!(
        "title Large\npages 8\nframes 256\nsetup {{\n  process A0\n  A0: mmap va0 8; store va0\n{forks}}}\n{tasks}"
    );
    Scratch::new("large.scn", text.as_bytes())
}

/// Forks and exits, enough for a replay to last until it is interrupted.
fn long() -> Scratch {
    let mut text =
        String::from("#faultline-trace\t1\n0\t0\t1\texec\ta\n0\t0\t1\tmap\t0x10000\t0x4000\trw-\tprivate\tanon\n");
    for child in 2..240_001 {
        text += &format!("0\t0\t1\tfork\t{child}\n0\t0\t{child}\texit\n");
    }
    Scratch::new("long.trace", text.as_bytes())
}

/// Presses Ctrl-C once a line of progress says `seen`: the lines until then, and what was printed in the end.
fn interrupted(args: &[&str], seen: &str) -> (Vec<String>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_faultline"))
        .args(args)
        .arg("--progress")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut lines_seen = Vec::new();
    while !lines_seen.last().is_some_and(|line: &String| line.contains(seen)) {
        lines_seen.push(lines.next().unwrap_or_else(|| panic!("no line says {seen:?}: {lines_seen:?}")).expect("text"));
    }
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().expect("a shell");
    assert!(kill.success());
    let (mut out, rest) = (String::new(), lines.map(|line| line.expect("text")));
    let rest: Vec<_> = rest.collect();
    child.stdout.take().expect("piped").read_to_string(&mut out).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{args:?}\n{out}\n{rest:?}");
    assert!(rest.iter().all(|line| !line.contains("panicked") && !line.starts_with("faultline: ")), "{rest:?}");
    (lines_seen, out)
}

#[test]
fn ctrl_c_ends_a_search_with_its_result_so_far() {
    let file = large();
    for (ways, said) in [
        (&["--workers", "1"][..], " states, "),
        (&["--workers", "3"], " states, "),
        (&["--preemptions", "9"], " states, "),
        (&["--strategy", "random", "--executions", "1000000000"], " runs, "),
        (&["--strategy", "pct", "--executions", "1000000000"], " runs, "),
    ] {
        let (lines_seen, out) = interrupted(&[&["explore", file.name()], ways].concat(), "searching");
        assert!(
            lines_seen.iter().all(|line| line.starts_with("searching") && line.contains(" states, ")),
            "{lines_seen:?}"
        );
        assert!(out.contains("\nstopped: nothing breaks so far in ") && out.contains(said), "{ways:?}: {out}");
    }
    let (_, out) = interrupted(&["explore", file.name(), "--json"], "searching");
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&report["verdict"], &report["complete"]), (&"stopped".into(), &false.into()));
}

#[test]
fn ctrl_c_ends_matrix_and_fixes_with_their_results_so_far() {
    let (_, out) = interrupted(&["matrix"], " under ");
    assert!(out.starts_with("| scenario |") && out.contains(" under "), "{out}");
    let (_, out) = interrupted(&["fixes", "t3", "--workers", "1"], "1 of ");
    assert!(out.contains("stopped: there are more sets to try") && out.contains("tried "), "{out}");
}

#[test]
fn ctrl_c_ends_a_replay_with_its_result_so_far() {
    let file = long();
    for mode in [&["--stepped"][..], &["--threads", "1"], &["--threads", "3"]] {
        let (lines_seen, out) =
            interrupted(&[&["trace", file.name(), "--frames", "65536"], mode].concat(), " of 480,000 events");
        assert!(lines_seen[0].starts_with("reading: "), "{lines_seen:?}");
        assert!(out.contains("stopped before its end") && out.contains(" in use at the end"), "{out}");
        let (_, out) = interrupted(&[&["trace", file.name(), "--json"], mode].concat(), " of 480,000 events");
        let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!((&report["stopped"], &report["findings"]), (&true.into(), &serde_json::json!([])));
        assert!(report["events"].as_u64().is_some_and(|events| events < 480_000), "{report}");
    }
}
