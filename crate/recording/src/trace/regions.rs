//! The accesses that an address space permits: a flat model of one map, computed from the recording alone and
//! independent of the engine, which has to agree with it.

use super::event::{Access, Map, Remap, Source};
use faultline_engine::kern::Prot;
use faultline_engine::machine::addr::PAGE_SIZE;
use std::collections::BTreeMap;

/// How far a stack may grow below its end, in bytes (rulings R35).
const STACK_MAX: u64 = 8 << 20;
/// A stack grows by multiples of this many bytes.
const STACK_GROW: u64 = 128 << 10;

/// The required result of a recorded access.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
pub enum Expect {
    /// A mapping permits it: the engine must serve it.
    Served,
    /// It is below a stack, which must grow.
    Grows,
    /// Served or refused, depending on rules in which kernels differ: below a stack that has no room left or whose
    /// rights were changed, or a read of a mapping that permits only writes or execution.
    #[default]
    Either,
    /// No mapping permits it: it must end in a signal.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Region {
    end: u64,
    prot: Prot,
    /// Lowest address to which a stack may grow; `start` if it cannot.
    floor: u64,
    /// The floor is where a change of rights has cut the room, which kernels that merge entries again do not keep: it
    /// may be lower.
    loose: bool,
    /// The rights with which it was made, if it is a stack.
    stack: Option<Prot>,
}

/// The mappings of one address space, by their first byte.
#[derive(Clone, Default, Debug)]
pub struct Regions {
    by_start: BTreeMap<u64, Region>,
    /// The range into which a stack may have grown or not.
    unsure: (u64, u64),
}

impl Regions {
    /// Adds a mapping. Returns true if it only records the growth of a stack, which already exists with its contents.
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
        self.by_start
            .insert(start, Region { end, prot: map.prot, floor, loose: false, stack: stack.then_some(map.prot) });
        false
    }
    /// Recorders write a stack's growth as a mapping of the whole stack.
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
    /// Removes a range.
    pub fn remove(&mut self, start: u64, end: u64) {
        self.change(start, end, |_, _| None);
        self.cut_room(end, false);
    }
    /// Ends the certain room of the stack above here; `loose` as in [`Region`].
    fn cut_room(&mut self, end: u64, loose: bool) {
        if let Some((&at, region)) = self.by_start.range_mut(end..).next()
            && region.floor < end.min(at)
        {
            (region.floor, region.loose) = (end.min(at), loose);
        }
    }
    /// Changes the rights of a range.
    pub fn protect(&mut self, start: u64, end: u64, prot: Prot) {
        self.change(start, end, |_, region| Some(Region { prot, ..region }));
        // Kernels may end a stack's room where such a range begins or ends.
        for (&at, region) in self.by_start.range_mut(start..end).filter(|&(&at, _)| at > start) {
            (region.floor, region.loose) = (at, true);
        }
        self.cut_room(end, true);
    }
    /// Moves or resizes a mapping. Does nothing if part of it is not mapped, or if it would overlap its new place:
    /// such a call fails.
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
        // The part added at the end is like the end.
        if let Some(last) = moved.last_mut().filter(|_| remap.new_len > remap.old_len) {
            last.1 = new_end;
        }
        for (start, end, prot) in moved.into_iter().filter(|(start, end, _)| start < end) {
            self.by_start.insert(start, Region { end, prot, floor: start, loose: false, stack: None });
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
    /// Splits regions at the ends of a range and replaces each piece inside.
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
    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_start.len()
    }
    /// What has to become of an access that a mapping covers, which changes nothing.
    pub fn covered(&self, address: u64, access: Access) -> Option<Expect> {
        let (_, region) = self.by_start.range(..=address).next_back()?;
        (address < region.end).then(|| Self::permits(region.prot, access))
    }
    /// What has to become of an access; a stack that has to grow does.
    pub fn access(&mut self, address: u64, access: Access) -> Expect {
        if let Some(covered) = self.covered(address, access) {
            return covered;
        }
        let refused = if (self.unsure.0..self.unsure.1).contains(&address) { Expect::Either } else { Expect::Refused };
        let Some((&at, &region)) = self.by_start.range(address + 1..).next() else { return refused };
        let Some(made) = region.stack.filter(|_| region.end - address <= 2 * STACK_MAX) else { return refused };
        // One guard page always stays between a stack and the mapping below it.
        let lowest = region.floor + PAGE_SIZE;
        if address < lowest || region.floor >= at {
            let (from, to) = if self.unsure.1 == 0 { (at, at) } else { self.unsure };
            self.unsure = (from.min(address.saturating_sub(STACK_GROW)), to.max(at));
            return Expect::Either;
        }
        // The kernel grows it before it checks rights, by a piece with the rights of the stack's mapping.
        let wanted = (at - address).next_multiple_of(PAGE_SIZE).next_multiple_of(STACK_GROW);
        let start = at.saturating_sub(wanted).max(lowest);
        if region.loose && start == lowest {
            let (from, to) = if self.unsure.1 == 0 { (start, start) } else { self.unsure };
            self.unsure = (from.min(at.saturating_sub(wanted)), to.max(start));
        }
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
            // x86 cannot deny reading of a page that may be written or executed.
            Expect::Either
        } else {
            Expect::Refused
        }
    }
}

#[cfg(test)]
mod tests;
