//! Phrases about tasks, their operations, faults, locks and waits.

use super::findings;
use super::names::Namer;
use super::operations::operation;
use super::phrase::{Phrase, listed, strong};
use super::scene::Scene;
use crate::model::{BASE, Op};
use faultline_engine::event::{Absent, Event, Record, Restart};
use faultline_engine::machine::addr::{PAGE_SIZE, VirtAddr};
use faultline_engine::sync::Mode;

pub(super) fn phrase_of(record: &Record, scene: &Scene, namer: &Namer) -> Option<Phrase> {
    let me = scene.task(record.task);
    let now = me.op.and_then(|op| namer.operation(record.task, op)).map(|operation| &operation.op);
    let is_actor = |process| namer.process(process) == namer.actor(scene, record.task);
    Some(match record.event {
        Event::OpStart { op } => match namer.operation(record.task, op) {
            Some(begun) => operation(&begun.op),
            None => Phrase::new("begins an operation").begins(),
        },
        Event::OpEnd { error: None, .. } => return None,
        Event::OpEnd { error: Some(kern), .. } => Phrase::new(format!("fails with {kern}")).short("fails").begins(),
        Event::OpSkip { process, why, .. } => {
            let name = strong(namer.process(process));
            let why = match why {
                Absent::Unborn => "was never made",
                Absent::Killed => "was killed before",
                Absent::Exited => "has exited",
            };
            Phrase::new(format!("passes over an operation of {name}, which {why}")).short("passed over").begins()
        }
        Event::Signal { va, signal } => {
            Phrase::new(format!("gets {} at {}", signal.name(), namer.address(va))).short("signal").begins()
        }
        Event::Sleep { channel } => Phrase::new(format!("waits {}", namer.awaited(scene, channel))).short("waits"),
        Event::Wakeup { .. } if scene.woken.is_empty() => return None,
        Event::Wakeup { .. } => Phrase::new(format!("wakes {}", listed(&namer.tasks(&scene.woken)))),
        // The operation has just stated the address.
        Event::FaultEnter { va, .. } if now.is_some_and(|op| touches(op, va)) => Phrase::new("faults"),
        Event::FaultEnter { va, .. } => Phrase::new(format!("faults on {}", namer.address(va))),
        // A walk begins in the first object: not worth a phrase.
        Event::FaultWalk { object, .. } if me.first == Some(object) => return None,
        Event::FaultWalk { object, .. } => {
            let name = namer.object(scene, object);
            let short = format!("→ {name}");
            Phrase::list(["goes down to "; 2], name, ["", ""]).short(short)
        }
        Event::FaultFound { page, .. } => Phrase::new(format!("finds {}", namer.page(scene, page))).quiet(),
        // Already stated: it waits.
        Event::FaultRestart { why: Restart::Busy } => return None,
        Event::FaultRestart { why } => {
            let why = match why {
                Restart::Dead => ": the object is going away",
                Restart::Relookup => ": the map has changed or is locked",
                Restart::Memory => ": no page is free",
                Restart::Upgrade => ": it cannot have the lock to write",
                Restart::Busy => "",
            };
            Phrase::new(format!("starts its fault again{why}")).short("restart").begins()
        }
        Event::Process { process, parent: Some(_), .. } => {
            let name = namer.process(process);
            match now {
                // The fork has named the child.
                Some(Op::Fork(child, _) | Op::Vfork(child, _)) if child.text == name => return None,
                _ => Phrase::new(format!("makes process {}", strong(name))).begins(),
            }
        }
        // Already stated if the process exits under its own name.
        Event::ProcessExit { process } if now == Some(&Op::Exit) && is_actor(process) => return None,
        Event::ProcessExit { process } => Phrase::new(format!("ends process {}", strong(namer.process(process)))),
        Event::Found { finding, .. } => return findings::phrase_of(finding, scene, namer),
        Event::Acquire { lock, mode } => {
            let how = if mode == Mode::Read { " to read" } else { "" };
            Phrase::new(format!("takes the lock of {}{how}", namer.lock(scene, lock))).quiet()
        }
        Event::Release { lock } => Phrase::new(format!("drops the lock of {}", namer.lock(scene, lock))).quiet(),
        _ => return None,
    })
}

/// Whether an operation accesses the page at an address.
fn touches(op: &Op, va: VirtAddr) -> bool {
    matches!(op, Op::Store(page, _) | Op::Load(page, ..) if va.0.wrapping_sub(BASE) / PAGE_SIZE == *page)
}
