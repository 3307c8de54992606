//! The radix tree that finds a page in its object (`vm_radix`), a block on the swap device,
//! or a written page of a file.
//!
//! 32 slots per node. Changes need the object's write lock; a lookup without the lock is allowed
//! (`vm_page_lookup_unlocked`): nodes are type-stable, so it finds the page, nothing, or a page of another object,
//! and the caller verifies.

use crate::env::{Cell, Env, In};
use crate::ids::NodeId;
use crate::machine::addr::{FrameNo, PageIndex};
use crate::pool::Pool;
use crate::word::{Place, Word};
use std::marker::PhantomData;

const BITS: u32 = 5;
const FANOUT: usize = 1 << BITS;

/// A node: 32 children or items, packed as number + 1, and how many slots are used.
pub struct Node<E: Env> {
    slots: [Cell<E, u32>; FANOUT],
    used: Cell<E, u32>,
}

impl<E: Env> Node<E> {
    /// An empty node.
    pub fn new(env: &E, _: u32) -> Self {
        Node {
            slots: std::array::from_fn(|_| Cell::new(env, Place::NOWHERE, 0)),
            used: Cell::new(env, Place::NOWHERE, 0),
        }
    }
}

/// A task that has the nodes of all trees at hand.
pub trait Nodes<E: Env>: In<E> {
    /// The pool from which trees take their nodes.
    fn nodes(&self) -> &Pool<E, Node<E>>;
}

/// A tree of items indexed by numbers below 2^32 - 1: its root and height (0 = empty; height 1 holds indices below
/// 32).
pub struct Trie<E: Env, T = FrameNo> {
    root: Cell<E, Option<NodeId>>,
    height: Cell<E, u32>,
    /// Identifies the tree in declared accesses.
    label: u64,
    of: PhantomData<fn() -> T>,
}

fn slot(index: u64, level: u32) -> usize {
    (index >> (BITS * (level - 1))) as usize & (FANOUT - 1)
}

impl<E: Env, T: Word> Trie<E, T> {
    /// Creates an empty tree. `label` tells it from others: a hash of its owner.
    pub fn new(env: &E, label: u64) -> Self {
        let (root, height) = (Cell::new(env, Place::NOWHERE, None), Cell::new(env, Place::NOWHERE, 0));
        Trie { label, root, height, of: PhantomData }
    }
    fn holds(height: u32, index: u64) -> bool {
        height > 0 && (BITS * height >= 64 || index >> (BITS * height) == 0)
    }
    /// Declares an access to the whole tree: a reader does not commute with a writer, whichever node they use.
    fn declare(&self, cx: &impl In<E>, write: bool) {
        if E::TRACING {
            cx.env().declare(self.label, write);
        }
    }
    /// The item at `index`.
    pub fn get(&self, cx: &impl Nodes<E>, index: PageIndex) -> Option<T> {
        if !E::TRACING {
            return self.find(cx, index);
        }
        self.declare(cx, false);
        let found = cx.env().opaque(|| self.find(cx, index).map_or(0, T::pack));
        cx.env().observe(found, T::REFERS);
        (found != 0).then(|| T::unpack(found))
    }
    fn find(&self, cx: &impl Nodes<E>, index: PageIndex) -> Option<T> {
        let mut level = self.height.load(cx);
        if !Self::holds(level, index.0) {
            return None;
        }
        let mut node = self.root.load(cx)?;
        loop {
            let word = cx.nodes().get(cx, node.0).slots[slot(index.0, level)].load(cx);
            let below = word.checked_sub(1)?;
            if level == 1 {
                return Some(T::unpack(u64::from(word)));
            }
            node = NodeId(below);
            level -= 1;
        }
    }
    /// Inserts `item` at `index`, whose slot is empty.
    pub fn insert(&self, cx: &impl Nodes<E>, index: PageIndex, item: T) {
        self.declare(cx, true);
        cx.env().opaque_effect(|| self.put(cx, index, item));
    }
    fn put(&self, cx: &impl Nodes<E>, index: PageIndex, item: T) {
        let mut height = self.height.load(cx);
        while !Self::holds(height, index.0) {
            let top = NodeId(cx.nodes().alloc(cx));
            if let Some(old) = self.root.load(cx) {
                let node = cx.nodes().get(cx, top.0);
                node.slots[0].store(cx, old.0 + 1);
                node.used.store(cx, 1);
            }
            height += 1;
            self.root.store(cx, Some(top));
            self.height.store(cx, height);
        }
        let Some(mut node) = self.root.load(cx) else { return };
        for level in (1..=height).rev() {
            let here = cx.nodes().get(cx, node.0);
            let cell = &here.slots[slot(index.0, level)];
            let below = cell.load(cx);
            if level == 1 || below == 0 {
                let new = if level == 1 { item.pack() as u32 } else { cx.nodes().alloc(cx) + 1 };
                if below == 0 {
                    here.used.store(cx, here.used.load(cx) + 1);
                }
                cell.store(cx, new);
                node = NodeId(new - 1);
            } else {
                node = NodeId(below - 1);
            }
        }
    }
    /// Removes the item at `index`; nodes that become empty are freed.
    pub fn remove(&self, cx: &impl Nodes<E>, index: PageIndex) {
        self.declare(cx, true);
        cx.env().opaque_effect(|| self.take(cx, index));
    }
    fn take(&self, cx: &impl Nodes<E>, index: PageIndex) {
        let height = self.height.load(cx);
        let Some(root) = self.root.load(cx) else { return };
        if !Self::holds(height, index.0) {
            return;
        }
        if self.remove_below(cx, root, height, index) {
            self.root.store(cx, None);
            self.height.store(cx, 0);
        }
    }
    fn remove_below(&self, cx: &impl Nodes<E>, node: NodeId, level: u32, index: PageIndex) -> bool {
        let here = cx.nodes().get(cx, node.0);
        let cell = &here.slots[slot(index.0, level)];
        let below = cell.load(cx);
        if below == 0 || level > 1 && !self.remove_below(cx, NodeId(below - 1), level - 1, index) {
            return false;
        }
        cell.store(cx, 0);
        let used = here.used.load(cx) - 1;
        here.used.store(cx, used);
        if used == 0 {
            cx.nodes().release(cx, node.0);
        }
        used == 0
    }
    /// The first item at or after `index`, with its index.
    pub fn next(&self, cx: &impl Nodes<E>, index: PageIndex) -> Option<(PageIndex, T)> {
        if !E::TRACING {
            return self.find_next(cx, index);
        }
        self.declare(cx, false);
        let mut found = None;
        let at = cx.env().opaque(|| {
            found = self.find_next(cx, index);
            found.map_or(0, |(at, _)| at.0 + 1)
        });
        let item = cx.env().opaque(|| found.map_or(0, |f| f.1.pack()));
        cx.env().observe(at, None);
        cx.env().observe(item, T::REFERS);
        at.checked_sub(1).map(|at| (PageIndex(at), T::unpack(item)))
    }
    fn find_next(&self, cx: &impl Nodes<E>, index: PageIndex) -> Option<(PageIndex, T)> {
        let height = self.height.load(cx);
        if !Self::holds(height, index.0) {
            return None;
        }
        self.next_below(cx, self.root.load(cx)?, height, index.0, 0)
    }
    fn next_below(&self, cx: &impl Nodes<E>, node: NodeId, level: u32, from: u64, base: u64) -> Option<(PageIndex, T)> {
        let here = cx.nodes().get(cx, node.0);
        let first = slot(from, level);
        for at in first..FANOUT {
            let below = here.slots[at].load(cx);
            if below == 0 {
                continue;
            }
            let base = base | (at as u64) << (BITS * (level - 1));
            if level == 1 {
                return Some((PageIndex(base), T::unpack(u64::from(below))));
            }
            let from = if at == first { from } else { 0 };
            if let found @ Some(_) = self.next_below(cx, NodeId(below - 1), level - 1, from, base) {
                return found;
            }
        }
        None
    }
    /// Drops all items; the caller has detached the pages (`vm_object_terminate`).
    pub fn clear(&self, cx: &impl Nodes<E>) {
        self.declare(cx, true);
        cx.env().opaque_effect(|| self.wipe(cx));
    }
    fn wipe(&self, cx: &impl Nodes<E>) {
        if let Some(root) = self.root.load(cx) {
            self.clear_below(cx, root, self.height.load(cx));
        }
        self.root.store(cx, None);
        self.height.store(cx, 0);
    }
    fn clear_below(&self, cx: &impl Nodes<E>, node: NodeId, level: u32) {
        let here = cx.nodes().get(cx, node.0);
        for cell in &here.slots {
            let below = cell.load(cx);
            if below != 0 {
                if level > 1 {
                    self.clear_below(cx, NodeId(below - 1), level - 1);
                }
                cell.store(cx, 0);
            }
        }
        here.used.store(cx, 0);
        cx.nodes().release(cx, node.0);
    }
}
