//! What JavaScript gets: plain objects with the names the page reads.

use faultline_wasm::{Session, catalog};
use js_sys::{Array, BigInt, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("it is an object")
}

fn list(object: &JsValue, name: &str) -> Array {
    get(object, name).unchecked_into()
}

#[wasm_bindgen_test]
fn a_scenario_crosses_as_objects_and_wide_words_as_bigints() {
    let catalog = catalog().expect("it can be made");
    let scenarios = list(&catalog, "scenarios");
    let story = scenarios.iter().find(|s| get(s, "name") == "t3-story").expect("it is in the gallery");
    let source = get(&story, "text").as_string().expect("it has a source");
    let mut session = Session::create(&source, "2019-12", None, None).expect("it is sound");
    let opened = session.open_js().expect("it plays");
    let steps = list(&opened, "steps");
    let records: Vec<JsValue> = steps.iter().flat_map(|c| list(&c, "records").to_vec()).collect();
    let kinds: Vec<String> = records.iter().filter_map(|r| get(r, "kind").as_string()).collect();
    assert!(kinds.iter().any(|k| k == "page_copy") && kinds.iter().any(|k| k == "found"), "{kinds:?}");
    let entry = records.iter().find(|r| get(r, "kind") == "entry").expect("page tables change");
    assert!(get(entry, "bits").is_instance_of::<BigInt>() || get(entry, "bits").is_bigint());
    let number = |name| get(&records[0], name).as_f64().is_some();
    assert!(number("task") && number("step"), "64 bits that never come to more than 53 cross as numbers");
    let acquire = records.iter().find(|r| get(r, "kind") == "acquire").expect("locks are taken");
    assert!(get(acquire, "words").is_string());
}

#[wasm_bindgen_test]
fn a_problem_is_thrown_as_an_object() {
    let thrown = Session::create("title x\nnonsense", "main", None, None).err().expect("that is no scenario");
    assert!(get(&thrown, "message").is_string() && get(&thrown, "remedy").is_string());
}
