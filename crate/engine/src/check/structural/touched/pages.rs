//! Pages and swap blocks: where they are, who translates to them, and what they hold.

use super::super::{files, pages, swap};
use super::{Listed, Place, Seen, Watch, forget};
use crate::env::stepped::Stepped;
use crate::ids::PvId;
use crate::machine::addr::FrameNo;
use crate::page::busy::FREED;
use crate::world::World;
use std::collections::BTreeMap;

/// Something that was in one place is in another one: whether it is there with others.
fn moves<T: PartialEq>(at: &mut BTreeMap<Place, Vec<T>>, what: T, from: Option<Place>, to: Option<Place>) -> bool {
    if let Some(list) = from.and_then(|from| at.get_mut(&from)) {
        list.retain(|other| *other != what);
    }
    if let Some(from) = from.filter(|from| at.get(from).is_some_and(Vec::is_empty)) {
        at.remove(&from);
    }
    let Some(to) = to else { return false };
    let list = at.entry(to).or_default();
    list.push(what);
    list.len() > 1
}

impl Watch {
    /// A block belongs to somebody else, or holds something else.
    pub(super) fn look_at_block(&mut self, world: &World<Stepped>, number: u32) {
        let env = &world.env;
        let Some(block) = world.swap.blocks().peek(number as usize) else { return };
        let before = self.blocks.remove(&number);
        let now = block.owner.peek(env).map(|owner| (owner, block.pindex.peek(env)));
        for place in [before, now].into_iter().flatten() {
            self.dirty.pages.extend(self.pages_at.get(&place).into_iter().flatten());
        }
        self.blocks.extend(now.map(|now| (number, now)));
        let shared = moves(&mut self.blocks_at, number, before, now);
        self.suspect(shared);
        if let Some((owner, _)) = before {
            self.sums(owner).blocks -= 1;
        }
        if let Some((owner, _)) = now {
            self.sums(owner).blocks += 1;
        }
    }
    /// E04, E05, E06 and E12 of one page.
    pub(super) fn look_at_page(&mut self, world: &World<Stepped>, frame: FrameNo) {
        let env = &world.env;
        let Some(page) = world.pages.peek(frame.0 as usize) else { return self.suspect(true) };
        let before = self.pages.remove(&frame).unwrap_or_default();
        let mut now = Seen { taken: page.busy.peek(env) != FREED, leaves: before.leaves, ..Seen::default() };
        now.owner = page.object.peek(env).map(|owner| (owner, page.pindex.peek(env)));
        if frame.0 > 0 {
            self.taken = self.taken + usize::from(now.taken) - usize::from(before.taken);
            self.suspect(pages::misplaced(world, page).is_some());
        }
        if before.owner != now.owner {
            let shared = moves(&mut self.pages_at, frame, before.owner, now.owner);
            self.suspect(shared);
            if let Some((owner, _)) = before.owner {
                self.sums(owner).pages -= 1;
            }
            if let Some((owner, _)) = now.owner {
                self.sums(owner).pages += 1;
            }
        } else if let Some(place) = now.owner {
            let shared = self.pages_at.get(&place).is_some_and(|at| at.len() > 1);
            self.suspect(shared);
        }
        forget(&mut self.page_of, &before.pvs, frame);
        let next = |id: &PvId| world.pvs.peek(env, id.0).next.peek(env);
        now.pvs = std::iter::successors(page.pv_head.peek(env), next).take(world.pvs.used(env) as usize).collect();
        self.page_of.extend(now.pvs.iter().map(|&id| (id, frame)));
        self.look_at_mappings(world, frame, &now);
        self.look_at_contents(world, frame, &now);
        self.pages.insert(frame, now);
    }
    /// The tables and the list say the same.
    fn look_at_mappings(&mut self, world: &World<Stepped>, frame: FrameNo, now: &Seen) {
        let env = &world.env;
        let listed = now.pvs.iter().map(|id| world.pvs.peek(env, id.0));
        let mut listed: Vec<Listed> = listed.map(|pv| (pv.space.peek(env), pv.vpn.peek(env))).collect();
        listed.sort_unstable();
        let mapped = |at: &Listed| now.leaves.iter().any(|leaf| (leaf.space, leaf.vpn) == *at);
        let unlisted = |at: Listed| listed.binary_search(&at).is_err();
        self.suspect(!now.leaves.is_empty() && !now.taken);
        self.suspect(now.leaves.iter().any(|leaf| unlisted((leaf.space, leaf.vpn))));
        self.suspect(listed.windows(2).any(|pair| pair[0] == pair[1]));
        for at in listed.iter().filter(|at| !mapped(at)) {
            self.suspect(!world.spaces.peek(env, at.0.0).pmap.lock.is_written(env));
            self.excused.insert(frame);
        }
    }
    /// A clean page is what its block or its file holds.
    fn look_at_contents(&mut self, world: &World<Stepped>, frame: FrameNo, now: &Seen) {
        let Some(place) = now.owner else { return };
        let (page, modified) = (world.page_of(frame), now.leaves.iter().any(|leaf| leaf.modified));
        let block = self.blocks_at.get(&place).and_then(|at| at.first());
        let block = block.map(|&number| FrameNo(world.pages.len() as u32 + number));
        let written = |file, index| world.files.written(&world.env).find(|w| (w.0, w.1) == (file, index)).map(|w| w.2);
        self.suspect(!modified && swap::differs(world, page, block).is_some());
        self.suspect(!modified && files::differs(world, page, written).is_some());
    }
    /// As many frames and blocks as there are.
    pub(super) fn look_at_free(&mut self, world: &World<Stepped>) {
        let (frames, blocks) = (world.pages.len().saturating_sub(1), world.swap.blocks().len());
        self.suspect(frames.wrapping_sub(self.taken) != world.free.count.peek(&world.env) as usize);
        self.suspect(self.blocks.len() + world.swap.free(&world.env) as usize > blocks);
    }
}
