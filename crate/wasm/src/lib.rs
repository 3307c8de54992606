//! Faultline for the web: bindings and nothing else.
//!
//! Small things cross as objects that serde makes; what changes many times a second,
//! the counts of a replay, is read by the page as a view on linear memory. Everything
//! here is to be called in a dedicated worker: the threaded build waits for locks, and
//! the page's own thread may not.

pub mod branch;
mod catalog;
mod js;
pub mod link;
pub mod manual;
mod panics;
#[cfg(feature = "threads")]
mod parallel;
pub mod problem;
pub mod recording;
pub mod search;
pub mod session;
pub mod step_record;

pub use catalog::{catalog, describe, require_scenario};
pub use link::LinkSession;
pub use panics::panicked;
pub use problem::Problem;
pub use recording::Recording;
pub use session::Session;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the pool of workers that the threaded build runs on.
#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;

/// The engine's revision, which a link carries so that it can say when it no longer applies.
#[wasm_bindgen]
#[must_use]
pub fn revision() -> u32 {
    faultline_engine::REVISION
}

/// The linear memory, for views on counts; shared with the pool's workers in the threaded build.
#[wasm_bindgen]
#[must_use]
pub fn linear_memory() -> JsValue {
    wasm_bindgen::memory()
}
