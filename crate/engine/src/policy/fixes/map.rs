//! `vm_map.c`.

use super::{Areas, Fix, How, Side, Since, fixes};

pub(super) const FIXES: &[Fix] = fixes! { "vm_map.c":
    "vm_map_simplify_entry" "" "" [INSERT PROTECT ADVISE] "vm_map_simplify_entry"
        "neighbouring entries that agree in everything are merged, and a reference to their object is dropped"
        Since::Older, How::Always;
    "swap-charge" "" "" [INSERT] "vm_map_insert, vm_object_coalesce"
        "a private mapping that may be written reserves swap space, and does not join one that reserves none"
        Since::Older, How::Always;
    "D20814" "" "2019-08" [INSERT PROTECT ADVISE] "vm_map_try_merge_entries"
        "a loop compares each pair of neighbours once, the entry before the range included, where vm_map_simplify_entry compared most of them twice"
        Since::Older, How::Unseen("the same entries are merged, by fewer comparisons");
    "D21517" "r351830" "2019-09" [ADVISE] "vm_map_madvise"
        "MADV_FREE leaves the pages of an object with a backing object alone"
        Since::Older, How::Undone("+OF4");
    "D41089" "21e45c30c35c" "2023-07" [STACK] "vm_map_growstack, vm_map_stack_locked"
        "a stack grows with the protection of its mmap, no longer with that of its lowest part"
        Since::Preset("2025-04"), How::Switches(&[("P20", false)]);
    "D41099" "ba41b0de3ef2" "2023-08" [STACK] "vm_map_insert1, vm_map_protect"
        "with the rest of its series: mprotect of a stack changes what the stack grows with, and gaps are not merged"
        Since::Preset("2025-04"), How::NotReproduced(Side::Before, "mprotect leaves the gap alone");
    "D47892" "17e624ca858c" "2024-12-06" [STACK] "vm_map_growstack"
        "stacks that grow upwards are gone"
        Since::Preset("2025-04"), How::Unseen("stacks grow downwards here");
};
