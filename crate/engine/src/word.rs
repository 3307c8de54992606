//! Words: what a mutable word of the world can hold, in which container it stands, and how words are hashed.

use crate::machine::addr::{PageIndex, PhysAddr, VirtAddr, Vpn};

/// Kind of a container of words. A fingerprint identifies containers by name, never by index: see [`Names::name`](crate::env::Names::name).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Words that are not part of the fingerprint (statistics, indices, links).
    None,
    /// An object.
    Object,
    /// A frame and its `vm_page`.
    Frame,
    /// An address space.
    Space,
    /// A map entry.
    Entry,
    /// A task.
    Task,
    /// A simulated CPU.
    Cpu,
    /// A vnode: the file behind an object.
    Vnode,
    /// A page of a file as it stands in storage.
    FilePage,
    /// The swap device.
    Swap,
}

impl Kind {
    /// All, in order of declaration.
    pub const ALL: [Kind; KINDS] = [
        Kind::None,
        Kind::Object,
        Kind::Frame,
        Kind::Space,
        Kind::Entry,
        Kind::Task,
        Kind::Cpu,
        Kind::Vnode,
        Kind::FilePage,
        Kind::Swap,
    ];
}

/// Number of [`Kind`]s.
pub const KINDS: usize = 10;

/// Location of a word: its container, and which field of the container it is. The fingerprint of the world is a sum
/// over containers of a hash of name and fields.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Kind of the container; [`Kind::None`] keeps the word out of the fingerprint.
    pub kind: Kind,
    /// Index of the container among those of its kind.
    pub index: u32,
    /// Which field of the container, unique inside it.
    pub field: u8,
}

impl Place {
    /// A location that is not part of the fingerprint.
    pub const NOWHERE: Place = Place { kind: Kind::None, index: 0, field: 0 };
    /// Field `field` of container `index` of `kind`.
    pub const fn at(kind: Kind, index: u32, field: u8) -> Place {
        Place { kind, index, field }
    }
}

/// A value that fits one word.
pub trait Word: Copy {
    /// The container kind this value refers to, packed as index + 1 with 0 for none; fingerprints then use the
    /// container's name.
    const REFERS: Option<Kind> = None;
    /// Encodes the value as a word.
    fn pack(self) -> u64;
    /// Decodes a word from [`Word::pack`].
    fn unpack(word: u64) -> Self;
}

macro_rules! word {
    ($($t:ty),*) => {$(
        impl Word for $t {
            fn pack(self) -> u64 { self as u64 }
            fn unpack(word: u64) -> Self { word as $t }
        }
    )*};
}
word!(u64, u32, u16, u8, usize);

impl Word for bool {
    fn pack(self) -> u64 {
        u64::from(self)
    }
    fn unpack(word: u64) -> Self {
        word != 0
    }
}

macro_rules! newtype_word {
    ($($t:ident($r:ty)),*) => {$(
        impl Word for $t {
            fn pack(self) -> u64 { self.0 as u64 }
            fn unpack(word: u64) -> Self { $t(word as $r) }
        }
    )*};
}
newtype_word!(VirtAddr(u64), PhysAddr(u64), Vpn(u64), PageIndex(u64));

/// Flags as a word: their bits.
macro_rules! flags_word {
    ($flags:ident($bits:ty)) => {
        impl $crate::word::Word for $flags {
            fn pack(self) -> u64 {
                u64::from(self.bits())
            }
            fn unpack(word: u64) -> Self {
                $flags::from_bits_retain(word as $bits)
            }
        }
    };
}
pub(crate) use flags_word;

/// An enum without fields as a word: the number of its variant. `other` is for numbers that none has.
macro_rules! enum_word {
    ($name:ident { $($variant:ident),* } other $other:ident) => {
        impl $crate::word::Word for $name {
            fn pack(self) -> u64 {
                self as u64
            }
            fn unpack(word: u64) -> Self {
                match word {
                    $(n if n == $name::$variant as u64 => $name::$variant,)*
                    _ => $name::$other,
                }
            }
        }
    };
}
pub(crate) use enum_word;

/// Local hash of a task: a hash of the values it has observed, in two forms (rulings R3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct LocalHash {
    /// Canonical: references by name. Fingerprints of states use it, because they identify containers by name only.
    pub canonical: u64,
    /// Concrete: references by number. It determines what the task does next in this world, and covers the whole
    /// task, not only its current operation.
    pub concrete: u64,
}

impl LocalHash {
    /// The local hash of a task that has not begun.
    pub const EMPTY: LocalHash = LocalHash { canonical: 0, concrete: 0 };
    /// Extends both hashes by a step or an action of the task itself.
    #[inline]
    pub(crate) fn and(self, step: u64) -> LocalHash {
        self.with(step, step)
    }
    /// Extends the hashes by those of a whole record.
    pub fn with(self, canonical: u64, concrete: u64) -> LocalHash {
        LocalHash { canonical: mix(self.canonical, canonical), concrete: mix(self.concrete, concrete) }
    }
}

/// One round of a 64-bit mixer (SplitMix64's finaliser), for fingerprints and file contents.
#[inline]
pub const fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
