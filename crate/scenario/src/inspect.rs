//! Inspects a world between two steps, without declaring an access.

use faultline_engine::env::Memory;
use faultline_engine::ids::{EntryId, ObjectId, SpaceId};
use faultline_engine::machine::addr::{FrameNo, PageIndex, VirtAddr};
use faultline_engine::machine::entry::{Entry, PageSize};
use faultline_engine::page::Page;
use faultline_engine::vm::map::EntryFlags;
use faultline_engine::vm::swap::Block;
use faultline_engine::vm::vnode::contents;
use faultline_engine::{Stepped, World};

type StepWorld = World<Stepped>;

/// Maximum length of a chain, in objects; no world has a longer one.
const LONGEST: usize = 4096;

/// The map entry that covers an address.
pub fn entry_at(world: &StepWorld, space: SpaceId, va: VirtAddr) -> Option<EntryId> {
    let env = &world.env;
    let mut at = world.spaces.peek(env, space.0).head.peek(env);
    while let Some(id) = at {
        let entry = world.entries.peek(env, id.0);
        if (entry.start.peek(env)..entry.end.peek(env)).contains(&va) {
            return Some(id);
        }
        at = entry.next.peek(env);
    }
    None
}

/// Whether the entry at an address must be shadowed before the first write.
pub fn needs_copy(world: &StepWorld, space: SpaceId, va: VirtAddr) -> bool {
    entry_at(world, space, va)
        .is_some_and(|id| world.entries.peek(&world.env, id.0).flags.peek(&world.env).contains(EntryFlags::NEEDS_COPY))
}

/// The chain of objects at an address, top first, each with the index of the page in it.
pub fn chain(world: &StepWorld, space: SpaceId, va: VirtAddr) -> Vec<(ObjectId, PageIndex)> {
    let env = &world.env;
    let Some(id) = entry_at(world, space, va) else { return Vec::new() };
    let entry = world.entries.peek(env, id.0);
    let mut index = entry.offset.peek(env).0 + (va.vpn().0 - entry.start.peek(env).vpn().0);
    let mut at = entry.object.peek(env);
    let mut chain = Vec::new();
    while let Some(object) = at.filter(|_| chain.len() < LONGEST) {
        chain.push((object, PageIndex(index)));
        let o = world.objects.peek(env, object.0);
        index = index.wrapping_add(o.backing_object_offset.peek(env));
        at = o.backing_object.peek(env);
    }
    chain
}

/// The resident page of an object at an index.
pub fn resident(world: &StepWorld, object: ObjectId, index: PageIndex) -> Option<&Page<Stepped>> {
    let env = &world.env;
    world.pages.made().find(|p| p.object.peek(env) == Some(object) && p.pindex.peek(env) == index)
}

/// The swap block of an object at an index.
pub fn swapped(world: &StepWorld, object: ObjectId, index: PageIndex) -> Option<FrameNo> {
    let env = &world.env;
    let of = |b: &&Block<Stepped>| b.owner.peek(env) == Some(object) && b.pindex.peek(env) == index;
    world.swap.blocks().made().find(of).map(|b| b.frame)
}

/// The page-table entry of an address; empty if there is none.
pub fn pte(world: &StepWorld, space: SpaceId, va: VirtAddr) -> Entry {
    let env = &world.env;
    let Some(mut table) = world.spaces.peek(env, space.0).pmap.root.peek(env) else { return Entry::empty() };
    for level in (0..4).rev() {
        let index = (va.vpn().0 >> (9 * level)) as usize & 511;
        let entry = Entry::from_bits_retain(env.frame_peek(table, index));
        if level == 0 || !entry.contains(Entry::V) {
            return entry;
        }
        table = entry.table().frame();
        if table.0 >= world.config.frames {
            return Entry::empty();
        }
    }
    Entry::empty()
}

/// The value that a load would read now: through the page table if that translates the address, else the value a
/// fault would find. `None` if nothing is mapped there.
pub fn would_load(world: &StepWorld, space: SpaceId, va: VirtAddr) -> Option<u64> {
    let env = &world.env;
    let word = |frame: FrameNo| if frame.0 < world.config.frames { env.frame_peek(frame, 0) } else { 0 };
    let entry = pte(world, space, va);
    if entry.contains(Entry::V) {
        return Some(word(entry.frame(PageSize::Size4K).frame()));
    }
    entry_at(world, space, va)?;
    for (object, index) in chain(world, space, va) {
        if let Some(page) = resident(world, object, index).filter(|p| p.valid.peek(env)) {
            return Some(word(page.frame));
        }
        if let Some(block) = swapped(world, object, index) {
            return Some(env.frame_peek(block, 0));
        }
        if let Some(file) = world.objects.peek(env, object.0).file.peek(env) {
            let written = world.files.written(env).find(|&(of, at, _)| (of, at) == (file, index));
            return Some(written.map_or_else(|| contents(file, index), |(.., word)| word));
        }
    }
    Some(0)
}
