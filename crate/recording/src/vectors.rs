//! Page-walk vectors: results of a real MMU for given tables, to compare with.
//!
//! A file holds records of 160 bytes, plain or as `.xz`: the tables, registers and one or two accesses (64 bytes),
//! then their results (96 bytes). [`Vectors::read`] reads one, [`Vectors::compare`] runs each record on this
//! project's walker and reports the differences.

mod read;
mod replay;

pub use read::VectorError;

use faultline_engine::machine::regs::Regs;
use faultline_engine::machine::walk::Access;
use serde::Serialize;

/// Bytes in a record.
pub const RECORD_SIZE: usize = 160;
/// Records that a file may have: twelve times what the larger of those in `tests/data` has, and 80 MiB.
pub const MAX_RECORDS: usize = 1 << 19;

/// Number of table levels that the processor walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Levels {
    /// 48-bit addresses; a record's `e5` is unused.
    Four,
    /// 57-bit addresses (CR4.LA57).
    Five,
}

/// A number of levels that no processor has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("--levels {0}: page tables have 4 or 5 levels; leave the option out to let the file decide")]
pub struct NoSuchLevels(pub u8);

impl TryFrom<u8> for Levels {
    type Error = NoSuchLevels;

    fn try_from(number: u8) -> Result<Levels, NoSuchLevels> {
        match number {
            4 => Ok(Levels::Four),
            5 => Ok(Levels::Five),
            other => Err(NoSuchLevels(other)),
        }
    }
}

/// Input of a record: tables, registers, accesses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vector {
    /// Base address of the accesses; each kind adds an offset of its own.
    pub va: u64,
    /// The entry used at each level, `e5` first.
    pub entries: [u64; 5],
    /// The first access and the second.
    pub accesses: [Option<Access>; 2],
    /// The registers, without the number of levels, which only the whole file tells.
    pub regs: Regs,
}

/// Result of one access.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Exception vector: 0 none, 13, 14; all ones if there was no access.
    pub exception: u32,
    /// The exception's error code.
    pub error: u32,
    /// CR2, defined after exception 14 only.
    pub cr2: u64,
    /// The physical address reached, defined for a successful read only.
    pub data: u64,
}

/// One record of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// The input.
    pub vector: Vector,
    /// The results of the two accesses.
    pub outcomes: [Outcome; 2],
    /// The entries afterwards, `e5` first.
    pub entries: [u64; 5],
}

/// The records of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vectors {
    records: Vec<Record>,
}

/// The outcome of a comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// Records compared.
    pub records: usize,
    /// Records in which nothing differs.
    pub agree: usize,
    /// One item for each record that differs, in the file's order.
    pub disagree: Vec<Disagreement>,
}

/// A record for which the file and the walker differ.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Disagreement {
    /// The record's number, from 0.
    pub record: usize,
    /// Where it begins in the uncompressed file, in bytes.
    pub offset: usize,
    /// The expected and the actual result, in words.
    pub what: String,
}

impl Vectors {
    /// The records, in the file's order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The number of levels in the file's results: a walk of four levels leaves every `e5` zero, one of five leaves
    /// the entry it used.
    pub fn levels(&self) -> Levels {
        if self.records.iter().all(|record| record.entries[0] == 0) { Levels::Four } else { Levels::Five }
    }

    /// Runs every record on this project's walker, with [`levels`](Self::levels) unless the caller gives a number.
    pub fn compare(&self, levels: Option<Levels>) -> Report {
        let levels = levels.unwrap_or_else(|| self.levels());
        let differs = |(record, told): (usize, &Record)| {
            let offset = record * RECORD_SIZE;
            let what = replay::differences(told, levels)?;
            Some(Disagreement { record, offset, what })
        };
        let disagree: Vec<_> = self.records.iter().enumerate().filter_map(differs).collect();
        let records = self.records.len();
        Report { records, agree: records - disagree.len(), disagree }
    }
}
