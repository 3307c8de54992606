//! E07, E08, E09: mappings compared with the chain.

use super::tables::{Leaf, leaves};
use super::{Violation, entries, live_spaces, shown};
use crate::detail;
use crate::detail::Detail;
use crate::env::Env;
use crate::ids::ObjectId;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::property::Property;
use crate::vm::map::EntryFlags;
use crate::world::World;

/// A page that a chain has for an address.
struct Offer {
    object: ObjectId,
    frame: FrameNo,
    /// Whether it is valid; otherwise it is a placeholder that a fault still fills.
    valid: bool,
    busy: bool,
}

/// The pages that the chain below `object` has at `index`, from the top down.
fn offers<E: Env>(
    world: &World<E>,
    owned: &[(ObjectId, PageIndex, FrameNo)],
    object: ObjectId,
    index: PageIndex,
) -> Vec<Offer> {
    let env = &world.env;
    let mut offers = Vec::new();
    let mut at = Some((object, index));
    for _ in 0..world.objects.used(env) {
        let Some((id, index)) = at else { break };
        if let Ok(found) = owned.binary_search_by(|o| (o.0, o.1).cmp(&(id, index))) {
            let page = world.page_of(owned[found].2);
            let busy = page.busy_state(env) != crate::kern::BusyState::None;
            offers.push(Offer { object: id, frame: page.frame, valid: page.valid.peek(env), busy });
        }
        let o = world.objects.peek(env, id.0);
        let below = index + o.backing_object_offset.peek(env);
        at = o.backing_object.peek(env).map(|b| (b, below));
    }
    offers
}

pub(super) fn check<E: Env>(world: &World<E>) -> Vec<Violation> {
    let env = &world.env;
    let mut notes = Vec::new();
    // Violations in the tables themselves are findings of `check`.
    let leaves = leaves(world, &mut Vec::new());
    let owned = super::pages::owned(world);
    for (space, _) in live_spaces(world) {
        if world.spaces.peek(env, space.0).lock.is_written(env) {
            continue;
        }
        let first = leaves.partition_point(|l| l.space < space);
        for leaf in leaves[first..].iter().take_while(|l| l.space == space) {
            let holds = |e: &&crate::vm::map::Entry<E>| (e.start.peek(env)..e.end.peek(env)).contains(&leaf.vpn.addr());
            let Some(entry) = entries(world, space).find(holds) else {
                notes.push(note(world, Property::E07, leaf, "no entry of its map covers"));
                continue;
            };
            let Some((object, offset, _)) = shown(world, entry) else {
                notes.push(note(world, Property::E07, leaf, "its entry has no object at"));
                continue;
            };
            let index = offset + (leaf.vpn.0 - entry.start.peek(env).vpn().0);
            let offers = offers(world, &owned, object, index);
            mapping(world, leaf, &offers, &mut notes);
            let needs_copy = entry.flags.peek(env).contains(EntryFlags::NEEDS_COPY);
            let top = offers.first().is_some_and(|o| o.frame == leaf.frame && o.object == object);
            if leaf.writable && (needs_copy || !top) {
                let whose =
                    if needs_copy { "the entry must copy first at" } else { "the page is not the top object's at" };
                notes.push(note(world, Property::E08, leaf, detail!("it is writable, but {}", whose)));
            }
        }
    }
    notes
}

/// E07 and E09: the mapped page is the first valid one. Until a copy is entered the page below it may still be mapped
/// if it is busy (P01).
fn mapping<E: Env>(world: &World<E>, leaf: &Leaf, offers: &[Offer], notes: &mut Vec<Violation>) {
    let Some(at) = offers.iter().position(|o| o.valid) else {
        notes.push(note(world, Property::E07, leaf, "the chain has no valid page for"));
        return;
    };
    let (first, below) = (&offers[at], &offers[at + 1..]);
    if first.frame == leaf.frame {
        return;
    }
    let mapped = below.iter().find(|o| o.frame == leaf.frame);
    if mapped.is_none_or(|m| !m.busy) {
        notes.push(note(world, Property::E07, leaf, detail!("{} has {} for", first.object, first.frame)));
    }
    if mapped.is_some() && !first.busy {
        notes.push(note(world, Property::E09, leaf, detail!("it is shadowed by {} for", first.object)));
    }
}

fn note<E: Env>(world: &World<E>, property: Property, leaf: &Leaf, what: impl Into<Detail>) -> Violation {
    let Leaf { space, vpn, frame, .. } = *leaf;
    let detail = detail!("{} maps {}, but {} {}", space, frame, what.into(), vpn.addr());
    Violation::new(property, world.page_of(frame).about(&world.env), detail)
}
