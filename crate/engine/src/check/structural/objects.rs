//! E01, E02, E03, E10, E11: objects, their references and links.

use super::{Violation, entries, live_objects, live_spaces};
use crate::detail;
use crate::env::Env;
use crate::ids::ObjectId;
use crate::kern::ObjectFlags;
use crate::property::Property;
use crate::vm::object::{Object, ObjectType};
use crate::world::World;

/// The references to an object.
#[derive(Clone, Copy, Default)]
pub(super) struct Users {
    pub(super) entries: u32,
    pub(super) shadows: u32,
    /// Maps among those of the entries that are being changed.
    pub(super) changing: u32,
}

impl Users {
    fn sum(self) -> u32 {
        self.entries + self.shadows
    }
}

/// A count from this on has fallen below zero.
const SANE: u32 = 1 << 31;

pub(super) fn check<E: Env>(world: &World<E>, quiet: bool, found: &mut Vec<Violation>) {
    let env = &world.env;
    let used = world.objects.used(env) as usize;
    let mut users = vec![Users::default(); used];
    for (space, _) in live_spaces(world) {
        let changing = world.spaces.peek(env, space.0).lock.is_written(env);
        let mut seen: Vec<ObjectId> = Vec::new();
        for entry in entries(world, space) {
            let Some(id) = entry.object.peek(env) else { continue };
            let Some(u) = users.get_mut(id.0 as usize) else { continue };
            u.entries += 1;
            if changing && !seen.contains(&id) {
                seen.push(id);
                u.changing += 1;
            }
            if changing && !quiet {
                // A shadow may already have taken over the object, and the collapse of another task its pages.
                continue;
            }
            let o = world.objects.peek(env, id.0);
            let start = entry.start.peek(env);
            if o.kind.peek(env) == ObjectType::Dead {
                found.push(Violation::of(
                    Property::E03,
                    id,
                    detail!("the entry at {} of {} leads to a free object", start, space),
                ));
            } else if o.flags.peek(env).contains(ObjectFlags::DEAD) {
                found.push(Violation::of(
                    Property::E11,
                    id,
                    detail!("the entry at {} of {} leads to a dead object", start, space),
                ));
            }
        }
    }
    for o in live_objects(world) {
        let Some(b) = o.backing_object.peek(env) else { continue };
        if let Some(u) = users.get_mut(b.0 as usize) {
            u.shadows += 1;
        }
        if world.objects.peek(env, b.0).kind.peek(env) == ObjectType::Dead {
            found.push(Violation::of(Property::E03, o.id, detail!("it shadows {}, which is free", b)));
        }
    }
    for o in live_objects(world) {
        let u = users[o.id.0 as usize];
        references(world, o, u, quiet, found);
        shadows(world, o, u, found);
        progress(world, o, quiet, found);
        marks(world, o, found);
    }
    chains(world, &users, quiet, found);
}

/// E01.
pub(super) fn references<E: Env>(world: &World<E>, o: &Object<E>, u: Users, quiet: bool, found: &mut Vec<Violation>) {
    let env = &world.env;
    let (count, transient) = (o.ref_count.peek(env), o.transient_refs.peek(env));
    let known = u.sum().wrapping_add(transient);
    let fine = if quiet {
        count == known && transient == 0
    } else {
        let taken_over = count < known && known - count <= u.changing;
        // There is no reference yet: it belongs to its creator, and to tasks that found it on a shadow list.
        let new = u.sum() == 0 && (transient..SANE).contains(&count);
        count == known || taken_over || o.lock.is_written(env) || new
    };
    if !fine {
        let detail = detail!(
            "its reference count is {}, with {} entries, {} shadows and {} operations that refer to it",
            count,
            u.entries,
            u.shadows,
            transient
        );
        found.push(Violation::of(Property::E01, o.id, detail));
    }
}

/// E02: shadows of anonymous objects are counted and listed.
pub(super) fn shadows<E: Env>(world: &World<E>, o: &Object<E>, u: Users, found: &mut Vec<Violation>) {
    let env = &world.env;
    if !o.flags.peek(env).contains(ObjectFlags::ANON) {
        return;
    }
    let listed = listed(world, o);
    let count = o.shadow_count.peek(env);
    let stranger = listed.iter().find(|id| world.objects.peek(env, id.0).backing_object.peek(env) != Some(o.id));
    if count != u.shadows || listed.len() as u32 != count {
        let detail = detail!("it counts {} shadows, lists {} and has {}", count, listed.len(), u.shadows);
        found.push(Violation::of(Property::E02, o.id, detail));
    } else if let Some(stranger) = stranger {
        found.push(Violation::of(Property::E02, o.id, detail!("it lists {}, which does not shadow it", *stranger)));
    }
}

/// Its list of shadows. One that bites its tail ends.
pub(super) fn listed<E: Env>(world: &World<E>, o: &Object<E>) -> Vec<ObjectId> {
    let env = &world.env;
    let next = |id: &ObjectId| world.objects.peek(env, id.0).shadow_next.peek(env);
    std::iter::successors(o.shadow_head.peek(env), next).take(world.objects.used(env) as usize + 1).collect()
}

/// E10. Who holds them is not recorded, so between steps it is only that they did not
/// fall below zero (the drop itself says so too).
pub(super) fn progress<E: Env>(world: &World<E>, o: &Object<E>, quiet: bool, found: &mut Vec<Violation>) {
    let (pip, busy) = (o.paging_in_progress.peek(&world.env), o.busy.peek(&world.env));
    let wrong = if quiet { pip > 0 || busy > 0 } else { pip >= SANE || busy >= SANE };
    if wrong {
        let detail = detail!("paging in progress is {} and object-busy {}", pip as i32, busy as i32);
        found.push(Violation::of(Property::E10, o.id, detail));
    }
    if quiet && !o.lock.is_free(&world.env) {
        found.push(Violation::of(Property::E10, o.id, "it is locked although nothing is under way"));
    }
}

/// E11: whoever collapses is alone and has marked both objects of the pair.
pub(super) fn marks<E: Env>(world: &World<E>, o: &Object<E>, found: &mut Vec<Violation>) {
    let env = &world.env;
    let flags = o.flags.peek(env);
    if !flags.contains(ObjectFlags::COLLAPSING) {
        return;
    }
    let backing = o.backing_object.peek(env).map(|b| world.objects.peek(env, b.0));
    let held = |o: &Object<E>| (1..SANE).contains(&o.paging_in_progress.peek(env));
    let pair = backing
        .is_some_and(|b| b.flags.peek(env).contains(ObjectFlags::DEAD) && b.shadow_count.peek(env) == 1 && held(b));
    if flags.contains(ObjectFlags::DEAD) || !pair || !held(o) {
        let detail = "it is collapsing, but is dead itself, or has no dead backing object all its own";
        found.push(Violation::of(Property::E11, o.id, detail));
    }
}

/// E03: no chain is cyclic, and every live object is on the chain of some entry or operation.
fn chains<E: Env>(world: &World<E>, users: &[Users], quiet: bool, found: &mut Vec<Violation>) {
    let env = &world.env;
    let below = |id: ObjectId| world.objects.peek(env, id.0).backing_object.peek(env);
    // 0 not seen, 1 reached, 2 on the present path.
    let mut seen = vec![0u8; users.len()];
    let mut walk = |from: ObjectId, found: &mut Vec<Violation>| {
        let mut path = Vec::new();
        let mut at = Some(from);
        while let Some(id) = at.filter(|id| seen[id.0 as usize] != 1) {
            if seen[id.0 as usize] == 2 {
                found.push(Violation::of(Property::E03, id, "it is its own backing object, over some others or none"));
                break;
            }
            seen[id.0 as usize] = 2;
            path.push(id);
            at = below(id);
        }
        path.iter().for_each(|id| seen[id.0 as usize] = 1);
        path
    };
    let held = |o: &Object<E>| {
        let (u, dead) = (users[o.id.0 as usize], o.flags.peek(env).contains(ObjectFlags::DEAD));
        let transient = o.transient_refs.peek(env) > 0;
        let vnode = o.kind.peek(env) == ObjectType::Vnode;
        u.entries > 0 || vnode || !quiet && (u.sum() == 0 || transient || dead || o.lock.is_written(env))
    };
    for o in live_objects(world).filter(|o| held(o)) {
        walk(o.id, found);
    }
    for o in live_objects(world) {
        for id in walk(o.id, found) {
            found.push(Violation::of(Property::E03, id, "no entry and no operation leads to it"));
        }
    }
}
