//! Events in JSON keep the numbers that the kernel gives errors, signals, protections and flags.

use faultline_engine::event::{EntryView, Event};
use faultline_engine::ids::{EntryId, ObjectId, SpaceId};
use faultline_engine::kern::Inherit;
use faultline_engine::kern::ObjectFlags;
use faultline_engine::kern::{Kern, Prot, Signal};
use faultline_engine::machine::addr::{PageIndex, VirtAddr};
use serde_json::{json, to_value};

#[test]
fn errors_signals_protections_and_flags_are_the_kernels_numbers() {
    let va = VirtAddr(0x1000);
    let flags = ObjectFlags::ANON | ObjectFlags::ONEMAPPING;
    let view = EntryView {
        start: va,
        end: va,
        object: None,
        offset: PageIndex(0),
        protection: Prot::READ | Prot::EXECUTE,
        inheritance: Inherit::None,
        cow: false,
        needs_copy: false,
        stack: false,
    };
    let set = to_value(Event::EntrySet { space: SpaceId(0), entry: EntryId(0), view }).unwrap();
    assert_eq!((&set["view"]["protection"], &set["view"]["inheritance"]), (&json!(5), &json!(2)));
    let json = [
        (Event::OpEnd { op: 1, error: None }, json!({"kind": "op_end", "op": 1, "error": 0})),
        (Event::OpEnd { op: 1, error: Some(Kern::OutOfBounds) }, json!({"kind": "op_end", "op": 1, "error": 9})),
        (Event::Signal { va, signal: Signal::Bus }, json!({"kind": "signal", "va": 0x1000, "signal": 10})),
        (
            Event::ObjectFlags { object: ObjectId(3), flags },
            json!({"kind": "object_flags", "object": 3, "flags": 0x2010}),
        ),
    ];
    for (event, expected) in json {
        assert_eq!(to_value(event).unwrap(), expected);
    }
}
