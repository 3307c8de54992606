//! The invariants of [`check`] checked on what was touched since the last check.
//!
//! A world that was as it should be is so still where nothing has changed. So a [`Watch`] keeps what the checks add
//! up over the whole world (which references an object has, which pages and blocks it owns, what tables and lists say of
//! a page), takes from the undo log what has changed since, brings its sums up to date and looks at the things
//! that changed and at those whose sums did. It only ever decides *whether* something may be wrong: then, and
//! after every [`WHOLE`] looks besides, [`check`] looks at the whole world and says what. It may suspect too much,
//! never too little; `crate/scenario/tests/all/touched.rs` holds it to that, turn by turn.
//!
//! What holds by others and is not looked at by itself: an object that no entry and no operation leads to (E03)
//! has a shadow that lives, and so on upwards, so without a cycle of backing objects there is none.

mod objects;
mod pages;
mod spaces;
mod things;

use super::objects::Users;
use super::tables::Leaf;
use super::{Violation, check};
use crate::env::stepped::{Changed, Journal, Stepped};
use crate::ids::{EntryId, ObjectId, PvId, SpaceId};
use crate::machine::addr::{FrameNo, PageIndex, Vpn};
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use things::{Thing, Things};

/// Looks between two at the whole world. One costs as much as what is in use, so over a thousand
/// it adds next to nothing; and a mistake of the [`Watch`] itself stays hidden for a thousand turns at most.
pub const WHOLE: u32 = 1_000;

/// A place in an object, or whose block it is.
type Place = (ObjectId, PageIndex);

/// What maps name, of one space.
#[derive(Default)]
struct Map {
    entries: Vec<EntryId>,
    /// Of each object how many entries, and whether the map was being changed.
    objects: BTreeMap<ObjectId, (u32, bool)>,
}

/// A page as it was.
#[derive(Default)]
struct Seen {
    owner: Option<Place>,
    /// It is not free.
    taken: bool,
    pvs: Vec<PvId>,
    /// Translations to it, by the tables.
    leaves: Vec<Leaf>,
}

/// The sums of an object.
#[derive(Clone, Copy, Default)]
struct Sums {
    users: Users,
    /// Of the entries those in maps that nobody changes.
    steady: u32,
    pages: u64,
    blocks: u64,
}

/// What has changed and is to be looked at.
#[derive(Default)]
struct Dirty {
    maps: BTreeSet<SpaceId>,
    tables: BTreeSet<SpaceId>,
    pages: BTreeSet<FrameNo>,
    blocks: BTreeSet<u32>,
    objects: BTreeSet<ObjectId>,
}

/// Looks at one world again and again.
#[derive(Default)]
pub struct Watch {
    /// Up to where changes are known; nothing if the world has to be learned, since it was broken or never seen.
    since: Option<Journal>,
    looks: u32,
    things: Things,
    dirty: Dirty,
    /// Something may be wrong.
    suspects: bool,
    maps: HashMap<SpaceId, Map>,
    map_of: HashMap<EntryId, SpaceId>,
    /// Of each space the translations, by address, and the tables.
    leaves: HashMap<SpaceId, (Vec<Leaf>, Vec<FrameNo>)>,
    tables: HashMap<FrameNo, SpaceId>,
    pages: HashMap<FrameNo, Seen>,
    page_of: HashMap<PvId, FrameNo>,
    /// Frames that are not free, but for frame 0.
    taken: usize,
    pages_at: BTreeMap<Place, Vec<FrameNo>>,
    /// Pages that list a mapping which is gone, excused by a lock.
    excused: BTreeSet<FrameNo>,
    blocks: HashMap<u32, Place>,
    blocks_at: BTreeMap<Place, Vec<u32>>,
    objects: HashMap<ObjectId, Sums>,
    backing: HashMap<ObjectId, ObjectId>,
    lists: HashMap<ObjectId, Vec<ObjectId>>,
    list_of: HashMap<ObjectId, ObjectId>,
    collapsing: BTreeSet<ObjectId>,
    looked: u64,
}

impl Watch {
    /// What [`check`] says of the world between two steps. The world is the same one every time. Without
    /// [`Keep::undo`](crate::env::stepped::Keep) nobody knows what has changed, and all of it is looked at.
    pub fn check(&mut self, world: &World<Stepped>) -> Vec<Violation> {
        self.looks += 1;
        if self.looks.is_multiple_of(WHOLE) || self.may_be_wrong(world) { self.whole(world) } else { Vec::new() }
    }
    /// The same by a look at the whole world.
    pub fn whole(&mut self, world: &World<Stepped>) -> Vec<Violation> {
        let found = check(world);
        self.looked += world.pages.made().count() as u64;
        if !found.is_empty() {
            self.since = None;
        }
        found
    }
    /// Frames looked at so far, each as often as it was.
    pub fn frames_looked_at(&self) -> u64 {
        self.looked
    }
    /// Whether something may be wrong: true where something is, and seldom elsewhere.
    pub fn may_be_wrong(&mut self, world: &World<Stepped>) -> bool {
        let now = world.env.journal();
        let Some(now) = now else { return true };
        self.suspects = false;
        let since = self.since.filter(|since| now.goes_on_from(*since));
        if since.is_none() {
            let (looks, looked) = (self.looks, self.looked);
            *self = Watch { looks, looked, ..Watch::default() };
        }
        self.things.learn(world);
        match since {
            Some(since) => world.env.each_change(since, |change| self.touched(world, change)),
            None => self.touch_all(world),
        }
        self.look(world);
        self.since = Some(now).filter(|_| !self.suspects);
        self.suspects
    }
    fn touched(&mut self, world: &World<Stepped>, change: Changed) {
        match change {
            Changed::Frame(frame, word) => {
                if let Some(&space) = self.tables.get(&frame) {
                    self.dirty.tables.insert(space);
                }
                let block = (frame.0 as usize).checked_sub(world.pages.len());
                match block {
                    _ if word > 0 => {}
                    None => _ = self.dirty.pages.insert(frame),
                    Some(block) => _ = self.dirty.blocks.insert(block as u32),
                }
            }
            Changed::Word(slot) => match self.things.at(slot) {
                Thing::None => {}
                Thing::Page(frame) => {
                    self.dirty.pages.insert(frame);
                    if let Some(&space) = self.tables.get(&frame) {
                        self.dirty.tables.insert(space);
                    }
                }
                Thing::Object(id) => _ = self.dirty.objects.insert(id),
                Thing::Map(space) => _ = self.dirty.maps.insert(space),
                Thing::Root(space) => {
                    self.dirty.maps.insert(space);
                    self.dirty.tables.insert(space);
                }
                Thing::Entry(id) => self.dirty.maps.extend(self.map_of.get(&id)),
                Thing::Pv(id) => self.dirty.pages.extend(self.page_of.get(&id)),
                Thing::Block(block) => _ = self.dirty.blocks.insert(block),
                // Pages of any object may show it, and it is seldom written.
                Thing::FilePage => self.suspects = true,
            },
        }
    }
    fn touch_all(&mut self, world: &World<Stepped>) {
        let env = &world.env;
        let spaces = (0..world.spaces.used(env)).map(SpaceId);
        self.dirty = Dirty {
            maps: spaces.clone().collect(),
            tables: spaces.collect(),
            pages: world.pages.made().map(|page| page.frame).collect(),
            blocks: (0..).zip(world.swap.blocks().made()).map(|(_, b)| b.frame.0 - world.pages.len() as u32).collect(),
            objects: (0..world.objects.used(env)).map(ObjectId).collect(),
        };
    }
    /// Brings all sums up to date, and looks at what they and the changes are about. What comes later
    /// goes by the sums of what comes first.
    fn look(&mut self, world: &World<Stepped>) {
        for space in std::mem::take(&mut self.dirty.maps) {
            self.look_at_map(world, space);
        }
        for space in std::mem::take(&mut self.dirty.tables) {
            self.look_at_tables(world, space);
        }
        for block in std::mem::take(&mut self.dirty.blocks) {
            self.look_at_block(world, block);
        }
        self.dirty.pages.append(&mut self.excused);
        for frame in std::mem::take(&mut self.dirty.pages) {
            self.looked += 1;
            self.look_at_page(world, frame);
        }
        self.look_at_free(world);
        self.look_at_objects(world);
    }
    fn suspect(&mut self, wrong: bool) {
        self.suspects |= wrong;
    }
    fn sums(&mut self, object: ObjectId) -> &mut Sums {
        self.dirty.objects.insert(object);
        self.objects.entry(object).or_default()
    }
}

/// A translation as lists of PV entries say it.
type Listed = (SpaceId, Vpn);

/// They are no longer in that place; some may be in another one already.
fn forget<K: Hash + Eq, V: PartialEq>(places: &mut HashMap<K, V>, of: &[K], place: V) {
    for key in of {
        if places.get(key) == Some(&place) {
            places.remove(key);
        }
    }
}
