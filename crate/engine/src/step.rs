//! The named yield points, at which another task may run.

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident = $label:literal,)*) => {
        /// A point in an operation. Schedules (`B1 until pmap_enter`), lanes and the task list show its label; unless
        /// its text says otherwise a task that stands at a step is about to do it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        #[repr(u8)]
        pub enum Step { $($(#[$doc])* $name,)* }

        impl Step {
            /// All steps, in order of declaration.
            pub const ALL: &'static [Step] = &[$(Step::$name,)*];
            /// The label in schedules and on the page.
            pub const fn label(self) -> &'static str {
                match self { $(Step::$name => $label,)* }
            }
            /// The step with this label.
            pub fn from_label(label: &str) -> Option<Step> {
                match label { $($label => Some(Step::$name),)* _ => None }
            }
        }
    };
}

steps! {
    /// vm.md §17.1: an operation of the task's program begins.
    Begin = "begin",
    /// §7.10: a load or store reaches the TLB and the page table.
    Access = "access",
    /// §0.4 y1: take a map lock.
    MapLock = "map_lock",
    /// §0.4 y2: a map lock was dropped.
    MapUnlocked = "map_unlocked",
    /// §8.11 U1: try the map lock for the relookup.
    MapTrylock = "map_trylock",
    /// §8.7 G2: take a vnode's lock.
    VnodeLock = "vnode_lock",
    /// §0.4 y2: a vnode's lock was dropped.
    VnodeUnlocked = "vnode_unlocked",
    /// §0.4 y1: take an object lock.
    ObjectLock = "object_lock",
    /// §0.4 y2: an object lock was dropped.
    ObjectUnlocked = "object_unlocked",
    /// §0.4 y1: take a pmap lock.
    PmapLock = "pmap_lock",
    /// §0.4 y2: a pmap lock was dropped.
    PmapUnlocked = "pmap_unlocked",
    /// §0.4 y3: a page was just made busy.
    PageBusied = "page_busied",
    /// §0.4 y3: release a busy page.
    PageUnbusy = "page_unbusy",
    /// §0.4 y3: a busy page was just released.
    PageUnbusied = "page_unbusied",
    /// §0.4 y7: raise paging in progress.
    PipAdd = "pip_add",
    /// §0.4 y7: drop paging in progress.
    PipDrop = "pip_drop",
    /// §0.4 y7: take a reference on an object.
    RefAdd = "ref_add",
    /// §9.4 D1: drop a reference on an object.
    RefDrop = "ref_drop",
    /// §8.10 C1: copy the page.
    PageCopy = "page_copy",
    /// §8.10 C1: the page has been copied.
    PageCopied = "page_copied",
    /// §8.2 F9: zero the page.
    PageZero = "page_zero",
    /// §8.2 F9: the page has been zeroed.
    PageZeroed = "page_zeroed",
    /// §8.2 F15: enter the page into the pmap.
    PmapEnter = "pmap_enter",
    /// §8.2 F15: the page has been entered.
    PmapEntered = "pmap_entered",
    /// §7.3: remove a range from the pmap.
    PmapRemove = "pmap_remove",
    /// §7.3: lower the protection of a range in the pmap.
    PmapProtect = "pmap_protect",
    /// §7.4: remove or write-protect every mapping of a page.
    PmapRemoveAll = "pmap_remove_all",
    /// §7.5: copy mappings to a child.
    PmapCopy = "pmap_copy",
    /// pmap.md §2.14: harvest referenced or modified bits.
    PmapHarvest = "pmap_harvest",
    /// Rulings R5: an entry was just cleared.
    PteCleared = "pte_cleared",
    /// Rulings R5: ask another CPU to invalidate.
    Shootdown = "shootdown",
    /// Rulings R5: another CPU has invalidated.
    ShootdownAck = "shootdown_ack",
    /// Rulings R5: install the new entry.
    PteInstall = "pte_install",
    /// Rulings R5, P16: an entry was just exchanged for another page's.
    PteExchanged = "pte_exchanged",
    /// Rulings R5, P16: permit writes through an entry that was installed read-only.
    PteRaise = "pte_raise",
    /// §8.7 G3: the pager reads a page.
    PagerGet = "pager_get",
    /// §13.5: the pager writes a page to the swap device.
    PagerPut = "pager_put",
    /// §8.7 G3, §13.5: a read or a write is over; its pages are about to be released.
    PagerDone = "pager_done",
    /// §0.4 y4: a sleeper was just woken.
    Woken = "woken",
    /// §8.2 F4: wait a tick and look again.
    Tick = "tick",
    /// §8.6 A5: wait for free memory.
    MemoryWait = "memory_wait",
    /// Rulings R34: a vfork parent waits for its child.
    VforkWait = "vfork_wait",
    /// Rulings R47: copy one entry to the child, or leave it.
    PmapCopyPage = "pmap_copy_page",
}
