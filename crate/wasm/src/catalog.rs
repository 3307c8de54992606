//! What there is to choose from: the gallery, the presets, the switches.

use crate::js;
use faultline_engine::policy::{PRESETS, SWITCHES};
use faultline_scenario::gallery::GALLERY;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[derive(Serialize)]
struct Exhibit {
    name: &'static str,
    title: String,
    /// `race`, `golden` or `correct`.
    group: &'static str,
    about: String,
    by: String,
    when: String,
    #[serde(rename = "where")]
    place: String,
    review: String,
    watch: Vec<String>,
    text: &'static str,
    policy: String,
}

#[derive(Serialize)]
struct Preset {
    name: &'static str,
    letter: &'static str,
    text: &'static str,
    /// Ids of the switches that are on.
    switches: Vec<&'static str>,
}

#[derive(Serialize)]
struct Switch {
    id: &'static str,
    name: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct Catalog {
    scenarios: Vec<Exhibit>,
    presets: Vec<Preset>,
    switches: Vec<Switch>,
}

/// The gallery's scenarios with their sources, the presets, and the switches.
#[wasm_bindgen]
pub fn catalog() -> Result<JsValue, JsValue> {
    let scenarios = GALLERY.iter().filter_map(|exhibit| {
        // A test reads them all; here one that cannot be read is only left out.
        let header = exhibit.scenario().ok()?.header;
        Some(Exhibit {
            name: exhibit.name,
            title: header.title,
            group: header.group.map_or("", |g| g.name()),
            about: header.about,
            by: header.who,
            when: header.when,
            place: header.place,
            review: header.review,
            watch: header.watch,
            text: exhibit.text,
            policy: header.policy.text,
        })
    });
    let presets = PRESETS.iter().map(|preset| Preset {
        name: preset.name,
        letter: preset.letter,
        text: preset.text,
        switches: SWITCHES.iter().filter(|s| preset.switches.contains(s.switch)).map(|s| s.id).collect(),
    });
    let switches = SWITCHES.iter().map(|s| Switch { id: s.id, name: s.name, text: s.text });
    js::object(&Catalog { scenarios: scenarios.collect(), presets: presets.collect(), switches: switches.collect() })
}
