//! The values of pages, sparse and shared between copies until one is written.

use crate::machine::addr::PageIndex;
use crate::word::mix;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Pages per chunk: the unit that is copied when a shared one is written.
const CHUNK: u64 = 16;

/// Why a page may hold a value other than its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Candidate {
    /// MADV_FREE: the page may be dropped at any time until it is stored to again.
    Freed,
    /// Stores overlapped: one of them was the last, and the first load decides which.
    Race,
}

#[derive(Clone, Default, Hash)]
struct Chunk {
    /// One bit per page that has a value here.
    present: u16,
    values: [u64; CHUNK as usize],
    /// See [`Cells::since`].
    since: [u64; CHUNK as usize],
    /// (page in the chunk, why, the other value).
    candidates: Vec<(u8, Candidate, u64)>,
}

/// Page index → value.
#[derive(Clone, Default, Hash)]
pub(super) struct Cells(Arc<BTreeMap<u64, Arc<Chunk>>>);

/// One page of [`Cells`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct CellView {
    /// The value.
    pub(super) value: u64,
    /// Other values that it may hold.
    pub(super) candidates: Vec<(Candidate, u64)>,
}

fn place(page: PageIndex) -> (u64, usize) {
    (page.0 / CHUNK, (page.0 % CHUNK) as usize)
}

impl Chunk {
    fn has(&self, slot: usize) -> bool {
        self.present & 1 << slot != 0
    }
    fn candidates_of(&self, slot: usize) -> impl Iterator<Item = (Candidate, u64)> {
        self.candidates.iter().filter(move |d| usize::from(d.0) == slot).map(|d| (d.1, d.2))
    }
}

impl Cells {
    fn chunk(&self, page: PageIndex) -> Option<(&Chunk, usize)> {
        let (chunk, slot) = place(page);
        self.0.get(&chunk).filter(|c| c.has(slot)).map(|c| (&**c, slot))
    }
    fn chunk_mut(&mut self, page: PageIndex) -> (&mut Chunk, usize) {
        let (chunk, slot) = place(page);
        let chunks = Arc::make_mut(&mut self.0);
        (Arc::make_mut(chunks.entry(chunk).or_default()), slot)
    }
    /// Whether no page has a value.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The page's value, if it has one.
    pub(super) fn get(&self, page: PageIndex) -> Option<u64> {
        self.chunk(page).map(|(c, slot)| c.values[slot])
    }
    /// The length of the log of the file below when the page got its own value.
    pub(super) fn since(&self, page: PageIndex) -> Option<u64> {
        self.chunk(page).map(|(c, slot)| c.since[slot])
    }
    /// Sets the page's value and removes all candidates; `since` counts if it had none.
    pub(super) fn set(&mut self, page: PageIndex, value: u64, since: u64) {
        let (c, slot) = self.chunk_mut(page);
        c.values[slot] = value;
        if !c.has(slot) {
            c.present |= 1 << slot;
            c.since[slot] = since;
        }
        if !c.candidates.is_empty() {
            c.candidates.retain(|d| usize::from(d.0) != slot);
        }
    }
    /// Adds `other` as a candidate for the page, which has a value; after MADV_FREE a candidate may equal the value,
    /// and says that the page may be dropped.
    pub(super) fn add_candidate(&mut self, page: PageIndex, candidate: Candidate, other: u64) {
        let (c, slot) = self.chunk_mut(page);
        let news = c.values[slot] != other || candidate == Candidate::Freed;
        if c.has(slot) && news && !c.candidates_of(slot).any(|d| d.1 == other) {
            c.candidates.push((slot as u8, candidate, other));
        }
    }
    /// Other values that the page may hold.
    pub(super) fn candidates(&self, page: PageIndex) -> impl Iterator<Item = (Candidate, u64)> {
        self.chunk(page).into_iter().flat_map(|(c, slot)| c.candidates_of(slot))
    }
    /// Whether a page of the chunk has candidates: a fast path.
    pub(super) fn has_candidates(&self, page: PageIndex) -> bool {
        self.chunk(page).is_some_and(|(c, _)| !c.candidates.is_empty())
    }
    /// The pages in `from..to` that have a value.
    pub(super) fn range(&self, from: PageIndex, to: PageIndex) -> impl Iterator<Item = (PageIndex, CellView)> {
        let chunks = from.0 / CHUNK..to.0.div_ceil(CHUNK).max(from.0 / CHUNK);
        self.0.range(chunks).flat_map(move |(&n, c)| {
            (0..CHUNK).filter_map(move |slot| {
                let page = PageIndex(n * CHUNK + slot);
                let slot = slot as usize;
                let view = || CellView { value: c.values[slot], candidates: c.candidates_of(slot).collect() };
                (c.has(slot) && (from..to).contains(&page)).then(|| (page, view()))
            })
        })
    }
    /// A hash of the pages in `from..to`.
    pub(super) fn fingerprint(&self, from: PageIndex, to: PageIndex) -> u64 {
        let page = |(page, view): (PageIndex, CellView)| {
            let others = view.candidates.iter().fold(0u64, |sum, d| sum.wrapping_add(mix(d.0 as u64 + 1, d.1)));
            mix(mix(page.0 + 1, view.value), mix(self.since(page).unwrap_or(0), others))
        };
        self.range(from, to).map(page).fold(0, u64::wrapping_add)
    }
}

#[cfg(test)]
mod tests {
    use super::PageIndex as P;
    use super::*;

    #[test]
    fn copies_part_when_written() {
        let mut a = Cells::default();
        for page in [0, 15, 16, 1 << 40] {
            a.set(P(page), page + 7, 0);
        }
        let mut b = a.clone();
        b.set(P(15), 1, 0);
        a.set(P(3), 2, 0);
        assert_eq!((a.get(P(15)), b.get(P(15))), (Some(22), Some(1)));
        assert_eq!((a.get(P(3)), b.get(P(3))), (Some(2), None));
        assert_eq!(b.range(P(15), P(17)).map(|(p, v)| (p.0, v.value)).collect::<Vec<_>>(), [(15, 1), (16, 23)]);
        assert_eq!(b.range(P(17), P(17)).count() + b.range(P(20), P(10)).count(), 0);
    }

    #[test]
    fn a_store_ends_doubt_of_its_page_alone() {
        let mut a = Cells::default();
        a.set(P(4), 9, 0);
        a.set(P(5), 8, 0);
        a.add_candidate(P(4), Candidate::Freed, 0);
        a.add_candidate(P(4), Candidate::Freed, 0);
        a.add_candidate(P(5), Candidate::Race, 3);
        a.add_candidate(P(6), Candidate::Race, 3);
        assert_eq!(a.candidates(P(4)).collect::<Vec<_>>(), [(Candidate::Freed, 0)]);
        let before = a.fingerprint(P(0), P(16));
        a.set(P(4), 9, 0);
        assert_eq!((a.candidates(P(4)).count(), a.candidates(P(5)).count(), a.candidates(P(6)).count()), (0, 1, 0));
        assert_ne!(before, a.fingerprint(P(0), P(16)));
    }
}
