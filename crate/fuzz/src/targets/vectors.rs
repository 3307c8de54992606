//! Page-walk vectors, plain or compressed: read, and compared as walks of four levels and of five.

use super::is_helpful;
use crate::Target;
use crate::memory::Bounds;
use crate::mutate::Form;
use faultline_recording::vectors::{Levels, RECORD_SIZE, VectorError, Vectors};
use lzma_rust2::{XzOptions, XzReader, XzWriter};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// Reads and compares vectors.
pub const TARGET: Target = Target {
    name: "vectors",
    form: Form::Bytes { record: RECORD_SIZE, packed: xz },
    seeds,
    check,
    cases: 8_000,
    bounds: Bounds { held: 64 << 20, asked: 256 << 20 },
};

/// The first bytes of a compressed file.
const XZ: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).expect("options that are allowed");
    writer.write_all(bytes).expect("a vector takes everything");
    writer.finish().expect("a vector takes everything")
}

fn seeds() -> Vec<Vec<u8>> {
    let files = [
        &include_bytes!("../../../../tests/data/walk-4level.bin.xz")[..],
        &include_bytes!("../../../../tests/data/walk-5level.bin.xz")[..],
    ];
    let first = |file: &[u8]| {
        let mut bytes = Vec::new();
        XzReader::new(file, true).read_to_end(&mut bytes).expect("a good file");
        let some = bytes.chunks_exact(RECORD_SIZE).step_by(bytes.len() / RECORD_SIZE / 40).take(40);
        some.flatten().copied().collect()
    };
    files.map(first).to_vec()
}

fn read(input: &[u8]) -> Result<Vectors, VectorError> {
    if !input.starts_with(&XZ) {
        return Vectors::parse(input, Path::new("vectors"));
    }
    // Compressed ones are read from files alone.
    let file = Temporary(env::temp_dir().join(format!("faultline-fuzz-{}.bin.xz", process::id())));
    fs::write(&file.0, input).unwrap_or_else(|error| panic!("{}: {error}", file.0.display()));
    Vectors::read(&file.0)
}

/// A file that goes when it is no longer wanted.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

fn check(input: &[u8]) -> bool {
    match read(input) {
        Err(error) => {
            is_helpful(&error.to_string());
            false
        }
        Ok(vectors) => {
            for levels in [None, Some(Levels::Four), Some(Levels::Five)] {
                let report = vectors.compare(levels);
                assert_eq!(report.agree + report.disagree.len(), report.records, "records that are lost");
            }
            true
        }
    }
}
