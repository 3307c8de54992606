//! Structural invariants E01 to E11 over a whole world (vm.md §16.2).
//!
//! All of it is read by peeking: nothing is declared or hashed, and a check leaves the world unchanged. The world
//! must stand still: between two steps, or with all threads parked.
//!
//! **Between two steps** an operation may be halfway. What it holds is either recorded
//! ([`transient_refs`](crate::vm::object::Object::transient_refs), in stepped mode) or under a lock, so [`check`]
//! leaves out what a lock covers: the reference count of an object that is write-locked (a bypass unlinks before it
//! drops the reference); the reference of one entry of a map that is write-locked (a shadow takes it over before it
//! takes the entry's place); PV entries of a locked pmap (they are removed after the table entry). An object to which
//! no entry and no object refers yet belongs to its creator. [`check_quiet`] is for a world in which no operation is
//! in progress, and makes no exceptions. With threads only [`check_quiet`] is exact.
//!
//! | | here | and besides |
//! | --- | --- | --- |
//! | E01 references, E02 shadows, E03 chains | [`check`] | I03, I08 where they change (`vm::object`) |
//! | E04 where a page is, and its swap block | [`check`] | A-page-1 to A-page-5 in `page` and `page::busy` |
//! | E05 entries and PV lists | [`check`] | A-pmap in `pmap` |
//! | E06 free frames are unmapped | [`check`], cheaply [`mapped_free_frames`] | I13, A-page-2 in `page`; `pmap` |
//! | E07 to E09 mappings show the chain | [`fn@hazards`]: notes (rulings R12) | the oracle |
//! | E10 paging in progress | [`check`] its sign, [`check_quiet`] exactly | I01, I05 in `vm::terminate` |
//! | E11 collapse marks | [`check`] | I10, I11 in `vm::collapse` |
//! | E12 no data lost | a clean page is what its swap block or its file holds | the oracle |
//! | one page, two frames in TLBs | | [`super::tlb`] |

mod files;
mod hazards;
mod objects;
mod pages;
mod swap;
mod tables;
#[cfg(test)]
mod tests;
mod touched;

use crate::detail::Detail;
use crate::env::Env;
use crate::finding::{About, Finding, FindingKind};
use crate::ids::{EntryId, ObjectId, SpaceId, TaskId};
use crate::machine::addr::{FrameNo, PAGE_SHIFT, PageIndex};
use crate::page::busy::FREED;
use crate::property::Property;
use crate::vm::map::Entry;
use crate::vm::object::{Object, ObjectType};
use crate::world::World;
pub use touched::{WHOLE, Watch};

/// A violated invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Kind of the finding.
    pub kind: FindingKind,
    /// `E01` … `E11`.
    pub property: Property,
    /// What it is about.
    pub about: About,
    /// Description.
    pub detail: Detail,
}

impl From<(Violation, TaskId)> for Finding {
    /// The finding of the task that ran when it showed.
    fn from((violation, task): (Violation, TaskId)) -> Finding {
        Finding::new(violation.kind, violation.property, task, violation.about, violation.detail)
    }
}

impl Violation {
    fn new(property: Property, about: impl Into<About>, detail: impl Into<Detail>) -> Violation {
        Violation { kind: FindingKind::Assertion, property, about: about.into(), detail: detail.into() }
    }
    fn of(property: Property, object: ObjectId, detail: impl Into<Detail>) -> Violation {
        Violation::new(property, (Some(object), None), detail)
    }
}

/// Resources in use that should all be free once every process is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Leaks {
    /// Frames that are not on the free list.
    pub frames: u32,
    /// Objects that are not free.
    pub objects: u32,
    /// Map entries in use.
    pub entries: u32,
    /// PV entries in use.
    pub pvs: u32,
    /// Spaces in use.
    pub spaces: u32,
    /// Swap blocks that are not free.
    pub blocks: u32,
}

impl Leaks {
    /// Whether nothing is in use.
    pub fn is_empty(&self) -> bool {
        *self == Leaks::default()
    }
}

/// Violations of E01 to E06 and E10 to E12. The world must be between two steps.
pub fn check<E: Env>(world: &World<E>) -> Vec<Violation> {
    let mut found = Vec::new();
    objects::check(world, false, &mut found);
    pages::check(world, &mut found);
    let leaves = tables::check(world, false, &mut found);
    swap::check(world, false, &leaves, &mut found);
    files::check(world, false, &leaves, &mut found);
    found
}

/// Violations of the same invariants without exceptions. No operation may be in progress: no task has a reference of
/// its own, and nothing is paging, busy or locked.
pub fn check_quiet<E: Env>(world: &World<E>) -> Vec<Violation> {
    let mut found = Vec::new();
    objects::check(world, true, &mut found);
    pages::check(world, &mut found);
    pages::check_quiet(world, &mut found);
    let leaves = tables::check(world, true, &mut found);
    swap::check(world, true, &leaves, &mut found);
    files::check(world, true, &leaves, &mut found);
    found
}

/// Hazard notes E07 to E09. A correct kernel passes through such states, so they are no findings (rulings R12). Maps
/// that are exclusively locked are left out.
pub fn hazards<E: Env>(world: &World<E>) -> Vec<Violation> {
    hazards::check(world)
}

/// E06 of one frame: whether it is free and mapped.
pub fn is_mapped_free<E: Env>(world: &World<E>, frame: FrameNo) -> bool {
    let env = &world.env;
    let page = world.pages.peek(frame.0 as usize);
    page.is_some_and(|page| page.busy.peek(env) == FREED && page.pv_head.peek(env).is_some())
}

/// E06 alone, cheap enough for every step: free frames with a mapping, lowest first.
pub fn mapped_free_frames<E: Env>(world: &World<E>) -> Vec<FrameNo> {
    let env = &world.env;
    // Every mapped page belongs to some PV entry, so the shorter list is enough. A PV entry that is not in use names
    // a page with other mappings or none.
    let pvs = world.pvs.used(env);
    if pvs as usize >= world.pages.len() {
        return world.pages.made().map(|p| p.frame).filter(|&f| is_mapped_free(world, f)).collect();
    }
    let mut frames: Vec<FrameNo> =
        (0..pvs).map(|i| world.pvs.peek(env, i).frame.peek(env)).filter(|&f| is_mapped_free(world, f)).collect();
    frames.sort_unstable();
    frames.dedup();
    frames
}

/// Counts what is still in use.
pub fn leaks<E: Env>(world: &World<E>) -> Leaks {
    let env = &world.env;
    Leaks {
        // Frame 0 is never used.
        frames: (world.pages.len() as u32).saturating_sub(1 + world.free.count.peek(env)),
        objects: world.objects.live(env),
        entries: world.entries.live(env),
        pvs: world.pvs.live(env),
        spaces: world.spaces.live(env),
        blocks: world.swap.blocks().len() as u32 - world.swap.free(env),
    }
}

// ---- iteration ---------------------------------------------------------------

/// Objects in use.
fn live_objects<E: Env>(world: &World<E>) -> impl Iterator<Item = &Object<E>> {
    let all = (0..world.objects.used(&world.env)).map(|i| world.objects.peek(&world.env, i));
    all.filter(|o| o.kind.peek(&world.env) != ObjectType::Dead)
}

/// Address spaces in use, with their top tables.
fn live_spaces<E: Env>(world: &World<E>) -> impl Iterator<Item = (SpaceId, FrameNo)> {
    (0..world.spaces.used(&world.env)).filter_map(|i| {
        let root = world.spaces.peek(&world.env, i).pmap.root.peek(&world.env)?;
        Some((SpaceId(i), root))
    })
}

/// The entries of a map, by address. Bounded, in case the list is cyclic.
fn entries<E: Env>(world: &World<E>, space: SpaceId) -> impl Iterator<Item = &Entry<E>> {
    let env = &world.env;
    let of = move |id: Option<EntryId>| id.map(|id| world.entries.peek(env, id.0));
    let first = of(world.spaces.peek(env, space.0).head.peek(env));
    let all = std::iter::successors(first, move |e| of(e.next.peek(env)));
    all.take(world.entries.used(env) as usize)
}

/// The object that an entry maps, the index of its first page there, and the number of pages.
fn shown<E: Env>(world: &World<E>, entry: &Entry<E>) -> Option<(ObjectId, PageIndex, u64)> {
    let env = &world.env;
    let pages = (entry.end.peek(env).0.saturating_sub(entry.start.peek(env).0)) >> PAGE_SHIFT;
    Some((entry.object.peek(env)?, entry.offset.peek(env), pages))
}
