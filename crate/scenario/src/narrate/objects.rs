//! Phrases about objects: chains, collapses and bypasses.

use super::names::Namer;
use super::phrase::{Phrase, strong};
use super::scene::Scene;
use faultline_engine::event::{Event, Record, Refusal, ScanStep};

pub(super) fn phrase_of(record: &Record, scene: &Scene, namer: &Namer) -> Option<Phrase> {
    let name = |object| namer.object(scene, object);
    Some(match record.event {
        Event::ObjectLink { object, backing, .. } => {
            let (above, below) = (name(object), name(backing));
            let short = format!("{above} → {below}");
            Phrase::new(format!("puts {} above {}", strong(above), strong(below))).short(short)
        }
        Event::ObjectFree { object } => {
            let name = name(object);
            Phrase::of_thing(format!("{} is torn down", strong(&name))).short(format!("{name} dies")).begins()
        }
        Event::ObjectRef { object, count } => {
            let references = if count == 1 { "reference" } else { "references" };
            Phrase::new(format!("leaves {} with {count} {references}", name(object))).quiet()
        }
        Event::ObjectPip { object, count: 0 } => Phrase::new(format!("ends paging in {}", name(object))).quiet(),
        Event::ObjectPip { object, .. } => Phrase::new(format!("marks paging in {}", name(object))).quiet(),
        Event::Collapse { object, backing } => {
            Phrase::new(format!("begins to merge {} into {}", name(backing), name(object))).quiet()
        }
        Event::CollapseRefused { object, backing, why, page } => {
            let busy = || page.map_or_else(|| "a page".into(), |page| namer.page(scene, page));
            let why = match why {
                Refusal::Busy => format!("{} is busy", busy()),
                Refusal::Pip => "paging is in progress".into(),
                Refusal::Dead => "one of them is going away".into(),
                Refusal::Invalid => "a page is not valid".into(),
                Refusal::Unshadowed => "a page below is not hidden".into(),
            };
            Phrase::new(format!("leaves {} below {}: {why}", name(backing), name(object))).short("refused").begins()
        }
        Event::CollapseScan { page, what: ScanStep::Skip, .. } => {
            Phrase::new(format!("passes over {}, which is busy", namer.page(scene, page)))
        }
        Event::Collapsed { object, backing } => {
            let text = format!("merges {} into {}", strong(name(backing)), strong(name(object)));
            Phrase::new(text).short("collapse").begins()
        }
        Event::Bypass { object, backing, by_count } => {
            let (above, below) = (name(object), name(backing));
            let past = strong(format!("bypasses {below}"));
            let text = match by_count {
                true => {
                    let (length, held) = (scene.length(object), scene.resident(object));
                    let (pages, they) = if length == 1 { ("page", "it hides") } else { ("pages", "they hide") };
                    format!(
                        "sees that {above} is {length} {pages} long and holds {held}, believes that {they} all of {below}, and {past}"
                    )
                }
                false => format!("sees every page of {below} hidden and {past}"),
            };
            Phrase::new(text).short("bypass").begins()
        }
        Event::Split { object, into } => {
            Phrase::new(format!("splits {} off {}", name(into), name(object))).short("split")
        }
        _ => return None,
    })
}
