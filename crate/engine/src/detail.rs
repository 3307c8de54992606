//! What a finding says: words, and the things they speak of as things. Displayed it names things by number; code that
//! knows better names, such as a scenario's, renders the [`Piece`]s itself.

mod waits;

use crate::ids::{CpuId, FileId, ObjectId, SpaceId, TaskId};
use crate::kern::BusyState;
use crate::machine::addr::{FrameNo, VirtAddr};
use std::borrow::Cow;
use std::fmt;

/// A part of a [`Detail`]: words, or a thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Words.
    Text(Cow<'static, str>),
    /// A task.
    Task(TaskId),
    /// An address space.
    Space(SpaceId),
    /// An object.
    Object(ObjectId),
    /// A file.
    File(FileId),
    /// A frame, or the page that it is.
    Frame(FrameNo),
    /// A CPU.
    Cpu(CpuId),
    /// A virtual address.
    Va(VirtAddr),
    /// A word of memory or an address of physical memory, in hexadecimal.
    Word(u64),
    /// A set of CPUs, one a bit.
    Cpus(u64),
    /// A count or an index.
    Number(i128),
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Text(text) => f.write_str(text),
            Piece::Task(id) => write!(f, "task {}", id.0),
            Piece::Space(id) => write!(f, "space {}", id.0),
            Piece::Object(id) => write!(f, "object {}", id.0),
            Piece::File(id) => write!(f, "file {}", id.0),
            Piece::Frame(frame) => write!(f, "frame {}", frame.0),
            Piece::Cpu(id) => write!(f, "CPU {}", id.0),
            Piece::Va(va) => write!(f, "{:#x}", va.0),
            Piece::Word(word) => write!(f, "{word:#x}"),
            Piece::Cpus(cpus) => write!(f, "{cpus:#b}"),
            Piece::Number(number) => write!(f, "{number}"),
        }
    }
}

macro_rules! piece_of {
    ($($thing:ty => $piece:ident),* $(,)?) => {$(
        impl From<$thing> for Piece {
            fn from(thing: $thing) -> Piece {
                Piece::$piece(thing.into())
            }
        }
    )*};
}
piece_of!(
    &'static str => Text, String => Text,
    TaskId => Task, SpaceId => Space, ObjectId => Object, FileId => File, FrameNo => Frame, CpuId => Cpu,
    VirtAddr => Va,
    u64 => Number, u32 => Number, i32 => Number,
);

impl From<usize> for Piece {
    fn from(number: usize) -> Piece {
        Piece::Number(number as i128)
    }
}

/// A description in [`Piece`]s. [`detail!`](crate::detail!) makes one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail(pub Vec<Piece>);

impl Detail {
    /// The text of `format` with a part in place of each `{}`: what `detail!` calls, which has counted them.
    #[doc(hidden)]
    pub fn fill(format: &'static str, parts: impl IntoIterator<Item = Detail>) -> Detail {
        let mut parts = parts.into_iter();
        let mut detail = Detail::default();
        for text in format.split("{}") {
            if !text.is_empty() {
                detail.0.push(text.into());
            }
            detail.0.extend(parts.next().into_iter().flat_map(|part| part.0));
        }
        detail
    }
    /// Details in a row, with words between each two.
    pub fn join(details: impl IntoIterator<Item = Detail>, between: &'static str) -> Detail {
        let mut joined = Detail::default();
        for (at, detail) in details.into_iter().enumerate() {
            joined.0.extend((at > 0).then(|| between.into()));
            joined.0.extend(detail.0);
        }
        joined
    }
}

/// Things by number.
impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| piece.fmt(f))
    }
}

/// As text.
#[cfg(feature = "serde")]
impl serde::Serialize for Detail {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<P: Into<Piece>> From<P> for Detail {
    fn from(piece: P) -> Detail {
        Detail(vec![piece.into()])
    }
}

impl From<BusyState> for Detail {
    fn from(state: BusyState) -> Detail {
        match state {
            BusyState::None => "not busy".into(),
            BusyState::Shared { holders } => crate::detail!("shared busy ({})", holders),
            BusyState::Exclusive { owner } => crate::detail!("exclusively busy by {}", owner),
            BusyState::Freed => "free".into(),
        }
    }
}

/// The object, or that there is none.
impl From<Option<ObjectId>> for Detail {
    fn from(object: Option<ObjectId>) -> Detail {
        object.map_or("no object".into(), Detail::from)
    }
}

/// Number of `{}` in a format.
#[doc(hidden)]
pub const fn holes(format: &str) -> usize {
    let (bytes, mut at, mut holes) = (format.as_bytes(), 1, 0);
    while at < bytes.len() {
        if bytes[at - 1] == b'{' && bytes[at] == b'}' {
            holes += 1;
        }
        at += 1;
    }
    holes
}

/// A [`Detail`] from a text with a `{}` for each further argument, which becomes a piece by its
/// type: `detail!("{} is freed while {} maps it", frame, space)`. A number is shown in decimals; for words of memory
/// there is `Piece::Word`. A detail may be part of another.
#[macro_export]
macro_rules! detail {
    ($format:literal $(, $part:expr)* $(,)?) => {{
        const { assert!($crate::detail::holes($format) == <[&str]>::len(&[$(stringify!($part)),*]), "one placeholder an argument") };
        $crate::detail::Detail::fill($format, [$($crate::detail::Detail::from($part)),*])
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_keeps_things_as_things_and_shows_them_by_number() {
        let detail = detail!("{} is freed while {} maps it at {}", FrameNo(3), SpaceId(1), VirtAddr(0x4000_0000));
        let pieces = [
            Piece::Frame(FrameNo(3)),
            " is freed while ".into(),
            Piece::Space(SpaceId(1)),
            " maps it at ".into(),
            Piece::Va(VirtAddr(0x4000_0000)),
        ];
        assert_eq!(detail.0, pieces);
        assert_eq!(detail.to_string(), "frame 3 is freed while space 1 maps it at 0x40000000");
    }

    #[test]
    fn a_detail_may_be_part_of_another() {
        let waits = |task, object| detail!("{} waits for {}", TaskId(task), Detail::from(Some(ObjectId(object))));
        let both = Detail::join([waits(1, 7), waits(2, 8)], ", ");
        assert_eq!(both.to_string(), "task 1 waits for object 7, task 2 waits for object 8");
        assert!(both.0.contains(&Piece::Task(TaskId(2))) && both.0.contains(&Piece::Object(ObjectId(8))));
    }
}
