//! Addresses and page numbers: four types that cannot be mixed up.
//!
//! A byte address is virtual or physical; dividing by the page size gives a
//! virtual page number or a frame number. A page's place inside an object is
//! a fifth thing, a [`PageIndex`].

use std::ops::{Add, AddAssign};

/// Bytes in a page and in a frame.
pub const PAGE_SIZE: u64 = 1 << PAGE_SHIFT;
/// Binary logarithm of [`PAGE_SIZE`].
pub const PAGE_SHIFT: u32 = 12;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($repr:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(pub $repr);
    };
}

number!(
    /// A virtual (linear) byte address.
    VirtAddr(u64)
);
number!(
    /// A physical byte address.
    PhysAddr(u64)
);
number!(
    /// A virtual page number: a virtual address divided by the page size.
    Vpn(u64)
);
number!(
    /// A frame number: a physical address divided by the page size. It also
    /// names the `vm_page` of that frame.
    FrameNo(u32)
);
number!(
    /// A page index inside an object (`vm_pindex_t`), in pages.
    PageIndex(u64)
);

impl VirtAddr {
    /// The page that holds this address.
    pub const fn vpn(self) -> Vpn {
        Vpn(self.0 >> PAGE_SHIFT)
    }
    /// The address rounded down to its page (`trunc_page`).
    pub const fn trunc(self) -> VirtAddr {
        VirtAddr(self.0 & !(PAGE_SIZE - 1))
    }
    /// The address rounded up to a page (`round_page`), saturating.
    pub const fn round(self) -> VirtAddr {
        VirtAddr(self.0.saturating_add(PAGE_SIZE - 1) & !(PAGE_SIZE - 1))
    }
    /// Byte offset inside the page.
    pub const fn offset(self) -> u64 {
        self.0 & (PAGE_SIZE - 1)
    }
}

impl PhysAddr {
    /// The frame that holds this address.
    pub const fn frame(self) -> FrameNo {
        FrameNo((self.0 >> PAGE_SHIFT) as u32)
    }
}

impl Vpn {
    /// Address of the page's first byte.
    pub const fn addr(self) -> VirtAddr {
        VirtAddr(self.0 << PAGE_SHIFT)
    }
}

impl Add<u64> for PageIndex {
    type Output = PageIndex;
    /// The index so many pages further on.
    fn add(self, pages: u64) -> PageIndex {
        PageIndex(self.0 + pages)
    }
}

impl AddAssign<u64> for PageIndex {
    fn add_assign(&mut self, pages: u64) {
        *self = *self + pages;
    }
}

impl FrameNo {
    /// Physical address of the frame's first byte.
    pub const fn addr(self) -> PhysAddr {
        PhysAddr((self.0 as u64) << PAGE_SHIFT)
    }
}
