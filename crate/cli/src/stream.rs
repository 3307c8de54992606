//! The stream of events as lines: step, task, what happened, with the scenario's names.

use faultline_engine::event::Record;
use faultline_engine::ids::{ObjectId, SpaceId, TaskId};
use faultline_scenario::names::Names;
use faultline_scenario::places::PlacedStep;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// Prints one event a line; the set-up's, whose steps are counted apart, come first. Above the events of a step stands
/// its place in FreeBSD's source.
pub fn print(
    out: &mut dyn Write,
    events: &[Record],
    setup: usize,
    names: &Names,
    places: &[PlacedStep],
) -> io::Result<()> {
    let mut places = places.iter().peekable();
    for (at, record) in events.iter().enumerate() {
        while let Some(step) = places.next_if(|step| step.event <= at) {
            // A step without an event has no line, and so no place either.
            let shown = places.peek().is_none_or(|next| next.event > at);
            if let (Some(place), true) = (&step.place, shown) {
                writeln!(out, "        {:<8} -- {} in {} ({})", step.task, step.at, place.routine, place.file)?;
            }
        }
        let Value::Object(mut fields) = serde_json::to_value(record)? else { continue };
        let kind = fields.remove("kind").and_then(|k| k.as_str().map(String::from)).unwrap_or_default();
        fields.remove("step");
        fields.remove("task");
        let task = if at < setup { "set-up".into() } else { names.task(record.task) };
        write!(out, "{:>6}  {task:<8} {kind}", record.step)?;
        for (name, value) in &fields {
            write!(out, " {name}={}", said(&kind, name, value, at, names))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A value with the scenario's names.
fn said(kind: &str, name: &str, value: &Value, at: usize, names: &Names) -> String {
    let id = value.as_u64().and_then(|n| u32::try_from(n).ok());
    match (name, id) {
        ("object" | "backing" | "into", Some(id)) => names.object(ObjectId(id), at),
        ("from" | "to", Some(id)) if kind == "page_rename" => names.object(ObjectId(id), at),
        ("space", Some(id)) => names.space(SpaceId(id), at),
        ("owner" | "parent", Some(id)) if kind != "process" => names.task(TaskId(id)),
        ("va" | "start" | "end" | "bits" | "flags", Some(_)) | ("va" | "start" | "end" | "bits", None)
            if value.is_u64() =>
        {
            format!("{:#x}", value.as_u64().unwrap_or_default())
        }
        ("value" | "expected", _) if value.is_u64() => names.value(value.as_u64().unwrap_or_default()),
        _ => plain(kind, value, at, names),
    }
}

fn plain(kind: &str, value: &Value, at: usize, names: &Names) -> String {
    let inside = |fields: &Map<String, Value>| {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| format!("{name}={}", said(kind, name, value, at, names))).collect();
        format!("{{{}}}", fields.join(" "))
    };
    match value {
        Value::Null => "none".into(),
        Value::String(text) => text.clone(),
        Value::Object(fields) => inside(fields),
        other => other.to_string(),
    }
}
