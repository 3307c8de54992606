//! The workers that all tests of the threaded build share.

use std::sync::atomic::{AtomicBool, Ordering};

/// How many there are.
pub const WORKERS: usize = 4;

/// Starts them, the first time: a module has one pool. Tests run one after the other.
pub async fn start() {
    static STARTED: AtomicBool = AtomicBool::new(false);
    if !STARTED.swap(true, Ordering::Relaxed) {
        let started = faultline_wasm::init_thread_pool(WORKERS);
        wasm_bindgen_futures::JsFuture::from(started).await.expect("the pool starts");
    }
}
