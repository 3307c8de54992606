//! `vm_object.c`.

use super::{Areas, Fix, How, Side, Since, fixes};

pub(super) const FIXES: &[Fix] = fixes! { "vm_object.c":
    "a4802919077e" "a4802919077e" "" [SPLIT] "vm_object_split"
        "a split leaves the object alone whose backing object is dead, which a collapse is about to free"
        Since::Until("2020-01-collapse"), How::Undone("+OF5");
    "D4103" "r291576" "" [CHAIN] "vm_object_backing_scan"
        "the waiting collapse scan no longer trusts a busy page above the one it looks at"
        Since::Older, How::Undone("+OF1");
    "D6085" "r300758" "" [CHAIN] "vm_object_collapse, vm_fault"
        "a collapse counts paging in progress in both objects, and a fault that meets a dead object tries again"
        Since::Older, How::Undone("+OF2");
    "r335171" "r335171" "2018-06-14" [SPLIT SWAP] "vm_object_split, swap_pager_getpages"
        "the swap pager allocates the neighbours it will read before it drops the object's lock, so that a split finds them busy"
        Since::Older, How::Always;
    "D16501" "r336984" "2018" [INSERT] "vm_object_coalesce"
        "a mapping may grow into the midst of an object that has one mapping; taken out once, back in November"
        Since::Older, How::Always;
    "D19923" "" "2019-05" [CHAIN] "vm_object_collapse"
        "objects of tmpfs and of POSIX shared memory are not collapsed"
        Since::Older, How::Unseen("only anonymous objects have shadows here");
    "D21598" "r354157" "2019-10-29" [CHAIN PAGE] "vm_object_reference, vm_object_deallocate"
        "references are counted by atomic operations under a shared lock"
        Since::Older, How::Always;
    "D22119" "" "2019-11" [CHAIN FILE] "vm_object_allocate_anon, vm_object_deallocate"
        "anonymous objects carry a flag, and only they keep lists of their shadows"
        Since::Older, How::Always;
    "D22467" "" "2019-12" [FILE] "vm_object_shadow, vm_object_collapse"
        "the handle of an anonymous object names the object at the end of its chain, so that a shadow of a file is shadowed again even when it has one user"
        Since::Preset("2019-12"), How::NotReproduced(Side::After, "handles are set under all presets");
    "D22908" "98087a066f71" "2020-01-19" [CHAIN SPLIT] "vm_object_collapse, vm_object_split, vm_object_deallocate"
        "flags mark a collapse and a split in progress, and paging in progress no longer keeps either away"
        Since::Preset("2020-01-collapse"), How::Switches(&[("P04", false), ("P05", true), ("P15", false)]);
    "D23331" "r357091" "2020-01" [CHAIN] "vm_object_scan_all_shadowed, vm_object_collapse_scan"
        "a page without contents in the backing object is refused by the shadow scan and freed by the collapse"
        Since::Preset("2021"), How::Switches(&[("P08", true)]);
    "D35470" "" "2022-06" [SWAP] "vm_object_madvise, vm_map_entry_delete"
        "the test whether an object may have swap space holds without its lock again: 4b8365d752ef had broken it in 2021"
        Since::Older, How::Unseen("no preset is of the year between");
    "OBJT_DEFAULT" "" "2023" [FAULT SWAP] "vm_object_allocate_anon, vm_fault_object"
        "anonymous objects are of swap type from birth, and the pager is asked only where there are blocks: in FreeBSD 14.0, not in 13.2"
        Since::Preset("2025-04"), How::Switches(&[("P12", true)]);
    "charge" "" "2025" [INSERT] "vm_object_coalesce, vm_object_split"
        "the swap charge of an object follows from its size, and is no longer counted apart"
        Since::Newer, How::NotReproduced(Side::Before, "who is charged is kept apart from the size under all presets");
};
