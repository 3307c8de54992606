//! The module loads in a dedicated worker, and the threaded build gets real threads there.

use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn the_module_loads_and_answers() {
    assert_eq!(faultline_wasm::revision(), faultline_engine::REVISION);
}

#[cfg(feature = "threads")]
#[wasm_bindgen_test]
async fn workers_share_one_memory() {
    use rayon::prelude::*;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    crate::pool::start().await;
    assert_eq!(rayon::current_num_threads(), crate::pool::WORKERS);

    // Each job waits until the other has begun, which one thread alone could never satisfy.
    let begun = AtomicU32::new(0);
    let sum = Mutex::new(0_u64);
    rayon::join(|| meet(&begun, &sum, 20), || meet(&begun, &sum, 22));
    assert_eq!(sum.into_inner().expect("no job panicked"), 42);
    assert_eq!((0..1_000_u64).into_par_iter().sum::<u64>(), 499_500);

    fn meet(begun: &AtomicU32, sum: &Mutex<u64>, share: u64) {
        begun.fetch_add(1, Ordering::AcqRel);
        while begun.load(Ordering::Acquire) < 2 {
            std::hint::spin_loop();
        }
        *sum.lock().expect("no job panicked") += share;
    }
}
