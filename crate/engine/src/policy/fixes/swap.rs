//! `swap_pager.c`.

use super::{Areas, Fix, How, Side, Since, fixes};

pub(super) const FIXES: &[Fix] = fixes! { "swap_pager.c":
    "haspage" "" "" [SWAP] "swap_pager_haspage, swap_pager_getpages"
        "a read brings along only neighbours whose blocks adjoin on the device"
        Since::Older, How::Always;
    "putpages" "" "" [SWAP] "swap_pager_putpages"
        "the new block of a page is allocated before its old one is freed"
        Since::Older, How::Always;
    "r340241" "r340241" "2018-11" [SWAP] "swp_pager_meta_free"
        "a block of metadata is no longer used after it was freed, which D16501 had brought to light"
        Since::Older, How::Unseen("the kernel's own memory is not modelled");
    "D22654" "a80817786433" "2019-12" [SWAP] "swap_pager_unswapped, vm_fault_dirty"
        "the block of a page that was dirtied is freed at once under the lock, else marked for later; before, the fast path kept it"
        Since::Preset("2019-12"), How::NotReproduced(Side::After, "the mark under all presets");
    "D23664" "r358024" "2020-02" [SWAPOFF] "swap_pager_swapoff_object"
        "swapoff no longer reads from a block that was freed while it had dropped the object's lock"
        Since::Preset("2021"), How::NotReproduced(Side::After, "there is no swapoff");
    "D46629" "4ccad5452058" "2024-09" [SWAP CHAIN] "swp_pager_meta_transfer"
        "moving blocks between objects no longer relies on metadata that may go while the locks are dropped"
        Since::Preset("2025-04"), How::Unseen("blocks move without dropping a lock");
};
