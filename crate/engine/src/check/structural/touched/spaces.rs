//! Maps and page tables: what a space says of objects and pages.

use super::super::{entries, tables};
use super::{Map, Watch, forget};
use crate::env::stepped::Stepped;
use crate::ids::SpaceId;
use crate::world::World;

impl Watch {
    /// Who refers to an object by its entries, and how.
    pub(super) fn look_at_map(&mut self, world: &World<Stepped>, space: SpaceId) {
        let env = &world.env;
        let before = self.maps.remove(&space).unwrap_or_default();
        for (object, (entries, changing)) in before.objects {
            let sums = self.sums(object);
            sums.users.entries -= entries;
            sums.users.changing -= u32::from(changing);
            sums.steady -= if changing { 0 } else { entries };
        }
        forget(&mut self.map_of, &before.entries, space);
        let s = world.spaces.peek(env, space.0);
        if s.pmap.root.peek(env).is_none() {
            return;
        }
        let (changing, mut map) = (s.lock.is_written(env), Map::default());
        for entry in entries(world, space) {
            map.entries.push(entry.id);
            self.map_of.insert(entry.id, space);
            if let Some(object) = entry.object.peek(env).filter(|o| o.0 < world.objects.used(env)) {
                map.objects.entry(object).or_insert((0, changing)).0 += 1;
            }
        }
        for (&object, &(entries, _)) in &map.objects {
            let sums = self.sums(object);
            sums.users.entries += entries;
            sums.users.changing += u32::from(changing);
            sums.steady += if changing { 0 } else { entries };
        }
        self.maps.insert(space, map);
    }
    /// What its tables translate. Pages to which that has changed are looked at next.
    pub(super) fn look_at_tables(&mut self, world: &World<Stepped>, space: SpaceId) {
        let (before, tables_before) = self.leaves.remove(&space).unwrap_or_default();
        forget(&mut self.tables, &tables_before, space);
        let (mut tables, mut found) = (Vec::new(), Vec::new());
        let now = tables::leaves_of(world, space, &mut tables, &mut found);
        self.suspect(!found.is_empty());
        self.tables.extend(tables.iter().map(|&table| (table, space)));
        // Both are in order of addresses.
        let gone = before.iter().filter(|leaf| now.binary_search(leaf).is_err());
        for leaf in gone {
            let seen = self.pages.entry(leaf.frame).or_default();
            seen.leaves.retain(|other| other != leaf);
            self.dirty.pages.insert(leaf.frame);
        }
        for leaf in now.iter().filter(|leaf| before.binary_search(leaf).is_err()) {
            self.pages.entry(leaf.frame).or_default().leaves.push(*leaf);
            self.dirty.pages.insert(leaf.frame);
        }
        self.leaves.insert(space, (now, tables));
    }
}
