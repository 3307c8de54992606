//! The searches as people and scripts meet them.

use crate::called;
use faultline_scenario::gallery;
use serde_json::Value;

fn faultline(args: &[&str]) -> (i32, String, String) {
    let called = called::faultline(args);
    (called.status, called.out, called.err)
}

fn json(args: &[&str]) -> (i32, Value) {
    let (status, out, err) = faultline(args);
    assert_eq!(out.lines().count(), 1, "one object on one line\n{err}");
    (status, serde_json::from_str(&out).expect("JSON"))
}

#[test]
fn the_race_is_found_and_its_choices_reproduce_it() {
    // What the scenario is about comes first.
    let search = ["explore", "t3", "--preemptions", "2", "--json"];
    let (status, report) = json(&search);
    assert_eq!((status, &report["verdict"]), (1, &Value::from("found")));
    assert_eq!((report["complete"].as_bool(), report["preemption_bound"].as_u64()), (Some(false), Some(2)));
    let found = &report["findings"][0];
    assert_eq!((&found["kind"], found["preemptions"].as_u64()), (&Value::from("freed-while-mapped"), Some(2)));
    let choices = found["choices"].as_str().expect("choices");
    let (status, run) = json(&["run", "t3", "--policy", "2019-12", "--choices", choices, "--json"]);
    let kinds: Vec<_> = run["findings"].as_array().expect("findings").iter().map(|f| f["kind"].clone()).collect();
    assert_eq!(status, 1);
    assert!(kinds.contains(&Value::from("freed-while-mapped")), "{kinds:?}");
}

#[test]
fn a_finding_is_narrated_step_by_step_and_linked() {
    let search = ["explore", "t3", "--kind", "freed-while-mapped", "--preemptions", "2"];
    let (status, out, _) = faultline(&search);
    assert_eq!(status, 1);
    let (_, story) = out.split_once("The story, step by step:\n\n").expect("a story");
    let numbered = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let (first, last) = (story.lines().next().expect("a line"), story.lines().rfind(numbered).expect("a last turn"));
    assert_eq!(first, "     1  B1 writes Z0 to va0.");
    assert!(last.contains("p0 is freed while"), "it ends with the finding: {last}");
    assert_eq!(story.matches(" is interrupted before ").count(), 2, "{story}");
    assert!(
        story.contains("\nA page is free while it is still mapped: p0 is freed while B maps it at va0."),
        "{story}"
    );
    assert!(story.lines().last().is_some_and(|line| line.starts_with("#v1;t3;2019-12;")), "the link comes last");

    let (_, report) = json(&[&search[..], &["--json"]].concat());
    let found = &report["findings"][0];
    let told = found["story"].as_array().expect("a story");
    assert_eq!(told.len() as u64, found["turns"].as_u64().expect("turns"), "a sentence a turn");
    assert_eq!((&told[0]["task"], &told[0]["text"]), (&Value::from("B1"), &Value::from("B1 writes Z0 to va0.")));
    let steps: Vec<_> = told.iter().map(|one| one["step"].as_u64().expect("a step")).collect();
    assert!(steps.is_sorted() && steps.last().copied() >= found["steps"].as_u64(), "{steps:?}");
    assert_eq!(told.iter().filter(|one| !one["preempted"].is_null()).count(), 2);
}

#[test]
fn a_finding_is_narrated_where_no_link_can_be_made() {
    let remarks = "# A remark that makes the scenario longer than a link can be.\n".repeat(2_000);
    let sh = gallery::find("sh").expect("the gallery has it").text;
    let file = called::Scratch::new("remarks.scn", format!("{sh}\n{remarks}").as_bytes());
    let search = ["explore", file.name(), "--policy", "2019-12"];
    let (status, out, err) = faultline(&search);
    assert_eq!(status, 1, "{err}");
    assert!(out.contains("an older value") && out.contains("\nlink: a scenario of "), "{out}");
    let (_, report) = json(&[&search[..], &["--json"]].concat());
    let found = &report["findings"][0];
    assert!(found["link"].is_null() && found["no_link"].as_str().is_some_and(|why| why.contains("bytes")), "{found}");
}

#[test]
fn a_search_of_a_correct_kernel_is_complete() {
    let (status, report) = json(&["explore", "g3", "--policy", "main", "--json"]);
    assert_eq!((status, &report["verdict"], report["complete"].as_bool()), (0, &Value::from("complete"), Some(true)));
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0));
    assert!(report["text"].as_str().is_some_and(|text| text.starts_with("complete: ")));
    assert!(report["states"].as_u64().is_some_and(|states| states > 0));
    assert!(report["search_s"].as_f64().is_some_and(|search| search <= report["wall_s"].as_f64().unwrap_or_default()));
}

#[test]
fn a_bounded_search_names_its_bound_and_is_not_complete() {
    let (status, report) = json(&["explore", "t3", "--policy", "2020-01-fixed", "--preemptions", "1", "--json"]);
    assert_eq!(
        (status, &report["verdict"], report["preemption_bound"].as_u64()),
        (0, &Value::from("bounded"), Some(1))
    );
    let (status, report) =
        json(&["explore", "t3", "--policy", "2020-01-fixed", "--states", "1000", "--workers", "1", "--json"]);
    assert_eq!((status, report["complete"].as_bool()), (0, Some(false)));
    let (status, report) =
        json(&["explore", "t3", "--policy", "2020-01-fixed", "--strategy", "random", "--executions", "50", "--json"]);
    assert_eq!((status, &report["verdict"], report["executions"].as_u64()), (0, &Value::from("bounded"), Some(50)));
}

#[test]
fn random_searches_find_the_race_and_repeat_with_the_same_seed() {
    let search =
        ["explore", "t3", "--strategy", "pct", "--depth", "3", "--executions", "20000", "--seed", "3", "--json"];
    let (status, report) = json(&search);
    assert_eq!((status, &report["verdict"]), (1, &Value::from("found")), "{report}");
    assert_eq!(json(&search).1["findings"], report["findings"]);
}

#[test]
fn a_finding_is_minimised_on_request() {
    let (_, report) = json(&["explore", "t3", "--kind", "any", "--workers", "1", "--shrink", "--json"]);
    let found = report["findings"].as_array().expect("findings");
    assert_eq!((found.len(), found[0]["fewest"].as_bool(), found[0]["preemptions"].as_u64()), (2, Some(true), Some(1)));
    let smaller = found[1]["scenario"].as_str().expect("a smaller scenario");
    assert!(!smaller.contains("task G"), "G's exit is not needed for A to lose its data:\n{smaller}");
}

#[test]
fn the_smallest_sets_of_switches_that_fix_a_race_are_listed() {
    let (status, report) = json(&["fixes", "t3", "--most", "1", "--preemptions", "2", "--json"]);
    let fixes = report["fixes"].as_array().expect("fixes");
    let sets: Vec<_> = fixes.iter().map(|fix| fix["switches"].to_string()).collect();
    // Bounded searches are not complete, so they establish no fix.
    assert_eq!((status, sets), (0, Vec::<String>::new()));
    let tried = report["tried"].as_array().expect("what was tried");
    let undecided = tried.iter().filter(|attempt| attempt["how"] == "bounded").count();
    assert!(undecided > 0 && report["undecided"] == undecided, "{report}");

    let (status, out, _) = faultline(&["fixes", "sh"]);
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(status, 0);
    assert!(lines[1].trim().starts_with("+P09") && lines[1].contains("nothing breaks in any interleaving"), "{out}");
    assert!(
        lines[2].starts_with("tried ") && lines[2].contains(" 1 clean, ") && lines[2].contains(" 0 not decided"),
        "{out}"
    );
    assert!(lines[3..].iter().all(|line| line.contains("breaks: ")), "{out}");
}

#[test]
fn bad_input_is_refused_with_a_remedy() {
    for (args, said) in [
        (&["explore", "t3", "--kind", "bad"][..], "the kinds are any, freed-while-mapped"),
        (&["explore", "t3", "--strategy", "pct", "--preemptions", "1"], "leave --strategy out"),
        (&["explore", "no-such"], "faultline list"),
        (&["matrix", "no-such"], "faultline list"),
    ] {
        let (status, out, err) = faultline(args);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(err.starts_with("faultline: ") && err.contains(said), "{err}");
    }
}

#[test]
fn a_number_out_of_range_is_refused_with_the_range() {
    for (args, said) in [
        (&["explore", "t3", "--workers", "0"][..], "0 is not in 1..=256"),
        (&["explore", "t3", "--workers", "100000"], "1..=256"),
        (&["matrix", "g1", "--workers", "257"], "257 is not in 1..=256"),
        (&["fixes", "t3", "--workers", "0"], "0 is not in 1..=256"),
        (&["explore", "t3", "--states", "0"], "--states"),
        (&["explore", "t3", "--strategy", "random", "--executions", "0"], "--executions"),
        (&["explore", "t3", "--strategy", "pct", "--depth", "0"], "--depth"),
    ] {
        let (status, out, err) = faultline(args);
        assert_eq!((status, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(said), "{args:?}: {err}");
    }
}

#[test]
fn the_table_has_a_row_for_each_scenario_and_a_column_for_each_kernel() {
    let (status, out, _) = faultline(&["matrix", "g1", "g3"]);
    assert_eq!(status, 0);
    let rows: Vec<_> = out.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 4, "{out}");
    assert!(rows[0].contains("2019-12") && rows[2].starts_with("| `g1` |") && rows[3].starts_with("| `g3` |"), "{out}");
    assert_eq!(rows[2].matches(" . |").count(), 8, "{out}");
}

#[test]
fn a_verdict_names_the_changes_that_its_preset_does_not_reproduce() {
    let listed = called::faultline(&["list", "--fixes", "--json"]).json();
    let fixes = listed["fixes"].as_array().expect("fixes");
    let missed = |preset: &str| -> Vec<&str> {
        let on = |fix: &&Value| fix["not_reproduced"].as_array().expect("presets").contains(&preset.into());
        fixes.iter().filter(on).map(|fix| fix["id"].as_str().expect("an id")).collect()
    };
    let search = ["explore", "t3", "--policy", "2020-01-fixed", "--preemptions", "1"];
    let (_, report) = json(&[&search[..], &["--json"]].concat());
    let named = report["not_reproduced"].as_array().expect("a list");
    let ids: Vec<_> = named.iter().map(|fix| fix["id"].as_str().expect("an id")).collect();
    assert!(!ids.is_empty() && ids.len() < missed("2020-01-fixed").len(), "some are out of reach: {ids:?}");
    assert!(ids.iter().all(|id| missed("2020-01-fixed").contains(id)), "{ids:?}");
    assert!(named.iter().all(|fix| ["before", "after"].contains(&fix["engine"].as_str().expect("a side"))));
    let (_, out, _) = faultline(&search);
    let line = out.lines().find(|line| line.starts_with("not as on its date: ")).expect("a line");
    assert_eq!(line, format!("not as on its date: {} (faultline list --fixes lists them)", ids.join(", ")));
}

#[test]
fn the_list_of_changes_is_the_one_in_the_docs() {
    let listed = called::faultline(&["list", "--fixes"]);
    assert_eq!(listed.status, 0, "{}", listed.err);
    assert!(include_str!("../../../../docs/spec/dates.md").contains(&listed.out), "{}", listed.out);
}
