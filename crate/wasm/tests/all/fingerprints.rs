//! The same states natively and in the browser, bit by bit: the digests of every gallery
//! scenario, of 200 random runs, and the counts of a part of the recording.
//!
//! `fingerprints.txt` holds what a native run came to. `FAULTLINE_BLESS=1 cargo test -p
//! faultline-wasm digests` writes it anew after a change that is meant to change them.

use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery::{Exhibit, GALLERY};
use faultline_scenario::player::{Scheduling, run};
use faultline_wasm::recording::{Options, Recording};
use wasm_bindgen_test::wasm_bindgen_test;

const KNOWN: &str = include_str!("fingerprints.txt");
const SEEDS: u64 = 200;
const EVENTS: usize = 20_000;

/// A run in one line.
fn line(exhibit: &Exhibit, policy: Option<&str>, how: &Scheduling, title: &str) -> String {
    let scenario = exhibit.scenario().expect("the gallery can be read");
    let policy = policy.unwrap_or(&scenario.header.policy.text);
    let report = run(&scenario, &Policy::parse(policy).expect("its policies exist"), how).expect("it can be played");
    let kinds: Vec<_> = report.kinds().iter().map(|k| k.name()).collect();
    format!("{} {policy} {title} {} {} {}", exhibit.name, report.fingerprint, report.steps, kinds.join(","))
        .trim_end()
        .into()
}

/// Every scenario as it is stored; then chance, on those that leave it something to decide, under all kernels.
fn runs() -> Vec<String> {
    let stored = GALLERY.iter().map(|e| line(e, None, &Scheduling::Default, "stored"));
    let undecided = |e: &&Exhibit| e.scenario().is_ok_and(|s| s.tasks.len() > 1);
    let open: Vec<&Exhibit> = GALLERY.iter().filter(undecided).collect();
    let random = (0..SEEDS).map(|seed| {
        let (round, at) = (seed as usize / open.len(), seed as usize % open.len());
        line(open[at], Some(PRESETS[round % PRESETS.len()].name), &Scheduling::Random(seed), &format!("seed {seed}"))
    });
    stored.chain(random).collect()
}

/// A part of the recording, replayed on one thread.
fn recording() -> String {
    let bytes = include_bytes!("../../../../tests/data/zlib.trace.gz");
    let options = Options { events: EVENTS, frames: 16_384, ..Options::default() };
    let mut recording = Recording::new(bytes, &options).expect("it can be read");
    while !recording.advance(1_000).expect("there is memory enough") {}
    let report = recording.report().expect("it ended well");
    let (faults, chains) = (report.faults, report.chains);
    format!(
        "recording {EVENTS} {faults:?} collapses {} bypasses {} objects {} chains {chains:?} findings {}",
        report.collapses,
        report.bypasses,
        report.objects_peak,
        report.findings.len()
    )
}

fn compare(now: &[String], known: impl Fn(&&str) -> bool) {
    let known: Vec<&str> = KNOWN.lines().filter(known).collect();
    for (now, known) in now.iter().zip(&known) {
        assert_eq!(now, known);
    }
    assert_eq!(now.len(), known.len(), "lines of fingerprints.txt");
}

#[wasm_bindgen_test(unsupported = test)]
fn fingerprints_are_those_of_native_runs() {
    if std::env::var_os("FAULTLINE_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/all/fingerprints.txt");
        let text = format!("{}\n{}\n", runs().join("\n"), recording());
        std::fs::write(path, text).expect("the file can be written");
        return;
    }
    compare(&runs(), |line| !line.starts_with("recording"));
}

#[wasm_bindgen_test(unsupported = test)]
fn counts_of_the_recording_are_those_of_a_native_replay() {
    if std::env::var_os("FAULTLINE_BLESS").is_none() {
        compare(&[recording()], |line| line.starts_with("recording"));
    }
}
