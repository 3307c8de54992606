//! Which accesses an address space permits: a flat model of one map, worked out from
//! the recording alone and independent of the engine that has to agree with it.

use super::event::{Access, Map, Remap, Source};
use faultline_engine::kern::Prot;
use faultline_engine::machine::addr::PAGE_SIZE;
use std::collections::BTreeMap;

/// How far a stack may grow below its end (rulings R35).
const STACK_MAX: u64 = 8 << 20;
/// A stack grows by multiples of this.
const STACK_GROW: u64 = 128 << 10;

/// What has to become of a recorded access.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
pub enum Expect {
    /// A mapping permits it: it has to be served.
    Served,
    /// It lies below a stack, which has to grow.
    Grows,
    /// Served or refused, depending on rules that kernels differ in: below a stack whose
    /// room is at its end or whose rights were changed, or a read where only writing or
    /// executing is permitted.
    #[default]
    Either,
    /// No mapping permits it: it has to end in a signal.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Region {
    end: u64,
    prot: Prot,
    /// A stack may grow down to here; `start` if it can't.
    floor: u64,
    /// It is a stack, made with these rights.
    stack: Option<Prot>,
}

/// The mappings of one address space, by their first byte.
#[derive(Clone, Default, Debug)]
pub struct Regions {
    by_start: BTreeMap<u64, Region>,
    /// Where a stack may have grown or not: from here, to here.
    unsure: (u64, u64),
}

impl Regions {
    /// A mapping appears. Returns true if it only says that a stack has grown: then it is
    /// there already, with its contents.
    pub fn map(&mut self, map: &Map) -> bool {
        let (start, end) = (map.start, map.start + map.len);
        let stack = map.source == Source::Stack;
        if stack && self.covers_grown(start, end, map.prot) {
            return true;
        }
        self.remove(start, end);
        let floor = if stack {
            let below = self.by_start.range(..start).next_back().map_or(0, |(_, r)| r.end);
            below.max(end.saturating_sub(STACK_MAX)).min(start)
        } else {
            start
        };
        self.by_start.insert(start, Region { end, prot: map.prot, floor, stack: stack.then_some(map.prot) });
        false
    }
    /// Recorders tell a stack's growth as a mapping of the whole stack.
    fn covers_grown(&self, start: u64, end: u64, prot: Prot) -> bool {
        let Some((&at, lowest)) = self.by_start.range(..=start).next_back() else { return false };
        let mut reached = at;
        for (&at, region) in self.by_start.range(at..end) {
            if at != reached || region.prot != prot {
                return false;
            }
            reached = region.end;
        }
        lowest.floor < at && reached == end
    }
    /// A range is gone.
    pub fn remove(&mut self, start: u64, end: u64) {
        self.change(start, end, |_, _| None);
        self.cut_room(end);
    }
    /// The room of a stack above ends here, at least for sure.
    fn cut_room(&mut self, end: u64) {
        if let Some((&at, region)) = self.by_start.range_mut(end..).next() {
            region.floor = region.floor.max(end.min(at));
        }
    }
    /// A range has other rights.
    pub fn protect(&mut self, start: u64, end: u64, prot: Prot) {
        self.change(start, end, |_, region| Some(Region { prot, ..region }));
        // Kernels may cut the room of a stack where such a range begins or ends.
        for (&at, region) in self.by_start.range_mut(start..end).filter(|&(&at, _)| at > start) {
            region.floor = at;
        }
        self.cut_room(end);
    }
    /// A mapping moves or changes its size. Nothing happens if part of it is not mapped,
    /// or if it would move onto itself: such a call fails.
    pub fn remap(&mut self, remap: &Remap) {
        let apart =
            remap.new_start >= remap.old_start + remap.old_len || remap.old_start >= remap.new_start + remap.new_len;
        if !self.is_whole(remap.old_start, remap.old_start + remap.old_len)
            || !apart && remap.old_start != remap.new_start
        {
            return;
        }
        let old_end = remap.old_start + remap.old_len;
        let new_end = remap.new_start + remap.new_len;
        let mut moved = Vec::new();
        self.change(remap.old_start, old_end, |at, region| {
            let place = |address: u64| (address - remap.old_start + remap.new_start).min(new_end);
            moved.push((place(at), place(region.end), region.prot));
            None
        });
        self.remove(remap.new_start, new_end);
        // What is added at the end is like the end.
        if let Some(last) = moved.last_mut().filter(|_| remap.new_len > remap.old_len) {
            last.1 = new_end;
        }
        for (start, end, prot) in moved.into_iter().filter(|(start, end, _)| start < end) {
            self.by_start.insert(start, Region { end, prot, floor: start, stack: None });
        }
    }
    fn is_whole(&self, start: u64, end: u64) -> bool {
        let first = self.by_start.range(..=start).next_back().map_or(start, |(&at, _)| at);
        let mut reached = start;
        for (&at, region) in self.by_start.range(first..end) {
            if at > reached {
                break;
            }
            reached = region.end;
        }
        reached >= end
    }
    /// Cuts regions at the edges of a range and replaces each piece inside.
    fn change(&mut self, start: u64, end: u64, mut f: impl FnMut(u64, Region) -> Option<Region>) {
        if start >= end {
            return;
        }
        self.cut(start);
        self.cut(end);
        let inside: Vec<_> = self.by_start.range(start..end).map(|(&at, &region)| (at, region)).collect();
        for (at, region) in inside {
            match f(at, region) {
                Some(new) => self.by_start.insert(at, new),
                None => self.by_start.remove(&at),
            };
        }
    }
    fn cut(&mut self, at: u64) {
        let Some((_, region)) = self.by_start.range_mut(..at).next_back() else { return };
        if region.end > at {
            let upper = Region { floor: at, ..*region };
            region.end = at;
            self.by_start.insert(at, upper);
        }
    }
    /// What has to become of an access; a stack that has to grow does.
    pub fn access(&mut self, address: u64, access: Access) -> Expect {
        if let Some((_, region)) = self.by_start.range(..=address).next_back()
            && address < region.end
        {
            return Self::permits(region.prot, access);
        }
        let refused = if (self.unsure.0..self.unsure.1).contains(&address) { Expect::Either } else { Expect::Refused };
        let Some((&at, &region)) = self.by_start.range(address + 1..).next() else { return refused };
        let Some(made) = region.stack.filter(|_| region.end - address <= 2 * STACK_MAX) else { return refused };
        // One guard page stays between a stack and what lies below it.
        let lowest = region.floor + PAGE_SIZE;
        if address < lowest || region.floor >= at {
            let (from, to) = if self.unsure.1 == 0 { (at, at) } else { self.unsure };
            self.unsure = (from.min(address.saturating_sub(STACK_GROW)), to.max(at));
            return Expect::Either;
        }
        // It grows before anybody looks at rights, by a piece with those it was made with.
        let wanted = (at - address).next_multiple_of(PAGE_SIZE).next_multiple_of(STACK_GROW);
        let start = at.saturating_sub(wanted).max(lowest);
        self.by_start.insert(at, Region { floor: at, ..region });
        self.by_start.insert(start, Region { end: at, prot: made, ..region });
        match Self::permits(made, access) {
            Expect::Served if region.prot == made => Expect::Grows,
            _ => Expect::Either,
        }
    }
    fn permits(prot: Prot, access: Access) -> Expect {
        if prot.contains(access.needs()) {
            Expect::Served
        } else if access == Access::Read && !prot.is_empty() {
            // x86 can't take reading away from what may be written or executed.
            Expect::Either
        } else {
            Expect::Refused
        }
    }
}

#[cfg(test)]
mod tests;
