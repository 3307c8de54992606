//! The kernel's own error codes, protections, signals, inheritances and object flags: what events and findings name.

use crate::ids::TaskId;
use bitflags::bitflags;

/// `KERN_*` codes of Mach and FreeBSD; success is `Ok`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[repr(u8)]
pub enum Kern {
    /// Nothing is mapped at the address.
    #[error("KERN_INVALID_ADDRESS")]
    InvalidAddress = 1,
    /// The mapping does not permit the access.
    #[error("KERN_PROTECTION_FAILURE")]
    ProtectionFailure = 2,
    /// No room in the map.
    #[error("KERN_NO_SPACE")]
    NoSpace = 3,
    /// A bad argument.
    #[error("KERN_INVALID_ARGUMENT")]
    InvalidArgument = 4,
    /// The operation is impossible in the present state.
    #[error("KERN_FAILURE")]
    Failure = 5,
    /// Out of memory.
    #[error("KERN_RESOURCE_SHORTAGE")]
    ResourceShortage = 6,
    /// Beyond the end of the object.
    #[error("KERN_OUT_OF_BOUNDS")]
    OutOfBounds = 9,
}

impl Kern {
    /// The signal that `vm_fault_trap` delivers for this code (vm.md §8.1).
    pub fn signal(self) -> Signal {
        match self {
            Kern::ResourceShortage | Kern::OutOfBounds => Signal::Bus,
            _ => Signal::Segv,
        }
    }
}

/// Signals that a failed fault delivers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[repr(u8)]
pub enum Signal {
    /// SIGKILL: out of memory.
    Kill = 9,
    /// SIGBUS.
    Bus = 10,
    /// SIGSEGV.
    Segv = 11,
}

impl Signal {
    /// All that there are.
    pub const ALL: [Signal; 3] = [Signal::Segv, Signal::Bus, Signal::Kill];
    /// Its name, in scenarios as in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Signal::Kill => "SIGKILL",
            Signal::Bus => "SIGBUS",
            Signal::Segv => "SIGSEGV",
        }
    }
}

bitflags! {
    /// `vm_prot_t`.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
    pub struct Prot: u8 {
        /// Read.
        const READ = 1;
        /// Write.
        const WRITE = 2;
        /// Execute.
        const EXECUTE = 4;
        /// A private copy even without a write access.
        const COPY = 8;
        /// `VM_PROT_FAULT_LOOKUP`: the lookup is a fault's, which may grow a stack.
        const FAULT_LOOKUP = 0x10;
    }
}

impl Prot {
    /// Read, write and execute.
    pub const ALL: Prot = Prot::READ.union(Prot::WRITE).union(Prot::EXECUTE);
    /// Read and write.
    pub const RW: Prot = Prot::READ.union(Prot::WRITE);
}

crate::word::flags_word!(Prot(u8));

/// What a fork gives the child for an entry (`vm_inherit_t`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
pub enum Inherit {
    /// The child uses the same object.
    Share = 0,
    /// The child gets a copy.
    #[default]
    Copy = 1,
    /// The child has no mapping there.
    None = 2,
    /// The child gets fresh zero pages there.
    Zero = 3,
}

crate::word::enum_word!(Inherit { Share, None, Zero } other Copy);

bitflags! {
    /// Object flags (vm.md §2.2).
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct ObjectFlags: u32 {
        /// Anonymous memory: may be split, coalesced, collapsed, shadow-listed.
        const ANON = 0x10;
        /// At most one map entry family in one address space uses it.
        const ONEMAPPING = 0x2000;
        /// Terminating, or the backing object of a running collapse.
        const DEAD = 0x8;
        /// Upper object of a running collapse (P05).
        const COLLAPSING = 0x800;
        /// Pages or swap are being moved out by a split (P05).
        const SPLIT = 0x400;
        /// On its backing object's shadow list.
        const SHADOWLIST = 0x100;
    }
}

crate::word::flags_word!(ObjectFlags(u32));

impl ObjectFlags {
    /// Their names: `ANON | ONEMAPPING`.
    pub fn names(self) -> String {
        let names: Vec<_> = self.iter_names().map(|(name, _)| name).collect();
        if names.is_empty() { "no flags".into() } else { names.join(" | ") }
    }
}

/// A decoded busy word (vm.md §5.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", tag = "busy"))]
pub enum BusyState {
    /// Not busy.
    None,
    /// Shared, with this many holders.
    Shared {
        /// How many.
        holders: u32,
    },
    /// Exclusively busy.
    Exclusive {
        /// The task that holds it.
        owner: TaskId,
    },
    /// On the free list: no task can busy it.
    Freed,
}
