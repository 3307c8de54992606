//! Objects: their references, links, marks, and what they count.

use super::super::objects;
use super::{Watch, forget};
use crate::env::stepped::Stepped;
use crate::ids::ObjectId;
use crate::kern::ObjectFlags;
use crate::machine::addr::PageIndex;
use crate::vm::object::ObjectType;
use crate::world::World;
use std::collections::BTreeSet;

impl Watch {
    /// Those that have changed, those whose sums have, and those that hang together with them.
    pub(super) fn look_at_objects(&mut self, world: &World<Stepped>) {
        // Looking at links makes more of them dirty, never any links.
        let mut all: BTreeSet<ObjectId> = BTreeSet::new();
        while let Some(id) = self.dirty.objects.pop_first() {
            if id.0 < world.objects.used(&world.env) {
                let first = all.insert(id);
                self.look_at_links(world, id, first);
            }
        }
        for id in all {
            self.look_at_object(world, id);
        }
        // Marks go by both of a pair.
        let mut found = Vec::new();
        for id in &self.collapsing {
            objects::marks(world, world.objects.peek(&world.env, id.0), &mut found);
        }
        self.suspect(!found.is_empty());
    }
    fn look_at_links(&mut self, world: &World<Stepped>, id: ObjectId, first: bool) {
        let env = &world.env;
        let o = world.objects.peek(env, id.0);
        let lives = o.kind.peek(env) != ObjectType::Dead;
        let now = o.backing_object.peek(env).filter(|_| lives);
        self.suspect(now.is_some_and(|b| b.0 >= world.objects.used(env)));
        let before = self.backing.remove(&id);
        self.backing.extend(now.map(|now| (id, now)));
        if before != now {
            if let Some(before) = before {
                self.sums(before).users.shadows -= 1;
            }
            if let Some(now) = now {
                self.sums(now).users.shadows += 1;
                self.suspect(has_cycle(world, now));
            }
        }
        if lives && o.flags.peek(env).contains(ObjectFlags::COLLAPSING) {
            self.collapsing.insert(id);
        } else {
            self.collapsing.remove(&id);
        }
        // On whose list it is: that one's list goes on with it.
        if first {
            self.dirty.objects.extend(self.list_of.get(&id).filter(|of| **of != id));
        }
    }
    fn look_at_object(&mut self, world: &World<Stepped>, id: ObjectId) {
        let env = &world.env;
        let o = world.objects.peek(env, id.0);
        let sums = self.objects.get(&id).copied().unwrap_or_default();
        let (dead, kind) = (o.flags.peek(env).contains(ObjectFlags::DEAD), o.kind.peek(env));
        let lives = kind != ObjectType::Dead;
        self.suspect(sums.blocks != o.swap_count.peek(env));
        self.suspect(sums.blocks > 0 && kind != ObjectType::Swap);
        let beyond = (id, PageIndex(o.size.peek(env)))..=(id, PageIndex(u64::MAX));
        let beyond = self.blocks_at.range(beyond).next().is_some();
        self.suspect(beyond);
        self.suspect(sums.steady > 0 && (dead || !lives));
        self.suspect(if lives { sums.pages != o.resident_page_count.peek(env) } else { sums.pages > 0 });
        forget(&mut self.list_of, &self.lists.remove(&id).unwrap_or_default(), id);
        if !lives {
            return self.suspect(sums.users.shadows > 0);
        }
        let mut found = Vec::new();
        objects::references(world, o, sums.users, false, &mut found);
        objects::shadows(world, o, sums.users, &mut found);
        objects::progress(world, o, false, &mut found);
        self.suspect(!found.is_empty());
        let list = objects::listed(world, o);
        self.list_of.extend(list.iter().map(|&listed| (listed, id)));
        self.lists.insert(id, list);
    }
}

/// Some way down from an object leads back to where it was.
fn has_cycle(world: &World<Stepped>, from: ObjectId) -> bool {
    let below = |id: &ObjectId| world.objects.peek(&world.env, id.0).backing_object.peek(&world.env);
    let used = world.objects.used(&world.env) as usize;
    std::iter::successors(Some(from), below).nth(used).is_some()
}
