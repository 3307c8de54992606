//! The end of a list that grows, as it goes to a receiver that has the beginning.

use serde::Serialize;

/// What replaces a list from some index on: the items before that are as the receiver has them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Tail<T> {
    /// Index of the first item that is new or has changed.
    pub from: usize,
    /// The items from there to the end of the list.
    pub items: Vec<T>,
}

impl<T: Clone> Tail<T> {
    /// The items of `list` from an index on, which may be its end.
    pub fn of(list: &[T], from: usize) -> Tail<T> {
        let from = from.min(list.len());
        Tail { from, items: list[from..].to_vec() }
    }
}

impl<T> Tail<T> {
    /// Puts the items into a list that has the ones before them.
    pub fn apply(self, list: &mut Vec<T>) {
        list.truncate(self.from);
        list.extend(self.items);
    }
}
