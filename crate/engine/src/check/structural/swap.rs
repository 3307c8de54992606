//! E04 and E12 for the swap device: a page is resident, in a block, or both; a block belongs to one page; and a clean
//! page with a block equals the block's content.

use super::Violation;
use super::tables::Leaf;
use crate::detail;
use crate::detail::Piece;
use crate::env::Env;
use crate::ids::ObjectId;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::page::{Page, PageFlags};
use crate::property::Property;
use crate::vm::object::ObjectType;
use crate::world::World;

/// The blocks of all objects, by object and index.
fn owned<E: Env>(world: &World<E>) -> Vec<(ObjectId, PageIndex, FrameNo)> {
    let env = &world.env;
    let of = |b: &crate::vm::swap::Block<E>| Some((b.owner.peek(env)?, b.pindex.peek(env), b.frame));
    let mut owned: Vec<_> = world.swap.blocks().made().filter_map(of).collect();
    owned.sort_unstable();
    owned
}

pub(super) fn check<E: Env>(world: &World<E>, quiet: bool, leaves: &[Leaf], found: &mut Vec<Violation>) {
    let env = &world.env;
    let owned = owned(world);
    let (blocks, free) = (world.swap.blocks().len(), world.swap.free(env));
    // A pageout has allocated its block before it locks the object again.
    let known = owned.len() + free as usize;
    if known > blocks || quiet && known < blocks {
        let detail = detail!("of {} swap blocks {} are free and objects have {}", blocks, free, owned.len());
        found.push(Violation::new(Property::E04, (None, None), detail));
    }
    for pair in owned.windows(2).filter(|p| (p[0].0, p[0].1) == (p[1].0, p[1].1)) {
        found.push(Violation::new(Property::E04, (Some(pair[0].0), Some(pair[0].1)), "it has two swap blocks"));
    }
    for index in 0..world.objects.used(env) {
        let o = world.objects.peek(env, index);
        let own = || owned.iter().filter(|b| b.0 == o.id);
        let (count, kind) = (own().count() as u64, o.kind.peek(env));
        if count != o.swap_count.peek(env) {
            let detail = detail!("it counts {} swap blocks and has {}", o.swap_count.peek(env), count);
            found.push(Violation::of(Property::E04, o.id, detail));
        }
        if count > 0 && kind != ObjectType::Swap {
            found.push(Violation::of(
                Property::E04,
                o.id,
                detail!("it has {} swap blocks, but its type is {}", count, kind.name()),
            ));
        }
        if let Some(b) = own().find(|b| b.1.0 >= o.size.peek(env)) {
            found.push(Violation::new(Property::E04, (Some(o.id), Some(b.1)), "it has a swap block beyond its end"));
        }
    }
    contents(world, &owned, leaves, found);
}

/// E12: a clean page can be read again from its block, unless it is clean because of madvise(FREE).
fn contents<E: Env>(
    world: &World<E>,
    owned: &[(ObjectId, PageIndex, FrameNo)],
    leaves: &[Leaf],
    found: &mut Vec<Violation>,
) {
    let env = &world.env;
    for page in world.pages.made() {
        let crate::finding::About { object: Some(object), page: Some(index), .. } = page.about(env) else { continue };
        let at = owned.binary_search_by(|b| (b.0, b.1).cmp(&(object, index)));
        let differs = differs(world, page, at.ok().map(|at| owned[at].2));
        let modified = || leaves.iter().any(|l| l.frame == page.frame && l.modified);
        if let Some((held, block)) = differs.filter(|_| !modified()) {
            let detail = match block {
                Some(block) => {
                    let (held, block) = (Piece::Word(held), Piece::Word(block));
                    detail!("{} is clean and holds {}, its block {}", page.frame, held, block)
                }
                None => detail!("{} is clean and counts on a block that is not there", page.frame),
            };
            found.push(Violation::new(Property::E12, (Some(object), Some(index)), detail));
        }
    }
}

/// What a clean page holds, whose owner has the block, and what the block does, if that is something else.
pub(super) fn differs<E: Env>(world: &World<E>, page: &Page<E>, block: Option<FrameNo>) -> Option<(u64, Option<u64>)> {
    let env = &world.env;
    let flags = page.flags.peek(env);
    let has_block = flags.contains(PageFlags::SWAP_SPACE) && !flags.contains(PageFlags::SWAP_FREE);
    if !has_block || page.dirty.peek(env) || !page.valid.peek(env) || page.forgone.peek(env) {
        return None;
    }
    let (held, block) = (env.frame_peek(page.frame, 0), block.map(|block| env.frame_peek(block, 0)));
    (block != Some(held)).then_some((held, block))
}
