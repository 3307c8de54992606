//! What there is to choose from: the gallery, the presets, the switches.

use crate::js;
use crate::problem::Problem;
use faultline_scenario::catalog::{Catalog, ScenarioEntry};
use faultline_scenario::gallery::{Unknown, find};
use faultline_scenario::parse::parse;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The gallery's scenarios with their sources, the presets, the switches and settings.
#[wasm_bindgen]
pub fn catalog() -> Result<JsValue, JsValue> {
    js::outcome(Catalog::of_entries().map_err(Problem::from))
}

/// The catalogue's entry for the text of a scenario.
#[wasm_bindgen]
pub fn describe(text: &str, name: &str) -> Result<JsValue, JsValue> {
    js::outcome(parse(name, text).map(|scenario| ScenarioEntry::of(scenario, text)).map_err(Problem::from))
}

/// Throws where the gallery has no scenario of this name, with the one that may have been meant.
#[wasm_bindgen(js_name = requireScenario)]
pub fn require_scenario(name: &str) -> Result<(), JsValue> {
    find(name).map(|_| ()).ok_or_else(|| js::thrown(&Unknown::of(name).into()))
}
