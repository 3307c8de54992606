//! What there is to choose from: the gallery, the presets, the switches.

use crate::js;
use crate::problem::Problem;
use faultline_engine::policy::{
    DEFECTS, EnterProtocol, PRESETS, PROTOCOL_ID, PROTOCOL_NAME, PROTOCOL_TEXT, PROTOCOLS, SWITCHES, SwitchInfo,
};
use faultline_scenario::gallery::GALLERY;
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ScenarioInfo"))]
struct Exhibit {
    name: String,
    title: String,
    /// `race`, `defect`, `golden` or `correct`.
    group: &'static str,
    about: String,
    by: String,
    when: String,
    #[serde(rename = "where")]
    place: String,
    review: String,
    watch: Vec<String>,
    /// The kind of finding that a search looks for first; empty if none comes first.
    seek: &'static str,
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
            seek: header.seek.map_or("", |kind| kind.name()),
            text: text.into(),
            policy: header.policy.text,
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PresetInfo"))]
struct Preset {
    name: &'static str,
    letter: &'static str,
    text: &'static str,
    /// Ids of the switches that are on.
    switches: Vec<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SwitchInfo"))]
struct Switch {
    id: &'static str,
    name: &'static str,
    text: &'static str,
}

/// A setting with more than two values.
#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SettingInfo"))]
struct Setting {
    id: &'static str,
    name: &'static str,
    text: &'static str,
    /// The value of every preset.
    preset: &'static str,
    values: Vec<Value>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SettingValue"))]
struct Value {
    name: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
/// Everything there is to choose from.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Catalog {
    scenarios: Vec<Exhibit>,
    presets: Vec<Preset>,
    switches: Vec<Switch>,
    settings: Vec<Setting>,
    defects: Vec<Switch>,
}

fn switches(infos: &[SwitchInfo]) -> Vec<Switch> {
    infos.iter().map(|s| Switch { id: s.id, name: s.name, text: s.text }).collect()
}

/// The gallery's scenarios with their sources, the presets, the switches and settings.
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
    let enter = Setting {
        id: PROTOCOL_ID,
        name: PROTOCOL_NAME,
        text: PROTOCOL_TEXT,
        preset: EnterProtocol::default().name(),
        values: PROTOCOLS.iter().map(|p| Value { name: p.name, text: p.text }).collect(),
    };
    js::object(&Catalog {
        scenarios: scenarios.collect(),
        presets: presets.collect(),
        switches: switches(SWITCHES),
        settings: vec![enter],
        defects: switches(DEFECTS),
    })
}

/// What the text of a scenario says about itself, as the catalog says it of the gallery's.
#[wasm_bindgen]
pub fn describe(text: &str, name: &str) -> Result<JsValue, JsValue> {
    js::outcome(parse(name, text).map(|scenario| Exhibit::of(scenario, text)).map_err(Problem::from))
}
