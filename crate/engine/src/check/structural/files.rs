//! E12 for pages of files, E10 for their vnodes.

use super::Violation;
use super::tables::Leaf;
use crate::detail;
use crate::detail::Piece;
use crate::env::Env;
use crate::ids::FileId;
use crate::machine::addr::PageIndex;
use crate::page::Page;
use crate::property::Property;
use crate::vm::vnode::contents;
use crate::world::World;
use std::collections::BTreeMap;

pub(super) fn check<E: Env>(world: &World<E>, quiet: bool, leaves: &[Leaf], found: &mut Vec<Violation>) {
    let env = &world.env;
    for id in (0..world.files.used(env)).map(FileId).filter(|_| quiet) {
        if !world.files.peek(env, id).lock.is_free(env) {
            let detail = detail!("the vnode of {} is locked although nothing is under way", id);
            found.push(Violation::new(Property::E10, (None, None), detail));
        }
    }
    let written: BTreeMap<_, _> = world.files.written(env).map(|(file, index, word)| ((file, index), word)).collect();
    for page in world.pages.made() {
        let differs = differs(world, page, |file, index| written.get(&(file, index)).copied());
        if let Some((held, stored)) = differs.filter(|_| !leaves.iter().any(|l| l.frame == page.frame && l.modified)) {
            let detail = detail!(
                "{} is clean and holds {}, but its file holds {}",
                page.frame,
                Piece::Word(held),
                Piece::Word(stored)
            );
            found.push(Violation::new(Property::E12, page.about(env), detail));
        }
    }
}

/// What a clean page holds and what its file does, if that is something else; `written` says what
/// was written to a page of a file.
pub(super) fn differs<E: Env>(
    world: &World<E>,
    page: &Page<E>,
    written: impl FnOnce(FileId, PageIndex) -> Option<u64>,
) -> Option<(u64, u64)> {
    let env = &world.env;
    if !page.valid.peek(env) || page.dirty.peek(env) {
        return None;
    }
    let file = world.objects.peek(env, page.object.peek(env)?.0).file.peek(env)?;
    let index = page.pindex.peek(env);
    let stored = written(file, index).unwrap_or_else(|| contents(file, index));
    let held = env.frame_peek(page.frame, 0);
    (held != stored).then_some((held, stored))
}
