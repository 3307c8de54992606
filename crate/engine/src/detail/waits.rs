//! What locks and channels are in words, for all who say what a task holds or waits for.

use super::Detail;
use crate::detail;
use crate::ids::{FileId, ObjectId, SpaceId};
use crate::sync::{Channel, LockClass, LockId};

impl LockId {
    /// What the lock belongs to, to follow *the lock of*: `space 1’s map`.
    pub fn owner(self) -> Detail {
        match self.class {
            LockClass::Object => ObjectId(self.index).into(),
            LockClass::Map => detail!("{}’s map", SpaceId(self.index)),
            LockClass::Pmap => detail!("{}’s pmap", SpaceId(self.index)),
            LockClass::Vnode => FileId(self.index).into(),
        }
    }
}

impl Channel {
    /// What a task sleeps on, to follow *waits for* or *sleeps on*: `the lock of object 3`, `busy frame 2`.
    pub fn thing(self) -> Detail {
        match self {
            Channel::Lock { lock } => detail!("the lock of {}", lock.owner()),
            Channel::Busy { page } => detail!("busy {}", page),
            Channel::Pip { object } => detail!("paging on {}", object),
            Channel::ObjectBusy { object } => detail!("busy {}", object),
            Channel::Vfork { .. } => "its vfork child".into(),
            Channel::Memory => "memory".into(),
        }
    }
    /// What a task waits for, to follow *waits*: `until frame 2 is no longer busy`.
    pub fn condition(self) -> Detail {
        match self {
            Channel::Lock { lock } => detail!("for the lock of {}", lock.owner()),
            Channel::Busy { page } => detail!("until {} is no longer busy", page),
            Channel::Pip { object } => detail!("until no paging is in progress on {}", object),
            Channel::ObjectBusy { object } => detail!("until {} is no longer busy", object),
            Channel::Vfork { .. } => "for its child to exec or exit".into(),
            Channel::Memory => "for a free page".into(),
        }
    }
}
