//! `pmap.c` of amd64, and related changes elsewhere.

use super::{Areas, Fix, How, Since, fixes};

pub(super) const FIXES: &[Fix] = fixes! { "pmap.c":
    "D14347" "r329254" "2018-02" [PMAP COW] "vm_fault, pmap_enter"
        "the first mapping of a copy is read-only until every CPU has flushed the old page"
        Since::Older, How::Undone("P16=write-first");
    "D16005" "r335784" "2018-06" [PMAP] "pmap_enter"
        "an entry that changes its page is cleared and flushed before the new one is stored"
        Since::Older, How::Undone("P16=read-only-first");
    "D16085" "r335969" "2018-07" [HOLD] "pmap_extract_and_hold"
        "a mapping of a page that the kernel does not manage can be held"
        Since::Older, How::Unseen("all pages are managed, and none are held");
    "D16261" "r336294" "2018-07" [PMAP COW] "pmap_enter, vm_fault"
        "the last architecture clears first, and the read-only first mapping is given up"
        Since::Older, How::Undone("P16=read-only-first");
    "D17626" "36209a40d1f9" "2018-10" [PMAP] "pmap_enter"
        "an assertion: a managed mapping that changes has its entry in the page's list"
        Since::Older, How::Always;
    "D19630" "r347695" "2019-05" [PMAP] "pmap_delayed_invl_start, pmap_remove_all"
        "delayed invalidation takes no global lock"
        Since::Older, How::Unseen("an entry leaves its page's list only after the flush");
    "D25188" "r362031" "2020-06" [PMAP] "smp_targeted_tlb_shootdown"
        "a CPU flushes its own TLB while the others are asked"
        Since::Preset("2021"), How::Unseen("the CPU whose TLB it is runs the kernel meanwhile");
    "D25510" "r363195" "2020-07" [PMAP] "smp_targeted_tlb_shootdown"
        "shootdowns of different CPUs no longer exclude each other"
        Since::Preset("2021"), How::Unseen("they never did here");
};
