//! What tasks wait for and hold: locks and wait channels by their identities.
//!
//! [`crate::lock`] has the locks themselves.

/// What a lock protects. The order of the variants is the acquisition order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum LockClass {
    /// `vm_map.lock`, an sx lock.
    Map,
    /// A vnode's lock.
    Vnode,
    /// `vm_object.lock`, a reader-writer lock.
    Object,
    /// `pm_mtx`, a mutex.
    Pmap,
}

/// Identifies one lock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LockId {
    /// The kind of thing it protects.
    pub class: LockClass,
    /// Which one: the index of the space, file or object.
    pub index: u32,
}

/// How a lock is held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Mode {
    /// Shared with other readers.
    Read,
    /// Exclusive.
    Write,
}

/// A wait channel: what a sleeping task waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", tag = "on"))]
pub enum Channel {
    /// A lock becomes free.
    Lock {
        /// Which lock.
        lock: LockId,
    },
    /// A page's busy lock (`vm_page_busy_sleep`).
    Busy {
        /// The page.
        page: crate::machine::addr::FrameNo,
    },
    /// Paging in progress on an object drains (`vm_object_pip_wait`).
    Pip {
        /// The object.
        object: crate::ids::ObjectId,
    },
    /// An object is no longer busy as a whole (`vm_object_busy_wait`).
    ObjectBusy {
        /// The object.
        object: crate::ids::ObjectId,
    },
    /// A vfork child execs or exits.
    Vfork {
        /// The task that waits.
        parent: crate::ids::TaskId,
    },
    /// A page becomes free (`vm_wait`).
    Memory,
}

impl Channel {
    /// A hash that spreads channels over sleep queues.
    pub fn hash(self) -> u64 {
        let (tag, index) = match self {
            Channel::Lock { lock } => (lock.class as u64, lock.index),
            Channel::Busy { page } => (8, page.0),
            Channel::Pip { object } => (9, object.0),
            Channel::ObjectBusy { object } => (10, object.0),
            Channel::Vfork { parent } => (11, parent.0),
            Channel::Memory => (12, 0),
        };
        crate::word::mix(tag, u64::from(index))
    }
}
