//! `vm_fault.c`.

use super::{Areas, Fix, How, Side, Since, fixes};

pub(super) const FIXES: &[Fix] = fixes! { "vm_fault.c":
    "D17367" "r339819" "2018-10" [PREFAULT] "vm_fault_prefault"
        "a soft copy-on-write fault no longer looks for neighbours to map"
        Since::Older, How::NotReproduced(Side::Before, "prefault follows every fault of the slow path, where it is on at all");
    "D21592" "r353538" "2019-10-15" [SOFT] "vm_fault_soft_fast"
        "the fast path keeps the object busy as a whole instead of looking at each page's busy state"
        Since::Older, How::Always;
    "KERN_OUT_OF_BOUNDS" "" "2019-12" [FILE] "vm_fault"
        "a fault past the end of an object is out of bounds, no longer a protection failure"
        Since::Preset("2019-12"), How::NotReproduced(Side::After, "one signal under all presets");
    "vm_fault_busy_sleep" "" "2019-12" [COW CHAIN] "vm_fault_busy_sleep"
        "a fault that waits for a busy page gives up its paging in progress before it sleeps, and not after"
        Since::Preset("2019-12"), How::NotReproduced(Side::After, "given up before under all presets, so that a collapse is not kept away by a waiting fault");
    "unlock_and_deallocate" "" "2019-12" [COW CHAIN] "unlock_and_deallocate, fault_deallocate"
        "a fault that backs off unlocks the object before it gives up its paging in progress there, and not after"
        Since::Preset("2019-12"), How::NotReproduced(Side::After, "unlocked first under all presets, which is what k5 needs");
    "D22653" "4bf95d00cebf" "2019-12-15" [FAULT] "vm_fault_busy_sleep, fault_page_release"
        "a fault that must wait leaves its placeholder, invalid, in the first object"
        Since::Preset("2019-12"), How::Switches(&[("P06", true)]);
    "D23155" "r356822" "2020-01-17" [COW CHAIN] "vm_fault, vm_object_scan_all_shadowed, vm_object_collapse"
        "the source of a copy stays busy until pmap_enter is over, and the shadow scan looks at every page and refuses busy ones"
        Since::Preset("2020-01-fixed"), How::Switches(&[("P01", true), ("P02", true), ("P03", false)]);
    "D23033" "" "2020-01-20" [FAULT SWAP FILE] "vm_fault_getpages, vm_pager_get_pages"
        "pagers are called with the object unlocked"
        Since::Preset("2020-01-collapse"), How::Switches(&[("P07", false)]);
    "D23034" "" "2020-01-20" [FAULT COW] "vm_fault, vm_fault_dirty"
        "the object lock is dropped as soon as the page is found and busy"
        Since::Preset("2020-01-collapse"), How::Switches(&[("P07", false)]);
    "D23301" "r357020" "2020-01-23" [FAULT] "vm_fault, vm_fault_lookup, vm_fault_relookup"
        "the fault is cut into helpers, and a restart goes back to the access type that the hardware reported"
        Since::Preset("2020-01-collapse"), How::Switches(&[("P07", false)]);
    "CVE-2021-29626" "982693bb7299" "2021-04" [COW] "vm_fault_cow"
        "a copy in an object that others share removes all mappings of its source"
        Since::Preset("2021"), How::Switches(&[("P09", true)]);
    "D38527" "d0991948182a" "2023-02" [SOFT] "vm_fault_soft_fast"
        "the fast path ends the object's busy state before it lets go of the map"
        Since::Preset("2025-04"), How::Switches(&[("P19", false)]);
    "D38964" "fdb1dbb1cc06" "2023-03" [FAULT] "vm_fault_object, vm_fault_next"
        "backing objects are read-locked during the walk"
        Since::Preset("2025-04"), How::Switches(&[("P13", true)]);
    "unlocked-look" "" "2025" [SOFT] "vm_fault_soft_fast"
        "the fast path looks the page up before it takes the object's lock: in FreeBSD 15.0, not in 13.2"
        Since::Preset("2025-04"), How::Switches(&[("P14", true)]);
    "D49758" "c98367641991" "2025-04" [COW] "vm_fault_cow, vm_fault"
        "a copy becomes valid only when the map has been looked at again"
        Since::Preset("2025-04"), How::Switches(&[("P10", true)]);
    "D51474" "149674bbac58" "2025-08" [FAULT COW] "vm_fault_object, vm_fault_can_cow_rename"
        "a valid page that will not be renamed is only share-busied"
        Since::Preset("main"), How::Switches(&[("P11", true)]);
    "a38483fa2b3a" "a38483fa2b3a" "2025-08-05" [COW] "vm_fault"
        "an assertion: the placeholder is exclusively busy for the whole fault"
        Since::Preset("main"), How::Unseen("an assertion that holds under every preset");
};
