//! E12 for pages of files, E10 for their vnodes.

use super::Violation;
use super::tables::Leaf;
use crate::env::Env;
use crate::ids::FileId;
use crate::property::Property;
use crate::vm::vnode::contents;
use crate::world::World;
use std::collections::BTreeMap;

pub(super) fn check<E: Env>(world: &World<E>, quiet: bool, leaves: &[Leaf], found: &mut Vec<Violation>) {
    let env = &world.env;
    for id in (0..world.files.used(env)).map(FileId).filter(|_| quiet) {
        if !world.files.peek(env, id).lock.is_free(env) {
            let detail = format!("the vnode of file {} is locked although nothing is under way", id.0);
            found.push(Violation::new(Property::E10, (None, None), detail));
        }
    }
    let written: BTreeMap<_, _> = world.files.written(env).map(|(file, index, word)| ((file, index), word)).collect();
    for page in world.pages.iter().filter(|page| page.valid.peek(env) && !page.dirty.peek(env)) {
        let about = page.about(env);
        let (Some(object), Some(index)) = (about.object, about.page) else { continue };
        let Some(file) = world.objects.peek(env, object.0).file.peek(env) else { continue };
        let stored = written.get(&(file, index)).copied().unwrap_or_else(|| contents(file, index));
        let held = env.frame_peek(page.frame, 0);
        if held != stored && !leaves.iter().any(|l| l.frame == page.frame && l.modified) {
            let detail = format!("frame {} is clean and holds {held:#x}, but its file holds {stored:#x}", page.frame.0);
            found.push(Violation::new(Property::E12, about, detail));
        }
    }
}
