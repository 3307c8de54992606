//! The model against a simpler model: maps from page to value, copied whole.

use super::*;
use crate::word::mix;
use std::collections::BTreeMap;

/// A page of the simpler model: private, or a key of the shared ones.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Plain {
    Value(u64),
    Shared(u64),
}

#[derive(Default)]
struct Peer {
    spaces: BTreeMap<(u32, u64), Plain>,
    shared: BTreeMap<u64, u64>,
    next: u64,
}

impl Peer {
    fn get(&self, space: SpaceId, page: u64) -> Option<u64> {
        Some(match *self.spaces.get(&(space.0, page))? {
            Plain::Value(value) => value,
            Plain::Shared(key) => self.shared[&key],
        })
    }
    fn share(&mut self, value: u64) -> Plain {
        self.next += 1;
        self.shared.insert(self.next, value);
        Plain::Shared(self.next)
    }
    fn users(&self, key: u64) -> usize {
        self.spaces.values().filter(|p| **p == Plain::Shared(key)).count()
    }
}

#[test]
fn random_programs_agree_with_whole_copies() {
    for seed in 0..300 {
        let (m, mut peer, mut dice) = (Model::default(), Peer::default(), seed);
        for n in 0..120u64 {
            let mut roll = |sides: u64| {
                dice = mix(dice, n);
                dice % sides
            };
            let (space, other) = (SpaceId(roll(4) as u32), SpaceId(roll(4) as u32));
            let from = roll(40);
            let to = from + 1 + roll(20);
            let inherit = [Inherit::Copy, Inherit::Copy, Inherit::Share, Inherit::Zero][roll(4) as usize];
            match roll(10) {
                0 | 1 => {
                    let shared = roll(3) == 0;
                    m.0.mapped(space, va(from), va(to), Backing::Anon, shared);
                    for page in from..to {
                        let new = if shared { peer.share(0) } else { Plain::Value(0) };
                        peer.spaces.insert((space.0, page), new);
                    }
                }
                2 => {
                    m.0.unmapped(space, va(from), va(to));
                    peer.spaces.retain(|key, _| key.0 != space.0 || !(from..to).contains(&key.1));
                }
                3 | 4 if space != other => {
                    // Ranges that R14 exempts are left out: shared pages with other users.
                    let shared = |page| match peer.spaces.get(&(space.0, page)) {
                        Some(Plain::Shared(key)) => peer.users(*key) > 1,
                        _ => false,
                    };
                    if inherit == Inherit::Copy && (0..200).any(shared) {
                        continue;
                    }
                    m.0.forked(space, other, va(from), va(to), inherit);
                    for page in from..to {
                        let mut own = peer.spaces.get(&(space.0, page)).copied();
                        let value = peer.get(space, page);
                        if let (Some(value), Inherit::Share, Some(Plain::Value(_))) = (value, inherit, own) {
                            own = Some(peer.share(value));
                            peer.spaces.extend(own.map(|o| ((space.0, page), o)));
                        }
                        let copied = value.map(Plain::Value);
                        let new = match inherit {
                            Inherit::Share => own,
                            Inherit::Zero => own.map(|_| Plain::Value(0)),
                            _ => copied,
                        };
                        if inherit == Inherit::Copy {
                            peer.spaces.extend(copied.map(|c| ((space.0, page), c)));
                        }
                        peer.spaces.remove(&(other.0, page));
                        peer.spaces.extend(new.map(|new| ((other.0, page), new)));
                    }
                }
                5 => {
                    let (old, new, len) = (from, 100 + roll(50), to - from);
                    m.0.moved(space, va(old), va(new), len * PAGE_SIZE);
                    let moving: Vec<_> = (old..to).map(|page| peer.spaces.remove(&(space.0, page))).collect();
                    for (page, what) in (new..).zip(moving) {
                        peer.spaces.remove(&(space.0, page));
                        peer.spaces.extend(what.map(|w| ((space.0, page), w)));
                    }
                }
                6 if roll(4) == 0 => {
                    m.0.space_gone(space);
                    peer.spaces.retain(|key, _| key.0 != space.0);
                }
                _ => {
                    let value = 1000 + n;
                    m.store(space, from, value);
                    match peer.spaces.get(&(space.0, from)).copied() {
                        Some(Plain::Shared(key)) => peer.shared.extend([(key, value)]),
                        Some(Plain::Value(_)) => peer.spaces.extend([((space.0, from), Plain::Value(value))]),
                        None => {}
                    }
                }
            }
            for space in (0..4).map(SpaceId) {
                for page in 0..200 {
                    let (here, there) = (m.expects(space, page), peer.get(space, page));
                    assert_eq!(here, there, "seed {seed}, op {n}, space {space:?}, page {page}");
                }
            }
        }
    }
}
