//! Rust values as JavaScript objects.

use crate::problem::Problem;
use faultline_scenario::watch::Watch;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// As a plain object, of the types that `www/core/generated/types.ts` has: words of which all 64 bits count become
/// bigints, which is marked where they are declared, all other numbers become numbers, and `None` becomes null.
pub fn object(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    value.serialize(&serializer).map_err(JsValue::from)
}

/// The same for a result: a problem is thrown as an object.
pub fn outcome(result: Result<impl Serialize, Problem>) -> Result<JsValue, JsValue> {
    match result {
        Ok(value) => object(&value),
        Err(problem) => Err(thrown(&problem)),
    }
}

/// A problem as what JavaScript catches.
pub fn thrown(problem: &Problem) -> JsValue {
    object(problem).unwrap_or_else(|e| e)
}

/// A JavaScript callback for progress: `on_progress(doing, turns, of)`, with `set-up` or `run`, turns
/// taken, and of how many, or `undefined`. What is thrown there is of no interest here.
pub fn watch(on_progress: Option<js_sys::Function>) -> Watch {
    let Some(on_progress) = on_progress else { return Watch::default() };
    Watch::new(move |doing, turns, of| {
        let of = of.map_or(JsValue::UNDEFINED, |of| JsValue::from_f64(of as f64));
        let _thrown =
            on_progress.call3(&JsValue::UNDEFINED, &doing.name().into(), &JsValue::from_f64(turns as f64), &of);
    })
}

/// Seconds since some time in the past.
#[cfg(target_arch = "wasm32")]
pub fn clock() -> f64 {
    js_sys::Date::now() / 1000.0
}

/// Outside a browser only tests run here, and they measure nothing.
#[cfg(not(target_arch = "wasm32"))]
pub fn clock() -> f64 {
    0.0
}
