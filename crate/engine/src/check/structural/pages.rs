//! E04: every page is in one place.

use super::Violation;
use crate::detail;
use crate::env::Env;
use crate::ids::ObjectId;
use crate::kern::BusyState;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::page::busy::FREED;
use crate::page::{OBJREF, Page};
use crate::property::Property;
use crate::vm::object::ObjectType;
use crate::world::World;

/// The pages of all objects, by object and index.
pub(super) fn owned<E: Env>(world: &World<E>) -> Vec<(ObjectId, PageIndex, FrameNo)> {
    let env = &world.env;
    let owner = |p: &Page<E>| Some((p.object.peek(env)?, p.pindex.peek(env), p.frame));
    let mut owned: Vec<_> = world.pages.made().filter_map(owner).collect();
    owned.sort_unstable();
    owned
}

pub(super) fn check<E: Env>(world: &World<E>, found: &mut Vec<Violation>) {
    let env = &world.env;
    // Frame 0 is on no list, and what is not made was never taken from it.
    let mut free = world.pages.len().saturating_sub(1) as u32;
    for page in world.pages.made().filter(|page| page.frame.0 > 0) {
        free -= u32::from(page.busy.peek(env) != FREED);
        if let Some(wrong) = misplaced(world, page) {
            let detail = detail!("{}, {}, {}", page.frame, page.busy_state(env), wrong);
            found.push(Violation::new(Property::E04, page.about(env), detail));
        }
    }
    let listed = world.free.count.peek(env);
    if free != listed {
        let detail = detail!("{} frames are free and {} on the free list", free, listed);
        found.push(Violation::new(Property::E04, (None, None), detail));
    }
    slots(world, found);
}

/// What is wrong with where a page is: owned, without an owner, or free.
pub(super) fn misplaced<E: Env>(world: &World<E>, page: &Page<E>) -> Option<&'static str> {
    let env = &world.env;
    let refs = page.ref_count.peek(env);
    let (wired, objref) = (refs & !OBJREF > 0, refs & OBJREF != 0);
    let state = page.busy_state(env);
    match page.object.peek(env) {
        _ if wired && refs & !OBJREF > OBJREF / 2 => Some("has less than no wirings"),
        Some(_) if state == BusyState::Freed => Some("is free and has an owner"),
        Some(_) if !objref => Some("has an owner who does not hold it"),
        None if objref => Some("is held by an owner it does not have"),
        None if state == BusyState::Freed && (wired || page.valid.peek(env) || page.dirty.peek(env)) => {
            Some("is free but wired, valid or dirty")
        }
        None if state == BusyState::None && !wired => Some("is nobody's and not free"),
        _ => None,
    }
}

/// One page per slot, and as many as the object counts.
fn slots<E: Env>(world: &World<E>, found: &mut Vec<Violation>) {
    let env = &world.env;
    let owned = owned(world);
    for pair in owned.windows(2) {
        let [(o, i, a), (p, j, b)] = [pair[0], pair[1]];
        if (o, i) == (p, j) {
            let detail = detail!("{} and {} are both this page", a, b);
            found.push(Violation::new(Property::E04, (Some(o), Some(i)), detail));
        }
    }
    let mut pages = owned.iter().peekable();
    for index in 0..world.objects.used(env) {
        let o = world.objects.peek(env, index);
        let mut count = 0;
        while pages.next_if(|p| p.0.0 == index).is_some() {
            count += 1;
        }
        let resident = o.resident_page_count.peek(env);
        if o.kind.peek(env) == ObjectType::Dead && count > 0 {
            found.push(Violation::of(Property::E04, o.id, detail!("it is free and owns {} pages", count)));
        } else if o.kind.peek(env) != ObjectType::Dead && resident != count {
            found.push(Violation::of(
                Property::E04,
                o.id,
                detail!("it counts {} resident pages and owns {}", resident, count),
            ));
        }
    }
}

/// No operation is in progress: no page is busy.
pub(super) fn check_quiet<E: Env>(world: &World<E>, found: &mut Vec<Violation>) {
    for page in world.pages.made() {
        let state = page.busy_state(&world.env);
        if !matches!(state, BusyState::None | BusyState::Freed) {
            let detail = detail!("{} is {} although nothing is under way", page.frame, state);
            found.push(Violation::new(Property::E10, page.about(&world.env), detail));
        }
    }
}
