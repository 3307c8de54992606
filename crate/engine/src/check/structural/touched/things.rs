//! Whose words are where: only those that the checks look at.

use crate::env::stepped::Stepped;
use crate::ids::{EntryId, ObjectId, PvId, SpaceId};
use crate::machine::addr::FrameNo;
use crate::world::World;

/// What a word belongs to.
#[derive(Clone, Copy, Default)]
pub(super) enum Thing {
    /// Nothing that is checked.
    #[default]
    None,
    Page(FrameNo),
    Object(ObjectId),
    /// A space: what its map depends on.
    Map(SpaceId),
    /// A space: where its tables begin.
    Root(SpaceId),
    Entry(EntryId),
    Pv(PvId),
    Block(u32),
    FilePage,
}

/// Of each slot the thing.
#[derive(Default)]
pub(super) struct Things {
    at: Vec<Thing>,
    /// Up to where each sort is known.
    pages: usize,
    blocks: usize,
    objects: u32,
    spaces: u32,
    entries: u32,
    pvs: u32,
    files: u32,
}

impl Things {
    pub fn at(&self, slot: u32) -> Thing {
        self.at.get(slot as usize).copied().unwrap_or_default()
    }
    fn add(&mut self, env: &Stepped, thing: Thing, words: &[&u32]) {
        for word in words {
            let slot = env.slot_of(**word) as usize;
            if self.at.len() <= slot {
                self.at.resize(slot + 1, Thing::None);
            }
            self.at[slot] = thing;
        }
    }
    /// Gets to know what the world has got since.
    pub fn learn(&mut self, world: &World<Stepped>) {
        let env = &world.env;
        if self.pages != world.pages.made_chunks() {
            self.pages = world.pages.made_chunks();
            for p in world.pages.made() {
                let (owner, state) = ([p.object.raw(), p.pindex.raw()], [p.busy.raw(), p.ref_count.raw()]);
                let contents = [p.valid.raw(), p.dirty.raw(), p.flags.raw(), p.forgone.raw()];
                let words = [&owner[..], &state, &contents, &[p.pv_head.raw()]].concat();
                self.add(env, Thing::Page(p.frame), &words);
            }
        }
        if self.blocks != world.swap.blocks().made_chunks() {
            self.blocks = world.swap.blocks().made_chunks();
            for b in world.swap.blocks().made() {
                let number = b.frame.0 - world.pages.len() as u32;
                self.add(env, Thing::Block(number), &[b.owner.raw(), b.pindex.raw()]);
            }
        }
        let used = world.objects.used(env);
        for o in (std::mem::replace(&mut self.objects, used)..used).map(|i| world.objects.peek(env, i)) {
            let counts = [o.ref_count.raw(), o.transient_refs.raw(), o.paging_in_progress.raw(), o.busy.raw()];
            let links = [o.backing_object.raw(), o.shadow_head.raw(), o.shadow_next.raw(), o.shadow_count.raw()];
            let owned = [o.resident_page_count.raw(), o.swap_count.raw(), o.size.raw()];
            let state = [o.kind.raw(), o.flags.raw(), o.lock.word().raw()];
            self.add(env, Thing::Object(o.id), &[&counts[..], &links, &owned, &state].concat());
        }
        let used = world.spaces.used(env);
        for s in (std::mem::replace(&mut self.spaces, used)..used).map(|i| world.spaces.peek(env, i)) {
            self.add(env, Thing::Map(s.id), &[s.lock.word().raw(), s.head.raw()]);
            self.add(env, Thing::Root(s.id), &[s.pmap.root.raw()]);
        }
        let used = world.entries.used(env);
        for e in (std::mem::replace(&mut self.entries, used)..used).map(|i| world.entries.peek(env, i)) {
            self.add(env, Thing::Entry(e.id), &[e.object.raw(), e.next.raw()]);
        }
        let used = world.pvs.used(env);
        for i in std::mem::replace(&mut self.pvs, used)..used {
            let pv = world.pvs.peek(env, i);
            self.add(env, Thing::Pv(PvId(i)), &[pv.space.raw(), pv.vpn.raw(), pv.next.raw()]);
        }
        let used = world.files.pages_used(env);
        for i in std::mem::replace(&mut self.files, used)..used {
            self.add(env, Thing::FilePage, &world.files.page_words(env, i));
        }
    }
}
