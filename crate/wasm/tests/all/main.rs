//! All tests of the bindings in one program: it is linked once for each build, and a browser starts once.
//!
//! What is marked `wasm_bindgen_test(unsupported = test)` runs natively too.

#[cfg(target_arch = "wasm32")]
mod crossing;
mod fingerprints;
#[path = "../../../scenario/tests/all/forgetful.rs"]
mod forgetful;
mod links;
#[cfg(all(target_arch = "wasm32", feature = "threads"))]
mod pool;
#[cfg(not(target_arch = "wasm32"))]
mod search;
mod searches;
#[cfg(not(target_arch = "wasm32"))]
mod session;
#[cfg(target_arch = "wasm32")]
mod smoke;
#[cfg(all(target_arch = "wasm32", feature = "threads"))]
mod threads;
mod unsound;

// Never the page's own thread: it may not wait for a lock.
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
