//! Parses bytes into records. An invalid record is an error with its position.

use super::{MAX_RECORDS, Outcome, RECORD_SIZE, Record, Vector, Vectors};
use crate::counted::Counted;
use faultline_engine::machine::regs::{Cr0, Cr4, Efer, Regs};
use faultline_engine::machine::walk::{Access, AccessKind};
use lzma_rust2::XzReader;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

const XZ_MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
/// What unpacking may take, in KiB: twice what `xz -9` asks for.
const XZ_MEMORY: u32 = 128 << 10;

/// Why a file gives no records: always with the position and a remedy.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// The file cannot be read at all.
    #[error("{}: {cause}; give a readable file of page-walk vectors", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's message.
        cause: std::io::Error,
    },
    /// The file is compressed and the compression is broken.
    #[error("{}: byte {offset} of the compressed file: {cause}; see what `xz --test` says of it and fetch the file anew", .file.display())]
    Compression {
        /// The file.
        file: PathBuf,
        /// How far into the file the decoder came, in bytes.
        offset: u64,
        /// What the decoder says.
        cause: String,
    },
    /// The compressed file asks for more memory than it gets.
    #[error("{}: byte {offset} of the compressed file: unpacking it takes more than {} MiB; pack it again with `xz -9` or less", .file.display(), XZ_MEMORY >> 10)]
    Memory {
        /// The file.
        file: PathBuf,
        /// How far into the file the decoder came, in bytes.
        offset: u64,
    },
    /// There are more records than anybody has made.
    #[error("{}: record {MAX_RECORDS} at byte {}: a file may have {MAX_RECORDS} records of {RECORD_SIZE} bytes, and this one goes on; see that it holds page-walk vectors, or split it", .file.display(), MAX_RECORDS * RECORD_SIZE)]
    TooMany {
        /// The file.
        file: PathBuf,
    },
    /// There is nothing in the file.
    #[error("{}: record 0 at byte 0: the file is empty; vectors are records of {RECORD_SIZE} bytes", .file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// The file ends inside a record.
    #[error("{}: record {record} at byte {offset}: only {left} bytes of {RECORD_SIZE} are left; fetch the file anew, or cut it to {offset} bytes", .file.display())]
    CutOff {
        /// The file.
        file: PathBuf,
        /// The incomplete record, from 0.
        record: usize,
        /// Where it begins, in uncompressed bytes.
        offset: usize,
        /// Bytes that there are of it.
        left: usize,
    },
    /// A field has an invalid value.
    #[error("{}: record {record} at byte {offset}: {field} is {value:#x}; it must be {meaning}", .file.display())]
    Field {
        /// The file.
        file: PathBuf,
        /// The record, from 0.
        record: usize,
        /// Where the field begins, in uncompressed bytes.
        offset: usize,
        /// The field's name in the format's description.
        field: &'static str,
        /// Its value.
        value: u32,
        /// The valid values.
        meaning: &'static str,
    },
}

impl Vectors {
    /// Reads a file of records, plain or compressed with xz (recognised by its first bytes, or else by its name).
    pub fn read(file: &Path) -> Result<Vectors, VectorError> {
        let unreadable = |cause| VectorError::Unreadable { file: file.to_owned(), cause };
        let mut input = BufReader::new(File::open(file).map_err(unreadable)?);
        let starts_so = input.fill_buf().map_err(unreadable)?.starts_with(&XZ_MAGIC);
        let bytes = if starts_so || file.extension().is_some_and(|extension| extension == "xz") {
            let offset = Cell::new(0);
            let input = XzReader::new_mem_limit(Counted::new(input, &offset), true, XZ_MEMORY);
            bounded(input, file, |cause| broken(&cause, file, offset.get()))?
        } else {
            bounded(input, file, unreadable)?
        };
        Vectors::parse(&bytes, file)
    }

    /// Parses records from uncompressed bytes; errors name `file`.
    pub fn parse(bytes: &[u8], file: &Path) -> Result<Vectors, VectorError> {
        if bytes.is_empty() {
            return Err(VectorError::Empty { file: file.to_owned() });
        }
        let whole = bytes.chunks_exact(RECORD_SIZE);
        let left = whole.remainder().len();
        let records = whole
            .enumerate()
            .map(|(record, bytes)| {
                parse_record(bytes).map_err(|bad| VectorError::Field {
                    file: file.to_owned(),
                    record,
                    offset: record * RECORD_SIZE + bad.at,
                    field: bad.field,
                    value: bad.value,
                    meaning: bad.meaning,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        if left != 0 {
            return Err(VectorError::CutOff {
                file: file.to_owned(),
                record: records.len(),
                offset: bytes.len() - left,
                left,
            });
        }
        Ok(Vectors { records })
    }
}

/// Everything there is to read, if it is no more than a file of records may have.
fn bounded(
    input: impl Read,
    file: &Path,
    failed: impl FnOnce(io::Error) -> VectorError,
) -> Result<Vec<u8>, VectorError> {
    let most = MAX_RECORDS * RECORD_SIZE;
    let mut bytes = Vec::new();
    input.take(most as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > most { Err(VectorError::TooMany { file: file.to_owned() }) } else { Ok(bytes) }
}

/// What is wrong with a compressed file, `offset` bytes into it.
fn broken(cause: &io::Error, file: &Path, offset: u64) -> VectorError {
    let file = file.to_owned();
    let cause = match cause.kind() {
        io::ErrorKind::OutOfMemory => return VectorError::Memory { file, offset },
        io::ErrorKind::UnexpectedEof => "the file ends too early".to_owned(),
        _ => cause.to_string(),
    };
    VectorError::Compression { file, offset, cause }
}

/// An invalid field, and its offset in the record.
struct BadField {
    at: usize,
    field: &'static str,
    value: u32,
    meaning: &'static str,
}

const SECOND: &str = "made of bit 0 (first access) and bit 1 (second)";
const KINDS: &str = "0 (read), 1 (write), 2 (fetch), 3 (locked read-modify-write) or 0xff (none)";
const CPU_BITS: &str = "made of 1 CR0.WP, 2 EFER.NXE, 4 CR4.SMEP, 8 CR4.SMAP, 16 CR4.PKE, 32 CR4.PKS";

/// Parses one record; `bytes` has its length.
fn parse_record(bytes: &[u8]) -> Result<Record, BadField> {
    let va = u64_at(bytes, 0);
    let entries = std::array::from_fn(|n| u64_at(bytes, 8 + 8 * n));
    let [user, ac] = [(50, "user"), (51, "ac")].map(|(at, field)| bits_at(u32::from(bytes[at]), 3, at, field, SECOND));
    let (user, ac) = (user?, ac?);
    let accesses = [(48, "acc1"), (49, "acc2")].map(|(at, field)| {
        let bit = 1 << (at - 48);
        Ok(kind_at(bytes[at], at, field)?.map(|kind| Access {
            kind,
            user: user & bit != 0,
            ac: ac & bit != 0,
            implicit: false,
        }))
    });
    let [first, second] = accesses;
    let cpu = bits_at(u32_at(bytes, 52), 0x3f, 52, "cpu", CPU_BITS)?;
    let regs = registers(cpu, u32_at(bytes, 56), u32_at(bytes, 60));
    let outcomes = [64, 88].map(|at| Outcome {
        exception: u32_at(bytes, at),
        error: u32_at(bytes, at + 4),
        cr2: u64_at(bytes, at + 8),
        data: u64_at(bytes, at + 16),
    });
    Ok(Record {
        vector: Vector { va, entries, accesses: [first?, second?], regs },
        outcomes,
        entries: std::array::from_fn(|n| u64_at(bytes, 112 + 8 * n)),
    })
}

fn kind_at(value: u8, at: usize, field: &'static str) -> Result<Option<AccessKind>, BadField> {
    Ok(match value {
        0 => Some(AccessKind::Read),
        1 => Some(AccessKind::Write),
        2 => Some(AccessKind::Fetch),
        3 => Some(AccessKind::Rmw),
        0xff => None,
        _ => {
            return Err(BadField { at, field, value: value.into(), meaning: KINDS });
        }
    })
}

fn bits_at(value: u32, known: u32, at: usize, field: &'static str, meaning: &'static str) -> Result<u32, BadField> {
    if value & !known == 0 { Ok(value) } else { Err(BadField { at, field, value, meaning }) }
}

/// The registers of the processor that made the vectors, in the mode of `cpu`.
fn registers(cpu: u32, pkru: u32, pkrs: u32) -> Regs {
    let on = |bit: u32| cpu & bit != 0;
    let mut regs = Regs {
        cr0: Cr0::empty(),
        cr4: Cr4::PAE,
        efer: Efer::LME | Efer::LMA,
        pkru,
        pkrs,
        phys_bits: 40,
        page_1g: true,
    };
    regs.cr0.set(Cr0::WP, on(1));
    regs.efer.set(Efer::NXE, on(2));
    regs.cr4.set(Cr4::SMEP, on(4));
    regs.cr4.set(Cr4::SMAP, on(8));
    regs.cr4.set(Cr4::PKE, on(16));
    regs.cr4.set(Cr4::PKS, on(32));
    regs
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|n| bytes[at + n]))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|n| bytes[at + n]))
}
