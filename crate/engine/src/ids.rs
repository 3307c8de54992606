//! Names of things in the world: small indices, one type each.

use crate::machine::addr::FrameNo;
use crate::word::{Kind, Word};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(pub u32);

        impl Word for $name {
            const REFERS: Option<Kind> = $kind;
            fn pack(self) -> u64 { u64::from(self.0) + 1 }
            fn unpack(word: u64) -> Self { $name((word as u32).wrapping_sub(1)) }
        }

        impl Word for Option<$name> {
            const REFERS: Option<Kind> = $kind;
            fn pack(self) -> u64 { self.map_or(0, Word::pack) }
            fn unpack(word: u64) -> Self { (word != 0).then(|| $name::unpack(word)) }
        }
    };
}

id!(
    /// A `vm_object`.
    ObjectId, Some(Kind::Object)
);
id!(
    /// An address space: one `vmspace`, that is one map and one pmap.
    SpaceId, Some(Kind::Space)
);
id!(
    /// A `vm_map_entry`.
    EntryId, Some(Kind::Entry)
);
id!(
    /// A process, as users name it: it runs on one address space at a time.
    ProcId, None
);
id!(
    /// A thread of control: the unit that a scheduler chooses.
    TaskId, None
);
id!(
    /// A simulated CPU with its own TLB.
    CpuId, None
);
id!(
    /// A file, the thing behind a vnode object.
    FileId, None
);
id!(
    /// A page of a file that was ever written back.
    FilePageId, Some(Kind::FilePage)
);
id!(
    /// A PV entry: one mapping of one page.
    PvId, None
);
id!(
    /// A node of a page trie.
    NodeId, None
);

impl Word for FrameNo {
    const REFERS: Option<Kind> = Some(Kind::Frame);
    fn pack(self) -> u64 {
        u64::from(self.0) + 1
    }
    fn unpack(word: u64) -> Self {
        FrameNo((word as u32).wrapping_sub(1))
    }
}

impl Word for Option<FrameNo> {
    const REFERS: Option<Kind> = Some(Kind::Frame);
    fn pack(self) -> u64 {
        self.map_or(0, Word::pack)
    }
    fn unpack(word: u64) -> Self {
        (word != 0).then(|| FrameNo::unpack(word))
    }
}
