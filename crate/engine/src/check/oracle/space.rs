//! What one address space maps, and the pages that several share.

use super::Backing;
use super::cells::Cells;
use super::lineage::{Lineage, LineageId, Owner, Sharing, StoreLog};
use crate::ids::{FileId, SpaceId};
use crate::machine::addr::{PageIndex, Vpn};
use crate::word::mix;

/// The value of a page without one of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub(super) enum Base {
    /// Zero.
    #[default]
    Zero,
    /// The present content of the file's page with the same index.
    File(FileId),
}

impl Base {
    /// The file, if it is one.
    pub(super) fn file(self) -> Option<FileId> {
        match self {
            Base::Zero => None,
            Base::File(file) => Some(file),
        }
    }
}

impl From<Backing> for Base {
    fn from(backing: Backing) -> Base {
        match backing {
            Backing::Anon => Base::Zero,
            Backing::File { file, .. } => Base::File(file),
        }
    }
}

/// Where the values of a region are.
#[derive(Clone, Hash)]
pub(super) enum What {
    /// In the region, with the base of unwritten pages and the lineage.
    Private { base: Base, lineage: u32, cells: Cells },
    /// In the shared pages.
    Shared(Sharing),
}

/// A range of pages that were mapped together.
#[derive(Clone, Hash)]
pub(super) struct Region {
    /// First page.
    pub(super) start: Vpn,
    /// One past the last.
    pub(super) end: Vpn,
    /// Index of the first page: in its file, or in its family.
    pub(super) at: PageIndex,
    /// Loads are not checked (rulings R14).
    pub(super) exempt: bool,
    /// The values.
    pub(super) what: What,
}

impl Region {
    /// Index of a page.
    pub(super) fn page(&self, vpn: Vpn) -> PageIndex {
        self.at + (vpn.0 - self.start.0)
    }
    /// First index and one past the last.
    pub(super) fn window(&self) -> (PageIndex, PageIndex) {
        (self.at, self.page(self.end))
    }
    /// The part inside `start` to `end`, which overlaps it.
    pub(super) fn clip(&self, start: Vpn, end: Vpn) -> Region {
        let start = self.start.max(start);
        Region { at: self.page(start), start, end: self.end.min(end), ..self.clone() }
    }
    /// The shared pages that it maps, if it is shared.
    pub(super) fn sharing(&self) -> Option<Sharing> {
        match self.what {
            What::Private { .. } => None,
            What::Shared(sharing) => Some(sharing),
        }
    }
}

/// The model of one address space. A slot is reused by other spaces; lineages and stores stay, for the histories of
/// spaces that were forked from it.
#[derive(Clone, Default, Hash)]
pub(super) struct Space {
    /// A name by ancestry, 0 while the slot is free.
    pub(super) label: u64,
    /// Number of children so far, for their labels.
    pub(super) forks: u64,
    /// Regions by address; they do not overlap.
    pub(super) regions: Vec<Region>,
    /// Its lineages.
    pub(super) lineages: Vec<Lineage>,
    /// Stores to private pages.
    pub(super) log: StoreLog,
}

impl Space {
    /// The region that holds a page.
    pub(super) fn find(&self, vpn: Vpn) -> Option<usize> {
        let after = self.regions.partition_point(|r| r.end <= vpn);
        (self.regions.get(after)?.start <= vpn).then_some(after)
    }
    /// Splits the region at `at`; returns the sharing that now has one more region.
    fn cut(&mut self, at: Vpn) -> Option<Sharing> {
        let index = self.find(at)?;
        if self.regions[index].start == at {
            return None;
        }
        let upper = self.regions[index].clip(at, Vpn(u64::MAX));
        self.regions[index].end = at;
        let sharing = upper.sharing();
        self.regions.insert(index + 1, upper);
        sharing
    }
    /// Splits regions at both ends of a range; returns the indices of the regions inside. `more` is called for every
    /// sharing that has one more region.
    pub(super) fn cut_out(&mut self, start: Vpn, end: Vpn, mut more: impl FnMut(Sharing)) -> std::ops::Range<usize> {
        [start, end].into_iter().filter_map(|at| self.cut(at)).for_each(&mut more);
        let first = self.regions.partition_point(|r| r.end <= start);
        let last = self.regions.partition_point(|r| r.start < end);
        first..last.max(first)
    }
    /// Adds a region where there is none.
    pub(super) fn insert(&mut self, region: Region) {
        let at = self.regions.partition_point(|r| r.start < region.start);
        self.regions.insert(at, region);
    }
    /// Adds a lineage; returns its number.
    pub(super) fn add_lineage(&mut self, lineage: Lineage) -> u32 {
        self.lineages.push(lineage);
        self.lineages.len() as u32 - 1
    }
    /// Adds a root lineage for pages first mapped at `start`.
    pub(super) fn add_root(&mut self, id: SpaceId, start: Vpn, base: Base) -> u32 {
        let lineage = LineageId { owner: Owner::Space(id), nth: self.lineages.len() as u32 };
        self.add_lineage(Lineage::new(lineage, mix(self.label, start.0), base.file()))
    }
    /// Fingerprint of its mappings and their values, without shared anonymous pages.
    pub(super) fn fingerprint(&self) -> u64 {
        self.regions.iter().fold(0u64, |sum, r| {
            let what = match &r.what {
                What::Private { base, lineage, cells } => {
                    let (from, to) = r.window();
                    let base = base.file().map_or(1, |f| mix(2, u64::from(f.0)));
                    let lineage = &self.lineages[*lineage as usize];
                    mix(cells.fingerprint(from, to), mix(base, mix(lineage.label, lineage.past)))
                }
                What::Shared(Sharing::File(f)) => mix(3, u64::from(f.0)),
                What::Shared(Sharing::Group(_)) => 4,
            };
            let place = mix(mix(r.start.0, r.end.0), mix(r.at.0, u64::from(r.exempt)));
            sum.wrapping_add(mix(place, what))
        })
    }
}

/// Pages that several spaces share, or the pages of a file.
#[derive(Clone, Hash)]
pub(super) struct Group {
    /// The base of unwritten pages; a file's own pages have its contents.
    pub(super) base: Base,
    /// The values.
    pub(super) cells: Cells,
    /// Their lineage.
    pub(super) lineage: Lineage,
    /// Stores to them.
    pub(super) log: StoreLog,
    /// Number of regions of all spaces that map them.
    pub(super) mappers: u32,
    /// Loads are not checked (rulings R14).
    pub(super) exempt: bool,
}

impl Group {
    /// Creates a group that is not mapped yet, with a lineage of its own or one that it takes over.
    pub(super) fn new(base: Base, cells: Cells, lineage: Lineage) -> Group {
        Group { base, cells, lineage, log: StoreLog::default(), mappers: 0, exempt: false }
    }
    /// Whether nothing was ever stored or loaded here.
    pub(super) fn is_new(&self) -> bool {
        self.log.end() == 0 && self.cells.is_empty()
    }
    /// Fingerprint of the values.
    pub(super) fn fingerprint(&self) -> u64 {
        let past = mix(mix(self.lineage.label, self.lineage.past), u64::from(self.exempt));
        mix(self.cells.fingerprint(PageIndex(0), PageIndex(u64::MAX)), past)
    }
}

impl Default for Group {
    fn default() -> Group {
        Group::new(Base::Zero, Cells::default(), Lineage::new(LineageId::shared(Sharing::Group(0)), 0, None))
    }
}
