//! The fingerprint of the world (rulings R4), updated by every change.
//!
//! It is a sum over containers. A container's term is the sum of its words' terms times a coefficient that depends on
//! its name. So a change of a word changes the fingerprint by a number that depends only on the word and the name,
//! and changes may be made and undone in any order.

use super::{FRAME_WORDS, Slot, Store, Undo};
use crate::word::{Kind, mix};

/// A container, numbered across all kinds.
pub(in super::super) type ContainerId = u32;

/// The container of words that are not part of the fingerprint. Its term is 0.
pub(super) const NOWHERE: ContainerId = 0;

/// A difference: what is added, wrapping, to a value and to its container's sum.
#[derive(Clone, Copy)]
pub(in super::super) struct Change {
    /// The changed value.
    pub slot: Slot,
    /// What is added to it.
    pub value: u64,
    /// The container.
    pub container: ContainerId,
    /// What is added to the container's sum: the value's new term less its old one.
    pub term: u64,
}

impl Change {
    /// Whether it changes anything.
    pub fn is_one(&self) -> bool {
        (self.value, self.term) != (0, 0)
    }
    /// The inverse change.
    #[inline]
    pub fn back(self) -> Change {
        Change { value: self.value.wrapping_neg(), term: self.term.wrapping_neg(), ..self }
    }
}

pub(super) struct Container {
    /// Slot of its name.
    pub name: Slot,
    /// Factor of its sum in the fingerprint: an odd number that depends on its name, or 0 if it has none.
    pub coefficient: u64,
    /// Sum of its words' terms; for a frame also of its contents' terms.
    sum: u64,
    /// Sum of the keys of the translations to it (frames only).
    pub led_to: u64,
}

impl Container {
    /// Its term in the fingerprint. A frame without a name is free and counts only while a translation to it exists:
    /// a mapping of a free frame is part of the state.
    fn term(&self) -> u64 {
        match (self.coefficient, self.led_to) {
            (0, 0) => 0,
            (0, led_to) => mix(0x0f7e_e000, led_to),
            (coefficient, led_to) => coefficient.wrapping_mul(self.sum.wrapping_add(mix(7, led_to))),
        }
    }
}

/// The coefficient of a container with that name.
pub(super) fn coefficient(name: u64) -> u64 {
    if name == 0 { 0 } else { mix(name, 0x5e1f) | 1 }
}

/// The term of a word in its container's sum.
#[inline]
pub(super) fn term(field: u8, canonical: u64) -> u64 {
    mix(u64::from(field) + 1, canonical)
}

/// The term of a word of a frame: it depends on the word's position, and zero words add nothing.
pub(super) fn content(index: usize, value: u64) -> u64 {
    if value == 0 { 0 } else { mix(value, (index % FRAME_WORDS) as u64 + 0x1000) }
}

impl Store {
    /// The fingerprint of the world.
    #[inline]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
    pub(super) fn new_container(&mut self) -> ContainerId {
        let name = self.new_slot(1);
        self.containers.push(Container { name, coefficient: 0, sum: 0, led_to: 0 });
        (self.containers.len() - 1) as ContainerId
    }
    /// The container with that index in its kind.
    #[inline]
    pub(super) fn container(&mut self, kind: Kind, index: u32) -> ContainerId {
        match self.containers_of_kind[kind as usize].get(index as usize) {
            Some(&container) => container,
            None if kind == Kind::None => NOWHERE,
            None => self.new_container_of(kind, index),
        }
    }
    #[cold]
    fn new_container_of(&mut self, kind: Kind, index: u32) -> ContainerId {
        debug_assert!(index < 1 << 24, "there is no such {kind:?}: {index}");
        while self.containers_of_kind[kind as usize].len() <= index as usize {
            let new = self.new_container();
            self.containers_of_kind[kind as usize].push(new);
        }
        self.containers_of_kind[kind as usize][index as usize]
    }
    /// Changes a container other than by its words.
    pub(super) fn update_container(&mut self, container: ContainerId, change: impl FnOnce(&mut Container)) {
        let record = &mut self.containers[container as usize];
        let before = record.term();
        change(record);
        self.fingerprint = self.fingerprint.wrapping_sub(before).wrapping_add(record.term());
    }
    /// Applies a change without logging it.
    #[inline]
    pub fn apply(&mut self, Change { slot, container, value, term }: Change) {
        let at = &mut self.values[slot as usize];
        *at = at.wrapping_add(value);
        let record = &mut self.containers[container as usize];
        record.sum = record.sum.wrapping_add(term);
        self.fingerprint = self.fingerprint.wrapping_add(record.coefficient.wrapping_mul(term));
    }
    /// Applies a change and logs it.
    #[inline]
    pub(super) fn make(&mut self, change: Change) {
        self.apply(change);
        if self.keep.undo {
            self.undo.push(Undo::Change(change));
        }
    }
    /// Undoes a change.
    #[inline]
    pub fn take_back(&mut self, change: Change) {
        self.apply(change.back());
        if let Some(index) = self.frame_word_at(change.slot) {
            self.extend(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Keep, Place};
    use super::*;
    use crate::ids::SpaceId;
    use crate::machine::addr::{FrameNo, Vpn};
    use proptest::prelude::*;

    /// Words: one in each of four named objects, one that refers to an object, and one that does not count.
    fn world() -> (Store, Vec<u32>) {
        let mut store = Store::new(2, Keep::ALL);
        for object in 0..4 {
            store.set_name(Kind::Object, object, 0x1000 + u64::from(object), false);
        }
        store.set_name(Kind::Frame, 1, 0x2000, false);
        store.set_frame_word(FRAME_WORDS, 0);
        let mut words: Vec<u32> =
            (0..4).map(|object| store.new_word(0, Place::at(Kind::Object, object, 3), None)).collect();
        words.push(store.new_word(0, Place::at(Kind::Object, 0, 4), Some(Kind::Object)));
        words.push(store.new_word(0, Place::NOWHERE, None));
        (store, words)
    }

    fn write(store: &mut Store, words: &[u32], (at, value): (usize, u64)) {
        match words.get(at) {
            Some(&word) => store.write(word, value),
            None => store.set_frame_word(FRAME_WORDS + at, value),
        }
    }

    proptest! {
        #[test]
        fn changes_may_be_taken_back_in_any_order(
            writes in prop::collection::vec((0usize..8, 0u64..4), 0..20), keys in prop::collection::vec(any::<u32>(), 40),
        ) {
            let (mut store, words) = world();
            let (fingerprint, values, before) = (store.fingerprint(), store.values.clone(), store.undo.len());
            writes.into_iter().for_each(|one| write(&mut store, &words, one));
            let mut made: Vec<Change> = store.undo.drain(before..)
                .filter_map(|undo| if let Undo::Change(change) = undo { Some(change) } else { None })
                .collect();
            made.sort_by_key(|change| keys[change.slot as usize % keys.len()]);
            made.into_iter().for_each(|change| store.take_back(change));
            prop_assert_eq!((store.fingerprint(), &store.values), (fingerprint, &values));
        }

        #[test]
        fn what_counts_has_one_digest_and_another_has_another(
            one in prop::collection::vec(0u64..4, 8), (from, to) in (0usize..8, 0usize..8), more in 0u64..2,
        ) {
            let mut other = one.clone();
            other.swap(from, to);
            other[to] += more;
            let fingerprint = |values: &[u64]| {
                let (mut store, words) = world();
                // By a detour, which makes no difference.
                (0..8).rev().for_each(|at| write(&mut store, &words, (at, 3)));
                values.iter().copied().enumerate().for_each(|one| write(&mut store, &words, one));
                store.fingerprint()
            };
            // The sixth word does not count.
            let counts = |values: &[u64]| [&values[..5], &values[6..]].concat();
            prop_assert_eq!(fingerprint(&one) == fingerprint(&other), counts(&one) == counts(&other));
        }
    }

    #[test]
    fn a_free_frame_counts_as_long_as_something_translates_to_it() {
        let (mut store, _) = world();
        let before = store.fingerprint();
        store.set_translation(1, (SpaceId(0), Vpn(7)), 5, true, false);
        store.set_name(Kind::Frame, 1, 0, false);
        let mapped = store.fingerprint();
        store.set_frame_word(FRAME_WORDS, 9);
        assert_eq!(store.fingerprint(), mapped, "what is in it does not");
        store.zero_frame(FrameNo(1));
        store.set_translation(1, (SpaceId(0), Vpn(7)), 5, false, false);
        let free = store.fingerprint();
        store.set_name(Kind::Frame, 1, 0x2000, false);
        assert!(mapped != free && mapped != before && store.fingerprint() == before);
    }
}
