//! What there is to choose from: the gallery, the presets, the switches.

use crate::js;
use crate::problem::Problem;
use faultline_engine::policy::{PRESETS, SWITCHES};
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[derive(Serialize)]
struct Exhibit {
    name: String,
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
    text: String,
    policy: String,
}

impl Exhibit {
    fn of(scenario: Scenario, text: &str) -> Exhibit {
        let Scenario { name, header, .. } = scenario;
        Exhibit {
            name,
            title: header.title,
            group: header.group.map_or("", |group| group.name()),
            about: header.about,
            by: header.who,
            when: header.when,
            place: header.place,
            review: header.review,
            watch: header.watch,
            text: text.into(),
            policy: header.policy.text,
        }
    }
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
    // A test reads them all; here one that cannot be read is only left out.
    let scenarios = GALLERY.iter().filter_map(|exhibit| Some(Exhibit::of(exhibit.scenario().ok()?, exhibit.text)));
    let presets = PRESETS.iter().map(|preset| Preset {
        name: preset.name,
        letter: preset.letter,
        text: preset.text,
        switches: SWITCHES.iter().filter(|s| preset.switches.contains(s.switch)).map(|s| s.id).collect(),
    });
    let switches = SWITCHES.iter().map(|s| Switch { id: s.id, name: s.name, text: s.text });
    js::object(&Catalog { scenarios: scenarios.collect(), presets: presets.collect(), switches: switches.collect() })
}

/// What the text of a scenario says about itself, as the catalog says it of the gallery's.
#[wasm_bindgen]
pub fn describe(text: &str, name: &str) -> Result<JsValue, JsValue> {
    js::outcome(parse(name, text).map(|scenario| Exhibit::of(scenario, text)).map_err(Problem::from))
}
