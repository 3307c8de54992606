//! Links carry the digest of the state they were made in, so these digests are a promise
//! (rulings R15).
//!
//! `FAULTLINE_BLESS=1 cargo test -p faultline-scenario fingerprints` stores them anew: new
//! lines at any time, changed ones only when `REVISION` in `crate/engine/src/lib.rs` has been
//! raised, and so that links which were made before say that they are from before.

use faultline_engine::REVISION;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::player::{Scheduling, run};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the gallery's stored schedules end in, as of [`REVISION`].
const STORED: &str = include_str!("fingerprints.txt");

/// The lines of a text by what they are about: scenario and kernel, or the revision.
fn lines(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.rsplit_once(' ')).collect()
}

/// The lines that both have and that differ, without the revision's.
fn changed<'a>(now: &'a str, stored: &str) -> Vec<&'a str> {
    let (now, stored) = (lines(now), lines(stored));
    let differs = |what: &&str| stored.get(what).is_some_and(|fingerprint| fingerprint != &now[what]);
    now.keys().copied().filter(|what| *what != "revision" && differs(what)).collect()
}

#[test]
fn the_gallery_ends_in_the_stored_states() {
    let mut now = format!("revision {REVISION}\n");
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().unwrap();
        for preset in PRESETS {
            let fingerprint =
                run(&scenario, &Policy::preset(preset.name).unwrap(), &Scheduling::Default).unwrap().fingerprint;
            writeln!(now, "{} {} {fingerprint}", exhibit.name, preset.name).unwrap();
        }
    }
    let (changed, stored) = (changed(&now, STORED), lines(STORED)["revision"]);
    assert!(
        changed.is_empty() || stored != REVISION.to_string(),
        "other states than revision {stored} ended in: {changed:#?}\nLinks that people have made no longer hold. If \
         that is meant, raise REVISION in crate/engine/src/lib.rs to {} and store these with FAULTLINE_BLESS=1",
        REVISION + 1
    );
    if std::env::var_os("FAULTLINE_BLESS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/all/fingerprints.txt"), now).unwrap();
        return;
    }
    assert_eq!(now, STORED, "no stored state has changed: store the new lines with FAULTLINE_BLESS=1");
}

#[test]
fn a_new_scenario_is_no_change_and_a_new_fingerprint_is_one() {
    let stored = "revision 1\nt3 main 01\n";
    assert_eq!(changed("revision 2\nt3 main 01\nt4 main 02\n", stored), Vec::<&str>::new());
    assert_eq!(changed("revision 1\nt3 main 03\n", stored), ["t3 main"]);
}
