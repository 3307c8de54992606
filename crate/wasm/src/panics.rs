//! Records the message of a panic: in WebAssembly nothing unwinds, and the caller sees only a trap.

use std::panic::{set_hook, take_hook};
use std::sync::{Mutex, Once};
use wasm_bindgen::prelude::wasm_bindgen;

static LAST: Mutex<Option<String>> = Mutex::new(None);

/// From here on a panic leaves its message before the module traps.
pub fn note() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            usual(panic);
            // A thread that panics must not wait for a lock.
            if let Ok(mut last) = LAST.try_lock() {
                *last = Some(panic.to_string());
            }
        }));
    });
}

/// What the module panicked with, if that is why it trapped; without a panic there was no memory left to take.
/// May be asked after a trap: it takes no memory unless there is something to say.
#[wasm_bindgen]
#[must_use]
pub fn panicked() -> Option<String> {
    LAST.try_lock().ok().and_then(|last| last.clone())
}
