//! The simulated kernel: seventeen switches, the protocol of `pmap_enter`, defects for a search to find, and presets
//! that name points in FreeBSD's history. `text` reads and writes policies.

pub mod fixes;
mod text;

use bitflags::bitflags;
use faultline_text::escape::quoted;

bitflags! {
    /// The switches of vm.md §1, each one difference between kernels, and after them defects that no preset has.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
    pub struct Switches: u32 {
        /// The source page of a COW copy stays busy until after `pmap_enter`.
        const HOLD_COW_SRC = 1 << 1;
        /// `scan_all_shadowed` refuses when a backing page cannot be made busy.
        const SHADOW_SCAN_BUSY = 1 << 2;
        /// Bypass without a scan if the object's resident page count equals its size.
        const COUNT_SHORTCUT = 1 << 3;
        /// Paging in progress limits collapse to a quick scan.
        const PIP_GATES_COLLAPSE = 1 << 4;
        /// The rewritten collapse with flags for collapse and split in progress.
        const COLLAPSING_FLAG = 1 << 5;
        /// A fault that must wait leaves its placeholder, invalid, in the first object.
        const LEAVE_INVALID = 1 << 6;
        /// The object lock is held when the page is found and across the relookup.
        const LOCK_THRU_FAULT = 1 << 7;
        /// The scan rejects invalid backing pages, and collapse frees them.
        const SCAN_REJ_INVALID = 1 << 8;
        /// A COW copy removes all mappings of the source if others share the first object.
        const COW_UNMAP_SHARED = 1 << 9;
        /// A COW copy becomes valid only just before `pmap_enter`.
        const DEFER_VALID = 1 << 10;
        /// Source pages that the fault will not rename are only share-busied.
        const SBUSY_SOFT = 1 << 11;
        /// Anonymous objects are of swap type from allocation; faults ask the pager only if they have blocks.
        const NO_DEFAULT_TYPE = 1 << 12;
        /// Backing objects are read-locked during the walk.
        const READ_LOCK_WALK = 1 << 13;
        /// The fast path first looks without the object lock.
        const SOFT_FAST_UNLOCKED = 1 << 14;
        /// Dropping the last sibling waits for paging in progress to drain.
        const DEALLOC_WAITS_PIP = 1 << 15;
        /// Defect: dropping the last sibling waits for the shadow's lock while it holds its backing object's, against
        /// the lock order.
        const LOCKS_UPWARDS = 1 << 17;
        /// Defect: a task that finds a page busy unlocks the object before it registers as a sleeper.
        const SLEEPS_LATE = 1 << 18;
        /// The fast path releases the map before it unbusies the object as a whole.
        const UNBUSY_LAST = 1 << 19;
        /// A stack grows with the protection of its lowest part, not with that given to mmap.
        const GROW_LOWEST_PROT = 1 << 20;
        /// Older than all presets, until r291576 (2015): the waiting collapse scan takes any page of the upper object
        /// to shadow the page below, even a busy one without contents.
        const SCAN_TRUSTS_BUSY = 1 << 21;
        /// Older than all presets, until D6085 (2016): the old collapse counts no paging in progress while it scans,
        /// and a fault that meets a dead object fails.
        const SCAN_UNGUARDED = 1 << 22;
        /// Older than all presets, until r351830 (2019): MADV_FREE applies to pages of an object
        /// with a backing object.
        const FREE_REWINDS = 1 << 24;
        /// Older than all presets, until a4802919077e: a split links its new object to a backing object that a
        /// collapse has marked dead.
        const SPLIT_MEETS_DEAD = 1 << 25;
    }
}

/// Description of a switch.
#[derive(Clone, Copy, Debug)]
pub struct SwitchInfo {
    /// The switch.
    pub switch: Switches,
    /// Its number: `P01` to `P15`, `P19`, `P20`; of a defect `P17`, `P18` or `OF1` to `OF5`.
    pub id: &'static str,
    /// Its name in the specification.
    pub name: &'static str,
    /// One sentence.
    pub text: &'static str,
}

macro_rules! info {
    ($($s:ident $id:literal $name:literal $text:literal)*) => {
        &[$(SwitchInfo { switch: Switches::$s, id: $id, name: $name, text: $text },)*]
    };
}

/// All switches, in order.
pub const SWITCHES: &[SwitchInfo] = info! {
    HOLD_COW_SRC "P01" "hold_cow_src" "the source page of a copy stays busy until the fault is over"
    SHADOW_SCAN_BUSY "P02" "shadow_scan_busy" "the shadow scan refuses a busy backing page"
    COUNT_SHORTCUT "P03" "count_shortcut" "bypass on the page count alone, without a scan"
    PIP_GATES_COLLAPSE "P04" "pip_gates_collapse" "paging in progress keeps collapse away"
    COLLAPSING_FLAG "P05" "collapsing_flag" "the rewritten collapse, which marks objects it works on"
    LEAVE_INVALID "P06" "leave_invalid" "a waiting fault leaves its invalid placeholder behind"
    LOCK_THRU_FAULT "P07" "lock_thru_fault" "the object lock is held when the page is found"
    SCAN_REJ_INVALID "P08" "scan_rej_invalid" "the shadow scan rejects invalid backing pages"
    COW_UNMAP_SHARED "P09" "cow_unmap_shared" "a copy unmaps its source where the object is shared"
    DEFER_VALID "P10" "defer_valid" "the copy becomes valid only before it is mapped"
    SBUSY_SOFT "P11" "sbusy_soft" "source pages are only share-busied"
    NO_DEFAULT_TYPE "P12" "no_default_type" "anonymous objects are of swap type from birth"
    READ_LOCK_WALK "P13" "read_lock_walk" "the walk read-locks backing objects"
    SOFT_FAST_UNLOCKED "P14" "soft_fast_unlocked" "the fast path looks without a lock first"
    DEALLOC_WAITS_PIP "P15" "dealloc_waits_pip" "dropping the last sibling waits for paging to drain"
    UNBUSY_LAST "P19" "unbusy_last" "the fast path releases the map before it unbusies the object"
    GROW_LOWEST_PROT "P20" "grow_lowest_prot" "a stack grows with the protection of its lowest part, not with mmap's"
};

/// Defects for a search to find; every preset has them off. No kernel ever shipped P17 and P18: each is one classic
/// mistake in a real routine. FreeBSD had OF1, OF2, OF4 and OF5 (vm.md §15.8, §9.6), and fixed them before the first
/// preset.
pub const DEFECTS: &[SwitchInfo] = info! {
    LOCKS_UPWARDS "P17" "locks_upwards" "defect: an exit locks the chain bottom-up and waits, against the lock order"
    SLEEPS_LATE "P18" "sleeps_late" "defect: a page is found busy, then the lock goes, then the sleeper is registered"
    SCAN_TRUSTS_BUSY "OF1" "scan_trusts_busy" "until 2015: a page that a fault still fills counts as one that hides the page below"
    SCAN_UNGUARDED "OF2" "scan_unguarded" "until 2016: collapses run in parallel, and a fault that meets one fails"
    FREE_REWINDS "OF4" "free_rewinds" "until 2019: MADV_FREE drops pages that hide older ones"
    SPLIT_MEETS_DEAD "OF5" "split_meets_dead" "before 2012: a fork's split links to an object that a collapse has marked dead"
};

/// A point in FreeBSD's history.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// Its letter in the specification.
    pub letter: &'static str,
    /// One sentence about it.
    pub text: &'static str,
    /// Its switches.
    pub switches: Switches,
}

const fn set(numbers: &[u32]) -> Switches {
    let mut bits = 0;
    let mut i = 0;
    while i < numbers.len() {
        bits |= 1 << numbers[i];
        i += 1;
    }
    Switches::from_bits_retain(bits)
}

/// All presets, oldest first (vm.md §1).
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "2019-11",
        letter: "o",
        text: "before invalid pages were allowed in anonymous objects",
        switches: set(&[3, 4, 7, 15, 19, 20]),
    },
    Preset {
        name: "2019-12",
        letter: "a",
        text: "after D22653: a waiting fault leaves its placeholder",
        switches: set(&[3, 4, 6, 7, 15, 19, 20]),
    },
    Preset {
        name: "2020-01-weakened-pip",
        letter: "aw",
        text: "the collapse rewrite without the fix; never shipped",
        switches: set(&[5, 6, 7, 19, 20]),
    },
    Preset {
        name: "2020-01-fixed",
        letter: "b",
        text: "the fix D23155: hold the source, refuse busy pages, scan in full",
        switches: set(&[1, 2, 4, 6, 7, 15, 19, 20]),
    },
    Preset {
        name: "2020-01-collapse",
        letter: "c",
        text: "the collapse rewrite D22908 on top of the fix",
        switches: set(&[1, 2, 5, 6, 19, 20]),
    },
    Preset {
        name: "2021",
        letter: "c2",
        text: "FreeBSD 13: invalid pages rejected, shared sources unmapped",
        switches: set(&[1, 2, 5, 6, 8, 9, 19, 20]),
    },
    Preset {
        name: "2025-04",
        letter: "d",
        text: "FreeBSD 15.0: deferred valid",
        switches: set(&[1, 2, 5, 6, 8, 9, 10, 12, 13, 14]),
    },
    Preset {
        name: "main",
        letter: "d2",
        text: "August 2025: shared-busy soft faults",
        switches: set(&[1, 2, 5, 6, 8, 9, 10, 11, 12, 13, 14]),
    },
];

/// P16: how `pmap_enter` replaces one page by another in an address space that may be active on several CPUs (pmap.md
/// §3.1, §3.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub enum EnterProtocol {
    /// The new, writable entry is stored, then the old one is flushed.
    WriteFirst,
    /// The new entry is stored without its write right, the old one is flushed, then the right is added.
    ReadOnlyFirst,
    /// The old entry is cleared and flushed everywhere, then the new one is stored.
    #[default]
    ClearFirst,
}

/// Description of a protocol.
#[derive(Clone, Copy, Debug)]
pub struct ProtocolInfo {
    /// The protocol.
    pub protocol: EnterProtocol,
    /// Its name in a policy: `P16=write-first`.
    pub name: &'static str,
    /// One sentence.
    pub text: &'static str,
}

/// The number of the only setting that is not a switch.
pub const PROTOCOL_ID: &str = "P16";
/// Its name in lists.
pub const PROTOCOL_NAME: &str = "enter_protocol";
/// What it decides, in one sentence.
pub const PROTOCOL_TEXT: &str = "how pmap_enter replaces a page that other CPUs may have cached";

/// All values of P16. Presets use the last.
pub const PROTOCOLS: &[ProtocolInfo] = &[
    ProtocolInfo {
        protocol: EnterProtocol::WriteFirst,
        name: "write-first",
        text: "stores the writable entry, then flushes: before r329254",
    },
    ProtocolInfo {
        protocol: EnterProtocol::ReadOnlyFirst,
        name: "read-only-first",
        text: "stores it read-only, flushes, then permits writes: r329254, OpenBSD",
    },
    ProtocolInfo {
        protocol: EnterProtocol::ClearFirst,
        name: "clear-first",
        text: "clears the entry, flushes everywhere, then stores: since r336294",
    },
];

impl EnterProtocol {
    /// Its name in a policy.
    pub fn name(self) -> &'static str {
        PROTOCOLS.iter().find(|p| p.protocol == self).map_or("?", |p| p.name)
    }
}

/// One kernel: a set of switches and a protocol, with a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// The switches that are on.
    pub switches: Switches,
    /// P16.
    pub enter_protocol: EnterProtocol,
    /// Its name: a preset, perhaps with changes in order of their numbers.
    pub name: String,
}

/// Why a policy text was rejected.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PolicyError {
    /// No such preset.
    #[error("there is no preset {}; the presets are {}", quoted(.0), preset_names())]
    Preset(String),
    /// No such switch.
    #[error(
        "there is no switch {}; write +P01 to switch one on and -P01 to switch it off, the switches are {}; or P16=write-first; the defects are {}",
        quoted(.0),
        ids(SWITCHES),
        ids(DEFECTS)
    )]
    Switch(String),
    /// P16 has no such value.
    #[error("P16 cannot be {}; write P16= and one of {}", quoted(.0), protocol_names())]
    Protocol(String),
    /// Switches that exclude each other (rulings R16).
    #[error("{0}")]
    Conflict(&'static str),
}

fn preset_names() -> String {
    PRESETS.iter().map(|p| p.name).collect::<Vec<_>>().join(", ")
}

fn ids(infos: &[SwitchInfo]) -> String {
    infos.iter().map(|s| s.id).collect::<Vec<_>>().join(", ")
}

fn protocol_names() -> String {
    PROTOCOLS.iter().map(|p| p.name).collect::<Vec<_>>().join(", ")
}

impl From<&Preset> for Policy {
    fn from(preset: &Preset) -> Policy {
        let (switches, name) = (preset.switches, preset.name.into());
        Policy { switches, enter_protocol: EnterProtocol::default(), name }
    }
}

impl Default for Policy {
    /// The newest kernel.
    fn default() -> Policy {
        Policy::from(&PRESETS[PRESETS.len() - 1])
    }
}

impl Policy {
    /// The preset with this name or letter; brackets around the letter, as in the specification, are allowed.
    pub fn preset(name: &str) -> Result<Policy, PolicyError> {
        let letter = name.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(name);
        let known = PRESETS.iter().find(|p| p.name == name || p.letter == letter);
        known.map(Policy::from).ok_or_else(|| PolicyError::Preset(name.into()))
    }
    /// Rejects combinations that are no possible kernel (rulings R16).
    pub fn check(&self) -> Result<(), PolicyError> {
        let on = |s| self.switches.contains(s);
        if on(Switches::LOCK_THRU_FAULT) && on(Switches::SBUSY_SOFT) {
            return Err(PolicyError::Conflict(
                "P11 needs P07 off: a share-busied page is used without the object lock; add -P07",
            ));
        }
        if on(Switches::LOCK_THRU_FAULT) && on(Switches::READ_LOCK_WALK) {
            return Err(PolicyError::Conflict(
                "P13 needs P07 off: a read-locked walk cannot hold the write lock through the fault; add -P07",
            ));
        }
        if on(Switches::SBUSY_SOFT) && !on(Switches::HOLD_COW_SRC) {
            return Err(PolicyError::Conflict(
                "P11 needs P01: a share-busied source is held until the fault is over; add +P01",
            ));
        }
        Ok(())
    }
    /// The name of the preset that it is, or from which it differs.
    pub fn preset_name(&self) -> &str {
        self.name.split(',').next().unwrap_or_default()
    }
    /// Whether a switch is on.
    #[inline]
    pub fn on(&self, switch: Switches) -> bool {
        self.switches.contains(switch)
    }
}
