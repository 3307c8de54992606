//! Wrong values: their origin, and how to describe it.
//!
//! - `zeroed`: 0 where something was stored.
//! - `stale`: the page held it before, here or in an ancestor before the fork.
//! - `future`: another space of the same family stored it to this page, but not in the page's own history: after the
//!   two were separated.
//! - `foreign`: anything else, whether another mapping's value, another page's, or bits that were never stored.

use super::Oracle;
use super::cells::{Candidate, Cells};
use super::lineage::{Lineage, LineageId, Owner, Sharing, Stored};
use super::space::Region;
use crate::detail;
use crate::detail::{Detail, Piece};
use crate::env::Env;
use crate::finding::{About, FindingKind};
use crate::ids::{FileId, ObjectId};
use crate::machine::addr::{FrameNo, PAGE_SHIFT, PageIndex, VirtAddr};
use crate::property::Property;
use crate::vm::vnode::contents;
use crate::world::Cx;
use std::collections::BTreeSet;

/// A load that returned a wrong value.
pub(super) struct Wrong {
    /// The right value.
    pub(super) expected: u64,
    /// The page's lineage and its index there.
    pub(super) lineage: LineageId,
    pub(super) page: PageIndex,
    /// Number of stores to its file's pages when it branched off from them; `None` while it shows the file's page.
    pub(super) since: Option<u64>,
    /// It is shared memory that a process has declared dispensable: see [`Oracle::is_excused`].
    pub(super) freed: bool,
}

impl Wrong {
    /// A wrong value of a page with these cells.
    pub(super) fn of(cells: &Cells, lineage: LineageId, page: PageIndex, expected: u64) -> Wrong {
        let freed =
            matches!(lineage.owner, Owner::Shared(_)) && cells.candidates(page).any(|d| d.0 == Candidate::Freed);
        Wrong { expected, lineage, page, since: cells.since(page), freed }
    }
}

impl Oracle {
    /// Whether the page may have been dropped after MADV_FREE and read again from a block with an older value. The
    /// block of a private page is freed with the advice, so there no older value may show.
    pub(super) fn is_excused(&self, wrong: &Wrong, value: u64) -> bool {
        wrong.freed && self.in_own_history(wrong, value)
    }

    /// Searches the stores to one lineage before `limit`, newest first.
    fn stored_in(&self, id: LineageId, limit: u64, wanted: impl Fn(&Stored) -> bool) -> Option<Stored> {
        let find = |log: &super::StoreLog| log.before(limit).find(|s| s.lineage == id.nth && wanted(s)).copied();
        match id.owner {
            Owner::Space(space) => find(&self.spaces.get(space.0).lock().state.log),
            Owner::Shared(sharing) => find(&self.shared(sharing).lock().state.log),
        }
    }
    fn comes_from(&self, id: LineageId) -> Option<(LineageId, u64)> {
        match id.owner {
            Owner::Space(space) => self.spaces.get(space.0).lock().state.lineages.get(id.nth as usize)?.from,
            Owner::Shared(sharing) => self.shared(sharing).lock().state.lineage.from,
        }
    }
    fn root_of(&self, id: LineageId) -> LineageId {
        let root = match id.owner {
            Owner::Space(space) => self.spaces.get(space.0).lock().state.lineages.get(id.nth as usize).map(|l| l.root),
            Owner::Shared(Sharing::File(_)) => None,
            Owner::Shared(sharing) => Some(self.shared(sharing).lock().state.lineage.root),
        };
        root.unwrap_or(id)
    }
    /// Whether the page ever held the value, according to its own lineage.
    fn in_own_history(&self, wrong: &Wrong, value: u64) -> bool {
        let mut at = Some((wrong.lineage, u64::MAX));
        while let Some((id, limit)) = at {
            let mut limit = limit;
            if let Owner::Shared(Sharing::File(file)) = id.owner {
                if id != wrong.lineage {
                    limit = wrong.since.unwrap_or(u64::MAX);
                }
                if contents(file, wrong.page) == value {
                    return true;
                }
            }
            if self.stored_in(id, limit, |s| s.page == wrong.page && s.value == value).is_some() {
                return true;
            }
            at = self.comes_from(id);
        }
        false
    }
    /// Searches all stores; `wanted` selects lineages and stores.
    fn stored_anywhere(&self, wanted: impl Fn(LineageId, &Stored) -> bool) -> Option<(LineageId, Stored)> {
        let spaces = self.spaces.iter().map(|(n, _)| Owner::Space(crate::ids::SpaceId(n)));
        let groups = self.groups.iter().map(|(n, _)| Owner::Shared(Sharing::Group(n)));
        let files = self.files.iter().map(|(n, _)| Owner::Shared(Sharing::File(FileId(n))));
        let mut found = None;
        for owner in spaces.chain(groups).chain(files) {
            let find = |log: &super::StoreLog| {
                let named = |s: &&Stored| wanted(LineageId { owner, nth: s.lineage }, s);
                log.before(u64::MAX).find(named).map(|s| (LineageId { owner, nth: s.lineage }, *s))
            };
            found = found.or_else(|| match owner {
                Owner::Space(space) => find(&self.spaces.get(space.0).lock().state.log),
                Owner::Shared(sharing) => find(&self.shared(sharing).lock().state.log),
            });
        }
        found
    }
    /// The lineages whose later stores are the page's future: its family, and the pages of the file from which it
    /// came.
    fn family(&self, wrong: &Wrong) -> Vec<LineageId> {
        let mut roots = vec![self.root_of(wrong.lineage)];
        let mut at = Some(wrong.lineage);
        while let Some(id) = at {
            if let Owner::Shared(Sharing::File(_)) = id.owner {
                roots.push(id);
            }
            at = self.comes_from(id).map(|(id, _)| id);
        }
        roots
    }
    /// Classifies a wrong value, and describes its origin. The caller holds no lock.
    pub(super) fn classify(&self, wrong: &Wrong, value: u64) -> (FindingKind, Detail) {
        if value == 0 {
            return (FindingKind::Zeroed, "zero where something was stored".into());
        }
        if self.in_own_history(wrong, value) {
            return (FindingKind::Stale, "an older value of the page".into());
        }
        // Stores are searched under their owner's lock, so the lineages of the family are determined first.
        let stored = |s: &Stored| s.page == wrong.page && s.value == value;
        let family = self.family(wrong);
        let mut candidates = Vec::new();
        while let Some((id, s)) = self.stored_anywhere(|id, s| stored(s) && !candidates.contains(&id)) {
            if family.contains(&self.root_of(id)) {
                let whence = detail!("stored by {} at {} after the two were separated", s.by, s.at.addr());
                return (FindingKind::Future, whence);
            }
            candidates.push(id);
        }
        let whence = match self.stored_anywhere(|_, s| s.value == value) {
            Some((_, s)) => detail!("stored by {} at {}, to another page", s.by, s.at.addr()),
            None => self.whose_contents(value).unwrap_or_else(|| "nobody ever stored it".into()),
        };
        (FindingKind::Foreign, whence)
    }
    /// The files that were ever mapped, as far as the present mappings show.
    fn mapped_files(&self) -> BTreeSet<FileId> {
        let file = |sharing: Sharing| if let Sharing::File(file) = sharing { Some(file) } else { None };
        let from = |lineage: &Lineage| match lineage.from?.0.owner {
            Owner::Shared(sharing) => file(sharing),
            Owner::Space(_) => None,
        };
        let mut files = BTreeSet::new();
        for (_, slot) in self.spaces.iter() {
            let held = slot.lock();
            let space = &held.state;
            files.extend(space.lineages.iter().filter_map(from));
            files.extend(space.regions.iter().filter_map(Region::sharing).filter_map(file));
        }
        files.extend(self.groups.iter().filter_map(|(_, slot)| from(&slot.lock().state.lineage)));
        files
    }
    /// Describes a value from a file's contents: searches the first pages of each.
    fn whose_contents(&self, value: u64) -> Option<Detail> {
        let mut pages = self.mapped_files().into_iter().flat_map(|file| (0..1024).map(move |i| (file, PageIndex(i))));
        let (file, index) = pages.find(|&(file, index)| contents(file, index) == value)?;
        Some(detail!("it is page {} of {}", index.0, file))
    }
    /// Reports a wrong value.
    #[cold]
    pub(super) fn report<E: Env>(
        &self,
        cx: &Cx<'_, E>,
        va: VirtAddr,
        value: u64,
        frame: Option<FrameNo>,
        wrong: &Wrong,
    ) {
        let (kind, whence) = self.classify(wrong, value);
        let detail = detail!(
            "a load of {} in {} returned {} and should have returned {}: {}",
            va,
            cx.space.get(),
            Piece::Word(value),
            Piece::Word(wrong.expected),
            whence
        );
        // The place is looked up for the report only: it is no input of the task.
        cx.env.opaque_effect(|| {
            let about = About { frame, ..About::from(about(cx, va)) };
            cx.find(kind, Property::Oracle, about, detail);
        });
    }
}

/// The top object of the entry at `va` and the page's index there, which a finding names.
fn about<E: Env>(cx: &Cx<'_, E>, va: VirtAddr) -> (Option<ObjectId>, Option<PageIndex>) {
    let env = &cx.env;
    let mut at = cx.space_of(cx.space.get()).head.peek(env);
    // Other threads may be changing the list: a bound instead of a lock.
    for _ in 0..100_000 {
        let Some(id) = at else { break };
        let entry = cx.entry(id);
        let (start, end) = (entry.start.peek(env), entry.end.peek(env));
        if (start..end).contains(&va) {
            let index = entry.offset.peek(env).0 + ((va.0 - start.0) >> PAGE_SHIFT);
            let object = entry.object.peek(env);
            return (object, object.map(|_| PageIndex(index)));
        }
        at = entry.next.peek(env);
    }
    (None, None)
}
