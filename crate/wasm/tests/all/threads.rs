//! The threaded build replays with real workers over one memory.

use faultline_recording::trace::progress::Word;
use faultline_wasm::recording::{Options, Recording};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn two_workers_replay_part_of_the_recording() {
    crate::pool::start().await;
    let bytes = include_bytes!("../../../../tests/data/zlib.trace.gz");
    let options = Options { events: 40_000, frames: 32_768, workers: 2, ..Options::default() };
    let mut recording = Recording::new(bytes, &options).expect("it can be read");
    recording.start();
    while !recording.is_over() {
        std::thread::yield_now();
    }
    let (done, all) = (recording.progress().get(Word::Events), recording.progress().get(Word::EventsInAll));
    assert_eq!(done, all);
    let report = recording.report().expect("it ended well");
    assert_eq!((report.mode, report.threads, report.findings.len()), ("threads", 2, 0));
    assert!(report.faults.cow_copy > 0 && report.max_chain > 1, "{report:?}");
}
