//! Links carry the digest of their final state, so these digests are a promise (rulings R15).

#![allow(clippy::unwrap_used, reason = "tests")]

use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::REVISION;
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::player::{How, run};
use std::fmt::Write;

/// What the gallery's stored schedules end in, as of [`REVISION`].
const STORED: &str = include_str!("digests.txt");

#[test]
fn the_gallery_ends_in_the_stored_states() {
    let mut now = format!("revision {REVISION}\n");
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().unwrap();
        for preset in PRESETS {
            let digest = run(&scenario, &Policy::preset(preset.name).unwrap(), &How::Default).unwrap().digest;
            writeln!(now, "{} {} {digest}", exhibit.name, preset.name).unwrap();
        }
    }
    let changed: Vec<_> = now.lines().filter(|line| !STORED.lines().any(|stored| stored == *line)).collect();
    assert_eq!(
        now, STORED,
        "these are new: {changed:#?}\nA line more is fine: add it to digests.txt. If a line has changed, links that \
         people have made end in another state now: raise REVISION and store all of these"
    );
}
