//! E05 and E06: page tables against PV lists and against the free list.

use super::{Violation, live_spaces};
use crate::detail;
use crate::detail::{Detail, Piece};
use crate::env::Env;
use crate::finding::FindingKind;
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, PAGE_SHIFT, PhysAddr, Vpn};
use crate::machine::entry::{ENTRIES, Entry, Level, PageSize};
use crate::page::busy::FREED;
use crate::property::Property;
use crate::world::World;

/// A leaf of a page table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leaf {
    pub(super) space: SpaceId,
    pub(super) vpn: Vpn,
    pub(super) frame: FrameNo,
    /// Whether it permits writes.
    pub(super) writable: bool,
    /// Whether the page was written through it.
    pub(super) modified: bool,
}

/// The frame at an address, if there is one.
fn frame_at<E: Env>(world: &World<E>, at: PhysAddr) -> Option<FrameNo> {
    let number = at.0 >> PAGE_SHIFT;
    (number > 0 && number < world.pages.len() as u64).then(|| at.frame())
}

/// Visits every leaf below `table`, in order; entries that lead nowhere are violations.
fn walk<E: Env>(
    world: &World<E>,
    space: SpaceId,
    (table, level): (FrameNo, Level),
    base: u64,
    leaves: &mut Vec<Leaf>,
    seen: &mut Vec<FrameNo>,
    found: &mut Vec<Violation>,
) {
    seen.push(table);
    for index in 0..ENTRIES {
        let entry = Entry::from_bits_retain(world.env.frame_peek(table, index as usize));
        if !entry.contains(Entry::V) {
            continue;
        }
        let vpn = Vpn(base + (index << (level.shift() - PAGE_SHIFT)));
        let lower = Level::ALL.into_iter().rev().find(|l| *l < level);
        let at = if lower.is_some() { entry.table() } else { entry.frame(PageSize::Size4K) };
        let leads = |to: Detail| {
            let detail = detail!(
                "the entry of {} in {} at level {} leads to {}",
                vpn.addr(),
                space,
                u32::from(level.number()),
                to
            );
            Violation::new(Property::E05, (None, None), detail)
        };
        let Some(frame) = frame_at(world, at) else {
            found.push(leads(detail!("{}, where no memory is", Piece::Word(at.0))));
            continue;
        };
        let page = world.page_of(frame);
        match lower {
            None => {
                let (writable, modified) = (entry.contains(Entry::RW), entry.contains(Entry::M));
                leaves.push(Leaf { space, vpn, frame, writable, modified });
            }
            Some(lower) if page.busy.peek(&world.env) != FREED && page.object.peek(&world.env).is_none() => {
                walk(world, space, (frame, lower), vpn.0, leaves, seen, found);
            }
            Some(_) => found.push(leads(detail!("{}, which is no table", frame))),
        }
    }
}

/// All leaves of all spaces, by space and address.
pub(super) fn leaves<E: Env>(world: &World<E>, found: &mut Vec<Violation>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    for (space, root) in live_spaces(world) {
        walk(world, space, (root, Level::Pml4), 0, &mut leaves, &mut Vec::new(), found);
    }
    leaves
}

/// All leaves of one space by address, and its tables.
pub(super) fn leaves_of<E: Env>(
    world: &World<E>,
    space: SpaceId,
    tables: &mut Vec<FrameNo>,
    found: &mut Vec<Violation>,
) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    if let Some(root) = world.spaces.peek(&world.env, space.0).pmap.root.peek(&world.env) {
        walk(world, space, (root, Level::Pml4), 0, &mut leaves, tables, found);
    }
    leaves
}

/// All PV entries on lists, with the pages they map.
fn listed<E: Env>(world: &World<E>) -> Vec<(SpaceId, Vpn, FrameNo)> {
    let env = &world.env;
    let mut listed = Vec::new();
    for page in world.pages.made() {
        let next = |id: &crate::ids::PvId| world.pvs.peek(env, id.0).next.peek(env);
        let list = std::iter::successors(page.pv_head.peek(env), next).take(world.pvs.used(env) as usize);
        listed.extend(list.map(|id| {
            let pv = world.pvs.peek(env, id.0);
            (pv.space.peek(env), pv.vpn.peek(env), page.frame)
        }));
    }
    listed.sort_unstable();
    listed
}

/// Checks E05 and E06; returns the leaves, for further checks.
pub(super) fn check<E: Env>(world: &World<E>, quiet: bool, found: &mut Vec<Violation>) -> Vec<Leaf> {
    let env = &world.env;
    let leaves = leaves(world, found);
    let listed = listed(world);
    for leaf in &leaves {
        let Leaf { space, vpn, frame, .. } = *leaf;
        let page = world.page_of(frame);
        let about = page.about(env);
        if page.busy.peek(env) == FREED {
            let detail = detail!("{} is free although {} maps it at {}", frame, space, vpn.addr());
            found.push(Violation {
                kind: FindingKind::FreedWhileMapped,
                ..Violation::new(Property::E06, about, detail)
            });
        }
        if listed.binary_search(&(space, vpn, frame)).is_err() {
            let detail = detail!("{} maps {} at {}, which its list does not say", space, frame, vpn.addr());
            found.push(Violation::new(Property::E05, about, detail));
        }
    }
    for pair in listed.windows(2).filter(|pair| pair[0] == pair[1]) {
        let (space, vpn, frame) = pair[0];
        let detail = detail!("{} lists its mapping at {} of {} twice", frame, vpn.addr(), space);
        found.push(Violation::new(Property::E05, world.page_of(frame).about(env), detail));
    }
    for &(space, vpn, frame) in &listed {
        // An unmap clears the entry first and removes the PV entry after the flush, under the pmap's lock.
        let halfway = !quiet && world.spaces.peek(env, space.0).pmap.lock.is_written(env);
        let at = leaves.binary_search_by(|l| (l.space, l.vpn, l.frame).cmp(&(space, vpn, frame)));
        if at.is_err() && !halfway {
            let detail = detail!("{} lists a mapping at {} of {} that is not there", frame, vpn.addr(), space);
            found.push(Violation::new(Property::E05, world.page_of(frame).about(env), detail));
        }
    }
    leaves
}
