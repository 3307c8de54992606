//! The changes of FreeBSD that touch what the engine models, and which of them a preset has.
//!
//! A preset stands for a kernel of its date. A change that a switch reproduces is on or off in a preset as in its
//! kernel. For a change that none reproduces, the engine behaves one way under all presets, and [`not_reproduced`]
//! says under which of them that is wrong. `docs/spec/dates.md` is generated from this table.

mod fault;
mod map;
mod object;
mod page;
mod pmap;
mod swap;

use super::{PRESETS, Policy, Preset};
use bitflags::bitflags;

bitflags! {
    /// Routines that an operation of a scenario can reach.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Areas: u32 {
        /// `vm_fault` beyond the fast path.
        const FAULT = 1 << 0;
        /// `vm_fault_soft_fast`.
        const SOFT = 1 << 1;
        /// Copy on write: a page found below the top object is written.
        const COW = 1 << 2;
        /// `vm_fault_prefault`.
        const PREFAULT = 1 << 3;
        /// A page's identity, references and busy lock.
        const PAGE = 1 << 4;
        /// Shadow chains: collapse, bypass, and dropping the last sibling.
        const CHAIN = 1 << 5;
        /// `vm_object_split`.
        const SPLIT = 1 << 6;
        /// `vm_map_insert`, coalescing included.
        const INSERT = 1 << 7;
        /// `vm_map_protect`, `vm_map_inherit`.
        const PROTECT = 1 << 8;
        /// `vm_map_madvise`, `vm_object_madvise`.
        const ADVISE = 1 << 9;
        /// `vm_map_growstack`.
        const STACK = 1 << 10;
        /// The swap pager.
        const SWAP = 1 << 11;
        /// `swapoff`.
        const SWAPOFF = 1 << 12;
        /// The page daemon's work on a page.
        const RECLAIM = 1 << 13;
        /// `pmap_enter` and the shootdowns.
        const PMAP = 1 << 14;
        /// Pages of files.
        const FILE = 1 << 15;
        /// `vm_fault_quick_hold_pages`.
        const HOLD = 1 << 16;
    }
}

/// Which side of a change the engine is on, under every preset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// As kernels before the change.
    Before,
    /// As kernels with the change.
    After,
}

/// How the engine implements a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// By switches: each with its state in a kernel that has the change.
    Switches(&'static [(&'static str, bool)]),
    /// The engine has it; this setting or defect restores the behaviour before it.
    Undone(&'static str),
    /// The engine has it, as every preset's kernel does.
    Always,
    /// The engine is on this side under all presets, for this reason.
    NotReproduced(Side, &'static str),
    /// No scenario could tell the difference, for this reason.
    Unseen(&'static str),
}

/// The presets whose kernels have a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// All have it.
    Older,
    /// From this one on.
    Preset(&'static str),
    /// All before this one, which behaves otherwise.
    Until(&'static str),
    /// None has it yet.
    Newer,
}

/// One change.
#[derive(Clone, Copy, Debug)]
pub struct Fix {
    /// The review (`D23155`), the revision or commit if there is none, or a name if neither is known.
    pub id: &'static str,
    /// Twelve hexadecimal digits, or a Subversion revision; empty if only texts of both sides are known.
    pub commit: &'static str,
    /// Year, year and month, or the day; empty for changes older than 2018.
    pub date: &'static str,
    /// The file below `sys/vm`, or `pmap.c`.
    pub file: &'static str,
    /// The routines, for readers.
    pub routines: &'static str,
    /// The routines that a scenario must reach for the change to matter.
    pub areas: Areas,
    /// What changed, in one sentence without its full stop.
    pub text: &'static str,
    /// The presets whose kernels have it.
    pub since: Since,
    /// How the engine implements it.
    pub how: How,
}

macro_rules! fixes {
    ($file:literal: $($id:literal $commit:literal $date:literal [$($area:ident)*] $routines:literal
        $text:literal $since:expr, $how:expr;)*) => {
        &[$(Fix {
            id: $id,
            commit: $commit,
            date: $date,
            file: $file,
            routines: $routines,
            areas: Areas::empty()$(.union(Areas::$area))*,
            text: $text,
            since: $since,
            how: $how,
        },)*]
    };
}
use fixes;

/// The preset that stands for no kernel of any date.
pub const NEVER_SHIPPED: &str = "2020-01-weakened-pip";

/// The table, a part for each file, each oldest first.
pub const FIXES: &[&[Fix]] = &[fault::FIXES, object::FIXES, map::FIXES, page::FIXES, swap::FIXES, pmap::FIXES];

/// All changes, file by file.
pub fn all() -> impl Iterator<Item = &'static Fix> {
    FIXES.iter().copied().flatten()
}

impl Fix {
    /// Whether the kernel that this preset stands for has the change.
    pub fn in_kernel(&self, preset: &Preset) -> bool {
        let place = |name| PRESETS.iter().position(|p| p.name == name);
        match self.since {
            Since::Older => true,
            Since::Preset(first) => place(preset.name) >= place(first),
            Since::Until(end) => place(preset.name) < place(end),
            Since::Newer => false,
        }
    }
    /// Whether the engine under this preset differs from the preset's kernel.
    pub fn is_missed(&self, preset: &Preset) -> bool {
        match self.how {
            // For a kernel that was never shipped there is nothing to compare.
            _ if preset.name == NEVER_SHIPPED => false,
            How::NotReproduced(side, _) => (side == Side::After) != self.in_kernel(preset),
            How::Switches(_) | How::Undone(_) | How::Always | How::Unseen(_) => false,
        }
    }
}

/// The preset on which a policy is based.
pub fn base(policy: &Policy) -> Option<&'static Preset> {
    let name = policy.name.split(',').next();
    PRESETS.iter().find(|p| Some(p.name) == name)
}

/// The changes in `areas` that the engine does not reproduce as the kernel of this policy's preset had them.
pub fn not_reproduced(policy: &Policy, areas: Areas) -> impl Iterator<Item = &'static Fix> {
    let preset = base(policy);
    all().filter(move |fix| fix.areas.intersects(areas) && preset.is_some_and(|p| fix.is_missed(p)))
}
