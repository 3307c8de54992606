//! The contents of a recording, as compact values.

use faultline_engine::kern::Prot;

/// One past the highest user address.
pub const USER_END: u64 = 1 << 47;

/// The access that raised a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Access {
    /// A load.
    Read,
    /// A store.
    Write,
    /// An instruction fetch.
    Execute,
}

impl Access {
    /// The right that it needs.
    pub const fn needs(self) -> Prot {
        match self {
            Access::Read => Prot::READ,
            Access::Write => Prot::WRITE,
            Access::Execute => Prot::EXECUTE,
        }
    }
}

/// The mode of the CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Mode {
    /// The program itself.
    User,
    /// The kernel on its behalf (copyin, copyout).
    Kernel,
}

/// The contents of a mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// Zeroes: anonymous memory.
    Anon,
    /// Zeroes; the program's break.
    Heap,
    /// Zeroes; grows down on demand.
    Stack,
    /// A file.
    File {
        /// Its index in [`Trace::files`].
        file: u32,
        /// The first byte mapped.
        offset: u64,
    },
}

/// A new mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Map {
    /// First byte.
    pub start: u64,
    /// Length in bytes.
    pub len: u64,
    /// Permitted accesses.
    pub prot: Prot,
    /// Stores are visible through all mappings of the same memory.
    pub shared: bool,
    /// Its contents.
    pub source: Source,
}

/// A mapping that is moved or resized.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remap {
    /// Old first byte.
    pub old_start: u64,
    /// Old length in bytes.
    pub old_len: u64,
    /// New first byte.
    pub new_start: u64,
    /// New length in bytes.
    pub new_len: u64,
}

/// The kind of an event. Processes, programs and larger records are indices into [`Trace`]'s lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// An empty address space replaces the old one.
    Exec {
        /// The program, in [`Trace::programs`].
        program: u32,
    },
    /// A new mapping, which replaces those in its range: see [`Trace::maps`].
    Map(u32),
    /// A range is unmapped.
    Unmap {
        /// First byte.
        start: u64,
        /// Length in bytes.
        len: u64,
    },
    /// A range's rights change.
    Protect {
        /// First byte.
        start: u64,
        /// Length in bytes.
        len: u64,
        /// The new rights.
        prot: Prot,
    },
    /// A mapping moves: see [`Trace::remaps`].
    Remap(u32),
    /// `madvise`.
    Advise {
        /// First byte.
        start: u64,
        /// Length in bytes.
        len: u64,
        /// The advice's number on Linux.
        advice: u32,
    },
    /// A child with a copy of the address space.
    Fork {
        /// The child, in [`Trace::processes`].
        child: u32,
    },
    /// A child that borrows the address space until its exec or exit.
    Vfork {
        /// The child, in [`Trace::processes`].
        child: u32,
    },
    /// Another task in the address space.
    Thread {
        /// The task, in [`Trace::processes`].
        child: u32,
    },
    /// A page fault that the hardware took.
    Fault {
        /// The address.
        address: u64,
        /// The access.
        access: Access,
        /// A present translation forbade the access.
        protection: bool,
        /// The CPU's mode.
        mode: Mode,
    },
    /// The process ends.
    Exit,
}

/// One line of a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// Microseconds since the first event.
    pub time: u64,
    /// Its line in the file, from 1; 0 for an exit that the replay adds.
    pub line: u32,
    /// The CPU it happened on.
    pub cpu: u32,
    /// The process, in [`Trace::processes`].
    pub process: u32,
    /// What it did.
    pub op: Op,
}

impl Event {
    /// Whether it is a fault.
    pub const fn is_fault(&self) -> bool {
        matches!(self.op, Op::Fault { .. })
    }
}

/// A process or a thread of the recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Process {
    /// Its number in the file.
    pub number: u32,
    /// The process that forked it, in [`Trace::processes`].
    pub parent: Option<u32>,
    /// It has an `exit` line.
    pub exits: bool,
}

/// A file that is mapped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileName {
    /// Its number in the file.
    pub number: u32,
    /// Its path.
    pub path: String,
}

/// A recording.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trace {
    /// The events, in the file's order.
    pub events: Vec<Event>,
    /// The processes, in order of appearance.
    pub processes: Vec<Process>,
    /// The mapped files.
    pub files: Vec<FileName>,
    /// Names of programs.
    pub programs: Vec<String>,
    /// The mappings of [`Op::Map`].
    pub maps: Vec<Map>,
    /// The moves of [`Op::Remap`].
    pub remaps: Vec<Remap>,
}

impl Trace {
    /// Keeps the first `events` events; the replay ends processes that then have no exit.
    pub fn truncate(&mut self, events: usize) {
        self.events.truncate(events);
        self.processes.iter_mut().for_each(|p| p.exits = false);
        let mut seen = usize::from(!self.events.is_empty());
        for event in &self.events {
            match event.op {
                Op::Exit => self.processes[event.process as usize].exits = true,
                Op::Fork { .. } | Op::Vfork { .. } | Op::Thread { .. } => seen += 1,
                _ => {}
            }
        }
        self.processes.truncate(seen);
    }
    /// Number of recorded faults.
    pub fn faults(&self) -> usize {
        self.events.iter().filter(|e| e.is_fault()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stays_small() {
        assert!(size_of::<Op>() <= 24, "{}", size_of::<Op>());
        assert!(size_of::<Event>() <= 48, "{}", size_of::<Event>());
    }
}
