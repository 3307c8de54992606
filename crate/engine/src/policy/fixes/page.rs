//! `vm_page.c` and `vm_pageout.c`.

use super::{Areas, Fix, How, Side, Since, fixes};

pub(super) const FIXES: &[Fix] = fixes! { "vm_page.c":
    "r332974" "r332974" "2018-04" [RECLAIM] "vm_page_enqueue, vm_pageout_scan"
        "operations on page queues are put together in batches"
        Since::Older, How::Unseen("there are no queues: a scenario names the page");
    "D21255" "af194fa45bde" "2019-07" [PAGE] "vm_page_busy_sleep"
        "a waiter for a busy page is registered without a race against the holder"
        Since::Older, How::Always;
    "D20486" "" "2019-09" [PAGE RECLAIM] "vm_page_wire, vm_page_free"
        "wirings and holds are one atomic count"
        Since::Older, How::Always;
    "D21548" "r353535" "2019-10-15" [PAGE CHAIN RECLAIM] "vm_object_collapse_scan, vm_object_split, vm_pageout_scan"
        "who needs a page that nobody uses makes it busy, instead of testing it under the object's lock"
        Since::Older, How::Always;
    "D22882" "r356156" "2019-12-28" [RECLAIM] "vm_page_pqstate_commit, vm_pageout_scan"
        "the state of a page in its queue changes by compare-and-set, without page locks"
        Since::Preset("2020-01-fixed"), How::Unseen("there are no queues");
    "D23444" "r357528" "2020-02" [PAGE] "vm_page_free_prep, vm_page_alloc"
        "a page on the free list can be made busy by nobody"
        Since::Preset("2021"), How::NotReproduced(Side::After, "free pages have the state under all presets");
    "D23446" "r358130" "2020-02-19" [PAGE] "vm_page_lookup"
        "pages can be looked up without the object's lock"
        Since::Preset("2021"), How::Unseen("only the fast path looks so, and that is P14");
};
