//! Phrases about pages, translations and accesses.

use super::findings::wrong_read;
use super::names::Namer;
use super::phrase::{Phrase, code, strong};
use super::scene::{Scene, leaf};
use faultline_engine::event::{Event, Record};
use faultline_engine::ids::SpaceId;
use faultline_engine::kern::BusyState;
use faultline_engine::machine::addr::VirtAddr;
use faultline_engine::machine::entry::Entry;

pub(super) fn phrase_of(record: &Record, scene: &Scene, namer: &Namer) -> Option<Phrase> {
    let page = |frame| namer.page(scene, frame);
    let bare = |frame| namer.bare(scene, frame);
    Some(match record.event {
        Event::PageAlloc { page: new, object, index } => {
            let which = namer.named(scene, new).map_or_else(|| format!("page {}", index.0), code);
            Phrase::new(format!("puts an empty {which} into {}", namer.object(scene, object)))
        }
        // A new page is always busy.
        Event::PageBusy { state: BusyState::Exclusive { .. }, .. } if scene.before.new => return None,
        Event::PageBusy { page: busy, state } => match state {
            BusyState::Exclusive { .. } => {
                Phrase::list(["makes "; 2], page(busy), [" busy", " busy"]).short(format!("busy {}", bare(busy)))
            }
            BusyState::Shared { .. } => {
                Phrase::new(format!("shares the busy lock of {}", page(busy))).short(format!("busy {}", bare(busy)))
            }
            BusyState::None => Phrase::list([""; 2], page(busy), [" is no longer busy", " are no longer busy"]),
            BusyState::Freed => return None,
        },
        Event::PageCopy { from, to, .. } => {
            Phrase::new(format!("copies {} into {}", page(from), page(to))).short(format!("copy {}", bare(from)))
        }
        Event::PageZero { page: zeroed } => {
            Phrase::new(format!("zeroes {}", page(zeroed))).short(format!("zero {}", bare(zeroed)))
        }
        Event::PageFill { page: read, .. } => {
            Phrase::list(["reads "; 2], page(read), [" in", " in"]).short(format!("page in {}", bare(read)))
        }
        Event::PageWrite { page: written, file, .. } => {
            let device = file.map_or_else(|| "the swap device".into(), |file| namer.file(file));
            let text = format!("writes {} to {device}", page(written));
            Phrase::new(text).short(format!("page out {}", bare(written)))
        }
        Event::PageValid { page: filled, valid: true } => {
            Phrase::list(["marks "; 2], page(filled), [" valid", " valid"])
        }
        Event::PageRename { page: moved, from, from_index, to, .. } => {
            let (from, to) = (namer.object(scene, from), namer.object(scene, to));
            let which = namer.named(scene, moved).map_or_else(|| format!("page {}", from_index.0), code);
            Phrase::new(format!("moves {which} from {from} to {to}")).short(format!("move {}", bare(moved)))
        }
        // The finding has already stated that it is freed.
        Event::PageFree { .. } if scene.before.free => return None,
        Event::PageFree { page: freed } => {
            Phrase::list([""; 2], page(freed), [" is freed", " are freed"]).short(format!("free {}", bare(freed)))
        }
        Event::Entry { space, va, level: 1, bits } => {
            return entry(scene, namer, (space, va), Entry::from_bits_retain(bits));
        }
        Event::Access { va, write: true, value, .. } => {
            let value = namer.value(value);
            Phrase::new(format!("stores {value} at {}", namer.address(va))).short(format!("store {value}"))
        }
        Event::Access { va, value, expected, .. } => {
            let (value, expected) = (namer.value(value), (value != expected).then(|| namer.value(expected)));
            load(scene, namer, record, va, &value, expected.as_deref())
        }
        _ => return None,
    })
}

fn entry(scene: &Scene, namer: &Namer, (space, va): (SpaceId, VirtAddr), now: Entry) -> Option<Phrase> {
    let place = format!("{}’s {}", namer.space(scene, space), namer.address(va));
    let before = scene.before.entry.filter(|entry| entry.contains(Entry::V));
    let rights = if now.contains(Entry::RW) { "writable" } else { "read-only" };
    match before {
        _ if !now.contains(Entry::V) => {
            before.map(|_| Phrase::list(["clears the entry of ", "clears the entries of "], place, ["", ""]))
        }
        Some(old) if leaf(old) == leaf(now) => {
            let changed = old.contains(Entry::RW) != now.contains(Entry::RW);
            changed.then(|| Phrase::new(format!("makes {place} {rights}")))
        }
        _ => {
            let text = format!("maps {place} to {} ({rights})", namer.page(scene, leaf(now)));
            Some(Phrase::new(text).short(format!("map {}", namer.bare_address(va))))
        }
    }
}

/// A load that got `value`, perhaps not the expected one.
fn load(scene: &Scene, namer: &Namer, record: &Record, va: VirtAddr, value: &str, expected: Option<&str>) -> Phrase {
    let address = namer.address(va);
    let phrase = match expected {
        None => Phrase::new(format!("gets {value} from {address}")),
        Some(expected) => {
            let what = wrong_read(scene, record.task).map_or_else(String::new, |what| format!(": {}", strong(what)));
            Phrase::new(format!("gets {} from {address} where {expected} was stored{what}", strong(value))).wrong()
        }
    };
    phrase.short(format!("gets {value}"))
}
