//! Which routine of FreeBSD's kernel a task is in: where to read about a step in the kernel's own source.
//!
//! A routine of the engine says so by [`Cx::inside`](crate::world::Cx::inside) for as long as it runs, so a step that
//! many routines have, such as `object_lock`, has the place of the one that takes it. The stepped environment keeps
//! this beside the step before which a task stands; it is part of no state, no fingerprint and no decision.
//!
//! `docs/places.md` says which of the names were compared with which sources.

use crate::policy::PRESETS;
use crate::step::Step;

/// Names of a routine, each with the first preset that has it; the first holds for all presets before the second.
type Names = &'static [(&'static str, &'static str)];

macro_rules! routines {
    ($($(#[$doc:meta])* $variant:ident = $file:literal $first:literal $(, $since:literal $name:literal)*;)*) => {
        /// A routine of FreeBSD's kernel that the engine has.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
        pub enum Routine {
            /// None: the task runs its program, or the engine does something that FreeBSD has no routine for.
            #[default]
            User,
            $(#[doc = concat!("`", $first, "` of `", $file, "`, and what it is called later.")] $(#[$doc])* $variant,)*
        }

        impl Routine {
            /// All routines, in order of declaration.
            pub const ALL: &'static [Routine] = &[Routine::User, $(Routine::$variant,)*];

            /// The file, and its names.
            const fn source(self) -> Option<(&'static str, Names)> {
                match self {
                    Routine::User => None,
                    $(Routine::$variant => Some(($file, &[("2019-11", $first) $(, ($since, $name))*])),)*
                }
            }
        }
    };
}

// Before the helpers of January 2020 (D23301) all of a fault stands in `vm_fault`, and what a later kernel has cut out
// of a routine has the name of that routine before.
routines! {
    Trap = "sys/amd64/amd64/trap.c" "trap_pfault";

    Fault = "sys/vm/vm_fault.c" "vm_fault";
    FaultSoftFast = "sys/vm/vm_fault.c" "vm_fault_soft_fast";
    FaultObject = "sys/vm/vm_fault.c" "vm_fault", "2025-04" "vm_fault_object";
    FaultRelookup = "sys/vm/vm_fault.c" "vm_fault", "2020-01-collapse" "vm_fault_relookup";
    FaultNext = "sys/vm/vm_fault.c" "vm_fault", "2020-01-collapse" "vm_fault_next";
    FaultAllocate = "sys/vm/vm_fault.c" "vm_fault", "2020-01-collapse" "vm_fault_allocate";
    FaultGetpages = "sys/vm/vm_fault.c" "vm_fault", "2020-01-collapse" "vm_fault_getpages";
    FaultZerofill = "sys/vm/vm_fault.c" "vm_fault", "2020-01-collapse" "vm_fault_zerofill";
    FaultCow = "sys/vm/vm_fault.c" "vm_fault", "2020-01-collapse" "vm_fault_cow";
    FaultBusySleep = "sys/vm/vm_fault.c" "vm_fault", "2019-12" "vm_fault_busy_sleep";
    FaultDeallocate = "sys/vm/vm_fault.c" "unlock_and_deallocate", "2019-12" "fault_deallocate",
        "2025-04" "vm_fault_deallocate";
    FaultUnlock = "sys/vm/vm_fault.c" "unlock_and_deallocate", "2025-04" "vm_fault_unlock_and_deallocate";
    FaultPrefault = "sys/vm/vm_fault.c" "vm_fault_prefault";

    ObjectShadow = "sys/vm/vm_object.c" "vm_object_shadow";
    ObjectCollapse = "sys/vm/vm_object.c" "vm_object_collapse";
    ObjectCollapseScan = "sys/vm/vm_object.c" "vm_object_collapse_scan";
    ObjectCollapseScanWait = "sys/vm/vm_object.c" "vm_object_collapse_scan_wait";
    ObjectCollapseWait = "sys/vm/vm_object.c" "vm_object_collapse", "2020-01-collapse" "vm_object_collapse_wait";
    ObjectBackingWait = "sys/vm/vm_object.c" "vm_object_collapse",
        "2020-01-collapse" "vm_object_backing_collapse_wait";
    ObjectBackingTransfer = "sys/vm/vm_object.c" "vm_object_collapse",
        "2020-01-collapse" "vm_object_backing_transfer";
    ObjectBackingRemove = "sys/vm/vm_object.c" "vm_object_deallocate",
        "2020-01-collapse" "vm_object_backing_remove";
    ObjectDeallocate = "sys/vm/vm_object.c" "vm_object_deallocate";
    ObjectDeallocateAnon = "sys/vm/vm_object.c" "vm_object_deallocate",
        "2020-01-collapse" "vm_object_deallocate_anon";
    ObjectTerminate = "sys/vm/vm_object.c" "vm_object_terminate";
    ObjectSplit = "sys/vm/vm_object.c" "vm_object_split";
    ObjectCoalesce = "sys/vm/vm_object.c" "vm_object_coalesce";
    ObjectMadvise = "sys/vm/vm_object.c" "vm_object_madvise";
    ObjectPageRemove = "sys/vm/vm_object.c" "vm_object_page_remove";
    ObjectPageClean = "sys/vm/vm_object.c" "vm_object_page_clean";
    ObjectPipWakeup = "sys/vm/vm_object.c" "vm_object_pip_wakeup";
    ObjectPipWait = "sys/vm/vm_object.c" "vm_object_pip_wait";

    PageBusySleep = "sys/vm/vm_page.c" "vm_page_busy_sleep";

    SpaceAlloc = "sys/vm/vm_map.c" "vmspace_alloc";
    SpaceFree = "sys/vm/vm_map.c" "vmspace_dofree";
    SpaceFork = "sys/vm/vm_map.c" "vmspace_fork";
    SpaceExit = "sys/vm/vm_map.c" "vmspace_exit";
    SpaceExec = "sys/vm/vm_map.c" "vmspace_exec";
    MapCopyEntry = "sys/vm/vm_map.c" "vm_map_copy_entry";
    MapProcessDeferred = "sys/vm/vm_map.c" "vm_map_process_deferred";
    MapLookup = "sys/vm/vm_map.c" "vm_map_lookup";
    MapInsert = "sys/vm/vm_map.c" "vm_map_insert", "2025-04" "vm_map_insert1";
    MapDelete = "sys/vm/vm_map.c" "vm_map_delete";
    MapEntryDelete = "sys/vm/vm_map.c" "vm_map_entry_delete";
    MapProtect = "sys/vm/vm_map.c" "vm_map_protect";
    MapInherit = "sys/vm/vm_map.c" "vm_map_inherit";
    MapMadvise = "sys/vm/vm_map.c" "vm_map_madvise";
    MapStack = "sys/vm/vm_map.c" "vm_map_stack_locked";
    MapGrowstack = "sys/vm/vm_map.c" "vm_map_growstack";
    MapMerge = "sys/vm/vm_map.c" "vm_map_try_merge_entries";
    MapClipStart = "sys/vm/vm_map.c" "vm_map_clip_start";
    MapClipEnd = "sys/vm/vm_map.c" "vm_map_clip_end";
    Mmap = "sys/vm/vm_mmap.c" "vm_mmap_object";
    Munmap = "sys/vm/vm_mmap.c" "kern_munmap";

    SwapGetpages = "sys/vm/swap_pager.c" "swap_pager_getpages";
    SwapPutpages = "sys/vm/swap_pager.c" "swap_pager_putpages";
    VnodeGetpages = "sys/vm/vnode_pager.c" "vnode_pager_generic_getpages";
    VnodePutpages = "sys/vm/vnode_pager.c" "vnode_pager_generic_putpages";
    VnodeInactive = "sys/kern/vfs_subr.c" "vinactive";
    VnodeGone = "sys/kern/vfs_subr.c" "vgonel";
    PageoutClean = "sys/vm/vm_pageout.c" "vm_pageout_clean";
    PageoutScan = "sys/vm/vm_pageout.c" "vm_pageout_scan_inactive";
    ForkWait = "sys/kern/kern_fork.c" "fork_rfppwait";

    PmapEnter = "sys/amd64/amd64/pmap.c" "pmap_enter";
    PmapEnterQuick = "sys/amd64/amd64/pmap.c" "pmap_enter_quick";
    PmapRemove = "sys/amd64/amd64/pmap.c" "pmap_remove";
    PmapRemoveAll = "sys/amd64/amd64/pmap.c" "pmap_remove_all";
    PmapProtect = "sys/amd64/amd64/pmap.c" "pmap_protect";
    PmapRemoveWrite = "sys/amd64/amd64/pmap.c" "pmap_remove_write";
    PmapCopy = "sys/amd64/amd64/pmap.c" "pmap_copy";
    PmapExtract = "sys/amd64/amd64/pmap.c" "pmap_extract";
    PmapIsPrefaultable = "sys/amd64/amd64/pmap.c" "pmap_is_prefaultable";
    PmapTsReferenced = "sys/amd64/amd64/pmap.c" "pmap_ts_referenced";
    PmapClearModify = "sys/amd64/amd64/pmap.c" "pmap_clear_modify";
    PmapAdvise = "sys/amd64/amd64/pmap.c" "pmap_advise";
    PmapInvalidatePage = "sys/amd64/amd64/pmap.c" "pmap_invalidate_page";
    PmapInvalidateAll = "sys/amd64/amd64/pmap.c" "pmap_invalidate_all";
    PmapPinit = "sys/amd64/amd64/pmap.c" "pmap_pinit";
    PmapRelease = "sys/amd64/amd64/pmap.c" "pmap_release";
}

/// Where a step stands in FreeBSD's source.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SourcePlace {
    /// The file, from the root of the source tree.
    pub file: &'static str,
    /// The routine.
    pub routine: &'static str,
    /// The address of the file in the public tree, if a commit is known at which it is that of this kernel.
    pub url: Option<String>,
}

/// The public tree.
const TREE: &str = "https://github.com/freebsd/freebsd-src/blob";

/// Commits of `docs/spec/dates.md` at which the source tree is that of a preset: the last of its changes whose commit is
/// known. A file that a later one of its changes touched stands beside it.
const TREES: &[(&str, &str, Option<&str>)] = &[
    ("2019-12", "4bf95d00cebf", None),
    // D23301 cut the fault into helpers four days later.
    ("2020-01-collapse", "98087a066f71", Some("sys/vm/vm_fault.c")),
    ("2021", "982693bb7299", None),
    ("2025-04", "c98367641991", None),
    ("main", "a38483fa2b3a", None),
];

impl Routine {
    /// Its place in the source of a preset, the default of a policy that differs from it in some switches.
    pub fn place(self, preset: &str) -> Option<SourcePlace> {
        let (file, names) = self.source()?;
        let nth = |name: &str| PRESETS.iter().position(|p| p.name == name);
        let now = nth(preset)?;
        let (_, routine) = names.iter().rfind(|(since, _)| nth(since).is_some_and(|since| since <= now))?;
        let tree = TREES.iter().find(|(of, _, but)| *of == preset && *but != Some(file));
        let url = tree.map(|(_, commit, _)| format!("{TREE}/{commit}/{file}"));
        Some(SourcePlace { file, routine, url })
    }
}

impl Step {
    /// Why no routine of the kernel takes this step, where none does.
    pub const fn outside(self) -> Option<&'static str> {
        match self {
            Step::Begin => Some("an operation of the program begins: the scheduler of the simulation starts it"),
            Step::Access => Some("a load or a store: the simulated processor carries it out"),
            _ => None,
        }
    }
    /// The place of a step that a task takes in `routine`, on a preset.
    pub fn place(self, routine: Routine, preset: &str) -> Option<SourcePlace> {
        match self.outside() {
            Some(_) => None,
            None => routine.place(preset),
        }
    }
}
